//! The shapes that clients read, field by field with their types. More may be added; none may be dropped or renamed.

use serde_json::{Value, json};
use testing::{BEA, GUS, House, PIA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MINE, and, book, cancel, search, wish};

/// Holds `value` against a shape: an object names the fields that must be there, a list holds the shape of every item,
/// a text names a type; with `?` at its end the value may be null.
#[track_caller]
fn holds(place: &str, value: &Value, shape: &Value) {
    match shape {
        Value::Object(fields) => {
            let Value::Object(values) = value else {
                panic!("{place}: an object is wanted, here is {value}")
            };
            for (name, shape) in fields {
                let value =
                    values.get(name).unwrap_or_else(|| panic!("{place}.{name} is missing in {values:?}"));
                holds(&format!("{place}.{name}"), value, shape);
            }
        }
        Value::Array(items) => {
            let Value::Array(values) = value else { panic!("{place}: a list is wanted, here is {value}") };
            for (at, value) in values.iter().enumerate() {
                holds(&format!("{place}[{at}]"), value, &items[0]);
            }
        }
        Value::String(kind) => assert!(is(value, kind), "{place}: {kind} is wanted, here is {value}"),
        other => panic!("{place}: {other} is no shape"),
    }
}

fn is(value: &Value, kind: &str) -> bool {
    if let Some(kind) = kind.strip_suffix('?') {
        return value.is_null() || is(value, kind);
    }
    let text = value.as_str();
    match kind {
        "id" => value.as_i64().is_some_and(|id| id > 0 && id < 1 << 53),
        "integer" => value.is_i64(),
        "yes-or-no" => value.is_boolean(),
        "text" => text.is_some(),
        "money" => text.is_some_and(|text| {
            let (whole, part) = text.trim_start_matches('-').split_once('.').unwrap_or_default();
            !whole.is_empty()
                && part.len() == 2
                && format!("{whole}{part}").bytes().all(|b| b.is_ascii_digit())
        }),
        "date" => text.is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
        "clock" => {
            text.is_some_and(|text| text.len() == 5 && jiff::civil::Time::strptime("%H:%M", text).is_ok())
        }
        // ISO 8601 with an offset, not with Z: the club's clock.
        "moment" => text.is_some_and(|text| {
            text.parse::<jiff::Timestamp>().is_ok() && (text.ends_with("-05:00") || text.ends_with("-04:00"))
        }),
        "null" => value.is_null(),
        "reference" => text.is_some_and(|text| {
            text.len() == 14
                && text.starts_with("CS-20")
                && text[3..].bytes().all(|b| b.is_ascii_digit() || b == b'-')
        }),
        other => panic!("{other} is no type"),
    }
}

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

fn plan() -> Value {
    json!({
        "id": "id", "name": "text", "slug": "text", "price": "money", "short_description": "text",
        "benefits": ["text"], "discount_percentage": "integer", "mensuite_access": "yes-or-no",
        "coresync_private_access": "yes-or-no", "iot_control_access": "yes-or-no", "priority_booking": "yes-or-no",
        "monthly_service_credits": "integer?", "guest_passes": "integer", "max_advance_days": "integer",
        "featured": "yes-or-no", "order": "integer",
    })
}

fn refused() -> Value {
    json!({"code": "text", "detail": "text", "opens_at": "moment?"})
}

