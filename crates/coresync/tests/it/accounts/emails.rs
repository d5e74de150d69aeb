//! Who receives emails, and what they say: guests and those who book for them (N1, N2), series and visits (N4),
//! unsubscribing and the club's own emails (N5), calendars (N6).

use axum::http::Method;
use kit::notifications::SubjectRef;
use kit::{Id, args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, PIA, TestClub, UMA};

use crate::accounts::{PASSWORD, VERIFY, claimant, mails_to, register, token, verify, zoe};
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, request_body};

fn subject(mail: &str) -> String {
    mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default().to_owned()
}

async fn subjects(app: &TestClub, to: &str) -> Vec<String> {
    mails_to(app, to).await.iter().map(|mail| subject(mail)).collect()
}

/// Books for another person.
async fn book_for(app: &TestClub, by: testing::Player, time: &str, name: &str, email: &str) -> Answer {
    let guest = json!({"guest_name": name, "guest_email": email});
    let booking_request = and(request_body(app, "pod", "2026-11-27", time).await, guest);
    app.as_(by).post(CREATE, booking_request).await
}

/// Returns the path of the guest's page from an email.
fn guest_path(mail: &str) -> String {
    let token: String = mail
        .split("/visit/")
        .nth(1)
        .unwrap_or_else(|| panic!("no link in {mail}"))
        .chars()
        .take_while(char::is_ascii_hexdigit)
        .collect();
    assert!(token.len() >= 64, "{token}");
    format!("/visit/{token}/")
}

fn parsed<I: kit::web::Input>(value: &Value) -> I {
    let input = kit::web::RawInput::from_json(value.to_string().as_bytes());
    input.and_then(kit::web::RawInput::parse).expect("valid input")
}

#[tokio::test]
async fn an_unverified_account_cannot_cause_emails_to_others() {
    let app = TestClub::open().await;
    let made = register(&app, zoe()).await;
    assert!(made["access"].is_null(), "nobody is signed in: {}", made.text());
    let sign_in = json!({"email": "zoe@example.com", "password": PASSWORD});
    app.visitor().post("/api/auth/login/", sign_in).await.refused(401, "wrong_sign_in");
    // So it can't book over HTTP. Even bookings made by calling the operation directly send no email to anyone else.
    let person = claimant(&app, "zoe@example.com").await;
    let pod = app.service("pod").await;
    let spam = json!({"service_id": pod, "guest_name": "Win at https://evil.test", "companion_name": "https://evil.test",
        "special_requests": "https://evil.test"});
    let mut ids = Vec::new();
    for (n, time) in ["10:00", "11:00"].into_iter().enumerate() {
        let when = json!({"date": "2026-11-26", "start_time": time, "guest_email": format!("victim{n}@example.com")});
        let request_body: bookings::BookingRequest = parsed(&and(spam.clone(), when));
        let booked = app.db().tx(move |tx| {
            let by = people::Actor::of(people::person(tx, person)?);
            bookings::book(tx, &by, &request_body)
        });
        ids.push(booked.await.expect("booked").id);
    }
    let to: bookings::Move = parsed(&json!({"starts_at": "2026-11-26T20:00:00Z"}));
    let changed = app.db().tx(move |tx| {
        let by = people::Actor::of(people::person(tx, person)?);
        bookings::reschedule(tx, &by, ids[0], &to)?;
        bookings::cancel_because(tx, &by, ids[1], Some("https://evil.test")).map(drop)
    });
    changed.await.expect("moved and cancelled");
    app.run_jobs().await;
    let to: Vec<String> = app.mails();
    assert_eq!(to.len(), 1, "the question whose the address is, and nothing else: {to:?}");
    assert!(to[0].contains("To: zoe@example.com"), "{}", to[0]);

    // Once the address is verified, the account and the guest of the remaining booking are notified, and no one about
    // canceled ones.
    let link = token(&app, "zoe@example.com", VERIFY).await;
    verify(&app, &link, json!(PASSWORD)).await.expect(204);
    let guest = mails_to(&app, "victim0@example.com").await;
    assert_eq!(guest.len(), 1, "{guest:?}");
    assert!(subject(&guest[0]).starts_with("Confirmed: "), "{guest:?}");
    assert!(!guest[0].contains("evil"), "nothing that was typed but a name: {}", guest[0]);
    assert!(mails_to(&app, "victim1@example.com").await.is_empty());
    let subjects = subjects(&app, "zoe@example.com").await;
    assert_eq!(subjects.iter().filter(|one| one.starts_with("Confirmed: ")).count(), 1, "{subjects:?}");
}

