//! The benefits of a plan, and the life of a membership (M1 to M3, M5 to M7).

use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, request_body};

async fn change(app: &TestClub, by: Player, what: &str, body: Value) -> Answer {
    app.as_(by).post(&format!("/api/memberships/{what}/"), body).await
}

async fn current(app: &TestClub, by: Player) -> Answer {
    app.as_(by).get("/api/memberships/current/").await.expect(200)
}

async fn run_billing_day(app: &TestClub, moment: &str) {
    app.set_time(moment);
    app.db().tx(membership::run_billing_day).await.expect("the day is billed");
    app.run_jobs().await;
}

/// M1: credits belong to the month of the session, come back with a free cancellation, and do not roll over.
#[tokio::test]
async fn credits_belong_to_the_billing_month_of_the_session() {
    let app = TestClub::open().await;
    let with_credit = async |date: &str, time: &str| {
        let body = and(request_body(&app, "massage", date, time).await, json!({"use_credit": true}));
        let booked = app.as_(PIA).post(CREATE, body).await.expect(201);
        (booked.number("id"), booked["pricing"]["final_total"].clone())
    };
    // Two credits a month, and a month begins on the tenth.
    let (first, price) = with_credit("2026-12-08", "12:00").await;
    assert_eq!(price, "0.00");
    assert_eq!(with_credit("2026-12-09", "12:00").await.1, "0.00");
    assert_eq!(with_credit("2026-12-09", "15:00").await.1, "130.00");
    assert_eq!(with_credit("2026-12-10", "12:00").await.1, "0.00", "another month");
    cancel(&app, PIA, first).await.expect(200);
    assert_eq!(with_credit("2026-12-08", "15:00").await.1, "0.00");
}

#[tokio::test]
async fn automatic_use_of_credits_can_be_turned_on() {
    let app = TestClub::open().await;
    change(&app, PIA, "auto_credit", json!({"auto": true})).await.expect(200);
    let booked = book(&app, PIA, "massage", "2026-11-27", "12:00").await;
    assert_eq!(booked["pricing"]["final_total"], "0.00");
    let body = and(request_body(&app, "massage", "2026-11-28", "12:00").await, json!({"use_credit": false}));
    let booked = app.as_(PIA).post(CREATE, body).await.expect(201);
    assert_eq!(booked["pricing"]["final_total"], "130.00");
    change(&app, GUS, "auto_credit", json!({"auto": true})).await.refused(409, "no_plan");
}

/// S14: services covered by a plan without limit are counted too, and given back with a free cancellation.
#[tokio::test]
async fn services_used_on_an_unlimited_plan_are_counted() {
    let app = TestClub::open().await;
    let used = || async { current(&app, UMA).await.number("services_used_this_month") };
    assert_eq!(used().await, 0);
    let first = book(&app, UMA, "massage", "2026-11-27", "12:00").await;
    book(&app, UMA, "massage", "2026-11-28", "12:00").await;
    assert_eq!(used().await, 2);
    cancel(&app, UMA, first.number("id")).await.expect(200);
    assert_eq!(used().await, 1);
    book(&app, UMA, "massage", "2026-11-29", "12:00").await;
    assert_eq!(used().await, 2);
}

/// S14: a service that was priced by another plan meanwhile counts again as soon as the agreed terms apply again.
#[tokio::test]
async fn a_service_counts_again_when_its_plan_price_is_restored() {
    let app = TestClub::open_at("2026-12-01T10:00:00-05:00").await;
    let counted = || async {
        let found = app.db().view(|tx| {
            let count = kit::sql!("SELECT COUNT(*) FROM credit_uses");
            tx.one::<(i64,)>(count, kit::args![])
        });
        found.await.expect("a count").map_or(0, |(count,)| count)
    };
    let paid_until = current(&app, UMA).await["end_date"].as_str().expect("a day").to_owned();
    let end: jiff::civil::Date = paid_until.parse().expect("a day");
    let after = end.tomorrow().expect("a day").to_string();
    let booked = book(&app, UMA, "massage", &after, "12:00").await;
    assert_eq!((booked["pricing"]["final_total"].clone(), counted().await), (json!("0.00"), 1));
    change(&app, UMA, "leave", json!({})).await.expect(200);
    app.run_jobs().await;
    let path = format!("/api/bookings/{}/", booked.number("id"));
    let alone = app.as_(UMA).get(&path).await.expect(200);
    assert_eq!((alone["pricing"]["final_total"] != json!("0.00"), counted().await), (true, 0));
    change(&app, UMA, "stay", json!({})).await.expect(200);
    app.run_jobs().await;
    let again = app.as_(UMA).get(&path).await.expect(200);
    assert_eq!((again["pricing"]["final_total"].clone(), counted().await), (json!("0.00"), 1));
}

