//! What a booking costs over the API: add-ons, factors, credits, and tax. The reasons add up to the total (P7).

use money::LineKind;
use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, cents, request_body, sum};

async fn buy(app: &TestClub, by: Player, input: Value) -> testing::Answer {
    let time = input["start_time"].as_str().unwrap_or("14:00").to_owned();
    let booking_request = and(request_body(app, "massage", "2026-11-27", &time).await, input);
    let booked = app.as_(by).post(CREATE, booking_request).await.expect(201);
    let pricing = &booked["pricing"];
    assert_eq!(
        sum(&pricing["why"]),
        cents(&pricing["final_total"]),
        "the reasons sum to the total: {pricing}"
    );
    let parts =
        cents(&pricing["base_price"]) + cents(&pricing["addons_total"]) - cents(&pricing["discount_applied"]);
    assert_eq!(
        parts + cents(&pricing["tax"]),
        cents(&pricing["final_total"]),
        "and so do the parts: {pricing}"
    );
    booked
}

fn codes(booked: &testing::Answer) -> Vec<(String, String)> {
    let lines = booked["pricing"]["why"].as_array().expect("reasons");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines.iter().map(|line| (text(&line["code"]), text(&line["amount"]))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(code, amount)| ((*code).to_owned(), (*amount).to_owned())).collect()
}

#[tokio::test]
async fn add_ons_cost_their_list_price_in_every_tier() {
    let app = TestClub::open().await;
    let (target, aroma) = (app.addon("led").await, app.addon("aroma").await);
    let addons =
        json!([{"id": target, "quantity": 1, "notes": ""}, {"id": aroma, "quantity": 2, "notes": "rose"}]);
    for (player, total) in [(GUS, "280.00"), (BEA, "230.00"), (PIA, "210.00"), (UMA, "80.00")] {
        let booked = buy(&app, player, json!({ "addons": addons })).await;
        assert_eq!(booked["pricing"]["addons_total"], "80.00");
        assert_eq!(booked["pricing"]["final_total"], total, "{}", player.first_name);
        cancel(&app, player, booked.number("id")).await.expect(200);
    }
}

#[tokio::test]
async fn invalid_and_duplicate_add_ons_are_refused() {
    let app = TestClub::open().await;
    let (target, aroma) = (app.addon("led").await, app.addon("aroma").await);
    for addons in [
        json!([{ "id": 12 }]),
        json!([{"id": target}, {"id": target}]),
        json!([{"id": target, "quantity": 0}]),
        json!([{"id": target, "quantity": 21}]),
        json!([{"id": target, "quantity": -1}]),
        json!([{"id": target, "quantity": 9_223_372_036_854_775_807_i64}]),
        json!([{"id": target, "quantity": "many"}]),
        json!([{"id": target, "notes": "x".repeat(501)}]),
        json!({"id": target}),
        json!("led"),
        json!([null]),
    ] {
        let booking_request =
            and(request_body(&app, "massage", "2026-11-27", "14:00").await, json!({ "addons": addons }));
        let refused = app.as_(GUS).post(CREATE, booking_request).await.refused(400, "invalid");
        assert!(refused["errors"]["addons"].is_string(), "{addons}");
    }
    let other =
        and(request_body(&app, "couples", "2026-11-27", "14:00").await, json!({"addons": [{ "id": aroma }]}));
    app.as_(GUS).post(CREATE, other).await.refused(400, "invalid");
}

/// Worked examples K and M over the API: a room with a factor of 1.10.
#[tokio::test]
async fn a_room_factor_multiplies_the_price() {
    let app = TestClub::open().await;
    let (duet, target) = (app.room("duet").await, app.addon("led").await);
    let input = |time: &str| json!({"room_id": duet, "start_time": time, "addons": [{ "id": target }]});
    let gus = buy(&app, GUS, input("10:30")).await;
    assert_eq!(codes(&gus), pairs(&[("list", "200.00"), ("room", "20.00"), ("addon", "50.00")]));
    let pia = buy(&app, PIA, input("12:30")).await;
    assert_eq!(
        codes(&pia),
        pairs(&[("list", "200.00"), ("discount", "-70.00"), ("room", "13.00"), ("addon", "50.00")])
    );
    let uma = buy(&app, UMA, input("14:30")).await;
    assert_eq!(
        codes(&uma),
        pairs(&[("list", "200.00"), ("room", "20.00"), ("unlimited", "-220.00"), ("addon", "50.00")])
    );
}

