//! The day at the front desk: the list, the steps of a visit, undoing them, and walk-ins (C5, D4, D5, D11, T14, W1).

use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, OLA, PIA, Player, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cents, request_body, search, starts, try_book};

fn path(id: i64, step: &str) -> String {
    format!("/api/bookings/{id}/{step}/")
}

async fn step(app: &TestClub, by: Player, id: i64, step: &str) -> Answer {
    app.as_(by).post(&path(id, step), json!({})).await
}

async fn undo(app: &TestClub, by: Player, id: i64, status: &str, reason: Option<&str>) -> Answer {
    app.as_(by).post(&path(id, "undo"), json!({"status": status, "reason": reason})).await
}

async fn day(app: &TestClub, by: Player, query: &str) -> Answer {
    app.as_(by).get(&format!("/api/staff/bookings/?{query}")).await
}

async fn run_maintenance(app: &TestClub) {
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
}

/// Returns what a booking costs: the charges that are not void with their lines, the fee, and the lapses of its person.
async fn owed(app: &TestClub, id: i64) -> Vec<String> {
    let read = move |tx: &mut kit::Tx<'_>| {
        let charges: Vec<(i64, i64, i64, String)> = tx.all(
            sql!("SELECT subject_id, net_cents, tax_cents, status FROM charges WHERE subject_id = $1 AND status <> 'void'"),
            args![id],
        )?;
        let fee: Vec<(Option<i64>, String)> =
            tx.all(sql!("SELECT fee_cents, status FROM bookings WHERE id = $1"), args![id])?;
        let lapses: Vec<(i64,)> = tx.all(sql!("SELECT at FROM lapses WHERE booking_id = $1"), args![id])?;
        let credits: Vec<(i64,)> =
            tx.all(sql!("SELECT COUNT(*) FROM credit_uses WHERE booking_id = $1"), args![id])?;
        Ok(vec![format!("{charges:?}"), format!("{fee:?}"), format!("{lapses:?}"), format!("{credits:?}")])
    };
    app.db().view(read).await.expect("what is owed")
}

async fn events(app: &TestClub, id: i64, what: &'static str) -> i64 {
    let read = move |tx: &mut kit::Tx<'_>| {
        tx.one(
            sql!("SELECT COUNT(*) FROM booking_events WHERE booking_id = $1 AND what = $2"),
            args![id, what],
        )
    };
    let counted: Option<(i64,)> = app.db().view(read).await.expect("events");
    counted.map_or(0, |(count,)| count)
}

/// D11: check-in from the beginning of the operating day, start at most 15 minutes early, completion not before the
/// start.
#[tokio::test]
async fn no_step_of_a_visit_is_possible_before_its_time() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    for now in ["2026-11-24T10:00:00-05:00", "2026-11-26T23:00:00-05:00", "2026-11-27T07:59:59-05:00"] {
        app.set_time(now);
        let refused = step(&app, DORA, id, "check_in").await.refused(409, "wrong_state");
        assert_eq!(refused["opens_at"], "2026-11-27T08:00:00-05:00", "the pods open first");
    }
    app.set_time("2026-11-27T08:00:00-05:00");
    for early in ["start", "complete"] {
        let refused = step(&app, DORA, id, early).await.refused(409, "wrong_state");
        assert!(refused["error"].as_str().expect("a sentence").contains("Check them in first"), "{early}");
    }
    step(&app, DORA, id, "check_in").await.expect(200);
    app.set_time("2026-11-27T11:44:59-05:00");
    for (early, opens) in [("start", "11:45"), ("complete", "12:00")] {
        let refused = step(&app, DORA, id, early).await.refused(409, "wrong_state");
        assert_eq!(refused["opens_at"], format!("2026-11-27T{opens}:00-05:00"), "{early}");
    }
    app.set_time("2026-11-27T11:45:00-05:00");
    step(&app, DORA, id, "start").await.expect(200);
    app.set_time("2026-11-27T11:59:59-05:00");
    step(&app, DORA, id, "complete").await.refused(409, "wrong_state");
    app.set_time("2026-11-27T12:00:00-05:00");
    assert_eq!(step(&app, DORA, id, "complete").await.expect(200)["status"], "completed");
}