/// M2: a pass makes one companion's share zero.
#[tokio::test]
async fn a_guest_pass_covers_the_companions_share() {
    let app = TestClub::open().await;
    let body = and(request_body(&app, "couples", "2026-11-27", "12:00").await, json!({"use_pass": true}));
    let booked = app.as_(PIA).post(CREATE, body.clone()).await.expect(201);
    // min(300, 360 less 35 %) = 234.00, in a room of 1.10: 257.40; half of it is the companion's.
    assert_eq!(booked["pricing"]["final_total"], "128.70");
    let entitlements = current(&app, PIA).await;
    assert_eq!((entitlements.number("guest_passes_used"), entitlements.number("guest_passes_left")), (1, 0));
    let again = and(body, json!({"date": "2026-11-28"}));
    let again = app.as_(PIA).post(CREATE, again).await.expect(201);
    assert_eq!(again["pricing"]["final_total"], "257.40", "one a month");
    // A person who comes alone has no companion.
    let alone = and(request_body(&app, "massage", "2026-12-11", "12:00").await, json!({"use_pass": true}));
    assert_eq!(app.as_(PIA).post(CREATE, alone).await.expect(201)["pricing"]["final_total"], "130.00");
}

/// M3: one service up to 300.00 in the birthday month.
#[tokio::test]
async fn a_birthday_month_has_one_gift() {
    let app = TestClub::open().await;
    let person = app.person(PIA);
    let born = |tx: &mut kit::Tx<'_>, person: kit::Id| {
        tx.run(kit::sql!("UPDATE people SET birthday = '1990-11-03' WHERE id = $1"), kit::args![person])
    };
    app.db().tx(move |tx| born(tx, person)).await.expect("born");
    assert_eq!(current(&app, PIA).await["birthday_gift"], true);
    let gift = async |date: &str| {
        let body = and(request_body(&app, "massage", date, "12:00").await, json!({"use_birthday": true}));
        let booked = app.as_(PIA).post(CREATE, body).await.expect(201);
        (booked.number("id"), booked["pricing"]["final_total"].clone())
    };
    let (first, price) = gift("2026-11-27").await;
    assert_eq!(price, "0.00");
    let path = format!("/api/bookings/{first}/reschedule/");
    let moved =
        app.as_(PIA).post(&path, json!({"date": "2026-11-30", "start_time": "12:00"})).await.expect(200);
    assert_eq!(moved["booking"]["pricing"]["final_total"], "0.00", "the gift goes with it");
    assert_eq!(gift("2026-11-28").await.1, "130.00", "once a year");
    assert_eq!(gift("2026-12-01").await.1, "130.00", "not in December");
    cancel(&app, PIA, first).await.expect(200);
    assert_eq!(gift("2026-11-29").await.1, "0.00", "it came back");
}

