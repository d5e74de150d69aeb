//! The SQLite engine: one thread that writes, and a few that read. The writer runs each transaction in a savepoint
//! and commits a whole group with one flush (`synchronous=FULL`); callers are answered after that flush. A separate
//! thread copies the write-ahead log into the database file, so that nobody waits for it.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded, select};
use rusqlite::Connection;

use super::commit_marker::{CommitMarker, Marks};
use super::sqlite_connection::{connect, fault, plain, refuse_half_restored};
use crate::db::club_key::ClubKey;
use crate::db::dependencies::{Dependencies, Kind, QUEUE, Width};
use crate::db::health::Health;
use crate::db::tx::{Conn, Keep, Tx, Unit, same_failure, unwinding};
use crate::errors::{BUSY, Error, OrFault as _, Result};
use crate::files;
use crate::ids::Ids;

/// The most transactions in one group.
const GROUP: usize = 128;
/// The minimum and maximum time for which a group accepts transactions. Between these bounds a group stays open for
/// as long as the last flush took, so that the writer works about as long as it waits for the disk, on fast and
/// slow disks alike.
const GROUP_TIME: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(5));
/// The most low-priority transactions in one group while no other transaction waits.
const LATER: usize = 16;
/// How often one low-priority transaction runs while other transactions wait continuously.
const LOW_PRIORITY_INTERVAL: Duration = Duration::from_millis(5);
/// The number of pages from which the log is copied into the database file.
const LONG_LOG: u32 = 1_000;
/// The number of pages (64 MB) from which the writer waits until the whole log is copied, so that the log starts
/// again from the beginning.
const LONGEST_LOG: u32 = 16_384;

/// The engine: queues with threads behind them. The threads end when the queues are dropped.
pub(in crate::db) struct Sqlite {
    writes: Sender<Box<dyn Unit>>,
    /// The queue of low-priority writes.
    later: Sender<Box<dyn Unit>>,
    reads: Sender<Box<dyn Unit>>,
    marks: Arc<Marks>,
}

impl Sqlite {
    pub(in crate::db) fn open(
        path: &Path,
        width: Width,
        dependencies: &Dependencies,
        ids: &Arc<Ids>,
        health: &Arc<Health>,
    ) -> Result<Sqlite> {
        files::private_folder_of(path)?;
        refuse_half_restored(path)?;
        let marks = Arc::new(Marks::of(path));
        let (copies, copied) = bounded(1);
        let copier = connect(path)?;
        spawn("sqlite-copier", move || checkpoint_when_signaled(&copier, &copied))?;
        let (writes, queue) = bounded(QUEUE);
        let (later, low_priority) = bounded(QUEUE);
        let conn = connect(path)?;
        conn.execute_batch("PRAGMA wal_autocheckpoint = 0").map_err(fault)?;
        let (dependencies_of_writer, ids_of_writer, marked, health) =
            (dependencies.clone(), ids.clone(), marks.clone(), health.clone());
        spawn("sqlite-writer", move || {
            let queues = Queues { first: &queue, later: &low_priority };
            Writer {
                conn: &conn,
                queues,
                dependencies: &dependencies_of_writer,
                ids: &ids_of_writer,
                marks: &marked,
                health: &health,
                copies: &copies,
                copied: Cell::new(0),
                flush: Cell::new(Duration::ZERO),
                last_low_priority: Cell::new(Instant::now()),
            }
            .work();
        })?;
        let (reads, queue) = bounded(QUEUE);
        for _ in 0..width.sqlite_readers.max(1) {
            let reader = connect(path)?;
            reader.execute_batch("PRAGMA query_only = ON").map_err(fault)?;
            let (queue, dependencies, ids) = (queue.clone(), dependencies.clone(), ids.clone());
            spawn("sqlite-reader", move || read_one_by_one(&reader, &queue, &dependencies, &ids))?;
        }
        Ok(Sqlite { writes, later, reads, marks })
    }

    /// Returns the marker of the last commit, whichever process made it.
    pub(in crate::db) fn commit_marker(&self) -> Option<CommitMarker> {
        self.marks.read()
    }

    /// Returns whether work is waiting for a free thread. Reads count even if they are jobs; low-priority writes do
    /// not count.
    pub(in crate::db) fn is_waited_for(&self) -> bool {
        !self.writes.is_empty() || !self.reads.is_empty()
    }

