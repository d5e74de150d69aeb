//! Emails about bookings and their calendar files, and what emails never contain.

use kit::{Id, args, sql};
use serde_json::json;
use testing::{BEA, DORA, GUS, PIA, TOM, TestClub};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, request_body};

/// Returns the lines of the calendar inside an email, unfolded.
fn calendar(mail: &str) -> Vec<String> {
    let plain = mail.replace("\r\n", "\n").replace("=\n", "").replace("\n ", "").replace("=3D", "=");
    let from = plain.find("BEGIN:VCALENDAR").unwrap_or_else(|| panic!("no calendar in {mail}"));
    let to = plain.find("END:VCALENDAR").expect("it ends");
    plain[from..to].lines().map(str::to_owned).collect()
}

fn line<'l>(calendar: &'l [String], name: &str) -> &'l str {
    let found = calendar.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    found.unwrap_or_else(|| panic!("no {name} in {calendar:?}"))
}

#[tokio::test]
async fn confirmation_and_cancellation_emails_share_a_calendar_event() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    assert!(app.mails().is_empty(), "nothing leaves before the commit");
    app.run_jobs().await;
    let mails = crate::accounts::mails_to(&app, "gus@cast.test").await;
    assert_eq!(mails.len(), 1);
    let confirmed = &mails[0];
    for part in [
        "To: gus@cast.test",
        "Subject: Confirmed: Massage",
        "Friday, November 27, 2026, 2:00 – 3:00 PM Eastern Time",
        "CS-2026-000001",
        "$200",
        "Free cancellation until",
        "method=REQUEST",
        "filename=\"booking.ics\"",
    ] {
        assert!(confirmed.contains(part), "{part}\n{confirmed}");
    }
    let event = calendar(confirmed);
    assert_eq!((line(&event, "METHOD"), line(&event, "STATUS")), ("REQUEST", "CONFIRMED"));
    assert_eq!((line(&event, "DTSTART"), line(&event, "DTEND")), ("20261127T190000Z", "20261127T200000Z"));

    app.set_time("2026-11-24T11:30:00-05:00");
    cancel(&app, GUS, booked.number("id")).await.expect(200);
    app.run_jobs().await;
    let mails = app.mails();
    assert_eq!(mails.len(), 2);
    let cancelled = &mails[1];
    assert!(
        cancelled.contains("Subject: Canceled: Massage") && cancelled.contains("method=CANCEL"),
        "{cancelled}"
    );
    let off = calendar(cancelled);
    assert_eq!((line(&off, "METHOD"), line(&off, "STATUS")), ("CANCEL", "CANCELLED"));
    assert_eq!(line(&off, "UID"), line(&event, "UID"), "a calendar finds it again");
    assert!(line(&off, "SEQUENCE").parse::<i64>().ok() > line(&event, "SEQUENCE").parse().ok());

    // The calendar file on the page is the same as that in the email.
    let taken = async |at: &str| {
        app.set_time(at);
        let path = format!("/dashboard/bookings/{}/visit.ics", booked.number("id"));
        let file = app.browser(GUS).get(&path).await.expect(200).text();
        line(&calendar(&file), "SEQUENCE").parse::<i64>().expect("a number")
    };
    let (first, second) =
        (taken("2026-11-24T11:30:01.2-05:00").await, taken("2026-11-24T11:31:01.3-05:00").await);
    assert_eq!(first, second, "the same state has the same number");
    assert_eq!(first.to_string(), line(&off, "SEQUENCE"), "in the email and in the file");

    app.run_jobs().await;
    assert_eq!(app.mails().len(), 2, "each once");
    let logged =
        app.db().view(|tx| tx.all::<(String, String)>(sql!("SELECT to_address, how FROM mails"), args![]));
    let logged_mail = ("gus@cast.test".to_owned(), "file".to_owned());
    assert_eq!(logged.await.expect("a log"), [logged_mail.clone(), logged_mail]);
}

/// Returns the subjects of the emails to an address, sorted.
fn subjects(app: &TestClub, to: &str) -> Vec<String> {
    let own_mails = app.mails().into_iter().filter(|mail| mail.contains(&format!("To: {to}")));
    let subject = |mail: String| {
        mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default().trim().to_owned()
    };
    let mut subjects: Vec<String> = own_mails.map(subject).collect();
    subjects.sort();
    subjects
}

/// Sets the clock to a moment, runs the maintenance job of that minute, and then all jobs.
async fn at(app: &TestClub, moment: &str) {
    app.set_time(moment);
    app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
    app.run_jobs().await;
}

