//! Cancellation: the fee that is shown is the fee that is charged (C1), to the second.

use jiff::SignedDuration;
use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, PIA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{MY_BOOKINGS, book, cancel, search, starts};

/// The person, the seconds before the start, and the fee for a price of 300.00 (account) or 225.00 (Base).
const STEPS: [(Player, i64, &str); 14] = [
    (GUS, 48 * 3600 + 1, "0.00"),
    (GUS, 48 * 3600, "0.00"),
    (GUS, 48 * 3600 - 1, "150.00"),
    (GUS, 12 * 3600, "150.00"),
    (GUS, 12 * 3600 - 1, "300.00"),
    (GUS, 1, "300.00"),
    (GUS, -60, "300.00"),
    (BEA, 48 * 3600 - 1, "0.00"),
    (BEA, 24 * 3600, "0.00"),
    (BEA, 24 * 3600 - 1, "112.50"),
    (BEA, 12 * 3600, "112.50"),
    (BEA, 12 * 3600 - 1, "225.00"),
    (BEA, 0, "225.00"),
    (BEA, -7199, "225.00"),
];

#[tokio::test]
async fn the_displayed_cancellation_fee_is_the_fee_charged() {
    let app = TestClub::open().await;
    for (player, seconds, cost) in STEPS {
        let place = format!("{} {seconds} s before", player.first_name);
        app.set_time(testing::NOW);
        let booked = book(&app, player, "suite", "2026-11-27", "14:00").await;
        let starts_at: jiff::Timestamp =
            booked["starts_at"].as_str().and_then(|text| text.parse().ok()).expect("a time");
        app.clock().set(starts_at - SignedDuration::from_secs(seconds));
        let path = format!("/api/bookings/{}/", booked.number("id"));
        let shown = app.as_(player).get(&path).await.expect(200);
        assert_eq!((&shown["cancel_cost"], &shown["can_cancel"]), (&json!(cost), &json!(true)), "{place}");
        let cancelled = cancel(&app, player, booked.number("id")).await.expect(200);
        assert_eq!(cancelled["fee"], cost, "{place}");
        let after = app.as_(player).get(&path).await.expect(200);
        assert_eq!(after.body, cancelled["booking"], "{place}");
        let owed = if cost == "0.00" { "void" } else { "unpaid" };
        assert_eq!(
            (&after["payment_status"], &after["can_cancel"]),
            (&json!(owed), &json!(false)),
            "{place}"
        );
        assert_eq!(after["cancel_cost"], "0.00", "{place}");
        cancel(&app, player, booked.number("id")).await.refused(409, "wrong_state");
        app.set_time(testing::NOW);
        assert!(
            starts(&search(&app, BEA, "suite", "2026-11-27").await).contains(&"14:00"),
            "{place}: it is free"
        );
    }
}

#[tokio::test]
async fn a_booking_cannot_be_canceled_after_its_end() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "suite", "2026-11-27", "14:00").await;
    app.set_time("2026-11-27T16:00:00-05:00");
    let my_bookings = app.as_(GUS).get(MY_BOOKINGS).await.expect(200);
    assert_eq!((my_bookings.number("total_upcoming"), my_bookings.number("total_past")), (0, 1));
    assert_eq!(my_bookings.list("past")[0]["can_cancel"], false);
    cancel(&app, GUS, booked.number("id")).await.refused(409, "wrong_state");
}

/// Cancellation within an hour of booking is free if the start is more than 12 hours away.
#[tokio::test]
async fn canceling_within_an_hour_of_booking_is_free() {
    let app = TestClub::open().await;
    for (time, after, cost) in [
        ("2026-11-25T12:00", 60 * 60, "0.00"),
        ("2026-11-25T12:00", 60 * 60 + 1, "22.50"),
        ("2026-11-24T21:00", 60, "45.00"),
    ] {
        app.set_time(testing::NOW);
        let (date, clock) = time.split_once('T').expect("a date and a time");
        let booked = book(&app, GUS, "pod", date, clock).await;
        app.clock().set(app.clock().now() + SignedDuration::from_secs(after));
        assert_eq!(cancel(&app, GUS, booked.number("id")).await.expect(200)["fee"], cost, "{time} {after}");
    }
}

