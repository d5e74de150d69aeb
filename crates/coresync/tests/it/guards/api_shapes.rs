//! The shape of the responses of every API operation is stored in a file under `tests/shapes`. It is derived from real
//! responses of the test club and compared line by line. `TEST_WRITE_SHAPES=1` rewrites the files (CONTRIBUTING.md).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::http::Method;
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, Guest, MAX, OLA, PIA, TestClub, UMA};

use crate::accounts::{PASSWORD, RESET, VERIFY, register, token, with, zoe};
use crate::shape_file::Shape;
use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, document, request_body, staff_jobs};

/// Sends requests that succeed, and collects the shapes of the responses by operation and status.
struct Recorder {
    operations: Vec<(String, String)>,
    shapes: BTreeMap<(String, u16), Shape>,
    /// The requests that failed.
    failed: Vec<String>,
}

impl Recorder {
    async fn of(app: &TestClub) -> Recorder {
        let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
        let all = document::operations(&document).into_iter();
        let operations = all.map(|(method, path, _)| (method.to_string(), path)).collect();
        Recorder { operations, shapes: BTreeMap::new(), failed: Vec::new() }
    }

    /// Returns the operation of a path. If several fit, this is the one with the fewest parameters.
    fn operation(&self, method: &Method, path: &str) -> String {
        let path = path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |described: &str| {
            let described: Vec<&str> = described.split('/').collect();
            described.len() == parts.len()
                && described.iter().zip(&parts).all(|(one, part)| one == part || one.starts_with('{'))
        };
        let found = self.operations.iter().filter(|(one, path)| one == method.as_str() && fits(path));
        let found = found.min_by_key(|(_, path)| path.matches('{').count());
        let (method, path) = found.unwrap_or_else(|| panic!("the API description has no {method} {path}"));
        format!("{method} {path}")
    }

    async fn send(&mut self, guest: &Guest<'_>, method: &str, path: &str, body: Value) -> Answer {
        let method: Method = method.parse().expect("a method");
        let operation = self.operation(&method, path);
        let (kind, body) = match body {
            Value::Null => (None, Vec::new()),
            body => (Some("application/json"), body.to_string().into_bytes()),
        };
        let answer = guest.send(method, path, kind, body).await;
        if !(200..300).contains(&answer.status) {
            self.failed.push(format!("{operation}: {} {}", answer.status, answer.text()));
            return answer;
        }
        let shape = self.shapes.entry((operation, answer.status)).or_default();
        if !answer.bytes.is_empty() {
            shape.add(&answer.body);
        }
        answer
    }

    async fn get(&mut self, guest: &Guest<'_>, path: &str) -> Answer {
        self.send(guest, "GET", path, Value::Null).await
    }

    async fn post(&mut self, guest: &Guest<'_>, path: &str, body: Value) -> Answer {
        self.send(guest, "POST", path, body).await
    }
}

/// Records the operations on an account, from sign-up to sign-out.
async fn account(app: &TestClub, to: &mut Recorder) {
    let visitor = app.visitor();
    let zoe = zoe();
    let email = json!({"email": "zoe@example.com"});
    to.post(&visitor, "/api/auth/register/", zoe.clone()).await;
    to.post(&visitor, "/api/auth/verify/again/", email.clone()).await;
    let link = token(app, "zoe@example.com", VERIFY).await;
    to.post(&visitor, "/api/auth/verify/", json!({"token": link, "password": PASSWORD})).await;
    let credentials = json!({"email": "zoe@example.com", "password": PASSWORD});
    let other = to.post(&visitor, "/api/auth/login/", credentials.clone()).await;
    let refresh = json!({"refresh": other["refresh"]});
    to.post(&visitor, "/api/auth/refresh/", refresh).await;
    let made = to.post(&visitor, "/api/auth/login/", credentials).await;
    let me = with(app, &made);
    let sessions = to.get(&me, "/api/auth/sessions/").await;
    let other = sessions.list("").iter().find(|one| one["is_this"] == false);
    let other = other.unwrap_or_else(|| panic!("no other sign-in: {}", sessions.text()))["id"].clone();
    to.send(&me, "DELETE", &format!("/api/auth/sessions/{other}/"), Value::Null).await;
    to.send(&me, "DELETE", "/api/auth/sessions/", Value::Null).await;
    let change = json!({"email": "zoe@new.example", "current_password": PASSWORD});
    to.post(&me, "/api/auth/email/", change).await;
    to.post(&me, "/api/auth/confirm/", json!({"password": PASSWORD})).await;
    to.post(&visitor, "/api/auth/password-reset/", email).await;
    let link = token(app, "zoe@example.com", RESET).await;
    let body = json!({"token": link, "password": "another-password"});
    to.post(&visitor, "/api/auth/password-reset/confirm/", body).await;
    let credentials = json!({"email": "zoe@example.com", "password": "another-password"});
    let made = to.post(&visitor, "/api/auth/login/", credentials).await;
    let body = json!({"current_password": "another-password", "new_password": "a-third-password"});
    to.post(&with(app, &made), "/api/auth/password/", body).await;
    let credentials = json!({"email": "zoe@example.com", "password": "a-third-password"});
    let made = to.post(&visitor, "/api/auth/login/", credentials).await;
    to.post(&with(app, &made), "/api/auth/logout/", json!({})).await;
    register(app, and(zoe, json!({"email": "ida@example.com"}))).await;
}

