//! Plans and their versions, and operations of the front desk on memberships, in the API.

use jiff::civil::date;
use membership::MembershipEventKind;
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, PIA, Player, TOM, TestClub, UMA, assert_shape};

use crate::open;

async fn desk(app: &TestClub, by: Player, whose: Player, what: &str, input: Value) -> Answer {
    app.as_(by).post(&format!("/api/memberships/{}/{what}/", app.person(whose)), input).await
}

async fn put(app: &TestClub, by: Player, path: &str, input: Value) -> Answer {
    let body = input.to_string().into_bytes();
    app.as_(by).send(axum::http::Method::PUT, path, Some("application/json"), body).await
}

/// Returns the terms of Base with another price and discount. `version` is the version that the manager saw.
fn base(version: i64, price: &str, discount: i64) -> Value {
    json!({"version": version, "price": price, "short_description": "Newer.", "benefits": ["One", "Two"],
        "discount_percentage": discount, "max_advance_days": 40, "monthly_service_credits": 1, "guest_passes": 0,
        "mensuite_access": true, "iot_control_access": true})
}

const BASE: &str = "/api/memberships/plans/base/";

fn plan() -> Value {
    json!({
        "id": "id", "name": "text", "slug": "text", "price": "money", "short_description": "text",
        "benefits": ["text"], "discount_percentage": "integer", "mensuite_access": "yes-or-no",
        "coresync_private_access": "yes-or-no", "iot_control_access": "yes-or-no", "priority_booking": "yes-or-no",
        "monthly_service_credits": "integer?", "guest_passes": "integer", "max_advance_days": "integer",
        "featured": "yes-or-no", "order": "integer",
    })
}

#[tokio::test]
async fn the_api_lists_the_plans_that_can_be_joined() {
    let app = open().await;
    let visitor = app.visitor();
    let plans = visitor.get("/api/memberships/plans/").await.expect(200);
    assert_shape("plans", &plans.body, &json!([plan()]));
    let credits: Vec<_> = plans.list("").iter().map(|one| one["monthly_service_credits"].clone()).collect();
    assert_eq!(credits, [json!(0), json!(2), json!(null)], "null is unlimited, 0 is none");
}

#[tokio::test]
async fn a_member_sees_their_own_plan() {
    let app = open().await;
    let own = app.as_(PIA).get("/api/memberships/current/").await.expect(200);
    let shape = json!({
        "plan": plan(), "status": "text", "is_active": "yes-or-no", "start_date": "date", "end_date": "date",
        "days_remaining": "integer", "auto_renew": "yes-or-no", "services_used_this_month": "integer",
        "guest_passes_used": "integer", "can_use_service_credit": "yes-or-no", "savings": "money",
    });
    assert_shape("current", &own.body, &shape);
    assert_eq!((own.number("days_remaining"), &own["is_active"]), (15, &json!(true)));
    let none = app.as_(GUS).get("/api/memberships/current/").await.expect(404);
    assert_shape("none", &none.body, &json!({"error": "text", "available_plans": [plan()]}));
    app.visitor().get("/api/memberships/current/").await.refused(401, "not_signed_in");
}

