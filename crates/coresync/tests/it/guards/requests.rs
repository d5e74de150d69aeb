//! Generated requests to every operation and page, with unusual bodies, headers, and uploads. No response is a fault,
//! and every error under `/api/` is JSON. `CORESYNC_LONG=1` sends fifty times as many requests.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, header};
use serde_json::{Map, Value, json};
use testing::{BEA, MAX, TestClub, Xorshift};
use tower::ServiceExt as _;

use crate::parsers::{is_long, seed};
use crate::pictures::{form, photograph};
use crate::whole::WholeProgram as _;
use crate::{document, permissions};

fn rounds(few: usize) -> usize {
    if is_long() { few * 50 } else { few }
}

/// Values that are difficult to parse, and some valid ones.
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "1",
    "7",
    "9007199254740992",
    "9223372036854775808",
    "1e309",
    "NaN",
    "150.00",
    "1.005",
    "-0.00",
    "2026-11-27",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "18:30",
    "24:00",
    "12:00:60",
    "2026-11-27T12:00:00-05:00",
    "2026-11-01T01:30:00",
    "-009999-01-01T00:00:00Z",
    "true",
    "on",
    "null",
    "massage",
    "pod",
    "premium",
    "block",
    "cash",
    "anna@example.com",
    "@",
    "a@b",
    "+1 212 555 0100",
    "++",
    "\u{0}",
    "\u{202e}",
    "%00",
    "%",
    "..",
    "../../x",
    "' OR '1'='1",
    "<script>",
    "{{7*7}}",
    "\r\nX: y",
    "\u{feff}",
    "\u{1f525}",
    "a\u{301}",
    "\u{ffff}",
    "00",
    "reprice",
    "check_in",
];

struct Requests {
    rng: Xorshift,
    names: Vec<String>,
}

impl Requests {
    /// Collects the names of all fields in the API description and in the forms of the permission table.
    fn of(document: &Value, seed: u64) -> Requests {
        let mut names: Vec<String> = Vec::new();
        for (_, schema) in document["components"]["schemas"].as_object().expect("schemas") {
            names
                .extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
        }
        for (_, _, operation) in document::operations(document) {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            names.extend(parameters.filter_map(|one| one["name"].as_str().map(str::to_owned)));
        }
        let forms = permissions::TABLE.lines().filter_map(|line| line.split_once('|'));
        names.extend(
            forms
                .flat_map(|(_, form)| form.split('&'))
                .filter_map(|pair| pair.split_once('=').map(|(name, _)| name.trim().to_owned())),
        );
        names.sort();
        names.dedup();
        assert!(names.len() > 100, "{} names", names.len());
        Requests { rng: Xorshift::new(seed), names }
    }

    fn text(&mut self) -> String {
        let text = self.rng.of(VALUES).to_owned();
        match self.rng.below(12) {
            0 => text.repeat(300),
            1 => text + self.rng.of(VALUES),
            _ => text,
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.rng.below(if depth > 2 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.rng.below(2) == 0),
            2 => json!(i64::try_from(self.rng.below(usize::MAX)).unwrap_or(i64::MIN)),
            3 => json!(self.rng.below(100)),
            4 | 5 => json!(self.text()),
            6 => (0..self.rng.below(4)).map(|_| self.value(depth + 1)).collect(),
            _ => Value::Object(self.fields(depth + 1)),
        }
    }

    fn name(&mut self) -> String {
        let at = self.rng.below(self.names.len());
        self.names[at].clone()
    }

    fn fields(&mut self, depth: usize) -> Map<String, Value> {
        (0..self.rng.below(8)).map(|_| (self.name(), self.value(depth))).collect()
    }

    fn pairs(&mut self) -> String {
        let pairs: Vec<String> =
            (0..self.rng.below(8)).map(|_| format!("{}={}", self.name(), encoded(&self.text()))).collect();
        pairs.join("&")
    }

    /// Returns a valid body with some of its values replaced by unusual ones: a form for pages, otherwise JSON.
    fn near(&mut self, good: &str, is_page: bool) -> String {
        if is_page {
            let pairs: Vec<String> = good
                .split('&')
                .map(|pair| match (pair.split_once('='), self.rng.below(3)) {
                    (Some((name, _)), 0) => format!("{name}={}", encoded(&self.text())),
                    _ => pair.to_owned(),
                })
                .collect();
            return pairs.join("&");
        }
        let Ok(Value::Object(mut fields)) = serde_json::from_str(good) else { return good.to_owned() };
        for (_, value) in &mut fields {
            if self.rng.below(3) == 0 {
                *value = self.value(0);
            }
        }
        Value::Object(fields).to_string()
    }
}

