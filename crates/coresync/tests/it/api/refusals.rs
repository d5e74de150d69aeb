//! Refusals of bookings, and the details of each.

use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, MAX, OLA, PIA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, book, request_body, search, starts, try_book};

/// Books an offered slot with the fields of the offer.
async fn book_slot(app: &TestClub, by: Player, service: &str, slot: &Value) -> testing::Answer {
    let input = json!({"service_id": app.service(service).await, "starts_at": slot["starts_at"],
        "room_id": slot["room_id"]});
    app.as_(by).post(CREATE, input).await
}

#[tokio::test]
async fn a_taken_time_is_refused_with_bookable_alternatives() {
    let app = TestClub::open().await;
    book(&app, GUS, "suite", "2026-11-27", "18:00").await;
    // At 15:45 only the time to clean is missing: from 17:45 the room is prepared.
    for (time, code) in [
        ("15:45", "turnover"),
        ("16:00", "taken"),
        ("18:00", "taken"),
        ("19:55", "taken"),
        ("20:00", "taken"),
    ] {
        let refused = try_book(&app, BEA, "suite", "2026-11-27", time).await.refused(409, code);
        let alternatives = refused.list("alternatives");
        assert!(!alternatives.is_empty() && alternatives.len() <= 6, "{time}");
        let offered = search(&app, BEA, "suite", "2026-11-27").await;
        assert!(
            alternatives.iter().all(|one| offered.list("available_slots").contains(one)),
            "{time}: as the search says"
        );
    }
    let refused = try_book(&app, BEA, "suite", "2026-11-27", "18:00").await;
    let nearest = &refused.list("alternatives")[0];
    let booked = book_slot(&app, BEA, "suite", nearest).await.expect(201);
    assert_eq!(booked["starts_at"], nearest["starts_at"]);
    assert_eq!(booked["pricing"]["final_total"], nearest["price"]);
}

/// Every offered time of a day can be booked, slot by slot.
#[tokio::test]
async fn every_offered_time_can_be_booked() {
    let app = TestClub::open().await;
    book(&app, UMA, "couples", "2026-11-27", "12:00").await;
    book(&app, MAX, "massage", "2026-11-27", "15:20").await;
    for service in ["massage", "couples", "laser", "suite"] {
        let slots = search(&app, BEA, service, "2026-11-27").await.list("available_slots").clone();
        for slot in slots.iter().step_by(7) {
            let booked = book_slot(&app, BEA, service, slot).await.expect(201);
            assert_eq!(booked["room"]["id"], slot["room_id"], "{service}");
            assert_eq!(by_id(&booked["technicians"]), by_id(&slot["technicians"]), "{service}");
            assert_eq!(booked["pricing"]["final_total"], slot["price"], "{service}");
            crate::cancel(&app, BEA, booked.number("id")).await.expect(200);
        }
    }
}

fn by_id(named: &Value) -> std::collections::BTreeMap<i64, &Value> {
    named.as_array().expect("a list").iter().map(|one| (one["id"].as_i64().expect("an id"), one)).collect()
}

/// H5: if no room or technician is named, another one is chosen as long as there is one.
#[tokio::test]
async fn other_rooms_and_technicians_are_tried_before_refusing() {
    let app = TestClub::open().await;
    let first = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    let second = book(&app, BEA, "massage", "2026-11-27", "14:00").await;
    assert_eq!(
        (first["room"]["name"].as_str(), second["room"]["name"].as_str()),
        (Some("Stone"), Some("Duet"))
    );
    assert_ne!(first["technicians"], second["technicians"]);
    try_book(&app, PIA, "massage", "2026-11-27", "14:00").await.refused(409, "taken");
    let stone = app.room("stone").await;
    let named = and(request_body(&app, "massage", "2026-11-27", "14:30").await, json!({"room_id": stone}));
    app.as_(PIA).post(CREATE, named).await.refused(409, "taken");
}

#[tokio::test]
async fn a_requested_technician_is_never_replaced() {
    let app = TestClub::open().await;
    let (tom, ada, ira) =
        (app.technician("tom").await, app.technician("ada").await, app.technician("ira").await);
    let with = |technician: kit::Id| json!({ "technician_id": technician });
    let at = |time: &'static str| request_body(&app, "massage", "2026-11-27", time);
    let booked = app.as_(GUS).post(CREATE, and(at("14:00").await, with(ada))).await.expect(201);
    assert_eq!(booked["technicians"], json!([{"id": ada, "name": "Ada"}]));
    // The technician's ten minutes after the booking (F1).
    app.as_(BEA).post(CREATE, and(at("15:05").await, with(ada))).await.refused(409, "taken");
    app.as_(BEA).post(CREATE, and(at("15:10").await, with(ada))).await.expect(201);
    app.as_(PIA).post(CREATE, and(at("19:00").await, with(tom))).await.refused(409, "technician_off");
    let refused = app.as_(PIA).post(CREATE, and(at("12:00").await, with(ira))).await.refused(409, "skill");
    assert_eq!(refused["alternatives"], json!([]));
    let unknown_technician =
        app.as_(PIA).post(CREATE, and(at("12:00").await, with(kit::Id(77)))).await.refused(400, "invalid");
    assert!(unknown_technician["errors"]["technician_id"].is_string());
}

