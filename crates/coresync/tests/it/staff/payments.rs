//! Payments over the API: the front desk takes them and hands back refunds; a manager refunds, gives for free, and writes
//! off (T7, T8, T13, T17, T18, T20).

use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, MAX, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{and, book, cancel};

const TAKE: &str = "/api/payments/take/";

fn of(id: i64) -> Value {
    json!({"kind": "booking", "id": id})
}

/// Returns the body of a payment in cash for a booking.
fn cash(id: i64, more: Value) -> Value {
    json!({"parts": [and(of(id), more)], "method": "cash"})
}

/// Returns the subjects and amounts of a list of open charges.
async fn open(app: &TestClub, state: &str) -> Vec<(i64, String)> {
    let found = app.as_(DORA).get(&format!("/api/staff/charges/?state={state}")).await.expect(200);
    let amount = |one: &Value| one["amount"].as_str().expect("an amount").to_owned();
    let all = found.list("").iter();
    all.map(|one| (one["subject"]["id"].as_i64().expect("an id"), amount(one))).collect()
}

#[tokio::test]
async fn the_front_desk_takes_a_payment_once() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    assert_eq!(open(&app, "ahead").await, [(id, "150.00".to_owned())]);
    assert_eq!(open(&app, "due").await, []);
    let dora = app.as_(DORA);
    // The amount that was shown is not the one that is due.
    let changed = dora.post(TAKE, cash(id, json!({"expected_due": "140.00"}))).await;
    assert_eq!(changed.refused(409, "price_changed")["total"], "150.00");
    let sent = cash(id, json!({"expected_due": "150.00"}));
    let keyed = app.as_(DORA).with("idempotency-key", "a-key-of-one-payment");
    let receipt = keyed.post(TAKE, sent.clone()).await.expect(201);
    let again = keyed.post(TAKE, sent.clone()).await.expect(201);
    assert_eq!((&receipt["number"], &again["number"]), (&json!("RC-2026-000001"), &receipt["number"]));
    assert_eq!((&receipt["amount"], &receipt["parts"][0]["amount"]), (&json!("150.00"), &json!("150.00")));
    dora.post(TAKE, sent).await.refused(409, "already_paid");
    assert_eq!(dora.get(&format!("/api/bookings/{id}/")).await["payment_status"], "paid");
    assert_eq!(open(&app, "ahead").await, []);
    // The person who paid sees the receipt, and nobody else.
    let own = app.as_(BEA).get("/api/payments/").await.expect(200);
    assert_eq!(own.list("").len(), 1);
    let path = format!("/api/payments/{}/", receipt["id"]);
    assert_eq!(app.as_(BEA).get(&path).await.expect(200)["parts"], receipt["parts"]);
    app.as_(GUS).get(&path).await.expect(404);
    assert_eq!(app.as_(GUS).get("/api/payments/").await.expect(200).list("").len(), 0);
    let day = dora.get("/api/staff/payments/?date=2026-11-24").await.expect(200);
    assert_eq!(day.list("")[0]["number"], "RC-2026-000001");
    assert_eq!(dora.get("/api/staff/payments/?date=2026-11-25").await.expect(200).list("").len(), 0);
}

/// A deposit and the rest, with a tip for the technician, on the card terminal.
#[tokio::test]
async fn a_payment_in_parts_leaves_the_rest_due() {
    let app = TestClub::open().await;
    let made = book(&app, BEA, "massage", "2026-11-27", "12:00").await;
    let id = made.number("id");
    let technician = made["technicians"][0]["id"].clone();
    let dora = app.as_(DORA);
    dora.post(TAKE, cash(id, json!({"amount": "60.00"}))).await.expect(201);
    assert_eq!(open(&app, "ahead").await, [(id, "90.00".to_owned())]);
    let account = dora.get(&format!("/api/staff/charges/booking/{id}/")).await.expect(200);
    assert_eq!((&account["paid"], &account["due"]), (&json!("60.00"), &json!("90.00")));
    assert_eq!(account["payment_status"], "unpaid");
    let rest = json!({"parts": [of(id)], "method": "terminal", "slip": "0042", "tip": "20.00", "tip_for": [technician]});
    let receipt = dora.post(TAKE, rest).await.expect(201);
    assert_eq!((&receipt["amount"], &receipt["tip"]), (&json!("90.00"), &json!("20.00")));
    assert_eq!(receipt["slip"], "0042");
}

/// T8, T20: what a free cancellation refunds is handed back at the front desk, the way it was paid.
#[tokio::test]
async fn a_refund_that_a_rule_makes_needs_no_manager() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-28", "12:00").await.number("id");
    app.as_(DORA).post(TAKE, cash(id, json!({}))).await.expect(201);
    cancel(&app, BEA, id).await.expect(200);
    assert_eq!(open(&app, "to_refund").await, [(id, "150.00".to_owned())]);
    app.as_(BEA).post("/api/payments/send_refund/", of(id)).await.expect(403);
    let sent = app.as_(DORA).post("/api/payments/send_refund/", of(id)).await.expect(201);
    assert_eq!(
        (&sent.list("")[0]["number"], &sent.list("")[0]["amount"]),
        (&json!("RF-2026-000001"), &json!("150.00"))
    );
    app.as_(DORA).post("/api/payments/send_refund/", of(id)).await.refused(409, "nothing_due");
    assert_eq!(open(&app, "to_refund").await, []);
    assert_eq!(app.as_(BEA).get(&format!("/api/bookings/{id}/")).await["payment_status"], "refunded");
}