/// Percent-encodes a text for a form.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[tokio::test]
async fn no_request_to_any_route_causes_a_fault() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let mut odd = Requests::of(&document, seed());
    let pod = app.service("pod").await.to_string();
    let room = app.room("suite").await.to_string();
    let booked = crate::book(&app, BEA, "pod", "2026-11-27", "12:00").await.number("id").to_string();
    let ids = [
        pod.as_str(),
        &booked,
        "0",
        "1",
        "-1",
        "9223372036854775807",
        "x",
        "%00",
        "%F0%9F%94%A5",
        "massage",
        "leave",
    ];
    let lines: Vec<&str> = permissions::TABLE.lines().filter(|line| !line.trim().is_empty()).collect();
    for _ in 0..rounds(500) {
        let line = odd.rng.of(&lines);
        let route = line.split_once(' ').map_or(line, |(_, route)| route);
        let (route, good) = route.split_once('|').unwrap_or((route, ""));
        let (method, path) = route.trim().split_once(' ').expect("a method and a path");
        let is_page = !path.starts_with("/api/");
        let path: Vec<String> = path
            .split('/')
            .map(|part| if part.starts_with('{') { odd.rng.of(&ids).to_owned() } else { part.to_owned() })
            .collect();
        let path = path.join("/");
        let good = good
            .trim()
            .replace("$pod", &pod)
            .replace("$time", "18:30")
            .replace("\"room_id\": 5", &format!("\"room_id\": {room}"));
        let body = match odd.rng.below(3) {
            0 if is_page || method == "GET" => odd.pairs(),
            0 => Value::Object(odd.fields(0)).to_string(),
            _ => odd.near(&good, is_page || method == "GET"),
        };
        let (path, kind, sent) = match (method, is_page) {
            ("GET", _) => (format!("{path}?{}", body.replace(' ', "+")), None, Vec::new()),
            (_, true) => (path, Some("application/x-www-form-urlencoded"), body.into_bytes()),
            (_, false) => (path, Some("application/json"), body.into_bytes()),
        };
        // Routes that sign people out or erase them would weaken the rest of the test.
        if ["logout", "sign-out", "erase", "sessions", "/role/"].iter().any(|part| path.contains(part)) {
            continue;
        }
        let guests = permissions::guests_of_every_role(&app, is_page);
        let guest = &guests[odd.rng.below(guests.len())];
        let shown = String::from_utf8_lossy(&sent).into_owned();
        let method: Method = method.parse().expect("a method");
        let answer = guest.send(method.clone(), &path, kind, sent).await;
        assert!(answer.status < 500, "{method} {path} {shown}: {}", answer.text());
        if path.starts_with("/api/") && answer.status >= 400 {
            assert!(answer.header("content-type").contains("json"), "{method} {path} {shown}");
        }
    }
}

const HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "idempotency-key",
    "if-modified-since",
    "if-none-match",
    "origin",
    "range",
    "referer",
    "sec-fetch-site",
    "traceparent",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-request-id",
];
const HEADER_VALUES: &[&str] = &[
    "",
    " ",
    "*",
    "*/*",
    "gzip;q=0, br;q=1.000",
    "br;q=1.0001,,;q=",
    "identity;q=0, *;q=0",
    "gzip, deflate, br, zstd",
    "Bearer ",
    "Bearer x y",
    "Basic eDp5",
    "localhost",
    "localhost:8080",
    "[::1]:99999",
    "a..b",
    "evil.test:",
    "x@y",
    "W/\"\"",
    "\"a\", W/\"b\"",
    "bytes=0-",
    "bytes=5-1,-",
    "a=b; ; =; __Host-session=;",
    "__Host-session=00; __Host-session=11",
    "__Host-hold=\"x\"",
    "for=\"[::1]\";host=x",
    "1.2.3.4, ::1",
    "999999999999999999999",
    "-1",
    "https://evil.test",
    "application/json; charset=x",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "00-00000000000000000000000000000000-0000000000000000-00",
];

#[tokio::test]
async fn no_header_causes_a_fault() {
    let app = TestClub::open().await;
    let mut rng = Xorshift::new(seed());
    for _ in 0..rounds(300) {
        let path = rng.of(&[
            "/",
            "/services/",
            "/book/?service=pod",
            "/dashboard/",
            "/api/services/",
            "/assets/x",
            "/login/",
        ]);
        let method = rng.of(&["GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "BREW"]);
        let mut request = Request::builder().method(method).uri(path);
        let mut shown = format!("{method} {path}");
        for _ in 0..1 + rng.below(4) {
            let name = rng.of(HEADERS);
            let mut value = rng.of(HEADER_VALUES).as_bytes().to_vec();
            match rng.below(6) {
                0 => value.push(u8::try_from(128 + rng.below(128)).expect("a byte")),
                1 => value = value.repeat(200),
                2 => value.extend(rng.of(HEADER_VALUES).as_bytes()),
                _ => {}
            }
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            shown.push_str(&format!(" {name}: {value:?}"));
            request = request.header(name, value);
        }
        let mut request = request.body(Body::empty()).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 50_000))));
        let answer = app.router().oneshot(request).await.expect("a router always answers");
        assert!(answer.status().as_u16() < 500, "{shown}: {}", answer.status());
        for (name, value) in answer.headers().iter().filter(|(name, _)| *name == header::LOCATION) {
            assert!(value.as_bytes().starts_with(b"/"), "{shown}: {name}: {value:?}");
        }
    }
}

#[tokio::test]
async fn no_upload_causes_a_fault() {
    let app = TestClub::open().await;
    let mut rng = Xorshift::new(seed());
    let good = form("home/hero", "A lake", &photograph(40, 30));
    let kinds = [
        "multipart/form-data; boundary=b",
        "multipart/form-data; boundary=\"b\"",
        "multipart/form-data; boundary=-",
        "multipart/form-data",
    ];
    for _ in 0..rounds(100) {
        let mut body = good.clone();
        for _ in 0..rng.below(6) {
            // Most of the parsed bytes come before the picture.
            let at = rng.below(body.len().min(400));
            match rng.below(3) {
                0 => body[at] = u8::try_from(rng.below(256)).expect("a byte"),
                1 => drop(body.remove(at)),
                _ => body.insert(at, b"\r\n-;=\"\0"[rng.below(7)]),
            }
        }
        if rng.below(4) == 0 {
            body.truncate(rng.below(body.len()));
        }
        let kind = rng.of(&kinds);
        let answer = app.as_(MAX).send(Method::POST, "/staff/pictures/", Some(kind), body.clone()).await;
        assert!(answer.status < 500, "{kind}: {}: {}", answer.text(), String::from_utf8_lossy(&body));
    }
}
