//! The waitlist (L1 to L3).

use serde_json::{Value, json};
use testing::{Answer, BEA, GUS, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, book, cancel, try_book};

const WAIT: &str = "/api/bookings/waitlist/";

async fn join(app: &TestClub, by: Player, more: Value) -> Answer {
    let body = json!({"service_id": app.service("suite").await, "from": "2026-11-27"});
    app.as_(by).post(WAIT, crate::and(body, more)).await.expect(201)
}

async fn states(app: &TestClub, by: Player) -> Vec<String> {
    let waits = app.as_(by).get(WAIT).await.expect(200);
    waits.list("").iter().map(|wait| wait["state"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Books every time on Friday evening that is still free.
async fn fill(app: &TestClub) -> i64 {
    let (first, desk) = (book(app, UMA, "suite", "2026-11-27", "18:00").await, app.as_(testing::DORA));
    for time in ["12:00", "15:00", "21:00"] {
        let body = crate::and(
            crate::request_body(app, "suite", "2026-11-27", time).await,
            json!({"guest_name": "Ann"}),
        );
        desk.post(CREATE, body).await.expect(201);
    }
    first.number("id")
}

#[tokio::test]
async fn a_freed_time_is_offered_in_waitlist_order() {
    let app = TestClub::open().await;
    let taken = fill(&app).await;
    join(&app, GUS, json!({})).await;
    app.set_time("2026-11-24T10:01:00-05:00");
    join(&app, BEA, json!({})).await;
    app.run_jobs().await;
    assert_eq!(
        (states(&app, GUS).await, states(&app, BEA).await),
        (vec!["waiting".to_owned()], vec!["waiting".to_owned()])
    );

    cancel(&app, UMA, taken).await.expect(200);
    app.run_jobs().await;
    // A member is offered it before an account, although he joined first (L1).
    assert_eq!(
        (states(&app, GUS).await[0].as_str(), states(&app, BEA).await[0].as_str()),
        ("waiting", "offered")
    );
    assert!(app.mails().iter().any(|mail| mail.contains("Held for you") && mail.contains("bea@cast.test")));
    try_book(&app, PIA, "suite", "2026-11-27", "18:00").await.refused(409, "taken");
    let held = app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200).list("held")[0].clone();
    assert_eq!(held["expires_at"], "2026-11-24T10:31:00-05:00", "half an hour (L2)");

    // She lets it expire: he is next, and she keeps her place once (L3).
    app.set_time("2026-11-24T10:31:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    app.run_jobs().await;
    assert_eq!(
        (states(&app, GUS).await[0].as_str(), states(&app, BEA).await[0].as_str()),
        ("offered", "waiting")
    );
    let held = app.as_(GUS).get(crate::MY_BOOKINGS).await.expect(200).list("held")[0].clone();
    let booked = app.as_(GUS).post(CREATE, json!({"hold_id": held["id"]})).await.expect(201);
    assert_eq!(booked["status"], "confirmed");
    assert!(states(&app, GUS).await.is_empty(), "the waiting is over");
}

#[tokio::test]
async fn offers_pause_at_night_and_all_are_notified_near_the_start() {
    let app = TestClub::open().await;
    let taken = fill(&app).await;
    join(&app, BEA, json!({})).await;
    join(&app, PIA, json!({})).await;
    app.run_jobs().await;
    app.set_time("2026-11-24T22:30:00-05:00");
    cancel(&app, UMA, taken).await.expect(200);
    app.run_jobs().await;
    assert_eq!(states(&app, PIA).await, ["waiting"]);
    app.set_time("2026-11-25T08:00:00-05:00");
    crate::match_waitlist(&app).await;
    assert_eq!(
        (states(&app, PIA).await[0].as_str(), states(&app, BEA).await[0].as_str()),
        ("offered", "waiting")
    );
    // Passed over, and an hour and a half before the start: both are told at once, and the first to book gets it.
    app.set_time("2026-11-27T16:30:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    crate::match_waitlist(&app).await;
    app.run_jobs().await;
    let is_to_bea = |mail: &String| mail.contains("Open now") && mail.contains("bea@cast.test");
    assert!(app.mails().iter().any(is_to_bea));
    book(&app, GUS, "suite", "2026-11-27", "18:00").await;
}

/// Priority release: a person who asked for a notification gets one when a time opens to them.
#[tokio::test]
async fn a_requested_notification_is_sent_when_the_day_opens() {
    let app = TestClub::open().await;
    let body = json!({"service_id": app.service("suite").await, "starts_at": "2026-11-28T18:00:00-05:00", "tell": true});
    app.as_(GUS).post(WAIT, body).await.expect(201);
    app.run_jobs().await;
    assert!(app.mails().is_empty());
    app.set_time("2026-11-25T00:00:00-05:00");
    crate::match_waitlist(&app).await;
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 1);
    assert!(
        app.mails()[0].contains("Saturday, November 28, 2026, 6:00 PM Eastern Time"),
        "{}",
        app.mails()[0]
    );
    assert!(states(&app, GUS).await.is_empty());
}

#[tokio::test]
async fn only_its_owner_can_leave_a_waitlist_entry() {
    let app = TestClub::open().await;
    let taken = fill(&app).await;
    let id = join(&app, BEA, json!({})).await.number("id");
    app.run_jobs().await;
    cancel(&app, UMA, taken).await.expect(200);
    app.run_jobs().await;
    let path = format!("{WAIT}{id}/");
    let delete = axum::http::Method::DELETE;
    app.as_(GUS).send(delete.clone(), &path, None, Vec::new()).await.refused(404, "not_found");
    app.as_(BEA).send(delete.clone(), &path, None, Vec::new()).await.expect(204);
    app.as_(BEA).send(delete, &path, None, Vec::new()).await.refused(409, "wrong_state");
    // The time that was held for it is free.
    book(&app, GUS, "suite", "2026-11-27", "18:00").await;
    app.visitor().get(WAIT).await.refused(401, "not_signed_in");
}

/// The email links to a page on which the held time is booked, extended once, or released.
#[tokio::test]
async fn an_offer_can_be_extended_and_booked_on_its_page() {
    let app = TestClub::open().await;
    let taken = fill(&app).await;
    join(&app, BEA, json!({})).await;
    app.run_jobs().await;
    cancel(&app, UMA, taken).await.expect(200);
    app.run_jobs().await;
    let held = app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200).list("held")[0].clone();
    let path = format!("/book/held/{}/", held["id"]);
    let email = app.mails().into_iter().find(|mail| mail.contains("Held for you")).expect("an email");
    assert!(email.replace("=\r\n", "").contains(&path), "{email}");
    let page = app.browser(BEA).get(&path).await.expect(200).text();
    assert!(page.contains("10:30") && page.contains("Hold 10 more minutes"), "{page}");
    assert!(app.browser(BEA).get("/dashboard/").await.expect(200).text().contains(&path));
    app.browser(GUS).get(&path).await.expect(404);
    assert!(app.visitor().get(&path).await.expect(303).header("location").starts_with("/login/"));
    app.browser(BEA).submit(&path, "action=extend").await.expect(303);
    let again = app.browser(BEA).submit(&path, "action=extend").await.expect(409).text();
    assert!(!again.contains("Hold 10 more minutes"), "{again}");
    app.browser(BEA).submit(&path, "action=nonsense").await.expect(400);
    let booked = app.browser(BEA).submit(&path, "action=book").await.expect(303);
    assert!(booked.header("location").starts_with("/dashboard/bookings/"));
    let onward = app.browser(BEA).get(&path).await.expect(303);
    assert_eq!(onward.header("location"), booked.header("location"));
}

/// L1: no one can wait for what they may not book.
#[tokio::test]
async fn only_members_can_wait_for_members_only_services() {
    let app = TestClub::open().await;
    let body = json!({"service_id": app.service("circle").await, "from": "2026-11-27"});
    app.as_(GUS).post(WAIT, body.clone()).await.refused(403, "plan_required");
    app.as_(PIA).post(WAIT, body).await.expect(201);
}

/// A16: the times that are open when a person joins are listed, and none of them is held or offered.
#[tokio::test]
async fn times_open_on_joining_are_listed_and_not_held() {
    let app = TestClub::open().await;
    let joined = join(&app, BEA, json!({})).await;
    let open = joined.list("open_times");
    assert!(open.len() > 20 && joined["total_open"].as_u64() == Some(open.len() as u64), "{}", joined.text());
    assert_eq!(open[0]["book_at"], "/book/?service=suite&at=2026-11-27T17:00:00Z");
    let again = join(&app, BEA, json!({})).await;
    assert_eq!((again["id"].clone(), again.list("open_times").len()), (joined["id"].clone(), open.len()));
    app.run_jobs().await;
    // Neither now nor by a later match.
    for moment in ["2026-11-24T10:05:00-05:00", "2026-11-25T09:00:00-05:00"] {
        app.set_time(moment);
        crate::match_waitlist(&app).await;
        app.run_jobs().await;
    }
    assert_eq!(states(&app, BEA).await, ["waiting"]);
    assert_eq!(app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200).list("held").len(), 0);
    assert!(app.mails().is_empty(), "{:?}", app.mails());
    // A time that is taken and freed again has become free since.
    let taken = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
    cancel(&app, UMA, taken).await.expect(200);
    app.run_jobs().await;
    let held = app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200).list("held")[0].clone();
    let start = held["starts_at"].as_str().expect("a start");
    assert!(("2026-11-27T15:30".."2026-11-27T20:45").contains(&&start[..16]), "what was given back: {held}");
}