    pub(in crate::db) fn submit(&self, kind: Kind, work: Box<dyn Unit>) {
        let queue = match kind {
            Kind::Write => &self.writes,
            Kind::WriteLater => &self.later,
            Kind::Read => &self.reads,
        };
        hand(queue, work);
    }
}

impl Sqlite {
    /// Runs `precheck` on a reading thread, which then passes `work` directly to the writer. This keeps the order
    /// of arrival, however busy the other threads are.
    pub(in crate::db) fn submit_after<L>(&self, precheck: L, club: ClubKey, work: Box<dyn Unit>)
    where
        L: Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
    {
        let (writes, span) = (self.writes.clone(), tracing::Span::current());
        self.submit(Kind::Read, Box::new(Precheck { precheck, club, outcome: Ok(()), work, writes, span }));
    }
}

/// A read-only check, with the write that follows if the check passes.
struct Precheck<L> {
    precheck: L,
    club: ClubKey,
    outcome: Result<()>,
    work: Box<dyn Unit>,
    writes: Sender<Box<dyn Unit>>,
    span: tracing::Span,
}

impl<L: Fn(&mut Tx<'_>) -> Result<()> + Send> Unit for Precheck<L> {
    fn run(&mut self, mut tx: Tx<'_>) -> Keep {
        let _entered = self.span.enter();
        tx.club_key = self.club.clone();
        self.outcome = unwinding(|| (self.precheck)(&mut tx));
        Keep::Nothing
    }

    fn finish(self: Box<Self>, ended: Result<()>, _: &crate::live::Live) {
        let Precheck { outcome, work, writes, .. } = *self;
        match outcome.and(ended) {
            Ok(()) => hand(&writes, work),
            Err(error) => work.refuse(error),
        }
    }

    fn refuse(self: Box<Self>, error: Error) {
        self.work.refuse(error);
    }

    fn is_abandoned(&self) -> bool {
        self.work.is_abandoned()
    }
}

/// Puts work into a queue, or refuses it if the queue is full.
fn hand(queue: &Sender<Box<dyn Unit>>, work: Box<dyn Unit>) {
    if let Err(TrySendError::Full(work)) = queue.try_send(work) {
        work.refuse(Error::refused(&BUSY));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).or_fault()
}

fn read_one_by_one(
    conn: &Connection,
    queue: &Receiver<Box<dyn Unit>>,
    dependencies: &Dependencies,
    ids: &Ids,
) {
    while let Ok(mut unit) = queue.recv() {
        if unit.is_abandoned() {
            continue;
        }
        let begun = plain(conn, "BEGIN");
        if begun.is_ok() {
            unit.run(Tx::new(Kind::Read, Conn::Sqlite(conn), dependencies, ids));
        }
        let ended = begun.and_then(|()| plain(conn, "ROLLBACK"));
        unit.finish(ended, &dependencies.live);
    }
}

/// Copies the write-ahead log into the database file whenever it is told to, while others read and write.
fn checkpoint_when_signaled(conn: &Connection, signals: &Receiver<()>) {
    while signals.recv().is_ok() {
        copy(conn, "PRAGMA wal_checkpoint(PASSIVE)");
    }
}

fn copy(conn: &Connection, how: &str) {
    if let Err(error) = conn.query_row(how, [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log could not be copied into the database file");
    }
}

/// The queues of waiting writes.
struct Queues<'w> {
    first: &'w Receiver<Box<dyn Unit>>,
    later: &'w Receiver<Box<dyn Unit>>,
}

impl Queues<'_> {
    /// Waits for the next unit of work and returns it with whether it has low priority; returns `None` when both
    /// queues are closed.
    fn wait(&self) -> Option<(Box<dyn Unit>, bool)> {
        let normal = |unit| (unit, false);
        let later = |unit| (unit, true);
        match self.first.try_recv() {
            Ok(unit) => return Some(normal(unit)),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return self.later.recv().ok().map(later),
        }
        select! {
            recv(self.first) -> unit => unit.ok().map(normal).or_else(|| self.later.recv().ok().map(later)),
            recv(self.later) -> unit => unit.ok().map(later).or_else(|| self.first.recv().ok().map(normal)),
        }
    }
}

