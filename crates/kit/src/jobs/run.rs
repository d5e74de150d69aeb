//! The job runner. Jobs are rows written in the transaction that causes them. Each runs at least once, is retried
//! after growing pauses, and is set aside after too many failures.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::clock::SLACK;
use crate::db::{Db, Tx, with_low_priority};
use crate::errors::{Fault, OrFault, Result};
use crate::ids::Id;
use crate::live::Changed;
use crate::{args, row, sql};

/// The topic that wakes the runner.
const TOPIC: &str = "jobs";
/// How long one attempt may hold a job before another runner takes it.
const HOLD: SignedDuration = SignedDuration::from_mins(5);
/// How often a job is tried before it is set aside.
const ATTEMPTS: i64 = 12;
/// The longest pause after a failure, and so the longest time for which a job that is not scheduled waits.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// The longest pause between two reads of the table, after which jobs of other processes are found.
const POLL: Duration = Duration::from_secs(1);

/// The longest time for which the runner defers new jobs while people wait for the database.
const COURTESY: Duration = Duration::from_millis(250);
/// How often the runner checks whether people still wait.
const BREATH: Duration = Duration::from_millis(5);

/// A kind of job, with the data of one job.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name of the kind in the table. It must never change, because rows may be waiting under it.
    const KIND: &'static str;
}

impl Tx<'_> {
    /// Writes a job that runs at `at` or later, if this transaction is committed.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub fn enqueue<J: Job>(&mut self, job: &J, at: Timestamp) -> Result<()> {
        let (id, club) = (self.new_id()?, self.club()?);
        let payload = serde_json::to_string(job).or_fault()?;
        self.run(
            sql!(
                "INSERT INTO jobs (id, club_id, kind, payload, run_at, attempt, dead)
                 VALUES ($1, $2, $3, $4, $5, 0, FALSE)"
            ),
            args![id, club, J::KIND, payload, at],
        )?;
        self.wake_runner();
        Ok(())
    }

    /// Makes the runners read the queue when this transaction is committed.
    pub(super) fn wake_runner(&mut self) {
        self.after_commit(Changed(TOPIC.to_owned()));
    }
}

type Run = Arc<dyn Fn(Db, String) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + Sync>;

