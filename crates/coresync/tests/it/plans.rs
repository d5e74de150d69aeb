//! Versions of plans, what is done at the desk, and what the calendar does (M1, M4 to M7).

use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, House, MAX, PIA, Player, TOM, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, wish};

async fn desk(house: &House, by: Player, whose: Player, what: &str, words: Value) -> Answer {
    house.as_(by).post(&format!("/api/memberships/{}/{what}/", house.person(whose)), words).await
}

async fn mine(house: &House, by: Player, what: &str, words: Value) -> Answer {
    house.as_(by).post(&format!("/api/memberships/{what}/"), words).await
}

async fn current(house: &House, by: Player) -> Answer {
    house.as_(by).get("/api/memberships/current/").await.expect(200)
}

async fn price(house: &House, by: Player, booking: i64) -> Value {
    let booking = house.as_(by).get(&format!("/api/bookings/{booking}/")).await.expect(200);
    booking["pricing"]["final_total"].clone()
}

async fn put(house: &House, by: Player, path: &str, words: Value) -> Answer {
    let body = words.to_string().into_bytes();
    house.as_(by).send(axum::http::Method::PUT, path, Some("application/json"), body).await
}

/// The terms of Base at another price and discount.
fn base(version: i64, price: &str, discount: i64) -> Value {
    json!({"version": version, "price": price, "short_description": "Newer.", "benefits": ["One", "Two"],
        "discount_percentage": discount, "max_advance_days": 40, "monthly_service_credits": 1, "guest_passes": 0,
        "mensuite_access": true, "iot_control_access": true})
}

const BASE: &str = "/api/memberships/plans/base/";

#[tokio::test]
async fn an_edit_makes_a_version_for_who_joins_and_members_keep_theirs() {
    let house = House::open().await;
    for player in [GUS, BEA, TOM, DORA] {
        put(&house, player, BASE, base(1, "400.00", 20)).await.refused(403, "not_allowed");
    }
    let wrong = put(&house, MAX, BASE, json!({"version": 1, "price": "1.005"})).await.refused(400, "invalid");
    assert!(wrong["errors"]["price"].is_string() && wrong["errors"]["discount_percentage"].is_string());
    let booked = book(&house, BEA, "massage", "2026-12-12", "12:00").await.number("id");
    assert_eq!(put(&house, MAX, BASE, base(1, "400.00", 20)).await.expect(200)["version"], 2);
    put(&house, MAX, BASE, base(1, "410.00", 20)).await.refused(409, "edited_meanwhile");
    let plans = house.visitor().get("/api/memberships/plans/").await.expect(200);
    assert_eq!(
        (&plans.list("")[0]["price"], &plans.list("")[0]["max_advance_days"]),
        (&json!("400.00"), &json!(40))
    );
    let bea = current(&house, BEA).await;
    assert_eq!((&bea["plan"]["price"], &bea["plan"]["discount_percentage"]), (&json!("375.00"), &json!(25)));
    desk(&house, DORA, GUS, "enrol", json!({"plan": "base", "paid": "cash"})).await.expect(201);
    assert_eq!(current(&house, GUS).await["plan"]["price"], "400.00");

    let path = format!("{BASE}versions/");
    house.as_(DORA).get(&path).await.refused(403, "not_allowed");
    let versions = house.as_(MAX).get(&path).await.expect(200);
    let told =
        |at: usize| (versions.list("")[at]["version"].clone(), versions.list("")[at]["members"].clone());
    assert_eq!((told(0), told(1)), ((json!(2), json!(1)), (json!(1), json!(1))));
    assert_eq!(versions.list("")[0]["made_by"], house.person(MAX).0);

    // The manager moves members over: with the next month, they are told, and what is booked keeps its price (P6).
    let path = format!("{BASE}move_over/");
    house.as_(DORA).post(&path, json!({})).await.refused(403, "not_allowed");
    assert_eq!(house.as_(MAX).post(&path, json!({})).await.expect(200)["members"], 1);
    assert_eq!(house.as_(MAX).post(&path, json!({})).await.expect(200)["members"], 0, "once");
    assert_eq!(current(&house, BEA).await["plan"]["price"], "375.00");
    house.run_jobs().await;
    assert!(house.mails().iter().any(|mail| mail.contains("bea@cast.test") && mail.contains("$400")));
    house.set_time("2026-12-10T00:00:00-05:00");
    assert_eq!(current(&house, BEA).await["plan"]["price"], "400.00", "from midnight on");
    house.run_jobs().await;
    house.db().tx(membership::turn).await.expect("turned");
    house.run_jobs().await;
    assert_eq!(current(&house, BEA).await["plan"]["price"], "400.00");
    assert_eq!(price(&house, BEA, booked).await, "150.00");
    // New bookings go by the new terms: min(150, 200 less 20 %).
    assert_eq!(book(&house, BEA, "massage", "2026-12-13", "12:00").await["pricing"]["final_total"], "150.00");
}

