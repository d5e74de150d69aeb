//! The staff API of rules, overrides, and settings: permissions, errors, and the record of who did what and when.

use axum::http::Method;
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, OLA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{search, starts, try_book};

const RULES: &str = "/api/staff/rules/";
const TIMES: &str = "/api/staff/times/";
const SETTINGS_PATH: &str = "/api/staff/numbers/";

async fn send(app: &TestClub, by: Player, method: Method, path: &str, body: Value) -> Answer {
    app.as_(by).send(method, path, Some("application/json"), body.to_string().into_bytes()).await
}

fn evenings() -> Value {
    json!({"room_kinds": ["suite"], "weekdays": [5, 6, 7], "from": "17:00", "to": "22:00", "tier": "base",
        "release_hours": 48, "factor": "1.20", "tags": ["peak_hour"]})
}

/// Callers without permission are refused, whatever they send. Callers with permission are not.
#[tokio::test]
async fn only_managers_can_change_rules_and_settings() {
    let app = TestClub::open().await;
    let requests = [
        (Method::GET, RULES.to_owned(), Value::Null, 200),
        (Method::POST, RULES.to_owned(), evenings(), 201),
        (Method::PUT, format!("{RULES}1/"), evenings(), 404),
        (Method::DELETE, format!("{RULES}1/"), Value::Null, 404),
        (Method::GET, SETTINGS_PATH.to_owned(), Value::Null, 200),
        (Method::PUT, format!("{SETTINGS_PATH}hold_minutes/"), json!({"value": 12}), 204),
        (Method::DELETE, format!("{SETTINGS_PATH}hold_minutes/"), Value::Null, 200),
    ];
    for (method, path, body, status) in requests {
        for player in [GUS, BEA, UMA, TOM, DORA] {
            send(&app, player, method.clone(), &path, body.clone()).await.refused(403, "not_allowed");
        }
        let body = body.to_string().into_bytes();
        let visitor = app.visitor().send(method.clone(), &path, Some("application/json"), body.clone()).await;
        visitor.refused(401, "not_signed_in");
        for player in [MAX, OLA] {
            app.as_(player)
                .send(method.clone(), &path, Some("application/json"), body.clone())
                .await
                .expect(status);
        }
    }
    for player in [GUS, UMA, TOM] {
        app.as_(player).get(TIMES).await.refused(403, "not_allowed");
    }
    for player in [DORA, MAX, OLA] {
        app.as_(player).get(TIMES).await.expect(200);
    }
}

#[tokio::test]
async fn a_rule_records_the_author_of_each_change() {
    let app = TestClub::open().await;
    let offered = async || starts(&search(&app, GUS, "suite", "2026-11-27").await).contains(&"19:00");
    assert!(offered().await);
    let id = app.as_(MAX).post(RULES, evenings()).await.expect(201).number("id");
    // Friday 19:00 is 57 hours ahead: an account has to wait until 48 hours before.
    assert!(!offered().await);
    try_book(&app, GUS, "suite", "2026-11-27", "19:00").await.refused(403, "members_only");
    let path = format!("{RULES}{id}/");
    let looser = crate::and(evenings(), json!({"release_hours": 96, "to": "01:00"}));
    send(&app, OLA, Method::PUT, &path, looser).await.expect(200);
    assert!(offered().await);
    let listed = app.as_(MAX).get(RULES).await.expect(200);
    let rule = &listed.list("")[0];
    assert_eq!(
        (&rule["to"], &rule["factor"], &rule["tags"]),
        (&json!("25:00"), &json!("1.20"), &json!(["peak_hour"]))
    );
    assert_eq!((&rule["changed_by"], &rule["ended_at"]), (&json!(app.person(OLA).0), &Value::Null));
    send(&app, MAX, Method::DELETE, &path, Value::Null).await.expect(204);
    send(&app, MAX, Method::DELETE, &path, Value::Null).await.refused(404, "not_found");
    send(&app, MAX, Method::PUT, &path, evenings()).await.refused(404, "not_found");
    assert!(app.as_(MAX).get(RULES).await.expect(200).list("")[0]["ended_at"].is_string());
    let plain = search(&app, GUS, "suite", "2026-11-27").await;
    assert!(plain.list("available_slots").iter().all(|slot| slot["is_premium_slot"] == false));
}