/// The handler function of each kind of job.
#[derive(Clone, Default)]
pub struct Handlers(HashMap<&'static str, Run>);

impl Handlers {
    /// Registers `work` as the handler of all jobs of kind `J`.
    #[must_use]
    pub fn on<J, F, W>(mut self, work: W) -> Handlers
    where
        J: Job,
        F: Future<Output = Result<()>> + Send + 'static,
        W: Fn(Db, J) -> F + Send + Sync + 'static,
    {
        let run: Run = Arc::new(move |db, payload| match serde_json::from_str(&payload) {
            Ok(job) => Box::pin(work(db, job)),
            Err(error) => Box::pin(std::future::ready(Err(Fault::because(error)))),
        });
        self.0.insert(J::KIND, run);
        self
    }
}

struct Due {
    id: Id,
    club: Id,
    kind: String,
    payload: String,
    attempt: i64,
}

row!(Due { id, club, kind, payload, attempt });

/// How many jobs a runner runs at once.
const IN_HAND: usize = 8;

/// Runs jobs until `stop` is set; jobs that are already running are finished first. Jobs write with low priority,
/// so that people do not wait for them.
pub async fn run(db: Db, handlers: Handlers, stop: watch::Receiver<bool>) {
    with_low_priority(run_until(&db, &handlers, stop)).await;
}

async fn run_until(db: &Db, handlers: &Handlers, mut stop: watch::Receiver<bool>) {
    let mut changes = db.dependencies().live.listen();
    let mut works = JoinSet::new();
    let mut ended: Arc<Vec<Ended>> = Arc::default();
    loop {
        if !*stop.borrow() && works.len() < IN_HAND {
            tokio::select! {
                () = let_people_go_first(db) => {}
                _ = stop.changed() => {}
            }
        }
        let is_over = *stop.borrow();
        // A long job occupies only its own place.
        let places = if is_over { 0 } else { IN_HAND.saturating_sub(works.len()) };
        if places > 0 || !ended.is_empty() {
            let done = ended.clone();
            match db.tx(move |tx| note_and_take(tx, &done, places)).await {
                Ok(taken) => {
                    ended = Arc::default();
                    begin(db, handlers, taken, &mut works);
                }
                // Outcomes that could not be recorded are recorded the next time.
                Err(error) => tracing::error!(%error, "could not read the job queue"),
            }
        }
        if is_over && works.is_empty() {
            return;
        }
        tokio::select! {
            Some(one) = works.join_next() => {
                let others = std::iter::from_fn(|| works.try_join_next());
                Arc::make_mut(&mut ended).extend(std::iter::once(one).chain(others).filter_map(how_it_ended));
            }
            _ = stop.changed(), if !is_over => {}
            _ = tokio::time::sleep(POLL) => {}
            () = wait_for_jobs(&mut changes), if works.len() < IN_HAND => {}
        }
    }
}

/// Waits while people wait for the database, but at most [`COURTESY`], so that jobs run even under continuous load.
async fn let_people_go_first(db: &Db) {
    let until = Instant::now() + COURTESY;
    while db.is_waited_for() && Instant::now() < until {
        tokio::time::sleep(BREATH).await;
    }
}

async fn wait_for_jobs(changes: &mut tokio::sync::broadcast::Receiver<Changed>) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        match changes.recv().await {
            Ok(Changed(topic)) if topic != TOPIC => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

/// Runs every job that is due now. For tests, and for commands that end.
///
/// # Errors
/// Returns a fault that names a job whose last attempt failed, or a fault of the database.
pub async fn run_due(db: &Db, handlers: &Handlers) -> Result<()> {
    while run_next(db, handlers).await? {}
    let failed = db
        .view(|tx| {
            tx.one::<(String, String)>(
                sql!("SELECT kind, last_error FROM jobs WHERE last_error IS NOT NULL"),
                args![],
            )
        })
        .await?;
    match failed {
        Some((kind, error)) => Err(Fault::because(format!("job {kind}: {error}"))),
        None => Ok(()),
    }
}

/// Takes one due job and runs it. Returns whether there was one.
async fn run_next(db: &Db, handlers: &Handlers) -> Result<bool> {
    let taken = db.tx(|tx| take(tx, 1)).await?;
    let found = !taken.is_empty();
    let mut works = JoinSet::new();
    begin(db, handlers, taken, &mut works);
    let mut ended = Vec::new();
    while let Some(one) = works.join_next().await {
        ended.extend(how_it_ended(one));
    }
    db.tx(move |tx| note(tx, &ended)).await?;
    Ok(found)
}

/// A job that was run, with its error if it failed.
#[derive(Clone)]
struct Ended {
    id: Id,
    attempt: i64,
    error: Option<String>,
}

/// Starts jobs that run concurrently.
fn begin(db: &Db, handlers: &Handlers, taken: Vec<Due>, works: &mut JoinSet<Ended>) {
    for Due { id, club, kind, payload, attempt } in taken {
        let work = handlers.0.get(kind.as_str()).map(|work| work(db.for_club(club), payload));
        works.spawn(with_low_priority(async move {
            let outcome = match work {
                Some(work) => work.await,
                None => Err(Fault::because(format!("nobody does jobs of kind {kind}"))),
            };
            let error = outcome.err().map(|error| {
                tracing::warn!(%error, kind, id = id.0, club = club.0, attempt, "a job failed");
                error.to_string()
            });
            let counter =
                if error.is_none() { "coresync_jobs_done_total" } else { "coresync_jobs_failed_total" };
            metrics::counter!(counter, "kind" => kind, "club" => club.0.to_string()).increment(1);
            Ended { id, attempt, error }
        }));
    }
}

/// Returns the outcome of a job; `None` if it panicked. Such a job is taken again when its hold expires.
fn how_it_ended(one: std::result::Result<Ended, JoinError>) -> Option<Ended> {
    one.inspect_err(|error| tracing::error!(%error, "a job panicked")).ok()
}

/// Records the outcomes of finished jobs and takes further ones.
fn note_and_take(tx: &mut Tx<'_>, ended: &[Ended], most: usize) -> Result<Vec<Due>> {
    note(tx, ended)?;
    take(tx, most)
}

fn note(tx: &mut Tx<'_>, ended: &[Ended]) -> Result<()> {
    for Ended { id, attempt, error } in ended {
        match error {
            None => tx.run(sql!("DELETE FROM jobs WHERE id = $1"), args![*id])?,
            Some(error) => put_off(tx, *id, *attempt, error)?,
        };
    }
    Ok(())
}

/// Takes due jobs, the earliest first.
fn take(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Due>> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let (now, most) = (tx.now(), i64::try_from(most).or_fault()?);
    tx.all(
        sql!(
            "UPDATE jobs SET locked_until = $1, attempt = attempt + 1
             WHERE id IN (SELECT id FROM jobs WHERE NOT dead AND run_at <= $2
                          AND (locked_until IS NULL OR locked_until < $2) ORDER BY run_at, id LIMIT $3)
             AND (locked_until IS NULL OR locked_until < $2)
             RETURNING id, club_id, kind, payload, attempt"
        ),
        args![now + HOLD, now, most],
    )
}

/// Makes jobs due that wait longer than any failure explains: the clock was ahead and has been set back. A job that was
/// taken stays taken as if that were now, because its runner may be at work. The kinds in `scheduled` are left alone,
/// because they are rightly enqueued for a later day. Returns the number of changed jobs.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn pull_back(tx: &mut Tx<'_>, scheduled: [&'static str; 2]) -> Result<u64> {
    let now = tx.now();
    let (too_far, held_too_long, [one, other]) = (now + LONGEST_PAUSE + SLACK, now + HOLD + SLACK, scheduled);
    tx.run(
        sql!(
            "UPDATE jobs SET run_at = CASE WHEN run_at > $1 THEN $3 ELSE run_at END,
             locked_until = CASE WHEN locked_until > $2 THEN $4 ELSE locked_until END
             WHERE NOT dead AND kind NOT IN ($5, $6) AND (run_at > $1 OR locked_until > $2)"
        ),
        args![too_far, held_too_long, now, now + HOLD, one, other],
    )
}

/// Reschedules a failed job. After the n-th failure it waits 10 s, 20 s, 40 s, and so on, up to [`LONGEST_PAUSE`].
fn put_off(tx: &mut Tx<'_>, id: Id, attempt: i64, error: &str) -> Result<u64> {
    let seconds = 10_i64.saturating_mul(1 << (attempt - 1).clamp(0, 20)).min(LONGEST_PAUSE.as_secs());
    let again = tx.now() + SignedDuration::from_secs(seconds);
    tx.run(
        sql!("UPDATE jobs SET locked_until = NULL, run_at = $1, last_error = $2, dead = $3 WHERE id = $4"),
        args![again, error, attempt >= ATTEMPTS, id],
    )
}
