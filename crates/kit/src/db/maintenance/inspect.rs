//! Checks whether a database is intact as far as its engine can tell: its pages, its indexes, and its references.
//! It writes nothing, and it creates no database where none exists.

use rusqlite::{Connection, OpenFlags};

use super::migrate;
use super::tally::tables;
use crate::db::blocking::aside;
use crate::db::engine::postgres_session::{Session, configure, error_text, fault};
use crate::db::engine::sqlite_connection as sqlite;
use crate::db::place::Place;
use crate::errors::{Fault, Result};

/// The most findings reported of one kind.
const MOST: usize = 20;

/// The state of the database at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No database exists at the configured place.
    Missing,
    /// A database exists without our tables.
    WithoutTables,
    /// Our tables exist, but this many migrations are missing.
    Behind(usize),
    /// Our tables match this program.
    Current,
}

/// The result of an inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The state of the database.
    pub state: State,
    /// The damage found, one sentence for each finding.
    pub damage: Vec<String>,
    /// What was checked, and what could not be checked.
    pub notes: Vec<String>,
    /// What could not be checked, with the reason and the remedy. Repeats the note.
    pub unchecked: Option<&'static str>,
}

/// Lets the engine check every page, index, and reference.
///
/// # Errors
/// Returns a fault if the database cannot be reached or belongs to a newer program.
pub async fn inspect(place: &Place) -> Result<Inspection> {
    let place = place.clone();
    aside(move || match &place {
        Place::Sqlite(path) => inspect_file(path),
        Place::Postgres(url) => inspect_server(url),
    })
    .await
}

fn of_state(state: State) -> Inspection {
    Inspection { state, damage: Vec::new(), notes: Vec::new(), unchecked: None }
}

fn inspect_file(path: &std::path::Path) -> Result<Inspection> {
    sqlite::refuse_half_restored(path)?;
    if !path.exists() {
        return Ok(of_state(State::Missing));
    }
    let open = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let conn = open.map_err(|e| Fault::because(format!("database file {}: {e}", path.display())))?;
    conn.busy_timeout(std::time::Duration::from_secs(5)).map_err(sqlite::fault)?;
    let notes =
        vec!["every page, index, and reference was read (integrity_check, foreign_key_check)".to_owned()];
    let all = match tables(&conn) {
        Ok(all) => all,
        Err(error) => {
            return Ok(Inspection { damage: vec![error.to_string()], notes, ..of_state(State::Current) });
        }
    };
    if all.is_empty() {
        return Ok(of_state(State::WithoutTables));
    }
    let damage = damage_of(&conn)?;
    let state = match migrate::pending_on_sqlite(&conn) {
        Ok(0) => State::Current,
        Ok(pending) => State::Behind(pending),
        // If the migrations cannot be read, the damage list already says so.
        Err(_) if !damage.is_empty() => State::Current,
        Err(error) => return Err(error),
    };
    Ok(Inspection { damage, notes, ..of_state(state) })
}

