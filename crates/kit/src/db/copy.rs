//! A whole club as one file: a backup of either engine is an SQLite database, so that it can be read with
//! ordinary tools and restored to either engine. Every table is counted and digested on both sides.

use std::path::Path;

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::Type;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, backup::Backup, params_from_iter};
use sha2::{Digest, Sha256};

use super::postgres::{Session, configure};
use super::{Place, Value, aside, migrate, sqlite};
use crate::errors::{Fault, OrFault, Result};

/// What was copied, and found equal on both sides afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// How many tables.
    pub tables: usize,
    /// How many rows in all of them.
    pub rows: u64,
}

/// The rows of a table: how many, and a digest that does not depend on their order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    rows: u64,
    digest: u64,
}

impl Tally {
    fn take(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            // SQLite keeps a truth as a number.
            let plain = if let Value::Bool(b) = value { &Value::Int(i64::from(*b)) } else { value };
            hash.update(format!("{plain:?};"));
        }
        let bytes = hash.finalize();
        let (first, _) = bytes.split_first_chunk::<8>().expect("a digest has 32 bytes");
        self.rows += 1;
        self.digest = self.digest.wrapping_add(u64::from_be_bytes(*first));
    }
}

/// Copies the database at `place`, as it is at one moment and while it is in use, into a new file.
///
/// # Errors
/// A fault if the file exists, something can't be read or written, or the copy is not equal.
pub async fn copy_into_file(place: &Place, file: &Path) -> Result<Copied> {
    let (place, file) = (place.clone(), file.to_owned());
    aside(move || into_file(&place, &file)).await
}

fn into_file(place: &Place, file: &Path) -> Result<Copied> {
    if file.exists() {
        return Err(Fault::because(format!("{} exists already; name a new file", file.display())));
    }
    match place {
        Place::Sqlite(path) => {
            let mut copy = Connection::open(file).or_fault()?;
            let source = sqlite::connect(path)?;
            copy_pages(&source, &mut copy)?;
        }
        Place::Postgres(url) => {
            migrate::migrate(&Place::Sqlite(file.to_owned()))?;
            rows_from_postgres(url, &Connection::open(file).or_fault()?)?;
        }
    }
    let copy = Connection::open(file).or_fault()?;
    // One file, with nothing beside it.
    copy.execute_batch("PRAGMA journal_mode = DELETE").or_fault()?;
    let copied = check_whole(&copy)?;
    copy.pragma_update(None, MARK, mark(&copy)?).or_fault()?;
    Ok(copied)
}

/// Where a file keeps the mark of its content: a number of the header that SQLite leaves to us.
const MARK: &str = "user_version";

/// 31 bits that any change of any row changes, never 0: a damaged word is no damaged page, so that SQLite's own check
/// does not find it.
fn mark(conn: &Connection) -> Result<i32> {
    let mut hash = Sha256::new();
    for table in tables(conn)? {
        let tally = tally_file(conn, &table, &columns(conn, &table)?.join(", "))?;
        hash.update(format!("{table} {} {};", tally.rows, tally.digest));
    }
    let bytes = hash.finalize();
    let (first, _) = bytes.split_first_chunk::<4>().expect("a digest has 32 bytes");
    Ok((i32::from_be_bytes(*first) & i32::MAX).max(1))
}

/// Whether the rows of a file are those that were copied into it.
fn check_mark(conn: &Connection) -> Result<()> {
    let kept: i32 = conn.pragma_query_value(None, MARK, |row| row.get(0)).or_fault()?;
    if kept == mark(conn)? {
        return Ok(());
    }
    Err(Fault::because("the file is damaged: its rows are not those that were backed up"))
}

/// Fills the database at `place`, which must be empty, from a file that [`copy_into_file`] made.
///
/// # Errors
/// A fault if the file is damaged, the database holds something already, or the copy is not equal.
pub async fn copy_out_of_file(file: &Path, place: &Place) -> Result<Copied> {
    let (place, file) = (place.clone(), file.to_owned());
    aside(move || out_of_file(&file, &place)).await
}

fn out_of_file(file: &Path, place: &Place) -> Result<Copied> {
    if !file.exists() {
        return Err(Fault::because(format!("{}: there is no such file", file.display())));
    }
    let source = Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).or_fault()?;
    let copied = check_whole(&source)?;
    check_mark(&source)?;
    match place {
        Place::Sqlite(path) => {
            if path.exists() {
                return Err(Fault::because(format!(
                    "{} exists already; move it aside first",
                    path.display()
                )));
            }
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).or_fault()?;
            }
            let mut target = Connection::open(path).or_fault()?;
            copy_pages(&source, &mut target)?;
            check_whole(&target)?;
        }
        Place::Postgres(url) => rows_into_postgres(&source, url)?,
    }
    migrate::migrate(place)?;
    Ok(copied)
}

/// SQLite's own online backup: consistent while others write.
fn copy_pages(from: &Connection, to: &mut Connection) -> Result<()> {
    let backup = Backup::new(from, to).or_fault()?;
    backup.run_to_completion(1024, std::time::Duration::ZERO, None).or_fault()
}

/// SQLite's own check of every page, key and reference; then the count.
fn check_whole(conn: &Connection) -> Result<Copied> {
    let verdict: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).or_fault()?;
    if verdict != "ok" {
        return Err(Fault::because(format!("the file is damaged: {verdict}")));
    }
    let orphans = conn.prepare("PRAGMA foreign_key_check").or_fault()?.exists([]).or_fault()?;
    if orphans {
        return Err(Fault::because("the file is damaged: a reference leads nowhere"));
    }
    let tables = tables(conn)?;
    let mut rows = 0;
    for table in &tables {
        let count: i64 =
            conn.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).or_fault()?;
        rows += count.unsigned_abs();
    }
    Ok(Copied { tables: tables.len(), rows })
}

