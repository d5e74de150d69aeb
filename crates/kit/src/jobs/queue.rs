//! The queue of jobs as people look after it: which jobs wait, run, fail, or were set aside; trying one again, and
//! discarding one. A job that is done is gone at once. One that failed too often is set aside and kept for 90 days, so
//! that somebody can look at it; then [`prune`] removes it.
//!
//! What a job carries is never read here: it may be secret. Each club sees its own jobs.

use jiff::{SignedDuration, Timestamp};

use crate::db::{Tx, containing};
use crate::errors::{Error, OrFault as _, Refusal, Result};
use crate::ids::Id;
use crate::web::Paging;
use crate::{args, row, sql};

/// The job is being done at this moment.
pub const JOB_RUNNING: Refusal = Refusal::conflict(
    "job_running",
    "This job is running right now. Wait until it has ended, then look at it again.",
);

/// How long a job that was set aside is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The state of a job in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It has not been tried yet, or is to be tried as if it were new.
    Waiting,
    /// A runner holds it.
    Running,
    /// It failed and is tried again later.
    Failing,
    /// It failed too often: it is tried again only when somebody says so.
    SetAside,
}

impl JobState {
    /// Every state.
    pub const ALL: [JobState; 4] =
        [JobState::Waiting, JobState::Running, JobState::Failing, JobState::SetAside];

    /// Its name in statements and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Failing => "failing",
            JobState::SetAside => "set_aside",
        }
    }

    /// Reads what [`JobState::as_str`] wrote.
    pub fn read(text: String) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

crate::column_as!(JobState, String, JobState::read);

/// A job in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    /// Its id.
    pub id: Id,
    /// Its kind.
    pub kind: String,
    /// Its state at the time of reading.
    pub state: JobState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it runs next; of one that was set aside, when it would have.
    pub run_at: Timestamp,
    /// Why it failed the last time, if it did.
    pub last_error: Option<String>,
}

row!(QueuedJob { id, kind, state, attempts, run_at, last_error });

/// Which jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// A part of the kind.
    pub kind: Option<String>,
    /// The state.
    pub state: Option<JobState>,
}

/// The columns of a [`QueuedJob`] of the clubs `$2` and `$3`, with the state at the time `$1`.
macro_rules! queue {
    () => {
        "SELECT id, kind, state, attempt, run_at, last_error FROM
         (SELECT id, kind, attempt, run_at, last_error, CASE WHEN dead THEN 'set_aside'
              WHEN locked_until >= $1 THEN 'running' WHEN attempt > 0 THEN 'failing' ELSE 'waiting' END AS state
          FROM jobs WHERE club_id IN ($2, $3)) AS queue"
    };
}

/// The condition of a [`JobFilter`].
macro_rules! matching {
    () => {
        " WHERE LOWER(kind) LIKE $4 ESCAPE '!' AND state LIKE $5"
    };
}

/// A page of the jobs that match, those that were set aside first, then by when they run; and how many match.
///
/// # Errors
/// A fault of the database.
pub fn queued(tx: &mut Tx<'_>, filter: &JobFilter, paging: Paging) -> Result<(Vec<QueuedJob>, usize)> {
    let (now, (club, also)) = (tx.now(), tx.club_ids()?);
    let kind = containing(&filter.kind.as_deref().unwrap_or_default().to_lowercase());
    let state = filter.state.map_or("%", JobState::as_str);
    let (count,): (i64,) = tx
        .one(
            sql!(concat!("SELECT COUNT(*) FROM (", queue!(), matching!(), ") AS found")),
            args![now, club, also, kind.clone(), state],
        )?
        .unwrap_or_default();
    let (most, skipped) = paging.rows();
    let found = tx.all(
        sql!(concat!(
            queue!(),
            matching!(),
            " ORDER BY CASE WHEN state = 'set_aside' THEN 0 ELSE 1 END, run_at, id LIMIT $6 OFFSET $7"
        )),
        args![now, club, also, kind, state, most, skipped],
    )?;
    Ok((found, usize::try_from(count).or_fault()?))
}

/// One job.
///
/// # Errors
/// `Error::NotFound` if it is done, discarded, or was never there.
pub fn job(tx: &mut Tx<'_>, id: Id) -> Result<QueuedJob> {
    let (now, (club, also)) = (tx.now(), tx.club_ids()?);
    tx.one(sql!(concat!(queue!(), " WHERE id = $4")), args![now, club, also, id])?.ok_or(Error::NotFound)
}

/// Has a job tried now, with all its attempts before it.
///
/// # Errors
/// `Error::NotFound`; [`JOB_RUNNING`].
pub fn retry(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let (now, (club, also)) = (tx.now(), tx.club_ids()?);
    let changed = tx.run(
        sql!(
            "UPDATE jobs SET dead = FALSE, attempt = 0, run_at = $1, locked_until = NULL, last_error = NULL
             WHERE id = $2 AND club_id IN ($3, $4) AND (dead OR locked_until IS NULL OR locked_until < $1)"
        ),
        args![now, id, club, also],
    )?;
    was_done(tx, id, changed)?;
    tx.wake_runner();
    Ok(())
}

/// Removes a job that will not be done.
///
/// # Errors
/// `Error::NotFound`; [`JOB_RUNNING`].
pub fn discard(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let (now, (club, also)) = (tx.now(), tx.club_ids()?);
    let changed = tx.run(
        sql!(
            "DELETE FROM jobs WHERE id = $2 AND club_id IN ($3, $4)
             AND (dead OR locked_until IS NULL OR locked_until < $1)"
        ),
        args![now, id, club, also],
    )?;
    was_done(tx, id, changed)
}

fn was_done(tx: &mut Tx<'_>, id: Id, changed: u64) -> Result<()> {
    if changed == 1 {
        return Ok(());
    }
    job(tx, id)?;
    Err(Error::refused(&JOB_RUNNING))
}

/// Removes jobs of the club that were set aside more than 90 days ago. Says how many.
///
/// # Errors
/// A fault of the database.
pub fn prune(tx: &mut Tx<'_>) -> Result<u64> {
    let (old, (club, also)) = (tx.now() - KEPT, tx.club_ids()?);
    tx.run(
        sql!("DELETE FROM jobs WHERE dead AND run_at < $1 AND club_id IN ($2, $3)"),
        args![old, club, also],
    )
}
