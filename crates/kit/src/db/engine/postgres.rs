//! The PostgreSQL engine: a few threads, each with its own connection. A transaction commits without waiting for
//! the disk, so that its row locks are released at once. Its caller is answered only after a later commit of the
//! flushing thread, which does wait for the disk. The write-ahead log is sequential, so one flush covers every
//! commit before it, and many transactions share one flush.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use super::postgres_session::{Address, Session, configure, fault};
use crate::db::dependencies::{Dependencies, Kind, QUEUE, Width};
use crate::db::health::Health;
use crate::db::tx::{Conn, Keep, Tx, Unit, same_failure};
use crate::errors::{BUSY, Error, Fault, FaultKind, OrFault as _, Result};
use crate::ids::Ids;

/// How long the start waits for a server that does not answer. `TRY` is the pause between two attempts, and `SAY`
/// the interval between two warnings in the log.
const WAIT: Duration = Duration::from_secs(30);
const TRY: Duration = Duration::from_millis(500);
const SAY: Duration = Duration::from_secs(5);
/// How long committed transactions wait for a flush before their callers are told that the commit is in doubt.
const FLUSH: Duration = Duration::from_secs(30);

/// The engine: a queue with threads behind it. The threads end when the queue is dropped.
pub(in crate::db) struct Postgres {
    works: Sender<(Kind, Box<dyn Unit>)>,
}

impl Postgres {
    pub(in crate::db) fn open(
        url: &str,
        width: Width,
        dependencies: &Dependencies,
        ids: &Arc<Ids>,
        health: &Arc<Health>,
    ) -> Result<Postgres> {
        let address = configure(url)?;
        // The first connection is made here, so that a wrong address is reported at the start.
        let mut first = Some(connect_patiently(&address)?);
        let (works, queue) = bounded(QUEUE);
        let (commits, committed) = unbounded();
        for _ in 0..width.postgres.max(1) {
            let line = Line { address: address.clone(), session: first.take() };
            let worker = Worker {
                commits: commits.clone(),
                dependencies: dependencies.clone(),
                ids: ids.clone(),
                health: health.clone(),
            };
            let queue = queue.clone();
            spawn("postgres", move || worker.work(line, &queue))?;
        }
        let (live, ids, health) = (dependencies.live.clone(), ids.clone(), health.clone());
        spawn("postgres-flush", move || flush_in_groups(&address, &committed, &ids, &health, &live))?;
        Ok(Postgres { works })
    }

    /// Returns whether work (including low-priority work) is waiting for a free thread.
    pub(in crate::db) fn is_waited_for(&self) -> bool {
        !self.works.is_empty()
    }

    pub(in crate::db) fn submit(&self, kind: Kind, work: Box<dyn Unit>) {
        if let Err(TrySendError::Full((_, work))) = self.works.try_send((kind, work)) {
            work.refuse(Error::refused(&BUSY));
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).or_fault()
}

struct Worker {
    commits: Sender<Box<dyn Unit>>,
    dependencies: Dependencies,
    ids: Arc<Ids>,
    health: Arc<Health>,
}

impl Worker {
    fn work(self, mut line: Line, queue: &Receiver<(Kind, Box<dyn Unit>)>) {
        while let Ok((kind, unit)) = queue.recv() {
            if !unit.is_abandoned() {
                self.serve(&mut line, kind, unit);
            }
        }
    }

