//! Damage of every kind is found, named, and not backed up.

use std::sync::{Arc, Mutex};

use coresync::check::{Finding, find_problems_in};
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
    ("more than one charge that counts", |tx| {
        tx.run(
            sql!(
                "UPDATE charges SET subject_id = (SELECT MIN(subject_id) FROM charges WHERE subject_kind = 'booking')
                 WHERE subject_kind = 'booking'"
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
    let config = kit::config::Config {
        data: folder.0.clone(),
        database_url: Some(place.url.clone()),
        ..kit::config::Config::default()
    };
    let app = coresync::serve::open_to_read(config).await.unwrap();
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