/// If a time stays open in another room, it has not become free when one of the rooms is freed.
#[tokio::test]
async fn a_time_that_stayed_open_is_not_offered() {
    let app = TestClub::open().await;
    let body = json!({"service_id": app.service("massage").await, "from": "2026-11-27",
        "after": "18:00", "before": "18:01"});
    let stone = app.room("stone").await;
    // Only Ada works in the evening: when she is booked, the time is gone.
    let in_stone = json!({"room_id": stone, "service_id": app.service("circle").await});
    app.as_(BEA).post(WAIT, body.clone()).await.expect(201);
    let circle = crate::and(crate::request_body(&app, "circle", "2026-11-27", "18:00").await, in_stone);
    let booked = app.as_(UMA).post(CREATE, circle).await.expect(201).number("id");
    cancel(&app, UMA, booked).await.expect(200);
    app.run_jobs().await;
    assert_eq!(states(&app, BEA).await, ["waiting"], "the other room was free all the time");
    let booked = book(&app, UMA, "massage", "2026-11-27", "18:00").await.number("id");
    cancel(&app, UMA, booked).await.expect(200);
    app.run_jobs().await;
    assert_eq!(states(&app, BEA).await, ["offered"], "nobody could serve meanwhile");
}

/// L2 to the second, where the first free start is 17:45: offers are made until 22:00 and from 08:00 on, at least two
/// hours before the start. Closer to the start, everyone is told at once.
#[tokio::test]
async fn offers_respect_quiet_hours_and_lead_time_to_the_second() {
    for (freed_at, offered, is_notified) in [
        ("2026-11-26T21:59:59-05:00", true, false),
        ("2026-11-26T22:00:00-05:00", false, false),
        ("2026-11-27T07:59:59-05:00", false, false),
        ("2026-11-27T08:00:00-05:00", true, false),
        ("2026-11-27T15:45:00-05:00", true, false),
        ("2026-11-27T15:45:01-05:00", false, true),
    ] {
        let app = TestClub::open().await;
        let taken = fill(&app).await;
        join(&app, BEA, json!({})).await;
        join(&app, PIA, json!({})).await;
        app.run_jobs().await;
        app.set_time(freed_at);
        cancel(&app, UMA, taken).await.expect(200);
        app.run_jobs().await;
        let (pia, bea) = (states(&app, PIA).await, states(&app, BEA).await);
        let first = if offered { "offered" } else { "waiting" };
        assert_eq!((pia[0].as_str(), bea[0].as_str()), (first, "waiting"), "{freed_at}");
        let mails = app.mails();
        let free_now = |who: &str| mails.iter().any(|mail| mail.contains("Open now") && mail.contains(who));
        assert_eq!(
            (free_now("pia@cast.test"), free_now("bea@cast.test")),
            (is_notified, is_notified),
            "{freed_at}"
        );
        if !offered && !is_notified {
            // A time that became free at night is offered in the morning.
            app.set_time("2026-11-27T08:00:00-05:00");
            crate::match_waitlist(&app).await;
            assert_eq!(states(&app, PIA).await, ["offered"], "{freed_at}");
        }
    }
}

