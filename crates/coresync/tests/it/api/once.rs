//! `Idempotency-Key`: a repeated request has no second effect.

use std::sync::Arc;

use axum::http::Method;
use kit::{args, sql};
use serde_json::json;
use testing::{Answer, BEA, GUS, PIA, TestClub};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, request_body};

const KEY: &str = "idempotency-key";

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

async fn bookings(app: &TestClub) -> i64 {
    let counted = app.db().view(|tx| tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM bookings"), args![]));
    counted.await.expect("a count").expect("a row").0
}

#[tokio::test]
async fn repeating_a_booking_request_creates_one_booking() {
    let app = TestClub::open().await;
    let pia = app.as_(PIA).with(KEY, "\"a-1\"");
    let more = json!({"allergies_notes": "almonds", "room_id": app.room("stone").await});
    let body = and(request_body(&app, "massage", "2026-11-27", "14:00").await, more);
    let first = pia.post(CREATE, body.clone()).await.expect(201);
    let again = pia.post(CREATE, body.clone()).await.expect(201);
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(first.header("content-type"), again.header("content-type"));
    assert!(!is_replayed(&first) && is_replayed(&again));
    assert_eq!(bookings(&app).await, 1);
    // The key is a different one for another person, on another path, and a day later.
    app.as_(BEA).with(KEY, "\"a-1\"").post(CREATE, body.clone()).await.refused(409, "taken");
    app.as_(PIA).post(CREATE, body.clone()).await.expect(409);
    let cancel = format!("/api/bookings/{}/cancel_booking/", first.number("id"));
    let gone = pia.post(&cancel, json!({})).await.expect(200);
    let again = pia.post(&cancel, json!({})).await.expect(200);
    assert!(!is_replayed(&gone) && is_replayed(&again) && gone.bytes == again.bytes);
    app.as_(PIA).post(&cancel, json!({})).await.refused(409, "wrong_state");
    app.set_time("2026-11-25T10:00:00-05:00");
    assert!(!is_replayed(&pia.post(CREATE, body).await.expect(201)));
    assert_eq!(bookings(&app).await, 2);
}

#[tokio::test]
async fn a_different_request_with_the_same_key_is_refused() {
    let app = TestClub::open().await;
    let pia = app.as_(PIA).with(KEY, "a-1");
    pia.post(CREATE, request_body(&app, "massage", "2026-11-27", "14:00").await).await.expect(201);
    let other = request_body(&app, "massage", "2026-11-27", "17:00").await;
    pia.post(CREATE, other.clone()).await.refused(422, "idempotency_mismatch");
    assert_eq!(bookings(&app).await, 1);
    pia.send(Method::POST, CREATE, Some("application/json"), b"{".to_vec()).await.refused(400, "invalid");
    app.as_(PIA).with(KEY, "a b").post(CREATE, other.clone()).await.refused(400, "invalid");
    app.as_(PIA).with(KEY, &"k".repeat(256)).post(CREATE, other).await.refused(400, "invalid");
}

#[tokio::test]
async fn refusals_are_not_stored_and_a_retry_can_succeed() {
    let app = TestClub::open().await;
    let gus = app.as_(GUS).with(KEY, "a-1");
    let body = request_body(&app, "massage", "2026-11-28", "14:00").await;
    gus.post(CREATE, body.clone()).await.refused(403, "outside_window");
    assert_eq!(app.as_(GUS).get(MY_BOOKINGS).await.number("total_upcoming"), 0);
    app.set_time("2026-11-25T00:00:00-05:00");
    assert!(!is_replayed(&gus.post(CREATE, body.clone()).await.expect(201)));
    assert!(is_replayed(&gus.post(CREATE, body).await.expect(201)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twelve_identical_concurrent_requests_make_one_booking() {
    let app = Arc::new(TestClub::open().await);
    let body = request_body(&app, "massage", "2026-11-27", "14:00").await;
    let mut all = Vec::new();
    for _ in 0..12 {
        let (app, body) = (app.clone(), body.clone());
        all.push(tokio::spawn(
            async move { app.as_(PIA).with(KEY, "a-1").post(CREATE, body).await.expect(201) },
        ));
    }
    let mut answers = Vec::new();
    for one in all {
        answers.push(one.await.expect("it ends"));
    }
    assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
    assert!(answers.iter().all(|answer| answer.bytes == answers[0].bytes));
    assert_eq!(bookings(&app).await, 1);
}

fn visitor_cookie(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok());
    let mut found = cookies.filter(|one| one.starts_with("__Host-visitor="));
    found.next().and_then(|one| one.split(';').next()).unwrap_or_default().to_owned()
}

async fn accounts(app: &TestClub) -> i64 {
    let counted = app.db().view(|tx| {
        tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM people WHERE claimed_email = 'zoe@example.com'"), args![])
    });
    counted.await.expect("a count").expect("a row").0
}

/// A visitor is identified by a cookie, which the first response sets or the client brings.
#[tokio::test]
async fn repeating_a_sign_up_request_creates_one_account() {
    let app = TestClub::open().await;
    let zoe = json!({"email": "zoe@example.com", "password": "a-long-password", "first_name": "Zoe",
        "last_name": "Lind", "birthday": "1990-02-28"});
    let first = app.visitor().with(KEY, "a-1").post("/api/auth/register/", zoe.clone()).await.expect(202);
    let visitor = app.visitor().with(KEY, "a-1").with("cookie", &visitor_cookie(&first));
    let again = visitor.post("/api/auth/register/", zoe.clone()).await.expect(202);
    assert!(is_replayed(&again) && first.bytes == again.bytes && visitor_cookie(&again).is_empty());
    assert_eq!(accounts(&app).await, 1);
    visitor.post("/api/auth/register/", and(zoe.clone(), json!({"first_name": "Zoë"}))).await.expect(422);
    let brought = "__Host-visitor=8e03978e40d543ddbc936894a57f9324";
    let own_browser = app.visitor().with(KEY, "a-2").with("cookie", brought);
    for is_again in [false, true] {
        assert_eq!(
            is_replayed(&own_browser.post("/api/auth/register/", zoe.clone()).await.expect(202)),
            is_again
        );
    }
    assert_eq!(accounts(&app).await, 2);
}

/// Two visitors of one network with the same key are separate: neither gets the other's response, and both hold a time.
#[tokio::test]
async fn visitors_on_one_network_do_not_share_idempotency_keys() {
    let app = TestClub::open().await;
    let body = request_body(&app, "massage", "2026-11-26", "14:00").await;
    let one = app.visitor().with(KEY, "a-1").post("/api/bookings/hold/", body.clone()).await.expect(201);
    let other = app.visitor().with(KEY, "a-1").post("/api/bookings/hold/", body.clone()).await.expect(201);
    assert!(!is_replayed(&other) && one["token"] != other["token"] && one["id"] != other["id"]);
    assert_ne!(visitor_cookie(&one), visitor_cookie(&other));
    let guessed = app.visitor().with(KEY, "a-1").with("cookie", "__Host-visitor=1");
    assert!(!is_replayed(
        &guessed
            .post(
                "/api/auth/register/",
                json!({"email": "zoe@example.com",
        "password": "a-long-password", "first_name": "Zoe", "last_name": "Lind"})
            )
            .await
            .expect(202)
    ));
    let same = app.visitor().with(KEY, "a-1").with("cookie", &visitor_cookie(&one));
    let again = same.post("/api/bookings/hold/", body).await.expect(201);
    assert!(is_replayed(&again) && again.bytes == one.bytes);
}

#[tokio::test]
async fn the_nightly_job_deletes_stored_responses_after_a_day() {
    let app = TestClub::open().await;
    let pia = app.as_(PIA).with(KEY, "a-1");
    pia.post(CREATE, request_body(&app, "massage", "2026-11-27", "14:00").await).await.expect(201);
    app.set_time("2026-11-25T10:00:00-05:00");
    coresync::reactions::begin_rounds(app.inner()).await.expect("the night waits");
    app.set_time("2026-11-25T16:00:00-05:00");
    app.run_jobs().await;
    assert_eq!(crate::tables::rows(&app).await["replies"], 0);
}
