//! Migrations: one numbered history for both engines, forward only. All pending migrations run in one transaction.
//! A migration whose statements were changed after it was applied is rejected; its comments may change.

use rusqlite::Connection;

use crate::db::blocking::aside;
use crate::db::database::Db;
use crate::db::engine::postgres_session::{Session, configure, error_text, fault};
use crate::db::engine::sqlite_connection as sqlite;
use crate::db::place::Place;
use crate::errors::{Fault, Result};
use crate::tokens;

/// Every migration: its name and its text.
static HISTORY: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/history.rs"));

/// A line for each migration whose digest covered its comments when it was applied to an earlier database.
const EARLIER_DIGESTS: &str = include_str!("../../../../../migrations/earlier-digests.txt");

/// The result of a migration run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The number of migrations that this run applied.
    pub applied: usize,
    /// The number of all migrations.
    pub total: usize,
}

const LEDGER: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL)";

impl Db {
    /// Brings the schema up to date. Several processes may call this at once; they wait for each other.
    ///
    /// # Errors
    /// Returns a fault if a migration fails, if it was changed after it was applied, or if it comes from a newer
    /// program.
    pub async fn migrate(&self) -> Result<Migrated> {
        let place = self.place().clone();
        aside(move || migrate(&place)).await
    }
}

pub(super) fn migrate(place: &Place) -> Result<Migrated> {
    match place {
        Place::Sqlite(path) => on_sqlite(&sqlite::connect(path)?),
        Place::Postgres(url) => on_postgres(&mut Session::connect(&configure(url)?)?),
    }
}

pub(super) fn on_sqlite(conn: &Connection) -> Result<Migrated> {
    conn.execute_batch("BEGIN IMMEDIATE").map_err(sqlite::fault)?;
    conn.execute_batch(LEDGER).map_err(sqlite::fault)?;
    let due = due(&applied_on_sqlite(conn)?)?;
    for (name, text) in &due {
        conn.execute_batch(&for_sqlite(text))
            .map_err(|e| Fault::because(format!("migration {name}: {e}")))?;
        conn.execute("INSERT INTO migrations (name, digest) VALUES (?1, ?2)", [*name, &digest(text)])
            .map_err(sqlite::fault)?;
    }
    conn.execute_batch("COMMIT").map_err(sqlite::fault)?;
    Ok(Migrated { applied: due.len(), total: HISTORY.len() })
}

fn applied_on_sqlite(conn: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = conn.prepare("SELECT name, digest FROM migrations").map_err(sqlite::fault)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(sqlite::fault)?;
    rows.collect::<rusqlite::Result<_>>().map_err(sqlite::fault)
}

/// Returns how many migrations are missing from a file that holds our tables.
pub(super) fn pending_on_sqlite(conn: &Connection) -> Result<usize> {
    Ok(due(&applied_on_sqlite(conn)?)?.len())
}

/// Returns how many migrations are missing from a server that holds our tables.
pub(super) fn pending_on_postgres(client: &mut impl postgres::GenericClient) -> Result<usize> {
    Ok(due(&applied_on_postgres(client)?)?.len())
}

fn applied_on_postgres(client: &mut impl postgres::GenericClient) -> Result<Vec<(String, String)>> {
    let rows = client.query("SELECT name, digest FROM migrations", &[]).map_err(fault)?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn on_postgres(session: &mut Session) -> Result<Migrated> {
    let mut tx = session.client().transaction().map_err(fault)?;
    let migrated = in_postgres_transaction(&mut tx)?;
    tx.commit().map_err(fault)?;
    Ok(migrated)
}

/// Brings the schema up to date inside the caller's transaction. The commit, which the caller makes, waits for the
/// disk.
pub(super) fn in_postgres_transaction(tx: &mut postgres::Transaction<'_>) -> Result<Migrated> {
    tx.batch_execute("SET LOCAL synchronous_commit = on").map_err(fault)?;
    // If two processes start at once, the second waits for this lock and then finds nothing left to do.
    tx.batch_execute("SELECT pg_advisory_xact_lock(4701); ").map_err(fault)?;
    tx.batch_execute(LEDGER).map_err(fault)?;
    let due = due(&applied_on_postgres(tx)?)?;
    for (name, text) in &due {
        tx.batch_execute(&with_text_for(text, "/*postgres:"))
            .map_err(|e| Fault::because(format!("migration {name}: {}", error_text(&e))))?;
        tx.execute("INSERT INTO migrations (name, digest) VALUES ($1, $2)", &[name, &digest(text)])
            .map_err(fault)?;
    }
    Ok(Migrated { applied: due.len(), total: HISTORY.len() })
}

/// Returns the migrations that are not applied yet, in order.
fn due(applied: &[(String, String)]) -> Result<Vec<(&'static str, &'static str)>> {
    for (name, digest_then) in applied {
        match HISTORY.iter().find(|(known, _)| known == name) {
            None => {
                return Err(Fault::because(format!(
                    "the database knows migration {name}: it was applied by a newer version of this program"
                )));
            }
            Some((_, text)) if digest(text) != *digest_then && !is_earlier(name, digest_then) => {
                return Err(Fault::because(format!(
                    "migration {name} was changed after it was applied: run the program that applied it, or restore its text"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(HISTORY.iter().filter(|(name, _)| applied.iter().all(|(done, _)| done != name)).copied().collect())
}

/// Returns the digest of the statements of a migration: of its lines that are not comments.
fn digest(text: &str) -> String {
    let statements: String =
        text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("--")).collect();
    tokens::hex(&tokens::digest(&statements))
}

fn is_earlier(name: &str, digest: &str) -> bool {
    EARLIER_DIGESTS.lines().any(|line| line.split_once(' ') == Some((name, digest)))
}

/// Translates a migration for SQLite: strict tables know fewer type names.
fn for_sqlite(text: &str) -> String {
    [("BIGINT", "INTEGER"), ("BOOLEAN", "INTEGER"), ("DOUBLE PRECISION", "REAL"), ("BYTEA", "BLOB")]
        .iter()
        .fold(with_text_for(text, "/*sqlite:"), |text, (postgres, sqlite)| text.replace(postgres, sqlite))
        .replace("\n);", "\n) STRICT;")
        .replace("\n)  WITHOUT ROWID;", "\n) STRICT, WITHOUT ROWID;")
}

/// Returns a migration with the text that applies to one engine only: `/*sqlite: … */` or `/*postgres: … */`. To the
/// other engine, it is a comment.
fn with_text_for(text: &str, marker: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(marker) {
        out.push_str(before);
        let (only_here, behind) = after.split_once("*/").unwrap_or((after, ""));
        out.push_str(only_here);
        rest = behind;
    }
    out.push_str(rest);
    out
}