/// The rooms are closed, or all technicians with the skill are off.
#[tokio::test]
async fn closed_rooms_and_absent_technicians_have_different_codes() {
    let app = TestClub::open().await;
    try_book(&app, BEA, "massage", "2026-11-27", "08:00").await.refused(409, "room_closed");
    try_book(&app, BEA, "massage", "2026-11-27", "20:15").await.refused(409, "room_closed");
    try_book(&app, BEA, "suite", "2026-11-26", "14:00").await.refused(409, "room_closed");
    try_book(&app, BEA, "laser", "2026-11-29", "12:00").await.refused(409, "technician_off");
    try_book(&app, BEA, "couples", "2026-11-27", "17:00").await.refused(409, "technician_off");
    let off = try_book(&app, BEA, "laser", "2026-11-27", "09:30").await.refused(409, "technician_off");
    assert!(!off.list("alternatives").is_empty());
}

/// F6, also across services and for overlapping periods. A booking for another person does not count.
#[tokio::test]
async fn a_person_cannot_have_overlapping_bookings() {
    let app = TestClub::open().await;
    book(&app, PIA, "massage", "2026-11-27", "14:00").await;
    for time in ["13:45", "14:00", "14:30", "14:45"] {
        try_book(&app, PIA, "pod", "2026-11-27", time).await.refused(409, "same_person");
    }
    book(&app, PIA, "pod", "2026-11-27", "13:30").await;
    book(&app, PIA, "pod", "2026-11-27", "15:00").await;
    let friend =
        and(request_body(&app, "pod", "2026-11-27", "14:00").await, json!({"guest_name": "A friend"}));
    app.as_(PIA).post(CREATE, friend).await.expect(201);
    // The refused requests left nothing behind.
    assert_eq!(app.as_(PIA).get(MY_BOOKINGS).await.number("total_upcoming"), 4);
    book(&app, GUS, "pod", "2026-11-27", "13:45").await;
}

#[tokio::test]
async fn a_members_only_refusal_lists_the_plans() {
    let app = TestClub::open().await;
    let refused = try_book(&app, GUS, "circle", "2026-11-27", "12:00").await.refused(403, "plan_required");
    assert_eq!(refused["plans"], json!(["base", "premium", "unlimited"]));
    for player in [BEA, PIA, UMA, DORA] {
        let booked = book(&app, player, "circle", "2026-11-27", "12:00").await;
        crate::cancel(&app, player, booked.number("id")).await.expect(200);
    }
}

#[tokio::test]
async fn a_party_larger_than_the_room_is_refused() {
    let app = TestClub::open().await;
    for (service, party) in [("massage", 2), ("couples", 3), ("pod", 2), ("suite", 50)] {
        let many = and(request_body(&app, service, "2026-11-27", "14:00").await, json!({ "party": party }));
        let refused = app.as_(BEA).post(CREATE, many).await.refused(409, "capacity");
        assert_eq!(refused["alternatives"], json!([]), "{service}");
    }
    for party in [json!(0), json!(-1), json!(51), json!("two"), json!(1.5), json!([2])] {
        let odd = and(request_body(&app, "couples", "2026-11-27", "14:00").await, json!({ "party": party }));
        let refused = app.as_(BEA).post(CREATE, odd).await.refused(400, "invalid");
        assert!(refused["errors"]["party"].is_string(), "{party}");
    }
    let couple = book(&app, BEA, "couples", "2026-11-27", "14:00").await;
    assert_eq!((couple.number("party"), couple.list("technicians").len()), (2, 2));
    assert_eq!(couple["pricing"]["final_total"], "297.00", "per booking, not per head: min(300, 270) x 1.10");
    let stone = app.room("stone").await;
    let elsewhere =
        and(request_body(&app, "couples", "2026-11-27", "18:00").await, json!({"room_id": stone}));
    let refused = app.as_(BEA).post(CREATE, elsewhere).await.refused(400, "invalid");
    assert!(refused["errors"]["room_id"].is_string());
}

/// A named technician without the skill is refused, also if two technicians serve.
#[tokio::test]
async fn a_requested_technician_without_the_skill_is_refused() {
    let app = TestClub::open().await;
    let ira = json!({"technician_id": app.technician("ira").await});
    for service in ["massage", "couples"] {
        let body = and(request_body(&app, service, "2026-11-27", "14:00").await, ira.clone());
        app.as_(BEA).post(CREATE, body).await.refused(409, "skill");
    }
}

