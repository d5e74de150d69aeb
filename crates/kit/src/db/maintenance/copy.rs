//! Backups of a whole database as one file. A backup of either engine is an SQLite database, so that ordinary tools
//! can read it and either engine can be restored from it. Every table is counted and hashed on both sides.
//!
//! No incomplete file ever has a final name: a file is written beside its final path and put there after it was
//! verified. A server is filled in one transaction, including the creation of its tables.

use std::fs::File;
use std::path::{Path, PathBuf};

use postgres::types::Type;
use rusqlite::{Connection, OpenFlags, backup::Backup, params_from_iter};
use sha2::{Digest, Sha256};

use super::inspect::damage_of;
use super::migrate;
use super::tally::{
    Tally, columns, each_of_file, each_of_postgres, tables, tables_in_order, tally_all, tally_file,
};
use crate::db::blocking::aside;
use crate::db::engine::postgres_session::{Session, configure, fault};
use crate::db::engine::sqlite_connection as sqlite;
use crate::db::place::Place;
use crate::db::value::Value;
use crate::errors::{Error, Fault, Result};
use crate::files;
use crate::ids::since_epoch;

/// What was copied and found equal on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The number of tables.
    pub tables: usize,
    /// The number of rows in all tables.
    pub rows: u64,
}

/// Copies the database at `place` into a new file. The copy is a consistent snapshot, taken while the database is
/// in use.
///
/// # Errors
/// Returns a fault if the file exists, if something cannot be read or written, or if the copy is damaged or not
/// equal. No file is left behind then.
pub async fn copy_into_file(place: &Place, file: &Path) -> Result<Copied> {
    let (place, file) = (place.clone(), file.to_owned());
    aside(move || into_file(&place, &file)).await
}

fn into_file(place: &Place, file: &Path) -> Result<Copied> {
    if file.exists() {
        return Err(Fault::because(format!("{} already exists; choose a new file", file.display())));
    }
    files::private_folder_of(file)?;
    let mut name = file.as_os_str().to_owned();
    name.push(".unfinished");
    let draft = Draft::begin(PathBuf::from(name))?;
    match place {
        Place::Sqlite(path) => {
            if !path.exists() {
                return Err(Fault::because(format!("{}: no such database", path.display())));
            }
            let mut copy = Connection::open(&draft.path).map_err(sqlite::fault)?;
            copy_pages(&sqlite::connect(path)?, &mut copy)
                .map_err(|error| described("the database", &error))?;
        }
        Place::Postgres(url) => {
            migrate::migrate(&Place::Sqlite(draft.path.clone()))?;
            rows_from_postgres(url, &Connection::open(&draft.path).map_err(sqlite::fault)?)?;
        }
    }
    let copy = Connection::open(&draft.path).map_err(sqlite::fault)?;
    // The result is one file without companions.
    copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(sqlite::fault)?;
    check_whole(&copy).map_err(|error| described("the database", &error))?;
    let tallies = tally_all(&copy)?;
    copy.pragma_update(None, MARK, mark(&tallies)).map_err(sqlite::fault)?;
    drop(copy);
    draft.finish(file)?;
    Ok(counted(&tallies))
}

/// Where a file stores the checksum of its content: a header field that SQLite leaves to the application.
const MARK: &str = "user_version";

/// Returns a 31-bit checksum, never 0, that changes with any change of any row. SQLite's own check finds damaged
/// pages but not damaged values.
fn mark(tallies: &[(String, Tally)]) -> i32 {
    let mut hash = Sha256::new();
    for (table, tally) in tallies {
        hash.update(format!("{table} {} {};", tally.rows, tally.digest));
    }
    let bytes = hash.finalize();
    let (first, _) = bytes.split_first_chunk::<4>().expect("a digest has 32 bytes");
    (i32::from_be_bytes(*first) & i32::MAX).max(1)
}

