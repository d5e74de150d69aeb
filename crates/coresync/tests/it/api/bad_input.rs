//! Bad input for every route of the API description: it is refused, never causes a 5xx, and writes nothing.

use std::collections::BTreeMap;

use axum::http::Method;
use kit::{args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, Guest, MAX, Player, TestClub};

use crate::document::operations;
use crate::tables::rows;
use crate::whole::WholeProgram as _;

/// Odd values for paths and queries, as bytes before they are encoded.
const WORDS: &[&[u8]] = &[
    b"",
    b" ",
    b"0",
    b"-1",
    b"1.5",
    b"1e3",
    b"9007199254740993",
    b"9223372036854775808",
    b"99999999999999999999999999",
    b"-9223372036854775808",
    b"NaN",
    b"null",
    b"true",
    b"[]",
    b"a\0b",
    b"\0",
    b"\xff\xfe\xc0",
    "💆‍♀️".as_bytes(),
    "\u{202e}\u{feff}".as_bytes(),
    b"2026-02-30",
    b"0000-00-00",
    b"9999-12-31",
    b"-9999-01-01",
    b"2199-12-31",
    b"2000-01-01",
    b"2026-11-27T12:00:00+99:00",
    b"2026-11-27T12:00:00[Mars/Olympus]",
    b"24:61",
    b"' OR 1=1; DROP TABLE bookings; --",
    b"../../etc/passwd",
    b"%s%n",
    b"<script>alert(1)</script>",
];

/// Odd values for JSON fields, as text.
const VALUES: &[&str] = &[
    "null",
    "\"\"",
    "\" \"",
    "true",
    "0",
    "-1",
    "1.5",
    "1e3",
    "1e400",
    "-0",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "99999999999999999999999999999999",
    "NaN",
    "Infinity",
    "[]",
    "[\"a\"]",
    "[1, [2, [3]]]",
    "{}",
    "{\"a\": {\"b\": []}}",
    "{\"id\": 1}",
    "\"a\\u0000b\"",
    "\"\\ud800\"",
    "\"💆‍♀️\"",
    "\"\\u202e\\ufeff\"",
    "\"2026-02-30\"",
    "\"0000-00-00\"",
    "\"9999-12-31\"",
    "\"-9999-01-01\"",
    "\"2026-11-27T12:00:00+99:00\"",
    "\"2026-11-27T12:00:00[Mars/Olympus]\"",
    "\"2199-12-31T23:59:59Z\"",
    "\"24:61\"",
    "\"' OR 1=1; DROP TABLE bookings; --\"",
    "[{\"id\": 1, \"quantity\": 99999999999999999999}]",
    "[{\"id\": \"x\", \"notes\": \"\\u0000\"}]",
    "{\"\\u0000\": \"\\u0000\"}",
];

/// The tables to which a refused request may add rows: counters of failures, sign-ins, and their records.
const MAY_GROW: [&str; 4] = ["audit", "sign_in_failures", "sessions", "flushes"];

struct Watch<'h> {
    app: &'h TestClub,
    before: BTreeMap<&'static str, i64>,
    requests: usize,
}

impl<'h> Watch<'h> {
    async fn over(app: &'h TestClub) -> Watch<'h> {
        let before = rows(app).await;
        Watch { app, before, requests: 0 }
    }

    /// Checks that the response is no 5xx and has the API's format, and that a refusal has written nothing.
    async fn check(&mut self, answer: Answer, what: &str) -> u16 {
        self.requests += 1;
        let (status, text) = (answer.status, answer.text());
        let start: String = text.chars().take(500).collect();
        assert!(status < 500, "{what}: {status} {start}");
        let after = rows(self.app).await;
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {start}");
            assert_eq!(answer.body["status"], status, "{what}: {start}");
            for field in ["type", "title", "detail", "error", "code", "trace_id"] {
                let has_message = answer.body[field].as_str().is_some_and(|text| !text.is_empty());
                assert!(has_message, "{what}: {field} of {start}");
            }
            for (table, count) in &after {
                assert!(
                    MAY_GROW.contains(table) || self.before[table] == *count,
                    "{what}: {status}, {table} has changed"
                );
            }
        }
        self.before = after;
        status
    }