/// L3: a place is kept once. The second offer that expires ends it.
#[tokio::test]
async fn a_waitlist_entry_survives_only_one_expired_offer() {
    let app = TestClub::open().await;
    let taken = fill(&app).await;
    join(&app, BEA, json!({})).await;
    app.run_jobs().await;
    cancel(&app, UMA, taken).await.expect(200);
    app.run_jobs().await;
    let decline = |id: i64| format!("/api/bookings/hold/{id}/");
    let held =
        app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200).list("held")[0]["id"].as_i64().expect("an id");
    app.as_(BEA).send(axum::http::Method::DELETE, &decline(held), None, Vec::new()).await.expect(204);
    app.run_jobs().await;
    assert_eq!(states(&app, BEA).await, ["waiting"], "the same hours are not offered again");
    // Another time becomes free: the second offer.
    let ann = app.db().view(|tx| {
        tx.one::<(kit::Id,)>(
            kit::sql!("SELECT id FROM bookings WHERE guest_name = 'Ann' ORDER BY starts_at LIMIT 1"),
            kit::args![],
        )
    });
    let (ann,) = ann.await.expect("the table").expect("a booking");
    cancel(&app, testing::DORA, ann.0).await.expect(200);
    app.run_jobs().await;
    assert_eq!(states(&app, BEA).await, ["offered"]);
    app.set_time("2026-11-24T11:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    app.run_jobs().await;
    assert!(states(&app, BEA).await.is_empty(), "it was kept once");
}

/// The page lists the open times with links to book them, before and after joining.
#[tokio::test]
async fn the_waitlist_page_lists_open_times() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let page = bea.get("/book/wait/?service=suite&date=2026-11-27").await.expect(200).text();
    assert!(page.contains("times are open now"), "{page}");
    assert!(page.contains("at=2026-11-27T17:00:00Z"), "{page}");
    let service = app.service("suite").await;
    let form = format!("service_id={service}&from=2026-11-27&to=2026-11-27");
    let onward = bea.submit("/book/wait/", &form).await.expect(303).header("location").to_owned();
    assert!(onward.starts_with("/dashboard/waits/"), "{onward}");
    let page = bea.get(&onward).await.expect(200).text();
    assert!(page.contains("You’re on the waitlist") && page.contains("times are open now"), "{page}");
    assert!(page.contains("at=2026-11-27T17:00:00Z"), "{page}");
    app.browser(GUS).get(&onward).await.expect(404);
    app.run_jobs().await;
    assert_eq!(states(&app, BEA).await, ["waiting"]);
}