/// The defect that was known: while a freeze ran, a change priced what was booked for after it as without a plan.
#[tokio::test]
async fn what_is_booked_for_after_a_freeze_keeps_its_price_whatever_happens_in_it() {
    let house = House::open().await;
    let after = book(&house, PIA, "massage", "2027-01-12", "12:00").await.number("id");
    let within = book(&house, PIA, "massage", "2026-12-15", "12:00").await.number("id");
    mine(&house, PIA, "freeze", json!({"months": 1})).await.expect(200);
    house.run_jobs().await;
    assert_eq!(
        (price(&house, PIA, after).await, price(&house, PIA, within).await),
        (json!("130.00"), json!("200.00"))
    );
    house.set_time("2026-12-12T12:00:00-05:00");
    mine(&house, PIA, "leave", json!({})).await.expect(200);
    house.run_jobs().await;
    assert_eq!(price(&house, PIA, after).await, "200.00", "who leaves has no plan then");
    mine(&house, PIA, "stay", json!({})).await.expect(200);
    house.run_jobs().await;
    assert_eq!(
        (price(&house, PIA, after).await, price(&house, PIA, within).await),
        (json!("130.00"), json!("200.00"))
    );
}

/// P6: what was booked before joining stays at list price, whatever becomes of the membership.
#[tokio::test]
async fn what_was_booked_without_a_plan_keeps_its_price() {
    let house = House::open().await;
    let booked = book(&house, GUS, "massage", "2026-11-27", "12:00").await.number("id");
    desk(&house, DORA, GUS, "enrol", json!({"plan": "base", "paid": "terminal"})).await.expect(201);
    mine(&house, GUS, "leave", json!({})).await.expect(200);
    mine(&house, GUS, "stay", json!({})).await.expect(200);
    house.run_jobs().await;
    assert_eq!(price(&house, GUS, booked).await, "200.00");
}

/// A credit that had paid comes back with what was agreed.
#[tokio::test]
async fn a_credit_pays_again_when_the_plan_stays() {
    let house = House::open().await;
    let words = and(wish(&house, "massage", "2026-12-12", "12:00").await, json!({"use_credit": true}));
    let booked = house.as_(PIA).post(CREATE, words).await.expect(201).number("id");
    for (what, total) in [("leave", "200.00"), ("stay", "0.00")] {
        mine(&house, PIA, what, json!({})).await.expect(200);
        house.run_jobs().await;
        assert_eq!(price(&house, PIA, booked).await, total, "{what}");
    }
}

/// M1: enrolled on the 31st; the month turns at midnight of the club.
#[tokio::test]
async fn the_desk_enrols_from_today_on_and_the_month_is_the_clubs() {
    let house = House::open_at("2027-01-31T23:30:00-05:00").await;
    let sold = json!({"plan": "premium", "paid": "terminal"});
    for player in [GUS, UMA, TOM] {
        desk(&house, player, GUS, "enrol", sold.clone()).await.refused(403, "not_allowed");
    }
    desk(&house, DORA, GUS, "enrol", json!({"plan": "premium"})).await.refused(400, "invalid");
    desk(&house, DORA, GUS, "enrol", json!({"plan": "gold", "paid": "cash"})).await.refused(404, "not_found");
    assert_eq!(desk(&house, DORA, GUS, "enrol", sold.clone()).await.expect(201)["until"], "2027-02-27");
    desk(&house, DORA, GUS, "enrol", sold.clone()).await.refused(409, "already_member");
    house.run_jobs().await;
    assert!(house.mails().iter().any(|mail| mail.contains("Premium member as of today")));
    let counted = house.db().view(|tx| {
        tx.all::<(i64, String)>(
            sql!("SELECT net_cents, status FROM charges WHERE subject_kind = 'membership'"),
            args![],
        )
    });
    assert_eq!(counted.await.expect("charges"), [(70_000, "settled".to_owned())]);
    let dues = |seen: &'static str| desk(&house, DORA, GUS, "dues", json!({"paid": "cash", "seen": seen}));
    dues("2027-02-27").await.refused(409, "nothing_due");
    house.set_time("2027-02-27T23:59:59-05:00");
    assert_eq!(current(&house, GUS).await["status"], "active");
    house.set_time("2027-02-28T00:00:00-05:00");
    assert_eq!(current(&house, GUS).await["status"], "grace", "before any nightly work");
    dues("2027-01-31").await.refused(409, "edited_meanwhile");
    assert_eq!(dues("2027-02-27").await.expect(200)["until"], "2027-03-30");
    house.run_jobs().await;
    // Who left may join anew at once.
    mine(&house, GUS, "leave", json!({})).await.expect(200);
    house.set_time("2027-03-31T00:00:00-04:00");
    house.as_(GUS).get("/api/memberships/current/").await.expect(404);
    assert_eq!(desk(&house, DORA, GUS, "enrol", sold).await.expect(201)["until"], "2027-04-29");
}

