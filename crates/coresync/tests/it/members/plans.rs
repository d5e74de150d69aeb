//! Versions of plans, operations at the front desk, and the passing of billing months (M1, M4 to M7).

use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, PIA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, request_body};

async fn desk(app: &TestClub, by: Player, whose: Player, what: &str, input: Value) -> Answer {
    app.as_(by).post(&format!("/api/memberships/{}/{what}/", app.person(whose)), input).await
}

async fn change_own(app: &TestClub, by: Player, what: &str, input: Value) -> Answer {
    app.as_(by).post(&format!("/api/memberships/{what}/"), input).await
}

async fn current(app: &TestClub, by: Player) -> Answer {
    app.as_(by).get("/api/memberships/current/").await.expect(200)
}

async fn price(app: &TestClub, by: Player, booking: i64) -> Value {
    let booking = app.as_(by).get(&format!("/api/bookings/{booking}/")).await.expect(200);
    booking["pricing"]["final_total"].clone()
}

async fn put(app: &TestClub, by: Player, path: &str, input: Value) -> Answer {
    let body = input.to_string().into_bytes();
    app.as_(by).send(axum::http::Method::PUT, path, Some("application/json"), body).await
}

/// Returns the terms of Base with another price and discount.
fn base(version: i64, price: &str, discount: i64) -> Value {
    json!({"version": version, "price": price, "short_description": "Newer.", "benefits": ["One", "Two"],
        "discount_percentage": discount, "max_advance_days": 40, "monthly_service_credits": 1, "guest_passes": 0,
        "mensuite_access": true, "iot_control_access": true})
}

const BASE: &str = "/api/memberships/plans/base/";

#[tokio::test]
async fn editing_a_plan_creates_a_version_and_members_keep_theirs() {
    let app = TestClub::open().await;
    for player in [GUS, BEA, TOM, DORA] {
        put(&app, player, BASE, base(1, "400.00", 20)).await.refused(403, "not_allowed");
    }
    let wrong = put(&app, MAX, BASE, json!({"version": 1, "price": "1.005"})).await.refused(400, "invalid");
    assert!(wrong["errors"]["price"].is_string() && wrong["errors"]["discount_percentage"].is_string());
    let booked = book(&app, BEA, "massage", "2026-12-12", "12:00").await.number("id");
    assert_eq!(put(&app, MAX, BASE, base(1, "400.00", 20)).await.expect(200)["version"], 2);
    put(&app, MAX, BASE, base(1, "410.00", 20)).await.refused(409, "edited_meanwhile");
    let plans = app.visitor().get("/api/memberships/plans/").await.expect(200);
    assert_eq!(
        (&plans.list("")[0]["price"], &plans.list("")[0]["max_advance_days"]),
        (&json!("400.00"), &json!(40))
    );
    let bea = current(&app, BEA).await;
    assert_eq!((&bea["plan"]["price"], &bea["plan"]["discount_percentage"]), (&json!("375.00"), &json!(25)));
    desk(&app, DORA, GUS, "enrol", json!({"plan": "base", "paid": "cash"})).await.expect(201);
    assert_eq!(current(&app, GUS).await["plan"]["price"], "400.00");

    let path = format!("{BASE}versions/");
    app.as_(DORA).get(&path).await.refused(403, "not_allowed");
    let versions = app.as_(MAX).get(&path).await.expect(200);
    let version_and_members =
        |at: usize| (versions.list("")[at]["version"].clone(), versions.list("")[at]["members"].clone());
    assert_eq!(
        (version_and_members(0), version_and_members(1)),
        ((json!(2), json!(1)), (json!(1), json!(1)))
    );
    assert_eq!(versions.list("")[0]["made_by"], app.person(MAX).0);

    // The manager moves members to the new version: from the next month on, with a notification, and bookings keep
    // their price (P6).
    let path = format!("{BASE}move_over/");
    app.as_(DORA).post(&path, json!({})).await.refused(403, "not_allowed");
    assert_eq!(app.as_(MAX).post(&path, json!({})).await.expect(200)["members"], 1);
    assert_eq!(app.as_(MAX).post(&path, json!({})).await.expect(200)["members"], 0, "once");
    assert_eq!(current(&app, BEA).await["plan"]["price"], "375.00");
    app.run_jobs().await;
    assert!(app.mails().iter().any(|mail| mail.contains("bea@cast.test") && mail.contains("$400")));
    app.set_time("2026-12-10T00:00:00-05:00");
    assert_eq!(current(&app, BEA).await["plan"]["price"], "400.00", "from midnight on");
    app.run_jobs().await;
    app.db().tx(membership::run_billing_day).await.expect("the day is billed");
    app.run_jobs().await;
    assert_eq!(current(&app, BEA).await["plan"]["price"], "400.00");
    assert_eq!(price(&app, BEA, booked).await, "150.00");
    // New bookings use the new terms: min(150, 200 less 20 %).
    assert_eq!(book(&app, BEA, "massage", "2026-12-13", "12:00").await["pricing"]["final_total"], "150.00");
}