#[tokio::test]
async fn free_times() {
    let house = House::open().await;
    let whole = json!({
        "from": "date", "to": "date", "date": "date", "days": [],
        "user_privileges": {"is_member": "yes-or-no", "is_vip": "yes-or-no", "has_priority_booking": "yes-or-no",
            "max_advance_days": "integer", "can_book_priority_slots": "yes-or-no"},
        "available_slots": [slot()], "total_slots": "integer", "refused": "null",
    });
    for service in ["massage", "couples", "suite", "pod", "laser"] {
        let answer = search(&house, BEA, service, "2026-11-27").await;
        holds(service, &answer.body, &whole);
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
    let closed = search(&house, GUS, "pod", "2026-12-24").await;
    holds("closed", &closed["refused"], &refused());
    let suite = house.service("suite").await;
    let month =
        format!("/api/bookings/availability/?service_id={suite}&from=2026-11-24&to=2026-12-23&slots=1");
    let month = house.as_(GUS).get(&month).await.expect(200);
    let day = json!([{"date": "date", "count": "integer", "first_start": "clock?", "from_price": "money?"}]);
    holds("days", &month["days"], &day);
    holds("slots", &month["available_slots"], &json!([slot()]));
    for day in month.list("days").iter().filter(|day| day.get("refused").is_some()) {
        holds("day.refused", &day["refused"], &refused());
    }
}

/// A night of Friday belongs to Friday; its end is after midnight.
#[tokio::test]
async fn a_night_after_midnight_keeps_its_operating_day() {
    let house = House::open().await;
    let found = search(&house, BEA, "suite", "2026-11-27").await;
    let last = found.list("available_slots").last().expect("a last one");
    assert_eq!(
        (&last["date"], &last["start_time"], &last["end_time"], &last["ends_at"]),
        (&json!("2026-11-27"), &json!("23:00"), &json!("01:00"), &json!("2026-11-28T01:00:00-05:00"))
    );
    let booked = book(&house, BEA, "suite", "2026-11-27", "23:00").await;
    assert_eq!(booked["date"], "2026-11-27");
    assert_eq!(booked["starts_at"], "2026-11-27T23:00:00-05:00");
}

#[tokio::test]
async fn a_booking_and_one_s_own() {
    let house = House::open().await;
    let led = house.addon("led").await;
    let words = json!({"addons": [{"id": led, "quantity": 1, "notes": "warm"}], "special_requests": "quiet",
        "ai_program": "deep", "scene_preferences": {"light": 20}, "payment_method": "card"});
    let wished = and(wish(&house, "massage", "2026-11-27", "14:00").await, words);
    let made = house.as_(PIA).post(CREATE, wished).await.expect(201);
    holds("created", &made.body, &booking());
    let other = book(&house, PIA, "suite", "2026-11-28", "12:00").await;
    let cancelled = cancel(&house, PIA, other.number("id")).await.expect(200);
    holds("cancelled", &cancelled["booking"], &booking());
    let mine = house.as_(PIA).get(MINE).await.expect(200);
    let shape = json!({"upcoming": [booking()], "past": [booking()], "total_upcoming": "integer", "total_past": "integer"});
    holds("mine", &mine.body, &shape);
    assert_eq!((mine.list("upcoming").len(), mine.list("past").len()), (1, 1));
}

#[tokio::test]
async fn services_rooms_and_plans() {
    let house = House::open().await;
    let visitor = house.visitor();
    let all = visitor.get("/api/services/").await.expect(200);
    holds("services", &all.body, &json!([card()]));
    assert_eq!(all.list("").len(), 7);
    for (path, slugs) in [
        ("/api/services/mensuite/", vec!["laser", "massage"]),
        ("/api/services/featured/", vec!["massage", "suite"]),
        ("/api/services/?category=quiet", vec!["circle", "lawn", "pod"]),
        ("/api/services/?search=EVERYTHING%20about%20pod", vec!["pod"]),
        ("/api/services/?featured=true", vec!["massage", "suite"]),
        ("/api/services/?tag=coresync-private", vec!["suite"]),
        ("/api/services/?category=nothing", vec![]),
    ] {
        let found = visitor.get(path).await.expect(200);
        let found: Vec<_> = found.list("").iter().map(|one| one["slug"].as_str().expect("a slug")).collect();
        assert_eq!(found, slugs, "{path}");
    }
    let massage = all.list("").iter().find(|one| one["slug"] == "massage").expect("a massage");
    assert_eq!(
        (&massage["savings_for_members"], &massage["member_discount_percentage"]),
        (&json!("50.00"), &json!(25))
    );
    let mut whole = card();
    let more = json!({"description": "text", "category": {"id": "id", "name": "text", "slug": "text"},
        "price_for_user": "money", "gallery_images": ["text"], "video_url": "text?",
        "addons": [{"id": "id", "name": "text", "price": "money"}]});
    whole.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    for (player, price) in [(GUS, "200.00"), (BEA, "150.00"), (PIA, "130.00"), (testing::UMA, "0.00")] {
        let one = house.as_(player).get("/api/services/massage/").await.expect(200);
        holds("service", &one.body, &whole);
        assert_eq!(one["price_for_user"], price);
        assert_eq!(one.list("addons").len(), 2);
    }
    visitor.get("/api/services/nothing/").await.refused(404, "not_found");
    let categories = visitor.get("/api/services/categories/").await.expect(200);
    holds("categories", &categories.body, &json!([{"id": "id", "name": "text", "slug": "text"}]));
    let rooms = visitor.get("/api/rooms/").await.expect(200);
    let room = json!({"id": "id", "name": "text", "type": "text", "capacity": "integer", "features": ["text"],
        "has_iot_control": "yes-or-no", "premium_modifier": "text", "operating_hours": [{}]});
    holds("rooms", &rooms.body, &json!({"rooms": [room], "total_rooms": "integer"}));
    assert_eq!((rooms.list("rooms").len(), rooms.number("total_rooms")), (5, 5));
    let plans = visitor.get("/api/memberships/plans/").await.expect(200);
    holds("plans", &plans.body, &json!([plan()]));
    let credits: Vec<_> = plans.list("").iter().map(|one| one["monthly_service_credits"].clone()).collect();
    assert_eq!(credits, [json!(0), json!(2), json!(null)], "null is unlimited, 0 is none");
}

#[tokio::test]
async fn one_s_own_plan() {
    let house = House::open().await;
    let mine = house.as_(PIA).get("/api/memberships/current/").await.expect(200);
    let shape = json!({
        "plan": plan(), "status": "text", "is_active": "yes-or-no", "start_date": "date", "end_date": "date",
        "days_remaining": "integer", "auto_renew": "yes-or-no", "services_used_this_month": "integer",
        "guest_passes_used": "integer", "can_use_service_credit": "yes-or-no", "savings": "money",
    });
    holds("current", &mine.body, &shape);
    assert_eq!((mine.number("days_remaining"), &mine["is_active"]), (15, &json!(true)));
    let none = house.as_(GUS).get("/api/memberships/current/").await.expect(404);
    holds("none", &none.body, &json!({"error": "text", "available_plans": [plan()]}));
    house.visitor().get("/api/memberships/current/").await.refused(401, "not_signed_in");
}