/// Records the operations on a profile, preferences, and notification settings.
async fn profile(app: &TestClub, to: &mut Recorder) {
    let me = "/api/users/profile/me/";
    let contact = json!({"name": "Taras", "phone": "+12125550199", "relation": "brother"});
    to.get(&app.as_(UMA), me).await;
    let change = json!({"phone": "+12125550100", "birthday": "1990-11-03", "emergency_contact": contact});
    to.send(&app.as_(BEA), "PATCH", me, change).await;
    to.get(&app.as_(BEA), me).await;
    for player in [UMA, BEA] {
        to.get(&app.as_(player), "/api/users/preferences/").await;
    }
    let liked = json!({"scene": "ocean-waves"});
    to.send(&app.as_(BEA), "PATCH", "/api/users/preferences/", liked).await;
    to.get(&app.as_(BEA), "/api/users/preferences/").await;
    to.get(&app.as_(BEA), "/api/users/notices/").await;
    to.send(&app.as_(BEA), "PUT", "/api/users/notices/", json!({"notices": ["reminders"]})).await;
}

/// Records services, rooms, open times, and the reasons why a time can't be booked.
async fn catalogue(app: &TestClub, to: &mut Recorder) {
    for path in ["", "categories/", "featured/", "mensuite/", "massage/", "suite/"] {
        for guest in [app.visitor(), app.as_(PIA)] {
            to.get(&guest, &format!("/api/services/{path}")).await;
        }
    }
    to.get(&app.visitor(), "/api/rooms/").await;
    let massage = app.service("massage").await;
    for query in ["date=2026-11-27", "date=2026-12-24", "from=2026-11-24&to=2026-12-23&slots=1"] {
        let path = format!("/api/bookings/availability/?service_id={massage}&{query}");
        to.get(&app.as_(GUS), &path).await;
    }
    for time in ["10:00", "12:00", "14:00", "23:00"] {
        let query = format!("service_id={massage}&date=2026-11-27&start_time={time}");
        to.get(&app.as_(GUS), &format!("/api/bookings/why_not/?{query}")).await;
        to.get(&app.as_(DORA), &format!("/api/bookings/why_not/?{query}")).await;
    }
}

/// Records the operations on holds, bookings, series, and the waitlist.
async fn bookings(app: &TestClub, to: &mut Recorder) {
    let (bea, pia) = (app.as_(BEA), app.as_(PIA));
    let hold =
        to.post(&bea, "/api/bookings/hold/", request_body(app, "suite", "2026-11-27", "18:00").await).await;
    let path = format!("/api/bookings/hold/{}/", hold["id"]);
    to.get(&bea, &path).await;
    to.get(&bea, MY_BOOKINGS).await;
    to.post(&bea, &format!("{path}extend/"), json!({})).await;
    to.send(&bea, "DELETE", &path, Value::Null).await;
    let more = json!({"addons": [{"id": app.addon("led").await, "quantity": 1, "notes": "warm"}],
        "special_requests": "quiet", "scene_preferences": {"light": 20}, "payment_method": "card"});
    let body = and(request_body(app, "massage", "2026-11-27", "14:00").await, more);
    let booked = to.post(&bea, CREATE, body).await;
    let path = format!("/api/bookings/{}/", booked["id"]);
    let moved = json!({"starts_at": "2026-11-28T14:00:00-05:00"});
    to.post(&bea, &format!("{path}reschedule/"), moved).await;
    to.get(&bea, &path).await;
    to.get(&app.as_(DORA), &path).await;
    let body = and(request_body(app, "pod", "2026-11-28", "12:00").await, json!({"guest_name": "Ann Lind"}));
    let other = to.post(&app.as_(DORA), CREATE, body).await;
    to.get(&app.as_(DORA), &format!("/api/bookings/{}/", other["id"])).await;
    to.post(&bea, &format!("{path}cancel_booking/"), json!({})).await;
    to.get(&bea, MY_BOOKINGS).await;
    let series = json!({"every_weeks": 1, "count": 2});
    let series = and(request_body(app, "pod", "2026-11-26", "12:00").await, series);
    let made = to.post(&pia, "/api/bookings/series/", series).await;
    to.get(&pia, MY_BOOKINGS).await;
    let first = made.body["bookings"][0]["id"].clone();
    to.post(&pia, &format!("/api/bookings/{first}/cancel_series/"), json!({})).await;
    let suite = app.service("suite").await;
    for more in [json!({}), json!({"to": "2026-11-28", "after": "12:00", "before": "22:00"})] {
        let wait = and(json!({"service_id": suite, "from": "2026-11-27"}), more);
        to.post(&pia, "/api/bookings/waitlist/", wait).await;
    }
    let waits = to.get(&pia, "/api/bookings/waitlist/").await;
    let path = format!("/api/bookings/waitlist/{}/", waits.list("")[0]["id"]);
    to.send(&pia, "DELETE", &path, Value::Null).await;
}

