//! Migrations: one numbered history for both engines, forward only, each in a transaction of its own.
//! A migration that was applied and then changed is refused.

use rusqlite::Connection;

use super::postgres::{Session, configure};
use super::{Db, Place, aside, sqlite};
use crate::errors::{Fault, OrFault, Result};
use crate::tokens;

/// Every migration: its name and its text.
static HISTORY: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/history.rs"));

/// What a migration run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// How many were applied now.
    pub applied: usize,
    /// How many there are.
    pub total: usize,
}

const LEDGER: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL)";

impl Db {
    /// Brings the schema up to date. Safe to call from several processes at once: they wait for each other.
    ///
    /// # Errors
    /// A fault if a migration fails, was changed after it was applied, or comes from a newer program.
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

fn on_sqlite(conn: &Connection) -> Result<Migrated> {
    conn.execute_batch("BEGIN IMMEDIATE").map_err(sqlite::fault)?;
    conn.execute_batch(LEDGER).map_err(sqlite::fault)?;
    let applied = {
        let mut statement = conn.prepare("SELECT name, digest FROM migrations").or_fault()?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).or_fault()?;
        rows.collect::<rusqlite::Result<Vec<(String, String)>>>().or_fault()?
    };
    let due = due(&applied)?;
    for (name, text) in &due {
        conn.execute_batch(&for_sqlite(text))
            .map_err(|e| Fault::because(format!("migration {name}: {e}")))?;
        conn.execute("INSERT INTO migrations (name, digest) VALUES (?1, ?2)", [*name, &digest(text)])
            .or_fault()?;
    }
    conn.execute_batch("COMMIT").map_err(sqlite::fault)?;
    Ok(Migrated { applied: due.len(), total: HISTORY.len() })
}

fn on_postgres(session: &mut Session) -> Result<Migrated> {
    let client = session.client();
    let mut tx = client.transaction().or_fault()?;
    tx.batch_execute("SET LOCAL synchronous_commit = on").or_fault()?;
    // Two processes may start at once: the second waits for this lock, then finds everything done.
    tx.batch_execute("SELECT pg_advisory_xact_lock(4701); ").or_fault()?;
    tx.batch_execute(LEDGER).or_fault()?;
    let rows = tx.query("SELECT name, digest FROM migrations", &[]).or_fault()?;
    let applied: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let due = due(&applied)?;
    for (name, text) in &due {
        tx.batch_execute(text)
            .map_err(|e| Fault::because(format!("migration {name}: {:?}", e.as_db_error())))?;
        tx.execute("INSERT INTO migrations (name, digest) VALUES ($1, $2)", &[name, &digest(text)])
            .or_fault()?;
    }
    tx.commit().or_fault()?;
    Ok(Migrated { applied: due.len(), total: HISTORY.len() })
}

/// What is not applied yet, in order.
fn due(applied: &[(String, String)]) -> Result<Vec<(&'static str, &'static str)>> {
    for (name, digest_then) in applied {
        match HISTORY.iter().find(|(known, _)| known == name) {
            None => {
                return Err(Fault::because(format!(
                    "the database knows migration {name}: it is of a newer program"
                )));
            }
            Some((_, text)) if digest(text) != *digest_then => {
                return Err(Fault::because(format!("migration {name} was changed after it was applied")));
            }
            Some(_) => {}
        }
    }
    Ok(HISTORY.iter().filter(|(name, _)| applied.iter().all(|(done, _)| done != name)).copied().collect())
}

fn digest(text: &str) -> String {
    tokens::hex(&tokens::digest(text))
}

/// The few words that differ: SQLite's strict tables know fewer names of types, and what stands in
/// `/*sqlite: … */` is for it alone.
fn for_sqlite(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*sqlite:") {
        out.push_str(before);
        let (only_here, behind) = after.split_once("*/").unwrap_or((after, ""));
        out.push_str(only_here);
        rest = behind;
    }
    out.push_str(rest);
    [("BIGINT", "INTEGER"), ("BOOLEAN", "INTEGER"), ("DOUBLE PRECISION", "REAL"), ("BYTEA", "BLOB")]
        .iter()
        .fold(out, |text, (postgres, sqlite)| text.replace(postgres, sqlite))
        .replace("\n);", "\n) STRICT;")
        .replace("\n)  WITHOUT ROWID;", "\n) STRICT, WITHOUT ROWID;")
}
