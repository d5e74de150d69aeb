//! Backup and restore of the whole demonstration club with every table filled, from each engine to each. Failures and
//! kills in the middle leave nothing behind.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kit::testing::{on_postgres, test_place};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::commands::{Folder, command, path, run, set_up};
use super::run_alone;

/// Every row of every table, as text and in order.
type Content = BTreeMap<String, Vec<Vec<String>>>;

fn names(conn: &Connection, query: &str) -> Vec<String> {
    let mut statement = conn.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

fn tables(conn: &Connection) -> Vec<String> {
    names(
        conn,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
}

fn columns(conn: &Connection, table: &str) -> Vec<String> {
    names(conn, &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))
}

fn content_of_file(file: &std::path::Path) -> Content {
    let conn = Connection::open(file).unwrap();
    let mut content = Content::new();
    for table in tables(&conn) {
        let columns = columns(&conn, &table);
        let mut statement = conn.prepare(&format!("SELECT {} FROM {table}", columns.join(", "))).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let value = |index| match row.get_ref(index).unwrap() {
                ValueRef::Null => "null".to_owned(),
                ValueRef::Integer(n) => n.to_string(),
                ValueRef::Real(r) => format!("{r:?}"),
                ValueRef::Text(text) => format!("'{}'", String::from_utf8_lossy(text)),
                ValueRef::Blob(bytes) => kit::tokens::hex(bytes),
            };
            all.push((0..columns.len()).map(value).collect());
        }
        all.sort();
        content.insert(table, all);
    }
    content
}

/// Returns the content of a server, read with its own driver, with the columns in the order of a file's.
fn content_of_server(url: &str, like: &std::path::Path) -> Content {
    let (url, conn) = (url.to_owned(), Connection::open(like).unwrap());
    let expected: Vec<(String, Vec<String>)> =
        tables(&conn).into_iter().map(|table| (table.clone(), columns(&conn, &table))).collect();
    std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let mut content = Content::new();
        for (table, columns) in expected {
            let as_text = |column: &String| {
                format!(
                    "CASE WHEN {column} IS NULL THEN 'null' ELSE CASE CAST(pg_typeof({column}) AS TEXT)
                     WHEN 'text' THEN '''' || CAST({column} AS TEXT) || ''''
                     WHEN 'bytea' THEN substr(CAST({column} AS TEXT), 3)
                     WHEN 'boolean' THEN CASE CAST({column} AS TEXT) WHEN 'true' THEN '1' ELSE '0' END
                     ELSE CAST({column} AS TEXT) END END"
                )
            };
            let list: Vec<String> = columns.iter().map(as_text).collect();
            let rows = client.query(&format!("SELECT {} FROM {table}", list.join(", ")), &[]).unwrap();
            let mut all: Vec<Vec<String>> =
                rows.iter().map(|row| (0..columns.len()).map(|n| row.get(n)).collect()).collect();
            all.sort();
            content.insert(table, all);
        }
        content
    })
    .join()
    .unwrap()
}

/// Fills the tables that are empty in the demonstration club, according to their columns and keys.
fn fill_the_rest(file: &std::path::Path) {
    let conn = Connection::open(file).unwrap();
    conn.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    let is_empty = |table: &String| {
        conn.query_row(&format!("SELECT NOT EXISTS (SELECT 1 FROM {table})"), [], |row| row.get(0)).unwrap()
    };
    // The tables that a table refers to may be empty too: those are filled first.
    for _ in 0..5 {
        for table in tables(&conn).iter().filter(|table| is_empty(table)) {
            let Some((list, values)) = row_for(&conn, table) else { continue };
            let insert = format!("INSERT INTO {table} ({list}) VALUES ({values})");
            conn.execute(&insert, []).unwrap_or_else(|error| panic!("{insert}: {error}"));
        }
    }
    let empty: Vec<String> = tables(&conn).into_iter().filter(|table| is_empty(table)).collect();
    assert!(empty.is_empty(), "the fixture leaves tables empty: {empty:?}");
}

