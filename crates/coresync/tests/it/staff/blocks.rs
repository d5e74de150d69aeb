//! Blocks: a room, a technician, or a piece of equipment can't be booked during a period, by any caller and however
//! many there are at once.

use axum::http::Method;
use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, OLA, PIA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, request_body, search, starts, try_book};

const BLOCKS: &str = "/api/staff/blocks/";

fn at(day: &str, time: &str) -> String {
    format!("2026-11-{day}T{time}:00-05:00")
}

fn span(of: Value, day: &str, from: &str, to: &str) -> Value {
    and(of, json!({"starts_at": at(day, from), "ends_at": at(day, to), "reason": "Repairs"}))
}

async fn suite(app: &TestClub, from: &str, to: &str) -> Value {
    span(json!({"room_id": app.room("suite").await}), "27", from, to)
}

async fn block(app: &TestClub, body: Value) -> Answer {
    app.as_(DORA).post(BLOCKS, body).await
}

async fn send(app: &TestClub, by: Player, method: Method, path: &str, body: Value) -> Answer {
    app.as_(by).send(method, path, Some("application/json"), body.to_string().into_bytes()).await
}

/// Returns the number of cells that are claimed, but not by a booking.
async fn claimed_by_blocks(app: &TestClub) -> i64 {
    let read = |tx: &mut kit::Tx<'_>| {
        tx.one(
            sql!(
                "SELECT COUNT(*) FROM claims c WHERE NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = c.booking_id)"
            ),
            args![],
        )
    };
    let count: Option<(i64,)> = app.db().view(read).await.expect("claims");
    count.map_or(0, |(count,)| count)
}

/// A two-hour suite needs 15 minutes before and 30 minutes after: starts that touch the block are not offered, those
/// next to it are.
#[tokio::test]
async fn a_blocked_time_is_neither_offered_nor_bookable() {
    let app = TestClub::open().await;
    let before = search(&app, UMA, "suite", "2026-11-27").await;
    assert!(starts(&before).contains(&"18:00"));
    let blocked = block(&app, suite(&app, "17:00", "20:00").await).await.expect(201);
    let id = blocked["block"]["id"].as_i64().expect("an id");
    assert_eq!(blocked["bookings"], json!([]));
    for player in [UMA, GUS, DORA] {
        let offered = search(&app, player, "suite", "2026-11-27").await;
        let starts = starts(&offered);
        let touches = |start: &&&str| ("14:35".."20:15").contains(&**start);
        assert_eq!(starts.iter().filter(touches).count(), 0, "{starts:?}");
        assert!(starts.contains(&"14:30") && starts.contains(&"20:15"), "{starts:?}");
    }
    for player in [UMA, GUS, DORA] {
        for time in ["14:35", "17:00", "18:00", "20:10"] {
            let refused =
                try_book(&app, player, "suite", "2026-11-27", time).await.refused(409, "maintenance");
            assert!(!refused.list("alternatives").is_empty(), "{time}");
        }
    }
    // The block is listed, and its claims are gone once it is removed.
    let listed = app.as_(MAX).get(BLOCKS).await.expect(200);
    assert_eq!((listed.list("").len(), &listed.list("")[0]["reason"]), (1, &json!("Repairs")));
    assert_eq!(claimed_by_blocks(&app).await, 36);
    let path = format!("{BLOCKS}{id}/");
    for player in [GUS, TOM] {
        send(&app, player, Method::DELETE, &path, Value::Null).await.expect(403);
    }
    send(&app, DORA, Method::DELETE, &path, Value::Null).await.expect(204);
    send(&app, MAX, Method::DELETE, &path, Value::Null).await.refused(409, "wrong_state");
    assert_eq!(search(&app, UMA, "suite", "2026-11-27").await.body, before.body);
    assert_eq!(claimed_by_blocks(&app).await, 0);
    book(&app, UMA, "suite", "2026-11-27", "18:00").await;
}