/// If two managers edit the same version at the same time, one edit succeeds.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_two_concurrent_edits_of_a_version_succeeds() {
    let app = open().await;
    let edit = |price: &'static str| put(&app, MAX, BASE, base(1, price, 20));
    let (one, other) = tokio::join!(edit("400.00"), edit("500.00"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let versions = app.as_(MAX).get(&format!("{BASE}versions/")).await.expect(200);
    assert_eq!(versions.list("").len(), 2);
}

#[tokio::test]
async fn staff_freeze_and_end_memberships_and_each_change_is_recorded() {
    let app = open().await;
    for player in [GUS, UMA, TOM] {
        for what in ["freeze", "leave", "stay", "dues", "upgrade"] {
            let input = json!({"months": 1, "plan": "unlimited", "paid": "cash", "seen": "2026-12-09"});
            desk(&app, player, BEA, what, input).await.refused(403, "not_allowed");
        }
    }
    desk(&app, DORA, BEA, "freeze", json!({"months": 1})).await.expect(200);
    desk(&app, DORA, BEA, "leave", json!({})).await.expect(200);
    desk(&app, MAX, BEA, "stay", json!({})).await.expect(200);
    let (bea, dora) = (app.person(BEA), app.person(DORA));
    let events = app.db().view(move |tx| {
        let by = people::Actor::of(people::person(tx, dora)?);
        membership::events(tx, &by, bea)
    });
    let events = events.await.expect("events");
    let shown: Vec<_> = events.iter().map(|event| (event.kind, event.by)).collect();
    let frozen = MembershipEventKind::Frozen { year: 2026, months: 1 };
    assert_eq!(
        shown,
        [
            (MembershipEventKind::Stays, Some(app.person(MAX))),
            (MembershipEventKind::Leaves, Some(dora)),
            (frozen, Some(dora))
        ]
    );
    assert_eq!(events[2].detail.until, Some(date(2027, 1, 9)));
}

/// Returns the terms of Base with another price, in effect from a day on.
fn base_from(version: i64, price: &str, day: &str) -> Value {
    let mut terms = base(version, price, 20);
    terms["effective_on"] = json!(day);
    terms
}

/// Returns the price at which people join Base now.
async fn base_price(app: &TestClub) -> String {
    let plans = app.visitor().get("/api/memberships/plans/").await.expect(200);
    plans.list("")[0]["price"].as_str().expect("a price").to_owned()
}

#[tokio::test]
async fn a_version_applies_to_members_who_join_from_its_effective_date() {
    let app = open().await;
    assert_eq!(put(&app, MAX, BASE, base_from(1, "400.00", "2026-12-01")).await.expect(200)["version"], 2);
    put(&app, MAX, BASE, base(1, "410.00", 20)).await.refused(409, "edited_meanwhile");
    assert_eq!(base_price(&app).await, "375.00");
    let joined = desk(&app, DORA, GUS, "enrol", json!({"plan": "base", "paid": "cash"})).await;
    joined.expect(201);
    // The day begins at midnight of the club.
    app.set_time("2026-11-30T23:59:59-05:00");
    assert_eq!(base_price(&app).await, "375.00");
    app.set_time("2026-12-01T00:00:00-05:00");
    assert_eq!(base_price(&app).await, "400.00");
    desk(&app, DORA, TOM, "enrol", json!({"plan": "base", "paid": "cash"})).await.expect(201);
    for (player, price) in [(BEA, "375.00"), (GUS, "375.00"), (TOM, "400.00")] {
        let current = app.as_(player).get("/api/memberships/current/").await.expect(200);
        assert_eq!(current["plan"]["price"], price, "{}", player.email);
    }
    let versions = app.as_(MAX).get(&format!("{BASE}versions/")).await.expect(200);
    let days: Vec<&Value> = versions.list("").iter().map(|version| &version["effective_on"]).collect();
    assert_eq!(days, [&json!("2026-12-01"), &json!("1970-01-01")]);
}

#[tokio::test]
async fn a_version_cannot_take_effect_in_the_past_or_in_more_than_a_year() {
    let app = open().await;
    for (day, sentence) in [
        ("2026-11-23", "This date has passed. Choose today or a later date."),
        ("2027-11-26", "Choose a date within the next year."),
    ] {
        let refused = put(&app, MAX, BASE, base_from(1, "400.00", day)).await.refused(400, "invalid");
        assert_eq!(refused["errors"]["effective_on"], sentence, "{day}");
    }
    // It is still Tuesday in New York when Wednesday has begun in UTC.
    app.set_time("2026-11-24T23:30:00-05:00");
    put(&app, MAX, BASE, base_from(1, "400.00", "2026-11-24")).await.expect(200);
    assert_eq!(base_price(&app).await, "400.00");
}

#[tokio::test]
async fn a_newer_version_replaces_one_not_yet_in_effect() {
    let app = open().await;
    put(&app, MAX, BASE, base_from(1, "400.00", "2026-12-10")).await.expect(200);
    put(&app, MAX, BASE, base_from(2, "390.00", "2026-12-05")).await.expect(200);
    for (day, price) in [("2026-12-04", "375.00"), ("2026-12-05", "390.00"), ("2026-12-10", "390.00")] {
        app.set_time(&format!("{day}T12:00:00-05:00"));
        assert_eq!(base_price(&app).await, price, "{day}");
    }
}

#[tokio::test]
async fn members_are_moved_only_to_a_version_in_effect() {
    let app = open().await;
    put(&app, MAX, BASE, base_from(1, "400.00", "2026-12-01")).await.expect(200);
    let path = format!("{BASE}move_over/");
    assert_eq!(app.as_(MAX).post(&path, json!({})).await.expect(200)["members"], 0);
    app.set_time("2026-12-01T12:00:00-05:00");
    assert_eq!(app.as_(MAX).post(&path, json!({})).await.expect(200)["members"], 1);
    // A member who was moved cannot keep the old terms, but can leave.
    let keep = app.as_(BEA).post("/api/memberships/change/", json!({"plan": "base"})).await;
    keep.refused(409, "wrong_state");
    let current = app.as_(BEA).get("/api/memberships/current/").await.expect(200);
    assert_eq!(current["next_plan"], "base");
    app.as_(BEA).post("/api/memberships/leave/", json!({})).await.expect(200);
}

/// Pages that show what can be joined are cached under the version of the catalogue. Every billing day renews it, also a
/// late one, because a version of a plan may have begun meanwhile.
#[tokio::test]
async fn every_billing_day_invalidates_cached_plan_pages() {
    let app = open().await;
    put(&app, MAX, BASE, base_from(1, "400.00", "2026-12-01")).await.expect(200);
    let run = async |moment: &str| {
        app.set_time(moment);
        let before = app.catalogue().await.version;
        app.db().tx(membership::run_billing_day).await.expect("a billing day");
        app.catalogue().await.version != before
    };
    for moment in ["2026-11-30T00:00:00-05:00", "2026-12-01T00:00:00-05:00", "2026-12-03T09:00:00-05:00"] {
        assert!(run(moment).await, "{moment}");
    }
}