/// Returns the columns and values of a row that the table's keys allow; `None` while a table that it refers to is
/// empty.
fn row_for(conn: &Connection, table: &str) -> Option<(String, String)> {
    let parents = conn
        .prepare(&format!("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list('{table}')"))
        .unwrap()
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, (row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
        })
        .unwrap()
        .collect::<rusqlite::Result<BTreeMap<_, _>>>()
        .unwrap();
    let mut statement =
        conn.prepare(&format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid")).unwrap();
    let columns: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let mut values = Vec::new();
    for (name, kind) in &columns {
        values.push(match (parents.get(name), kind.as_str()) {
            (Some((parent, _)), _) if parent == table => "NULL".to_owned(),
            (Some((parent, key)), _) => {
                let found = conn.query_row(&format!("SELECT {key} FROM {parent} LIMIT 1"), [], |row| {
                    row.get::<_, i64>(0)
                });
                found.ok()?.to_string()
            }
            // The two sides of a posting differ.
            (None, "TEXT") if name == "credit" => "'stripe'".to_owned(),
            (None, "TEXT") => "'Zoë ''💆'' \\ %'".to_owned(),
            (None, "BLOB") => "x'00ff10'".to_owned(),
            (None, "REAL") => "1.5".to_owned(),
            // A period has to end after it begins.
            (None, _) if ["to_", "last_", "ends_", "until_"].iter().any(|start| name.starts_with(start)) => {
                "2".to_owned()
            }
            (None, _) => "1".to_owned(),
        });
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    Some((names.join(", "), values.join(", ")))
}

fn new_schema() -> String {
    let place = test_place();
    let _ = std::fs::remove_dir_all(&place.folder);
    place.url
}

/// Runs `check` on a restored club: no problem, and an audit log with its checkpoint.
#[track_caller]
fn expect_sound(folder: &Folder, url: &str) {
    let output = run(folder, url, &["check"]).expect_success();
    assert!(!output.contains("PROBLEM") && output.contains(" rows, 1 checkpoints, intact"), "{output}");
    assert!(output.lines().last().is_some_and(|line| line.starts_with("ok")), "{output}");
}

#[tokio::test]
async fn an_empty_database_is_not_backed_up() {
    let _alone = run_alone().await;
    let (folder, place) = (Folder::new(), test_place());
    let output = run(&folder, &place.url, &["backup", "empty.backup"]).expect_failure();
    let why = if on_postgres() { "the database is empty" } else { "no such database" };
    assert!(output.contains(why), "{output}");
    assert!(!folder.file("empty.backup").exists());
    let _ = std::fs::remove_dir_all(&place.folder);
}

#[tokio::test]
async fn a_filled_club_is_restored_from_each_engine_to_each_engine() {
    let _alone = run_alone().await;
    let folder = Folder::new();
    let club = folder.sqlite("club.db");
    set_up(&folder, &club).await;
    // First the unchanged club, so that the restored one can be checked.
    run(&folder, &club, &["backup", "sound.backup"]).expect_success();
    run(&folder, &club, &["check"]).expect_success();
    fill_the_rest(&folder.file("club.db"));
    let whole = content_of_file(&folder.file("club.db"));
    assert!(whole.values().all(|rows| !rows.is_empty()), "every table is filled");
    run(&folder, &club, &["backup", "from-sqlite.backup"]).expect_success();
    let from_sqlite = folder.file("from-sqlite.backup");
    assert_eq!(content_of_file(&from_sqlite), whole);

    let output = run(&folder, &folder.sqlite("one.db"), &["restore", path(&from_sqlite)]).expect_success();
    assert!(output.contains("verified"), "{output}");
    assert_eq!(content_of_file(&folder.file("one.db")), whole);
    run(&folder, &folder.sqlite("sound.db"), &["restore", "sound.backup"]).expect_success();
    expect_sound(&folder, &folder.sqlite("sound.db"));
    if !on_postgres() {
        return;
    }
    let server = new_schema();
    run(&folder, &server, &["restore", path(&from_sqlite)]).expect_success();
    assert_eq!(content_of_server(&server, &from_sqlite), whole, "SQLite to PostgreSQL");
    run(&folder, &server, &["backup", "from-postgres.backup"]).expect_success();
    let from_postgres = folder.file("from-postgres.backup");
    assert_eq!(content_of_file(&from_postgres), whole);
    run(&folder, &folder.sqlite("two.db"), &["restore", path(&from_postgres)]).expect_success();
    assert_eq!(content_of_file(&folder.file("two.db")), whole, "PostgreSQL to SQLite");
    let second = new_schema();
    run(&folder, &second, &["restore", path(&from_postgres)]).expect_success();
    assert_eq!(content_of_server(&second, &from_postgres), whole, "PostgreSQL to PostgreSQL");
    // A database that was only migrated counts as empty. One that contains a club does not.
    let third = new_schema();
    run(&folder, &third, &["migrate"]).expect_success();
    assert!(run(&folder, &third, &["check"]).expect_failure().contains("the database is empty"));
    run(&folder, &third, &["restore", "sound.backup"]).expect_success();
    expect_sound(&folder, &third);
    // A backup of the sound club from PostgreSQL is as sound in both engines.
    run(&folder, &third, &["backup", "sound-from-postgres.backup"]).expect_success();
    for target in [folder.sqlite("sound-from-postgres.db"), new_schema()] {
        run(&folder, &target, &["restore", "sound-from-postgres.backup"]).expect_success();
        expect_sound(&folder, &target);
    }
    assert!(
        run(&folder, &third, &["restore", "sound.backup"])
            .expect_failure()
            .contains("the database is not empty")
    );
    run(&folder, &third, &["check"]).expect_success();
}

/// The obstacle is named as the server names it, and nothing of the attempt is left.
#[tokio::test]
async fn a_failed_restore_says_why_and_leaves_nothing_behind() {
    let _alone = run_alone().await;
    let folder = Folder::new();
    let club = folder.sqlite("club.db");
    set_up(&folder, &club).await;
    run(&folder, &club, &["backup", "whole.backup"]).expect_success();
    let mut bytes = std::fs::read(folder.file("whole.backup")).unwrap();
    // The damage is in the table and in its index alike, so that no page and no key is wrong.
    let places: Vec<usize> = (0..bytes.len() - 6).filter(|at| bytes[*at..].starts_with(b"guest@")).collect();
    assert!(!places.is_empty());
    places.iter().for_each(|at| bytes[*at] ^= 1);
    std::fs::write(folder.file("damaged.backup"), bytes).unwrap();
    let target = folder.sqlite("target.db");
    let output = run(&folder, &target, &["restore", "damaged.backup"]).expect_failure();
    assert!(output.contains("is damaged"), "{output}");
    assert!(run(&folder, &target, &["check"]).expect_failure().contains("the database is empty"));
    let left = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("target")).collect();
    assert!(left.is_empty(), "{left:?}");
    if !on_postgres() {
        return;
    }
    let server = new_schema();
    let client = |url: &str, query: &'static str| {
        let url = url.to_owned();
        let counting = std::thread::spawn(move || {
            let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
            client.simple_query(query).unwrap();
            let counted = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()";
            client.query_one(counted, &[]).unwrap().get::<_, i64>(0)
        });
        counting.join().unwrap()
    };
    // A table of another program is in the way of the last migrations.
    client(&server, "CREATE TABLE write_probes (other BIGINT)");
    let output = run(&folder, &server, &["restore", "whole.backup"]).expect_failure();
    assert!(output.contains("relation \"write_probes\" already exists"), "{output}");
    assert_eq!(client(&server, "SELECT 1"), 1, "nothing but the other's table");
    // A row that the server refuses, with the server's message.
    let full = new_schema();
    run(&folder, &full, &["migrate"]).expect_success();
    client(&full, "ALTER TABLE memberships ADD CONSTRAINT none_today CHECK (id < 0)");
    let output = run(&folder, &full, &["restore", "whole.backup"]).expect_failure();
    assert!(output.contains("table memberships") && output.contains("none_today"), "{output}");
    assert!(run(&folder, &full, &["check"]).expect_failure().contains("the database is empty"));
}

