//! A connection to an SQLite file: its settings, its statements, and the meaning of its errors.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};

use crate::db::sql::Sql;
use crate::db::value::{Row, Value};
use crate::errors::{Error, Fault, FaultKind, OrFault as _, Result};
use crate::files;

/// How long to wait for a write of another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a connection with our settings. Also used by the commands that work on a file directly.
pub(in crate::db) fn connect(path: &Path) -> Result<Connection> {
    files::make_private(path)?;
    let conn = Connection::open_with_flags(path, OpenFlags::default())
        .map_err(|e| Fault::because(format!("database file {}: {e}", path.display())))?;
    let wrong =
        |e: rusqlite::Error| Fault::because(format!("database file {}: {e} (DATABASE_URL)", path.display()));
    conn.busy_timeout(PATIENCE).map_err(wrong)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
         PRAGMA secure_delete = ON;",
    )
    .map_err(wrong)?;
    conn.set_prepared_statement_cache_capacity(256);
    // Without this setting, SQLite plans many statements again for each set of arguments.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(wrong)?;
    Ok(conn)
}

/// Returns the path of the file that a restore writes until it is finished.
pub(in crate::db) fn draft_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".restoring");
    PathBuf::from(name)
}

/// Returns a fault if an unfinished restore lies at `path`, so that no new database is begun in its place.
pub(in crate::db) fn refuse_half_restored(path: &Path) -> Result<()> {
    let draft = draft_of(path);
    if path.exists() || !draft.exists() {
        return Ok(());
    }
    Err(Fault::because(format!(
        "a restore was interrupted, or is under way: {} is not finished. Start `coresync restore` again, or remove that file \
         if you want to begin without the backup",
        draft.display()
    )))
}

/// Runs a statement of the database layer itself, prepared once and cached.
pub(in crate::db) fn plain(conn: &Connection, text: &str) -> Result<()> {
    conn.prepare_cached(text).and_then(|mut statement| statement.execute([])).map(drop).map_err(fault)
}

#[track_caller]
pub(in crate::db) fn each(
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
pub(in crate::db) fn run(conn: &Connection, sql: &'static Sql, args: &[Value]) -> Result<u64> {
    let mut statement = conn.prepare_cached(sql.sqlite()).map_err(fault)?;
    let touched = statement.execute(params_from_iter(args)).map_err(fault)?;
    u64::try_from(touched).or_fault()
}

#[track_caller]
pub(in crate::db) fn fault(error: rusqlite::Error) -> Error {
    let kind = match &error {
        rusqlite::Error::SqliteFailure(failure, text) => match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultKind::Collision,
            // The primary key and unique key violations among SQLite's extended result codes.
            ErrorCode::ConstraintViolation if matches!(failure.extended_code, 1555 | 2067) => {
                FaultKind::BrokenKey(broken_table(text.as_deref().unwrap_or_default()))
            }
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen => FaultKind::Unavailable,
            _ => FaultKind::Other,
        },
        _ => FaultKind::Other,
    };
    Fault::of(kind, error)
}

/// Returns the table of the first column in a message such as
/// `UNIQUE constraint failed: people.email, people.club`.
fn broken_table(text: &str) -> String {
    let columns = text.rsplit(": ").next().unwrap_or_default();
    columns.split('.').next().unwrap_or_default().to_owned()
}