/// The tables in the order they were made: what is referred to comes first.
fn tables(conn: &Connection) -> Result<Vec<String>> {
    names(
        conn,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
    )
}

fn columns(conn: &Connection, table: &str) -> Result<Vec<String>> {
    names(conn, &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))
}

fn names(conn: &Connection, query: &str) -> Result<Vec<String>> {
    let mut statement = conn.prepare(query).or_fault()?;
    let rows = statement.query_map([], |row| row.get(0)).or_fault()?;
    rows.collect::<rusqlite::Result<_>>().or_fault()
}

fn places(count: usize) -> String {
    (1..=count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

fn rows_from_postgres(url: &str, copy: &Connection) -> Result<()> {
    let mut session = Session::connect(&configure(url)?)?;
    session.plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    copy.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; DELETE FROM migrations").or_fault()?;
    for table in tables(copy)? {
        let columns = columns(copy, &table)?;
        let list = columns.join(", ");
        let insert =
            format!("INSERT INTO {table} ({list}) VALUES ({})", places(columns.len()).replace('$', "?"));
        let mut insert = copy.prepare(&insert).or_fault()?;
        let mut read = Tally::default();
        let none: [&(dyn postgres::types::ToSql + Sync); 0] = [];
        let mut rows = session.client().query_raw(&format!("SELECT {list} FROM {table}"), none).or_fault()?;
        while let Some(row) = rows.next().or_fault()? {
            let values = postgres_values(&row)?;
            read.take(&values);
            insert.execute(params_from_iter(&values)).or_fault()?;
        }
        same(&table, &read, &tally_file(copy, &table, &list)?)?;
    }
    copy.execute_batch("COMMIT").or_fault()?;
    session.plain("ROLLBACK")
}

fn rows_into_postgres(source: &Connection, url: &str) -> Result<()> {
    migrate::migrate(&Place::Postgres(url.to_owned()))?;
    let mut session = Session::connect(&configure(url)?)?;
    let mut tx = session.client().transaction().or_fault()?;
    tx.batch_execute("SET LOCAL synchronous_commit = on; DELETE FROM migrations; DELETE FROM versions")
        .or_fault()?;
    for table in tables(source)? {
        let columns = columns(source, &table)?;
        let list = columns.join(", ");
        let before: i64 = tx.query_one(&format!("SELECT COUNT(*) FROM {table}"), &[]).or_fault()?.get(0);
        if before > 0 {
            return Err(Fault::because(format!("the database is not empty (table {table}); name a new one")));
        }
        let insert = format!("INSERT INTO {table} ({list}) VALUES ({})", places(columns.len()));
        let insert = tx.prepare(&insert).or_fault()?;
        let mut statement = source.prepare(&format!("SELECT {list} FROM {table}")).or_fault()?;
        let mut rows = statement.query([]).or_fault()?;
        let mut read = Tally::default();
        while let Some(row) = rows.next().or_fault()? {
            let mut values = file_values(row, columns.len())?;
            read.take(&values);
            for (value, kind) in values.iter_mut().zip(insert.params()) {
                if let (Value::Int(n), &Type::BOOL) = (&*value, kind) {
                    *value = Value::Bool(*n != 0);
                }
            }
            let borrowed: Vec<_> = values.iter().map(|v| v as &(dyn postgres::types::ToSql + Sync)).collect();
            tx.execute(&insert, &borrowed).or_fault()?;
        }
        let mut written = Tally::default();
        for row in tx.query(&format!("SELECT {list} FROM {table}"), &[]).or_fault()? {
            written.take(&postgres_values(&row)?);
        }
        same(&table, &read, &written)?;
    }
    tx.commit().or_fault()
}

fn same(table: &str, read: &Tally, written: &Tally) -> Result<()> {
    if read == written {
        return Ok(());
    }
    Err(Fault::because(format!(
        "table {table}: {} rows were read, {} stand in the copy",
        read.rows, written.rows
    )))
}

fn tally_file(conn: &Connection, table: &str, list: &str) -> Result<Tally> {
    let mut statement = conn.prepare(&format!("SELECT {list} FROM {table}")).or_fault()?;
    let columns = statement.column_count();
    let mut rows = statement.query([]).or_fault()?;
    let mut tally = Tally::default();
    while let Some(row) = rows.next().or_fault()? {
        tally.take(&file_values(row, columns)?);
    }
    Ok(tally)
}

fn file_values(row: &rusqlite::Row<'_>, columns: usize) -> Result<Vec<Value>> {
    (0..columns)
        .map(|index| {
            Ok(match row.get_ref(index).or_fault()? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Real(r) => Value::Real(r),
                ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).or_fault()?),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
            })
        })
        .collect()
}

fn postgres_values(row: &postgres::Row) -> Result<Vec<Value>> {
    (0..row.len())
        .map(|index| {
            Ok(match *row.columns()[index].type_() {
                Type::INT8 => row.try_get::<_, Option<i64>>(index).or_fault()?.into(),
                Type::BOOL => row.try_get::<_, Option<bool>>(index).or_fault()?.into(),
                Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).or_fault()?.into(),
                Type::TEXT => row.try_get::<_, Option<String>>(index).or_fault()?.into(),
                Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).or_fault()?.into(),
                ref other => {
                    return Err(Fault::because(format!("a column of type {other}, which we never make")));
                }
            })
        })
        .collect()
}