/// For a visit that begins when the first room opens, check-in is possible when the visit may start.
#[tokio::test]
async fn the_first_visit_can_be_checked_in_15_minutes_before_opening() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "pod", "2026-11-27", "08:00").await.number("id");
    app.set_time("2026-11-27T07:44:59-05:00");
    step(&app, DORA, id, "check_in").await.refused(409, "wrong_state");
    app.set_time("2026-11-27T07:45:00-05:00");
    step(&app, DORA, id, "check_in").await.expect(200);
    step(&app, DORA, id, "start").await.expect(200);
}

/// A visit without a check-in can be recorded after its time, until the end of the next business day.
#[tokio::test]
async fn a_visit_can_be_recorded_until_its_business_day_closes() {
    let app = TestClub::open().await;
    let [first, second] = [BEA, PIA].map(|player| book(&app, player, "pod", "2026-11-24", "12:00"));
    let (first, second) = (first.await.number("id"), second.await.number("id"));
    app.set_time("2026-11-24T18:00:00-05:00");
    for what in ["check_in", "complete"] {
        step(&app, DORA, first, what).await.expect(200);
    }
    app.set_time("2026-11-26T03:59:59-05:00");
    step(&app, DORA, second, "check_in").await.expect(200);
    undo(&app, DORA, second, "checked_in", None).await.expect(200);
    app.set_time("2026-11-26T04:00:00-05:00");
    for what in ["check_in", "no_show"] {
        let refused = step(&app, MAX, second, what).await.refused(409, "day_closed");
        assert_eq!(refused["first_open"], "2026-11-25", "{what}");
    }
    undo(&app, MAX, first, "completed", Some("late")).await.refused(409, "day_closed");
}

/// D4: the front desk may undo within thirty minutes, a manager with a reason after that, and no one once the day is
/// closed.
#[tokio::test]
async fn undoing_a_step_depends_on_role_and_elapsed_time() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    for by in [BEA, TOM] {
        undo(&app, by, id, "checked_in", None).await.refused(403, "not_allowed");
    }
    undo(&app, DORA, id, "checked_in", None).await.refused(409, "wrong_state");
    step(&app, DORA, id, "check_in").await.expect(200);
    app.set_time("2026-11-24T10:30:00-05:00");
    assert_eq!(undo(&app, DORA, id, "checked_in", None).await.expect(200)["status"], "confirmed");
    step(&app, DORA, id, "check_in").await.expect(200);
    app.set_time("2026-11-24T11:00:01-05:00");
    undo(&app, DORA, id, "checked_in", None).await.refused(403, "manager_required");
    undo(&app, DORA, id, "checked_in", Some("a mistake")).await.refused(403, "manager_required");
    let refused = undo(&app, MAX, id, "checked_in", None).await.refused(400, "invalid");
    assert!(refused["errors"]["reason"].is_string());
    undo(&app, MAX, id, "checked_in", Some("wrong guest")).await.expect(200);
    // Undoing a start leads back to the check-in, and undoing a completion to the status before it. Only a manager
    // undoes a completion.
    app.set_time("2026-11-24T12:00:00-05:00");
    for what in ["check_in", "start"] {
        step(&app, DORA, id, what).await.expect(200);
    }
    assert_eq!(undo(&app, DORA, id, "in_progress", None).await.expect(200)["status"], "checked_in");
    step(&app, DORA, id, "complete").await.expect(200);
    undo(&app, DORA, id, "completed", None).await.refused(403, "manager_required");
    undo(&app, OLA, id, "completed", None).await.refused(400, "invalid");
    assert_eq!(undo(&app, OLA, id, "completed", Some("not yet")).await.expect(200)["status"], "checked_in");
    for what in ["start", "complete"] {
        step(&app, DORA, id, what).await.expect(200);
    }
    assert_eq!(undo(&app, MAX, id, "completed", Some("no")).await.expect(200)["status"], "in_progress");
    // Only the last step can be undone.
    undo(&app, DORA, id, "checked_in", None).await.refused(409, "wrong_state");
    for wrong in [json!({}), json!({"status": "confirmed"}), json!({"status": "cancelled"})] {
        app.as_(MAX).post(&path(id, "undo"), wrong).await.refused(400, "invalid");
    }
}

