//! Every change by staff adds a row to the audit log, with the state before and after. The log can be read in input and
//! filtered by kind and subject.

use std::collections::BTreeSet;

use axum::http::Method;
use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, OLA, PIA, Player, TestClub, UMA};

use crate::permissions::TABLE;
use crate::staff_jobs::stopped_job;
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, request_body};

/// Returns the routes that change something and are for staff only, or that staff may use on what belongs to others,
/// from the permission table.
fn staff_writes() -> BTreeSet<String> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    let routes = lines.filter_map(|line| {
        let (marks, rest) = line.split_once(' ')?;
        let route = rest.split('|').next()?.trim();
        let marks: Vec<char> = marks.chars().collect();
        let is_staff = marks[1] == '3' || marks[1] == '4' && marks[3] == '+';
        (is_staff && !route.starts_with("GET ")).then(|| route.to_owned())
    });
    routes.collect()
}

struct Walk<'h> {
    app: &'h TestClub,
    left: BTreeSet<String>,
    wrong: Vec<String>,
}

type Row = (String, String, Option<kit::Id>, Value);

impl Walk<'_> {
    async fn rows(&self) -> Vec<Row> {
        let rows = self.app.db().view(|tx| {
            tx.all(sql!("SELECT what, subject, subject_id, details FROM audit ORDER BY id"), args![])
        });
        rows.await.expect("the log")
    }

    /// Performs a step, and checks that it adds a row of this kind.
    async fn step(&mut self, route: &str, by: Player, path: &str, body: Body<'_>, kind: &str) -> Answer {
        let before = self.rows().await.len();
        let method: Method = route.split(' ').next().expect("a method").parse().expect("a method");
        let answer = match body {
            Body::Json(body) => {
                let bytes = body.to_string().into_bytes();
                self.app.as_(by).send(method, path, Some("application/json"), bytes).await
            }
            Body::Form(form) => self.app.browser(by).submit(path, form).await,
            Body::Parts(parts) => {
                let kind = Some("multipart/form-data; boundary=b");
                self.app.as_(by).send(method, path, kind, parts).await
            }
        };
        assert!(answer.status < 400, "{route} {path}: {} {}", answer.status, answer.text());
        let rows = self.rows().await;
        match rows[before..].iter().find(|row| row.0 == kind) {
            None => self.wrong.push(format!("{route} leaves no {kind}: {:?}", &rows[before..])),
            Some((_, _, _, details)) => {
                let is_change = details.get("before").is_some() && details.get("after").is_some();
                let is_older = ["role_changed", "sessions_ended"].contains(&kind);
                if !is_change && !is_older {
                    self.wrong.push(format!("{route}: {kind} does not say what it was and is: {details}"));
                }
            }
        }
        self.left.remove(route);
        answer
    }
}

enum Body<'b> {
    Json(Value),
    Form(&'b str),
    Parts(Vec<u8>),
}