/// Killed anywhere in a restore: the result is complete, or is recognized as incomplete, and a second restore works.
#[tokio::test]
async fn a_killed_restore_is_detected_and_can_be_repeated() {
    let _alone = run_alone().await;
    let folder = Folder::new();
    let club = folder.sqlite("club.db");
    set_up(&folder, &club).await;
    run(&folder, &club, &["backup", "whole.backup"]).expect_success();
    let whole = content_of_file(&folder.file("whole.backup"));
    let mut interrupted = 0;
    for n in 0..6 {
        let name = format!("target{n}.db");
        let (target, draft) = (folder.sqlite(&name), folder.file(&format!("{name}.restoring")));
        let mut child = command(&folder, &target, &["restore", "whole.backup"]).spawn().unwrap();
        let begun = Instant::now();
        while !draft.exists() && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(n * 20));
        child.kill().unwrap();
        child.wait().unwrap();
        if folder.file(&name).exists() {
            assert_eq!(content_of_file(&folder.file(&name)), whole, "it was finished");
            continue;
        }
        interrupted += 1;
        for command in ["check", "migrate"] {
            let output = run(&folder, &target, &[command]).expect_failure();
            assert!(output.contains("a restore was interrupted"), "{command}: {output}");
        }
        run(&folder, &target, &["restore", "whole.backup"]).expect_success();
        assert_eq!(content_of_file(&folder.file(&name)), whole);
        assert!(!draft.exists());
    }
    assert!(interrupted > 0, "no kill came in time");
    if !on_postgres() {
        return;
    }
    let server = new_schema();
    let mut child = command(&folder, &server, &["restore", "whole.backup"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    child.kill().unwrap();
    child.wait().unwrap();
    let output = run(&folder, &server, &["check"]);
    if !output.is_success {
        assert!(output.expect_failure().contains("the database is empty"));
        run(&folder, &server, &["restore", "whole.backup"]).expect_success();
    }
    assert_eq!(content_of_server(&server, &folder.file("whole.backup")), whole);
}
