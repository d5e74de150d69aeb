//! Services that a person has had (S5).

use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, PIA, TOM, TestClub};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, request_body};

const HISTORY: &str = "/api/services/history/";

/// Checks a booking in, starts it, and completes it.
async fn complete_visit(app: &TestClub, booking: i64, at: &str) {
    app.set_time(at);
    for step in ["check_in", "start", "complete"] {
        app.as_(DORA).post(&format!("/api/bookings/{booking}/{step}/"), json!({})).await.expect(200);
    }
}

fn summary(item: &Value) -> (Value, Value, Value) {
    (item["service"]["slug"].clone(), item["times"].clone(), item["last_date"].clone())
}

#[tokio::test]
async fn past_services_are_listed_once_each_latest_first() {
    let app = TestClub::open().await;
    app.visitor().get(HISTORY).await.refused(401, "not_signed_in");
    assert!(app.as_(BEA).get(HISTORY).await.expect(200).list("").is_empty());
    let first = book(&app, BEA, "massage", "2026-11-25", "12:00").await.number("id");
    let pod = book(&app, BEA, "pod", "2026-11-25", "15:00").await.number("id");
    let again = book(&app, BEA, "massage", "2026-11-26", "12:00").await.number("id");
    book(&app, BEA, "laser", "2026-11-27", "12:00").await;
    // A service that another person came for is not in the history.
    let other = and(request_body(&app, "circle", "2026-11-26", "15:00").await, json!({"guest_name": "Zoe"}));
    let other = app.as_(BEA).post(CREATE, other).await.expect(201).number("id");
    complete_visit(&app, first, "2026-11-25T12:00:00-05:00").await;
    complete_visit(&app, pod, "2026-11-25T15:00:00-05:00").await;
    complete_visit(&app, again, "2026-11-26T12:00:00-05:00").await;
    complete_visit(&app, other, "2026-11-26T15:00:00-05:00").await;

    let had = app.as_(BEA).get(HISTORY).await.expect(200);
    let all: Vec<_> = had.list("").iter().map(summary).collect();
    assert_eq!(
        all,
        [(json!("massage"), json!(2), json!("2026-11-26")), (json!("pod"), json!(1), json!("2026-11-25"))]
    );
    let massage = &had.list("")[0];
    assert_eq!(
        (&massage["last_booking_id"], &massage["last_starts_at"], &massage["is_offered"]),
        (&json!(again), &json!("2026-11-26T12:00:00-05:00"), &json!(true))
    );
    assert_eq!(massage["technicians"].as_array().map(Vec::len), Some(1));
    let page = app.as_(BEA).get("/api/services/history/?page=2&page_size=1").await.expect(200);
    assert_eq!((page.list("").len(), page.header("x-total-count")), (1, "2"));
    assert_eq!(page.list("")[0]["service"]["slug"], "pod");
    assert!(app.as_(GUS).get(HISTORY).await.expect(200).list("").is_empty());
}

#[tokio::test]
async fn history_includes_companions_and_is_private_except_to_staff() {
    let app = TestClub::open().await;
    let (bea, gus) = (app.person(BEA), app.person(GUS));
    let body = json!({"person_id": bea, "companion_id": gus});
    let both = and(request_body(&app, "couples", "2026-11-25", "12:00").await, body);
    let both = app.as_(DORA).post(CREATE, both).await.expect(201).number("id");
    complete_visit(&app, both, "2026-11-25T12:00:00-05:00").await;
    assert_eq!(app.as_(GUS).get(HISTORY).await.expect(200).list("").len(), 1);
    for (player, may) in [(DORA, true), (BEA, true), (PIA, false), (TOM, false)] {
        let requester = app.person(player);
        let read = app.db().view(move |tx| {
            let by = people::Actor::of(people::person(tx, requester)?);
            bookings::past_services(tx, &by, bea)
        });
        assert_eq!(read.await.is_ok(), may, "{}", player.first_name);
    }
}
