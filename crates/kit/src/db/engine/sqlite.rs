//! SQLite: one thread that writes, a few that read. The writer runs each transaction in a savepoint and
//! commits a whole group with one flush (`synchronous=FULL`); nobody is answered before it. What the log of
//! writes holds is copied into the file by a thread of its own: nobody waits for that.

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

/// A group takes in no more than this many transactions …
const GROUP: usize = 128;
/// … and nobody new after as long as the last flush took: so it is waited for about as long as it is worked, on a fast
/// disk and on a slow one. At least and at most this long.
const GROUP_TIME: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(5));
/// How many transactions that give way make a group of their own, while nobody else waits.
const LATER: usize = 16;
/// How often one of them has its turn while people wait without end.
const TURN: Duration = Duration::from_millis(5);
/// From so many pages on, the log is copied into the file.
const LONG_LOG: u32 = 1_000;
/// From so many pages on, the writer waits until all are copied, so that the log begins anew: 64 MB.
const LONGEST_LOG: u32 = 16_384;

/// The engine: queues with threads behind them, which end when the queues are dropped.
pub(in crate::db) struct Sqlite {
    writes: Sender<Box<dyn Unit>>,
    /// What gives way.
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
        spawn("sqlite-copier", move || copy_when_told(&copier, &copied))?;
        let (writes, queue) = bounded(QUEUE);
        let (later, giving_way) = bounded(QUEUE);
        let conn = connect(path)?;
        conn.execute_batch("PRAGMA wal_autocheckpoint = 0").map_err(fault)?;
        let (own, ids_of_writer, marked, health) =
            (dependencies.clone(), ids.clone(), marks.clone(), health.clone());
        spawn("sqlite-writer", move || {
            let queues = Queues { first: &queue, later: &giving_way };
            Writer {
                conn: &conn,
                queues,
                dependencies: &own,
                ids: &ids_of_writer,
                marks: &marked,
                health: &health,
                copies: &copies,
                copied: Cell::new(0),
                flush: Cell::new(Duration::ZERO),
                turn: Cell::new(Instant::now()),
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

    /// The marks of the last commit, whoever made it.
    pub(in crate::db) fn commit_marker(&self) -> Option<CommitMarker> {
        self.marks.read()
    }

    /// Whether somebody waits for a thread, jobs that read among them.
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
    /// Has `precheck` run on a reading thread, which hands `work` on to the writer itself: so whoever asked first is
    /// written first, however busy everything else is.
    pub(in crate::db) fn submit_after<L>(&self, precheck: L, club: ClubKey, work: Box<dyn Unit>)
    where
        L: Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
    {
        let (writes, span) = (self.writes.clone(), tracing::Span::current());
        self.submit(Kind::Read, Box::new(Precheck { precheck, club, outcome: Ok(()), work, writes, span }));
    }
}

/// A look, and what follows if nothing spoke against it.
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

/// Puts somebody in a queue, or tells them that it is full.
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

/// Copies the log of writes into the file whenever it is told to; others read and write meanwhile.
fn copy_when_told(conn: &Connection, response: &Receiver<()>) {
    while response.recv().is_ok() {
        copy(conn, "PRAGMA wal_checkpoint(PASSIVE)");
    }
}

fn copy(conn: &Connection, how: &str) {
    if let Err(error) = conn.query_row(how, [], |_| Ok(())) {
        tracing::warn!(%error, "the log of writes could not be copied into the file");
    }
}

/// Who waits to write.
struct Queues<'w> {
    first: &'w Receiver<Box<dyn Unit>>,
    later: &'w Receiver<Box<dyn Unit>>,
}

impl Queues<'_> {
    /// The next, whenever it comes, and whether it gives way; `None` when nobody can come any more.
    fn wait(&self) -> Option<(Box<dyn Unit>, bool)> {
        let somebody = |unit| (unit, false);
        let later = |unit| (unit, true);
        match self.first.try_recv() {
            Ok(unit) => return Some(somebody(unit)),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return self.later.recv().ok().map(later),
        }
        select! {
            recv(self.first) -> unit => unit.ok().map(somebody).or_else(|| self.later.recv().ok().map(later)),
            recv(self.later) -> unit => unit.ok().map(later).or_else(|| self.first.recv().ok().map(somebody)),
        }
    }
}

/// The thread that writes.
struct Writer<'w> {
    conn: &'w Connection,
    queues: Queues<'w>,
    dependencies: &'w Dependencies,
    ids: &'w Ids,
    marks: &'w Marks,
    health: &'w Health,
    /// Wakes who copies the log.
    copies: &'w Sender<()>,
    /// How long the log was when it was last copied.
    copied: Cell<u32>,
    /// How long the last flush took.
    flush: Cell<Duration>,
    /// When one that gives way last had its turn.
    turn: Cell<Instant>,
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

    /// Has the log copied each time that it has grown long, or after every group if its length can't be read. One that never
    /// pauses for a moment, to begin anew, is made to.
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
            // A full queue means that it was told already.
            let _ = self.copies.try_send(());
        }
    }

    /// Runs a group and commits it. What it answers counts for every member that did not fail by itself.
    fn write(&self, first: Box<dyn Unit>, gives_way: bool, group: &mut Vec<Box<dyn Unit>>) -> Result<()> {
        let conn = self.conn;
        if let Err(error) = plain(conn, "BEGIN IMMEDIATE") {
            group.push(first);
            return Err(error);
        }
        let (begun, time) = (Instant::now(), self.flush.get().clamp(GROUP_TIME.0, GROUP_TIME.1));
        let (mut is_waited_for, mut giving_way) = (!gives_way, usize::from(gives_way));
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
            // Those who give way make groups of their own; where somebody waits, one of them has its turn now and then, so
            // that none waits for ever.
            let is_turn = giving_way == 0 && self.turn.get().elapsed() >= TURN;
            if next.is_none() && (is_turn || has_time && !is_waited_for && giving_way < LATER) {
                next = self.queues.later.try_recv().ok();
                giving_way += 1;
                self.turn.set(Instant::now());
            }
        };
        let worked = begun.elapsed();
        let ended = outcome.and_then(|()| plain(conn, "COMMIT"));
        if ended.is_ok() {
            self.flush.set(begun.elapsed() - worked);
        } else if !conn.is_autocommit() {
            // The first failure is the one to tell.
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
