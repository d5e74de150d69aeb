//! The steps of a visit: check-in, start, completion, and no-show (C5); and the explanation why a time can't be booked.

use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, PIA, TOM, TestClub, UMA};

use crate::accounts::{PASSWORD, sign_up};
use crate::whole::WholeProgram as _;
use crate::{MY_BOOKINGS, book, try_book};

#[tokio::test]
async fn a_visit_is_checked_in_started_and_completed() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    let step = |what: &str| format!("/api/bookings/{id}/{what}/");
    app.as_(BEA).post(&step("check_in"), json!({})).await.refused(403, "not_allowed");
    app.as_(TOM).post(&step("check_in"), json!({})).await.refused(403, "not_allowed");
    app.visitor().post(&step("check_in"), json!({})).await.refused(401, "not_signed_in");
    app.as_(DORA).post(&step("start"), json!({})).await.refused(409, "wrong_state");
    app.set_time("2026-11-24T12:00:00-05:00");
    for (what, status) in [("check_in", "checked_in"), ("start", "in_progress"), ("complete", "completed")] {
        let now = app.as_(DORA).post(&step(what), json!({})).await.expect(200);
        assert_eq!(now["status"], status);
        app.as_(DORA).post(&step(what), json!({})).await.refused(409, "wrong_state");
    }
    let my_bookings = app.as_(BEA).get(MY_BOOKINGS).await.expect(200);
    assert_eq!((my_bookings.number("total_upcoming"), my_bookings.number("total_past")), (0, 1));
}

#[tokio::test]
async fn staff_can_mark_a_no_show_after_fifteen_minutes() {
    let app = TestClub::open().await;
    let id = book(&app, GUS, "suite", "2026-11-27", "18:00").await.number("id");
    let path = format!("/api/bookings/{id}/no_show/");
    app.set_time("2026-11-27T18:14:59-05:00");
    app.as_(MAX).post(&path, json!({})).await.refused(409, "wrong_state");
    app.set_time("2026-11-27T18:15:00-05:00");
    let missed = app.as_(MAX).post(&path, json!({})).await.expect(200);
    assert_eq!((&missed["status"], &missed["fee"]), (&json!("no_show"), &json!("300.00")));
    assert_eq!(missed["payment_status"], "unpaid");
}

