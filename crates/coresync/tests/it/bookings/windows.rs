//! How far ahead each tier can book (W1, W2), over the API.

use kit::{args, sql};
use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, OLA, PIA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{book, search, starts, try_book};

/// The person, the number of days, the last open day on 24 November 2026, and the first closed day.
const LADDER: [(Player, i64, &str, &str); 5] = [
    (GUS, 3, "2026-11-27", "2026-11-28"),
    (TOM, 3, "2026-11-27", "2026-11-28"),
    (BEA, 30, "2026-12-24", "2026-12-25"),
    (PIA, 60, "2027-01-23", "2027-01-24"),
    (UMA, 90, "2027-02-22", "2027-02-23"),
];

#[tokio::test]
async fn each_tier_books_in_its_window_and_sees_when_the_next_day_opens() {
    let app = TestClub::open().await;
    for (player, days, last, first_closed) in LADDER {
        let name = player.first_name;
        let open = search(&app, player, "pod", last).await;
        assert!(open["refused"].is_null() && !starts(&open).is_empty(), "{name} on {last}");
        assert_eq!(open["user_privileges"]["max_advance_days"], days, "{name}");
        let closed = search(&app, player, "pod", first_closed).await;
        assert_eq!((starts(&closed).len(), closed.number("total_slots")), (0, 0), "{name}");
        assert_eq!(closed["refused"]["code"], "outside_window", "{name}");
        assert_eq!(closed["refused"]["opens_at"], "2026-11-25T00:00:00-05:00", "{name}");
        assert_eq!(closed["refused"]["max_advance_days"], days, "{name}");

        let refused =
            try_book(&app, player, "pod", first_closed, "12:00").await.refused(403, "outside_window");
        assert_eq!(refused["opens_at"], "2026-11-25T00:00:00-05:00", "{name}");
        assert_eq!(refused["max_advance_days"], days, "{name}");
        // One booking for each is enough.
        book(&app, player, "pod", last, "12:00").await;
    }
    // At midnight, and not a millisecond before.
    app.set_time("2026-11-24T23:59:59.999-05:00");
    for (player, _, _, first_closed) in LADDER {
        try_book(&app, player, "pod", first_closed, "13:00").await.refused(403, "outside_window");
    }
    app.set_time("2026-11-25T00:00:00-05:00");
    for (player, _, _, first_closed) in LADDER {
        book(&app, player, "pod", first_closed, "13:00").await;
    }
}

#[tokio::test]
async fn a_visitor_sees_three_days_at_list_price() {
    let app = TestClub::open().await;
    let pod = app.service("pod").await;
    let path = |date: &str| format!("/api/bookings/availability/?service_id={pod}&date={date}");
    let open = app.visitor().get(&path("2026-11-27")).await.expect(200);
    assert_eq!(open["available_slots"][0]["price"], "45.00");
    assert_eq!(
        open["user_privileges"],
        json!({"is_member": false, "is_vip": false, "has_priority_booking": false, "max_advance_days": 3,
            "can_book_priority_slots": false})
    );
    let closed = app.visitor().get(&path("2026-11-28")).await.expect(200);
    assert_eq!(closed["refused"]["opens_at"], "2026-11-25T00:00:00-05:00");
    let vip = app.as_(UMA).get(&path("2026-11-27")).await.expect(200);
    assert_eq!(
        vip["user_privileges"],
        json!({"is_member": true, "is_vip": true, "has_priority_booking": true, "max_advance_days": 90,
            "can_book_priority_slots": true})
    );
}

