//! Tests of migrations that change existing rows.

use kit::{args, sql};
use rusqlite::Connection;

use crate::open;

/// Returns a database with every migration before this one.
fn before(name: &str) -> Connection {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("migrations").map(|one| one.expect("one").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "sql"));
    files.sort();
    let db = Connection::open_in_memory().expect("a database");
    for file in
        files.iter().take_while(|file| file.file_name().is_some_and(|one| one.to_string_lossy() != name))
    {
        db.execute_batch(&std::fs::read_to_string(file).expect("readable")).expect("migrated");
    }
    db
}

fn run(db: &Connection, name: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(name);
    db.execute_batch(&std::fs::read_to_string(file).expect("readable")).expect("migrated");
}

#[test]
fn phone_numbers_become_e164_and_unverified_accounts_are_signed_out() {
    let name = "0025_accounts.sql";
    let db = before(name);
    let phones = [
        ("+1 212 555 0100", "+12125550100"),
        ("(212) 555-0100", "+12125550100"),
        ("1.212.555.0100", "+12125550100"),
        ("0044 20 7946 0018", "+442079460018"),
        ("+380 44 123 45 67", "+380441234567"),
        ("555 0100", "5550100"),
    ];
    for (place, (entered, _)) in phones.iter().enumerate() {
        db.execute(
            "INSERT INTO people (id, email, first_name, last_name, phone, role, created_at, verified_at)
             VALUES (?1, ?2, 'A', 'B', ?3, 'account', 0, 1)",
            rusqlite::params![place as i64 + 1, format!("{place}@example.com"), entered],
        )
        .expect("a person");
    }
    db.execute_batch(
        "INSERT INTO people (id, claimed_email, first_name, last_name, role, created_at, password_hash)
         VALUES (90, 'x@example.com', 'A', 'B', 'account', 0, 'hash');
         INSERT INTO sessions (id, person_id, kind, token_digest, family, created_at, expires_at)
         VALUES (1, 90, 'page', x'01', 1, 0, 99), (2, 1, 'page', x'02', 2, 0, 99);",
    )
    .expect("an account that is not verified");
    run(&db, name);
    for (place, (entered, saved)) in phones.iter().enumerate() {
        let phone: String = db
            .query_row("SELECT phone FROM people WHERE id = ?1", [place as i64 + 1], |row| row.get(0))
            .expect("a phone");
        assert_eq!(phone, *saved, "{entered}");
    }
    let left: i64 = db.query_row("SELECT SUM(person_id) FROM sessions", [], |row| row.get(0)).expect("a sum");
    assert_eq!(left, 1, "the session of the verified one alone");
}

/// Each migration is stored with the digest of its text. A changed text is refused at the next start.
#[tokio::test]
async fn a_migration_changed_after_it_was_applied_is_refused() {
    let test = open().await;
    let again = test.db.migrate().await.expect("nothing is due");
    assert_eq!(again.applied, 0);
    let history: Vec<(String, String)> = test
        .db
        .view(|tx| tx.all(sql!("SELECT name, digest FROM migrations ORDER BY name"), args![]))
        .await
        .expect("the history");
    assert_eq!(history.len(), again.total);
    assert!(history.iter().all(|(_, digest)| digest.len() == 64), "a SHA-256 each");
    let change = |tx: &mut kit::Tx<'_>| {
        tx.run(sql!("UPDATE migrations SET digest = 'x' WHERE name = '0002_people'"), args![])
    };
    assert_eq!(test.db.tx(change).await.expect("changed"), 1);
    let refused = test.db.migrate().await.expect_err("it is refused").to_string();
    assert!(refused.contains("migration 0002_people was changed after it was applied"), "{refused}");
}

/// The comments of the first migrations were rewritten after databases had stored digests that covered them.
#[tokio::test]
async fn an_earlier_digest_is_accepted_only_for_its_own_migration() {
    let test = open().await;
    let earlier = include_str!("../../../../migrations/earlier-digests.txt");
    let digests: Vec<(&str, &str)> =
        earlier.lines().skip(1).filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(digests.len(), 30);
    for (name, digest) in &digests {
        store_digest(&test.db, name, digest).await;
    }
    assert_eq!(test.db.migrate().await.expect("accepted").applied, 0);
    store_digest(&test.db, digests[0].0, digests[1].1).await;
    test.db.migrate().await.expect_err("the digest of another migration is refused");
}

async fn store_digest(db: &kit::Db, name: &str, digest: &str) {
    let (name, digest) = (name.to_owned(), digest.to_owned());
    let store = move |tx: &mut kit::Tx<'_>| {
        tx.run(sql!("UPDATE migrations SET digest = $2 WHERE name = $1"), args![name.clone(), digest.clone()])
    };
    assert_eq!(db.tx(store).await.expect("stored"), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let test = open().await;
    let add = |tx: &mut kit::Tx<'_>| {
        tx.run(sql!("INSERT INTO migrations (name, digest) VALUES ('9999_later', 'x')"), args![])
    };
    test.db.tx(add).await.expect("added");
    let refused = test.db.migrate().await.expect_err("it is refused").to_string();
    assert!(refused.contains("9999_later") && refused.contains("newer version of this program"), "{refused}");
}

#[test]
fn existing_data_is_assigned_to_the_default_club() {
    let name = "0029_clubs.sql";
    let db = before(name);
    db.execute_batch(
        "INSERT INTO clubs (id, name, zone, currency, address, phone, email)
         VALUES (5, 'Old', 'UTC', 'USD', '', '', ''), (7, 'Other', 'UTC', 'USD', '', '', '');
         INSERT INTO people (id, email, first_name, last_name, role, created_at)
         VALUES (1, 'a@example.com', 'A', 'B', 'owner', 0), (2, 'b@example.com', 'A', 'B', 'account', 0);
         INSERT INTO jobs (id, kind, payload, run_at, attempt, dead) VALUES (1, 'x', '{}', 0, 0, FALSE);
         INSERT INTO freed_spans (id, resource_id, from_cell, to_cell) VALUES (1, 1, 1, 2);
         INSERT INTO audit (id, at, role, what, subject, network, details) VALUES (1, 0, 'owner', 'x', '', '', '{}');",
    )
    .expect("an old database");
    run(&db, name);
    let read = |query: &str| -> Vec<String> {
        let mut statement = db.prepare(query).expect("a query");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a text")).collect()
    };
    assert_eq!(read("SELECT club_id || ' ' || person_id || ' ' || role FROM club_roles"), ["5 1 owner"]);
    assert_eq!(read("SELECT slug FROM clubs ORDER BY id"), ["main", "club-7"]);
    assert_eq!(
        read(
            "SELECT CAST(club_id AS TEXT) FROM jobs UNION ALL SELECT CAST(club_id AS TEXT) FROM freed_spans"
        ),
        ["5", "5"]
    );
    assert_eq!(read("SELECT CAST(club_id AS TEXT) FROM audit"), ["0"], "a row of the log is not changed");
}