/// C1, C2, D4: undoing a no-show reverses its fee, charge, and lapse to the cent. A credit stays used.
#[tokio::test]
async fn undoing_a_no_show_reverses_its_charges() {
    let app = TestClub::open().await;
    let mut ids = Vec::new();
    for (player, time) in [(GUS, "12:00"), (BEA, "12:00"), (UMA, "12:00"), (UMA, "13:00")] {
        ids.push(book(&app, player, "pod", "2026-11-24", time).await.number("id"));
    }
    let credit = and(request_body(&app, "pod", "2026-11-24", "12:00").await, json!({"use_credit": true}));
    ids.push(app.as_(PIA).post(CREATE, credit).await.expect(201).number("id"));
    let taxed = |tx: &mut kit::Tx<'_>| {
        let club = catalogue::current(tx)?.club.id;
        money::set_rate(tx, club, money::LineKind::Fee, 700, "a tax on fees")
    };
    app.db().tx(taxed).await.expect("a rate");
    app.set_time("2026-11-24T13:15:00-05:00");
    let mut fees = Vec::new();
    for id in ids {
        let before = owed(&app, id).await;
        let missed = step(&app, DORA, id, "no_show").await.expect(200);
        fees.push(cents(&missed["fee"]));
        assert_ne!(owed(&app, id).await, before, "it costs something, or is a lapse");
        let back = undo(&app, DORA, id, "no_show", None).await.expect(200);
        assert_eq!((&back["status"], &back["fee"]), (&json!("confirmed"), &Value::Null));
        assert_eq!(owed(&app, id).await, before, "of {id} everything is as it was");
        // If it is marked again, the result is the same as the first time.
        let again = step(&app, DORA, id, "no_show").await.expect(200);
        assert_eq!(again["fee"], missed["fee"]);
        if id % 2 == 0 {
            undo(&app, DORA, id, "no_show", None).await.expect(200);
            assert_eq!(owed(&app, id).await, before, "twice, too");
        }
    }
    assert_eq!(fees[..2], [4_500, 3_375]);
    // What was paid for a fee pays for the visit again.
    let paid = book(&app, GUS, "pod", "2026-11-24", "14:30").await.number("id");
    app.set_time("2026-11-24T14:45:00-05:00");
    step(&app, DORA, paid, "no_show").await.expect(200);
    let (dora, subject) = (app.person(DORA), people::Subject { kind: bookings::SUBJECT, id: kit::Id(paid) });
    let pay = move |tx: &mut kit::Tx<'_>| {
        let by = people::person(tx, dora).map(people::Actor::of)?;
        let parts = vec![money::PaidPart::whole(subject)];
        let (method, slip, tip) = (money::PaymentMethod::Cash, String::new(), money::Tip::default());
        money::take(tx, &by, &money::NewPayment { parts, method, slip, tip })
    };
    assert_eq!(app.db().tx(pay).await.expect("paid").amount, kit::Cents(4_815));
    undo(&app, DORA, paid, "no_show", None).await.expect(200);
    let after = app.db().view(move |tx| money::charge_of(tx, subject)).await.expect("an answer");
    let (charge, _) = after.expect("a charge");
    assert_eq!((charge.total(), charge.to_refund()), (kit::Cents(4_500), kit::Cents(315)));
}

/// The job never repeats what staff have undone.
#[tokio::test]
async fn the_job_does_not_repeat_an_undone_no_show() {
    let app = TestClub::open().await;
    let id = book(&app, GUS, "pod", "2026-11-24", "12:00").await.number("id");
    let before = owed(&app, id).await;
    app.set_time("2026-11-25T04:00:00-05:00");
    run_maintenance(&app).await;
    assert_eq!(app.as_(DORA).get(&format!("/api/bookings/{id}/")).await["status"], "no_show");
    app.set_time("2026-11-25T10:00:00-05:00");
    undo(&app, DORA, id, "no_show", None).await.refused(403, "manager_required");
    undo(&app, MAX, id, "no_show", Some("was here")).await.expect(200);
    for now in ["2026-11-25T10:01:00-05:00", "2026-11-26T05:00:00-05:00", "2026-11-28T05:00:00-05:00"] {
        app.set_time(now);
        run_maintenance(&app).await;
        assert_eq!(owed(&app, id).await, before, "{now}");
    }
}

