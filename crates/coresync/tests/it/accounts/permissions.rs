//! Permissions: every operation of the API and every page, for every role. The routes come from the API description and
//! from the source code. A route without a line in the table fails the test.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::json;
use testing::{Answer, BEA, DORA, Guest, MAX, OLA, TOM, TestClub, UMA};

use crate::and;
use crate::document::operations;
use crate::guard::sources;
use crate::whole::WholeProgram as _;

/// Returns the callers in the order of the marks: a visitor, a guest, a technician, the front desk, the manager, and
/// the owner.
pub(crate) fn guests_of_every_role(app: &TestClub, is_page: bool) -> [Guest<'_>; 6] {
    let one = |player| if is_page { app.browser(player) } else { app.as_(player) };
    [app.visitor(), one(BEA), one(TOM), one(DORA), one(MAX), one(OLA)]
}

/// One mark for each caller: `+` may (whatever the result), `1` must sign in (401), `3` may not (403), `4` not found
/// for them (404), `d` is redirected to the sign-in. `{id}` belongs to another guest. The body stands after the bar.
pub(crate) const TABLE: &str = r#"
++++++ GET /
++++++ GET /about/
1+++++ POST /api/auth/confirm/ | {"password": "wrong"}
1+++++ POST /api/auth/email/ | {"email": "new@example.com", "current_password": "wrong"}
++++++ POST /api/auth/login/ | {"email": "x@example.com", "password": "wrong"}
1+++++ POST /api/auth/logout/
++++++ POST /api/auth/password-reset/ | {"email": "x@example.com"}
++++++ POST /api/auth/password-reset/confirm/ | {"token": "x", "password": "a-long-password"}
1+++++ POST /api/auth/password/ | {"current_password": "wrong", "new_password": "a-long-password"}
++++++ POST /api/auth/refresh/
++++++ POST /api/auth/register/ | {"email": "x@example.com", "password": "a-long-password", "first_name": "X", "last_name": "Y"}
1+++++ DELETE /api/auth/sessions/
1+++++ GET /api/auth/sessions/
144444 DELETE /api/auth/sessions/{id}/
++++++ POST /api/auth/verify/ | {"token": "x"}
++++++ POST /api/auth/verify/again/ | {"email": "x@example.com"}
++++++ GET /api/bookings/availability/ | service_id=$pod&date=2026-11-27
1+++++ POST /api/bookings/create_booking/ | {"service_id": $pod, "date": "2026-11-26", "start_time": "$time"}
++++++ POST /api/bookings/hold/ | {"service_id": $pod, "date": "2026-11-26", "start_time": "$time"}
444+++ DELETE /api/bookings/hold/{id}/
444+++ GET /api/bookings/hold/{id}/
444+++ POST /api/bookings/hold/{id}/extend/
1+++++ GET /api/bookings/my_bookings/
1+++++ POST /api/bookings/series/ | {"service_id": $pod, "date": "2026-11-26", "start_time": "$time", "every_weeks": 1, "count": 2}
1+++++ GET /api/bookings/waitlist/
1+++++ POST /api/bookings/waitlist/ | {"kind": "any", "service_id": $pod, "from": "2026-11-25", "to": "2026-11-26"}
144444 DELETE /api/bookings/waitlist/{id}/
++++++ GET /api/bookings/why_not/ | service_id=$pod&date=2026-11-26&start_time=10:00
144+++ GET /api/bookings/{id}/
144+++ POST /api/bookings/{id}/cancel_booking/
144+++ POST /api/bookings/{id}/cancel_series/
133+++ POST /api/bookings/{id}/check_in/
133+++ POST /api/bookings/{id}/complete/
133+++ POST /api/bookings/{id}/no_show/
144+++ POST /api/bookings/{id}/reschedule/ | {"starts_at": "2026-11-28T12:00:00-05:00"}
133+++ POST /api/bookings/{id}/start/
133+++ POST /api/bookings/{id}/undo/ | {"status": "checked_in"}
++++++ GET /api/docs/
1+++++ POST /api/memberships/auto_credit/ | {"auto": true}
1+++++ POST /api/memberships/change/ | {"plan": "base"}
1+4444 GET /api/memberships/current/
1+++++ POST /api/memberships/freeze/ | {"months": 1}
1+++++ POST /api/memberships/leave/
++++++ GET /api/memberships/plans/
1333++ PUT /api/memberships/plans/{slug}/ | {"version": 1, "price": "1.00", "short_description": "x", "benefits": [], "discount_percentage": 0, "max_advance_days": 1, "monthly_service_credits": 0, "guest_passes": 0}
1333++ POST /api/memberships/plans/{slug}/move_over/
1333++ GET /api/memberships/plans/{slug}/versions/
1+++++ POST /api/memberships/stay/
1+++++ GET /api/memberships/upgrade/{plan}/
133+++ POST /api/memberships/{person}/dues/ | {"paid": "cash", "seen": "2026-12-09"}
133+++ POST /api/memberships/{person}/enrol/ | {"plan": "base", "paid": "cash"}
133+++ POST /api/memberships/{person}/freeze/ | {"months": 1}
133+++ POST /api/memberships/{person}/leave/
133+++ POST /api/memberships/{person}/stay/
133+++ POST /api/memberships/{person}/upgrade/ | {"plan": "base", "paid": "cash"}
++++++ GET /api/openapi.json
1+++++ GET /api/payments/
133344 POST /api/payments/comp/ | {"kind": "booking", "id": 1, "reason": "x"}
133344 POST /api/payments/refund/ | {"kind": "booking", "id": 1, "amount": "1.00", "reason": "x"}
133444 POST /api/payments/send_refund/ | {"kind": "booking", "id": 1}
133444 POST /api/payments/take/ | {"parts": [{"kind": "booking", "id": 1}], "method": "cash"}
133344 POST /api/payments/write_off/ | {"kind": "booking", "id": 1, "reason": "x"}
144444 GET /api/payments/{id}/
++++++ GET /api/rooms/
++++++ GET /api/services/
++++++ GET /api/services/categories/
++++++ GET /api/services/featured/
1+++++ GET /api/services/history/
++++++ GET /api/services/mensuite/
++++++ GET /api/services/{slug}/
133+++ GET /api/staff/blocks/
133+++ POST /api/staff/blocks/ | {"room_id": 5, "starts_at": "2026-11-28T12:00:00-05:00", "ends_at": "2026-11-28T13:00:00-05:00", "reason": "x"}
133444 DELETE /api/staff/blocks/{id}/
133444 PUT /api/staff/blocks/{id}/ | {"room_id": 5, "starts_at": "2026-11-28T12:00:00-05:00", "ends_at": "2026-11-28T13:00:00-05:00", "reason": "x"}
133+++ GET /api/staff/bookings/
133+++ GET /api/staff/charges/
133444 GET /api/staff/charges/{kind}/{id}/
1333++ GET /api/staff/jobs/
133344 DELETE /api/staff/jobs/{id}/
133344 POST /api/staff/jobs/{id}/retry/
1333++ GET /api/staff/numbers/
1333++ DELETE /api/staff/numbers/{name}/
1333++ PUT /api/staff/numbers/{name}/ | {"value": 12}
133+++ GET /api/staff/payments/
1333++ GET /api/staff/people/
1333++ GET /api/staff/people/{id}/
13333+ PATCH /api/staff/people/{id}/ | {"role": "account"}
1333++ PUT /api/staff/people/{id}/birthday/ | {"birthday": "1990-11-03"}
1333++ GET /api/staff/rules/
1333++ POST /api/staff/rules/ | {"room_kinds": ["suite"], "weekdays": [5, 6, 7], "from": "17:00", "to": "22:00", "tier": "base", "release_hours": 48, "factor": "1.20", "tags": ["peak_hour"]}
133344 DELETE /api/staff/rules/{id}/
133344 PUT /api/staff/rules/{id}/ | {"room_kinds": ["suite"], "weekdays": [5, 6, 7], "from": "17:00", "to": "22:00", "tier": "base", "release_hours": 48, "factor": "1.20", "tags": ["peak_hour"]}
133+++ GET /api/staff/times/
133+++ POST /api/staff/times/ | {"room_id": 5, "starts_at": "2026-11-28T12:00:00-05:00", "decision": "block"}
133+++ POST /api/staff/times/undo/ | {"room_id": 5, "starts_at": "2026-11-28T12:00:00-05:00"}
1+++++ GET /api/users/notices/
1+++++ PUT /api/users/notices/ | {"notices": []}
1+++++ GET /api/users/preferences/
1+++++ PATCH /api/users/preferences/ | {}
1+++++ GET /api/users/profile/me/
1+++++ PATCH /api/users/profile/me/ | {}
444444 GET /assets/{name}
++++++ GET /book/
d44+++ GET /book/held/{id}/
144+++ POST /book/held/{id}/ | action=extend
++++++ POST /book/hold/
++++++ GET /book/review/ | service=pod&starts_at=2026-11-26T12:00:00-05:00
++++++ GET /book/wait/
++++++ POST /book/wait/
++++++ GET /contacts/
d+++++ GET /dashboard/
d+++++ GET /dashboard/bookings/
d44+++ GET /dashboard/bookings/{id}/
d44+++ GET /dashboard/bookings/{id}/cancel/
d44+++ POST /dashboard/bookings/{id}/cancel/
d44+++ GET /dashboard/bookings/{id}/cancel-series/
d44+++ POST /dashboard/bookings/{id}/cancel-series/
d44+++ GET /dashboard/bookings/{id}/move/
d44+++ POST /dashboard/bookings/{id}/move/
d44+++ GET /dashboard/bookings/{id}/repeat/
d44+++ POST /dashboard/bookings/{id}/repeat/
d44+++ GET /dashboard/bookings/{id}/visit.ics
d+++++ GET /dashboard/membership/
d+++++ POST /dashboard/membership/credits/
d+++++ GET /dashboard/membership/join/ | plan=base
d+++++ GET /dashboard/membership/{action}/
d+++++ POST /dashboard/membership/{action}/
d+++++ GET /dashboard/payments/
d44444 GET /dashboard/payments/{id}/
d+++++ GET /dashboard/preferences/
d+++++ POST /dashboard/preferences/
d+++++ POST /dashboard/preferences/notices/ | notices=reminders
d+++++ GET /dashboard/privacy/
d+++++ POST /dashboard/privacy/consents/ | agree=news
d+3333 POST /dashboard/privacy/erase/ | current_password=wrong&sure=yes
d+++++ POST /dashboard/privacy/export/
d+++++ GET /dashboard/profile/
d+++++ POST /dashboard/profile/ | first_name=A&last_name=B
d+++++ POST /dashboard/profile/address/ | email=a%40example.com&current_password=wrong
d+++++ POST /dashboard/profile/confirm/
d+++++ POST /dashboard/profile/password/ | present_password=wrong&new_password=a-long-password
d+++++ GET /dashboard/sessions/
d+++++ POST /dashboard/sessions/ | id=1
d44444 GET /dashboard/waits/{id}/
d44444 POST /dashboard/waits/{id}/leave/
++++++ GET /health/
++++++ GET /login/
++++++ POST /login/ | email=x%40example.com&password=wrong
++++++ GET /logout/
++++++ POST /logout/
++++++ GET /menssuite/
133344 GET /metrics
++++++ GET /offline/
++++++ GET /password-reset/
++++++ POST /password-reset/ | email=x%40example.com
++++++ GET /password-reset/new/
++++++ POST /password-reset/new/ | token=x&password=a-long-password
++++++ GET /private/
++++++ GET /ready/
++++++ GET /robots.txt
++++++ GET /services/
++++++ GET /services/{slug}/
++++++ GET /signup/
++++++ POST /signup/again/ | email=x%40example.com
++++++ GET /signup/check/
++++++ POST /signup/ | email=x%40example.com&password=a-long-password&first_name=X&last_name=Y
++++++ GET /sitemap.xml
d3++++ GET /staff/
d333++ GET /staff/audit/
d333++ GET /staff/audit/audit.csv
d33+++ GET /staff/blocks/
d33+++ POST /staff/blocks/
d33444 GET /staff/blocks/{id}/
d33444 POST /staff/blocks/{id}/
d33444 GET /staff/blocks/{id}/remove/
d33444 POST /staff/blocks/{id}/remove/
d33+++ GET /staff/book/
d33+++ GET /staff/day/
d33444 POST /staff/day/{id}/ | action=check_in
d333++ GET /staff/jobs/
d33344 GET /staff/jobs/{id}/
d33344 POST /staff/jobs/{id}/discard/ | sure=on
d33344 POST /staff/jobs/{id}/retry/
d33+++ GET /staff/members/
d33+++ GET /staff/members/{id}/
d33+++ POST /staff/members/{id}/
d333++ POST /staff/members/{id}/birthday/ | birthday=1990-11-03
d33+++ GET /staff/members/{id}/emergency/
d33+++ GET /staff/money/
d33+++ GET /staff/money/due/
d33344 GET /staff/money/entries/{id}/
d333++ GET /staff/money/ledger/
d333++ GET /staff/money/ledger/{account}/
d33444 GET /staff/money/{kind}/{id}/
d33444 POST /staff/money/{kind}/{id}/ | amount=1&method=cash
d33444 POST /staff/money/{kind}/{id}/send-refund/
d33344 GET /staff/money/{kind}/{id}/{decision}/
d33344 POST /staff/money/{kind}/{id}/{decision}/ | amount=1&reason=x
d3+333 GET /staff/my-day/
d333++ GET /staff/numbers/
d333++ GET /staff/numbers/{name}/
d333++ POST /staff/numbers/{name}/ | value=12
d333++ POST /staff/numbers/{name}/reset/
d333++ GET /staff/people/
d3333+ POST /staff/people/{id}/role/ | role=account
d3333+ POST /staff/people/{id}/sign-out/
d333++ GET /staff/pictures/
d333++ POST /staff/pictures/
d333++ GET /staff/pictures/{id}/
d33344 POST /staff/pictures/unpublish/ | slot=home
d33344 POST /staff/pictures/describe/ | slot=home&alt=x
d333++ GET /staff/plans/
d333++ GET /staff/plans/{slug}/
d333++ POST /staff/plans/{slug}/
d333++ POST /staff/plans/{slug}/move_over/
d333++ GET /staff/rules/
d333++ POST /staff/rules/
d333++ GET /staff/rules/new/
d33344 GET /staff/rules/{id}/
d33344 POST /staff/rules/{id}/
d33344 POST /staff/rules/{id}/end/
d3++++ GET /staff/style/
d3++++ GET /staff/style/guest/
d33+++ GET /staff/times/
d33+++ POST /staff/times/
d33444 GET /staff/times/undo/ | room_id=5&starts_at=2026-11-28T17:00:00Z
d33+++ POST /staff/times/undo/ | room_id=5&starts_at=2026-11-28T17:00:00Z
d33+++ GET /staff/why-not/
++++++ GET /technologies/
++++++ GET /unsubscribe/ | token=x
++++++ POST /unsubscribe/ | token=x
++++++ GET /verify/
++++++ POST /verify/ | token=x
444444 GET /visit/{token}/
444444 GET /visit/{token}/stop/
444444 POST /visit/{token}/stop/
444444 GET /visit/{token}/visit.ics
"#;