    fn serve(&self, line: &mut Line, kind: Kind, mut unit: Box<dyn Unit>) {
        let session = match line.begin(kind) {
            Ok(session) => session,
            Err(error) => {
                let lost = Err(error);
                self.health.note(&lost);
                return unit.finish(lost, &self.dependencies.live);
            }
        };
        let keep = unit.run(Tx::new(kind, Conn::Postgres(session), &self.dependencies, &self.ids));
        if kind == Kind::Read {
            // The result of a read is complete, so the caller does not wait for the end of the transaction.
            unit.finish(Ok(()), &self.dependencies.live);
            // If this fails, `end` has already dropped the connection.
            let _ = line.end(Keep::RollBack);
            return;
        }
        let ended = line.end(keep);
        if ended.is_err() {
            self.health.note(&ended);
        }
        if keep == Keep::Commit && ended.is_ok() {
            // If the queue is closed, the work is dropped and its caller receives a fault.
            let _ = self.commits.send(unit);
        } else {
            unit.finish(ended, &self.dependencies.live);
        }
    }
}

/// A connection that is opened when it is needed and dropped when it is broken.
struct Line {
    address: Address,
    session: Option<Session>,
}

impl Line {
    /// Begins a transaction. If the connection turns out to be lost, opens a new one.
    fn begin(&mut self, kind: Kind) -> Result<&mut Session> {
        let text = match kind {
            Kind::Write | Kind::WriteLater => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Kind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        if let Some(session) = &mut self.session
            && session.plain(text).is_err()
        {
            self.session = None;
        }
        if self.session.is_none() {
            let mut session = Session::connect(&self.address).map_err(not_started)?;
            session.plain(text).map_err(not_started)?;
            self.session = Some(session);
        }
        self.session.as_mut().ok_or_else(|| Fault::because("a session was just made"))
    }

    /// Ends the transaction. Drops a connection that cannot end it cleanly.
    fn end(&mut self, keep: Keep) -> Result<()> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let ended = session.plain(if keep == Keep::RollBack { "ROLLBACK" } else { "COMMIT" });
        if ended.is_err() {
            self.session = None;
        }
        if keep == Keep::Commit { ended.map_err(in_doubt) } else { ended }
    }
}

fn not_started(error: Error) -> Error {
    Fault::of(FaultKind::NotStarted, error)
}

/// If the connection is lost during a commit, it is unknown whether the commit took effect. Every other error is a
/// definite answer of the server.
fn in_doubt(error: Error) -> Error {
    match error {
        Error::Fault(fault) if fault.kind == FaultKind::NotStarted => {
            Fault::of(FaultKind::InDoubt, fault.cause)
        }
        other => other,
    }
}

/// Connects. Waits for a server that does not answer yet or accepts no new connections yet.
fn connect_patiently(address: &Address) -> Result<Session> {
    let begun = Instant::now();
    let mut logged_at = None::<Instant>;
    loop {
        let error = match Session::connect(address) {
            Ok(session) => return Ok(session),
            Err(error) if error.is_passing() => error,
            Err(error) => return Err(error),
        };
        if begun.elapsed() >= WAIT {
            return Err(Fault::because(format!("gave up after {} s: {}", WAIT.as_secs(), cause(&error))));
        }
        if logged_at.is_none_or(|logged_at| logged_at.elapsed() >= SAY) {
            tracing::warn!(
                error = cause(&error),
                "PostgreSQL does not answer; it is waited for, {} s at most",
                WAIT.as_secs()
            );
            logged_at = Some(Instant::now());
        }
        std::thread::sleep(TRY);
    }
}

fn cause(error: &Error) -> String {
    if let Error::Fault(fault) = error { fault.cause.clone() } else { error.to_string() }
}

/// Answers the callers of committed transactions after a flush has put their commits on disk.
fn flush_in_groups(
    address: &Address,
    committed: &Receiver<Box<dyn Unit>>,
    ids: &Ids,
    health: &Health,
    live: &crate::live::Live,
) {
    let mut session = None;
    while let Ok(first) = committed.recv() {
        let mut group = vec![first];
        group.extend(committed.try_iter());
        let result = flush(address, &mut session, ids);
        health.note(&result);
        metrics::histogram!("coresync_commit_group_size")
            .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
        for unit in group {
            unit.finish(result.as_ref().copied().map_err(same_failure), live);
        }
    }
}

/// Makes one commit that waits for the disk. It writes a row that belongs to this process, so that processes do not
/// wait for each other.
///
/// A lost connection may mean that the server crashed and lost commits that were not yet flushed. A flush on
/// another connection proves something only if the server is still the same one and did not crash in between.
fn flush(address: &Address, session: &mut Option<(Session, String)>, ids: &Ids) -> Result<()> {
    let text = format!(
        "BEGIN; SET LOCAL synchronous_commit = on;
         INSERT INTO flushes (node, count) VALUES ({}, 1) ON CONFLICT (node) DO UPDATE SET count = flushes.count + 1;
         COMMIT",
        ids.node()
    );
    let begun = Instant::now();
    let mut run_then = session.as_ref().map(|(_, run)| run.clone());
    loop {
        let flushed = match session {
            Some((session, _)) => session.plain(&text),
            None => connect_to_flush(address).and_then(|(new, run)| {
                if run_then.get_or_insert_with(|| run.clone()) != &run {
                    return Err(Fault::of(FaultKind::InDoubt, "PostgreSQL was restarted before the flush"));
                }
                session.insert((new, run)).0.plain(&text)
            }),
        };
        match flushed {
            Err(error) if error.is_passing() && begun.elapsed() < FLUSH => {
                *session = None;
                std::thread::sleep(Duration::from_millis(100));
            }
            Err(error) => {
                *session = None;
                return Err(Fault::of(FaultKind::InDoubt, cause(&error)));
            }
            Ok(()) => return Ok(()),
        }
    }
}

/// Opens a connection for flushing and returns it with a name for the current run of the server. The name changes
/// when the server is restarted or recovers from a crash. A role that may not see the checkpointer receives a
/// different name each time, so that a lost connection always leaves the commit in doubt.
fn connect_to_flush(address: &Address) -> Result<(Session, String)> {
    let mut session = Session::connect(address)?;
    let row = session.client().query_one(
        "SELECT CAST(pg_postmaster_start_time() AS TEXT) || COALESCE((SELECT CAST(MIN(backend_start) AS TEXT)
         FROM pg_stat_activity WHERE backend_type = 'checkpointer'), CAST(random() AS TEXT))",
        &[],
    );
    let run = row.map_err(fault)?.try_get(0).map_err(fault)?;
    Ok((session, run))
}
