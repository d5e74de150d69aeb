//! The job queue for administrators: listing the jobs that wait, run, fail, or were set aside; retrying a job; and
//! discarding it. A completed job is deleted at once. A job that failed too often is set aside and kept for 90 days
//! for inspection; then [`prune`] removes it.
//!
//! The payload of a job is never read here, because it may be secret.

use jiff::{SignedDuration, Timestamp};

use crate::db::{Tx, containing};
use crate::errors::{Error, OrFault as _, Refusal, Result};
use crate::ids::Id;
use crate::web::Paging;
use crate::{args, row, sql};

/// The job is running at the moment.
pub const JOB_RUNNING: Refusal = Refusal::conflict(
    "job_running",
    "This job is running right now. Wait until it finishes, then check again.",
);

/// How long a job that was set aside is kept.
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The state of a job in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// The job has not been tried yet, or was reset to run as if it were new.
    Waiting,
    /// A runner holds the job.
    Running,
    /// The job failed and will be tried again later.
    Failing,
    /// The job failed too often and is tried again only on request.
    SetAside,
}

impl JobState {
    /// Every state, in the order in which pages list them.
    pub const ALL: [JobState; 4] =
        [JobState::Waiting, JobState::Running, JobState::Failing, JobState::SetAside];

    /// Returns the name of the state in SQL statements and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Failing => "failing",
            JobState::SetAside => "set_aside",
        }
    }

    /// Parses the name that [`JobState::as_str`] returns.
    pub fn read(text: String) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

crate::column_as!(JobState, String, JobState::read);

/// A job in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    /// The id of the job.
    pub id: Id,
    /// The kind of the job.
    pub kind: String,
    /// The state at the time of reading.
    pub state: JobState,
    /// The number of attempts so far.
    pub attempts: i64,
    /// When the job runs next. For a job that was set aside, when it would have run.
    pub run_at: Timestamp,
    /// The error of the last failed attempt, if there was one.
    pub last_error: Option<String>,
}

row!(QueuedJob { id, kind, state, attempts, run_at, last_error });

/// A filter for the jobs in the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// A text that the kind must contain, ignoring case.
    pub kind: Option<String>,
    /// The state that listed jobs have; `None` lists all.
    pub state: Option<JobState>,
}

/// Selects the columns of a [`QueuedJob`], with the state at the time `$1`, from jobs whose `club_id` is `$2` or `$3`.
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

/// Returns one page of the matching jobs and the number of all matching jobs. Jobs that were set aside come first;
/// within each group, jobs are ordered by when they run.
///
/// # Errors
/// Returns a fault if the database fails.
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

/// Returns one job.
///
/// # Errors
/// Returns `Error::NotFound` if the job is completed or discarded, or never existed.
pub fn job(tx: &mut Tx<'_>, id: Id) -> Result<QueuedJob> {
    let (now, (club, also)) = (tx.now(), tx.club_ids()?);
    tx.one(sql!(concat!(queue!(), " WHERE id = $4")), args![now, club, also, id])?.ok_or(Error::NotFound)
}

/// Makes a job due now and resets its count of attempts.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such job, or [`JOB_RUNNING`].
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

/// Deletes a job without running it.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such job, or [`JOB_RUNNING`].
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

/// Deletes the jobs that were set aside and whose next run would have been more than 90 days ago. Returns how many.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn prune(tx: &mut Tx<'_>) -> Result<u64> {
    let (old, (club, also)) = (tx.now() - RETENTION, tx.club_ids()?);
    tx.run(
        sql!("DELETE FROM jobs WHERE dead AND run_at < $1 AND club_id IN ($2, $3)"),
        args![old, club, also],
    )
}