/// The front desk can still undo a check-in just before the end: the job waits for that.
#[tokio::test]
async fn a_visit_does_not_end_while_its_check_in_can_be_undone() {
    let app = TestClub::open().await;
    let id = book(&app, GUS, "pod", "2026-11-24", "12:00").await.number("id");
    app.set_time("2026-11-24T12:25:00-05:00");
    step(&app, DORA, id, "check_in").await.expect(200);
    app.set_time("2026-11-24T12:54:59-05:00");
    run_maintenance(&app).await;
    undo(&app, DORA, id, "checked_in", None).await.expect(200);
    run_maintenance(&app).await;
    step(&app, DORA, id, "check_in").await.expect(200);
    app.set_time("2026-11-24T13:25:00-05:00");
    run_maintenance(&app).await;
    assert_eq!(app.as_(DORA).get(&format!("/api/bookings/{id}/")).await["status"], "completed");
}

/// Two clerks press the same button at once: it takes effect once, and the other is told who was first.
#[tokio::test]
async fn concurrent_steps_by_two_clerks_take_effect_once() {
    let app = TestClub::open().await;
    let mut ids = Vec::new();
    for round in 0..6 {
        ids.push(book(&app, UMA, "pod", "2026-11-24", &format!("{}:00", 11 + round)).await.number("id"));
    }
    for (round, id) in ids.into_iter().enumerate() {
        app.set_time(&format!("2026-11-24T{}:20:00-05:00", 11 + round));
        for (what, event, body) in [
            ("no_show", "no_show", json!({})),
            ("undo", "no_show_undone", json!({"status": "no_show"})),
            ("check_in", "checked_in", json!({})),
            ("start", "in_progress", json!({})),
        ] {
            let (target, other) = (path(id, what), body.clone());
            let (dora, max) = (app.as_(DORA), app.as_(MAX));
            let (one, two) = tokio::join!(dora.post(&target, body), max.post(&target, other));
            let mut all = [one, two];
            all.sort_by_key(|answer| answer.status);
            assert_eq!([all[0].status, all[1].status], [200, 409], "{what}: {}", all[1].text());
            assert_eq!(all[1]["code"], "wrong_state");
            let faster = all[1]["by"].as_str().expect("who was faster");
            assert!(["Dora Quill", "Max Stern"].contains(&faster), "{faster}");
            assert_eq!(events(&app, id, event).await, 1, "{what}");
        }
    }
}