/// A month at once: the days in the window have times and a price, the others a reason.
#[tokio::test]
async fn a_month_search_lists_availability_by_day() {
    let app = TestClub::open().await;
    let pod = app.service("pod").await;
    let path = format!("/api/bookings/availability/?service_id={pod}&from=2026-11-24&to=2026-12-03");
    let month = app.as_(GUS).get(&path).await.expect(200);
    let days = month.list("days");
    assert_eq!(days.len(), 10);
    assert_eq!((month["from"].as_str(), month["to"].as_str()), (Some("2026-11-24"), Some("2026-12-03")));
    assert!(starts(&month).is_empty(), "times only with slots=1");
    for (place, day) in days.iter().enumerate() {
        if place <= 3 {
            assert!(day["count"].as_i64() > Some(0) && day.get("refused").is_none(), "{day}");
            assert_eq!(day["from_price"], "45.00");
        } else {
            assert_eq!(
                (&day["count"], &day["first_start"], &day["from_price"]),
                (&json!(0), &json!(null), &json!(null))
            );
            assert_eq!(
                day["refused"]["opens_at"],
                format!("2026-11-{:02}T00:00:00-05:00", 21 + place),
                "{day}"
            );
        }
    }
    assert_eq!(days[0]["first_start"], "11:00", "an hour ahead today");
    assert_eq!(days[1]["first_start"], "08:00");

    let with_slots = app.as_(GUS).get(&format!("{path}&slots=1&page_size=7&page=2")).await.expect(200);
    assert_eq!(with_slots.list("available_slots").len(), 7);
    let total: i64 = days.iter().map(|day| day["count"].as_i64().expect("a count")).sum();
    assert_eq!(with_slots.header("x-total-count"), total.to_string());
    let link = with_slots.header("link");
    assert!(link.contains(&format!("<{path}&slots=1&page=3&page_size=7>; rel=\"next\"")), "{link}");
    assert_eq!(with_slots.number("total_slots"), total);
}

#[tokio::test]
async fn online_bookings_start_at_least_an_hour_ahead() {
    let app = TestClub::open().await;
    assert_eq!(starts(&search(&app, GUS, "pod", "2026-11-24").await)[0], "11:00");
    try_book(&app, GUS, "pod", "2026-11-24", "10:55").await.refused(409, "too_late");
    try_book(&app, GUS, "pod", "2026-11-23", "12:00").await.refused(409, "too_late");
    book(&app, GUS, "pod", "2026-11-24", "11:00").await;
    app.set_time("2026-11-24T10:00:00.001-05:00");
    try_book(&app, BEA, "pod", "2026-11-24", "11:00").await.refused(409, "too_late");
}

#[tokio::test]
async fn staff_are_not_limited_by_the_booking_window() {
    let app = TestClub::open().await;
    for (player, time) in [(DORA, "10:05"), (MAX, "10:15"), (OLA, "10:30")] {
        assert_eq!(
            starts(&search(&app, player, "pod", "2026-11-24").await)[0],
            "08:00",
            "what began up to two hours ago"
        );
        book(&app, player, "pod", "2026-11-24", time).await;
        book(&app, player, "pod", "2027-11-24", time).await;
    }
    app.set_time("2026-11-24T12:00:00.001-05:00");
    try_book(&app, OLA, "pod", "2026-11-24", "10:00").await.refused(409, "too_late");
}

/// W2: a plan that is past due keeps its window during grace. One that does not renew opens no day after the paid ones.
/// A suspended one opens none.
#[tokio::test]
async fn the_booking_window_follows_the_membership_status() {
    let app = TestClub::open().await;
    let bea = app.person(BEA);
    let set = |status: &'static str, renews: bool| {
        app.db().tx(move |tx| {
            tx.run(
                sql!("UPDATE memberships SET status = $1, renews = $2 WHERE person_id = $3"),
                args![status, renews, bea],
            )
        })
    };
    set("grace", true).await.expect("changed");
    book(&app, BEA, "pod", "2026-12-24", "12:00").await;
    // Paid until 9 December.
    set("active", false).await.expect("changed");
    book(&app, BEA, "pod", "2026-12-09", "12:00").await;
    let refused = try_book(&app, BEA, "pod", "2026-12-10", "12:00").await.refused(403, "outside_window");
    assert_eq!(
        (refused.number("max_advance_days"), &refused["opens_at"]),
        (3, &json!("2026-12-07T00:00:00-05:00"))
    );
    set("suspended", true).await.expect("changed");
    try_book(&app, BEA, "pod", "2026-11-28", "12:00").await.refused(403, "outside_window");
    let priced = book(&app, BEA, "massage", "2026-11-27", "12:00").await;
    assert_eq!(priced["pricing"]["final_total"], "200.00", "a suspended plan gives no discount");
}