/// Each kind of resource has its code. A room with units is blocked as a whole, and another room is used meanwhile.
#[tokio::test]
async fn technicians_equipment_and_rooms_with_units_can_be_blocked() {
    let app = TestClub::open().await;
    let laser = app.catalogue().await.equipment[0].id;
    let ira = app.technician("ira").await;
    for (of, service, code) in [
        (json!({"technician_id": ira}), "laser", "technician_off"),
        (json!({"equipment_id": laser}), "laser", "equipment"),
        (json!({"room_id": app.room("pods").await}), "pod", "maintenance"),
    ] {
        let made = block(&app, span(of, "27", "11:00", "14:00")).await.expect(201);
        try_book(&app, GUS, service, "2026-11-27", "12:00").await.refused(409, code);
        let why = format!(
            "/api/bookings/why_not/?service_id={}&date=2026-11-27&start_time=12:00",
            app.service(service).await
        );
        assert_eq!(app.as_(GUS).get(&why).await.expect(200)["code"], code);
        let offered = search(&app, GUS, service, "2026-11-27").await;
        assert!(!starts(&offered).contains(&"12:00") && starts(&offered).contains(&"14:15"), "{service}");
        let path = format!("{BLOCKS}{}/", made["block"]["id"]);
        send(&app, DORA, Method::DELETE, &path, Value::Null).await.expect(204);
        let booked = book(&app, GUS, service, "2026-11-27", "12:00").await.number("id");
        cancel(&app, GUS, booked).await.expect(200);
    }
    // One of two rooms is blocked.
    block(&app, span(json!({"room_id": app.room("stone").await}), "28", "09:00", "21:00")).await.expect(201);
    let booked = book(&app, BEA, "massage", "2026-11-28", "12:00").await;
    assert_eq!(booked["room"]["name"], "Duet");
    // A block for lunch does not make a technician count as busier.
    let lunch = json!({"technician_id": app.technician("ada").await});
    block(&app, span(lunch, "30", "12:00", "13:00")).await.expect(201);
    let named = book(&app, BEA, "massage", "2026-11-30", "15:00").await;
    let ids = [app.technician("tom").await.0, app.technician("ada").await.0];
    assert_eq!(
        named["technicians"][0]["id"],
        *ids.iter().min().expect("two"),
        "both are as idle: the lower id"
    );
}

/// A booking inside a block stays, and the block is saved only by a caller who has seen it. Once it is canceled, its
/// time is blocked as well.
#[tokio::test]
async fn bookings_inside_a_block_must_be_acknowledged_and_stay() {
    let app = TestClub::open().await;
    let id = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
    let held = request_body(&app, "suite", "2026-11-27", "14:00").await;
    let held = app.as_(PIA).post("/api/bookings/hold/", held).await.expect(201).number("id");
    let body = suite(&app, "15:00", "21:00").await;
    let seen = block(&app, and(body.clone(), json!({"dry_run": true}))).await.expect(200);
    assert_eq!((&seen["block"], seen.list("bookings").len()), (&Value::Null, 2));
    assert_eq!(seen.list("bookings")[1]["guest"], "Uma Reyes");
    assert_eq!(app.as_(DORA).get(BLOCKS).await.list("").len(), 0, "nothing is saved");
    for seen in [json!([]), json!([id]), json!([held])] {
        let refused =
            block(&app, and(body.clone(), json!({"seen": seen}))).await.refused(409, "bookings_inside");
        assert_eq!(refused.list("bookings").len(), 2);
        assert_eq!(claimed_by_blocks(&app).await, 0, "nothing is kept of it");
    }
    let made = block(&app, and(body, json!({"seen": [id, held]}))).await.expect(201);
    assert_eq!(made.list("bookings").len(), 2);
    let stays = app.as_(UMA).get(&format!("/api/bookings/{id}/")).await.expect(200);
    assert_eq!((&stays["status"], &stays["start_time"]), (&json!("confirmed"), &json!("18:00")));
    app.as_(PIA).post(CREATE, json!({"hold_id": held})).await.expect(201);
    cancel(&app, UMA, id).await.expect(200);
    try_book(&app, UMA, "suite", "2026-11-27", "18:00").await.refused(409, "maintenance");
    assert!(!starts(&search(&app, UMA, "suite", "2026-11-27").await).contains(&"18:00"));
}