#[tokio::test]
async fn an_account_can_send_emails_to_five_guests_a_day() {
    let app = TestClub::open().await;
    for n in 0..5 {
        let booked =
            book_for(&app, UMA, &format!("{:02}:00", 9 + n), "Ann", &format!("ann{n}@example.com")).await;
        booked.expect(201);
    }
    book_for(&app, UMA, "15:00", "Ann", "ann5@example.com").await.refused(409, "too_many_guest_emails");
    book_for(&app, UMA, "15:00", "Ann", "ANN0@example.com").await.expect(201);
    // The limit does not apply without an email address, nor to the front desk.
    let nameless = and(request_body(&app, "pod", "2026-11-27", "16:00").await, json!({"guest_name": "Ann"}));
    app.as_(UMA).post(CREATE, nameless).await.expect(201);
    book_for(&app, DORA, "17:00", "Ann", "ann6@example.com").await.expect(201);
    app.set_time("2026-11-25T00:00:01-05:00");
    book_for(&app, UMA, "18:00", "Ann", "ann7@example.com").await.expect(201);
}

/// Twenty addresses at once: five are accepted, in any order.
#[tokio::test]
async fn concurrent_bookings_respect_the_guest_email_limit() {
    let app = TestClub::open().await;
    let pod = app.service("pod").await;
    let person = app.person(UMA);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..16 {
        let db = app.db().clone();
        let input = json!({"service_id": pod, "date": "2026-11-27", "start_time": format!("{:02}:{:02}", 8 + n / 2, 30 * (n % 2)),
            "guest_name": "Ann", "guest_email": format!("ann{n}@example.com")});
        let request_body: bookings::BookingRequest =
            kit::web::RawInput::from_json(input.to_string().as_bytes())
                .and_then(kit::web::RawInput::parse)
                .expect("valid input");
        tasks.spawn(async move {
            db.tx(move |tx| {
                let by = people::Actor::of(people::person(tx, person)?);
                bookings::book(tx, &by, &request_body).map(drop)
            })
            .await
        });
    }
    let ended = tasks.join_all().await;
    let booked = ended.iter().filter(|one| one.is_ok()).count();
    let codes: Vec<_> = ended.iter().filter_map(|one| one.as_ref().err()?.code()).collect();
    assert_eq!(booked, 5, "{codes:?}");
    assert!(codes.iter().all(|code| *code == "too_many_guest_emails"), "{codes:?}");
}