    /// Deletes failed sign-ins, so that the next request is processed and not only rate limited.
    async fn forget(&self) {
        let forgotten = self.app.db().tx(|tx| tx.run(sql!("DELETE FROM sign_in_failures"), args![]));
        forgotten.await.expect("forgotten");
    }
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

async fn described(app: &TestClub) -> Value {
    app.visitor().get("/api/openapi.json").await.expect(200).body
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    schema["$ref"]
        .as_str()
        .map_or(schema, |to| document.pointer(&to[1..]).expect("a reference leads somewhere"))
}

/// Returns a path in which each parameter is replaced.
fn filled(path: &str, with: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn invalid_path_parameters_are_refused_and_write_nothing() {
    let app = TestClub::open().await;
    let others = crate::book(&app, GUS, "pod", "2026-11-27", "12:00").await.number("id").to_string();
    let document = described(&app).await;
    let mut watch = Watch::over(&app).await;
    // Valid fields for rescheduling, plans, rules, settings, and roles, for handlers that parse the body before the
    // path.
    let (kind, body) = (
        Some("application/json"),
        br#"{"starts_at": "2026-11-27T12:00:00-05:00", "plan": "base", "paid": "cash", "months": 1, "version": 1,
            "price": "1.00", "short_description": "x", "benefits": [], "discount_percentage": 0,
            "max_advance_days": 1, "monthly_service_credits": 0, "guest_passes": 0, "from": "17:00", "to": "18:00",
            "value": 5, "role": "account", "status": "no_show", "room_id": 5,
            "ends_at": "2026-11-27T13:00:00-05:00", "reason": "x", "birthday": "1990-01-01"}"#,
    );
    // `seen` is a day for dues and a list of bookings for a block.
    let dues = br#"{"paid": "cash", "seen": "2026-12-09"}"#;
    for (method, path, _) in operations(&document).into_iter().filter(|(_, path, _)| path.contains('{')) {
        let body = if path.ends_with("/dues/") { dues.to_vec() } else { body.to_vec() };
        let is_managers = path.starts_with("/api/staff/") || path.starts_with("/api/memberships/plans/");
        let staff = if is_managers { MAX } else { DORA };
        for word in WORDS {
            for player in [BEA, staff] {
                let path = filled(&path, &escaped(word));
                let answer = app.as_(player).send(method.clone(), &path, kind, body.clone()).await;
                let status = watch.check(answer, &format!("{method} {path}")).await;
                // A caller without permission gets 403 first.
                let may_not = player == BEA || path.starts_with("/api/staff/");
                assert!(status == 404 || (status == 403 && may_not), "{method} {path}: {status}");
            }
        }
        // A path segment of ten thousand characters, and another person's id.
        for part in ["x".repeat(10_000), "9".repeat(10_000), others.clone()] {
            let path = filled(&path, &part);
            let answer = app.as_(BEA).send(method.clone(), &path, kind, body.clone()).await;
            let status = watch.check(answer, &format!("{method} a long path or another's")).await;
            assert!(status == 404 || status == 403, "{method} {path}: {status}");
        }
    }
    assert!(watch.requests > 150);
}

#[tokio::test]
async fn invalid_query_parameters_are_refused_and_write_nothing() {
    let app = TestClub::open().await;
    let pod = app.service("pod").await;
    let document = described(&app).await;
    let mut watch = Watch::over(&app).await;
    for (method, path, operation) in operations(&document) {
        let names =
            operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
        let path = filled(&path, "massage");
        for name in names.map(|one| one["name"].as_str().expect("a name")) {
            let base = if path.contains("availability") && name != "service_id" {
                format!("service_id={pod}&")
            } else {
                String::new()
            };
            let mut queries: Vec<String> =
                WORDS.iter().map(|word| format!("{name}={}", escaped(word))).collect();
            queries.push(format!("{name}=1&{name}=2"));
            queries.push(format!("{name}[]=1"));
            queries.push(format!("{name}={}", "9".repeat(5_000)));
            queries.push(format!("{name}={}", "%F0%9F%92%86".repeat(2_000)));
            for query in queries {
                let answer = app
                    .as_(GUS)
                    .send(method.clone(), &format!("{path}?{base}{query}"), None, Vec::new())
                    .await;
                watch.check(answer, &format!("{method} {path}?{base}{query}")).await;
            }
        }
        // Malformed queries.
        for query in ["&&&===", "%", "%zz", "a=%ff%fe", "=", "?", "a[b][c]=1"] {
            let answer =
                app.as_(GUS).send(method.clone(), &format!("{path}?{query}"), None, Vec::new()).await;
            watch.check(answer, &format!("{method} {path}?{query}")).await;
        }
    }
    // Date ranges in the wrong order, too long, and at the limits of time.
    for (days, status) in [
        ("from=2026-11-27&to=2026-11-26", 400),
        ("from=2026-11-24&to=2027-02-22", 400),
        ("from=2026-11-24&to=2027-02-21", 200),
        ("from=2026-11-24", 400),
        ("to=2026-11-24", 400),
        ("date=2000-01-01", 200),
        ("date=2199-12-31", 200),
        ("from=2199-12-01&to=2199-12-31&slots=1", 200),
    ] {
        let answer = app.as_(DORA).get(&format!("/api/bookings/availability/?service_id={pod}&{days}")).await;
        assert_eq!(watch.check(answer, days).await, status, "{days}");
    }
    assert!(watch.requests > 900, "{}", watch.requests);
}

/// Returns a valid value for a field, so that only one field of the body is wrong.
async fn valid_value(app: &TestClub, name: &str, n: usize) -> Option<Value> {
    Some(match name {
        "service_id" => json!(app.service("pod").await),
        "date" => json!("2026-11-27"),
        "start_time" => json!(format!("{:02}:{:02}", 9 + n % 12, n / 12 % 12 * 5)),
        "email" => json!(format!("odd{n}@cast.test")),
        "first_name" | "last_name" => json!("Odd"),
        "password" | "current_password" | "new_password" => json!("a long enough one"),
        "refresh" => json!("nonsense"),
        _ => return None,
    })
}

/// Returns a body as text: valid except for one field, which has the given text as its value.
fn body(fields: &BTreeMap<String, Value>, odd: &str, value: &str) -> Vec<u8> {
    let mut parts: Vec<String> = Vec::new();
    for (name, sound) in fields.iter().filter(|(name, _)| *name != odd) {
        parts.push(format!("{}: {sound}", json!(name)));
    }
    parts.push(format!("{}: {value}", json!(odd)));
    format!("{{{}}}", parts.join(", ")).into_bytes()
}

/// Returns the names of a shape's fields, including those of the shapes that it includes.
fn fields(document: &Value, schema: &Value) -> Vec<String> {
    let schema = resolved(document, schema);
    let own_fields = schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned());
    // An optional shape stands inside `oneOf`.
    let choices = schema["oneOf"].as_array().into_iter().flatten().filter(|one| one["type"] != "null");
    let parts = schema["allOf"].as_array().into_iter().flatten().chain(choices);
    let parts = parts.flat_map(|part| fields(document, part));
    let all: Vec<String> = own_fields.chain(parts).collect();
    assert!(!all.is_empty(), "a shape without fields: {schema}");
    all
}