fn counted(tallies: &[(String, Tally)]) -> Copied {
    Copied { tables: tallies.len(), rows: tallies.iter().map(|(_, tally)| tally.rows).sum() }
}

/// Fills the database at `place`, which must be empty, from a file that [`copy_into_file`] made.
///
/// # Errors
/// Returns a fault if the file is damaged, if the database is not empty, or if the copy is not equal. The database
/// is as empty as before then.
pub async fn copy_out_of_file(file: &Path, place: &Place) -> Result<Copied> {
    let (place, file) = (place.clone(), file.to_owned());
    aside(move || out_of_file(&file, &place)).await
}

fn out_of_file(file: &Path, place: &Place) -> Result<Copied> {
    if !file.exists() {
        return Err(Fault::because(format!("{}: no such file", file.display())));
    }
    let source =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(sqlite::fault)?;
    check_whole(&source).map_err(|error| described(&file.display().to_string(), &error))?;
    let tallies = tally_all(&source)?;
    let stored: i32 = source.pragma_query_value(None, MARK, |row| row.get(0)).map_err(sqlite::fault)?;
    if stored != mark(&tallies) {
        return Err(Fault::because(format!(
            "{} is damaged: its rows differ from what was backed up. Restore from a different backup",
            file.display()
        )));
    }
    match place {
        Place::Sqlite(path) => pages_into_sqlite(&source, &tallies, path)?,
        Place::Postgres(url) => rows_into_postgres(&up_to_date(source)?, url)?,
    }
    Ok(counted(&tallies))
}

fn described(what: &str, error: &Error) -> Error {
    let cause = if let Error::Fault(fault) = error { fault.cause.clone() } else { error.to_string() };
    // The message of SQLITE_FULL.
    if cause.contains("disk is full") {
        return Fault::because("the disk is full: make room for the copy, then try again");
    }
    Fault::because(format!("{what} is damaged: {cause}"))
}

/// Copies with SQLite's own online backup, which is consistent while others write.
fn copy_pages(from: &Connection, to: &mut Connection) -> Result<()> {
    let backup = Backup::new(from, to).map_err(sqlite::fault)?;
    backup.run_to_completion(1024, std::time::Duration::ZERO, None).map_err(sqlite::fault)
}

/// Runs SQLite's own check of every page, key, and reference.
///
/// # Errors
/// Returns a fault with the first damage found.
fn check_whole(conn: &Connection) -> Result<()> {
    match damage_of(conn)?.first() {
        Some(first) => Err(Fault::because(first)),
        None => Ok(()),
    }
}