pub(crate) fn mark(answer: &Answer) -> char {
    match answer.status {
        401 if !answer.text().contains("don’t match") => '1',
        403 => '3',
        404 => '4',
        303 if answer.header("location").starts_with("/login/?next=") => 'd',
        status if status < 500 => '+',
        status => panic!("{status}: {}", answer.text()),
    }
}

/// The source folders that contain pages.
const PAGES: [&str; 8] = [
    "crates/bookings_pages/src/",
    "crates/catalogue_pages/src/",
    "crates/coresync/src/",
    "crates/membership/src/pages/",
    "crates/money_pages/src/",
    "crates/people_pages/src/",
    "crates/pictures/src/pages.rs",
    "crates/ui/src/",
];

/// Returns the text of a constant that a source file declares or imports from a file of its folder.
fn constant<'s>(
    sources: &'s [(String, String)],
    (file, text): &'s (String, String),
    name: &str,
) -> Option<&'s str> {
    let declaration = format!("const {name}: &str = \"");
    let declared = |text: &'s str| text.split(&declaration).nth(1)?.split('"').next();
    declared(text).or_else(|| {
        let is_name = |part: &str| part.trim_end_matches([';', '}']) == name;
        let import =
            text.lines().find(|line| line.starts_with("use ") && line.split(['{', ' ', ',']).any(is_name))?;
        let module = import.split("::{").next()?.rsplit("::").next()?;
        let (folder, _) = file.rsplit_once('/')?;
        let sibling = format!("{folder}/{module}.rs");
        sources.iter().find(|(name, _)| *name == sibling).and_then(|(_, text)| declared(text))
    })
}