#[tokio::test]
async fn booking_for_a_guest_emails_both_and_gives_the_guest_a_page() {
    let app = TestClub::open().await;
    let booked = book_for(&app, BEA, "14:00", "Ann Lee", "ann@example.com").await.expect(201);
    let to_bea = mails_to(&app, "bea@cast.test").await;
    let to_guest = mails_to(&app, "ann@example.com").await;
    assert_eq!((to_bea.len(), to_guest.len()), (1, 1));
    assert!(to_bea[0].contains("for Ann Lee") && to_bea[0].contains("/dashboard/bookings/"), "{}", to_bea[0]);
    assert!(
        to_guest[0].contains("Ann Lee, we") && to_guest[0].contains("booked this for you"),
        "{}",
        to_guest[0]
    );
    assert!(
        !to_guest[0].contains("/dashboard/") && !to_guest[0].contains("$"),
        "no sign-in page, no price: {}",
        to_guest[0]
    );
    assert!(to_guest[0].contains("Stop emails about this visit"), "{}", to_guest[0]);

    let path = guest_path(&to_guest[0]);
    let page = app.visitor().get(&path).await.expect(200);
    for part in ["Ann Lee", "1 Test Street", ">Directions<", "visit.ics", "Stop emails", "noindex"] {
        assert!(page.text().contains(part), "{part}\n{}", page.text());
    }
    assert!(
        !page.text().contains("bea@") && !page.text().contains("/dashboard/bookings/"),
        "{}",
        page.text()
    );
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    let file = app.visitor().get(&format!("{path}visit.ics")).await.expect(200).text().replace("\r\n ", "");
    assert!(file.contains("METHOD:REQUEST") && file.contains("mailto:ann@example.com"), "{file}");
    assert!(file.contains("DESCRIPTION:Confirmation number CS-2026-"), "{file}");
    // Not with another guest's link, and not with an altered one.
    let last = if path.ends_with("0/") { "1/" } else { "0/" };
    let broken = format!("{}{last}", &path[..path.len() - 2]);
    app.visitor().get(&broken).await.expect(404);

    // Emails about every change go to the guest and to the owner.
    let id = booked.number("id");
    app.set_time("2026-11-24T12:00:00-05:00");
    let to = json!({"date": "2026-11-27", "start_time": "16:00"});
    app.as_(BEA).post(&format!("/api/bookings/{id}/reschedule/"), to).await.expect(200);
    assert_eq!(subjects(&app, "ann@example.com").await.len(), 2);
    assert_eq!(subjects(&app, "bea@cast.test").await.len(), 2);

    // The guest stops them with one click in the mail program, without signing in. The owner still receives them.
    app.set_time("2026-11-24T13:00:00-05:00");
    let one_click = b"List-Unsubscribe=One-Click".to_vec();
    let form = Some("application/x-www-form-urlencoded");
    let stop = app.visitor().send(Method::POST, &format!("{path}stop/"), form, one_click).await.expect(200);
    assert!(stop.text().contains("Emails stopped"));
    app.as_(BEA).post(&format!("/api/bookings/{id}/cancel_booking/"), json!({})).await.expect(200);
    assert_eq!(subjects(&app, "ann@example.com").await.len(), 2, "nothing more");
    let subjects = subjects(&app, "bea@cast.test").await;
    assert!(subjects.len() == 3 && subjects[2].starts_with("Canceled: "), "{subjects:?}");
    let page = app.visitor().get(&path).await.expect(200);
    assert!(page.text().contains("This visit is canceled"), "the page stays: {}", page.text());
}

