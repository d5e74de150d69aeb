//! The schema after an old migration, parsed from the migration files, and plausible rows for all of its tables.

use std::collections::BTreeSet;

/// The number of rows of each table. The table of claims has one row for each cell of each booking instead.
pub(crate) const ROWS: i64 = 3;
/// The number of five-minute time cells that a booking claims.
pub(crate) const CELLS: i64 = 12;
/// The time of the tests' clock in UTC milliseconds: November 24, 2026, 15:00 UTC.
const NOW: i64 = 1_795_532_400_000;
const DAY: i64 = 86_400_000;
const CELL: i64 = 300_000;
/// The price of a booking, in cents.
const PRICE: i64 = 15_000;

/// Tables without rows, because their content is created with the encryption key and verified with it; each under the
/// name with which it was created.
pub(crate) const WITHOUT_ROWS: [&str; 3] = ["audit_seals", "audit_sealed", "key_marks"];

/// A column with its name, its type, and the table that it references.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The name under which it was created.
    pub(crate) origin: String,
    pub(crate) kind: String,
    pub(crate) refers_to: Option<String>,
}

/// A table with its columns.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// The name under which it was created.
    pub(crate) origin: String,
    pub(crate) columns: Vec<Column>,
}

fn column(text: &str) -> Option<Column> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_constraint = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"].contains(words.first()?);
    let refers_to = words.iter().position(|word| *word == "REFERENCES").map(|at| words[at + 1].to_owned());
    let kind = (*words.get(1)?).to_owned();
    let name = words[0].to_owned();
    (!is_constraint).then(|| Column { origin: name.clone(), name, kind, refers_to })
}

/// Splits a list at the commas outside of parentheses.
fn parts(list: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().expect("there is one").push(c);
        }
    }
    parts
}

/// Returns the old and the new name in `RENAME COLUMN old TO new`.
fn renamed<'a>(change: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    change.strip_prefix(prefix)?.split_once(" TO ")
}

/// Returns the tables after some migrations. Each table comes after the tables that it references.
pub(crate) fn tables(migrations: &[String]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for text in migrations {
        let plain: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
        for statement in plain.join("\n").split(';').map(str::trim) {
            if let Some((name, rest)) =
                statement.strip_prefix("CREATE TABLE ").and_then(|rest| rest.split_once('('))
            {
                let body = rest.rsplit_once("\n)").map_or(rest, |(body, _)| body);
                let columns = parts(body).iter().filter_map(|part| column(part)).collect();
                let name = name.trim().to_owned();
                tables.push(Table { origin: name.clone(), name, columns });
            } else if let Some((name, rest)) =
                statement.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(' '))
            {
                let at = tables.iter().position(|table| table.name == name).expect("a table that exists");
                let rest = rest.trim();
                if let Some(added) = rest.strip_prefix("ADD COLUMN ") {
                    tables[at].columns.extend(column(added));
                } else if let Some(dropped) = rest.strip_prefix("DROP COLUMN ") {
                    tables[at].columns.retain(|column| column.name != dropped.trim());
                } else if let Some((from, to)) = renamed(rest, "RENAME COLUMN ") {
                    let mut columns = tables[at].columns.iter_mut();
                    to.clone_into(&mut columns.find(|column| column.name == from).expect("a column").name);
                } else if let Some(to) = rest.strip_prefix("RENAME TO ") {
                    to.clone_into(&mut tables[at].name);
                    let columns = tables.iter_mut().flat_map(|table| &mut table.columns);
                    for one in columns.filter(|column| column.refers_to.as_deref() == Some(name)) {
                        one.refers_to = Some(to.to_owned());
                    }
                } else {
                    panic!("this change of a table is not supported here: {statement}");
                }
            } else if let Some(dropped) = statement.strip_prefix("DROP TABLE ") {
                tables.retain(|table| table.name != dropped.trim());
            }
        }
    }
    in_order(tables)
}

/// Returns the tables after all migrations.
pub(crate) fn current() -> Vec<Table> {
    let texts: Vec<String> =
        crate::guard::files("migrations", "sql").into_iter().map(|(_, text)| text).collect();
    tables(&texts)
}

fn in_order(mut left: Vec<Table>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let done: BTreeSet<&str> = ordered.iter().map(|table| table.name.as_str()).collect();
        let is_ready = |table: &Table| {
            table
                .columns
                .iter()
                .filter_map(|column| column.refers_to.as_deref())
                .all(|one| done.contains(one))
        };
        let (ready, rest): (Vec<Table>, Vec<Table>) = left.into_iter().partition(is_ready);
        assert!(!ready.is_empty(), "tables reference each other in a cycle: {rest:?}");
        ordered.extend(ready);
        left = rest;
    }
    ordered
}

/// The engine for which literals are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Returns the statements that fill a table.
pub(crate) fn rows_of(table: &Table, dialect: Dialect) -> Vec<String> {
    let count = if table.name == "claims" { ROWS * CELLS } else { ROWS };
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    (0..count)
        .map(|at| {
            let (n, cell) = if table.name == "claims" { (at / CELLS + 1, at % CELLS) } else { (at + 1, 0) };
            let values: Vec<String> =
                table.columns.iter().map(|column| value(&table.name, column, n, cell, dialect)).collect();
            format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), values.join(", "))
        })
        .collect()
}