/// Returns the damage that SQLite finds in the pages, indexes, and references of a file.
pub(super) fn damage_of(conn: &Connection) -> Result<Vec<String>> {
    let mut damage = Vec::new();
    let mut take = |query: &str, say: fn(&rusqlite::Row<'_>) -> rusqlite::Result<String>| -> Result<()> {
        let found = conn.prepare(query).and_then(|mut statement| {
            statement.query_map([], say)?.take(MOST).collect::<rusqlite::Result<Vec<String>>>()
        });
        match found {
            Ok(found) => damage.extend(found.into_iter().filter(|text| text != "ok")),
            // SQLite cannot continue after this kind of damage.
            Err(error @ rusqlite::Error::SqliteFailure(..)) if is_damage(&error) => {
                damage.push(error.to_string());
            }
            Err(error) => return Err(sqlite::fault(error)),
        }
        Ok(())
    };
    take("PRAGMA integrity_check(20)", |row| row.get(0))?;
    take("PRAGMA foreign_key_check", |row| {
        let (table, row_id, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let row_id = row_id.map(|id| format!(" {id}")).unwrap_or_default();
        Ok(format!("table {table}: row{row_id} refers to a row of {parent} that is not there"))
    })?;
    Ok(damage)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
    let code = error.sqlite_error_code();
    matches!(code, Some(DatabaseCorrupt | NotADatabase | SystemIoFailure))
}

fn inspect_server(url: &str) -> Result<Inspection> {
    let mut session = Session::connect(&configure(url)?)?;
    let client = session.client();
    let ledger = "SELECT to_regclass('migrations') IS NOT NULL";
    if !client.query_one(ledger, &[]).map_err(fault)?.get::<_, bool>(0) {
        return Ok(of_state(State::WithoutTables));
    }
    let state = match migrate::pending_on_postgres(client)? {
        0 => State::Current,
        pending => State::Behind(pending),
    };
    let mut found = of_state(state);
    read_every_row(client, &mut found)?;
    check_references(client, &mut found)?;
    check_constraints(client, &mut found)?;
    check_indexes(client, &mut found)?;
    Ok(found)
}

fn texts(client: &mut postgres::Client, query: &str) -> Result<Vec<Vec<String>>> {
    let rows = client.query(query, &[]).map_err(fault)?;
    Ok(rows.iter().map(|row| (0..row.len()).map(|index| row.get(index)).collect()).collect())
}

const OUR_TABLES: &str =
    "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                          WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY 1";

/// Reads every value of every table, which reveals pages that cannot be read. If `amcheck` is installed,
/// [`check_indexes`] checks in more detail.
fn read_every_row(client: &mut postgres::Client, found: &mut Inspection) -> Result<()> {
    for table in texts(client, OUR_TABLES)?.concat() {
        let query = format!("SELECT COALESCE(SUM(LENGTH(CAST(t AS TEXT))), 0) FROM {table} t");
        if let Err(error) = client.query_one(&query, &[]) {
            found.damage.push(format!("table {table}: {}", error_text(&error)));
        }
    }
    found.notes.push("every row of every table was read".to_owned());
    Ok(())
}

/// Checks every foreign key row by row. The server enforces keys only when rows are written and never checks them
/// again.
fn check_references(client: &mut postgres::Client, found: &mut Inspection) -> Result<()> {
    let query = "SELECT CAST(child.relname AS TEXT), CAST(parent.relname AS TEXT),
        (SELECT string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ')
         FROM unnest(k.conkey, k.confkey) AS u (one, other)
         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.one
         JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other),
        (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ')
         FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))
        FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid
        JOIN pg_class parent ON parent.oid = k.confrelid JOIN pg_namespace n ON n.oid = child.relnamespace
        WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2";
    let keys = texts(client, query)?;
    found.notes.push(format!("{} references were followed", keys.len()));
    for key in keys {
        let [child, parent, equal, set] = key.as_slice() else { continue };
        let query = format!(
            "SELECT COUNT(*) FROM {child} c WHERE {set} AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {equal})"
        );
        match client.query_one(&query, &[]) {
            Ok(row) => {
                let orphans: i64 = row.get(0);
                if orphans > 0 {
                    found.damage.push(format!(
                        "table {child}: {orphans} rows refer to rows of {parent} that are not there"
                    ));
                }
            }
            Err(error) => found.damage.push(format!("table {child}: {}", error_text(&error))),
        }
    }
    Ok(())
}

fn check_constraints(client: &mut postgres::Client, found: &mut Inspection) -> Result<()> {
    let query = "SELECT CAST(t.relname AS TEXT), CAST(k.conname AS TEXT) FROM pg_constraint k
                 JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE NOT k.convalidated AND n.nspname = current_schema()";
    for row in texts(client, query)? {
        found.damage.push(format!("constraint {} was never validated", row.join(".")));
    }
    let query = "SELECT CAST(t.relname AS TEXT), CAST(i.relname AS TEXT) FROM pg_index x
                 JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
                 JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE NOT x.indisvalid AND n.nspname = current_schema()";
    for row in texts(client, query)? {
        found.damage.push(format!("index {} is not valid", row.join(".")));
    }
    Ok(())
}

/// Why indexes are not compared on a server.
const WITHOUT_AMCHECK: &str = "indexes were not compared with their tables: the extension amcheck is not installed (CREATE EXTENSION amcheck)";

/// Compares every index with its table through the `amcheck` extension, if it is installed, in whichever schema.
fn check_indexes(client: &mut postgres::Client, found: &mut Inspection) -> Result<()> {
    let schema =
        "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                  WHERE e.extname = 'amcheck'";
    let Some(schema) = texts(client, schema)?.concat().pop() else {
        found.notes.push(WITHOUT_AMCHECK.to_owned());
        found.unchecked = Some(WITHOUT_AMCHECK);
        return Ok(());
    };
    let query = "SELECT CAST(i.relname AS TEXT) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                 JOIN pg_namespace n ON n.oid = i.relnamespace JOIN pg_am a ON a.oid = i.relam
                 WHERE n.nspname = current_schema() AND a.amname = 'btree' AND x.indisvalid ORDER BY 1";
    let indexes = texts(client, query)?.concat();
    for index in &indexes {
        let query = format!("SELECT {schema}.bt_index_check(CAST(CAST($1 AS TEXT) AS regclass), true)");
        if let Err(error) = client.execute(&query, &[index]) {
            found.damage.push(format!("index {index}: {}", error_text(&error)));
        }
    }
    for table in texts(client, OUR_TABLES)?.concat() {
        let query =
            format!("SELECT msg FROM {schema}.verify_heapam(CAST(CAST($1 AS TEXT) AS regclass)) LIMIT 20");
        match client.query(&query, &[&table]) {
            Ok(rows) => {
                for row in rows {
                    found.damage.push(format!("table {table}: {}", row.get::<_, String>(0)));
                }
            }
            Err(error) => found.damage.push(format!("table {table}: {}", error_text(&error))),
        }
    }
    found.notes.push(format!("{} indexes were compared with their tables (amcheck)", indexes.len()));
    Ok(())
}