/// A link gives access to a visit as long as the booking has that guest.
#[tokio::test]
async fn a_guest_link_stops_working_after_erasure() {
    let app = TestClub::open().await;
    let booked = book_for(&app, GUS, "14:00", "Ann Lee", "ann@example.com").await.expect(201);
    let path = guest_path(&mails_to(&app, "ann@example.com").await[0]);
    app.visitor().get(&path).await.expect(200);
    let id = booked.number("id");
    app.as_(GUS).post(&format!("/api/bookings/{id}/cancel_booking/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let person = app.person(GUS);
    let erased = app.db().tx(move |tx| {
        bookings::forget_person(tx, person)?;
        messages::forget_person(tx, person).map(drop)
    });
    erased.await.expect("erased");
    app.visitor().get(&path).await.expect(404);
    app.visitor().submit(&format!("{path}stop/"), "").await.expect(404);
    let addresses = app
        .db()
        .view(|tx| tx.all::<(String,)>(sql!("SELECT to_address FROM mails WHERE to_address <> ''"), args![]));
    assert!(
        addresses.await.expect("the log").is_empty(),
        "the log keeps no address of theirs or their guest's"
    );
}

#[tokio::test]
async fn a_series_sends_one_email_and_can_be_canceled_as_a_whole() {
    let app = TestClub::open().await;
    let series = and(
        request_body(&app, "pod", "2026-11-27", "14:00").await,
        json!({"every_weeks": 1, "times": 3,
        "guest_name": "Ann", "guest_email": "ann@example.com"}),
    );
    let made = app.as_(UMA).post("/api/bookings/series/", series).await.expect(201);
    let ids: Vec<i64> = made.list("bookings").iter().map(|one| one["id"].as_i64().expect("an id")).collect();
    for to in ["uma@cast.test", "ann@example.com"] {
        let mails = mails_to(&app, to).await;
        assert_eq!(mails.len(), 1, "{to}: {mails:?}");
        assert!(subject(&mails[0]).ends_with("Nov 27, Dec 4, Dec 11"), "{}", subject(&mails[0]));
        for date in ["November 27, 2026, 2:00 –", "December 4, 2026, 2:00 –", "December 11, 2026, 2:00 –"]
        {
            assert!(mails[0].contains(date), "{date}\n{}", mails[0]);
        }
        // Twice as many, because the calendar is in the email both inline and as an attachment.
        assert_eq!(mails[0].matches("BEGIN:VEVENT").count(), 6);
        assert_eq!(mails[0].matches("BEGIN:VCALENDAR").count(), 2);
    }
    let page = app.visitor().get(&guest_path(&mails_to(&app, "ann@example.com").await[0])).await.expect(200);
    assert_eq!(page.text().matches("class=\"ticket\"").count(), 3, "all dates on one page");

    // First one date is canceled, then the rest of the series: only what can still be canceled.
    app.set_time("2026-11-24T11:30:00-05:00");
    app.as_(UMA).post(&format!("/api/bookings/{}/cancel_booking/", ids[1]), json!({})).await.expect(200);
    let shown = app.browser(UMA).get(&format!("/dashboard/bookings/{}/cancel/", ids[0])).await.expect(200);
    assert!(shown.text().contains("Cancel the whole series"), "{}", shown.text());
    let page =
        app.browser(UMA).get(&format!("/dashboard/bookings/{}/cancel-series/", ids[0])).await.expect(200);
    assert!(
        page.text().contains("at no charge") && page.text().matches("row-name").count() == 2,
        "{}",
        page.text()
    );
    app.set_time("2026-11-24T11:40:00-05:00");
    let done =
        app.as_(UMA).post(&format!("/api/bookings/{}/cancel_series/", ids[2]), json!({})).await.expect(200);
    assert_eq!((done.list("bookings").len(), done["fee"].as_str()), (2, Some("0.00")));
    app.as_(UMA)
        .post(&format!("/api/bookings/{}/cancel_series/", ids[2]), json!({}))
        .await
        .refused(409, "wrong_state");
    app.browser(UMA).submit(&format!("/dashboard/bookings/{}/cancel-series/", ids[0]), "").await.expect(303);
    app.as_(BEA).post(&format!("/api/bookings/{}/cancel_series/", ids[2]), json!({})).await.expect(404);
    let sent = subjects(&app, "uma@cast.test").await;
    let off: Vec<&String> = sent.iter().filter(|one| one.starts_with("Canceled: ")).collect();
    assert_eq!(off.len(), 2, "{sent:?}");
    assert!(off[1].ends_with("Nov 27, Dec 11"), "{off:?}");
}

#[tokio::test]
async fn a_visit_of_several_services_sends_one_email_and_one_reminder() {
    let app = TestClub::open().await;
    let then = json!({"then": [{"service_id": app.service("laser").await}]});
    let booking_request = and(request_body(&app, "pod", "2026-11-27", "14:00").await, then);
    app.as_(PIA).post(CREATE, booking_request).await.expect(201);
    let mails = mails_to(&app, "pia@cast.test").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(
        subject(&mails[0]).contains(" and ") && subject(&mails[0]).ends_with(", Nov 27"),
        "{}",
        subject(&mails[0])
    );
    assert_eq!(mails[0].matches("BEGIN:VEVENT").count(), 4);
    app.set_time("2026-11-26T15:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
    let sent = subjects(&app, "pia@cast.test").await;
    assert_eq!(sent.iter().filter(|one| one.starts_with("Tomorrow: ")).count(), 1, "{sent:?}");
}

#[tokio::test]
async fn club_cancellations_are_emailed_with_a_reason_despite_unsubscribing() {
    let app = TestClub::open().await;
    let nothing = json!({"notices": []}).to_string().into_bytes();
    app.as_(GUS)
        .send(Method::PUT, "/api/users/notices/", Some("application/json"), nothing)
        .await
        .expect(200);
    let booked = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    app.run_jobs().await;
    app.set_time("2026-11-24T11:00:00-05:00");
    let path = format!("/dashboard/bookings/{}/cancel/", booked.number("id"));
    let page = app.browser(DORA).get(&path).await.expect(200);
    assert!(page.text().contains("name=\"reason\""), "{}", page.text());
    assert!(!app.browser(GUS).get(&path).await.expect(200).text().contains("name=\"reason\""));
    let form = "reason=The+boiler+%3Cb%3Ebroke%3C%2Fb%3E.%0D%0ABcc%3A+x";
    app.browser(DORA).submit(&path, form).await.expect(303);
    let mails = mails_to(&app, "gus@cast.test").await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    let off = &mails[1];
    assert!(off.contains("had to cancel your visit"), "{off}");
    assert!(off.contains("Reason: The boiler <b>broke</b>. Bcc: x"), "{off}");
    assert!(
        off.contains("The boiler &#60;b&#62;broke") || off.contains("The boiler &lt;b&gt;broke"),
        "{off}"
    );
    assert!(off.contains("Nothing is due") && off.contains("Eastern Time"), "{off}");
    assert!(!off.contains("List-Unsubscribe"), "it can't be switched off: {off}");

    // Reminders can be turned off.
    book(&app, GUS, "massage", "2026-11-26", "14:00").await;
    app.set_time("2026-11-25T15:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
    let sent = subjects(&app, "gus@cast.test").await;
    assert!(sent.len() == 3 && sent.iter().all(|one| !one.starts_with("Tomorrow")), "{sent:?}");
    let why = app.db().view(|tx| {
        tx.all::<(String, String)>(sql!("SELECT kind, why FROM mails WHERE how = 'dropped'"), args![])
    });
    let dropped = ("bookings.first_reminder".to_owned(), "unsubscribed".to_owned());
    assert_eq!(why.await.expect("the log"), [dropped], "what is dropped is logged");
}

/// Nothing that is out of date when it could be sent is sent: only the cancellation remains.
#[tokio::test]
async fn outdated_emails_are_dropped_and_logged() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    app.set_time("2026-11-24T10:05:00-05:00");
    let to = json!({"date": "2026-11-27", "start_time": "16:00"});
    app.as_(GUS).post(&format!("/api/bookings/{}/reschedule/", booked.number("id")), to).await.expect(200);
    app.set_time("2026-11-24T10:10:00-05:00");
    crate::cancel(&app, GUS, booked.number("id")).await.expect(200);
    assert_eq!(subjects(&app, "gus@cast.test").await, ["Canceled: Massage"]);
    let log = app.db().view(|tx| {
        tx.all::<(String, Option<String>)>(
            sql!("SELECT kind, why FROM mails ORDER BY notification_id"),
            args![],
        )
    });
    let entry = |kind: &str, why: Option<&str>| (kind.to_owned(), why.map(str::to_owned));
    let expected = [
        entry("bookings.confirmed", Some("cancelled")),
        entry("bookings.moved", Some("cancelled")),
        entry("bookings.cancelled", None),
    ];
    assert_eq!(log.await.expect("the log"), expected);
}

/// Returns the values of a property in the first calendar of an email.
fn values(mail: &str, name: &str) -> Vec<String> {
    let unfolded = mail.replace("\n ", "");
    let calendar = unfolded.split("BEGIN:VCALENDAR").nth(1).unwrap_or_default();
    calendar
        .lines()
        .filter(|line| line.starts_with(name) && line[name.len()..].starts_with([':', ';']))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_booking_keeps_its_calendar_uid_and_its_sequence_increases() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    let id = booked.number("id");
    app.run_jobs().await;
    // The number depends only on the state: not on when the email was sent, nor on how often the file is downloaded.
    let first = app.browser(GUS).get(&format!("/dashboard/bookings/{id}/visit.ics")).await.expect(200).text();
    app.set_time("2026-11-24T12:00:00-05:00");
    let again = app.browser(GUS).get(&format!("/dashboard/bookings/{id}/visit.ics")).await.expect(200).text();
    assert_eq!(values(&first, "SEQUENCE"), values(&again, "SEQUENCE"));
    let to = json!({"date": "2026-11-27", "start_time": "16:00"});
    app.as_(GUS).post(&format!("/api/bookings/{id}/reschedule/"), to.clone()).await.expect(200);
    app.run_jobs().await;
    // At the same moment of the clock.
    crate::cancel(&app, GUS, id).await.expect(200);
    let mails = mails_to(&app, "gus@cast.test").await;
    assert_eq!(mails.len(), 3);
    let numbers: Vec<i64> =
        mails.iter().map(|mail| values(mail, "SEQUENCE")[0][9..].trim().parse().expect("a number")).collect();
    assert!(numbers[0] == 0 && numbers[0] < numbers[1] && numbers[1] < numbers[2], "{numbers:?}");
    for mail in &mails {
        assert_eq!(values(mail, "UID"), values(&mails[0], "UID"));
        assert!(values(mail, "ORGANIZER")[0].ends_with(":mailto:hello@demo.coresync.test"), "{mail}");
        assert!(values(mail, "ATTENDEE")[0].ends_with(":mailto:gus@cast.test"), "{mail}");
    }
    let methods: Vec<_> = mails.iter().map(|mail| values(mail, "METHOD")[0].trim().to_owned()).collect();
    assert_eq!(methods, ["METHOD:REQUEST", "METHOD:REQUEST", "METHOD:CANCEL"]);
    assert!(mails[2].contains("method=CANCEL") && mails[0].contains("method=REQUEST"));
}

/// An offered hold that expired before its email could be sent is no longer announced.
#[tokio::test]
async fn an_expired_offer_is_not_emailed() {
    let app = TestClub::open().await;
    let person = app.person(GUS);
    let request_body = and(request_body(&app, "massage", "2026-11-27", "14:00").await, json!({}));
    let held = app.as_(GUS).post("/api/bookings/hold/", request_body).await.expect(201);
    let id = Id(held.number("id"));
    let written = app.db().tx(move |tx| {
        let data: Value =
            json!({"bookings": [{"booking": id, "event": 0, "starts_at": "2026-11-27T19:00:00Z"}]});
        let content = json!({"kind": "bookings.offered", "data": data});
        let news = kit::Notification::new(&content, SubjectRef { kind: "booking", id }, Some(person))?;
        tx.notify(&news, &[kit::notifications::RecipientRole::Owner])
    });
    written.await.expect("written");
    app.set_time("2026-11-24T10:20:00-05:00");
    assert!(subjects(&app, "gus@cast.test").await.is_empty());
}

/// N4: a plan that no longer applies reprices a series, or the services of a visit, in one email each.
#[tokio::test]
async fn repricing_a_series_or_visit_sends_one_email() {
    let app = TestClub::open().await;
    let bea = app.as_(BEA);
    let series = and(
        request_body(&app, "massage", "2026-12-11", "12:00").await,
        json!({"every_weeks": 1, "times": 2}),
    );
    bea.post("/api/bookings/series/", series).await.expect(201);
    let then = json!({"then": [{"service_id": app.service("pod").await}]});
    let visit = and(request_body(&app, "massage", "2026-12-12", "12:00").await, then);
    bea.post(CREATE, visit).await.expect(201);
    let new_prices = async || {
        let sent = subjects(&app, "bea@cast.test").await;
        sent.into_iter().filter(|one| one.starts_with("New price: ")).collect::<Vec<_>>()
    };
    bea.post("/api/memberships/leave/", json!({})).await.expect(200);
    app.run_jobs().await;
    let sent = new_prices().await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[0].ends_with(", Dec 11, Dec 18"), "{sent:?}");
    assert!(sent[1].contains(" and ") && sent[1].ends_with(", Dec 12"), "{sent:?}");
    let mails = mails_to(&app, "bea@cast.test").await;
    let mail = mails.iter().find(|mail| subject(mail) == sent[0]).expect("the mail");
    for phrase in ["December 11, 2026", "December 18, 2026", "prices of your visits have changed"] {
        assert!(mail.contains(phrase), "{phrase}: {mail}");
    }
    bea.post("/api/memberships/stay/", json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(new_prices().await.len(), 4, "and once when they are restored");
}

/// N4: a missed visit of several services is one email, and one of a series names its date.
#[tokio::test]
async fn a_missed_visit_sends_one_email_however_it_is_marked() {
    let app = TestClub::open().await;
    let missed = async |to: &str| {
        let sent = subjects(&app, to).await;
        sent.into_iter().filter(|one| one.starts_with("Missed: ")).collect::<Vec<_>>()
    };
    let laser = app.service("laser").await;
    let visit = async |player, time: &str| {
        let then = json!({"then": [{"service_id": laser}]});
        let booking_request = and(request_body(&app, "pod", "2026-11-26", time).await, then);
        let made = app.as_(player).post(CREATE, booking_request).await.expect(201);
        let first = made.number("id");
        let ids = app.db().view(move |tx| {
            tx.all::<(i64,)>(
                sql!("SELECT id FROM bookings WHERE visit_id = $1 ORDER BY starts_at"),
                args![first],
            )
        });
        let ids: Vec<i64> = ids.await.expect("the visit").into_iter().map(|(id,)| id).collect();
        assert_eq!(ids.len(), 2);
        ids
    };
    // The desk marks both; one is canceled; one is checked in; the job marks both.
    let (of_pia, of_uma) = (visit(PIA, "10:00").await, visit(UMA, "12:00").await);
    let (of_bea, _of_gus) = (visit(BEA, "14:00").await, visit(GUS, "16:00").await);
    let step = async |id: i64, what: &str| {
        app.as_(DORA).post(&format!("/api/bookings/{id}/{what}/"), json!({})).await.expect(200);
    };
    app.set_time("2026-11-26T12:20:00-05:00");
    step(of_uma[0], "no_show").await;
    step(of_uma[1], "cancel_booking").await;
    assert_eq!(missed("uma@cast.test").await.len(), 1);
    app.set_time("2026-11-26T18:00:00-05:00");
    step(of_pia[0], "no_show").await;
    assert_eq!(missed("pia@cast.test").await, Vec::<String>::new(), "the other service is still expected");
    step(of_pia[1], "no_show").await;
    let sent = missed("pia@cast.test").await;
    assert!(sent.len() == 1 && sent[0].contains(" and ") && sent[0].ends_with(", Nov 26"), "{sent:?}");
    step(of_bea[0], "no_show").await;
    step(of_bea[1], "check_in").await;
    let sent = missed("bea@cast.test").await;
    assert!(sent.len() == 1 && !sent[0].contains(" and "), "{sent:?}");
    app.set_time("2026-11-27T05:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
    let sent = missed("gus@cast.test").await;
    assert!(sent.len() == 1 && sent[0].contains(" and "), "{sent:?}");

    let series =
        and(request_body(&app, "pod", "2026-11-28", "12:00").await, json!({"every_weeks": 1, "times": 2}));
    app.as_(UMA).post("/api/bookings/series/", series).await.expect(201);
    for day in ["2026-11-29", "2026-12-06"] {
        app.set_time(&format!("{day}T05:00:00-05:00"));
        app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
        missed("uma@cast.test").await;
    }
    let sent = missed("uma@cast.test").await;
    assert!(sent[1].ends_with(", Nov 28") && sent[2].ends_with(", Dec 5"), "{sent:?}");
}