/// Returns the value of a column in the n-th row. Values on which other rows or checks depend are listed here; all
/// others depend only on the type.
fn value(table: &str, column: &Column, n: i64, cell: i64, dialect: Dialect) -> String {
    if column.refers_to.is_some() {
        return n.to_string();
    }
    let (starts_at, from_cell) = (NOW + (n + 2) * DAY, (NOW + (n + 2) * DAY) / CELL);
    match (table, column.name.as_str()) {
        ("counters", "kind") => "'CS'".to_owned(),
        ("counters", "year") => "2026".to_owned(),
        ("counters", "last") | ("claims", "unit") => "1".to_owned(),
        ("counters", "club_id") | ("charges", "subject_id") => n.to_string(),
        ("charges", "subject_kind") => "'booking'".to_owned(),
        ("charges", "net_cents") | ("charge_lines", "cents") | ("bookings", "base_cents") => {
            PRICE.to_string()
        }
        ("charges", "tax_cents") | ("bookings", "tax_cents" | "addons_cents" | "discount_cents") => {
            "0".to_owned()
        }
        ("charges", "status") => "'due'".to_owned(),
        ("bookings", "reference") => "'CS-2026-000001'".to_owned(),
        ("bookings", "starts_at") => starts_at.to_string(),
        ("bookings", "ends_at") => (starts_at + CELLS * CELL).to_string(),
        ("bookings", "status") => "'confirmed'".to_owned(),
        ("allocations", "live") => if dialect == Dialect::Sqlite { "1" } else { "TRUE" }.to_owned(),
        ("allocations", "until") => "NULL".to_owned(),
        ("allocations" | "freed_spans", "from_cell") => from_cell.to_string(),
        ("allocations" | "freed_spans", "to_cell") => (from_cell + CELLS).to_string(),
        ("claims", "cell") => (from_cell + cell).to_string(),
        ("clubs", "zone") => "'America/New_York'".to_owned(),
        (_, "email" | "guest_email" | "to_address") => format!("'{table}{n}@example.com'"),
        (_, "phone" | "guest_phone") => format!("'(212) 555-010{n}'"),
        (_, "minutes" | "setup" | "turnover" | "pad" | "reset" | "opens") => (5 * n).to_string(),
        (_, "closes" | "to_minute") => (600 + 5 * n).to_string(),
        (_, "to_at") => (NOW + n * DAY + CELL).to_string(),
        _ => by_type(column, n, dialect),
    }
}

fn by_type(column: &Column, n: i64, dialect: Dialect) -> String {
    const LISTS: [&str; 11] = [
        "why",
        "features",
        "skills",
        "tags",
        "benefits",
        "gallery_images",
        "services",
        "weekdays",
        "room_kinds",
        "scents",
        "open_starts",
    ];
    const OBJECTS: [&str; 8] =
        ["policy", "sale", "price_basis", "detail", "details", "before", "payload", "data"];
    let name = column.name.as_str();
    let is_day = name.ends_with("_on")
        || name.ends_with("_day")
        || ["day", "birthday", "paid_until", "frozen_from", "frozen_until"].contains(&name);
    match column.kind.as_str() {
        "BIGINT" if name == "at" || name.ends_with("_at") => (NOW + n * DAY).to_string(),
        "BIGINT" => n.to_string(),
        "BOOLEAN" if dialect == Dialect::Sqlite => (n % 2).to_string(),
        "BOOLEAN" => if n % 2 == 1 { "TRUE" } else { "FALSE" }.to_owned(),
        "BYTEA" if dialect == Dialect::Sqlite => format!("x'6{n}'"),
        "BYTEA" => format!("'\\x6{n}'"),
        "TEXT" if is_day => format!("'2026-11-2{n}'"),
        "TEXT" if name == "month" => format!("'2026-1{}'", n - 1),
        "TEXT" if LISTS.contains(&name) => "'[]'".to_owned(),
        "TEXT" if OBJECTS.contains(&name) => "'{}'".to_owned(),
        "TEXT" => format!("'{name} {n}'"),
        other => panic!("unknown column type: {other}"),
    }
}

#[test]
fn a_schema_is_parsed_from_its_migrations() {
    let first = "CREATE TABLE b (\n    id BIGINT NOT NULL PRIMARY KEY, -- one, two\n    a_id BIGINT REFERENCES a (id),\n    UNIQUE (a_id, id)\n);";
    let second = "CREATE TABLE a (\n    id BIGINT NOT NULL PRIMARY KEY,\n    x TEXT CHECK (x IN ('p', 'q'))\n);\nALTER TABLE b ADD COLUMN y TEXT NOT NULL DEFAULT '[]';";
    let tables = tables(&[first.to_owned(), second.to_owned()]);
    let columns = |table: &Table| table.columns.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(tables.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        (columns(&tables[0]), columns(&tables[1])),
        (vec!["id".into(), "x".into()], vec!["id".into(), "a_id".into(), "y".into()])
    );
}

#[test]
fn a_renamed_table_keeps_its_origin_and_its_references() {
    let first =
        "CREATE TABLE a (\n    x TEXT NOT NULL\n);\nCREATE TABLE b (\n    a_id BIGINT REFERENCES a (id)\n);";
    let second = "ALTER TABLE a RENAME TO c;\nALTER TABLE c RENAME COLUMN x TO y;";
    let tables = tables(&[first.to_owned(), second.to_owned()]);
    assert_eq!((tables[0].name.as_str(), tables[0].origin.as_str()), ("c", "a"));
    let column = &tables[0].columns[0];
    assert_eq!((column.name.as_str(), column.origin.as_str()), ("y", "x"));
    assert_eq!(tables[1].columns[0].refers_to.as_deref(), Some("c"));
}
