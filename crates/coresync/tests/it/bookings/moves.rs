//! Rescheduling a booking (C4), several services in one visit (F10), and series.

use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, request_body, search, starts, try_book};

async fn reschedule(app: &TestClub, by: Player, id: i64, body: Value) -> Answer {
    app.as_(by).post(&format!("/api/bookings/{id}/reschedule/"), body).await
}

fn to(date: &str, time: &str) -> Value {
    json!({"date": date, "start_time": time})
}

#[tokio::test]
async fn rescheduling_keeps_id_and_number_and_frees_the_old_time() {
    let app = TestClub::open().await;
    let booked = book(&app, BEA, "suite", "2026-11-27", "18:00").await;
    let id = booked.number("id");
    let preview = and(to("2026-11-27", "19:00"), json!({"preview": true}));
    let seen = reschedule(&app, BEA, id, preview).await.expect(200);
    assert_eq!((&seen["is_preview"], &seen["difference"]), (&json!(true), &json!("0.00")));
    assert_eq!(seen["booking"]["start_time"], "18:00", "nothing has moved");
    // The booking's own time is no obstacle: an hour later overlaps it.
    let moved = reschedule(&app, BEA, id, to("2026-11-27", "19:00")).await.expect(200);
    assert_eq!(moved["booking"]["booking_reference"], booked["booking_reference"]);
    assert_eq!(
        (moved["booking"]["id"].as_i64(), &moved["booking"]["status"]),
        (Some(id), &json!("confirmed"))
    );
    assert_eq!(moved["booking"]["rescheduled_from"], "2026-11-27T18:00:00-05:00");
    try_book(&app, GUS, "suite", "2026-11-27", "20:00").await.refused(409, "taken");
    book(&app, GUS, "suite", "2026-11-27", "16:00").await;
    reschedule(&app, BEA, id, to("2026-11-27", "16:00")).await.refused(409, "taken");
    let still = app.as_(BEA).get(&format!("/api/bookings/{id}/")).await.expect(200);
    assert_eq!(
        (&still["start_time"], still.number("moves")),
        (&json!("19:00"), 1),
        "a refusal changes nothing"
    );
    reschedule(&app, BEA, id, to("2026-11-28", "12:00")).await.expect(200);
    reschedule(&app, BEA, id, to("2026-11-28", "14:00")).await.refused(409, "too_many_moves");
    reschedule(&app, GUS, id, to("2026-11-28", "14:00")).await.refused(404, "not_found");
    reschedule(&app, DORA, id, to("2026-11-28", "14:00")).await.expect(200);
    app.run_jobs().await;
    assert!(app.mails().iter().any(|mail| mail.contains("Rescheduled")));
}

#[tokio::test]
async fn a_late_reschedule_freezes_the_cancellation_fee() {
    let app = TestClub::open().await;
    let id = book(&app, GUS, "suite", "2026-11-27", "18:00").await.number("id");
    // 30 hours before: half of 300.00.
    app.set_time("2026-11-26T12:00:00-05:00");
    let moved = reschedule(&app, GUS, id, to("2026-11-28", "20:00")).await.expect(200);
    assert_eq!(moved["frozen_fee"], "150.00");
    // 56 hours before the new start, cancellation would have been free.
    assert_eq!(moved["booking"]["cancel_cost"], "150.00");
    let cancelled = cancel(&app, GUS, id).await.expect(200);
    assert_eq!(cancelled["fee"], "150.00");
}

#[tokio::test]
async fn rescheduling_reprices_the_booking_and_keeps_its_credit() {
    let app = TestClub::open().await;
    let with_credit =
        and(request_body(&app, "massage", "2026-11-27", "14:00").await, json!({"use_credit": true}));
    let id = app.as_(PIA).post(CREATE, with_credit).await.expect(201).number("id");
    let (duet, stone) = (app.room("duet").await, app.room("stone").await);
    let there = and(to("2026-11-27", "16:00"), json!({"room_id": duet}));
    let moved = reschedule(&app, PIA, id, there).await.expect(200);
    assert_eq!(
        (&moved["new_total"], &moved["difference"]),
        (&json!("13.00"), &json!("13.00")),
        "a room of 1.10"
    );
    let back = and(to("2026-11-28", "16:00"), json!({"room_id": stone}));
    let back = reschedule(&app, PIA, id, back).await.expect(200);
    assert_eq!((&back["new_total"], &back["difference"]), (&json!("0.00"), &json!("-13.00")));
    let current = app.as_(PIA).get("/api/memberships/current/").await.expect(200);
    assert_eq!(current.number("services_used_this_month"), 1, "one credit, not two");
}

