//! The audit log: what is recorded, that it can't be changed, and who may read it.

use kit::{Id, args, sql};
use people::Role;
use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, MAX, OLA, PIA, TestClub};

use crate::accounts::{PASSWORD, register, sign_up, with, zoe};
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, request_body};

async fn audited_operations(app: &TestClub) -> Vec<(String, Option<Id>, Option<Id>, String, Value)> {
    let all = app.db().view(|tx| {
        tx.all(sql!("SELECT what, who, subject_id, network, details FROM audit ORDER BY id"), args![])
    });
    all.await.expect("the log")
}

#[tokio::test]
async fn account_events_are_audited_without_secrets() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let id = Id(made["user"]["id"].as_i64().expect("an id"));
    let wrong = json!({"email": "zoe@example.com", "password": "not-my-secret"});
    app.visitor().post("/api/auth/login/", wrong).await.expect(401);
    let change = json!({"current_password": PASSWORD, "new_password": "another-secret"});
    with(&app, &made).post("/api/auth/password/", change).await.expect(204);
    with(&app, &made).post("/api/auth/logout/", json!({})).await.expect(204);
    let all = audited_operations(&app).await;
    let whats: Vec<&str> = all.iter().map(|one| one.0.as_str()).collect();
    let expected = [
        "signed_up",
        "address_confirmed",
        "signed_in",
        "sign_in_failed",
        "password_changed",
        "session_ended",
    ];
    assert_eq!(whats, expected);
    assert!(all.iter().all(|one| one.2.is_none() || one.2 == Some(id)));
    assert_eq!((all[0].1, all[3].1, all[4].1), (Some(id), None, Some(id)));
    assert!(all.iter().all(|one| one.3 == "192.0.2.1"));
    let text = format!("{all:?}");
    for secret in ["secret", PASSWORD, "zoe@", "access"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// An operation that is rolled back leaves no row, and an operation whose row can't be written is rolled back.
#[tokio::test]
async fn audit_rows_commit_or_roll_back_with_their_operation() {
    let app = TestClub::open().await;
    let (ola, bea) = (app.person(OLA), app.person(BEA));
    let undone = app.db().tx(move |tx| {
        let by = people::Actor::of(people::person(tx, ola)?);
        people::set_role(tx, &by, bea, Role::Technician)?;
        Err::<(), _>(kit::Error::NotFound)
    });
    undone.await.expect_err("undone");
    assert!(audited_operations(&app).await.is_empty());
}

#[tokio::test]
async fn a_role_change_is_audited_and_ends_every_session() {
    let app = TestClub::open().await;
    let path = format!("/api/staff/people/{}/", app.person(PIA));
    app.as_(MAX).patch(&path, json!({"role": "front_desk"})).await.expect(403);
    let own_path = format!("/api/staff/people/{}/", app.person(OLA));
    app.as_(OLA).patch(&own_path, json!({"role": "account"})).await.refused(409, "own_role");
    app.as_(OLA).patch(&path, json!({"role": "king"})).await.refused(400, "invalid");
    app.as_(PIA).get("/api/users/profile/me/").await.expect(200);
    let changed = app.as_(OLA).patch(&path, json!({"role": "front_desk"})).await.expect(200);
    assert_eq!(changed["role"], "front_desk");
    app.as_(PIA).get("/api/users/profile/me/").await.expect(401);
    app.browser(PIA).get("/dashboard/").await.expect(303);
    let all = audited_operations(&app).await;
    let row = all.last().expect("a row");
    assert_eq!(
        (row.0.as_str(), row.1, row.2),
        ("role_changed", Some(app.person(OLA)), Some(app.person(PIA)))
    );
    assert_eq!(row.4, json!({"from": "account", "to": "front_desk"}));
    app.as_(OLA).get(&path).await.expect(200);
    assert_eq!(audited_operations(&app).await.last().expect("a row").0, "profile_read");
}

#[tokio::test]
async fn a_role_given_by_command_is_recorded_as_done_by_the_system() {
    let app = TestClub::open().await;
    let pia = app.person(PIA);
    let given = app.db().tx(move |tx| {
        let email = people::person(tx, pia)?.email.expect("an address");
        people::appoint(tx, &email, Role::FrontDesk)
    });
    assert_eq!(given.await.expect("given").role, Role::FrontDesk);
    let rows: Vec<(String, Option<Id>, String)> = app
        .db()
        .view(|tx| tx.all(sql!("SELECT what, who, role FROM audit ORDER BY id"), args![]))
        .await
        .expect("the log");
    assert_eq!(rows, [("role_changed".to_owned(), None, people::ActorKind::System.name().to_owned())]);
    let page = app.browser(MAX).get("/staff/audit/").await.expect(200).text();
    assert!(page.contains("The system") && !page.contains("A visitor"), "{page}");
}

async fn write(app: &TestClub, times: usize) {
    for _ in 0..times {
        app.as_(MAX).get("/api/staff/people/?q=Bea").await.expect(200);
    }
}

async fn checkpoint(app: &TestClub) -> usize {
    app.db().tx(people::checkpoint).await.expect("a checkpoint")
}

#[tokio::test]
async fn changed_and_deleted_audit_rows_are_detected() {
    let app = TestClub::open().await;
    write(&app, 3).await;
    assert_eq!((checkpoint(&app).await, checkpoint(&app).await), (3, 0));
    write(&app, 2).await;
    assert_eq!(checkpoint(&app).await, 2);
    let audited = app.db().view(people::check_audit).await.expect("whole");
    assert_eq!((audited.rows, audited.checkpoints), (5, 2));
    assert!(app.db().view(people::last_checkpoint).await.expect("a checkpoint").ends_with(&audited.last));

    let change =
        app.db().tx(|tx| tx.run(sql!("UPDATE audit SET role = 'owner' WHERE who IS NOT NULL"), args![]));
    let gone =
        app.db().tx(|tx| tx.run(sql!("DELETE FROM audit WHERE id = (SELECT MIN(id) FROM audit)"), args![]));
    if app.db().engine_name() == "sqlite" {
        let refused = change.await.expect_err("the engine refuses").to_string();
        assert!(refused.contains("the audit log is not changed"), "{refused}");
        let refused = gone.await.expect_err("the engine refuses").to_string();
        assert!(refused.contains("the audit log is not shortened"), "{refused}");
        app.db().view(people::check_audit).await.expect("whole still");
    } else {
        change.await.expect("nothing forbids it here");
        let found = app.db().view(people::check_audit).await.expect_err("it shows").to_string();
        assert!(found.contains("checkpoint 1 does not fit its rows"), "{found}");
        gone.await.expect("nothing forbids it here");
        let found = app.db().view(people::check_audit).await.expect_err("it shows").to_string();
        assert!(found.contains("checkpoint 1 covers rows that are gone"), "{found}");
    }
}

/// A row that is inserted later is detected, and so is a checkpoint made with another key.
#[tokio::test]
async fn inserted_audit_rows_and_forged_checkpoints_are_detected() {
    let app = TestClub::open().await;
    write(&app, 1).await;
    checkpoint(&app).await;
    app.set_time("2026-11-24T12:00:00-05:00");
    write(&app, 1).await;
    checkpoint(&app).await;
    let put_in = app.db().tx(|tx| {
        tx.run(
            sql!(
                "INSERT INTO audit (id, at, who, role, what, subject, subject_id, network, details)
                 VALUES (7, 1000, NULL, 'visitor', 'signed_in', '', NULL, '', '{}')"
            ),
            args![],
        )
    });
    put_in.await.expect("put in");
    let found = app.db().view(people::check_audit).await.expect_err("it shows").to_string();
    assert!(found.contains("put in between"), "{found}");
    let forged = app.db().tx(|tx| {
        let now = tx.now();
        tx.run(
            sql!("INSERT INTO audit_checkpoints (number, made_at, entries, encrypted) VALUES (3, $1, 0, $2)"),
            args![now, vec![1_u8; 60]],
        )
    });
    forged.await.expect("forged");
    let found = app.db().view(people::check_audit).await.expect_err("it shows").to_string();
    assert!(found.contains("checkpoint 3 was not made with this key"), "{found}");
}

/// More rows than one checkpoint covers, written long before it is made: the next checkpoints continue where it ended.
#[tokio::test]
async fn overdue_audit_checkpoints_catch_up_in_batches() {
    let app = TestClub::open().await;
    let max = app.person(MAX);
    let written = app.db().tx(move |tx| {
        let by = people::Actor::of(people::person(tx, max)?);
        (0..5_001).try_for_each(|_| people::note(tx, &by, people::AuditEvent::AuditRead, None, json!({})))
    });
    written.await.expect("written");
    app.set_time("2026-11-24T18:00:00-05:00");
    write(&app, 1).await;
    assert_eq!((checkpoint(&app).await, checkpoint(&app).await, checkpoint(&app).await), (5_000, 2, 0));
    let audited = app.db().view(people::check_audit).await.expect("whole");
    assert_eq!((audited.rows, audited.checkpoints), (5_002, 2));
}

/// The front desk's searches for people are recorded as well.
#[tokio::test]
async fn member_searches_and_profile_views_are_audited() {
    let app = TestClub::open().await;
    let desk = app.browser(DORA);
    desk.get("/staff/members/?q=gus").await.expect(200);
    desk.get(&format!("/staff/members/{}/", app.person(GUS))).await.expect(200);
    desk.get("/staff/members/").await.expect(200);
    let all: Vec<_> = audited_operations(&app).await.into_iter().map(|one| (one.0, one.1, one.2)).collect();
    let dora = Some(app.person(DORA));
    assert_eq!(
        all,
        [
            ("people_searched".to_owned(), dora, None),
            ("profile_read".to_owned(), dora, Some(app.person(GUS)))
        ]
    );
}

/// S18: the front desk may read an emergency contact, and the access is recorded.
#[tokio::test]
async fn the_front_desk_reads_emergency_contacts_and_access_is_audited() {
    let app = TestClub::open().await;
    let path = format!("/staff/members/{}/emergency/", app.person(GUS));
    let empty_page = app.browser(DORA).get(&path).await.expect(200).text();
    assert!(empty_page.contains("No emergency contact on file."), "{empty_page}");
    let contact = json!({"name": "Taras Shev", "phone": "2125550199", "relation": "brother"});
    let change = json!({"emergency_contact": contact});
    app.as_(GUS).patch("/api/users/profile/me/", change).await.expect(200);
    let page = app.browser(DORA).get(&path).await.expect(200).text();
    assert!(
        page.contains("Taras Shev") && page.contains("(212) 555-0199") && page.contains("brother"),
        "{page}"
    );
    let member = format!("/staff/members/{}/", app.person(GUS));
    let member = app.browser(DORA).get(&member).await.expect(200).text();
    assert!(member.contains(&path) && !member.contains("Taras"), "{member}");
    app.browser(BEA).get(&path).await.expect(403);
    let all = audited_operations(&app).await;
    let read: Vec<_> = all.iter().filter(|one| one.0 == "contact_read").map(|one| (one.1, one.2)).collect();
    assert_eq!(read, [(Some(app.person(DORA)), Some(app.person(GUS))); 2]);
}

/// Allergies are health data: when staff read them, that is recorded; when their owner does, it is not.
#[tokio::test]
async fn staff_access_to_allergies_is_audited() {
    let app = TestClub::open().await;
    let booking_request = request_body(&app, "massage", "2026-11-27", "14:00").await;
    let booked = app
        .as_(GUS)
        .post(CREATE, and(booking_request, json!({"allergies_notes": "Almonds"})))
        .await
        .expect(201);
    let path = format!("/dashboard/bookings/{}/", booked.number("id"));
    for person in [GUS, DORA] {
        let page = app.browser(person).get(&path).await.expect(200).text();
        assert!(page.contains("Almonds"), "{page}");
    }
    let all = audited_operations(&app).await;
    let read: Vec<_> = all.iter().filter(|one| one.0 == "allergies_read").map(|one| one.1).collect();
    assert_eq!(read, [Some(app.person(DORA))]);
}

/// A lost phone: the owner of the club signs a person out everywhere.
#[tokio::test]
async fn the_owner_can_sign_a_person_out_everywhere() {
    let app = TestClub::open().await;
    let path = format!("/staff/people/{}/sign-out/", app.person(PIA));
    app.browser(MAX).submit(&path, "").await.expect(403);
    app.as_(PIA).get("/api/users/profile/me/").await.expect(200);
    let done = app.browser(OLA).submit(&path, "q=pia").await.expect(303);
    assert_eq!(done.header("location"), "/staff/people/?q=pia&done=signed_out");
    app.as_(PIA).get("/api/users/profile/me/").await.expect(401);
    app.browser(PIA).get("/dashboard/").await.expect(303);
    assert_eq!(audited_operations(&app).await.last().expect("a row").0, "sessions_ended");
}

#[tokio::test]
async fn managers_can_page_filter_and_export_the_audit_log() {
    let app = TestClub::open().await;
    for visitor in ["/staff/audit/", "/staff/audit/audit.csv"] {
        assert!(app.visitor().get(visitor).await.expect(303).header("location").starts_with("/login/"));
        app.browser(DORA).get(visitor).await.expect(403);
        app.browser(GUS).get(visitor).await.expect(403);
    }
    write(&app, 60).await;
    register(&app, zoe()).await;
    let page = app.browser(MAX).get("/staff/audit/").await.expect(200).text();
    assert!(
        page.contains("61 entries.") && page.contains("Signed up") && page.contains("Searched people"),
        "{page}"
    );
    assert!(page.contains("page=2"));
    let second = app.browser(OLA).get("/staff/audit/?page=2").await.expect(200).text();
    assert!(!second.contains(">Signed up</th>"));
    let one = app.browser(OLA).get("/staff/audit/?what=signed_up&from=2026-11-24&to=2026-11-24").await;
    assert!(one.expect(200).text().contains("1 entry."));
    let none = app.browser(OLA).get("/staff/audit/?to=2026-11-23").await.expect(200).text();
    assert!(none.contains("0 entries."));
    let max = format!("/staff/audit/?person={}", app.person(MAX));
    assert!(app.browser(OLA).get(&max).await.expect(200).text().contains("60 entries."));
    assert!(
        app.browser(OLA).get("/staff/audit/?person=x").await.expect(400).text().contains("href=\"#person\"")
    );

    let table = app.browser(MAX).get("/staff/audit/audit.csv?what=signed_up").await.expect(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(table.text().lines().count(), 2, "{}", table.text());
    assert_eq!(audited_operations(&app).await.last().expect("a row").0, "audit_read");
}

#[tokio::test]
async fn the_owner_searches_people_and_assigns_roles_on_the_page() {
    let app = TestClub::open().await;
    let page = app.browser(OLA).get("/staff/people/").await.expect(200).text();
    assert!(page.contains("Dora Quill") && !page.contains("Gus Harlow"), "{page}");
    let found = app.browser(OLA).get("/staff/people/?q=gus").await.expect(200).text();
    assert!(found.contains("1 person.") && found.contains("Gus Harlow"), "{found}");
    let found = app.browser(MAX).get("/staff/people/?q=gus").await.expect(200).text();
    assert!(!found.contains("name=\"role\""), "only an owner gives roles");
    assert!(
        app.browser(OLA)
            .get("/staff/people/?q=%25%25")
            .await
            .expect(200)
            .text()
            .contains("Type at least two letters")
    );
    assert!(app.browser(OLA).get("/staff/people/?q=zzz").await.expect(200).text().contains("No matches."));
    let path = format!("/staff/people/{}/role/", app.person(GUS));
    app.browser(MAX).submit(&path, "role=technician&q=gus").await.expect(403);
    let given = app.browser(OLA).submit(&path, "role=technician&q=gus").await.expect(303);
    assert_eq!(given.header("location"), "/staff/people/?q=gus&done=changed");
    app.browser(GUS).get("/dashboard/").await.expect(303);
}

async fn insert_audit_row(app: &TestClub, id: i64, at: &str) {
    let at: jiff::Timestamp = at.parse().expect("a moment");
    let put_in = app.db().tx(move |tx| {
        tx.run(
            sql!(
                "INSERT INTO audit (id, at, who, role, what, subject, subject_id, network, details)
                 VALUES ($1, $2, NULL, 'visitor', 'signed_in', '', NULL, '', '{}')"
            ),
            args![id, at],
        )
    });
    put_in.await.expect("put in");
}

/// A clock that was ahead and was set back does not look like tampering, then or later. An inserted row is still
/// detected.
#[tokio::test]
async fn setting_the_clock_back_does_not_look_like_tampering() {
    for has_good_checkpoint in [true, false] {
        let app = TestClub::open().await;
        let check = async || app.db().view(people::check_audit).await;
        if has_good_checkpoint {
            write(&app, 2).await;
            checkpoint(&app).await;
        }
        // With the clock ahead, some rows get a checkpoint, and one does not.
        app.set_time("2027-11-24T10:00:00-05:00");
        write(&app, 2).await;
        assert_eq!(checkpoint(&app).await, 2);
        app.set_time("2027-11-24T10:00:30-05:00");
        write(&app, 1).await;
        // The clock is set back.
        app.set_time("2026-11-24T10:05:00-05:00");
        write(&app, 3).await;
        check().await.expect("nothing was changed");
        app.set_time("2026-11-24T10:06:00-05:00");
        assert_eq!(checkpoint(&app).await, 4, "those of before and after");
        app.set_time("2026-11-24T11:00:00-05:00");
        write(&app, 1).await;
        assert_eq!(checkpoint(&app).await, 1);
        // When the time comes that the clock once showed, nothing has changed.
        app.set_time("2027-11-24T12:00:00-05:00");
        write(&app, 1).await;
        assert_eq!(checkpoint(&app).await, 1);
        let audited = check().await.expect("whole");
        assert_eq!(audited.rows, if has_good_checkpoint { 10 } else { 8 });
        insert_audit_row(&app, 7, "2026-11-24T09:00:00-05:00").await;
        let found = check().await.expect_err("it shows").to_string();
        assert!(found.contains("put in between"), "{found}");
        checkpoint(&app).await;
        check().await.expect_err("and it has no checkpoint either");
    }
}

/// Recurring jobs do not wait for a time that the clock showed when it was ahead.
#[tokio::test]
async fn recurring_jobs_continue_after_the_clock_is_set_back() {
    let app = TestClub::open_at("2027-11-24T10:00:00-05:00").await;
    coresync::reactions::begin_rounds(app.inner()).await.expect("begun");
    app.set_time("2026-11-24T10:00:00-05:00");
    coresync::reactions::begin_rounds(app.inner()).await.expect("begun again");
    let waiting = app.db().view(|tx| {
        tx.all::<(String, jiff::Timestamp)>(sql!("SELECT kind, run_at FROM jobs ORDER BY kind"), args![])
    });
    let now: jiff::Timestamp = "2026-11-24T10:00:00-05:00".parse().expect("a moment");
    for (kind, run_at) in waiting.await.expect("the jobs") {
        assert!(run_at > now && run_at.duration_since(now).as_hours() <= 6, "{kind} waits until {run_at}");
    }
}

/// A change of a price is recorded wherever it is made, and the log can be read in words.
#[tokio::test]
async fn price_changes_are_audited_wherever_they_are_made() {
    let app = TestClub::open().await;
    let max = app.browser(MAX);
    let room = app.room("suite").await;
    for factor in ["120%25", "1.30"] {
        let form = format!(
            "room_id={room}&day=2026-11-27&time=19:00&decision=reprice&factor={factor}&tier=&hours=0&confirm=on"
        );
        max.submit("/staff/times/", &form).await.expect(303);
    }
    max.submit(
        "/staff/times/",
        &format!("room_id={room}&day=2026-11-27&time=20:00&decision=block&factor=1.00&confirm=on"),
    )
    .await
    .expect(303);
    let found = max.get("/staff/audit/?what=price_changed").await.expect(200).text();
    assert!(found.contains("2 entries."), "{found}");
    assert!(found.contains("percent of the standard price: 120% → 130%"), "{found}");
    assert!(found.contains("Room Suite, Friday, November 27, 7:00 PM"), "{found}");
    let about = max.get("/staff/audit/?person=max+stern&what=time_decided").await.expect(200).text();
    assert!(about.contains("3 entries. By or about Max Stern."), "{about}");
    let empty_page = max.get("/staff/audit/?person=zzzz").await.expect(400).text();
    assert!(empty_page.contains("No one found.") && empty_page.contains("value=\"zzzz\""), "{empty_page}");
}