/// Records the operations on the day of two visits: one takes place, the other is a no-show.
async fn day(app: &TestClub, to: &mut Recorder) {
    let dora = app.as_(DORA);
    let mut made = Vec::new();
    for (service, time) in [("massage", "12:00"), ("pod", "15:00")] {
        let body = request_body(app, service, "2026-11-25", time).await;
        made.push(app.as_(UMA).post(CREATE, body).await.expect(201).number("id"));
    }
    app.set_time("2026-11-25T12:00:00-05:00");
    for step in ["check_in", "start", "complete"] {
        to.post(&dora, &format!("/api/bookings/{}/{step}/", made[0]), json!({})).await;
    }
    app.set_time("2026-11-25T16:00:00-05:00");
    to.post(&dora, &format!("/api/bookings/{}/no_show/", made[1]), json!({})).await;
    to.get(&dora, "/api/staff/bookings/?date=2026-11-25").await;
    to.post(
        &dora,
        &format!("/api/bookings/{}/undo/", made[1]),
        json!({"status": "no_show", "reason": "They came"}),
    )
    .await;
    to.get(&app.as_(UMA), "/api/services/history/").await;
}

/// Records the operations on plans, on a person's own membership, and on the memberships of others.
async fn memberships(app: &TestClub, to: &mut Recorder) {
    let (pia, dora, max) = (app.as_(PIA), app.as_(DORA), app.as_(MAX));
    let own = |what: &str| format!("/api/memberships/{what}/");
    to.get(&pia, &own("plans")).await;
    to.get(&pia, &own("current")).await;
    to.post(&pia, &own("auto_credit"), json!({"auto": true})).await;
    to.get(&pia, &own("upgrade/unlimited")).await;
    to.post(&pia, &own("change"), json!({"plan": "base"})).await;
    to.post(&pia, &own("leave"), json!({})).await;
    to.get(&pia, &own("current")).await;
    to.post(&pia, &own("stay"), json!({})).await;
    to.post(&pia, &own("freeze"), json!({"months": 1})).await;
    to.get(&pia, &own("current")).await;
    let terms = json!({"version": 1, "price": "400.00", "short_description": "Newer.", "benefits": ["One", "Two"],
        "discount_percentage": 20, "max_advance_days": 40, "monthly_service_credits": 1, "guest_passes": 0,
        "mensuite_access": true, "iot_control_access": true});
    to.send(&max, "PUT", &own("plans/base"), terms).await;
    to.get(&max, &own("plans/base/versions")).await;
    to.post(&max, &own("plans/base/move_over"), json!({})).await;
    let of = |what: &str| format!("/api/memberships/{}/{what}/", app.person(GUS));
    to.post(&dora, &of("enrol"), json!({"plan": "base", "paid": "cash"})).await;
    to.post(&dora, &of("upgrade"), json!({"plan": "premium", "paid": "cash"})).await;
    to.post(&dora, &of("leave"), json!({})).await;
    to.post(&dora, &of("stay"), json!({})).await;
    to.post(&dora, &of("freeze"), json!({"months": 1})).await;
    app.set_time("2026-12-09T12:00:00-05:00");
    let dues = format!("/api/memberships/{}/dues/", app.person(UMA));
    to.post(&dora, &dues, json!({"paid": "cash", "seen": "2026-12-09"})).await;
}

