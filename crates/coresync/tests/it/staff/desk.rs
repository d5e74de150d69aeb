//! What the front desk, a manager, and a technician may do over the API.

use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, OLA, PIA, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, cancel, request_body};

/// The front desk books for a guest without an account: at list price, and owned by no account.
#[tokio::test]
async fn the_front_desk_books_for_a_guest_by_name() {
    let app = TestClub::open().await;
    let guest = json!({"guest_name": "Mr Walker", "guest_phone": "+1 212 555 0199", "guest_email": "walker@cast.test"});
    let booking_request = and(request_body(&app, "massage", "2026-11-27", "14:00").await, guest);
    let booked = app.as_(DORA).post(CREATE, booking_request).await.expect(201);
    assert_eq!(booked["guest_name"], "Mr Walker");
    assert_eq!(booked["pricing"]["final_total"], "200.00");
    assert_eq!(app.as_(DORA).get(MY_BOOKINGS).await.number("total_upcoming"), 0, "it is not hers");
    // Two guests at one time are two people.
    let other =
        and(request_body(&app, "massage", "2026-11-27", "14:00").await, json!({"guest_name": "Ms Walker"}));
    app.as_(DORA).post(CREATE, other).await.expect(201);
    assert_eq!(cancel(&app, MAX, booked.number("id")).await.expect(200)["fee"], "0.00");
}

/// Without a guest's name, staff book for themselves.
#[tokio::test]
async fn staff_book_for_themselves_without_a_guest_name() {
    let app = TestClub::open().await;
    for player in [DORA, MAX, OLA, TOM] {
        let booked = crate::book(&app, player, "pod", "2026-11-27", "14:00").await;
        assert_eq!(booked["pricing"]["final_total"], "45.00");
        assert_eq!(app.as_(player).get(MY_BOOKINGS).await.number("total_upcoming"), 1);
    }
}

/// A technician sees only their own bookings, and nothing that is for the front desk.
#[tokio::test]
async fn a_technician_cannot_act_as_the_front_desk() {
    let app = TestClub::open().await;
    let booked = crate::book(&app, GUS, "pod", "2026-11-27", "14:00").await;
    app.as_(TOM).get(&format!("/api/bookings/{}/", booked.number("id"))).await.refused(404, "not_found");
    cancel(&app, TOM, booked.number("id")).await.refused(404, "not_found");
    let for_gus = json!({"person_id": app.person(GUS), "start_time": "16:00"});
    let for_gus = and(request_body(&app, "pod", "2026-11-27", "16:00").await, for_gus);
    app.as_(TOM).post(CREATE, for_gus).await.refused(403, "not_allowed");
}

/// Metrics are for managers. A remote caller without permission is refused.
#[tokio::test]
async fn only_managers_can_read_metrics() {
    let app = TestClub::open().await;
    assert_eq!(app.visitor().get("/metrics").await.status, 401);
    for player in [GUS, BEA, PIA, UMA, TOM, DORA] {
        assert_eq!(app.as_(player).get("/metrics").await.status, 403, "{}", player.first_name);
    }
    for player in [MAX, OLA] {
        // The tests record no metrics, but these callers have permission.
        assert_eq!(app.as_(player).get("/metrics").await.status, 404, "{}", player.first_name);
    }
}

/// The same credential in a browser's cookie. An ended one makes a visitor of a browser, and is refused for an app.
#[tokio::test]
async fn cookies_and_bearer_tokens_identify_the_same_person() {
    let app = TestClub::open().await;
    assert_eq!(app.browser(GUS).get("/api/users/profile/me/").await.expect(200)["email"], "gus@cast.test");
    app.bearer("nonsense").get("/api/services/").await.refused(401, "not_signed_in");
    app.as_(GUS).post("/api/auth/logout/", json!({})).await.expect(204);
    app.as_(GUS).get("/api/services/").await.refused(401, "not_signed_in");
    app.browser(GUS).get("/api/users/profile/me/").await.expect(200);
}

#[tokio::test]
async fn the_health_and_readiness_checks_succeed() {
    let app = TestClub::open().await;
    assert_eq!(app.visitor().get("/health/").await.expect(200).text(), "ok\n");
    assert_eq!(app.visitor().get("/ready/").await.expect(200).text(), "ready\n");
}

/// Staff name an account by its id: an unknown id is an error of the field, not a fault.
#[tokio::test]
async fn an_unknown_account_or_companion_is_a_field_error() {
    let app = TestClub::open().await;
    for field in ["person_id", "companion_id"] {
        let body = and(request_body(&app, "couples", "2026-11-27", "12:00").await, json!({field: 5}));
        for path in [CREATE, "/api/bookings/hold/", "/api/bookings/series/"] {
            let body = and(body.clone(), json!({"every_weeks": 1, "times": 2, "count": 2}));
            let refused = app.as_(DORA).post(path, body).await.refused(400, "invalid");
            assert!(refused["errors"][field].is_string(), "{path}: {}", refused.text());
        }
        app.as_(GUS).post(CREATE, body).await.expect(403);
    }
}