/// Returns the method, the path, and the names of the fields of every operation with a body.
fn with_body(document: &Value) -> Vec<(Method, String, Vec<String>)> {
    let mut found = Vec::new();
    for (method, path, operation) in operations(document) {
        if operation["requestBody"].is_object() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            found.push((method, path, fields(document, schema)));
        }
    }
    found
}

/// Returns a client with permission for the operation, so that the field itself is checked.
fn caller_of<'h>(app: &'h TestClub, path: &str, player: Player) -> Guest<'h> {
    let is_open = ["login", "register", "refresh", "reset"].iter().any(|name| path.contains(name));
    if is_open { app.visitor() } else { app.as_(player) }
}

#[tokio::test]
async fn invalid_body_fields_are_refused_and_write_nothing() {
    let app = TestClub::open().await;
    // One booking, so that the counter of booking numbers exists and can be compared.
    crate::book(&app, GUS, "pod", "2026-11-26", "12:00").await;
    let document = described(&app).await;
    let mut watch = Watch::over(&app).await;
    let mut n = 0;
    for (method, path, names) in with_body(&document) {
        for odd in &names {
            let long = format!("\"{}\"", "x".repeat(100_000));
            let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
            let shallow = format!("{}1{}", "[".repeat(100), "]".repeat(100));
            for value in VALUES.iter().copied().chain([long.as_str(), deep.as_str(), shallow.as_str()]) {
                n += 1;
                let mut fields = BTreeMap::new();
                for name in &names {
                    if let Some(value) = valid_value(&app, name, n).await {
                        fields.insert(name.clone(), value);
                    }
                }
                let path = filled(&path, "1");
                let requester = caller_of(&app, &path, DORA);
                let body = body(&fields, odd, value);
                let answer = requester.send(method.clone(), &path, Some("application/json"), body).await;
                let shown: String = value.chars().take(60).collect();
                watch.check(answer, &format!("{method} {path} with {odd}: {shown}")).await;
                if n % 5 == 0 {
                    watch.forget().await;
                }
            }
        }
    }
    assert!(watch.requests > 1_000, "{}", watch.requests);
}

