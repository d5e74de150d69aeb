//! Holding a time (H1 to H3), and how a hold ends.

use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, book, request_body, search, starts, try_book};

pub(crate) const HOLD: &str = "/api/bookings/hold/";

pub(crate) async fn hold(app: &TestClub, by: Player, service: &str, date: &str, time: &str) -> Answer {
    app.as_(by).post(HOLD, request_body(app, service, date, time).await).await
}

/// Books a held time.
async fn confirm(app: &TestClub, by: Player, id: i64, more: Value) -> Answer {
    app.as_(by).post(CREATE, and(json!({"hold_id": id}), more)).await
}

#[tokio::test]
async fn a_hold_reserves_its_time_for_ten_minutes() {
    let app = TestClub::open().await;
    let held = hold(&app, BEA, "suite", "2026-11-27", "18:00").await.expect(201);
    assert_eq!(held["expires_at"], "2026-11-24T10:10:00-05:00");
    assert_eq!(
        (&held["status"], &held["booking_reference"]),
        (&json!("held"), &Value::Null),
        "no number (H4)"
    );
    try_book(&app, GUS, "suite", "2026-11-27", "18:00").await.refused(409, "taken");
    assert!(!starts(&search(&app, GUS, "suite", "2026-11-27").await).contains(&"18:00"));
    app.set_time("2026-11-24T10:09:59.999-05:00");
    try_book(&app, GUS, "suite", "2026-11-27", "18:00").await.refused(409, "taken");
    // The hold has expired: its time is free at once, before the maintenance job has run (H2).
    app.set_time("2026-11-24T10:10:00-05:00");
    assert!(starts(&search(&app, GUS, "suite", "2026-11-27").await).contains(&"18:00"));
    book(&app, GUS, "suite", "2026-11-27", "18:00").await;
    let gone = app.as_(BEA).get(&format!("{HOLD}{}/", held.number("id"))).await.expect(200);
    assert_eq!(gone["status"], "expired");
    confirm(&app, BEA, held.number("id"), json!({})).await.refused(409, "taken");
}

#[tokio::test]
async fn a_hold_keeps_its_price() {
    let app = TestClub::open().await;
    let held = hold(&app, BEA, "massage", "2026-11-27", "14:00").await.expect(201);
    let service = app.service("massage").await;
    let manager = app.as_(testing::MAX).get("/api/users/profile/me/").await.expect(200).number("id");
    app.db()
        .tx(move |tx| {
            let by = people::Actor::of(people::person(tx, kit::Id(manager))?);
            catalogue::reprice(tx, &by, service, kit::Cents(90_000), kit::Cents(80_000))
        })
        .await
        .expect("repriced");
    let led = app.addon("led").await;
    let more = json!({"addons": [{"id": led}], "special_requests": "Quiet, please"});
    let booked = confirm(&app, BEA, held.number("id"), more).await.expect(201);
    assert_eq!(booked["pricing"]["final_total"], "200.00", "150.00 as it was held, and 50.00 for LED");
    assert_eq!(booked["special_requests"], "Quiet, please");
    assert_eq!(booked["booking_reference"], "CS-2026-000001");
    assert_eq!((&booked["status"], booked.number("id")), (&json!("confirmed"), held.number("id")));
    confirm(&app, BEA, held.number("id"), json!({})).await.refused(409, "wrong_state");
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 1);
}

#[tokio::test]
async fn an_account_can_hold_three_times_and_a_visitor_one() {
    let app = TestClub::open().await;
    for time in ["12:00", "13:00", "14:00"] {
        hold(&app, GUS, "pod", "2026-11-27", time).await.expect(201);
    }
    hold(&app, GUS, "pod", "2026-11-27", "15:00").await.refused(409, "too_many_open");
    let my_bookings = app.as_(GUS).get(MY_BOOKINGS).await.expect(200);
    assert_eq!((my_bookings.list("held").len(), my_bookings.list("upcoming").len()), (3, 0));

    let visitor = app.visitor();
    let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
    let first = visitor.post(HOLD, body).await.expect(201);
    let token = first["token"].as_str().expect("a token").to_owned();
    let path = format!("{HOLD}{}/", first.number("id"));
    visitor.get(&path).await.refused(404, "not_found");
    app.as_(GUS).get(&format!("{path}?token=guess")).await.refused(404, "not_found");
    visitor.get(&format!("{path}?token={token}")).await.expect(200);
    let again = and(request_body(&app, "suite", "2026-11-27", "12:00").await, json!({"token": token}));
    visitor.post(HOLD, again).await.expect(201);
    // The first hold was released.
    hold(&app, PIA, "suite", "2026-11-27", "18:00").await.expect(201);
}