/// The state of the thread that writes.
struct Writer<'w> {
    conn: &'w Connection,
    queues: Queues<'w>,
    dependencies: &'w Dependencies,
    ids: &'w Ids,
    marks: &'w Marks,
    health: &'w Health,
    /// Wakes the thread that copies the log.
    copies: &'w Sender<()>,
    /// The length of the log in pages when it was last copied.
    copied: Cell<u32>,
    /// How long the last flush took.
    flush: Cell<Duration>,
    /// When a low-priority transaction last ran.
    last_low_priority: Cell<Instant>,
}

impl Writer<'_> {
    fn work(&self) {
        while let Some((first, gives_way)) = self.queues.wait() {
            let mut group = Vec::new();
            let result = self.write(first, gives_way, &mut group);
            self.health.note(&result);
            metrics::histogram!("coresync_commit_group_size")
                .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
            for unit in group {
                unit.finish(result.as_ref().copied().map_err(same_failure), &self.dependencies.live);
            }
            self.shorten_log();
        }
    }

    /// Has the log copied each time it has grown by [`LONG_LOG`] pages, or after every group if its length cannot
    /// be read. If the log never pauses long enough to restart by itself, forces it to.
    fn shorten_log(&self) {
        let Some(length) = self.marks.log_length() else {
            let _ = self.copies.try_send(());
            return;
        };
        if length >= LONGEST_LOG {
            copy(self.conn, "PRAGMA wal_checkpoint(RESTART)");
        }
        if length < self.copied.get() {
            self.copied.set(0);
        }
        if length - self.copied.get() >= LONG_LOG {
            self.copied.set(length);
            // A full queue means that the copier has been told already.
            let _ = self.copies.try_send(());
        }
    }

    /// Runs a group of transactions and commits it. The result applies to every member that did not fail on its
    /// own.
    fn write(&self, first: Box<dyn Unit>, gives_way: bool, group: &mut Vec<Box<dyn Unit>>) -> Result<()> {
        let conn = self.conn;
        if let Err(error) = plain(conn, "BEGIN IMMEDIATE") {
            group.push(first);
            return Err(error);
        }
        let (begun, time) = (Instant::now(), self.flush.get().clamp(GROUP_TIME.0, GROUP_TIME.1));
        let (mut is_waited_for, mut low_priority) = (!gives_way, usize::from(gives_way));
        let mut next = Some(first);
        let outcome = loop {
            let Some(mut unit) = next.take() else { break Ok(()) };
            if !unit.is_abandoned() {
                let ran = run_in_savepoint(conn, &mut *unit, self.dependencies, self.ids);
                group.push(unit);
                if ran.is_err() {
                    break ran;
                }
            }
            let has_time = group.len() < GROUP && begun.elapsed() < time;
            next = if has_time { self.queues.first.try_recv().ok() } else { None };
            is_waited_for |= next.is_some();
            // Low-priority transactions form groups of their own. While other transactions wait continuously, one
            // low-priority transaction runs now and then, so that none waits forever.
            let is_low_priority_due =
                low_priority == 0 && self.last_low_priority.get().elapsed() >= LOW_PRIORITY_INTERVAL;
            if next.is_none() && (is_low_priority_due || has_time && !is_waited_for && low_priority < LATER) {
                next = self.queues.later.try_recv().ok();
                low_priority += 1;
                self.last_low_priority.set(Instant::now());
            }
        };
        let worked = begun.elapsed();
        let ended = outcome.and_then(|()| plain(conn, "COMMIT"));
        if ended.is_ok() {
            self.flush.set(begun.elapsed() - worked);
        } else if !conn.is_autocommit() {
            // The first failure is the one to report.
            let _ = conn.execute_batch("ROLLBACK");
        }
        ended
    }
}

fn run_in_savepoint(
    conn: &Connection,
    unit: &mut dyn Unit,
    dependencies: &Dependencies,
    ids: &Ids,
) -> Result<()> {
    plain(conn, "SAVEPOINT unit")?;
    if unit.run(Tx::new(Kind::Write, Conn::Sqlite(conn), dependencies, ids)) == Keep::RollBack {
        plain(conn, "ROLLBACK TO unit")?;
    }
    plain(conn, "RELEASE unit")
}