#[tokio::test]
async fn malformed_bodies_are_refused_and_write_nothing() {
    let app = TestClub::open().await;
    crate::book(&app, GUS, "pod", "2026-11-26", "12:00").await;
    let document = described(&app).await;
    let json_kind = "application/json";
    let mut watch = Watch::over(&app).await;
    for (method, path, names) in with_body(&document) {
        let mut fields = BTreeMap::new();
        for name in &names {
            if let Some(value) = valid_value(&app, name, 1).await {
                fields.insert(name.clone(), value);
            }
        }
        let whole = serde_json::to_vec(&fields).expect("JSON");
        let deep = format!("{}{}", "{\"a\":".repeat(10_000), "[".repeat(10_000)).into_bytes();
        let large = format!("{{\"special_requests\": \"{}\"}}", "x".repeat(10 << 20)).into_bytes();
        let utf16: Vec<u8> = "{\"email\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bodies: Vec<(Option<&str>, Vec<u8>)> = vec![
            (Some(json_kind), b"[]".to_vec()),
            (Some(json_kind), b"null".to_vec()),
            (Some(json_kind), b"\"text\"".to_vec()),
            (Some(json_kind), b"5".to_vec()),
            (Some(json_kind), b"{".to_vec()),
            (Some(json_kind), b"{\"a\": }".to_vec()),
            (Some(json_kind), b"{'a': 1}".to_vec()),
            (Some(json_kind), b"\0\0\0\0".to_vec()),
            (Some(json_kind), vec![0xff; 1_000]),
            (Some(json_kind), b"{\"email\": \"\xc3\x28\xff\"}".to_vec()),
            (Some(json_kind), utf16),
            (Some(json_kind), [b"\xef\xbb\xbf".as_slice(), &whole].concat()),
            (Some(json_kind), [whole.as_slice(), &whole].concat()),
            (Some(json_kind), deep),
            (Some(json_kind), large.clone()),
            (Some("text/plain"), b"[]".to_vec()),
            (Some("application/xml"), b"<a/>".to_vec()),
            (Some("multipart/form-data; boundary=x"), b"--x--".to_vec()),
            (Some("application/x-www-form-urlencoded"), b"a=1&b=%ff".to_vec()),
            (Some("application/x-www-form-urlencoded"), large),
            (Some("\u{7f}".trim()), Vec::new()),
            (None, b"{}x".to_vec()),
        ];
        let path = filled(&path, "1");
        for (kind, body) in bodies {
            // A header can't contain everything that a text can.
            let kind = kind.filter(|kind| !kind.contains('\u{7f}'));
            let what = format!("{method} {path} as {kind:?}: {} bytes", body.len());
            let is_empty = body.is_empty();
            let answer = caller_of(&app, &path, BEA).send(method.clone(), &path, kind, body).await;
            let status = watch.check(answer, &what).await;
            assert!(is_empty || (400..=415).contains(&status), "{what}: {status}");
            watch.forget().await;
        }
        // Invalid credentials.
        for authorization in ["Bearer ", "Bearer \u{7}x", "Basic Z3VzOmd1cw==", "Bearer x y z", "nonsense"] {
            let Ok(_) = axum::http::HeaderValue::from_str(authorization) else { continue };
            let requester = app.visitor().with("authorization", authorization);
            let answer = requester.send(method.clone(), &path, Some(json_kind), b"{}".to_vec()).await;
            watch.check(answer, &format!("{method} {path} as {authorization:?}")).await;
        }
    }
    assert!(watch.requests > 150, "{}", watch.requests);
}

