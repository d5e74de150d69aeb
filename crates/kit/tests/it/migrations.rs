//! Migrations that change rows, on rows as they stood before.

use rusqlite::Connection;

/// A database with every migration before this one.
fn before(name: &str) -> Connection {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("migrations").map(|one| one.expect("one").path()).collect();
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
    for (place, (typed, _)) in phones.iter().enumerate() {
        db.execute(
            "INSERT INTO people (id, email, first_name, last_name, phone, role, created_at, verified_at)
             VALUES (?1, ?2, 'A', 'B', ?3, 'account', 0, 1)",
            rusqlite::params![place as i64 + 1, format!("{place}@example.com"), typed],
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
    for (place, (typed, kept)) in phones.iter().enumerate() {
        let phone: String = db
            .query_row("SELECT phone FROM people WHERE id = ?1", [place as i64 + 1], |row| row.get(0))
            .expect("a phone");
        assert_eq!(phone, *kept, "{typed}");
    }
    let left: i64 = db.query_row("SELECT SUM(person_id) FROM sessions", [], |row| row.get(0)).expect("a sum");
    assert_eq!(left, 1, "the session of the verified one alone");
}
