//! The fields that clients read, with their types. Fields may be added, but none may be removed or renamed.

use serde_json::{Value, json};
use testing::{BEA, GUS, PIA, TestClub, assert_shape};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, book, cancel, request_body, search};

fn why() -> Value {
    json!([{"code": "text", "label": "text", "amount": "money"}])
}

fn slot() -> Value {
    json!({
        "id": "text", "date": "date", "start_time": "clock", "end_time": "clock", "starts_at": "moment",
        "ends_at": "moment", "room_id": "id", "room_name": "text", "room_type": "text",
        "technicians": [{"id": "id", "name": "text"}], "price": "money", "member_price": "money",
        "non_member_price": "money", "why": why(), "is_premium_slot": "yes-or-no", "available_spots": "integer",
        "max_capacity": "integer", "features": ["text"], "has_iot_control": "yes-or-no", "tags": ["text"],
        "priority_info": {"is_priority_slot": "yes-or-no", "vip_only": "yes-or-no", "member_only_until": "moment?",
            "vip_only_until": "moment?"},
    })
}

fn booking() -> Value {
    json!({
        "id": "id", "booking_reference": "reference",
        "service": {"id": "id", "name": "text", "slug": "text", "duration": "integer"},
        "date": "date", "start_time": "clock", "end_time": "clock", "starts_at": "moment", "ends_at": "moment",
        "room": {"id": "id", "name": "text", "type": "text"}, "technicians": [{"id": "id", "name": "text"}],
        "pricing": {"base_price": "money", "addons_total": "money", "discount_applied": "money", "tax": "money",
            "final_total": "money", "why": why()},
        "status": "text", "payment_status": "text", "can_cancel": "yes-or-no", "can_reschedule": "yes-or-no",
        "cancel_cost": "money",
    })
}

fn card() -> Value {
    json!({
        "id": "id", "name": "text", "slug": "text", "short_description": "text", "category_name": "text",
        "category_slug": "text", "member_price": "money", "non_member_price": "money", "savings_for_members": "money",
        "member_discount_percentage": "integer", "duration": "integer", "max_capacity": "integer",
        "featured": "yes-or-no", "member_only": "yes-or-no", "main_image": "text?",
    })
}

fn refused() -> Value {
    json!({"code": "text", "detail": "text", "opens_at": "moment?"})
}

#[tokio::test]
async fn availability_responses_have_the_expected_fields() {
    let app = TestClub::open().await;
    let whole = json!({
        "from": "date", "to": "date", "date": "date", "days": [],
        "user_privileges": {"is_member": "yes-or-no", "is_vip": "yes-or-no", "has_priority_booking": "yes-or-no",
            "max_advance_days": "integer", "can_book_priority_slots": "yes-or-no"},
        "available_slots": [slot()], "total_slots": "integer", "refused": "null",
    });
    for service in ["massage", "couples", "suite", "pod", "laser"] {
        let answer = search(&app, BEA, service, "2026-11-27").await;
        assert_shape(service, &answer.body, &whole);
        let slots = answer.list("available_slots");
        assert!(!slots.is_empty(), "{service}");
        assert_eq!(answer.number("total_slots"), i64::try_from(slots.len()).expect("a count"), "{service}");
        assert!(
            slots.is_sorted_by_key(|slot| slot["starts_at"].as_str().expect("a time").to_owned()),
            "{service}"
        );
        let ids: std::collections::BTreeSet<_> = slots.iter().map(|slot| slot["id"].as_str()).collect();
        assert_eq!(ids.len(), slots.len(), "{service}: one slot a start (F3)");
    }
    let closed = search(&app, GUS, "pod", "2026-12-24").await;
    assert_shape("closed", &closed["refused"], &refused());
    let suite = app.service("suite").await;
    let month =
        format!("/api/bookings/availability/?service_id={suite}&from=2026-11-24&to=2026-12-23&slots=1");
    let month = app.as_(GUS).get(&month).await.expect(200);
    let day = json!([{"date": "date", "count": "integer", "first_start": "clock?", "from_price": "money?"}]);
    assert_shape("days", &month["days"], &day);
    assert_shape("slots", &month["available_slots"], &json!([slot()]));
    for day in month.list("days").iter().filter(|day| day.get("refused").is_some()) {
        assert_shape("day.refused", &day["refused"], &refused());
    }
}

/// A start after midnight on Friday night belongs to Friday.
#[tokio::test]
async fn a_night_past_midnight_keeps_its_operating_day() {
    let app = TestClub::open().await;
    let found = search(&app, BEA, "suite", "2026-11-27").await;
    let last = found.list("available_slots").last().expect("a last one");
    assert_eq!(
        (&last["date"], &last["start_time"], &last["end_time"], &last["ends_at"]),
        (&json!("2026-11-27"), &json!("23:00"), &json!("01:00"), &json!("2026-11-28T01:00:00-05:00"))
    );
    let booked = book(&app, BEA, "suite", "2026-11-27", "23:00").await;
    assert_eq!(booked["date"], "2026-11-27");
    assert_eq!(booked["starts_at"], "2026-11-27T23:00:00-05:00");
}

#[tokio::test]
async fn booking_responses_have_the_expected_fields() {
    let app = TestClub::open().await;
    let led = app.addon("led").await;
    let input = json!({"addons": [{"id": led, "quantity": 1, "notes": "warm"}], "special_requests": "quiet",
        "ai_program": "deep", "scene_preferences": {"light": 20}, "payment_method": "card"});
    let booking_request = and(request_body(&app, "massage", "2026-11-27", "14:00").await, input);
    let made = app.as_(PIA).post(CREATE, booking_request).await.expect(201);
    assert_shape("created", &made.body, &booking());
    let other = book(&app, PIA, "suite", "2026-11-28", "12:00").await;
    let cancelled = cancel(&app, PIA, other.number("id")).await.expect(200);
    assert_shape("cancelled", &cancelled["booking"], &booking());
    let my_bookings = app.as_(PIA).get(MY_BOOKINGS).await.expect(200);
    let shape = json!({"upcoming": [booking()], "past": [booking()], "total_upcoming": "integer", "total_past": "integer"});
    assert_shape("my_bookings", &my_bookings.body, &shape);
    assert_eq!((my_bookings.list("upcoming").len(), my_bookings.list("past").len()), (1, 1));
}

#[tokio::test]
async fn service_responses_have_the_price_of_the_caller() {
    let app = TestClub::open().await;
    let mut whole = card();
    let more = json!({"description": "text", "category": {"id": "id", "name": "text", "slug": "text"},
        "price_for_user": "money", "gallery_images": ["text"], "video_url": "text?",
        "addons": [{"id": "id", "name": "text", "price": "money"}]});
    whole.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    for (player, price) in [(GUS, "200.00"), (BEA, "150.00"), (PIA, "130.00"), (testing::UMA, "0.00")] {
        let one = app.as_(player).get("/api/services/massage/").await.expect(200);
        assert_shape("service", &one.body, &whole);
        assert_eq!(one["price_for_user"], price);
        assert_eq!(one.list("addons").len(), 2);
    }
    app.visitor().get("/api/services/nothing/").await.refused(404, "not_found");
}