/// Operations without a body ignore one, and unsupported methods are refused.
#[tokio::test]
async fn unsupported_methods_are_refused_and_write_nothing() {
    let app = TestClub::open().await;
    let document = described(&app).await;
    let mut watch = Watch::over(&app).await;
    let known = operations(&document);
    for path in document["paths"].as_object().expect("paths").keys() {
        let at = filled(path, "1");
        for method in
            ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"]
        {
            let method: Method = method.parse().expect("a method");
            let is_known = known.iter().any(|(one, there, _)| *one == method && there == path)
                || (method == Method::HEAD
                    && known.iter().any(|(one, there, _)| *one == Method::GET && there == path));
            for guest in [app.visitor(), app.as_(BEA)] {
                let answer = guest.send(method.clone(), &at, None, b"junk".to_vec()).await;
                if method == Method::HEAD {
                    assert!(answer.status < 500, "HEAD {at}");
                    continue;
                }
                let status = watch.check(answer, &format!("{method} {at}")).await;
                // `{id}` and `{slug}` also match names of other routes.
                if !is_known && !path.contains('{') {
                    assert!(matches!(status, 404 | 405), "{method} {at}: {status}");
                }
            }
        }
    }
    for path in [
        "/api",
        "/api/",
        "/api//",
        "/api/services",
        "/api/SERVICES/",
        "/api/services/../bookings/",
        "//api/services/",
    ] {
        let answer = app.visitor().get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

/// After all invalid changes the profile is unchanged.
#[tokio::test]
async fn invalid_input_leaves_the_profile_unchanged() {
    let app = TestClub::open().await;
    let me = "/api/users/profile/me/";
    let before = app.as_(BEA).get(me).await.expect(200);
    for value in VALUES {
        for field in ["first_name", "last_name", "phone", "birthday", "emergency_contact"] {
            let body = format!(
                "{{\"first_name\": \"Changed\", \"{field}\": {value}, \"birthday\": \"1990-02-30\"}}"
            );
            let answer =
                app.as_(BEA).send(Method::PATCH, me, Some("application/json"), body.into_bytes()).await;
            answer.expect(400);
        }
    }
    assert_eq!(app.as_(BEA).get(me).await.expect(200).body, before.body);
}