/// Returns every page of the source code, such as `GET /book/`.
pub(crate) fn pages() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let has_pages = |name: &str| PAGES.iter().any(|folder| name.starts_with(folder));
    let sources = sources();
    for source in sources.iter().filter(|(name, _)| has_pages(name)) {
        let mut text = source.1.clone();
        for part in source.1.split(".route(").skip(1).filter(|part| part.starts_with(char::is_uppercase)) {
            let name = part.split(',').next().unwrap_or_default();
            let path = constant(&sources, source, name).unwrap_or_else(|| panic!("{}: {name}", source.0));
            text = text.replace(&format!(".route({name},"), &format!(".route(\"{path}\","));
        }
        for part in text.split(".route(\"").skip(1) {
            let (path, rest) = part.split_once('"').expect("a path ends");
            let handlers = rest.split(".route(").next().unwrap_or_default();
            let handlers =
                handlers.split(['\n', '}']).take_while(|line| !line.trim().is_empty()).next().unwrap_or(rest);
            for (word, method) in [("get(", "GET"), ("post(", "POST")] {
                if handlers.contains(word) {
                    found.insert(format!("{method} {path}"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn every_route_allows_exactly_the_roles_in_the_table() {
    let shared = TestClub::open().await;
    let document = shared.visitor().get("/api/openapi.json").await.expect(200).body;
    let described = operations(&document).into_iter().map(|(method, path, _)| format!("{method} {path}"));
    let routes: BTreeSet<String> = described.chain(pages()).collect();
    assert!(routes.len() > 90, "{}", routes.len());
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    let table: BTreeMap<&str, (&str, &str)> = lines
        .map(|line| {
            let (marks, rest) = line.split_once(' ').expect("marks, then the route");
            let (route, body) = rest.split_once('|').unwrap_or((rest, ""));
            (route.trim(), (marks, body.trim()))
        })
        .collect();
    let named: BTreeSet<String> = table.keys().map(|route| (*route).to_owned()).collect();
    let mut wrong: Vec<String> =
        named.difference(&routes).map(|route| format!("no such route: {route}")).collect();
    for route in &routes {
        let (expected, body) = table.get(route.as_str()).copied().unwrap_or(("?", ""));
        let is_alone = route.contains('{') || route.contains("log") || route.starts_with("DELETE");
        let alone = if is_alone { Some(TestClub::open().await) } else { None };
        let marks = send_request(alone.as_ref().unwrap_or(&shared), route, body).await;
        if marks != expected {
            wrong.push(format!(
                "{marks} {route}{}{body}   (said: {expected})",
                if body.is_empty() { "" } else { " | " }
            ));
        }
    }
    assert!(wrong.is_empty(), "otherwise than in the table, or without a line in it:\n{}", wrong.join("\n"));
}

async fn send_request(app: &TestClub, route: &str, body: &str) -> String {
    let (method, path) = route.split_once(' ').expect("a method and a path");
    let is_page = !path.starts_with("/api/");
    let pod = app.service("pod").await;
    let mut marks = String::new();
    for (n, guest) in guests_of_every_role(app, is_page).into_iter().enumerate() {
        // Each caller gets another booking of Uma's, so that the result does not depend on earlier callers.
        let mut path = path.to_owned();
        if path.contains("bookings/{id}") || path.contains("hold/{id}") || path.contains("held/{id}") {
            let request_body =
                json!({"service_id": pod, "date": "2026-11-27", "start_time": format!("{}:00", 10 + n)});
            let what = if path.contains("bookings/{id}") { crate::CREATE } else { "/api/bookings/hold/" };
            let made = if path.contains("cancel_series") || path.contains("cancel-series") {
                let series = and(request_body, json!({"every_weeks": 1, "times": 2}));
                let made = app.as_(UMA).post("/api/bookings/series/", series).await.expect(201);
                made.list("bookings")[0]["id"].as_i64().expect("an id")
            } else {
                app.as_(UMA).post(what, request_body).await.expect(201).number("id")
            };
            path = path.replace("{id}", &made.to_string());
            if what != crate::CREATE && n == 2 {
                // A person holds at most three times at once, so the earlier holds have to expire.
                app.set_time("2026-11-24T10:30:00-05:00");
            }
        }
        for (place, part, with) in [("numbers/", "{name}", "hold_minutes"), ("plans/", "{slug}", "base")] {
            if path.contains(place) {
                path = path.replace(part, with);
            }
        }
        path = path.replace("{action}", "leave").replace("{plan}", "unlimited");
        let uma = app.person(UMA).to_string();
        for (part, with) in [
            ("{id}", uma.as_str()),
            ("{person}", &uma),
            ("{slug}", "massage"),
            ("{account}", "cash"),
            ("{kind}", "booking"),
            ("{decision}", "comp"),
            ("{name}", "none"),
            ("{token}", "00"),
        ] {
            path = path.replace(part, with);
        }
        let body = body.replace("$pod", &pod.to_string()).replace("$time", &format!("{}:30", 10 + n));
        let (path, kind) = match (method, is_page) {
            ("GET", _) if !body.is_empty() => (format!("{path}?{body}"), None),
            ("GET", _) => (path, None),
            (_, true) => (path, Some("application/x-www-form-urlencoded")),
            (_, false) => (path, Some("application/json")),
        };
        let sent = if method == "GET" { Vec::new() } else { body.into_bytes() };
        let method: Method = method.parse().expect("a method");
        marks.push(mark(&guest.send(method, &path, kind, sent).await));
    }
    marks
}