#[tokio::test]
async fn a_visitors_hold_is_booked_by_the_account_at_its_own_price() {
    let app = TestClub::open().await;
    let body = request_body(&app, "massage", "2026-11-27", "14:00").await;
    let held = app.visitor().post(HOLD, body).await.expect(201);
    assert_eq!(held["pricing"]["final_total"], "200.00");
    let token = held["token"].as_str().expect("a token").to_owned();
    confirm(&app, PIA, held.number("id"), json!({})).await.refused(404, "not_found");
    let input = json!({"hold_id": held.number("id"), "token": token});
    app.visitor().post(CREATE, input.clone()).await.refused(401, "not_signed_in");
    let booked = app.as_(PIA).post(CREATE, input).await.expect(201);
    assert_eq!(booked["pricing"]["final_total"], "130.00");
    // The guest's own time is claimed too (F6).
    try_book(&app, PIA, "pod", "2026-11-27", "14:30").await.refused(409, "same_person");
}

#[tokio::test]
async fn a_hold_can_be_extended_once_and_released() {
    let app = TestClub::open().await;
    let held = hold(&app, UMA, "suite", "2026-11-27", "18:00").await.expect(201);
    let path = format!("{HOLD}{}/", held.number("id"));
    app.set_time("2026-11-24T10:08:00-05:00");
    app.as_(BEA).post(&format!("{path}extend/"), json!({})).await.refused(404, "not_found");
    let more = app.as_(UMA).post(&format!("{path}extend/"), json!({})).await.expect(200);
    assert_eq!(more["expires_at"], "2026-11-24T10:18:00-05:00");
    app.as_(UMA).post(&format!("{path}extend/"), json!({})).await.refused(409, "wrong_state");
    app.set_time("2026-11-24T10:15:00-05:00");
    try_book(&app, GUS, "suite", "2026-11-27", "18:00").await.refused(409, "taken");
    let delete = axum::http::Method::DELETE;
    app.as_(GUS).send(delete.clone(), &path, None, Vec::new()).await.refused(404, "not_found");
    app.as_(UMA).send(delete.clone(), &path, None, Vec::new()).await.expect(204);
    app.as_(UMA).send(delete, &path, None, Vec::new()).await.refused(409, "wrong_state");
    book(&app, GUS, "suite", "2026-11-27", "18:00").await;
}

/// An expired hold whose time is still free can be booked. A credit used by a hold is given back.
#[tokio::test]
async fn an_expired_hold_can_be_booked_if_its_time_is_free() {
    let app = TestClub::open().await;
    let body = and(request_body(&app, "massage", "2026-11-27", "14:00").await, json!({"use_credit": true}));
    let held = app.as_(PIA).post(HOLD, body).await.expect(201);
    assert_eq!(held["pricing"]["final_total"], "0.00");
    app.set_time("2026-11-24T10:20:00-05:00");
    let maintained = app.db().tx(bookings::run_maintenance).await.expect("maintained");
    assert!(maintained >= 1);
    let used = |answer: Answer| answer.number("services_used_this_month");
    let current = app.as_(PIA).get("/api/memberships/current/").await.expect(200);
    let credit = current["can_use_service_credit"].clone();
    assert_eq!((used(current), credit), (0, json!(true)), "the credit came back");
    let booked = confirm(&app, PIA, held.number("id"), json!({"use_credit": true})).await.expect(201);
    assert_ne!(booked.number("id"), held.number("id"));
    assert_eq!(booked["pricing"]["final_total"], "0.00");
}

/// F7: upcoming bookings are counted, even if they are made at once.
#[tokio::test]
async fn an_account_can_have_three_upcoming_bookings() {
    let app = TestClub::open().await;
    let body = request_body(&app, "pod", "2026-11-27", "12:00").await;
    let at = |hour: i64| and(body.clone(), json!({"start_time": format!("{hour}:00")}));
    let (guest, desk) = (app.as_(GUS), app.as_(DORA));
    let (a, b, c, d, e) = tokio::join!(
        guest.post(CREATE, at(11)),
        guest.post(CREATE, at(12)),
        guest.post(CREATE, at(13)),
        guest.post(CREATE, at(14)),
        guest.post(CREATE, at(15)),
    );
    let mut booked = 0;
    for answer in [a, b, c, d, e] {
        match answer.status {
            201 => booked += 1,
            _ => drop(answer.refused(409, "too_many_open")),
        }
    }
    assert_eq!(booked, 3);
    // The front desk may book more for them, and past bookings do not count.
    let person = app.person(GUS);
    desk.post(CREATE, and(at(18), json!({"person_id": person}))).await.expect(201);
    app.set_time("2026-11-27T23:00:00-05:00");
    book(&app, GUS, "pod", "2026-11-28", "12:00").await;
}
