//! Damage of every kind is found, named, and not backed up.

use std::sync::{Arc, Mutex};

use coresync::check::{Finding, find_problems_in};
use jiff::SignedDuration;
use kit::config::Config;
use kit::db::{self, Place};
use kit::testing::{on_postgres, test_place};
use kit::{Db, Error, Result, Tx, args, sql};
use rusqlite::Connection;

use super::commands::{Folder, run, set_up};
use super::run_alone;

#[tokio::test]
async fn a_zeroed_page_is_detected_and_not_backed_up() {
    let _alone = run_alone().await;
    let folder = Folder::new();
    let url = folder.sqlite("club.db");
    assert!(run(&folder, &url, &["check"]).expect_failure().contains("the database is empty"));
    assert!(!folder.file("club.db").exists(), "looking makes nothing");
    set_up(&folder, &url).await;
    let output = run(&folder, &url, &["check"]).expect_success();
    assert!(
        output.contains("ok: no problems found") && output.contains(" rows, 1 checkpoints, intact"),
        "{output}"
    );
    let (page_size, root): (i64, i64) = {
        let conn = Connection::open(folder.file("club.db")).unwrap();
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let size = conn.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
        let query = "SELECT rootpage FROM sqlite_master WHERE name = 'claims_of_booking'";
        (size, conn.query_row(query, [], |row| row.get(0)).unwrap())
    };
    let file = std::fs::OpenOptions::new().write(true).open(folder.file("club.db")).unwrap();
    let zeros = vec![0; usize::try_from(page_size).unwrap()];
    std::os::unix::fs::FileExt::write_all_at(&file, &zeros, u64::try_from((root - 1) * page_size).unwrap())
        .unwrap();
    file.sync_all().unwrap();
    let output = run(&folder, &url, &["check"]).expect_failure();
    assert!(output.contains("PROBLEM") && output.contains("restore the last good backup"), "{output}");
    let output = run(&folder, &url, &["backup", "damaged.backup"]).expect_failure();
    assert!(output.contains("the database is damaged"), "{output}");
    let left = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("damaged")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Runs statements on a server, each in a transaction of its own, and returns the last text of the last.
fn on_server(url: &str, statements: &[&str]) -> String {
    let (url, statements) = (url.to_owned(), statements.join(";\n"));
    let running = std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let mut last = String::new();
        for statement in statements.split(";\n") {
            for message in
                client.simple_query(statement).unwrap_or_else(|error| panic!("{statement}: {error}"))
            {
                if let postgres::SimpleQueryMessage::Row(row) = message {
                    last = row.get(0).unwrap_or_default().to_owned();
                }
            }
        }
        last
    });
    running.join().unwrap()
}

/// Databases on the server under test that are dropped with the value.
struct Databases(String, [String; 2]);

impl Databases {
    fn new() -> Databases {
        let server = test_server();
        let names = ["sound", "zeroed"].map(|name| format!("coresync_{name}_{}", std::process::id()));
        let databases = Databases(server, names);
        databases.remove();
        databases
    }

    fn remove(&self) {
        for name in &self.1 {
            on_server(&self.0, &[&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]);
        }
    }