/// T14: the business day is from four to four. A visit after midnight belongs to the day before. Late guests are marked
/// (D5).
#[tokio::test]
async fn the_visit_list_covers_one_business_day() {
    let app = TestClub::open().await;
    let suite = book(&app, UMA, "suite", "2026-11-27", "22:30").await;
    let pod = book(&app, BEA, "pod", "2026-11-28", "08:00").await.number("id");
    let guest = json!({"guest_name": "Zoë O’Hara", "guest_phone": "+12125550199"});
    let guest = and(request_body(&app, "pod", "2026-11-27", "12:00").await, guest);
    let guest = app.as_(DORA).post(CREATE, guest).await.expect(201).number("id");
    // A hold is not a visit.
    app.as_(GUS)
        .post("/api/bookings/hold/", request_body(&app, "pod", "2026-11-27", "13:00").await)
        .await
        .expect(201);
    let friday = day(&app, DORA, "date=2026-11-27").await.expect(200);
    let ids: Vec<i64> = friday.list("").iter().map(|one| one["id"].as_i64().expect("an id")).collect();
    assert_eq!(ids, [guest, suite.number("id")]);
    assert_eq!(friday.header("x-total-count"), "2");
    let (first, second) = (&friday.list("")[0], &friday.list("")[1]);
    assert_eq!(first["guest"], json!({"person_id": null, "name": "Zoë O’Hara", "phone": "+12125550199"}));
    assert_eq!((&first["due"], &first["steps"], &first["undo"]), (&json!("45.00"), &json!([]), &json!("no")));
    assert_eq!((&second["guest"]["name"], &second["due"]), (&json!("Uma Reyes"), &json!("0.00")));
    let saturday = day(&app, MAX, "date=2026-11-28").await.expect(200);
    assert_eq!(saturday.list("").iter().map(|one| one["id"].as_i64()).collect::<Vec<_>>(), [Some(pod)]);
    // Filters and pages.
    for (query, many) in [
        ("q=zo%C3%AB", 1),
        ("q=o'hara", 1),
        ("q=555-0199", 1),
        ("q=reyes", 1),
        ("q=CS-2026", 2),
        ("q=nobody", 0),
        ("status=confirmed", 2),
        ("status=no_show", 0),
        ("page_size=1&page=2", 1),
    ] {
        let found = day(&app, DORA, &format!("date=2026-11-27&{query}")).await.expect(200);
        assert_eq!(found.list("").len(), many, "{query}");
    }
    for wrong in ["date=tomorrow", "status=here", "page=0"] {
        day(&app, DORA, wrong).await.refused(400, "invalid");
    }
    for (player, status) in [(BEA, 403), (TOM, 403)] {
        day(&app, player, "date=2026-11-27").await.expect(status);
    }
    app.visitor().get("/api/staff/bookings/?date=2026-11-27").await.expect(401);
    // Lateness is shown, and is not a status. The possible steps depend on the time.
    app.set_time("2026-11-27T12:00:01-05:00");
    let late = day(&app, DORA, "q=zo").await.expect(200).list("")[0].clone();
    assert_eq!((&late["is_late"], &late["status"]), (&json!(true), &json!("confirmed")));
    assert_eq!(late["steps"], json!(["checked_in"]));
    app.set_time("2026-11-27T12:15:00-05:00");
    assert_eq!(day(&app, DORA, "q=zo").await.list("")[0]["steps"], json!(["checked_in", "no_show"]));
    step(&app, DORA, guest, "check_in").await.expect(200);
    let here = day(&app, DORA, "q=zo").await.list("")[0].clone();
    assert_eq!((&here["is_late"], &here["undo"]), (&json!(false), &json!("yes")));
    assert_eq!(here["steps"], json!(["in_progress", "completed"]));
    app.set_time("2026-11-28T03:59:59-05:00");
    assert_eq!(day(&app, DORA, "").await.expect(200).list("").len(), 2, "the day lasts until four");
    app.set_time("2026-11-28T04:00:00-05:00");
    assert_eq!(day(&app, DORA, "").await.expect(200).list("")[0]["id"], pod);
}

/// The hour at which a business day begins is a setting, and nights on which the clock changes need no special case.
#[tokio::test]
async fn the_start_of_the_business_day_is_a_setting() {
    let app = TestClub::open().await;
    let catalogue = app.catalogue().await;
    let shown = |date: &str| {
        let (from, to) = catalogue.business_day(date.parse().expect("a date"));
        (from.to_string(), to.duration_since(from).as_hours())
    };
    assert_eq!(shown("2026-11-24"), ("2026-11-24T09:00:00Z".to_owned(), 24));
    assert_eq!(shown("2026-10-31"), ("2026-10-31T08:00:00Z".to_owned(), 25));
    assert_eq!(shown("2027-03-13"), ("2027-03-13T09:00:00Z".to_owned(), 23));
    let at = |moment: &str| catalogue.business_day_at(moment.parse().expect("a time")).to_string();
    assert_eq!(at("2026-11-01T01:30:00-05:00"), "2026-10-31");
    assert_eq!(at("2026-11-01T04:00:00-05:00"), "2026-11-01");
    let set = move |tx: &mut kit::Tx<'_>| {
        let club = catalogue::current(tx)?.club.id;
        let owner = people::person_by_email(tx, OLA.email)?.expect("the owner");
        catalogue::set_setting(tx, &people::Actor::of(owner), club, catalogue::BUSINESS_DAY_HOUR, 0)
    };
    app.db().tx(set).await.expect("set");
    let catalogue = app.catalogue().await;
    let moment = "2026-11-28T00:15:00-05:00".parse().expect("a time");
    assert_eq!(catalogue.business_day_at(moment).to_string(), "2026-11-28");
}