/// Records the staff operations on blocks, release rules, and single times.
async fn times_and_rules(app: &TestClub, to: &mut Recorder) {
    let (dora, max) = (app.as_(DORA), app.as_(MAX));
    let room = app.room("stone").await;
    let span = json!({"room_id": room, "starts_at": "2026-11-29T12:00:00-05:00",
        "ends_at": "2026-11-29T13:00:00-05:00", "reason": "Deep cleaning"});
    to.post(&dora, "/api/staff/blocks/?dry_run=true", and(span.clone(), json!({"dry_run": true}))).await;
    let made = to.post(&dora, "/api/staff/blocks/", span.clone()).await;
    let block = made.body["block"]["id"].clone();
    to.get(&dora, "/api/staff/blocks/").await;
    let path = format!("/api/staff/blocks/{block}/");
    to.send(&dora, "PUT", &path, and(span, json!({"reason": "Paint"}))).await;
    to.send(&dora, "DELETE", &path, Value::Null).await;
    let rule = json!({"room_kinds": ["suite"], "weekdays": [5, 6, 7], "from": "17:00", "to": "22:00", "tier": "base",
        "release_hours": 48, "factor": "1.20", "tags": ["peak_hour"]});
    let made = to.post(&max, "/api/staff/rules/", rule.clone()).await;
    to.get(&max, "/api/staff/rules/").await;
    let path = format!("/api/staff/rules/{}/", made["id"]);
    let changed = to.send(&max, "PUT", &path, and(rule, json!({"factor": "1.30"}))).await;
    to.get(&max, "/api/staff/rules/").await;
    to.send(&max, "DELETE", &format!("/api/staff/rules/{}/", changed["id"]), Value::Null).await;
    let at = json!({"room_id": app.room("suite").await, "starts_at": "2026-11-29T19:00:00-05:00"});
    let repriced = and(at.clone(), json!({"decision": "reprice", "factor": "0.80"}));
    to.post(&dora, "/api/staff/times/", repriced).await;
    to.get(&dora, "/api/staff/times/").await;
    to.post(&dora, "/api/staff/times/undo/", at).await;
}

/// Records the operations on payments: two visits are paid, one of them in part; a refund, a comp, and a write-off.
async fn payments(app: &TestClub, to: &mut Recorder) {
    let (dora, max, gus) = (app.as_(DORA), app.as_(MAX), app.as_(GUS));
    let made = to.post(&gus, CREATE, request_body(app, "massage", "2026-11-27", "16:00").await).await;
    let (id, technician) = (made["id"].clone(), made["technicians"][0]["id"].clone());
    let subject = json!({"kind": "booking", "id": id});
    let part = and(subject.clone(), json!({"amount": "150.00", "expected_due": "200.00"}));
    let paid = json!({"parts": [part], "method": "terminal", "slip": "0042", "tip": "5.00", "tip_for": [technician]});
    let receipt = to.post(&dora, "/api/payments/take/", paid).await;
    to.get(&dora, "/api/staff/charges/?state=ahead").await;
    app.confirm(MAX).await;
    let comp = and(subject.clone(), json!({"amount": "20.00", "reason": "Waited"}));
    to.post(&max, "/api/payments/comp/", comp).await;
    to.post(&dora, "/api/payments/take/", json!({"parts": [subject], "method": "cash"})).await;
    let refund = and(subject.clone(), json!({"amount": "40.00", "reason": "Too cold", "slip": "0043"}));
    to.post(&max, "/api/payments/refund/", refund).await;
    to.get(&dora, &format!("/api/staff/charges/booking/{id}/")).await;
    to.post(&gus, &format!("/api/bookings/{id}/cancel_booking/"), json!({})).await;
    to.get(&dora, "/api/staff/charges/?state=to_refund").await;
    to.post(&dora, "/api/payments/send_refund/", and(subject, json!({"slip": "0044"}))).await;
    to.get(&gus, "/api/payments/").await;
    to.get(&gus, &format!("/api/payments/{}/", receipt["id"])).await;
    to.get(&dora, "/api/staff/payments/").await;
    let missed = to.post(&gus, CREATE, request_body(app, "pod", "2026-11-24", "12:00").await).await;
    app.set_time("2026-11-24T12:30:00-05:00");
    to.post(&dora, &format!("/api/bookings/{}/no_show/", missed["id"]), json!({})).await;
    to.get(&dora, "/api/staff/charges/?state=due").await;
    app.confirm(MAX).await;
    let loss = json!({"kind": "booking", "id": missed["id"], "reason": "Never paid"});
    to.post(&max, "/api/payments/write_off/", loss).await;
}