    fn url(&self, place: usize) -> String {
        let (server, rest) = self.0.rsplit_once('/').unwrap();
        let options = rest.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
        format!("{server}/{}{options}", self.1[place])
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Returns the address of the server under test, without a schema.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn test_server() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap()
}

/// Without `amcheck`, `check` says that it did not compare the indexes. With it, a zeroed page of an index is found. The
/// page is zeroed in the file of a database, and a copy of the files is checked, because the server still remembers the
/// page as it was.
#[tokio::test]
async fn a_zeroed_page_of_an_index_is_detected_on_postgres() {
    if !on_postgres() {
        return;
    }
    let _alone = run_alone().await;
    let (folder, databases) = (Folder::new(), Databases::new());
    let [sound, zeroed] = [0, 1].map(|place| databases.url(place));
    on_server(&databases.0, &[&format!("CREATE DATABASE {}", databases.1[0])]);
    set_up(&folder, &sound).await;
    let output = run(&folder, &sound, &["check"]).expect_success();
    let last = "ok, but indexes were not compared with their tables: the extension amcheck is not installed";
    assert!(output.lines().last().is_some_and(|line| line.starts_with(last)), "{output}");
    // The extension may be in any schema.
    on_server(&sound, &["CREATE SCHEMA checks", "CREATE EXTENSION amcheck SCHEMA checks"]);
    let output = run(&folder, &sound, &["check"]).expect_success();
    assert_eq!(output.lines().last(), Some("ok: no problems found"), "{output}");
    assert!(output.contains("indexes were compared with their tables (amcheck)"), "{output}");

    let file = on_server(
        &sound,
        &[
            "CHECKPOINT",
            "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('claims_of_booking')",
        ],
    );
    // The second page is the first after the one that describes the index. A large object is seen from the next
    // statement on.
    let object = std::process::id();
    let zeroed_file = format!(
        "SELECT lo_from_bytea({object}, overlay(pg_read_binary_file('{file}')
         PLACING decode(repeat('00', 8192), 'hex') FROM 8193 FOR 8192))"
    );
    let export = format!("SELECT lo_export({object}, '{file}')");
    on_server(&databases.0, &[&zeroed_file, &export, &format!("SELECT lo_unlink({object})")]);
    let copy = format!("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", databases.1[1], databases.1[0]);
    on_server(&databases.0, &[&copy]);
    let output = run(&folder, &zeroed, &["check"]).expect_failure();
    assert!(output.contains("PROBLEM: index claims_of_booking"), "{output}");
    assert!(output.contains("restore the last good backup"), "{output}");
    // The rows are whole: a backup reads them without the index, and what is restored from it is sound.
    run(&folder, &zeroed, &["backup", "whole.backup"]).expect_success();
    run(&folder, &folder.sqlite("restored.db"), &["restore", "whole.backup"]).expect_success();
    let output = run(&folder, &folder.sqlite("restored.db"), &["check"]).expect_success();
    assert!(output.contains("ok: no problems found"), "{output}");
}

/// Does some damage, runs the checks, and rolls the damage back.
async fn found(db: &Db, damage: fn(&mut Tx<'_>) -> Result<u64>) -> Vec<Finding> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let keep = found.clone();
    let undone = db.tx(move |tx| {
        assert!(damage(tx)? > 0, "nothing was damaged");
        *keep.lock().unwrap() = find_problems_in(tx)?;
        Err::<(), _>(Error::NotFound)
    });
    assert!(matches!(undone.await, Err(Error::NotFound)));
    let found = found.lock().unwrap();
    found.clone()
}

type Damage = (&'static str, fn(&mut Tx<'_>) -> Result<u64>);

/// Returns a confirmed booking that is far enough ahead to have all of its claims.
fn upcoming(tx: &mut Tx<'_>) -> Result<i64> {
    let now = tx.now();
    let found: Option<(i64,)> = tx.one(
        sql!("SELECT MAX(id) FROM bookings WHERE status = 'confirmed' AND starts_at > $1"),
        args![now],
    )?;
    Ok(found.expect("a row").0)
}

/// Turns a booking into a hold that ends in ten minutes.
fn hold(tx: &mut Tx<'_>, booking: i64) -> Result<u64> {
    let until = tx.now() + SignedDuration::from_mins(10);
    tx.run(
        sql!("UPDATE bookings SET status = 'held', expires_at = $1 WHERE id = $2"),
        args![until, booking],
    )?;
    tx.run(sql!("UPDATE allocations SET until = $1 WHERE booking_id = $2"), args![until, booking])
}

/// Inserts a block of twelve cells of a room in a year, with claims on `cells`, counted from its first, of the resource
/// whose id is higher by `other`.
fn insert_block(tx: &mut Tx<'_>, other: i64, cells: std::ops::Range<i64>) -> Result<u64> {
    let first = (tx.now() + SignedDuration::from_hours(365 * 24)).as_millisecond() / 300_000;
    let (from, to) = (first * 300_000, (first + 12) * 300_000);
    tx.run(
        sql!(
            "INSERT INTO blocks (id, club_id, kind, resource_id, from_at, to_at, reason, created_at, changed_at)
             SELECT 7, r.club_id, 'room', r.id, CAST($1 AS BIGINT), CAST($2 AS BIGINT), 'Painting', 0, 0 FROM rooms r
             WHERE r.id = (SELECT MIN(id) FROM rooms WHERE units = 1)"
        ),
        args![from, to],
    )?;
    let mut claims = 0;
    for cell in cells {
        claims += tx.run(
            sql!(
                "INSERT INTO claims (resource_id, unit, cell, booking_id)
                 SELECT resource_id + $1, 0, $2, id FROM blocks WHERE id = 7"
            ),
            args![other, first + cell],
        )?;
    }
    Ok(claims)
}

