//! Permission is checked before input: a visitor is told to sign in, whatever they send, and a caller whose role does
//! not allow the operation gets 403. Input errors have the format that the description promises.

use std::collections::BTreeMap;

use axum::http::Method;
use kit::web::in_address;
use serde_json::{Value, json};
use testing::{Answer, Guest, OLA, TestClub};

use crate::document::operations;
use crate::permissions::{TABLE, guests_of_every_role};
use crate::whole::WholeProgram as _;

/// Returns each line of the permission table: the marks, the method, and the path.
fn lines() -> Vec<(&'static str, Method, &'static str)> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (marks, rest) = line.split_once(' ').expect("marks, then the route");
            let (method, path) =
                rest.split('|').next().unwrap_or(rest).trim().split_once(' ').expect("a route");
            (marks, method.parse().expect("a method"), path)
        })
        .collect()
}

/// Returns a path in which each parameter is replaced by invalid text.
fn fill_path(path: &str, with: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Sends invalid values in path, query, and body; in the path alone; or in query and body alone.
async fn send_invalid_request(guest: &Guest<'_>, method: &Method, path: &str, n: usize) -> Answer {
    let is_api = path.starts_with("/api/");
    let query = "?page=&page_size=x&service_id=&date=soon&from=x&slots=perhaps&what=%ff";
    let (path, query) = match n {
        0 => (fill_path(path, "%00x"), query),
        1 => (fill_path(path, "nonsense"), ""),
        _ => (fill_path(path, "1"), query),
    };
    let (kind, body): (_, &[u8]) = match (is_api, n) {
        (true, 1) => ("application/json", b""),
        (true, _) => ("application/json", b"{\"page\": [1, "),
        (false, _) => ("application/x-www-form-urlencoded", b"%ff=%ff&a=b"),
    };
    let body = if *method == Method::GET { Vec::new() } else { body.to_vec() };
    guest.send(method.clone(), &format!("{path}{query}"), Some(kind), body).await
}

#[tokio::test]
async fn permission_is_checked_before_input() {
    let shared = TestClub::open().await;
    let document = shared.visitor().get("/api/openapi.json").await.expect(200).body;
    let mut declared: BTreeMap<String, Value> = BTreeMap::new();
    for (method, path, operation) in operations(&document) {
        declared.insert(format!("{method} {path}"), operation["responses"].clone());
    }
    let mut wrong = Vec::new();
    for (marks, method, path) in lines() {
        let guarded =
            ["/api/", "/dashboard/", "/staff/", "/metrics"].iter().any(|area| path.starts_with(area));
        let is_alone = path.contains("log") || method == Method::DELETE;
        for n in 0..3 {
            let alone = if is_alone { Some(TestClub::open().await) } else { None };
            let app = alone.as_ref().unwrap_or(&shared);
            for (expected, guest) in marks.chars().zip(guests_of_every_role(app, !path.starts_with("/api/")))
            {
                let answer = send_invalid_request(&guest, &method, path, n).await;
                let status = answer.status;
                assert!(status < 500, "{method} {path}: {}", answer.text());
                let is_right = match expected {
                    _ if !guarded => true,
                    '1' => status == 401,
                    '3' => status == 403,
                    'd' => status == 303 && answer.header("location").starts_with("/login/?next="),
                    // The caller has permission, so the input is checked.
                    _ => status != 401 || path.contains("/auth/"),
                };
                if !is_right {
                    wrong.push(format!("{method} {path} [{n}] as {expected}: {status}"));
                }
                if let Some(responses) = declared.get(&format!("{method} {path}"))
                    && responses[status.to_string()].is_null()
                {
                    wrong.push(format!("{method} {path} [{n}]: {status} is not declared"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(to) => document.pointer(&to[1..]).expect("a reference leads somewhere"),
        None => schema,
    }
}

/// Returns the fields of a shape with their schemas, and which are required.
fn shape(document: &Value, schema: &Value) -> (BTreeMap<String, Value>, Vec<String>) {
    let schema = resolved(document, schema);
    let mut fields: BTreeMap<String, Value> = BTreeMap::new();
    let mut needed: Vec<String> = Vec::new();
    for part in std::iter::once(schema).chain(schema["allOf"].as_array().into_iter().flatten()) {
        let part = resolved(document, part);
        fields.extend(
            part["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, one)| (name.clone(), one.clone())),
        );
        needed.extend(
            part["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
        );
    }
    (fields, needed)
}

/// Returns the method, the path, whether a body is required, and the schema of every operation with a body.
fn with_body(document: &Value) -> Vec<(Method, String, bool, Value)> {
    let with =
        operations(document).into_iter().filter(|(.., operation)| operation["requestBody"].is_object());
    with.map(|(method, path, operation)| {
        let body = &operation["requestBody"];
        let mut schema = body["content"]["application/json"]["schema"].clone();
        if let Some(choices) = schema["oneOf"].as_array() {
            schema = choices.iter().find(|one| one["type"] != "null").cloned().unwrap_or_default();
        }
        (method, path, body["required"] == true, schema)
    })
    .collect()
}

/// A missing or empty body, or one without required fields, changes nothing: it is refused, and each missing field is
/// named.
#[tokio::test]
async fn missing_required_fields_are_refused_and_named() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let mut refused = 0;
    for (method, path, is_needed, schema) in with_body(&document) {
        let (_, needed) = shape(&document, &schema);
        assert!(
            is_needed || needed.is_empty(),
            "{method} {path}: a body that may be missing needs {needed:?}"
        );
        let at = fill_path(&path, &app.person(testing::BEA).to_string());
        let is_change = method == Method::PATCH;
        if needed.is_empty() && !is_change {
            continue;
        }
        for (kind, body) in [
            (None, ""),
            (Some("application/json"), ""),
            (Some("application/json"), "null"),
            (Some("application/json"), "[]"),
            (Some("application/json"), "{}"),
        ] {
            if is_change && needed.is_empty() && body == "{}" {
                continue;
            }
            let answer = app.as_(OLA).send(method.clone(), &at, kind, body.as_bytes().to_vec()).await;
            let answer = answer.refused(400, "invalid");
            if body == "{}" {
                for field in &needed {
                    let errors = &answer["errors"];
                    // Of fields that depend on each other, the first is named.
                    assert!(errors[field].is_string(), "{method} {path}: {field} is needed: {errors}");
                }
            }
            refused += 1;
        }
    }
    assert!(refused > 80, "{refused}");
    // In the page's form, no ticked box with the field present is valid, and a missing field is refused.
    let bea = app.browser(testing::BEA);
    let notices = "/dashboard/preferences/notices/";
    bea.submit(notices, "").await.expect(400);
    bea.submit(notices, "notices=").await.expect(303);
    let chosen = app.as_(testing::BEA).get("/api/users/notices/").await.expect(200);
    assert!(chosen.list("").iter().all(|one| one["email"] == false), "{}", chosen.text());
    bea.submit(notices, "notices=&notices=reminders").await.expect(303);
    let chosen = app.as_(testing::BEA).get("/api/users/notices/").await.expect(200);
    assert_eq!(chosen.list("")[0]["email"], true, "{}", chosen.text());
}

/// An empty number, date, or choice in a query is invalid, not missing.
#[tokio::test]
async fn empty_query_values_are_refused() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let pod = app.service("pod").await;
    let mut refused = 0;
    for (method, path, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for one in parameters.filter(|one| one["in"] == "query") {
            let kind = one["schema"]["type"].to_string();
            let is_value = ["integer", "boolean"].iter().any(|value| kind.contains(value))
                || !one["schema"]["format"].is_null();
            if !is_value {
                continue;
            }
            let name = one["name"].as_str().expect("a name");
            let besides = if name == "service_id" { String::new() } else { format!("&service_id={pod}") };
            let at = format!("{}?{name}={besides}", fill_path(&path, "1"));
            let answer =
                app.as_(OLA).send(method.clone(), &at, None, Vec::new()).await.refused(400, "invalid");
            assert!(answer["errors"][name].is_string(), "{at}: {}", answer.text());
            refused += 1;
        }
    }
    assert!(refused > 30, "{refused}");
    let plain = format!("/api/services/?{}=", in_address("search", ""));
    app.visitor().get(&plain).await.expect(200);
}

/// Bounds that the parser enforces only together with another field.
const TOGETHER: [(&str, &str, &str); 3] =
    [("factor", "decision", "reprice"), ("tier", "decision", "keep"), ("hours", "decision", "keep")];

/// Fields of a booking request that these operations do not read.
const UNREAD: [(&str, &[&str]); 2] = [
    ("/api/bookings/hold/", &["hold_id", "payment_method"]),
    ("/api/bookings/series/", &["hold_id", "token", "payment_method"]),
];

/// Values just outside the bounds of the description are refused by the parser, with an error of that field.
#[tokio::test]
async fn parsers_enforce_the_documented_bounds() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (method, path, _, schema) in with_body(&document) {
        let (fields, _) = shape(&document, &schema);
        let at = fill_path(&path, &app.person(testing::BEA).to_string());
        let unread = UNREAD.iter().find(|(route, _)| *route == path).map_or(&[][..], |(_, fields)| *fields);
        for (name, field) in fields.iter().filter(|(name, _)| !unread.contains(&name.as_str())) {
            for value in values_out_of_bounds(field) {
                let mut body = json!({ name: value });
                for (_, other, word) in
                    TOGETHER.iter().filter(|(one, other, _)| one == name && fields.contains_key(*other))
                {
                    body[*other] = json!(word);
                }
                let kind = Some("application/json");
                let answer =
                    app.as_(OLA).send(method.clone(), &at, kind, body.to_string().into_bytes()).await;
                if answer.status != 400 || answer["errors"][name].is_null() {
                    let shown: String = body.to_string().chars().take(80).collect();
                    let text: String = answer.text().chars().take(300).collect();
                    wrong.push(format!("{method} {path}: {shown}: {} {text}", answer.status));
                }
                refused += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 150, "{refused}");
}

/// Returns values just outside a field's bounds.
fn values_out_of_bounds(field: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    let is = |kind: &str| field["type"].to_string().contains(kind);
    if is("integer") {
        values.extend(field["minimum"].as_i64().map(|least| json!(least - 1)));
        values.extend(field["maximum"].as_i64().map(|most| json!(most + 1)));
    }
    if is("string") && !is("array") {
        values.extend(field["maxLength"].as_u64().map(|most| json!("1".repeat(most as usize + 1))));
        let is_written = !field["enum"].is_null()
            || !field["pattern"].is_null()
            || matches!(field["format"].as_str(), Some("date" | "date-time"));
        if is_written {
            values.push(json!("neither this nor that"));
        }
    }
    values
}