/// Records the managers' operations on people, settings, and jobs.
async fn management(app: &TestClub, to: &mut Recorder) {
    let (max, ola) = (app.as_(MAX), app.as_(OLA));
    to.get(&max, "/api/staff/people/").await;
    to.get(&max, "/api/staff/people/?q=Bea").await;
    let path = format!("/api/staff/people/{}/", app.person(GUS));
    to.get(&max, &path).await;
    to.send(&max, "PUT", &format!("{path}birthday/"), json!({"birthday": "1990-11-03"})).await;
    to.send(&ola, "PATCH", &path, json!({"role": "technician"})).await;
    to.send(&max, "PUT", "/api/staff/numbers/hold_minutes/", json!({"value": 12})).await;
    to.get(&max, "/api/staff/numbers/").await;
    to.send(&max, "DELETE", "/api/staff/numbers/hold_minutes/", Value::Null).await;
    let discarded = staff_jobs::stopped_job(app, "test.first").await;
    let retried = staff_jobs::stopped_job(app, "test.second").await;
    to.get(&max, "/api/staff/jobs/").await;
    to.send(&max, "DELETE", &format!("/api/staff/jobs/{discarded}/"), Value::Null).await;
    to.post(&max, &format!("/api/staff/jobs/{retried}/retry/"), json!({})).await;
    app.db()
        .tx(|tx| tx.run(kit::sql!("DELETE FROM jobs WHERE kind = 'test.second'"), kit::args![]))
        .await
        .expect("the job is deleted");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes")
}

/// Returns the file name of an operation: `bookings.{id}.get.txt` for `GET /api/bookings/{id}/`.
fn file_of(operation: &str) -> String {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let path = path.trim_start_matches("/api/").trim_end_matches('/').replace('/', ".");
    format!("{path}.{}.txt", method.to_lowercase())
}

#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn writes() -> bool {
    std::env::var("TEST_WRITE_SHAPES").is_ok_and(|value| !value.is_empty())
}

/// Returns the expected content of every file: the operation, then each status with the shape of its body.
async fn files_of(app: &TestClub) -> BTreeMap<String, String> {
    let mut to = Recorder::of(app).await;
    catalogue(app, &mut to).await;
    profile(app, &mut to).await;
    bookings(app, &mut to).await;
    times_and_rules(app, &mut to).await;
    payments(app, &mut to).await;
    day(app, &mut to).await;
    management(app, &mut to).await;
    account(app, &mut to).await;
    memberships(app, &mut to).await;
    let described = to.operations.iter().map(|(method, path)| format!("{method} {path}"));
    let unsent = described.filter(|one| !to.shapes.keys().any(|(sent, _)| sent == one));
    to.failed.extend(unsent.map(|one| format!("{one}: no request succeeded")));
    assert!(to.failed.is_empty(), "{}", to.failed.join("\n"));
    let mut files = BTreeMap::new();
    for (method, path) in &to.operations {
        let operation = format!("{method} {path}");
        let shapes: Vec<_> = to.shapes.iter().filter(|((one, _), _)| *one == operation).collect();
        let mut text = format!("{operation}\n");
        for ((_, status), shape) in shapes {
            text.push_str(&format!("\n{status}\n{}", shape.lines()));
        }
        files.insert(file_of(&operation), text);
    }
    files
}

#[tokio::test]
async fn api_response_shapes_match_the_stored_files() {
    let app = TestClub::open().await;
    let expected = files_of(&app).await;
    let folder = folder();
    if writes() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the folder of the shapes");
        for (name, text) in &expected {
            std::fs::write(folder.join(name), text).expect("a shape is written");
        }
    }
    let mut wrong = Vec::new();
    for (name, text) in &expected {
        let stored = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        for line in stored.lines().filter(|line| !text.lines().any(|one| one == *line)) {
            wrong.push(format!("{name}: - {line}"));
        }
        for line in text.lines().filter(|line| !stored.lines().any(|one| one == *line)) {
            wrong.push(format!("{name}: + {line}"));
        }
        if wrong.is_empty() && stored != *text {
            wrong.push(format!("{name}: the order of the lines differs"));
        }
    }
    for entry in std::fs::read_dir(&folder).expect("the folder of the shapes") {
        let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
        if !expected.contains_key(&name) {
            wrong.push(format!("{name}: no operation has this shape"));
        }
    }
    let remedy =
        "If the change is intended and announced to clients, run this test with TEST_WRITE_SHAPES=1.";
    assert!(wrong.is_empty(), "{}\n{remedy}", wrong.join("\n"));
}