/// P3 and M1: a credit covers the service but not the room's surcharge. There are two a month. A credit is given back
/// with a free cancellation and forfeited with a late one.
#[tokio::test]
async fn premium_has_two_credits_a_month() {
    let app = TestClub::open().await;
    let used = || async {
        let current = app.as_(PIA).get("/api/memberships/current/").await.expect(200);
        (
            current.number("services_used_this_month"),
            current["can_use_service_credit"].as_bool().expect("yes or no"),
        )
    };
    assert_eq!(used().await, (0, true));
    let first = buy(&app, PIA, json!({"use_credit": true, "start_time": "10:00"})).await;
    assert_eq!(codes(&first), pairs(&[("list", "200.00"), ("discount", "-70.00"), ("credit", "-130.00")]));
    assert_eq!(
        (&first["pricing"]["final_total"], &first["payment_status"]),
        (&json!("0.00"), &json!("paid"))
    );
    assert_eq!(used().await, (1, true));

    let duet = app.room("duet").await;
    let second = buy(&app, PIA, json!({"use_credit": true, "room_id": duet, "start_time": "12:00"})).await;
    assert_eq!(second["pricing"]["final_total"], "13.00", "the surcharge of the room stays");
    assert_eq!(used().await, (2, false));

    let third = buy(&app, PIA, json!({"use_credit": true, "start_time": "15:00"})).await;
    assert_eq!(third["pricing"]["final_total"], "130.00", "there is no third");

    cancel(&app, PIA, second.number("id")).await.expect(200);
    assert_eq!(used().await, (1, true), "it came back");

    // Another billing month (they begin on the 10th) has its own credits.
    let booking_request =
        and(request_body(&app, "massage", "2026-12-10", "14:00").await, json!({"use_credit": true}));
    assert_eq!(
        app.as_(PIA).post(CREATE, booking_request).await.expect(201)["pricing"]["final_total"],
        "0.00"
    );
    assert_eq!(used().await, (1, true));

    // Within 24 hours the credit is forfeited (C2).
    app.set_time("2026-11-26T10:00:01-05:00");
    cancel(&app, PIA, first.number("id")).await.expect(200);
    assert_eq!(used().await, (1, true), "it did not come back");
}

#[tokio::test]
async fn requesting_a_credit_without_any_changes_no_price() {
    let app = TestClub::open().await;
    for (player, total, time) in [(GUS, "200.00", "10:00"), (BEA, "150.00", "12:00"), (UMA, "0.00", "14:00")]
    {
        let booked = buy(&app, player, json!({"use_credit": true, "start_time": time})).await;
        assert_eq!(booked["pricing"]["final_total"], total, "{}", player.first_name);
        assert!(codes(&booked).iter().all(|(code, _)| code != "credit"));
    }
}

/// T1: a rate taxes the discounted sum of each kind once, rounded half up. The reasons still add up to the total.
#[tokio::test]
async fn tax_applies_to_the_discounted_total() {
    let app = TestClub::open().await;
    let club = app.club();
    let set = app.db().tx(move |tx| {
        money::set_rate(tx, club, LineKind::Service, 875, "A test.")?;
        money::set_rate(tx, club, LineKind::Addon, 875, "A test.")
    });
    set.await.expect("a rate");
    let led = app.addon("led").await;
    for (player, tax, total, time) in [
        (GUS, "21.88", "271.88", "10:00"),
        (PIA, "15.76", "195.76", "12:00"),
        (UMA, "4.38", "54.38", "14:00"),
    ] {
        let booked = buy(&app, player, json!({"addons": [{ "id": led }], "start_time": time})).await;
        assert_eq!(
            (&booked["pricing"]["tax"], &booked["pricing"]["final_total"]),
            (&json!(tax), &json!(total))
        );
        let my_bookings = app.as_(player).get(crate::MY_BOOKINGS).await.expect(200);
        assert_eq!(my_bookings.list("upcoming")[0], booked.body);
    }
}

/// Only completed visits count as savings: not upcoming ones, and not canceled ones.
#[tokio::test]
async fn savings_add_up_over_completed_visits() {
    let app = TestClub::open().await;
    let savings =
        || async { app.as_(BEA).get("/api/memberships/current/").await.expect(200)["savings"].clone() };
    let first = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    let second = book(&app, BEA, "pod", "2026-11-24", "14:00").await.number("id");
    let third = book(&app, BEA, "massage", "2026-12-04", "12:00").await.number("id");
    assert_eq!(savings().await, "0.00", "nothing is completed yet");
    for (id, arrives, goes) in [(first, "11:55", "13:00"), (second, "13:55", "14:30")] {
        app.set_time(&format!("2026-11-24T{arrives}:00-05:00"));
        app.as_(DORA).post(&format!("/api/bookings/{id}/check_in/"), json!({})).await.expect(200);
        app.as_(DORA).post(&format!("/api/bookings/{id}/start/"), json!({})).await.expect(200);
        app.set_time(&format!("2026-11-24T{goes}:00-05:00"));
        app.as_(DORA).post(&format!("/api/bookings/{id}/complete/"), json!({})).await.expect(200);
    }
    assert_eq!(savings().await, "61.25", "50.00 and 11.25");
    cancel(&app, BEA, third).await.expect(200);
    assert_eq!(savings().await, "61.25");
}