/// C2: an Unlimited member's second lapse in thirty days costs 50.00.
#[tokio::test]
async fn the_second_lapse_of_an_unlimited_member_costs_fifty() {
    let app = TestClub::open().await;
    let mut fees = Vec::new();
    for day in ["2026-11-27", "2026-11-28"] {
        app.set_time("2026-11-25T10:00:00-05:00");
        let id = book(&app, UMA, "suite", day, "18:00").await.number("id");
        app.set_time(&format!("{day}T12:00:00-05:00"));
        let shown = app.as_(UMA).get(&format!("/api/bookings/{id}/")).await.expect(200);
        let fee = cancel(&app, UMA, id).await.expect(200)["fee"].clone();
        assert_eq!(shown["cancel_cost"], fee, "what is shown is what is charged");
        fees.push(fee);
    }
    assert_eq!(fees, ["0.00", "50.00"]);
}

#[tokio::test]
async fn a_visit_books_all_its_services_back_to_back_or_none() {
    let app = TestClub::open().await;
    let (pod, laser) = (app.service("pod").await, app.service("laser").await);
    let then = json!({"then": [{"service_id": laser}, {"service_id": pod}]});
    let visit = and(request_body(&app, "massage", "2026-11-27", "14:00").await, then.clone());
    let first = app.as_(BEA).post(CREATE, visit.clone()).await.expect(201);
    let my_bookings = app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200);
    let shown: Vec<_> = my_bookings
        .list("upcoming")
        .iter()
        .map(|one| (one["start_time"].clone(), one["visit_id"].clone()))
        .collect();
    let of_visit = json!(first.number("id"));
    assert_eq!(
        shown,
        [(json!("14:00"), of_visit.clone()), (json!("15:00"), of_visit.clone()), (json!("15:45"), of_visit)]
    );
    // The laser is in use: the whole visit is refused, and none of it is kept.
    let refused = app.as_(PIA).post(CREATE, visit).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let my_bookings = app.as_(PIA).get(crate::MY_BOOKINGS).await.expect(200);
    assert_eq!(my_bookings.number("total_upcoming"), 0);
    // A technician who serves twice needs ten minutes in between: the gap is found.
    let twice = json!({"then": [{"service_id": app.service("massage").await, "technician_id": app.technician("tom").await}],
        "technician_id": app.technician("tom").await});
    let twice = and(request_body(&app, "massage", "2026-11-28", "10:00").await, twice);
    app.as_(PIA).post(CREATE, twice).await.expect(201);
    let my_bookings = app.as_(PIA).get(crate::MY_BOOKINGS).await.expect(200);
    assert_eq!(my_bookings.list("upcoming")[1]["start_time"], "11:10");
}

#[tokio::test]
async fn a_series_books_all_dates_or_reports_conflicts() {
    let app = TestClub::open().await;
    let series = "/api/bookings/series/";
    app.as_(DORA)
        .post(
            CREATE,
            and(request_body(&app, "suite", "2026-12-11", "18:00").await, json!({"guest_name": "Ann"})),
        )
        .await
        .expect(201);
    let weekly =
        and(request_body(&app, "suite", "2026-11-27", "18:00").await, json!({"times": 4, "every_weeks": 1}));
    let refused = app.as_(PIA).post(series, weekly.clone()).await.refused(409, "conflicts");
    let conflicts = refused.list("conflicts");
    assert_eq!(
        (conflicts.len(), &conflicts[0]["code"], &conflicts[0]["place"]),
        (1, &json!("taken"), &json!(2))
    );
    let better = conflicts[0]["alternatives"][0]["starts_at"].clone();
    let my_bookings = app.as_(PIA).get(crate::MY_BOOKINGS).await.expect(200);
    assert_eq!(my_bookings.number("total_upcoming"), 0, "none or all");
    let instead = json!({"instead": [{"place": 2, "starts_at": better}]});
    let made = app.as_(PIA).post(series, and(weekly.clone(), instead)).await.expect(201);
    assert_eq!(made.list("bookings").len(), 4);
    let left = and(weekly, json!({"skip_conflicts": true, "start_time": "12:00"}));
    let made = app.as_(UMA).post(series, left).await.expect(201);
    assert_eq!((made.list("bookings").len(), made.list("left_out").len()), (4, 0));
}