/// If two callers change a block at once, the second is refused. Another block of the same time keeps it blocked.
#[tokio::test]
async fn a_stale_change_of_a_block_is_refused() {
    let app = TestClub::open().await;
    let first = block(&app, suite(&app, "16:00", "19:00").await).await.expect(201);
    let other = block(&app, suite(&app, "18:00", "20:00").await).await.expect(201);
    let path = format!("{BLOCKS}{}/", first["block"]["id"]);
    let seen_at = json!({"changed_at": first["block"]["changed_at"]});
    app.set_time("2026-11-24T10:05:00-05:00");
    let longer = and(suite(&app, "16:00", "19:30").await, seen_at.clone());
    let changed = send(&app, MAX, Method::PUT, &path, longer).await.expect(200);
    assert_eq!(changed["block"]["ends_at"], at("27", "19:30"));
    let stale = and(suite(&app, "15:00", "19:00").await, seen_at);
    let refused = send(&app, DORA, Method::PUT, &path, stale).await.refused(409, "edited_meanwhile");
    assert_eq!((&refused["by"], &refused["fields"]), (&json!("Max Stern"), &json!(["starts_at", "ends_at"])));
    send(&app, DORA, Method::DELETE, &path, Value::Null).await.expect(204);
    assert_eq!(claimed_by_blocks(&app).await, 24, "the other block has all of its own");
    try_book(&app, UMA, "suite", "2026-11-27", "18:00").await.refused(409, "maintenance");
    send(&app, DORA, Method::PUT, &path, suite(&app, "16:00", "19:00").await)
        .await
        .refused(409, "wrong_state");
    let path = format!("{BLOCKS}{}/", other["block"]["id"]);
    send(&app, DORA, Method::PUT, &format!("{BLOCKS}7/"), suite(&app, "16:00", "19:00").await)
        .await
        .expect(404);
    let moved = span(json!({"room_id": app.room("stone").await}), "27", "18:00", "20:00");
    send(&app, OLA, Method::PUT, &path, moved).await.expect(200);
    book(&app, UMA, "suite", "2026-11-27", "18:00").await;
    let read = |tx: &mut kit::Tx<'_>| {
        tx.all(sql!("SELECT what, details FROM audit WHERE subject = 'block' ORDER BY what"), args![])
    };
    let rows: Vec<(String, Value)> = app.db().view(read).await.expect("the log");
    let names: Vec<&str> = rows.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(names, ["block_changed", "block_changed", "block_removed", "time_blocked", "time_blocked"]);
    let changed = rows
        .iter()
        .find(|(_, details)| details["after"]["ends_at"] == at("27", "19:30"))
        .expect("the change");
    assert_eq!(changed.1["before"]["ends_at"], at("27", "19:00"));
}

/// A block that began days ago can be shortened and lengthened; its start can only move to a time that is still allowed.
#[tokio::test]
async fn a_running_block_can_be_changed() {
    let app = TestClub::open().await;
    let days = |from: &str, to: &str| json!({"starts_at": at(from, "09:00"), "ends_at": at(to, "20:00")});
    let body = and(suite(&app, "09:00", "20:00").await, days("24", "28"));
    let made = block(&app, body.clone()).await.expect(201);
    let path = format!("{BLOCKS}{}/", made["block"]["id"]);
    app.set_time("2026-11-27T12:00:00-05:00");
    let shorter = and(body.clone(), days("24", "27"));
    let changed = send(&app, DORA, Method::PUT, &path, shorter).await.expect(200);
    assert_eq!(changed["block"]["starts_at"], at("24", "09:00"));
    assert_eq!(changed["block"]["ends_at"], at("27", "20:00"));
    let earlier = and(body.clone(), days("23", "27"));
    let refused = send(&app, DORA, Method::PUT, &path, earlier).await.refused(400, "invalid");
    assert!(refused["errors"]["starts_at"].is_string(), "{}", refused.text());
    let over = and(body, json!({"starts_at": at("24", "09:00"), "ends_at": at("26", "20:00")}));
    let refused = send(&app, DORA, Method::PUT, &path, over).await.refused(400, "invalid");
    assert!(refused["errors"]["ends_at"].is_string(), "{}", refused.text());
    assert_eq!(claimed_by_blocks(&app).await, (3 * 24 + 11) * 12);
}