/// Worked example O, adapted: a booking on the night when the clock goes back. Elapsed hours count.
#[tokio::test]
async fn fees_count_elapsed_hours_when_the_clock_goes_back() {
    let app = TestClub::open_at("2026-10-30T10:00:00-04:00").await;
    for (now, cost) in [
        // 24 hours before Sunday 09:00 EST is Saturday 10:00 EDT.
        ("2026-10-31T10:00:00-04:00", "0.00"),
        ("2026-10-31T10:00:01-04:00", "16.88"),
        // 12 hours before Sunday 09:00 EST is Saturday 22:00 EDT.
        ("2026-10-31T22:00:00-04:00", "16.88"),
        ("2026-10-31T22:00:01-04:00", "33.75"),
    ] {
        app.set_time("2026-10-30T10:00:00-04:00");
        let booked = book(&app, BEA, "pod", "2026-11-01", "09:00").await;
        assert_eq!(booked["starts_at"], "2026-11-01T09:00:00-05:00");
        app.set_time(now);
        assert_eq!(cancel(&app, BEA, booked.number("id")).await.expect(200)["fee"], cost, "{now}");
    }
}

/// C3: a cancellation by the club is free at any time and gives credits back.
#[tokio::test]
async fn cancellation_by_the_club_is_free() {
    let app = TestClub::open().await;
    let late = "2026-11-27T13:00:00-05:00";
    for staff in [DORA, MAX, testing::OLA] {
        app.set_time(testing::NOW);
        let booked = book(&app, GUS, "suite", "2026-11-27", "14:00").await;
        app.set_time(late);
        let cancelled = cancel(&app, staff, booked.number("id")).await.expect(200);
        assert_eq!(cancelled["fee"], "0.00");
        assert_eq!(app.as_(GUS).get(MY_BOOKINGS).await.list("past")[0]["payment_status"], "void");
    }
    app.set_time(testing::NOW);
    let booking_request = crate::and(
        crate::request_body(&app, "massage", "2026-11-27", "14:00").await,
        json!({"use_credit": true}),
    );
    let booked = app.as_(PIA).post(crate::CREATE, booking_request).await.expect(201);
    app.set_time(late);
    cancel(&app, DORA, booked.number("id")).await.expect(200);
    let current = app.as_(PIA).get("/api/memberships/current/").await.expect(200);
    assert_eq!(current.number("services_used_this_month"), 0);
}

/// The booking of another person is not found.
#[tokio::test]
async fn another_persons_booking_is_not_found() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "suite", "2026-11-27", "14:00").await;
    let (id, path) = (booked.number("id"), format!("/api/bookings/{}/", booked.number("id")));
    for player in [BEA, PIA, UMA, TOM] {
        app.as_(player).get(&path).await.refused(404, "not_found");
        cancel(&app, player, id).await.refused(404, "not_found");
    }
    app.visitor().get(&path).await.refused(401, "not_signed_in");
    app.visitor().post(&format!("{path}cancel_booking/"), json!({})).await.refused(401, "not_signed_in");
    for player in [DORA, MAX, testing::OLA] {
        assert_eq!(app.as_(player).get(&path).await.expect(200)["id"], id);
    }
    assert_eq!(app.as_(GUS).get(&path).await.expect(200)["status"], "confirmed");
    for id in ["0", "-1", "9007199254740993", "99999999999999999999", "abc", "%00", "1e3", "%F0%9F%92%86"] {
        app.as_(DORA).get(&format!("/api/bookings/{id}/")).await.refused(404, "not_found");
    }
}