/// M5: a member who leaves keeps what is paid. Later bookings cost the list price and may be canceled without a fee.
#[tokio::test]
async fn leaving_members_pay_list_price_after_the_paid_period() {
    let app = TestClub::open().await;
    let before = book(&app, BEA, "massage", "2026-12-08", "12:00").await.number("id");
    let beyond = book(&app, BEA, "massage", "2026-12-12", "12:00").await.number("id");
    change(&app, BEA, "leave", json!({})).await.expect(200);
    change(&app, BEA, "leave", json!({})).await.refused(409, "wrong_state");
    app.run_jobs().await;
    let price = async |id: i64| {
        let booking = app.as_(BEA).get(&format!("/api/bookings/{id}/")).await.expect(200);
        booking["pricing"]["final_total"].clone()
    };
    assert_eq!((price(before).await, price(beyond).await), (json!("150.00"), json!("200.00")));
    assert!(app.mails().iter().any(|mail| mail.contains("$200")), "she is told");
    change(&app, BEA, "stay", json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(price(beyond).await, json!("150.00"));
    change(&app, BEA, "leave", json!({})).await.expect(200);
    app.run_jobs().await;
    app.set_time("2026-12-12T11:00:00-05:00");
    assert_eq!(cancel(&app, BEA, beyond).await.expect(200)["fee"], "0.00");
    run_billing_day(&app, "2026-12-10T03:00:00-05:00").await;
    app.as_(BEA).get("/api/memberships/current/").await.expect(404);
}

#[tokio::test]
async fn a_downgrade_starts_with_the_next_billing_month() {
    let app = TestClub::open().await;
    change(&app, PIA, "change", json!({"plan": "unlimited"})).await.refused(409, "card_needed");
    change(&app, PIA, "change", json!({"plan": "nothing"})).await.refused(404, "not_found");
    change(&app, PIA, "change", json!({"plan": "base"})).await.expect(200);
    assert_eq!(current(&app, PIA).await["next_plan"], "base");
    let now = book(&app, PIA, "massage", "2026-12-09", "12:00").await;
    let then = book(&app, PIA, "massage", "2026-12-10", "12:00").await;
    assert_eq!(
        (&now["pricing"]["final_total"], &then["pricing"]["final_total"]),
        (&json!("130.00"), &json!("150.00"))
    );
    run_billing_day(&app, "2026-12-10T03:00:00-05:00").await;
    assert_eq!(current(&app, PIA).await["plan"]["slug"], "base");
}

/// M6: whole billing months, at most three a year, without benefits.
#[tokio::test]
async fn a_frozen_month_has_no_benefits() {
    let app = TestClub::open().await;
    change(&app, PIA, "freeze", json!({"months": 4})).await.refused(409, "frozen_enough");
    let frozen = change(&app, PIA, "freeze", json!({"months": 1})).await.expect(200);
    assert_eq!(frozen["until"], "2027-01-09");
    assert_eq!(current(&app, PIA).await["frozen_from"], "2026-12-10");
    change(&app, PIA, "freeze", json!({"months": 1})).await.refused(409, "wrong_state");
    assert_eq!(book(&app, PIA, "massage", "2026-12-09", "12:00").await["pricing"]["final_total"], "130.00");
    // A day in the frozen month is as for a person without a plan: three days ahead, at list price.
    let refused = crate::try_book(&app, PIA, "massage", "2026-12-20", "12:00").await;
    refused.refused(403, "outside_window");
    assert_eq!(book(&app, PIA, "massage", "2027-01-12", "12:00").await["pricing"]["final_total"], "130.00");
}

/// M7: with unpaid dues, the benefits stay for seven days.
#[tokio::test]
async fn unpaid_dues_lead_to_grace_and_suspension_until_they_are_paid() {
    let app = TestClub::open().await;
    run_billing_day(&app, "2026-12-10T03:00:00-05:00").await;
    assert_eq!(current(&app, BEA).await["status"], "grace");
    assert_eq!(book(&app, BEA, "massage", "2027-01-05", "12:00").await["pricing"]["final_total"], "150.00");
    run_billing_day(&app, "2026-12-16T03:00:00-05:00").await;
    assert_eq!(current(&app, BEA).await["status"], "grace", "the seventh day");
    run_billing_day(&app, "2026-12-17T03:00:00-05:00").await;
    run_billing_day(&app, "2026-12-17T03:00:00-05:00").await;
    assert_eq!(current(&app, BEA).await["status"], "suspended");
    crate::try_book(&app, BEA, "massage", "2027-01-05", "15:00").await.refused(403, "outside_window");
    let person = app.person(BEA);
    let path = format!("/api/memberships/{person}/dues/");
    app.as_(BEA).post(&path, json!({})).await.refused(403, "not_allowed");
    app.as_(UMA).post(&path, json!({})).await.refused(403, "not_allowed");
    app.as_(DORA).post(&path, json!({})).await.refused(400, "invalid");
    let seen = json!({"paid": "cash", "seen": "2026-12-09"});
    assert_eq!(app.as_(DORA).post(&path, seen).await.expect(200)["until"], "2027-01-09");
    assert_eq!(current(&app, BEA).await["status"], "active");
}
