//! Tables as a backup sees them: their names in an order in which they can be filled, their columns, and the rows
//! of each, counted and hashed.

use std::collections::{BTreeMap, BTreeSet};

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::Type;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use crate::db::engine::postgres_session::fault;
use crate::db::engine::sqlite_connection as sqlite;
use crate::db::value::Value;
use crate::errors::{Fault, OrFault, Result};

/// A summary of the rows of a table: their number, and a digest that does not depend on their order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) digest: u64,
}

impl Tally {
    pub(super) fn take(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            // SQLite stores booleans as numbers.
            let plain = if let Value::Bool(b) = value { &Value::Int(i64::from(*b)) } else { value };
            hash.update(format!("{plain:?};"));
        }
        let bytes = hash.finalize();
        let (first, _) = bytes.split_first_chunk::<8>().expect("a digest has 32 bytes");
        self.rows += 1;
        self.digest = self.digest.wrapping_add(u64::from_be_bytes(*first));
    }

    /// Returns a fault unless the written rows equal the rows read.
    pub(super) fn must_equal(&self, table: &str, written: &Tally) -> Result<()> {
        if self == written {
            return Ok(());
        }
        Err(Fault::because(format!(
            "table {table}: {} rows were read, {} stand in the copy, and they are not the same",
            self.rows, written.rows
        )))
    }
}

/// Returns the tables of a file.
pub(super) fn tables(conn: &Connection) -> Result<Vec<String>> {
    names(
        conn,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
    )
}

/// Returns the tables of a file in an order in which each table follows those that its foreign keys refer to.
/// References of a table to itself are ignored.
pub(super) fn tables_in_order(conn: &Connection) -> Result<Vec<String>> {
    let all = tables(conn)?;
    let mut refers = BTreeMap::new();
    for table in &all {
        let query = format!("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('{table}')");
        let others: BTreeSet<String> = names(conn, &query)?.into_iter().filter(|one| one != table).collect();
        refers.insert(table.clone(), others);
    }
    in_order(all, &refers)
}

/// Orders names so that each follows those that it refers to. Independent names keep their order.
fn in_order(names: Vec<String>, refers: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>> {
    let mut ordered: Vec<String> = Vec::new();
    let mut left = names;
    while !left.is_empty() {
        let waits = |name: &String| {
            refers.get(name).is_some_and(|others| others.iter().any(|other| left.contains(other)))
        };
        let (waiting, ready): (Vec<String>, Vec<String>) = left.iter().cloned().partition(waits);
        if ready.is_empty() {
            return Err(Fault::because(format!(
                "these tables refer to each other in a ring: {}",
                waiting.join(", ")
            )));
        }
        ordered.extend(ready);
        left = waiting;
    }
    Ok(ordered)
}

pub(super) fn columns(conn: &Connection, table: &str) -> Result<Vec<String>> {
    names(conn, &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))
}

fn names(conn: &Connection, query: &str) -> Result<Vec<String>> {
    let mut statement = conn.prepare(query).map_err(sqlite::fault)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(sqlite::fault)?;
    rows.collect::<rusqlite::Result<_>>().map_err(sqlite::fault)
}

/// Passes every row of a table in a file to `take`.
pub(super) fn each_of_file(
    conn: &Connection,
    table: &str,
    list: &str,
    mut take: impl FnMut(Vec<Value>) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare(&format!("SELECT {list} FROM {table}")).map_err(sqlite::fault)?;
    let columns = statement.column_count();
    let mut rows = statement.query([]).map_err(sqlite::fault)?;
    while let Some(row) = rows.next().map_err(sqlite::fault)? {
        let values: Result<Vec<Value>> = (0..columns).map(|index| file_value(row, index)).collect();
        take(values?)?;
    }
    Ok(())
}

/// Passes every row of a table on a server to `take`, without holding all rows in memory.
pub(super) fn each_of_postgres(
    client: &mut impl postgres::GenericClient,
    table: &str,
    list: &str,
    mut take: impl FnMut(Vec<Value>) -> Result<()>,
) -> Result<()> {
    let none: [&(dyn postgres::types::ToSql + Sync); 0] = [];
    let mut rows = client.query_raw(&format!("SELECT {list} FROM {table}"), none).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        let values: Result<Vec<Value>> = (0..row.len()).map(|index| postgres_value(&row, index)).collect();
        take(values?)?;
    }
    Ok(())
}

pub(super) fn tally_file(conn: &Connection, table: &str, list: &str) -> Result<Tally> {
    let mut tally = Tally::default();
    each_of_file(conn, table, list, |row| {
        tally.take(&row);
        Ok(())
    })?;
    Ok(tally)
}

/// Returns the tally of every table in a file.
pub(super) fn tally_all(conn: &Connection) -> Result<Vec<(String, Tally)>> {
    let mut all = Vec::new();
    for table in tables(conn)? {
        let tally = tally_file(conn, &table, &columns(conn, &table)?.join(", "))?;
        all.push((table, tally));
    }
    Ok(all)
}

fn file_value(row: &rusqlite::Row<'_>, index: usize) -> Result<Value> {
    Ok(match row.get_ref(index).map_err(sqlite::fault)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Real(r) => Value::Real(r),
        ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).or_fault()?),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    })
}

fn postgres_value(row: &postgres::Row, index: usize) -> Result<Value> {
    Ok(match *row.columns()[index].type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(fault)?.into(),
        Type::BOOL => row.try_get::<_, Option<bool>>(index).map_err(fault)?.into(),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).map_err(fault)?.into(),
        Type::TEXT => row.try_get::<_, Option<String>>(index).map_err(fault)?.into(),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map_err(fault)?.into(),
        ref other => {
            return Err(Fault::because(format!("a column of type {other}, which we never make")));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_comes_after_the_tables_it_references() {
        let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let refers = BTreeMap::from([
            ("memberships".to_owned(), BTreeSet::from(["plan_versions".to_owned(), "people".to_owned()])),
            ("plan_versions".to_owned(), BTreeSet::from(["plans".to_owned(), "people".to_owned()])),
        ]);
        let ordered = in_order(names("people memberships plans plan_versions jobs"), &refers);
        assert_eq!(ordered.expect("an order"), names("people plans jobs plan_versions memberships"));
        let ring = BTreeMap::from([
            ("a".to_owned(), BTreeSet::from(["b".to_owned()])),
            ("b".to_owned(), BTreeSet::from(["a".to_owned()])),
        ]);
        assert!(in_order(names("a b c"), &ring).expect_err("no order").to_string().contains("a, b"));
    }

    #[test]
    fn table_order_follows_foreign_keys_and_allows_self_references() {
        let conn = Connection::open_in_memory().expect("a file");
        let made = conn.execute_batch(
            "CREATE TABLE kids (id INTEGER PRIMARY KEY, one INTEGER REFERENCES folks (id), two INTEGER REFERENCES kids (id));
             CREATE TABLE folks (id INTEGER PRIMARY KEY);",
        );
        made.expect("made");
        assert_eq!(tables(&conn).expect("tables"), ["kids", "folks"]);
        assert_eq!(tables_in_order(&conn).expect("an order"), ["folks", "kids"]);
    }
}