/// W1: staff enter a walk-in up to two hours after the start. The messages do not tell them to call the club.
#[tokio::test]
async fn the_front_desk_can_book_a_walk_in_after_the_start() {
    let app = TestClub::open_at("2026-11-24T12:30:00-05:00").await;
    let walk_in = |time: &'static str| {
        let app = &app;
        async move {
            let guest = json!({"guest_name": "Wanda Inn"});
            app.as_(DORA).post(CREATE, and(request_body(app, "pod", "2026-11-24", time).await, guest)).await
        }
    };
    let refused = walk_in("10:25").await.refused(409, "too_late");
    assert!(!refused.text().contains("call us"), "{}", refused.text());
    let offered = search(&app, DORA, "pod", "2026-11-24").await;
    assert_eq!(starts(&offered).first(), Some(&"10:30"));
    let id = walk_in("10:30").await.expect(201).number("id");
    walk_in("12:15").await.expect(201);
    for what in ["check_in", "start", "complete"] {
        step(&app, DORA, id, what).await.expect(200);
    }
    // For guests, times and messages are as before.
    let refused = try_book(&app, GUS, "pod", "2026-11-24", "12:45").await.refused(409, "too_late");
    assert!(refused.text().contains("call us"));
    assert_eq!(starts(&search(&app, GUS, "pod", "2026-11-24").await).first(), Some(&"13:30"));
    // No one reschedules a booking into the past.
    let later = book(&app, GUS, "pod", "2026-11-24", "15:00").await.number("id");
    let moved = json!({"starts_at": "2026-11-24T12:00:00-05:00"});
    app.as_(DORA).post(&path(later, "reschedule"), moved).await.refused(409, "too_late");
}

/// Every refusal that addresses a guest has its own text for staff.
#[tokio::test]
async fn staff_see_refusals_worded_for_staff() {
    let app = TestClub::open().await;
    let decided = json!({"room_id": app.room("suite").await, "starts_at": "2026-11-27T18:00:00-05:00", "decision": "block"});
    app.as_(DORA).post("/api/staff/times/", decided).await.expect(204);
    book(&app, DORA, "pod", "2026-11-27", "12:00").await;
    for (service, time, code) in [("pod", "12:00", "same_person"), ("suite", "11:00", "room_closed")] {
        let refused = try_book(&app, DORA, service, "2026-11-27", time).await.refused(409, code);
        let sentence = refused["error"].as_str().expect("a sentence");
        assert!(
            !sentence.contains("You") && !sentence.contains("We ") && !sentence.contains("us."),
            "{sentence}"
        );
    }
    let guests = try_book(&app, GUS, "suite", "2026-11-27", "18:00").await.refused(409, "maintenance");
    assert!(guests.text().contains("Please call us"));
    let page = app.browser(DORA).get("/book/?service=pod&date=2026-11-24&at=08:00").await.expect(200).text();
    assert!(!page.contains("call us") && !page.contains("Call us"), "{page}");
}

/// Each step and its undoing is in the audit log, with before and after.
#[tokio::test]
async fn the_audit_log_records_every_visit_step() {
    let app = TestClub::open().await;
    let id = book(&app, GUS, "pod", "2026-11-24", "12:00").await.number("id");
    app.set_time("2026-11-24T12:15:00-05:00");
    step(&app, DORA, id, "no_show").await.expect(200);
    undo(&app, MAX, id, "no_show", Some("was in the garden")).await.expect(200);
    for what in ["check_in", "start", "complete"] {
        step(&app, DORA, id, what).await.expect(200);
    }
    let read = move |tx: &mut kit::Tx<'_>| {
        tx.all(
            sql!("SELECT what, details FROM audit WHERE subject = 'booking' AND subject_id = $1 ORDER BY at, id"),
            args![id],
        )
    };
    let rows: Vec<(String, Value)> = app.db().view(read).await.expect("the log");
    let changes: Vec<(&str, &Value, &Value)> =
        rows.iter().map(|(what, details)| (what.as_str(), &details["before"], &details["after"])).collect();
    let mut expected = vec![
        ("visit_no_show", "confirmed", "no_show"),
        ("visit_step_undone", "no_show", "confirmed"),
        ("visit_checked_in", "confirmed", "checked_in"),
        ("visit_started", "checked_in", "in_progress"),
        ("visit_completed", "in_progress", "completed"),
    ];
    expected.sort_unstable();
    let mut changes: Vec<_> = changes
        .iter()
        .map(|(what, b, a)| (*what, b.as_str().unwrap_or(""), a.as_str().unwrap_or("")))
        .collect();
    changes.sort_unstable();
    assert_eq!(changes, expected);
    let undone = rows.iter().find(|(what, _)| what == "visit_step_undone").expect("the undoing");
    assert_eq!((&undone.1["reason"], &undone.1["fee"]), (&json!("was in the garden"), &json!("45.00")));
}