fn places(count: usize) -> String {
    (1..=count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// A file under construction. It is moved to its final path when it is finished, and removed when it is not.
struct Draft {
    path: PathBuf,
    /// Held locked as long as this process writes the file.
    _lock: File,
    is_finished: bool,
}

impl Draft {
    /// Creates the file, readable by its owner alone. Replaces the remains of an earlier process that was killed.
    fn begin(path: PathBuf) -> Result<Draft> {
        if let Ok(left) = File::open(&path) {
            if left.try_lock().is_err() {
                return Err(Fault::because(format!("another process is writing {}", path.display())));
            }
            remove_with_companions(&path);
        }
        let lock = files::create_private(&path)?;
        lock.try_lock().map_err(|e| Fault::because(format!("{}: {e}", path.display())))?;
        Ok(Draft { path, _lock: lock, is_finished: false })
    }

    /// Moves the file to its final path, which must be free, after it has been synced to disk.
    fn finish(mut self, place: &Path) -> Result<()> {
        let wrong = |error: std::io::Error| Fault::because(format!("{}: {error}", place.display()));
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(wrong)?;
        // A hard link fails if the target exists; a rename would replace it.
        match std::fs::hard_link(&self.path, place) {
            Ok(()) => std::fs::remove_file(&self.path).map_err(wrong)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists || place.exists() => {
                return Err(wrong(error));
            }
            // Some file systems do not support hard links.
            Err(_) => std::fs::rename(&self.path, place).map_err(wrong)?,
        }
        self.is_finished = true;
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(wrong)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_finished {
            remove_with_companions(&self.path);
        }
    }
}

/// Removes a database file with the companion files of SQLite.
fn remove_with_companions(path: &Path) {
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        // Most of these files do not exist.
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}

fn pages_into_sqlite(source: &Connection, tallies: &[(String, Tally)], path: &Path) -> Result<()> {
    // SQLite would apply a log that a moved database left behind to the new file.
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        if Path::new(&name).exists() {
            let name = PathBuf::from(name);
            return Err(Fault::because(format!("{} already exists; move it aside first", name.display())));
        }
    }
    files::private_folder_of(path)?;
    let draft = Draft::begin(sqlite::draft_of(path))?;
    let mut target = Connection::open(&draft.path).map_err(sqlite::fault)?;
    copy_pages(source, &mut target)?;
    check_whole(&target)?;
    for ((table, read), (_, written)) in tallies.iter().zip(&tally_all(&target)?) {
        read.must_equal(table, written)?;
    }
    drop(target);
    migrate::migrate(&Place::Sqlite(draft.path.clone()))?;
    // Migrations that are still in the log must get into the file, so that the file can be moved alone.
    let migrated = Connection::open(&draft.path).map_err(sqlite::fault)?;
    migrated.execute_batch("PRAGMA journal_mode = DELETE").map_err(sqlite::fault)?;
    drop(migrated);
    draft.finish(path)
}

/// Migrates a backup of an older program in a private temporary copy that SQLite deletes by itself.
fn up_to_date(source: Connection) -> Result<Connection> {
    if migrate::pending_on_sqlite(&source)? == 0 {
        return Ok(source);
    }
    let mut copy = Connection::open("").map_err(sqlite::fault)?;
    copy_pages(&source, &mut copy)?;
    migrate::on_sqlite(&copy)?;
    Ok(copy)
}

fn rows_from_postgres(url: &str, copy: &Connection) -> Result<()> {
    let mut session = Session::connect(&configure(url)?)?;
    session.plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let is_migrated = "SELECT to_regclass('migrations') IS NOT NULL";
    if !session.client().query_one(is_migrated, &[]).map_err(fault)?.get::<_, bool>(0) {
        return Err(Fault::because("the database is empty, so there is nothing to back up"));
    }
    if migrate::pending_on_postgres(session.client())? > 0 {
        return Err(Fault::because(
            "the database is not up to date: run `coresync migrate` before it is backed up, or take the backup with the program \
             that it was served by",
        ));
    }
    copy.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; DELETE FROM migrations")
        .map_err(sqlite::fault)?;
    for table in tables(copy)? {
        let columns = columns(copy, &table)?;
        let list = columns.join(", ");
        let insert =
            format!("INSERT INTO {table} ({list}) VALUES ({})", places(columns.len()).replace('$', "?"));
        let mut insert = copy.prepare(&insert).map_err(sqlite::fault)?;
        let mut read = Tally::default();
        each_of_postgres(session.client(), &table, &list, |values| {
            read.take(&values);
            insert
                .execute(params_from_iter(&values))
                .map(drop)
                .map_err(|e| in_table(&table, &sqlite::fault(e)))
        })?;
        read.must_equal(&table, &tally_file(copy, &table, &list)?)?;
    }
    copy.execute_batch("COMMIT").map_err(sqlite::fault)?;
    session.plain("ROLLBACK")
}

fn in_table(table: &str, error: &Error) -> Error {
    let cause = if let Error::Fault(fault) = error { fault.cause.clone() } else { error.to_string() };
    Fault::because(format!("table {table}: {cause}"))
}

/// The tables that may hold rows in a database that was only migrated, or that was served before a club was set up.
/// A restore replaces their content.
const GROUND: [&str; 7] = ["migrations", "versions", "nodes", "flushes", "key_marks", "jobs", "write_probes"];

/// Copies all rows in one transaction, including the creation of the tables. A server that fails half way keeps its
/// previous content.
fn rows_into_postgres(source: &Connection, url: &str) -> Result<()> {
    let mut session = Session::connect(&configure(url)?)?;
    let mut tx = session.client().transaction().map_err(fault)?;
    migrate::in_postgres_transaction(&mut tx)?;
    let tables = tables_in_order(source)?;
    refuse_unless_empty(&mut tx, &tables)?;
    for table in GROUND {
        tx.batch_execute(&format!("DELETE FROM {table}")).map_err(|e| in_table(table, &fault(e)))?;
    }
    let own_keys = defer_keys_of_tables_to_themselves(&mut tx)?;
    for table in &tables {
        fill_table(source, &mut tx, table).map_err(|error| in_table(table, &error))?;
    }
    tx.batch_execute("SET CONSTRAINTS ALL IMMEDIATE").map_err(fault)?;
    for (table, key) in own_keys {
        tx.batch_execute(&format!("ALTER TABLE {table} ALTER CONSTRAINT {key} NOT DEFERRABLE"))
            .map_err(fault)?;
    }
    tx.commit().map_err(fault)
}

fn refuse_unless_empty(tx: &mut postgres::Transaction<'_>, tables: &[String]) -> Result<()> {
    for table in tables.iter().filter(|table| !GROUND.contains(&table.as_str())) {
        let query = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        if tx.query_one(&query, &[]).map_err(fault)?.get(0) {
            return Err(Fault::because(format!(
                "the database is not empty (table {table}); set DATABASE_URL to a new one"
            )));
        }
    }
    let leased = "SELECT EXISTS (SELECT 1 FROM nodes WHERE holder <> 0 AND until > $1)";
    if tx.query_one(leased, &[&since_epoch()]).map_err(fault)?.get(0) {
        return Err(Fault::because(
            "a program is running on this database: stop it first (one that was killed counts as running for a minute)",
        ));
    }
    Ok(())
}

/// Defers the keys of tables that refer to themselves until the end of the transaction, because a row may refer to
/// a later row of the same table. Returns the table and name of each key.
fn defer_keys_of_tables_to_themselves(tx: &mut postgres::Transaction<'_>) -> Result<Vec<(String, String)>> {
    let query = "SELECT CAST(t.relname AS TEXT), CAST(c.conname AS TEXT) FROM pg_constraint c
                 JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE c.contype = 'f' AND c.conrelid = c.confrelid AND n.nspname = current_schema()";
    let keys: Vec<(String, String)> =
        tx.query(query, &[]).map_err(fault)?.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (table, key) in &keys {
        tx.batch_execute(&format!(
            "ALTER TABLE {table} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED"
        ))
        .map_err(fault)?;
    }
    Ok(keys)
}

fn fill_table(source: &Connection, tx: &mut postgres::Transaction<'_>, table: &str) -> Result<()> {
    let columns = columns(source, table)?;
    let list = columns.join(", ");
    let insert = format!("INSERT INTO {table} ({list}) VALUES ({})", places(columns.len()));
    let insert = tx.prepare(&insert).map_err(fault)?;
    let mut read = Tally::default();
    each_of_file(source, table, &list, |mut values| {
        read.take(&values);
        for (value, kind) in values.iter_mut().zip(insert.params()) {
            if let (Value::Int(n), &Type::BOOL) = (&*value, kind) {
                *value = Value::Bool(*n != 0);
            }
        }
        let borrowed: Vec<_> = values.iter().map(|v| v as &(dyn postgres::types::ToSql + Sync)).collect();
        tx.execute(&insert, &borrowed).map(drop).map_err(fault)
    })?;
    let mut written = Tally::default();
    each_of_postgres(tx, table, &list, |values| {
        written.take(&values);
        Ok(())
    })?;
    read.must_equal(table, &written)
}