/// A visit that was checked in ends with its time. One that was not checked in ends when the business day has ended
/// (C5, T14).
#[tokio::test]
async fn a_job_marks_no_shows_only_when_the_business_day_ends() {
    let app = TestClub::open().await;
    let missed = book(&app, GUS, "pod", "2026-11-24", "12:00").await.number("id");
    let served = book(&app, BEA, "pod", "2026-11-24", "12:00").await.number("id");
    app.as_(DORA).post(&format!("/api/bookings/{served}/check_in/"), json!({})).await.expect(200);
    let status = async |id: i64| {
        app.as_(DORA).get(&format!("/api/bookings/{id}/")).await.expect(200)["status"].clone()
    };
    app.set_time("2026-11-24T12:29:59-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    assert_eq!((status(missed).await, status(served).await), (json!("confirmed"), json!("checked_in")));
    app.set_time("2026-11-24T12:30:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    assert_eq!((status(missed).await, status(served).await), (json!("confirmed"), json!("completed")));
    app.set_time("2026-11-25T03:59:59-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    assert_eq!(status(missed).await, json!("confirmed"), "the business day lasts until four");
    app.set_time("2026-11-25T04:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    assert_eq!((status(missed).await, status(served).await), (json!("no_show"), json!("completed")));
    assert_eq!(app.db().tx(bookings::run_maintenance).await.expect("maintained"), 0, "nothing is done twice");
}

#[tokio::test]
async fn why_not_matches_the_booking_refusal_and_gives_staff_every_reason() {
    let app = TestClub::open().await;
    book(&app, UMA, "suite", "2026-11-27", "18:00").await;
    let service = app.service("suite").await;
    let path = |date: &str, time: &str| {
        format!("/api/bookings/why_not/?service_id={service}&date={date}&start_time={time}")
    };
    for (player, date, time, code) in [
        (GUS, "2026-11-27", "18:00", "taken"),
        (GUS, "2026-12-04", "18:00", "outside_window"),
        (GUS, "2026-11-25", "18:00", "room_closed"),
        (PIA, "2026-11-27", "15:45", "turnover"),
    ] {
        let verdict = app.as_(player).get(&path(date, time)).await.expect(200);
        assert_eq!((&verdict["bookable"], &verdict["code"]), (&json!(false), &json!(code)), "{date} {time}");
        assert_eq!(verdict.list("reasons").len(), 1);
        let refused = try_book(&app, player, "suite", date, time).await;
        assert_eq!(refused.body["code"], code, "{date} {time}");
    }
    let open = app.as_(GUS).get(&path("2026-11-27", "21:00")).await.expect(200);
    assert_eq!((&open["bookable"], &open["code"]), (&json!(true), &json!(null)));
    // Staff are told every reason.
    app.set_time("2026-11-27T18:30:00-05:00");
    let all = app.as_(DORA).get(&path("2026-11-27", "18:00")).await.expect(200);
    let codes: Vec<_> =
        all.list("reasons").iter().map(|one| one["code"].as_str().unwrap_or_default()).collect();
    assert_eq!(codes, ["taken"], "staff enter what began up to two hours ago");
    app.set_time("2026-11-27T20:00:01-05:00");
    let all = app.as_(DORA).get(&path("2026-11-27", "18:00")).await.expect(200);
    assert_eq!(all.list("reasons").last().expect("a reason")["code"], "too_late");
    app.set_time("2026-11-27T18:30:00-05:00");
    // For a person: the reasons that would refuse that person.
    let of_gus = format!("{}&person_id={}", path("2026-12-04", "18:00"), app.person(GUS));
    assert_eq!(app.as_(GUS).get(&of_gus).await.expect(200)["code"], "outside_window");
    assert_eq!(app.as_(DORA).get(&of_gus).await.expect(200)["code"], "outside_window");
    assert_eq!(app.as_(DORA).get(&path("2026-12-04", "18:00")).await.expect(200)["bookable"], true);
    app.as_(DORA).get(&format!("{}&person_id=5", path("2026-12-04", "18:00"))).await.expect(404);
}

/// D12: the visits of a day are found by the same rules as people, whether their guest has an account or not.
#[tokio::test]
async fn visit_search_matches_any_spelling_of_the_guest() {
    let app = TestClub::open().await;
    let account = json!({"email": "z.obrien99@example.com", "password": PASSWORD, "first_name": "Zoë-Marie",
        "last_name": "O’Brien Ångström", "phone": "+1 (212) 555-0100"});
    let made = sign_up(&app, account).await;
    let body = crate::request_body(&app, "pod", "2026-11-24", "12:00").await;
    let own = crate::and(body.clone(), json!({"person_id": made["user"]["id"]}));
    let own = app.as_(DORA).post(crate::CREATE, own).await.expect(201);
    let guest = json!({"person_id": app.person(UMA), "guest_name": "Zoë-Marie O’Brien Ångström",
        "guest_email": "z.obrien99@example.com", "guest_phone": "+1 (212) 555-0100"});
    app.as_(DORA).post(crate::CREATE, crate::and(body, guest)).await.expect(201);
    let found = async |search: &str| {
        let q: String = search.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/staff/bookings/?date=2026-11-24&q={q}");
        app.as_(DORA).get(&path).await.expect(200).list("").len()
    };
    // The table of the index of people.
    for search in [
        "zoe",
        "ZOË",
        "marie",
        "zoemarie",
        "Zoe-Marie",
        "o'brien",
        "O’Brien",
        "obrien",
        "brien",
        "o brien",
        "angstrom",
        "ÅNG zoe",
        "ang o'b",
        "z.obrien99@example.com",
        "obrien99@ex",
        "Z.OBrien99@Example",
        "212 555 0100",
        "+1 212-555-0100",
        "(212)5550100",
        "0100",
        "555 01",
        "2125550100",
        "0012125550100",
        "zoe 0100",
        "٢١٢ ٥٥٥",
    ] {
        assert_eq!(found(search).await, 2, "{search}");
    }
    for search in
        ["zoex", "example.com", "100x", "212 555 0101", "z", "-", "0100 peter", "@example.com", "rie"]
    {
        assert_eq!(found(search).await, 0, "{search}");
    }
    let reference = own["booking_reference"].as_str().expect("a number");
    let number = reference.rsplit('-').next().expect("a number");
    for search in [reference, &reference.to_lowercase(), number] {
        assert_eq!(found(search).await, 1, "{search}");
    }
}