/// A block that claims exactly its own cells is no damage.
#[tokio::test]
async fn a_block_that_claims_its_own_time_is_sound() {
    let _alone = run_alone().await;
    let (folder, place) = (Folder::new(), test_place());
    set_up(&folder, &place.url).await;
    let app = coresync::serve::open_to_read(config(&folder, &place.url)).await.unwrap();
    assert_eq!(found(&app.db, |tx| insert_block(tx, 0, 0..12)).await, []);
    let _ = std::fs::remove_dir_all(&place.folder);
}

fn config(folder: &Folder, url: &str) -> Config {
    Config { data: folder.0.clone(), database_url: Some(url.to_owned()), ..Config::default() }
}

/// Damage that no key prevents, on the engine under test.
const DAMAGES: &[Damage] = &[
    ("still claim their times", |tx| {
        tx.run(
            sql!(
                "UPDATE bookings SET status = 'cancelled'
                 WHERE id = (SELECT c.booking_id FROM claims c JOIN bookings b ON b.id = c.booking_id
                 WHERE b.status = 'confirmed' ORDER BY c.cell DESC LIMIT 1)"
            ),
            args![],
        )
    }),
    ("still have their room or people", |tx| {
        tx.run(sql!("UPDATE bookings SET status = 'expired' WHERE status = 'confirmed'"), args![])
    }),
    ("claims that belong to no live booking", |tx| {
        tx.run(
            sql!("UPDATE claims SET booking_id = 7 WHERE booking_id = (SELECT MAX(booking_id) FROM claims)"),
            args![],
        )
    }),
    ("do not claim all of their time", |tx| {
        tx.run(sql!("DELETE FROM claims WHERE cell = (SELECT MAX(cell) FROM claims)"), args![])
    }),
    // The same of a booking that is being paid, and of a live hold.
    ("do not claim all of their time", |tx| {
        let booking = upcoming(tx)?;
        tx.run(sql!("UPDATE bookings SET status = 'pending' WHERE id = $1"), args![booking])?;
        tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![booking])
    }),
    ("do not claim all of their time", |tx| {
        let booking = upcoming(tx)?;
        hold(tx, booking)?;
        tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![booking])
    }),
    ("have no room and no one assigned", |tx| {
        let booking = upcoming(tx)?;
        hold(tx, booking)?;
        tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![booking])?;
        tx.run(sql!("DELETE FROM allocations WHERE booking_id = $1"), args![booking])
    }),
    ("blocks do not claim all of their time", |tx| insert_block(tx, 0, 0..11)),
    ("claims that belong to no live booking or block", |tx| insert_block(tx, 0, 0..13)),
    ("claims that belong to no live booking or block", |tx| insert_block(tx, 0, -1..12)),
    ("claims that belong to no live booking or block", |tx| insert_block(tx, 1, 0..12)),
    ("have no room and no one assigned", |tx| {
        tx.run(
            sql!(
                "UPDATE allocations SET live = FALSE
                 WHERE booking_id = (SELECT MAX(id) FROM bookings WHERE status = 'confirmed')"
            ),
            args![],
        )
    }),
    ("have the same resource at the same time", |tx| {
        tx.run(
            sql!(
                "UPDATE allocations SET from_cell = (SELECT MAX(from_cell) FROM allocations WHERE live AND kind = 'technician'),
                 to_cell = (SELECT MAX(from_cell) + 1 FROM allocations WHERE live AND kind = 'technician')
                 WHERE live AND kind = 'technician'"
            ),
            args![],
        )
    }),
    ("booking numbers are missing", |tx| {
        tx.run(
            sql!("UPDATE bookings SET reference = NULL WHERE id = (SELECT MIN(id) FROM bookings)"),
            args![],
        )
    }),
    ("higher than any that was issued", |tx| {
        tx.run(sql!("UPDATE counters SET last = last - 1 WHERE kind = 'CS'"), args![])
    }),
    ("booking numbers can't be read", |tx| {
        tx.run(
            sql!("UPDATE bookings SET reference = 'CS-1' WHERE id = (SELECT MIN(id) FROM bookings)"),
            args![],
        )
    }),
    ("do not equal the sum of their lines", |tx| {
        tx.run(
            sql!(
                "UPDATE charge_lines SET cents = cents + 1 WHERE position = 0
                 AND charge_id = (SELECT MIN(charge_id) FROM charge_lines)"
            ),
            args![],
        )
    }),
    ("have no charge that matches their price", |tx| {
        tx.run(sql!("UPDATE charges SET status = 'void' WHERE subject_kind = 'booking'"), args![])
    }),
    // The first booking was canceled or missed for a fee that no charge asks for, or a canceled one is still charged.
    ("have no charge that matches their fee", |tx| {
        tx.run(
            sql!(
                "UPDATE bookings SET status = 'no_show', fee_cents = 1 + base_cents + addons_cents
                 WHERE id = (SELECT MIN(id) FROM bookings WHERE status = 'completed')"
            ),
            args![],
        )
    }),
    ("have no charge that matches their fee", |tx| {
        tx.run(
            sql!(
                "UPDATE bookings SET status = 'cancelled', fee_cents = 0
                 WHERE id = (SELECT MIN(b.id) FROM bookings b JOIN charges c ON c.subject_id = b.id
                 WHERE c.subject_kind = 'booking' AND c.status <> 'void' AND c.net_cents > 0)"
            ),
            args![],
        )
    }),
    ("do not match their payments and refunds", |tx| {
        tx.run(
            sql!("UPDATE charges SET paid_cents = paid_cents + 1 WHERE id = (SELECT MAX(id) FROM charges)"),
            args![],
        )
    }),
    ("do not match the ledger", |tx| {
        tx.run(
            sql!(
                "INSERT INTO ledger_subject_sums SELECT club_id, 'receivable', subject_kind, subject_id, 100, 0
                 FROM charges WHERE id = (SELECT MAX(id) FROM charges WHERE subject_kind = 'booking')"
            ),
            args![],
        )
    }),
    ("clubs have no slug", |tx| tx.run(sql!("UPDATE clubs SET slug = NULL"), args![])),
    ("put in between", |tx| {
        tx.run(
            sql!(
                "INSERT INTO audit (id, at, who, role, what, subject, subject_id, network, details)
                 VALUES (7, 1000, NULL, 'visitor', 'signed_in', '', NULL, '', '{}')"
            ),
            args![],
        )
    }),
];