/// M4: by the second; at once; what is booked keeps its price; used credits stay used.
#[tokio::test]
async fn changing_up_is_paid_at_the_desk_and_counts_at_once() {
    let house = House::open().await;
    let booked = book(&house, BEA, "massage", "2026-12-08", "12:00").await.number("id");
    let path = "/api/memberships/upgrade/premium/";
    let seen = house.as_(BEA).get(path).await.expect(200);
    // From 24 November, 10:00, to 10 December, 0:00, are 1346400 of the month's 2592000 seconds.
    assert_eq!(
        (&seen["charge"], &seen["credit"], &seen["total"]),
        (&json!("363.61"), &json!("194.79"), &json!("168.82"))
    );
    house.as_(UMA).get(path).await.refused(409, "no_upgrade");
    house.as_(GUS).get(path).await.refused(409, "no_plan");
    house.as_(BEA).get("/api/memberships/upgrade/gold/").await.refused(404, "not_found");
    house.visitor().get(path).await.refused(401, "not_signed_in");
    let sold = json!({"plan": "premium", "paid": "terminal"});
    desk(&house, BEA, BEA, "upgrade", sold.clone()).await.refused(403, "not_allowed");
    assert_eq!(desk(&house, DORA, BEA, "upgrade", sold.clone()).await.expect(200)["total"], "168.82");
    desk(&house, DORA, BEA, "upgrade", sold).await.refused(409, "no_upgrade");
    house.run_jobs().await;
    let bea = current(&house, BEA).await;
    assert_eq!((&bea["plan"]["slug"], &bea["end_date"]), (&json!("premium"), &json!("2026-12-09")));
    assert_eq!(bea["service_credits_left"], 2);
    assert_eq!(price(&house, BEA, booked).await, "150.00");
    assert_eq!(book(&house, BEA, "massage", "2026-12-09", "12:00").await["pricing"]["final_total"], "130.00");
    // The payment is no saving, and neither is a visit that is still to come.
    assert_eq!(current(&house, BEA).await["savings"], "0.00");
}

/// The last credit, the last pass, one freeze, one month of dues: of two at once one gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_at_once_one_has_the_last() {
    let house = House::open().await;
    for (perk, service, times) in
        [("use_credit", "massage", ["12:00", "15:00"]), ("use_pass", "couples", ["12:00", "16:00"])]
    {
        let day = if perk == "use_pass" { "2026-12-03" } else { "2026-12-02" };
        if perk == "use_credit" {
            let first = and(wish(&house, service, "2026-12-01", "12:00").await, json!({perk: true}));
            house.as_(PIA).post(CREATE, first).await.expect(201);
        }
        let one = and(wish(&house, service, day, times[0]).await, json!({perk: true}));
        let other = and(wish(&house, service, day, times[1]).await, json!({perk: true}));
        let pia = house.as_(PIA);
        let (one, other) = tokio::join!(pia.post(CREATE, one), pia.post(CREATE, other));
        let paid_by = |answer: &Answer| {
            let code = perk.trim_start_matches("use_");
            answer["pricing"]["why"].as_array().is_some_and(|why| why.iter().any(|line| line["code"] == code))
        };
        let (one, other) = (one.expect(201), other.expect(201));
        assert!(paid_by(&one) != paid_by(&other), "{perk}: {} {}", one.text(), other.text());
    }
    let freeze = || mine(&house, UMA, "freeze", json!({"months": 2}));
    let (one, other) = tokio::join!(freeze(), freeze());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(current(&house, UMA).await["frozen_until"], "2027-02-09");
    house.set_time("2026-12-09T10:00:00-05:00");
    let seen = json!({"paid": "cash", "seen": "2026-12-09"});
    let take = || desk(&house, DORA, BEA, "dues", seen.clone());
    let (one, other) = tokio::join!(take(), take());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(current(&house, BEA).await["end_date"], "2027-01-09");
}

/// M7 and M5: what is booked costs the list price while a membership rests, and what was agreed when it is paid.
#[tokio::test]
async fn suspension_and_payment_follow_through_to_what_is_booked() {
    let house = House::open().await;
    let booked = book(&house, BEA, "massage", "2026-12-22", "12:00").await.number("id");
    house.set_time("2026-12-17T00:05:00-05:00");
    house.db().tx(membership::turn).await.expect("turned");
    house.run_jobs().await;
    assert_eq!(price(&house, BEA, booked).await, "200.00");
    assert!(house.mails().iter().any(|mail| mail.contains("is suspended until dues are paid")));
    desk(&house, DORA, BEA, "dues", json!({"paid": "cash", "seen": "2026-12-09"})).await.expect(200);
    house.run_jobs().await;
    assert_eq!(price(&house, BEA, booked).await, "150.00");
    house.set_time("2026-12-22T11:00:00-05:00");
    let cancelled = crate::cancel(&house, BEA, booked).await.expect(200);
    assert_eq!(cancelled["fee"], "150.00", "what was agreed holds again, its policy too");
}