/// One piece of equipment for two rooms, with its own reset time.
#[tokio::test]
async fn equipment_is_exclusive_and_needs_its_reset_time() {
    let app = TestClub::open().await;
    book(&app, GUS, "laser", "2026-11-27", "12:00").await;
    try_book(&app, BEA, "laser", "2026-11-27", "12:30").await.refused(409, "taken");
    // Until 12:45, then the technician's 10 minutes, then the laser's 15.
    try_book(&app, BEA, "laser", "2026-11-27", "12:55").await.refused(409, "equipment");
    book(&app, BEA, "laser", "2026-11-27", "13:00").await;
    let free = search(&app, PIA, "laser", "2026-11-27").await;
    assert!(!starts(&free).contains(&"12:45") && starts(&free).contains(&"14:00"));
}

/// Who may book for whom.
#[tokio::test]
async fn an_account_cannot_book_for_another_person() {
    let app = TestClub::open().await;
    let for_bea =
        and(request_body(&app, "pod", "2026-11-27", "14:00").await, json!({"person_id": app.person(BEA)}));
    for player in [GUS, PIA, UMA, TOM] {
        app.as_(player).post(CREATE, for_bea.clone()).await.refused(403, "not_allowed");
    }
    app.as_(BEA).post(CREATE, for_bea.clone()).await.expect(201);
    for (player, time) in [(DORA, "15:00"), (MAX, "16:00"), (OLA, "17:00")] {
        let booked =
            app.as_(player).post(CREATE, and(for_bea.clone(), json!({"start_time": time}))).await.expect(201);
        assert_eq!(booked["pricing"]["final_total"], "33.75", "at her price: min(35.00, 45.00 - 25 %)");
    }
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.number("total_upcoming"), 4);
    app.visitor().post(CREATE, for_bea).await.refused(401, "not_signed_in");
}

/// When the clock repeats or skips an hour, `starts_at` says which moment is meant.
#[tokio::test]
async fn a_local_time_skipped_by_the_clock_change_is_refused() {
    let app = TestClub::open_at("2026-10-30T12:00:00-04:00").await;
    // The suite closes at 01:00, before the clock goes back at 02:00 on 1 November: no time of that night is ambiguous.
    let booked = book(&app, BEA, "suite", "2026-10-31", "23:00").await;
    assert_eq!(booked["starts_at"], "2026-10-31T23:00:00-04:00");
    let skipped =
        json!({"service_id": app.service("pod").await, "date": "2027-03-14", "start_time": "02:30"});
    app.set_time("2027-03-12T12:00:00-05:00");
    let refused = app.as_(BEA).post(CREATE, skipped).await.refused(400, "invalid");
    assert!(
        refused["errors"]["start_time"]
            .as_str()
            .is_some_and(|text| text.contains("doesn’t exist that night")),
        "{}",
        refused.text()
    );
}

/// `date` and `start_time` refer to the operating day: 00:15 of Friday is on Saturday. No room is open that late, so
/// the refusal is that of a closed room on Friday.
#[tokio::test]
async fn invalid_times_are_refused_with_field_errors() {
    let app = TestClub::open().await;
    for (date, time, field) in [
        ("2026-11-27", "14:02", "start_time"),
        ("2026-11-27", "24:00", "start_time"),
        ("2026-11-27", "2 pm", "start_time"),
        ("2026-02-30", "14:00", "date"),
        ("27.11.2026", "14:00", "date"),
        ("1026-11-27", "14:00", "date"),
        ("", "14:00", "date"),
    ] {
        let refused = try_book(&app, BEA, "pod", date, time).await.refused(400, "invalid");
        assert!(refused["errors"][field].is_string(), "{date} {time}: {}", refused.text());
    }
    let nothing = app.as_(BEA).post(CREATE, json!({})).await.refused(400, "invalid");
    let fields: Vec<_> = nothing["errors"].as_object().expect("fields").keys().cloned().collect();
    assert_eq!(fields, ["date", "service_id", "start_time"]);
    let unknown = json!({"service_id": 99, "date": "2026-11-27", "start_time": "14:00"});
    let refused = app.as_(BEA).post(CREATE, unknown).await.refused(400, "invalid");
    assert!(refused["errors"]["service_id"].is_string());
}

/// A named technician serves, also together with a second one.
#[tokio::test]
async fn a_requested_technician_is_always_one_of_the_two() {
    let app = TestClub::open().await;
    let (couples, ada) = (app.service("couples").await, app.technician("ada").await);
    let path =
        format!("/api/bookings/availability/?service_id={couples}&date=2026-11-25&technician_id={ada}");
    let offered = app.as_(BEA).get(&path).await.expect(200);
    let slots = offered.list("available_slots");
    assert!(!slots.is_empty());
    for slot in slots {
        assert_eq!(
            (slot["technicians"][0]["id"].as_i64(), slot["available_spots"].as_i64()),
            (Some(ada.0), Some(1))
        );
    }
    let request_body =
        json!({"service_id": couples, "date": "2026-11-25", "start_time": "12:00", "technician_id": ada});
    let booked = app.as_(BEA).post(crate::CREATE, request_body).await.expect(201);
    let serving = booked["technicians"].as_array().expect("a list");
    assert!(serving.len() == 2 && serving.iter().any(|one| one["id"].as_i64() == Some(ada.0)), "{serving:?}");
}