#[tokio::test]
async fn invalid_rules_and_overrides_are_field_errors() {
    let app = TestClub::open().await;
    for (field, wrong) in [
        ("from", json!("17:02")),
        ("from", json!("5 pm")),
        ("weekdays", json!([8])),
        ("services", json!(["massage"])),
        ("tier", json!("gold")),
        ("release_hours", json!(-1)),
        ("factor", json!("0.05")),
        ("factor", json!("1.234")),
        ("tags", json!("peak hour")),
        ("tags", json!("a".repeat(1_000))),
        ("services", json!([5])),
    ] {
        let body = crate::and(evenings(), json!({field: wrong}));
        let refused = app.as_(MAX).post(RULES, body).await.refused(400, "invalid");
        assert!(refused["errors"][field].is_string(), "{field}: {}", refused.text());
    }
    let room = app.room("suite").await.0;
    let friday = "2026-11-27T19:00:00-05:00";
    for (field, body) in [
        ("room_id", json!({"room_id": 5, "starts_at": friday, "decision": "block"})),
        (
            "starts_at",
            json!({"room_id": room, "starts_at": "2026-11-27T19:02:00-05:00", "decision": "block"}),
        ),
        ("starts_at", json!({"room_id": room, "decision": "block"})),
        (
            "starts_at",
            json!({"room_id": room, "starts_at": "2026-11-20T19:00:00-05:00", "decision": "block"}),
        ),
        ("starts_at", json!({"room_id": room, "starts_at": " ", "decision": "block"})),
        ("decision", json!({"room_id": room, "starts_at": friday, "decision": "perhaps"})),
        ("factor", json!({"room_id": room, "starts_at": friday, "decision": "reprice"})),
        ("factor", json!({"room_id": room, "starts_at": friday, "decision": "reprice", "factor": " "})),
        ("factor", json!({"room_id": room, "starts_at": friday, "decision": "reprice", "factor": "9"})),
        ("tier", json!({"room_id": room, "starts_at": friday, "decision": "keep", "hours": 3})),
    ] {
        let refused = app.as_(DORA).post(TIMES, body).await.refused(400, "invalid");
        assert!(refused["errors"][field].is_string(), "{field}: {}", refused.text());
    }
    for wrong in [json!({"value": 0}), json!({"value": 61}), json!({"value": "many"}), json!({})] {
        send(&app, MAX, Method::PUT, &format!("{SETTINGS_PATH}hold_minutes/"), wrong)
            .await
            .refused(400, "invalid");
    }
    send(&app, MAX, Method::PUT, &format!("{SETTINGS_PATH}nothing/"), json!({"value": 1}))
        .await
        .refused(404, "not_found");
}

/// An override is undone to the one before it, step by step.
#[tokio::test]
async fn an_override_can_be_undone() {
    let app = TestClub::open().await;
    let (room, at) = (app.room("suite").await.0, "2026-11-27T19:00:00-05:00");
    let decide = async |body: Value| {
        let body = crate::and(json!({"room_id": room, "starts_at": at}), body);
        app.as_(DORA).post(TIMES, body).await.expect(204);
    };
    let undo = async || {
        app.as_(DORA).post("/api/staff/times/undo/", json!({"room_id": room, "starts_at": at})).await
    };
    let price = async || {
        let found = search(&app, GUS, "suite", "2026-11-27").await;
        let slot = found.list("available_slots").iter().find(|slot| slot["start_time"] == "19:00").cloned();
        slot.map(|slot| slot["price"].clone())
    };
    undo().await.refused(409, "nothing_to_undo");
    decide(json!({"decision": "reprice", "factor": "0.80"})).await;
    assert_eq!(price().await, Some(json!("240.00")));
    decide(json!({"decision": "block"})).await;
    assert_eq!(price().await, None);
    let listed = app.as_(DORA).get(TIMES).await.expect(200);
    assert_eq!((listed.list("").len(), &listed.list("")[0]["decision"]), (1, &json!("block")));
    assert_eq!(listed.list("")[0]["decided_by"], app.person(DORA).0);
    undo().await.expect(204);
    assert_eq!(price().await, Some(json!("240.00")), "what was before it");
    undo().await.expect(204);
    assert_eq!(price().await, None, "taking back is taken back");
}

#[tokio::test]
async fn settings_show_who_changed_them_and_can_be_reset() {
    let app = TestClub::open().await;
    let path = format!("{SETTINGS_PATH}account_days/");
    send(&app, MAX, Method::PUT, &path, json!({"value": 4})).await.expect(204);
    let of = async || {
        let listed = app.as_(OLA).get(SETTINGS_PATH).await.expect(200);
        listed.list("").iter().find(|one| one["name"] == "account_days").cloned().expect("it is listed")
    };
    let setting = of().await;
    assert_eq!((&setting["value"], &setting["default"]), (&json!(4), &json!(3)));
    assert_eq!(
        (&setting["changed_by"], &setting["changed_at"]),
        (&json!(app.person(MAX).0), &json!("2026-11-24T15:00:00Z"))
    );
    try_book(&app, GUS, "suite", "2026-11-28", "18:00").await.expect(201);
    let reset = send(&app, OLA, Method::DELETE, &path, Value::Null).await.expect(200);
    assert_eq!(reset["value"], 3);
    let setting = of().await;
    assert_eq!((&setting["value"], &setting["changed_by"]), (&json!(3), &json!(app.person(OLA).0)));
    try_book(&app, BEA, "suite", "2026-11-28", "20:30").await;
    try_book(&app, TOM, "suite", "2026-11-28", "15:00").await.refused(403, "outside_window");
}