#[tokio::test]
async fn invalid_blocks_are_refused() {
    let app = TestClub::open().await;
    let room = app.room("suite").await;
    let good = suite(&app, "17:00", "20:00").await;
    for (wrong, field) in [
        (json!({"room_id": 5}), "room_id"),
        (json!({"technician_id": room}), "room_id"),
        (json!({"room_id": null}), "room_id"),
        (json!({"starts_at": at("27", "17:02")}), "starts_at"),
        (json!({"ends_at": at("27", "17:00")}), "ends_at"),
        (json!({"ends_at": at("27", "16:00")}), "ends_at"),
        (json!({"starts_at": at("20", "16:00"), "ends_at": at("23", "16:00")}), "starts_at"),
        (json!({"starts_at": at("20", "16:00"), "ends_at": at("23", "16:00")}), "ends_at"),
        (json!({"ends_at": "2027-03-27T16:00:00-05:00"}), "ends_at"),
        (json!({"reason": ""}), "reason"),
        (json!({"reason": "x".repeat(201)}), "reason"),
        (json!({"seen": "all"}), "seen"),
        (json!({"seen": ["x"]}), "seen"),
        (json!({"starts_at": "soon"}), "starts_at"),
    ] {
        let refused = block(&app, and(good.clone(), wrong.clone())).await.refused(400, "invalid");
        assert!(refused["errors"][field].is_string(), "{wrong}: {}", refused.text());
    }
    for player in [GUS, BEA, TOM] {
        app.as_(player).post(BLOCKS, good.clone()).await.refused(403, "not_allowed");
        app.as_(player).get(BLOCKS).await.refused(403, "not_allowed");
    }
    app.visitor().post(BLOCKS, good).await.refused(401, "not_signed_in");
}

/// How often each race is run.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn rounds() -> usize {
    if std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty()) { 60 } else { 8 }
}

/// A block and a booking at once: one of them gets the time, or the other is told of it. They never overlap unseen.
#[tokio::test]
async fn a_block_racing_a_booking_never_overlaps_it_unnoticed() {
    let app = TestClub::open().await;
    let mut won = [0, 0];
    for round in 0..rounds() {
        let day = if round % 2 == 0 { "2026-11-27" } else { "2026-11-28" };
        let body = span(json!({"room_id": app.room("suite").await}), &day[8..], "17:00", "21:00");
        let booking_request = request_body(&app, "suite", day, "18:00").await;
        let (dora, uma) = (app.as_(DORA), app.as_(UMA));
        let (blocked, booked) = if round % 3 == 0 {
            tokio::join!(dora.post(BLOCKS, body), uma.post(CREATE, booking_request))
        } else {
            let (booked, blocked) = tokio::join!(uma.post(CREATE, booking_request), dora.post(BLOCKS, body));
            (blocked, booked)
        };
        match (blocked.status, booked.status) {
            (201, 409) => {
                won[0] += 1;
                assert!(["maintenance", "taken"].contains(&booked["code"].as_str().unwrap_or_default()));
                let path = format!("{BLOCKS}{}/", blocked["block"]["id"]);
                send(&app, DORA, Method::DELETE, &path, Value::Null).await.expect(204);
            }
            (409, 201) => {
                won[1] += 1;
                assert_eq!(blocked["code"], "bookings_inside");
                assert_eq!(blocked.list("bookings")[0]["id"], booked["id"]);
                cancel(&app, UMA, booked.number("id")).await.expect(200);
            }
            other => panic!("{other:?}: {} {}", blocked.text(), booked.text()),
        }
        assert_eq!(claimed_by_blocks(&app).await, 0, "nothing of a round is left");
    }
    assert_eq!(won[0] + won[1], rounds());
}

/// A booking inside the block is canceled, and its time booked again, while the block is being added. The block gets
/// the freed time, or names the booking that has it.
#[tokio::test]
async fn a_block_racing_a_cancellation_and_a_rebooking_leaves_no_gap() {
    let app = TestClub::open().await;
    for round in 0..rounds() {
        let id = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
        let body = and(suite(&app, "17:00", "21:00").await, json!({"seen": [id]}));
        let booking_request = request_body(&app, "suite", "2026-11-27", "18:00").await;
        let (dora, pia) = (app.as_(DORA), app.as_(PIA));
        let (cancelled, blocked, booked) =
            tokio::join!(cancel(&app, UMA, id), dora.post(BLOCKS, body), pia.post(CREATE, booking_request));
        cancelled.expect(200);
        match (blocked.status, booked.status) {
            (201, 409) => {
                try_book(&app, PIA, "suite", "2026-11-27", "18:00").await.refused(409, "maintenance");
                let path = format!("{BLOCKS}{}/", blocked["block"]["id"]);
                send(&app, DORA, Method::DELETE, &path, Value::Null).await.expect(204);
            }
            (409, 201) => {
                assert_eq!(blocked["code"], "bookings_inside");
                assert_eq!(blocked.list("bookings")[0]["id"], booked["id"]);
                cancel(&app, PIA, booked.number("id")).await.expect(200);
            }
            other => panic!("round {round}, {other:?}: {} {}", blocked.text(), booked.text()),
        }
        assert_eq!(claimed_by_blocks(&app).await, 0);
    }
}