#[tokio::test]
async fn damage_that_no_database_key_prevents_is_detected() {
    let _alone = run_alone().await;
    let (folder, place) = (Folder::new(), test_place());
    set_up(&folder, &place.url).await;
    let app = coresync::serve::open_to_read(config(&folder, &place.url)).await.unwrap();
    assert_eq!(coresync::check::find_problems(&app.db).await.unwrap(), []);
    for (description, damage) in DAMAGES {
        let found = found(&app.db, *damage).await;
        assert!(found.iter().any(|one| one.what.contains(description)), "{description}: {found:?}");
        assert!(found.iter().all(|one| !one.remedy.is_empty()));
    }
    assert_eq!(coresync::check::find_problems(&app.db).await.unwrap(), [], "all of it was undone");
    let _ = std::fs::remove_dir_all(&place.folder);
}

/// A foreign key that leads nowhere: a server checks it when a row is written, and not again.
#[tokio::test]
async fn a_dangling_foreign_key_is_detected() {
    let _alone = run_alone().await;
    let (folder, place) = (Folder::new(), test_place());
    set_up(&folder, &place.url).await;
    let at = Place::parse(&place.url).unwrap();
    let before = db::inspect(&at).await.unwrap();
    assert_eq!(before.damage, Vec::<String>::new());
    assert!(!before.notes.is_empty());
    if on_postgres() {
        assert!(before.notes.iter().any(|note| note.contains("amcheck")), "{:?}", before.notes);
    }
    let remove = "DELETE FROM clubs";
    if let Place::Sqlite(path) = &at {
        let conn = Connection::open(path).unwrap();
        conn.execute_batch(&format!("PRAGMA foreign_keys = OFF; {remove}")).unwrap();
    } else {
        let url = place.url.clone();
        let damaging = std::thread::spawn(move || {
            let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
            client.batch_execute(&format!("SET session_replication_role = replica; {remove}")).unwrap();
        });
        damaging.join().unwrap();
    }
    let after = db::inspect(&at).await.unwrap();
    assert!(after.damage.iter().any(|one| one.contains("clubs that")), "{:?}", after.damage);
    let output = run(&folder, &place.url, &["check"]).expect_failure();
    assert!(output.contains("PROBLEM: table"), "{output}");
    // The damaged database is not backed up.
    run(&folder, &place.url, &["backup", "damaged.backup"]).expect_failure();
    assert!(!folder.file("damaged.backup").exists());
    let _ = std::fs::remove_dir_all(&place.folder);
}