#[tokio::test]
async fn every_change_by_staff_is_audited() {
    let app = TestClub::open().await;
    let mut walk = Walk { app: &app, left: staff_writes(), wrong: Vec::new() };
    assert!(walk.left.len() > 35, "{:?}", walk.left);
    bookings(&mut walk).await;
    held_times(&mut walk).await;
    visits_of_the_day(&mut walk).await;
    memberships(&mut walk).await;
    plans_and_settings(&mut walk).await;
    rules_and_times(&mut walk).await;
    blocked_times(&mut walk).await;
    jobs(&mut walk).await;
    pictures(&mut walk).await;
    payments(&mut walk).await;
    accounts(&mut walk).await;
    assert!(walk.left.is_empty(), "no step for:\n{}", walk.left.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(walk.wrong.is_empty(), "{}", walk.wrong.join("\n"));
    // What people do with their own bookings is not recorded as a change by staff.
    let count = async || {
        let count: Option<(i64,)> = app
            .db()
            .view(|tx| tx.one(sql!("SELECT COUNT(*) FROM audit WHERE what LIKE 'booking%'"), args![]))
            .await
            .expect("a count");
        count.expect("a row").0
    };
    let rows = count().await;
    let id = book(&app, UMA, "pod", "2026-11-26", "20:00").await.number("id");
    crate::cancel(&app, UMA, id).await.expect(200);
    assert_eq!(count().await, rows);
}

async fn bookings(walk: &mut Walk<'_>) {
    let app = walk.app;
    let uma = app.person(UMA);
    let for_uma = |input: Value| and(input, json!({"person_id": uma}));
    let made = for_uma(request_body(app, "pod", "2026-11-27", "10:00").await);
    let made = walk.step("POST create", DORA, CREATE, Body::Json(made), "booking_made").await.number("id");
    let series = and(for_uma(request_body(app, "pod", "2026-12-01", "10:00").await), json!({"times": 2}));
    walk.step("POST series", DORA, "/api/bookings/series/", Body::Json(series), "booking_made").await;
    let api = format!("/api/bookings/{made}/");
    let to = json!({"date": "2026-11-28", "start_time": "11:00"});
    let route = "POST /api/bookings/{id}/reschedule/";
    walk.step(route, DORA, &format!("{api}reschedule/"), Body::Json(to), "booking_moved").await;
    let route = "POST /api/bookings/{id}/cancel_booking/";
    walk.step(route, DORA, &format!("{api}cancel_booking/"), Body::Json(json!({})), "booking_cancelled")
        .await;
    for (time, is_page) in [("12:00", false), ("14:00", true)] {
        let series = and(request_body(app, "pod", "2026-12-01", time).await, json!({"times": 2}));
        let made = app.as_(UMA).post("/api/bookings/series/", series).await.expect(201);
        let first = &made.list("bookings")[0]["id"];
        let (route, path, body) = if is_page {
            let path = format!("/dashboard/bookings/{first}/cancel-series/");
            ("POST /dashboard/bookings/{id}/cancel-series/", path, Body::Form(""))
        } else {
            let path = format!("/api/bookings/{first}/cancel_series/");
            ("POST /api/bookings/{id}/cancel_series/", path, Body::Json(json!({})))
        };
        walk.step(route, DORA, &path, body, "booking_cancelled").await;
    }
    let id = book(app, UMA, "pod", "2026-12-02", "10:00").await.number("id");
    let page = format!("/dashboard/bookings/{id}/");
    let form = "to=2026-12-02T12:00:00-05:00";
    let route = "POST /dashboard/bookings/{id}/move/";
    walk.step(route, DORA, &format!("{page}move/"), Body::Form(form), "booking_moved").await;
    let route = "POST /dashboard/bookings/{id}/repeat/";
    let repeat = format!("{page}repeat/");
    let seen =
        app.browser(DORA).submit(&repeat, "every_weeks=1&times=2&action=preview").await.expect(200).text();
    let once = seen.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let form = format!("every_weeks=1&times=2&action=book&once={}", once.expect("a secret"));
    walk.step(route, DORA, &repeat, Body::Form(&form), "booking_made").await;
    let route = "POST /dashboard/bookings/{id}/cancel/";
    walk.step(route, DORA, &format!("{page}cancel/"), Body::Form(""), "booking_cancelled").await;
}

async fn payments(walk: &mut Walk<'_>) {
    let app = walk.app;
    app.confirm(MAX).await;
    let visit =
        async |hour: i64| book(app, GUS, "pod", "2026-11-26", &format!("{hour}:00")).await.number("id");
    for (hour, is_page) in [(10, false), (13, true)] {
        let id = visit(hour).await;
        let page = format!("/staff/money/booking/{id}/");
        let of = |more: Value| and(json!({"kind": "booking", "id": id}), more);
        let reason = |amount: &str| of(json!({"amount": amount, "reason": "Waited"}));
        if is_page {
            let route = "POST /staff/money/{kind}/{id}/{decision}/";
            walk.step(route, MAX, &format!("{page}comp/"), Body::Form("amount=5&reason=x"), "comp_given")
                .await;
            let form = Body::Form("amount=10&method=cash");
            walk.step("POST /staff/money/{kind}/{id}/", DORA, &page, form, "payment_taken").await;
        } else {
            let route = "POST /api/payments/comp/";
            walk.step(route, MAX, "/api/payments/comp/", Body::Json(reason("5.00")), "comp_given").await;
            let paid = Body::Json(json!({"parts": [of(json!({}))], "method": "cash"}));
            let path = "/api/payments/take/";
            walk.step("POST /api/payments/take/", DORA, path, paid, "payment_taken").await;
            let path = "/api/payments/refund/";
            let refund = Body::Json(reason("10.00"));
            walk.step("POST /api/payments/refund/", MAX, path, refund, "refund_approved").await;
        }
        crate::cancel(app, GUS, id).await.expect(200);
        if is_page {
            let route = "POST /staff/money/{kind}/{id}/send-refund/";
            walk.step(route, DORA, &format!("{page}send-refund/"), Body::Form(""), "refund_sent").await;
        } else {
            let path = "/api/payments/send_refund/";
            let sent = Body::Json(of(json!({})));
            walk.step("POST /api/payments/send_refund/", DORA, path, sent, "refund_sent").await;
        }
    }
    let id = visit(16).await;
    app.set_time("2026-11-26T16:20:00-05:00");
    app.as_(DORA).post(&format!("/api/bookings/{id}/no_show/"), json!({})).await.expect(200);
    app.confirm(MAX).await;
    let path = "/api/payments/write_off/";
    let loss = Body::Json(json!({"kind": "booking", "id": id, "reason": "x"}));
    walk.step("POST /api/payments/write_off/", MAX, path, loss, "amount_written_off").await;
    app.set_time("2026-11-24T10:00:00-05:00");
}

async fn held_times(walk: &mut Walk<'_>) {
    let app = walk.app;
    let held = async |time: &str| {
        let input = request_body(app, "pod", "2026-12-03", time).await;
        app.as_(UMA).post("/api/bookings/hold/", input).await.expect(201).number("id")
    };
    let uma = app.person(UMA);
    let input = and(request_body(app, "pod", "2026-12-03", "15:00").await, json!({"person_id": uma}));
    let own_hold =
        walk.step("POST hold", DORA, "/api/bookings/hold/", Body::Json(input), "booking_held").await;
    let path = format!("/api/bookings/hold/{}/", own_hold.number("id"));
    let route = "POST /api/bookings/hold/{id}/extend/";
    walk.step(route, DORA, &format!("{path}extend/"), Body::Json(json!({})), "hold_extended").await;
    walk.step("DELETE /api/bookings/hold/{id}/", DORA, &path, Body::Json(json!({})), "hold_released").await;
    let id = held("16:00").await;
    let route = "POST /book/held/{id}/";
    walk.step(route, DORA, &format!("/book/held/{id}/"), Body::Form("action=extend"), "hold_extended").await;
}

async fn memberships(walk: &mut Walk<'_>) {
    let app = walk.app;
    let path = |player: Player, what: &str| format!("/api/memberships/{}/{what}/", app.person(player));
    let route = |what: &str| format!("POST /api/memberships/{{person}}/{what}/");
    app.set_time("2026-12-09T10:00:00-05:00");
    for (whose, what, body, kind) in [
        (GUS, "enrol", json!({"plan": "base", "paid": "cash"}), "membership_started"),
        (GUS, "upgrade", json!({"plan": "premium", "paid": "cash"}), "membership_upgraded"),
        (BEA, "dues", json!({"paid": "cash", "seen": "2026-12-09"}), "dues_taken"),
        (BEA, "freeze", json!({"months": 1}), "membership_frozen"),
        (PIA, "leave", json!({}), "membership_ending"),
        (PIA, "stay", json!({}), "membership_kept"),
    ] {
        walk.step(&route(what), DORA, &path(whose, what), Body::Json(body), kind).await;
    }
    let page = format!("/staff/members/{}/", app.person(PIA));
    let form = "action=dues&paid=cash&seen=2026-12-09";
    walk.step("POST /staff/members/{id}/", DORA, &page, Body::Form(form), "dues_taken").await;
    let page = format!("{page}birthday/");
    let route = "POST /staff/members/{id}/birthday/";
    walk.step(route, MAX, &page, Body::Form("birthday=1990-11-03"), "birthday_corrected").await;
    let api = format!("/api/staff/people/{}/birthday/", app.person(PIA));
    let route = "PUT /api/staff/people/{id}/birthday/";
    let body = Body::Json(json!({"birthday": "1990-11-04"}));
    walk.step(route, MAX, &api, body, "birthday_corrected").await;
    app.set_time("2026-11-24T10:00:00-05:00");
}

async fn plans_and_settings(walk: &mut Walk<'_>) {
    let terms = json!({"version": 1, "price": "400.00", "short_description": "x", "benefits": [],
        "discount_percentage": 20, "max_advance_days": 40, "monthly_service_credits": 0, "guest_passes": 0});
    let api = "/api/memberships/plans/base/";
    walk.step("PUT /api/memberships/plans/{slug}/", MAX, api, Body::Json(terms), "plan_changed").await;
    let route = "POST /api/memberships/plans/{slug}/move_over/";
    walk.step(route, MAX, &format!("{api}move_over/"), Body::Json(json!({})), "members_moved").await;
    let form = "version=2&price=410.00&short_description=New&benefits=One&discount_percentage=20&max_advance_days=40\
                &monthly_service_credits=1&guest_passes=0&confirm=on";
    let page = "/staff/plans/base/";
    walk.step("POST /staff/plans/{slug}/", MAX, page, Body::Form(form), "plan_changed").await;
    let route = "POST /staff/plans/{slug}/move_over/";
    walk.step(route, MAX, &format!("{page}move_over/"), Body::Form("confirm=on"), "members_moved").await;
    let api = "/api/staff/numbers/hold_minutes/";
    let value = Body::Json(json!({"value": 12}));
    walk.step("PUT /api/staff/numbers/{name}/", MAX, api, value, "setting_changed").await;
    walk.step("DELETE /api/staff/numbers/{name}/", MAX, api, Body::Json(json!({})), "setting_changed").await;
    let page = "/staff/numbers/hold_minutes/";
    walk.step("POST /staff/numbers/{name}/", MAX, page, Body::Form("value=13"), "setting_changed").await;
    let route = "POST /staff/numbers/{name}/reset/";
    walk.step(route, MAX, &format!("{page}reset/"), Body::Form(""), "setting_changed").await;
}

async fn rules_and_times(walk: &mut Walk<'_>) {
    let app = walk.app;
    let rule = json!({"room_kinds": ["suite"], "weekdays": [5], "from": "17:00", "to": "22:00", "tier": "base",
        "release_hours": 48, "factor": "1.20", "tags": []});
    let api = "/api/staff/rules/";
    let route = "POST /api/staff/rules/";
    let id = walk.step(route, MAX, api, Body::Json(rule.clone()), "rule_added").await.number("id");
    let one = format!("{api}{id}/");
    let other = and(rule, json!({"release_hours": 24}));
    walk.step("PUT /api/staff/rules/{id}/", MAX, &one, Body::Json(other), "rule_changed").await;
    walk.step("DELETE /api/staff/rules/{id}/", MAX, &one, Body::Json(json!({})), "rule_ended").await;
    let form = "room_kinds=suite&weekdays=5&from=17:00&to=22:00&tier=base&release_hours=48&factor=1.20&tags=&confirm=on";
    walk.step("POST /staff/rules/", MAX, "/staff/rules/", Body::Form(form), "rule_added").await;
    let listed = app.as_(MAX).get(api).await.expect(200);
    let last = listed.list("").last().expect("a rule")["id"].as_i64().expect("an id");
    let page = format!("/staff/rules/{last}/");
    let looser = form.replace("48", "24");
    walk.step("POST /staff/rules/{id}/", MAX, &page, Body::Form(&looser), "rule_changed").await;
    let route = "POST /staff/rules/{id}/end/";
    walk.step(route, MAX, &format!("{page}end/"), Body::Form(""), "rule_ended").await;
    let room = app.room("stone").await;
    let time = json!({"room_id": room, "starts_at": "2026-11-28T12:00:00-05:00"});
    let decided = and(time.clone(), json!({"decision": "block"}));
    let api = "/api/staff/times/";
    walk.step("POST /api/staff/times/", DORA, api, Body::Json(decided), "time_decided").await;
    let undo = "/api/staff/times/undo/";
    walk.step("POST /api/staff/times/undo/", DORA, undo, Body::Json(time), "time_decision_undone").await;
    let form = format!(
        "room_id={room}&day=2026-11-28&time=12:00&decision=block&tier=none&hours=0&factor=1.00&confirm=on"
    );
    walk.step("POST /staff/times/", DORA, "/staff/times/", Body::Form(&form), "time_decided").await;
    let form = format!("room_id={room}&starts_at=2026-11-28T17:00:00Z");
    let undo = "/staff/times/undo/";
    walk.step("POST /staff/times/undo/", DORA, undo, Body::Form(&form), "time_decision_undone").await;
}

async fn blocked_times(walk: &mut Walk<'_>) {
    let room = walk.app.room("stone").await;
    let hours = |ends: &str| {
        json!({"room_id": room, "starts_at": "2026-11-29T12:00:00-05:00",
            "ends_at": format!("2026-11-29T{ends}:00-05:00"), "reason": "Repairs"})
    };
    let api = "/api/staff/blocks/";
    let route = "POST /api/staff/blocks/";
    let made = walk.step(route, DORA, api, Body::Json(hours("13:00")), "time_blocked").await;
    let one = format!("{api}{}/", made["block"]["id"]);
    let route = "PUT /api/staff/blocks/{id}/";
    walk.step(route, DORA, &one, Body::Json(hours("14:00")), "block_changed").await;
    let route = "DELETE /api/staff/blocks/{id}/";
    walk.step(route, DORA, &one, Body::Json(json!({})), "block_removed").await;
    let form = |to: &str| {
        format!(
            "what=room:{room}&from_day=2026-11-29&from_time=12:00&to_day=2026-11-29&to_time={to}&reason=Repairs&seen=%2C"
        )
    };
    let page = "/staff/blocks/";
    walk.step("POST /staff/blocks/", DORA, page, Body::Form(&form("13:00")), "time_blocked").await;
    let listed = walk.app.as_(DORA).get(api).await.expect(200);
    let id = listed.list("").last().expect("a block")["id"].as_i64().expect("an id");
    let page = format!("/staff/blocks/{id}/");
    let route = "POST /staff/blocks/{id}/";
    walk.step(route, DORA, &page, Body::Form(&form("14:00")), "block_changed").await;
    let route = "POST /staff/blocks/{id}/remove/";
    walk.step(route, DORA, &format!("{page}remove/"), Body::Form(""), "block_removed").await;
}

async fn jobs(walk: &mut Walk<'_>) {
    let app = walk.app;
    let nothing = || Body::Json(json!({}));
    for (retry, discard, is_page) in [
        ("POST /api/staff/jobs/{id}/retry/", "DELETE /api/staff/jobs/{id}/", false),
        ("POST /staff/jobs/{id}/retry/", "POST /staff/jobs/{id}/discard/", true),
    ] {
        let id = stopped_job(app, "test.first").await;
        let here = if is_page { format!("/staff/jobs/{id}/") } else { format!("/api/staff/jobs/{id}/") };
        let body = if is_page { Body::Form("") } else { nothing() };
        walk.step(retry, MAX, &format!("{here}retry/"), body, "job_retried").await;
        let (path, body) = match is_page {
            true => (format!("{here}discard/"), Body::Form("sure=on")),
            false => (here, nothing()),
        };
        walk.step(discard, MAX, &path, body, "job_discarded").await;
    }
}

async fn visits_of_the_day(walk: &mut Walk<'_>) {
    let app = walk.app;
    let mut ids = Vec::new();
    for (player, time) in [(UMA, "12:00"), (GUS, "12:00"), (BEA, "12:00")] {
        ids.push(book(app, player, "pod", "2026-11-25", time).await.number("id"));
    }
    let [served, missed, paged] = ids[..] else { panic!("three visits") };
    let api = |id: i64, what: &str| format!("/api/bookings/{id}/{what}/");
    let nothing = || Body::Json(json!({}));
    app.set_time("2026-11-25T12:20:00-05:00");
    for (what, kind) in
        [("check_in", "visit_checked_in"), ("start", "visit_started"), ("complete", "visit_completed")]
    {
        let route = format!("POST /api/bookings/{{id}}/{what}/");
        walk.step(&route, DORA, &api(served, what), nothing(), kind).await;
    }
    let route = "POST /api/bookings/{id}/no_show/";
    walk.step(route, DORA, &api(missed, "no_show"), nothing(), "visit_no_show").await;
    let undo = Body::Json(json!({"status": "no_show"}));
    let route = "POST /api/bookings/{id}/undo/";
    walk.step(route, DORA, &api(missed, "undo"), undo, "visit_step_undone").await;
    let page = format!("/staff/day/{paged}/");
    let form = Body::Form("action=check_in&date=2026-11-25");
    walk.step("POST /staff/day/{id}/", DORA, &page, form, "visit_checked_in").await;
    app.set_time("2026-11-24T10:00:00-05:00");
}

async fn pictures(walk: &mut Walk<'_>) {
    let photograph = crate::pictures::photograph(640, 480);
    let parts = crate::pictures::form("home/hero", "A sunset", &photograph);
    let here = "/staff/pictures/";
    walk.step("POST /staff/pictures/", MAX, here, Body::Parts(parts), "picture_added").await;
    walk.app.run_jobs().await;
    let input = "slot=home/hero&alt=A+calm+room";
    let path = format!("{here}describe/");
    walk.step("POST /staff/pictures/describe/", MAX, &path, Body::Form(input), "picture_described").await;
    let path = format!("{here}unpublish/");
    let slot = "slot=home/hero";
    walk.step("POST /staff/pictures/unpublish/", MAX, &path, Body::Form(slot), "picture_removed").await;
}

async fn accounts(walk: &mut Walk<'_>) {
    let app = walk.app;
    let api = format!("/api/staff/people/{}/", app.person(GUS));
    let body = Body::Json(json!({"role": "technician"}));
    walk.step("PATCH /api/staff/people/{id}/", OLA, &api, body, "role_changed").await;
    let page = format!("/staff/people/{}/", app.person(GUS));
    let route = "POST /staff/people/{id}/role/";
    walk.step(route, OLA, &format!("{page}role/"), Body::Form("role=account"), "role_changed").await;
    let route = "POST /staff/people/{id}/sign-out/";
    walk.step(route, OLA, &format!("{page}sign-out/"), Body::Form(""), "sessions_ended").await;
}

/// The log in input, filtered by kind and by subject, with a booking found by its number.
#[tokio::test]
async fn the_audit_log_shows_who_changed_which_value_and_how() {
    let app = TestClub::open().await;
    let put = async |path: &str, input: Value| {
        let bytes = input.to_string().into_bytes();
        app.as_(MAX).send(Method::PUT, path, Some("application/json"), bytes).await
    };
    put("/api/staff/numbers/hold_minutes/", json!({"value": 12})).await.expect(204);
    let massage = app.service("massage").await;
    let max = app.person(MAX);
    let repriced = app.db().tx(move |tx| {
        let by = people::Actor::of(people::person(tx, max)?);
        catalogue::reprice(tx, &by, massage, kit::Cents(21_000), kit::Cents(15_000))
    });
    repriced.await.expect("repriced");
    let input =
        and(request_body(&app, "pod", "2026-11-27", "10:00").await, json!({"person_id": app.person(BEA)}));
    let booked = app.as_(DORA).post(CREATE, input).await.expect(201);
    crate::cancel(&app, DORA, booked.number("id")).await.expect(200);
    let reference = booked["booking_reference"].as_str().expect("a number").to_owned();
    let page =
        async |query: &str| app.browser(OLA).get(&format!("/staff/audit/?{query}")).await.expect(200).text();
    let change = page("what=setting_changed").await;
    for phrase in ["Max Stern (Manager)", "Changed a setting", "Hold length (minutes)", "value: 10 → 12"] {
        assert!(change.contains(phrase), "{phrase}: {change}");
    }
    let price = page("thing=service").await;
    for phrase in ["Changed a price", "Service massage", "list price: $200 → $210"] {
        assert!(price.contains(phrase), "{phrase}: {price}");
    }
    assert!(!price.contains("member price"), "what is as it was is not said: {price}");
    let booking = page(&format!("thing=booking&number={}", reference.to_lowercase())).await;
    for phrase in [
        "2 entries.",
        "Booked for someone",
        "Canceled a booking",
        &reference,
        "Bea Morrow",
        "status: confirmed → cancelled",
    ] {
        assert!(booking.contains(phrase), "{phrase}: {booking}");
    }
    assert!(page("thing=booking&number=CS-2026-999999").await.contains("0 entries."));
    assert!(page("network=192.0.2.0").await.contains("entries."));
}