#[tokio::test]
async fn each_reminder_is_sent_once_at_24_hours_and_2_hours_before() {
    let app = TestClub::open().await;
    let sent = |app: &TestClub| subjects(app, "gus@cast.test");
    book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    at(&app, "2026-11-26T13:59:00-05:00").await;
    assert_eq!(sent(&app), ["Confirmed: Massage"], "not a minute too early");
    for again in ["2026-11-26T14:00:00-05:00", "2026-11-26T14:01:00-05:00"] {
        at(&app, again).await;
        assert_eq!(sent(&app), ["Confirmed: Massage", "Tomorrow: Massage"]);
    }
    for again in ["2026-11-27T12:00:00-05:00", "2026-11-27T12:01:00-05:00"] {
        at(&app, again).await;
        assert_eq!(sent(&app), ["Confirmed: Massage", "Today: Massage", "Tomorrow: Massage"]);
    }
    let near = app.mails().into_iter().find(|mail| mail.contains("Subject: Today")).expect("one");
    assert!(near.contains("see you soon") && !near.contains("booking.ics"), "{near}");
}

/// A missed visit costs its fee alone: the email has no total.
#[tokio::test]
async fn the_no_show_email_states_the_fee_and_the_phone_number() {
    let app = TestClub::open().await;
    let id = book(&app, GUS, "massage", "2026-11-27", "14:00").await.number("id");
    app.set_time("2026-11-27T14:15:00-05:00");
    app.as_(DORA).post(&format!("/api/bookings/{id}/no_show/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let missed = app.mails().into_iter().find(|mail| mail.contains("Subject: Missed")).expect("one");
    let missed = missed.replace("=\r\n", "");
    assert!(missed.contains("If you were here, call us at"), "{missed}");
    assert!(missed.contains("$200 is due under the policy") && !missed.contains("Total"), "{missed}");
}

/// A late booking has no reminder, a rescheduled one is reminded of its new time, and a canceled one of none.
#[tokio::test]
async fn reminders_follow_reschedules_and_cancellations() {
    let app = TestClub::open().await;
    app.set_time("2026-11-27T09:00:00-05:00");
    book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    at(&app, "2026-11-27T09:01:00-05:00").await;
    assert_eq!(subjects(&app, "gus@cast.test"), ["Confirmed: Massage"], "five hours before");
    at(&app, "2026-11-27T12:30:00-05:00").await;
    assert_eq!(subjects(&app, "gus@cast.test"), ["Confirmed: Massage", "Today: Massage"]);

    let moved = book(&app, BEA, "pod", "2026-11-30", "14:00").await;
    let to = json!({"date": "2026-12-02", "start_time": "14:00"});
    let path = format!("/api/bookings/{}/reschedule/", moved.number("id"));
    app.as_(BEA).post(&path, to).await.expect(200);
    let off = book(&app, PIA, "massage", "2026-12-02", "16:00").await;
    cancel(&app, PIA, off.number("id")).await.expect(200);
    at(&app, "2026-11-29T14:30:00-05:00").await;
    let bea = subjects(&app, "bea@cast.test");
    assert_eq!(bea, ["Rescheduled: Pod"], "nothing of the time that was");
    at(&app, "2026-12-01T16:30:00-05:00").await;
    let bea = subjects(&app, "bea@cast.test");
    assert!(bea.len() == 2 && bea.iter().any(|subject| subject.starts_with("Tomorrow: ")), "{bea:?}");
    let pia = subjects(&app, "pia@cast.test");
    assert!(pia.iter().all(|subject| !subject.starts_with("Tomorrow")), "{pia:?}");
}

/// Another room at the same time is not a new time.
#[tokio::test]
async fn a_new_room_at_the_same_time_is_an_update() {
    let app = TestClub::open().await;
    let booked = book(&app, BEA, "massage", "2026-11-27", "14:00").await;
    app.run_jobs().await;
    let path = format!("/api/bookings/{}/reschedule/", booked.number("id"));
    let (stone, duet) = (app.room("stone").await, app.room("duet").await);
    let other = if booked["room"]["id"] == stone.0 { duet } else { stone };
    let to = json!({"date": "2026-11-27", "start_time": "14:00", "room_id": other});
    let moved = app.as_(DORA).post(&path, to).await.expect(200);
    assert_ne!(moved["room"]["id"], booked["room"]["id"]);
    app.run_jobs().await;
    assert_eq!(subjects(&app, "bea@cast.test"), ["Confirmed: Massage", "Updated: Massage"]);
    let update = app.mails().into_iter().find(|mail| mail.contains("Subject: Updated")).expect("one");
    let update = update.replace("=\r\n", "");
    assert!(update.contains("the details of your visit have changed."), "{update}");
    assert!(!update.contains("has a new time"), "{update}");
}

/// A person who is the guest of their own booking is not told of themselves, and a name never leads the owner of a booking
/// anywhere (N1).
#[tokio::test]
async fn the_owner_reads_of_a_guest_only_by_a_plain_name() {
    let app = TestClub::open().await;
    let person = app.as_(BEA).get("/api/users/profile/me/").await.expect(200).number("id");
    let own = json!({"person_id": person, "guest_name": "Bea Own", "guest_email": "Bea@cast.test"});
    let body = and(request_body(&app, "pod", "2026-11-27", "14:00").await, own);
    app.as_(DORA).post(CREATE, body).await.expect(201);
    let other = json!({"person_id": person, "guest_name": "Win at https://evil.test/now"});
    let body = and(request_body(&app, "pod", "2026-11-27", "18:00").await, other);
    app.as_(DORA).post(CREATE, body).await.expect(201);
    app.run_jobs().await;
    let mails = crate::accounts::mails_to(&app, "bea@cast.test").await;
    assert_eq!(mails.len(), 2);
    let mails: Vec<String> = mails.iter().map(|mail| mail.replace("=\r\n", "")).collect();
    assert!(mails[0].contains("we’re expecting you.") || mails[0].contains("expecting you"), "{}", mails[0]);
    assert!(mails[1].contains("the visit you booked for your guest is confirmed."), "{}", mails[1]);
    assert!(mails.iter().all(|mail| !mail.contains("evil.test")), "{mails:?}");
}

/// A refused booking notifies no one, nor is a guest without an address notified.
#[tokio::test]
async fn refused_bookings_and_guests_without_an_address_get_no_email() {
    let app = TestClub::open().await;
    crate::try_book(&app, GUS, "pod", "2026-12-24", "14:00").await.refused(403, "outside_window");
    let guest =
        and(request_body(&app, "pod", "2026-11-27", "14:00").await, json!({"guest_name": "Mr Walker"}));
    app.as_(DORA).post(CREATE, guest).await.expect(201);
    app.run_jobs().await;
    assert!(app.mails().is_empty());
}

const SECRET: &str = "Peanuts-and-Latex-0xA11E";

/// Allergies are encrypted in the table, appear in no email and no response to others, and are readable for the staff
/// who serve the guest.
#[tokio::test]
async fn allergies_are_encrypted_and_readable_only_by_permission() {
    let app = TestClub::open().await;
    let body = json!({ "allergies_notes": SECRET });
    let booking_request = and(request_body(&app, "massage", "2026-11-27", "14:00").await, body);
    let booked = app.as_(GUS).post(CREATE, booking_request).await.expect(201);
    assert!(!booked.text().contains(SECRET));
    let id = Id(booked.number("id"));
    let encrypted = app.db().view(move |tx| {
        tx.one::<(Vec<u8>,)>(sql!("SELECT allergies FROM bookings WHERE id = $1"), args![id])
    });
    let (encrypted,) = encrypted.await.expect("a row").expect("a booking");
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(encrypted.len() > SECRET.len() && !holds(&encrypted, "Peanuts") && !holds(&encrypted, "Latex"));

    app.run_jobs().await;
    assert!(app.mails().iter().all(|mail| !mail.contains("Peanuts")));
    // On SQLite, no file contains the text.
    for entry in std::fs::read_dir(app.inner().config.data.clone()).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            assert!(!holds(&std::fs::read(&path).expect("readable"), "Peanuts"), "{}", path.display());
        }
    }
    for (player, sees) in [(GUS, true), (DORA, true), (BEA, false), (PIA, false), (TOM, false)] {
        let person = app.person(player);
        let read = app.db().view(move |tx| {
            let by = people::Actor::of(people::person(tx, person)?);
            bookings::allergies(tx, &by, id)
        });
        match read.await {
            Ok(text) => assert!(sees && text.as_deref() == Some(SECRET), "{}", player.first_name),
            Err(kit::Error::NotFound) => assert!(!sees, "{}", player.first_name),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Tests the test club itself: a job that is left over and fails makes the test fail that left it.
#[tokio::test]
#[should_panic(expected = "a job was left that does not work out")]
async fn a_leftover_failing_job_fails_the_test() {
    let app = TestClub::open().await;
    let left = app.db().tx(|tx| {
        let (id, now) = (tx.new_id()?, tx.now());
        tx.run(
            sql!("INSERT INTO jobs (id, kind, payload, run_at, attempt, dead) VALUES ($1, 'test', '{}', $2, 0, FALSE)"),
            args![id, now],
        )
    });
    left.await.expect("written");
}
