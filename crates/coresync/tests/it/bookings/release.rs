//! Release rules and overrides of single times (W3), over the API.

use bookings::{Decision, ReleaseRule};
use jiff::Timestamp;
use kit::Id;
use membership::Tier;
use people::Actor;
use serde_json::json;
use testing::{Answer, BEA, DORA, GUS, MAX, PIA, Player, TestClub, UMA};

use crate::choosing::hold;
use crate::whole::WholeProgram as _;
use crate::{search, starts, try_book};

/// Opens a club with rules for suites from Friday to Sunday, 17:00 to 22:00: Unlimited until 72 hours before, members
/// until 48 hours before, factor 1.20.
async fn with_rules() -> TestClub {
    let app = TestClub::open().await;
    let (club, manager) = (app.club(), app.person(MAX));
    let add = move |tx: &mut kit::Tx<'_>| {
        let by = Actor::of(people::person(tx, manager)?);
        for (tier, release_hours) in [(Tier::Unlimited, 72), (Tier::Base, 48)] {
            let rule = ReleaseRule {
                room_kinds: vec!["suite".to_owned()],
                services: Vec::new(),
                weekdays: vec![5, 6, 7],
                from: 17 * 60,
                to: 22 * 60,
                tier,
                release_hours,
                factor_bp: 12_000,
                tags: vec!["peak_hour".to_owned(), "weekend".to_owned()],
            };
            bookings::add_rule(tx, &by, club, &rule)?;
        }
        Ok(())
    };
    app.db().tx(add).await.expect("rules");
    app
}

async fn decide(app: &TestClub, by: Player, room: Id, at: &str, decision: Decision) -> kit::Result<()> {
    let (person, at): (Id, Timestamp) = (app.person(by), at.parse().expect("a moment"));
    let decide = move |tx: &mut kit::Tx<'_>| {
        let by = Actor::of(people::person(tx, person)?);
        bookings::decide(tx, &by, room, at, decision)
    };
    app.db().tx(decide).await
}

fn slot(answer: &Answer, start: &str) -> serde_json::Value {
    let slots = answer.list("available_slots");
    slots.iter().find(|slot| slot["start_time"] == start).cloned().unwrap_or_default()
}

/// Worked example C, literally: the suite on Saturday at 19:00.
#[tokio::test]
async fn a_saturday_evening_opens_to_premium_72_and_to_all_48_hours_before() {
    let app = with_rules().await;
    app.set_time("2026-11-25T18:59:00-05:00");
    let refused = try_book(&app, PIA, "suite", "2026-11-28", "19:00").await.refused(403, "vip_only");
    assert_eq!(refused["opens_at"], "2026-11-25T19:00:00-05:00");
    assert!(slot(&search(&app, PIA, "suite", "2026-11-28").await, "19:00").is_null());
    let refused = try_book(&app, GUS, "suite", "2026-11-28", "19:00").await.refused(403, "members_only");
    assert_eq!(refused["opens_at"], "2026-11-26T19:00:00-05:00");

    app.set_time("2026-11-25T19:00:00-05:00");
    let offered = slot(&search(&app, PIA, "suite", "2026-11-28").await, "19:00");
    assert_eq!(offered["is_premium_slot"], true);
    assert_eq!(
        offered["priority_info"],
        json!({"is_priority_slot": true, "vip_only": false,
        "member_only_until": "2026-11-26T19:00:00-05:00", "vip_only_until": "2026-11-25T19:00:00-05:00"})
    );
    assert!(offered["tags"].as_array().is_some_and(|tags| tags.contains(&json!("peak_hour"))), "{offered}");
    // 300.00 less 35 % is 195.00, times 1.20.
    assert_eq!(offered["price"], "234.00");
    assert!(slot(&search(&app, GUS, "suite", "2026-11-28").await, "19:00").is_null());

    app.set_time("2026-11-26T19:00:00-05:00");
    let offered = slot(&search(&app, GUS, "suite", "2026-11-28").await, "19:00");
    assert_eq!(offered["price"], "360.00");
    let booked = try_book(&app, GUS, "suite", "2026-11-28", "19:00").await.expect(201);
    assert_eq!(booked["pricing"]["final_total"], "360.00");
}

#[tokio::test]
async fn unlimited_members_and_staff_can_book_before_the_release() {
    let app = with_rules().await;
    let far = search(&app, UMA, "suite", "2026-12-05").await;
    assert_eq!(slot(&far, "19:00")["price"], "0.00");
    let days = format!(
        "/api/bookings/availability/?service_id={}&from=2026-12-04&to=2026-12-06",
        app.service("suite").await
    );
    let for_uma = app.as_(UMA).get(&days).await.expect(200);
    let for_bea = app.as_(BEA).get(&days).await.expect(200);
    assert!(for_uma["days"][1]["count"].as_i64() > for_bea["days"][1]["count"].as_i64());
    assert_eq!(for_bea["days"][1]["from_price"], "225.00", "an afternoon at the plain factor");
    try_book(&app, DORA, "suite", "2026-12-05", "19:00").await.expect(201);
}

#[tokio::test]
async fn staff_overrides_take_precedence_over_release_rules() {
    let app = with_rules().await;
    let suite = app.room("suite").await;
    let friday = "2026-11-27T19:00:00-05:00";
    let refused = decide(&app, BEA, suite, friday, Decision::Open).await;
    assert!(matches!(refused, Err(kit::Error::Forbidden)));

    decide(&app, DORA, suite, friday, Decision::Open).await.expect("decided");
    let open = slot(&search(&app, GUS, "suite", "2026-11-27").await, "19:00");
    assert_eq!((open["price"].clone(), open["is_premium_slot"].clone()), (json!("300.00"), json!(false)));

    decide(&app, DORA, suite, friday, Decision::Reprice(8_000)).await.expect("decided");
    let cheap = slot(&search(&app, UMA, "suite", "2026-11-27").await, "19:00");
    assert_eq!(cheap["why"][1]["label"], "Off-peak discount (−20%)");

    decide(&app, DORA, suite, friday, Decision::Block).await.expect("decided");
    assert!(!starts(&search(&app, UMA, "suite", "2026-11-27").await).contains(&"19:00"));
    try_book(&app, UMA, "suite", "2026-11-27", "19:00").await.refused(409, "maintenance");

    decide(&app, DORA, suite, friday, Decision::Keep(Tier::Base, 24)).await.expect("decided");
    let refused = try_book(&app, GUS, "suite", "2026-11-27", "19:00").await.refused(403, "members_only");
    assert_eq!(refused["opens_at"], "2026-11-26T19:00:00-05:00");
    try_book(&app, PIA, "suite", "2026-11-27", "19:00").await.expect(201);
}

/// An expired hold is booked again under the current rules, and the page says in the club's local time when they allow
/// it.
#[tokio::test]
async fn an_expired_hold_says_when_its_time_can_be_booked() {
    let app = TestClub::open().await;
    let friday = "2026-11-27T19:00:00-05:00";
    let gus = app.browser(GUS);
    let path = hold(&gus, "suite", friday).await;
    app.set_time("2026-11-24T10:30:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    let suite = app.room("suite").await;
    decide(&app, DORA, suite, friday, Decision::Keep(Tier::Base, 24)).await.expect("decided");
    let refused = gus.submit(&path, "action=book").await.expect(403).text();
    assert!(refused.contains("You can book it starting Thursday, November 26, 7:00 PM."), "{refused}");
    assert!(!refused.contains("2026-11-26T"), "{refused}");
}