#[tokio::test]
async fn an_invalid_series_is_refused_with_field_errors() {
    let app = TestClub::open().await;
    let weekly = and(request_body(&app, "suite", "2026-11-27", "18:00").await, json!({"times": 3}));
    for (field, wrong) in [
        ("without", json!([0, 1, 2])),
        ("without", json!("x")),
        ("without", json!([3])),
        ("instead", json!("x")),
        ("instead", json!([{"place": 9, "starts_at": "2026-11-27T18:00:00-05:00"}])),
    ] {
        let body = and(weekly.clone(), json!({field: wrong}));
        let refused = app.as_(PIA).post("/api/bookings/series/", body).await.refused(400, "invalid");
        assert!(refused["errors"][field].is_string(), "{field}: {}", refused.text());
    }
}

/// F10 and H5: if a later service does not fit, the alternatives fit the whole visit.
#[tokio::test]
async fn alternative_starts_fit_the_whole_visit() {
    let app = TestClub::open().await;
    let follows = json!({"then": [{"service_id": app.service("laser").await}]});
    let late = and(request_body(&app, "massage", "2026-11-27", "16:30").await, follows);
    let refused = app.as_(GUS).post(CREATE, late.clone()).await.expect(409);
    let starts: Vec<_> = refused.list("alternatives").iter().map(|one| one["start_time"].clone()).collect();
    assert!(!starts.is_empty() && !starts.contains(&json!("16:30")), "{}", refused.text());
    let my_bookings = app.as_(GUS).get(crate::MY_BOOKINGS).await.expect(200);
    assert_eq!(my_bookings.number("total_upcoming"), 0, "asking for others books nothing");
    for start in starts {
        let visit = and(late.clone(), json!({"start_time": start}));
        let booked = app.as_(GUS).post(CREATE, visit).await.expect(201);
        crate::cancel(&app, GUS, booked.number("id")).await.expect(200);
        let next = app.as_(GUS).get(crate::MY_BOOKINGS).await.expect(200);
        for one in next.list("upcoming") {
            crate::cancel(&app, GUS, one["id"].as_i64().expect("an id")).await.expect(200);
        }
    }
}

/// F9: a service that is sold by time is priced by the minute and scheduled by the minute.
#[tokio::test]
async fn a_service_sold_by_time_is_priced_by_its_duration() {
    let app = TestClub::open().await;
    let lawn = request_body(&app, "lawn", "2026-11-27", "12:00").await;
    for wrong in [30, 75, 210] {
        app.as_(GUS)
            .post(CREATE, and(lawn.clone(), json!({"duration": wrong})))
            .await
            .refused(400, "invalid");
    }
    let booked = app.as_(GUS).post(CREATE, and(lawn.clone(), json!({"duration": 90}))).await.expect(201);
    assert_eq!((&booked["end_time"], &booked["pricing"]["final_total"]), (&json!("13:30"), &json!("180.00")));
    assert_eq!(booked["service"]["duration"], 90);
    let service = app.service("lawn").await;
    let path = format!("/api/bookings/availability/?service_id={service}&date=2026-11-27&duration=180");
    let free = app.as_(BEA).get(&path).await.expect(200);
    assert_eq!(starts(&free)[0], "13:45", "a quarter of an hour to tidy up");
    assert_eq!(free.list("available_slots")[0]["price"], "270.00");
    assert!(starts(&search(&app, BEA, "lawn", "2026-11-27").await).contains(&"10:45"));
}
