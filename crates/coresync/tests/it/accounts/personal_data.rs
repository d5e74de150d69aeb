//! Personal data: the export contains all of it, and the erasure removes all of it.

use std::collections::BTreeMap;

use axum::http::Method;
use kit::db::{Place, copy_into_file};
use kit::{Id, args, sql};
use serde_json::json;
use testing::{DORA, MAX, TestClub};

use crate::accounts::{PASSWORD, sign_up};
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, request_body};

/// How the export treats a column that refers to a person.
enum In {
    /// The export contains it under this key.
    File(&'static str),
    /// The export does not contain it, for this reason.
    Exempt(&'static str),
}
use In::{Exempt, File};

const OPERATION: In =
    Exempt("says what somebody did as staff: it is the club's record, and in the audit log of the file");

/// Every column of every table that refers to a person.
const COLUMNS: &[(&str, In)] = &[
    ("audit.who", File("audit_log")),
    ("birthday_uses.person_id", File("birthday_gifts")),
    ("blocks.changed_by", OPERATION),
    ("blocks.created_by", OPERATION),
    ("blocks.removed_by", OPERATION),
    ("booking_events.by_person", File("bookings")),
    ("bookings.booked_by", File("bookings")),
    ("bookings.companion_id", File("bookings")),
    ("bookings.person_id", File("bookings")),
    ("charge_adjustments.made_by", OPERATION),
    ("charges.person_id", File("charges")),
    ("club_roles.person_id", File("roles")),
    ("consents.person_id", File("agreements")),
    ("devices.person_id", File("browsers_and_links")),
    ("guest_addresses.person_id", Exempt("digests of whom they had emailed on a day, for the daily limit")),
    ("lapses.person_id", File("late_cancellations")),
    ("ledger_days.closed_by", OPERATION),
    ("ledger_entries.by_person", OPERATION),
    ("ledger_postings.person_id", File("ledger")),
    ("mails.person_id", Exempt("says when an email went to them: the emails themselves are theirs already")),
    ("membership_events.by_person", File("memberships")),
    ("memberships.person_id", File("memberships")),
    ("notifications.person_id", Exempt("an email that is about to be sent to them")),
    ("number_events.by_person", OPERATION),
    ("payments.person_id", File("payments")),
    ("payments.taken_by", OPERATION),
    ("people_words.person_id", Exempt("an index of the name, email, and phone that are in the file")),
    ("person_addresses.person_id", File("other_addresses")),
    ("person_keys.person_id", Exempt("the key itself opens what is in the file in plain words")),
    ("picture_slots.published_by", OPERATION),
    ("pictures.uploaded_by", OPERATION),
    ("plan_versions.made_by", OPERATION),
    ("preferences.person_id", File("preferences")),
    ("proofs.person_id", File("browsers_and_links")),
    ("refunds.sent_by", OPERATION),
    ("release_events.by_person", OPERATION),
    ("sessions.person_id", File("signed_in_with")),
    ("sign_ins.person_id", File("signed_in_with")),
    ("sign_ups.person_id", Exempt("it is gone once the address is verified, and nobody signs in before")),
    ("silences.person_id", File("notices")),
    ("technicians.person_id", Exempt("public in the catalogue")),
    ("time_overrides.decided_by", OPERATION),
    ("waits.person_id", File("waitlist")),
];

/// Returns the columns of the migrations that refer to a person: by a foreign key, or by their name.
fn columns() -> Vec<String> {
    let mut found = Vec::new();
    for table in crate::old_schema::current() {
        for column in table.columns {
            let is_named = column.name == "who" || column.name.contains("person");
            if column.refers_to.as_deref() == Some("people") || (is_named && column.kind == "BIGINT") {
                found.push(format!("{}.{}", table.name, column.name));
            }
        }
    }
    found.sort();
    found
}

/// A new table that refers to a person has to be exported, or exempted here with a reason.
#[tokio::test]
async fn every_table_that_refers_to_a_person_is_exported_or_exempt() {
    let listed: Vec<&str> = COLUMNS.iter().map(|(column, _)| *column).collect();
    assert_eq!(columns(), listed);
    let app = TestClub::open().await;
    let file = app.browser(DORA).submit("/dashboard/privacy/export/", "").await.expect(200);
    for (column, treatment) in COLUMNS {
        match treatment {
            File(key) => assert!(file.body.get(key).is_some(), "{column}: no {key} in the file"),
            Exempt(why) => assert!(why.len() > 20, "{column}"),
        }
    }
}

/// Checks the same columns against the function that protects accounts from pruning: none is forgotten there.
#[test]
fn pruning_accounts_checks_every_reference_to_a_person() {
    let source = include_str!("../../../src/reactions/account_jobs.rs");
    let tables = [
        "club_roles",
        "consents",
        "devices",
        "mails",
        "notifications",
        "people_words",
        "person_addresses",
        "person_keys",
        "preferences",
        "proofs",
        "sessions",
        "sign_ins",
        "sign_ups",
        "silences",
    ];
    for column in columns() {
        let (table, column) = column.split_once('.').expect("a table");
        if tables.contains(&table) || table == "audit" {
            continue;
        }
        let part = source.split(&format!("FROM {table} WHERE ")).nth(1).unwrap_or_default();
        let part = part.split("UNION").next().unwrap_or_default();
        assert!(part.contains(&format!("{column} = $1")), "{table}.{column}");
    }
}

const MARK: &str = "Qyzzxvorblat";

/// Counts how often the files of an SQLite database contain some words, including deleted content; always zero on
/// PostgreSQL. The write-ahead log is copied into the file first.
fn left_in_file(app: &TestClub, expected: &[&str]) -> BTreeMap<String, usize> {
    let Ok(Place::Sqlite(file)) = Place::parse(app.url()) else { return BTreeMap::new() };
    let conn = rusqlite::Connection::open(&file).expect("the database");
    let busy: i64 =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).expect("a checkpoint");
    assert_eq!(busy, 0, "all of the log is copied");
    let bytes = std::fs::read(&file).expect("the file");
    let log = std::fs::read(file.with_extension("db-wal")).unwrap_or_default();
    count_of(&[bytes, log].concat(), expected)
}

/// Counts how often bytes contain each of some words, ignoring case.
fn count_of(bytes: &[u8], expected: &[&str]) -> BTreeMap<String, usize> {
    let bytes = bytes.to_ascii_lowercase();
    let count = |text: &str| {
        let text = text.to_ascii_lowercase();
        bytes.windows(text.len()).filter(|part| *part == text.as_bytes()).count()
    };
    expected.iter().map(|text| ((*text).to_owned(), count(text))).filter(|(_, count)| *count > 0).collect()
}

/// Counts how often a copy of every row contains some words. An SQLite backup copies pages including deleted content,
/// so the copy is rebuilt from its rows before it is read.
async fn leftovers(app: &TestClub, expected: &[&str]) -> BTreeMap<String, usize> {
    let file = app.inner().config.data.join("copy.db");
    copy_into_file(&Place::parse(app.url()).expect("a place"), &file).await.expect("a copy");
    let copy = rusqlite::Connection::open(&file).expect("the copy");
    copy.execute_batch("PRAGMA journal_mode = DELETE; VACUUM").expect("made anew");
    drop(copy);
    let bytes = std::fs::read(&file).expect("the copy");
    std::fs::remove_file(&file).expect("gone");
    count_of(&bytes, expected)
}

/// Lets the front desk book, reschedule, and cancel a visit of a person's guest, and a manager correct their birthday:
/// each is written to the audit log, which stays.
async fn staff_change_everything(app: &TestClub, id: Id) {
    let booking_request = and(
        request_body(app, "pod", "2026-11-27", "12:00").await,
        json!({"person_id": id, "guest_name": MARK, "companion_name": MARK, "special_requests": MARK}),
    );
    let made = app.as_(DORA).post(CREATE, booking_request).await.expect(201).number("id");
    let to = json!({"date": "2026-11-27", "start_time": "15:00"});
    app.as_(DORA).post(&format!("/api/bookings/{made}/reschedule/"), to).await.expect(200);
    app.as_(DORA).post(&format!("/api/bookings/{made}/cancel_booking/"), json!({})).await.expect(200);
    let birthday = format!("/api/staff/people/{}/birthday/", id.0);
    let body = json!({"birthday": "1971-08-23"}).to_string().into_bytes();
    let put = app.as_(MAX).send(Method::PUT, &birthday, Some("application/json"), body).await;
    assert!(put.status < 300, "{}", put.text());
    let rows = app.db().view(|tx| {
        tx.all::<(String, String)>(
            sql!("SELECT what, CAST(details AS TEXT) FROM audit WHERE what LIKE 'booking%' OR what LIKE 'birthday%'"),
            args![],
        )
    });
    let rows = rows.await.expect("the log");
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows[0].1.contains(r#""guest":true"#), "{rows:?}");
}

/// Writes a unique word into every field of a person and their guests. After the erasure, the database does not contain
/// it.
#[tokio::test]
async fn erasure_leaves_no_personal_data_in_any_table() {
    let app = TestClub::open().await;
    let email = "qyzzxvorblat@example.com";
    let account = json!({"email": email, "password": PASSWORD, "first_name": MARK, "last_name": format!("{MARK}son"),
        "phone": "+1 212 555 7391", "birthday": "1990-02-28"});
    let made = sign_up(&app, account).await;
    let id = Id(made["user"]["id"].as_i64().expect("an id"));
    let mobile = app.bearer(made["access"].as_str().expect("a token"));
    let contact = json!({"name": MARK, "phone": "+12125557393", "relation": MARK});
    mobile.patch("/api/users/profile/me/", json!({"emergency_contact": contact})).await.expect(200);
    mobile.patch("/api/users/preferences/", json!({"scene": "ocean-waves"})).await.expect(200);
    let led = app.addon("led").await;
    let guest = json!({"guest_name": MARK, "guest_phone": "212-555-7392", "guest_email": "guest.qyzzxvorblat@example.com",
        "special_requests": MARK, "allergies_notes": MARK, "ai_program": MARK, "companion_name": MARK,
        "scene_preferences": {"wall": MARK}, "addons": [{"id": led, "quantity": 1, "notes": MARK}]});
    let body = and(request_body(&app, "massage", "2026-11-26", "14:00").await, guest.clone());
    let keyed = app.bearer(made["access"].as_str().expect("a token")).with("idempotency-key", MARK);
    let booked = keyed.post(CREATE, body).await.expect(201);
    let wait = json!({"service_id": app.service("massage").await, "from": "2026-11-25", "to": "2026-11-26"});
    mobile.post("/api/bookings/waitlist/", wait).await;
    // A visitor's hold for the address, which expires.
    let held = and(
        request_body(&app, "pod", "2026-11-26", "12:00").await,
        and(guest, json!({"guest_email": email, "addons": []})),
    );
    app.visitor().post("/api/bookings/hold/", held).await.expect(201);
    // Password resets, a change of the address, wrong passwords, and an email that could never be sent.
    app.visitor().post("/api/auth/password-reset/", json!({"email": email})).await.expect(202);
    let other = json!({"email": "other.qyzzxvorblat@example.com", "current_password": PASSWORD});
    mobile.post("/api/auth/email/", other).await.expect(202);
    app.visitor()
        .post("/api/auth/login/", json!({"email": email, "password": "wrong-guess"}))
        .await
        .expect(401);
    app.run_jobs().await;
    let dead = app.db().tx(|tx| {
        let now = tx.now();
        for payload in [
            r#"{"to":"Qyzzxvorblat <qyzzxvorblat@example.com>","subject":"Qyzzxvorblat","text":"","html":null,"calendar":null}"#,
            r#"{"to":"guest.qyzzxvorblat@example.com","subject":"s","text":"Qyzzxvorblat","html":null,"calendar":null}"#,
        ] {
            let id = tx.new_id()?;
            tx.run(
                sql!("INSERT INTO jobs (id, kind, payload, run_at, attempt, dead) VALUES ($1, 'mail', $2, $3, 12, TRUE)"),
                args![id, payload, now],
            )?;
        }
        Ok(())
    });
    dead.await.expect("kept");
    let path = format!("/api/bookings/{}/cancel_booking/", booked.number("id"));
    mobile.post(&path, json!({})).await.expect(200);
    staff_change_everything(&app, id).await;
    app.set_time("2026-11-24T12:00:00-05:00");
    app.run_jobs().await;
    let expected = [MARK, "2125557391", "2125557392", "2125557393", "1971-08-23"];
    assert!(leftovers(&app, &expected).await.len() >= 3, "the words are there to be found");

    let form = format!("email={}&password={PASSWORD}", email.replace('@', "%40"));
    let answer = app.visitor().submit("/login/", &form).await.expect(303);
    let session = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let browser = app.visitor().with("cookie", &session);
    let file = browser.submit("/dashboard/privacy/export/", "").await.expect(200);
    for field in ["ai_program", "scene_preferences", "addons", "special_requests", "allergies"] {
        let listed = file.list("bookings").iter().find(|one| one["id"] == booked["id"]).expect("the booking");
        assert!(listed[field].to_string().contains(MARK), "{field}: {listed}");
    }
    let gone =
        browser.submit("/dashboard/privacy/erase/", &format!("current_password={PASSWORD}&sure=yes")).await;
    gone.expect(200);
    app.run_jobs().await;
    assert_eq!(leftovers(&app, &expected).await, BTreeMap::new());
    assert_eq!(left_in_file(&app, &expected), BTreeMap::new(), "not even where it was deleted");
    let counts = app.db().view(move |tx| {
        let count = |found: Option<(i64,)>| found.map_or(0, |(count,)| count);
        let requester = kit::tokens::digest(&format!("person:{}", id.0));
        let replies = tx.one(sql!("SELECT COUNT(*) FROM replies WHERE requester = $1"), args![requester])?;
        let bookings = tx.one(sql!("SELECT COUNT(*) FROM bookings WHERE allergies IS NOT NULL"), args![])?;
        let digest = kit::tokens::hex(&kit::tokens::digest("qyzzxvorblat@example.com"));
        let failures = tx.one(
            sql!("SELECT COUNT(*) FROM sign_in_failures WHERE key LIKE '%' || $1 || '%'"),
            args![digest],
        )?;
        Ok((count(replies), count(bookings), count(failures)))
    });
    assert_eq!(counts.await.expect("counts"), (0, 0, 0), "answers, allergies, counted guesses");
}