/// T18, T20: a manager refunds, gives for free, and writes off, with a reason.
#[tokio::test]
async fn a_manager_decides_with_a_reason() {
    let app = TestClub::open().await;
    let paid = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    let due = book(&app, UMA, "pod", "2026-11-24", "12:00").await;
    let (max, dora) = (app.as_(MAX), app.as_(DORA));
    dora.post(TAKE, cash(paid, json!({}))).await.expect(201);
    let refund = and(of(paid), json!({"amount": "40.00", "reason": "Too cold"}));
    dora.post("/api/payments/refund/", refund.clone()).await.expect(403);
    // D10: the manager has entered their password within the last five minutes.
    max.post("/api/payments/refund/", refund.clone()).await.refused(403, "confirm_again");
    app.confirm(MAX).await;
    app.set_time("2026-11-24T10:05:00-05:00");
    max.post("/api/payments/refund/", refund.clone()).await.refused(403, "confirm_again");
    app.confirm(MAX).await;
    max.post("/api/payments/refund/", and(refund.clone(), json!({"reason": " "}))).await.expect(400);
    let most = max.post("/api/payments/refund/", and(refund.clone(), json!({"amount": "150.01"}))).await;
    assert_eq!(most.refused(409, "refund_too_large")["most"], "150.00");
    let sent = max.post("/api/payments/refund/", refund.clone()).await.expect(201);
    assert_eq!(sent.list("")[0]["amount"], "40.00");
    let account = max.get(&format!("/api/staff/charges/booking/{paid}/")).await.expect(200);
    assert_eq!(account["adjustments"][0]["reason"], "Too cold");
    assert_eq!(
        (&account["total"], &account["payment_status"]),
        (&json!("110.00"), &json!("partly_refunded"))
    );
    // Uma's pod is included in her plan, so nothing is due for it.
    let free = and(of(due.number("id")), json!({"reason": "Her birthday"}));
    let nothing = max.post("/api/payments/comp/", free).await.status;
    assert!([404, 409].contains(&nothing), "{nothing}");
    let visit = book(&app, GUS, "pod", "2026-11-24", "15:00").await.number("id");
    let comp = and(of(visit), json!({"amount": "5.00", "reason": "Waited"}));
    let charge = max.post("/api/payments/comp/", comp).await.expect(200);
    assert_eq!((&charge["comp"], &charge["total"]), (&json!("5.00"), &json!("45.00")));
    assert_eq!(charge["due"], "40.00");
    let loss = and(of(visit), json!({"reason": "Never paid"}));
    max.post("/api/payments/write_off/", loss.clone()).await.refused(409, "wrong_state");
    app.set_time("2026-11-24T15:30:00-05:00");
    dora.post(&format!("/api/bookings/{visit}/no_show/"), json!({})).await.expect(200);
    app.confirm(MAX).await;
    let gone = max.post("/api/payments/write_off/", loss).await.expect(200);
    assert_eq!((&gone["due"], &gone["payment_status"]), (&json!("0.00"), &json!("paid")));
}

/// Two clerks take the same payment at the same moment: it is received once.
#[tokio::test]
async fn two_clerks_take_one_payment() {
    let app = TestClub::open().await;
    for hour in 12..16 {
        let id = book(&app, UMA, "massage", "2026-11-27", &format!("{hour}:00")).await.number("id");
        let account = app.as_(DORA).get(&format!("/api/staff/charges/booking/{id}/")).await;
        if account.status == 404 || account["due"] == "0.00" {
            continue;
        }
        let (dora, max) = (app.as_(DORA), app.as_(MAX));
        let (one, other) =
            tokio::join!(dora.post(TAKE, cash(id, json!({}))), max.post(TAKE, cash(id, json!({}))));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
    let id = book(&app, BEA, "massage", "2026-11-28", "12:00").await.number("id");
    let (dora, max) = (app.as_(DORA), app.as_(MAX));
    let (one, other) =
        tokio::join!(dora.post(TAKE, cash(id, json!({}))), max.post(TAKE, cash(id, json!({}))));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn bad_payments_change_nothing() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    let dora = app.as_(DORA);
    for amount in ["1.005", "-1.00", "0", "1e3", "999999999999999", "", "abc", "150.01"] {
        dora.post(TAKE, cash(id, json!({"amount": amount}))).await.expect(400);
    }
    let part = of(id);
    for body in [
        json!({"parts": [], "method": "cash"}),
        json!({"parts": "all", "method": "cash"}),
        json!({"parts": [part], "method": "card"}),
        json!({"parts": [part], "method": "earlier"}),
        json!({"parts": [part], "method": "terminal"}),
        json!({"parts": [part, part], "method": "cash"}),
        json!({"parts": [{"kind": "plan", "id": id}], "method": "cash"}),
        json!({"parts": [{"kind": "booking"}], "method": "cash"}),
        json!({"parts": [part], "method": "cash", "tip": "5.00"}),
        json!({"parts": [part], "method": "cash", "tip": "5.00", "tip_for": ["x"]}),
    ] {
        dora.post(TAKE, body.clone()).await.expect(400);
    }
    dora.post(TAKE, cash(id + 1, json!({}))).await.expect(404);
    dora.get("/api/staff/charges/?state=all").await.expect(400);
    dora.get(&format!("/api/staff/charges/visit/{id}/")).await.expect(404);
    assert_eq!(open(&app, "ahead").await, [(id, "150.00".to_owned())]);
    assert_eq!(app.as_(BEA).get("/api/payments/").await.expect(200).list("").len(), 0);
}