/// Regression test: during a freeze, a change priced bookings after the freeze as if there were no plan.
#[tokio::test]
async fn changes_during_a_freeze_keep_the_price_of_later_bookings() {
    let app = TestClub::open().await;
    let after = book(&app, PIA, "massage", "2027-01-12", "12:00").await.number("id");
    let within = book(&app, PIA, "massage", "2026-12-15", "12:00").await.number("id");
    change_own(&app, PIA, "freeze", json!({"months": 1})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(
        (price(&app, PIA, after).await, price(&app, PIA, within).await),
        (json!("130.00"), json!("200.00"))
    );
    app.set_time("2026-12-12T12:00:00-05:00");
    change_own(&app, PIA, "leave", json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(price(&app, PIA, after).await, "200.00", "who leaves has no plan then");
    change_own(&app, PIA, "stay", json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(
        (price(&app, PIA, after).await, price(&app, PIA, within).await),
        (json!("130.00"), json!("200.00"))
    );
}

/// P6: bookings made before joining stay at list price, whatever becomes of the membership.
#[tokio::test]
async fn bookings_made_before_joining_keep_their_price() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "massage", "2026-11-27", "12:00").await.number("id");
    desk(&app, DORA, GUS, "enrol", json!({"plan": "base", "paid": "terminal"})).await.expect(201);
    change_own(&app, GUS, "leave", json!({})).await.expect(200);
    change_own(&app, GUS, "stay", json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(price(&app, GUS, booked).await, "200.00");
}

/// A credit that had paid pays again when the agreed terms are restored.
#[tokio::test]
async fn a_credit_applies_again_when_the_member_stays() {
    let app = TestClub::open().await;
    let input = and(request_body(&app, "massage", "2026-12-12", "12:00").await, json!({"use_credit": true}));
    let booked = app.as_(PIA).post(CREATE, input).await.expect(201).number("id");
    for (what, total) in [("leave", "200.00"), ("stay", "0.00")] {
        change_own(&app, PIA, what, json!({})).await.expect(200);
        app.run_jobs().await;
        assert_eq!(price(&app, PIA, booked).await, total, "{what}");
    }
}

/// M1: enrolled on the 31st. The month changes at the club's midnight.
#[tokio::test]
async fn enrolling_starts_today_and_months_end_at_the_clubs_midnight() {
    let app = TestClub::open_at("2027-01-31T23:30:00-05:00").await;
    let sold = json!({"plan": "premium", "paid": "terminal"});
    for player in [GUS, UMA, TOM] {
        desk(&app, player, GUS, "enrol", sold.clone()).await.refused(403, "not_allowed");
    }
    desk(&app, DORA, GUS, "enrol", json!({"plan": "premium"})).await.refused(400, "invalid");
    desk(&app, DORA, GUS, "enrol", json!({"plan": "gold", "paid": "cash"})).await.refused(404, "not_found");
    assert_eq!(desk(&app, DORA, GUS, "enrol", sold.clone()).await.expect(201)["until"], "2027-02-27");
    desk(&app, DORA, GUS, "enrol", sold.clone()).await.refused(409, "already_member");
    app.run_jobs().await;
    assert!(app.mails().iter().any(|mail| mail.contains("Premium member as of today")));
    let counted = app.db().view(|tx| {
        tx.all::<(i64, String)>(
            sql!("SELECT net_cents, status FROM charges WHERE subject_kind = 'membership'"),
            args![],
        )
    });
    assert_eq!(counted.await.expect("charges"), [(70_000, "paid".to_owned())]);
    let dues = |seen: &'static str| desk(&app, DORA, GUS, "dues", json!({"paid": "cash", "seen": seen}));
    dues("2027-02-27").await.refused(409, "nothing_due");
    app.set_time("2027-02-27T23:59:59-05:00");
    assert_eq!(current(&app, GUS).await["status"], "active");
    app.set_time("2027-02-28T00:00:00-05:00");
    assert_eq!(current(&app, GUS).await["status"], "grace", "before any nightly work");
    dues("2027-01-31").await.refused(409, "edited_meanwhile");
    assert_eq!(dues("2027-02-27").await.expect(200)["until"], "2027-03-30");
    app.run_jobs().await;
    // A person who left may join again at once.
    change_own(&app, GUS, "leave", json!({})).await.expect(200);
    app.set_time("2027-03-31T00:00:00-04:00");
    app.as_(GUS).get("/api/memberships/current/").await.expect(404);
    assert_eq!(desk(&app, DORA, GUS, "enrol", sold).await.expect(201)["until"], "2027-04-29");
}

/// M4: an upgrade is charged to the second and takes effect at once. Bookings keep their price, and used credits stay
/// used.
#[tokio::test]
async fn an_upgrade_is_paid_at_the_front_desk_and_applies_at_once() {
    let app = TestClub::open().await;
    let booked = book(&app, BEA, "massage", "2026-12-08", "12:00").await.number("id");
    let path = "/api/memberships/upgrade/premium/";
    let seen = app.as_(BEA).get(path).await.expect(200);
    // From 24 November, 10:00, to 10 December, 0:00, are 1346400 of the month's 2592000 seconds.
    assert_eq!(
        (&seen["charge"], &seen["credit"], &seen["total"]),
        (&json!("363.61"), &json!("194.79"), &json!("168.82"))
    );
    app.as_(UMA).get(path).await.refused(409, "no_upgrade");
    app.as_(GUS).get(path).await.refused(409, "no_plan");
    app.as_(BEA).get("/api/memberships/upgrade/gold/").await.refused(404, "not_found");
    app.visitor().get(path).await.refused(401, "not_signed_in");
    let sold = json!({"plan": "premium", "paid": "terminal"});
    desk(&app, BEA, BEA, "upgrade", sold.clone()).await.refused(403, "not_allowed");
    assert_eq!(desk(&app, DORA, BEA, "upgrade", sold.clone()).await.expect(200)["total"], "168.82");
    desk(&app, DORA, BEA, "upgrade", sold).await.refused(409, "no_upgrade");
    app.run_jobs().await;
    let bea = current(&app, BEA).await;
    assert_eq!((&bea["plan"]["slug"], &bea["end_date"]), (&json!("premium"), &json!("2026-12-09")));
    assert_eq!(bea["service_credits_left"], 2);
    assert_eq!(price(&app, BEA, booked).await, "150.00");
    assert_eq!(book(&app, BEA, "massage", "2026-12-09", "12:00").await["pricing"]["final_total"], "130.00");
    // The payment does not count as savings, nor does an upcoming visit.
    assert_eq!(current(&app, BEA).await["savings"], "0.00");
}

/// The last credit, the last pass, one freeze, and one month of dues: of two requests at once, one gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_use_the_last_benefit_once() {
    let app = TestClub::open().await;
    for (benefit, service, times) in
        [("use_credit", "massage", ["12:00", "15:00"]), ("use_pass", "couples", ["12:00", "16:00"])]
    {
        let day = if benefit == "use_pass" { "2026-12-03" } else { "2026-12-02" };
        if benefit == "use_credit" {
            let first = and(request_body(&app, service, "2026-12-01", "12:00").await, json!({benefit: true}));
            app.as_(PIA).post(CREATE, first).await.expect(201);
        }
        let one = and(request_body(&app, service, day, times[0]).await, json!({benefit: true}));
        let other = and(request_body(&app, service, day, times[1]).await, json!({benefit: true}));
        let pia = app.as_(PIA);
        let (one, other) = tokio::join!(pia.post(CREATE, one), pia.post(CREATE, other));
        let paid_by = |answer: &Answer| {
            let code = benefit.trim_start_matches("use_");
            answer["pricing"]["why"].as_array().is_some_and(|why| why.iter().any(|line| line["code"] == code))
        };
        let (one, other) = (one.expect(201), other.expect(201));
        assert!(paid_by(&one) != paid_by(&other), "{benefit}: {} {}", one.text(), other.text());
    }
    let freeze = || change_own(&app, UMA, "freeze", json!({"months": 2}));
    let (one, other) = tokio::join!(freeze(), freeze());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(current(&app, UMA).await["frozen_until"], "2027-02-09");
    app.set_time("2026-12-09T10:00:00-05:00");
    let seen = json!({"paid": "cash", "seen": "2026-12-09"});
    let take = || desk(&app, DORA, BEA, "dues", seen.clone());
    let (one, other) = tokio::join!(take(), take());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(current(&app, BEA).await["end_date"], "2027-01-09");
}

/// M7 and M5: bookings cost the list price while a membership is suspended, and the agreed price when the dues are
/// paid.
#[tokio::test]
async fn suspension_and_payment_reprice_existing_bookings() {
    let app = TestClub::open().await;
    let booked = book(&app, BEA, "massage", "2026-12-22", "12:00").await.number("id");
    app.set_time("2026-12-17T00:05:00-05:00");
    app.db().tx(membership::run_billing_day).await.expect("the day is billed");
    app.run_jobs().await;
    assert_eq!(price(&app, BEA, booked).await, "200.00");
    assert!(app.mails().iter().any(|mail| mail.contains("is suspended until your payment is made")));
    desk(&app, DORA, BEA, "dues", json!({"paid": "cash", "seen": "2026-12-09"})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(price(&app, BEA, booked).await, "150.00");
    app.set_time("2026-12-22T11:00:00-05:00");
    let cancelled = crate::cancel(&app, BEA, booked).await.expect(200);
    assert_eq!(cancelled["fee"], "150.00", "what was agreed holds again, its policy too");
}
