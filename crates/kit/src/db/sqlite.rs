//! SQLite: one thread that writes, a few that read. The writer runs each transaction in a savepoint and
//! commits a whole group with one flush (`synchronous=FULL`); nobody is answered before it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};

use super::stamp::{Marks, Stamp};
use super::tx::{Conn, Keep, Unit, same_failure};
use super::value::{Row, Value};
use super::{BUSY, Kind, Means, QUEUE, Sql, Tx, Width};
use crate::errors::{Error, Fault, FaultKind, OrFault, Result};
use crate::ids::Ids;

/// A group takes in no more than this many transactions …
const GROUP: usize = 128;
/// … and nobody new after this long.
const GROUP_TIME: Duration = Duration::from_millis(5);
/// How long to wait for another process's write.
const PATIENCE: Duration = Duration::from_secs(5);

/// The engine: two queues with threads behind them, which end when the queues are dropped.
pub(super) struct Sqlite {
    writes: Sender<Box<dyn Unit>>,
    reads: Sender<Box<dyn Unit>>,
    marks: Marks,
}

impl Sqlite {
    pub(super) fn open(path: &Path, width: Width, means: &Means, ids: &Arc<Ids>) -> Result<Sqlite> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|e| Fault::because(format!("folder {}: {e}", folder.display())))?;
        }
        let writer = connect(path)?;
        let (writes, queue) = bounded(QUEUE);
        spawn("sqlite-writer", writer, queue, means, ids, write_in_groups)?;
        let (reads, queue) = bounded(QUEUE);
        for _ in 0..width.sqlite_readers.max(1) {
            let reader = connect(path)?;
            reader.execute_batch("PRAGMA query_only = ON").map_err(fault)?;
            spawn("sqlite-reader", reader, queue.clone(), means, ids, read_one_by_one)?;
        }
        Ok(Sqlite { writes, reads, marks: Marks::of(path) })
    }

    /// The marks of the last commit, whoever made it.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.marks.read()
    }

    pub(super) fn submit(&self, kind: Kind, work: Box<dyn Unit>) {
        let queue = if kind == Kind::Write { &self.writes } else { &self.reads };
        if let Err(TrySendError::Full(work)) = queue.try_send(work) {
            work.refuse(Error::refused(&BUSY));
        }
    }
}

/// A connection with our settings. Shared by the commands that work on a file directly.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::default())
        .map_err(|e| Fault::because(format!("database file {}: {e}", path.display())))?;
    let wrong =
        |e: rusqlite::Error| Fault::because(format!("database file {}: {e} (DATABASE_URL)", path.display()));
    conn.busy_timeout(PATIENCE).map_err(wrong)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;",
    )
    .map_err(wrong)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

type Loop = fn(&Connection, &Receiver<Box<dyn Unit>>, &Means, &Ids);

fn spawn(
    name: &str,
    conn: Connection,
    queue: Receiver<Box<dyn Unit>>,
    means: &Means,
    ids: &Arc<Ids>,
    work: Loop,
) -> Result<()> {
    let (means, ids) = (means.clone(), ids.clone());
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(move || work(&conn, &queue, &means, &ids)).map(drop).or_fault()
}

fn read_one_by_one(conn: &Connection, queue: &Receiver<Box<dyn Unit>>, means: &Means, ids: &Ids) {
    while let Ok(mut unit) = queue.recv() {
        if unit.is_abandoned() {
            continue;
        }
        let begun = conn.execute_batch("BEGIN").map_err(fault);
        if begun.is_ok() {
            unit.run(Tx::new(Kind::Read, Conn::Sqlite(conn), means, ids));
        }
        let ended = begun.and_then(|()| conn.execute_batch("ROLLBACK").map_err(fault));
        unit.finish(ended, &means.live);
    }
}

fn write_in_groups(conn: &Connection, queue: &Receiver<Box<dyn Unit>>, means: &Means, ids: &Ids) {
    while let Ok(first) = queue.recv() {
        let mut group = Vec::new();
        let result = write_group(conn, queue, means, ids, first, &mut group);
        metrics::histogram!("coresync_commit_group_size")
            .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
        for unit in group {
            unit.finish(result.as_ref().copied().map_err(same_failure), &means.live);
        }
    }
}

/// Runs a group and commits it. What it answers counts for every member that did not fail by itself.
fn write_group(
    conn: &Connection,
    queue: &Receiver<Box<dyn Unit>>,
    means: &Means,
    ids: &Ids,
    first: Box<dyn Unit>,
    group: &mut Vec<Box<dyn Unit>>,
) -> Result<()> {
    if let Err(error) = conn.execute_batch("BEGIN IMMEDIATE").map_err(fault) {
        group.push(first);
        return Err(error);
    }
    let begun = Instant::now();
    let mut next = Some(first);
    let outcome = loop {
        let Some(mut unit) = next.take() else { break Ok(()) };
        if !unit.is_abandoned() {
            let ran = run_in_savepoint(conn, &mut *unit, means, ids);
            group.push(unit);
            if ran.is_err() {
                break ran;
            }
        }
        if group.len() < GROUP && begun.elapsed() < GROUP_TIME {
            next = queue.try_recv().ok();
        }
    };
    let ended = outcome.and_then(|()| conn.execute_batch("COMMIT").map_err(fault));
    if ended.is_err() && !conn.is_autocommit() {
        // The first failure is the one to tell.
        let _ = conn.execute_batch("ROLLBACK");
    }
    ended
}

fn run_in_savepoint(conn: &Connection, unit: &mut dyn Unit, means: &Means, ids: &Ids) -> Result<()> {
    conn.execute_batch("SAVEPOINT unit").map_err(fault)?;
    if unit.run(Tx::new(Kind::Write, Conn::Sqlite(conn), means, ids)) == Keep::RollBack {
        conn.execute_batch("ROLLBACK TO unit").map_err(fault)?;
    }
    conn.execute_batch("RELEASE unit").map_err(fault)
}

#[track_caller]
pub(super) fn each(
    conn: &Connection,
    sql: &'static Sql,
    args: &[Value],
    take: &mut dyn FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare_cached(sql.sqlite()).map_err(fault)?;
    let mut rows = statement.query(params_from_iter(args)).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        take(&Row::Sqlite(row))?;
    }
    Ok(())
}

#[track_caller]
pub(super) fn run(conn: &Connection, sql: &'static Sql, args: &[Value]) -> Result<u64> {
    let mut statement = conn.prepare_cached(sql.sqlite()).map_err(fault)?;
    let touched = statement.execute(params_from_iter(args)).map_err(fault)?;
    u64::try_from(touched).or_fault()
}

#[track_caller]
pub(super) fn fault(error: rusqlite::Error) -> Error {
    let kind = match &error {
        rusqlite::Error::SqliteFailure(failure, text) => match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultKind::Collision,
            // Primary key and unique key, by SQLite's extended result codes.
            ErrorCode::ConstraintViolation if matches!(failure.extended_code, 1555 | 2067) => {
                FaultKind::BrokenKey(broken_table(text.as_deref().unwrap_or_default()))
            }
            _ => FaultKind::Other,
        },
        _ => FaultKind::Other,
    };
    Fault::of(kind, error)
}

/// `UNIQUE constraint failed: people.email, people.club` names the table in its first column.
fn broken_table(text: &str) -> String {
    let columns = text.rsplit(": ").next().unwrap_or_default();
    columns.split('.').next().unwrap_or_default().to_owned()
}
