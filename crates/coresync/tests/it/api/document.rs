//! The OpenAPI description is generated from the code and is complete.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;
use testing::TestClub;

use crate::guard;
use crate::whole::WholeProgram as _;

/// Routes of the API that the description must contain.
const ROUTES: &[&str] = &[
    "GET /api/bookings/availability/",
    "GET /api/bookings/my_bookings/",
    "GET /api/bookings/{id}/",
    "GET /api/memberships/current/",
    "GET /api/memberships/plans/",
    "GET /api/rooms/",
    "GET /api/services/",
    "GET /api/services/categories/",
    "GET /api/services/featured/",
    "GET /api/services/mensuite/",
    "GET /api/services/{slug}/",
    "GET /api/users/profile/me/",
    "PATCH /api/users/profile/me/",
    "POST /api/auth/login/",
    "POST /api/auth/logout/",
    "POST /api/auth/password/",
    "POST /api/auth/refresh/",
    "POST /api/auth/register/",
    "POST /api/bookings/create_booking/",
    "POST /api/bookings/{id}/cancel_booking/",
];

/// Returns the method, the path, and the description of every operation.
pub(crate) fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            if let Ok(method) = method.to_uppercase().parse::<Method>()
                && operation.get("responses").is_some()
            {
                found.push((method, path.clone(), operation.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_document_lists_every_route() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200);
    assert!(
        document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")),
        "{}",
        document["openapi"]
    );
    assert_eq!(document["info"]["title"], "CoreSync");
    let listed: BTreeSet<String> =
        operations(&document.body).iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    for route in ROUTES {
        assert!(listed.contains(*route), "{route} is not described");
    }
    // Also for all other routes in the code: every described handler is mounted, and every path is described.
    for (file, text) in guard::sources() {
        for (at, _) in text.match_indices("path = \"/api/") {
            let path = text[at + 8..].split('"').next().unwrap_or_default();
            assert!(
                listed.iter().any(|route| route.ends_with(&format!(" {path}"))),
                "{file}: {path} is not mounted"
            );
        }
        for (at, _) in text.match_indices(".route(\"/api/") {
            let path = text[at + 8..].split('"').next().unwrap_or_default();
            let described = listed.iter().any(|route| route.ends_with(&format!(" {path}")));
            assert!(
                described || ["/api/openapi.json", "/api/docs/"].contains(&path),
                "{file}: {path} is not described"
            );
        }
    }
    assert_eq!(document.body, coresync::app::description().expect("a description"));
}

#[tokio::test]
async fn the_openapi_document_is_consistent() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let place = format!("{method} {path}");
        assert!(path.ends_with('/'), "{place}: paths end in a slash");
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no name"));
        assert!(names.insert(name.to_owned()), "{place}: {name} comes twice");
        let text = operation["summary"].as_str().or_else(|| operation["description"].as_str());
        assert!(text.is_some_and(|text| !text.is_empty()), "{place} says nothing");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place} never works out");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path: BTreeSet<&str> = parameters
            .iter()
            .filter(|one| one["in"] == "path")
            .map(|one| one["name"].as_str().expect("a name"))
            .collect();
        let expected: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(in_path, expected, "{place}");
        for one in &parameters {
            assert_eq!(
                one["required"] == true,
                one["in"] == "path" || one["name"] == "service_id",
                "{place}: {one}"
            );
            assert!(one.get("schema").is_some(), "{place}: {one}");
        }
    }
    references(&document, &document);
}

/// What all operations have in common: who may call them, rate limits, the format of refusals, and idempotency keys.
#[tokio::test]
async fn every_operation_documents_its_callers_and_refusals() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let schemes = document["components"]["securitySchemes"].as_object().expect("schemes");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["session"]["in"], "cookie");
    let mut keyed = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let place = format!("{method} {path}");
        for way in operation["security"].as_array().unwrap_or_else(|| panic!("{place}: who may ask?")) {
            assert!(way.as_object().expect("a way").keys().all(|name| schemes.contains_key(name)), "{place}");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.contains_key("429"), "{place}");
        for (status, response) in responses {
            assert!(
                response["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{place} {status}"
            );
            if status.starts_with(['4', '5']) {
                assert!(response["content"]["application/json"].is_null(), "{place} {status}: a problem");
            }
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        if parameters.iter().any(|one| one["name"] == "Idempotency-Key" && one["in"] == "header") {
            assert!(responses.contains_key("422"), "{place}");
            keyed.insert(place);
        }
    }
    for place in [
        "POST /api/auth/register/",
        "POST /api/bookings/create_booking/",
        "POST /api/bookings/{id}/cancel_booking/",
    ] {
        assert!(keyed.contains(place), "{place}: {keyed:?}");
    }
}

/// Checks that every reference leads to a schema.
fn references(document: &Value, value: &Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get("$ref") {
                let path = to.strip_prefix('#').unwrap_or_else(|| panic!("{to} leads elsewhere"));
                assert!(document.pointer(path).is_some(), "{to} leads nowhere");
            }
            fields.values().for_each(|value| references(document, value));
        }
        Value::Array(items) => items.iter().for_each(|value| references(document, value)),
        _ => {}
    }
}

/// Every required field of a 200 response is in the response, for operations without parameters.
#[tokio::test]
async fn responses_have_the_documented_fields() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    crate::book(&app, testing::PIA, "massage", "2026-11-27", "14:00").await;
    for (method, path, operation) in operations(&document) {
        if method != Method::GET
            || path.contains('{')
            || path.contains("availability")
            || path.contains("why_not")
        {
            continue;
        }
        let requester = if path.starts_with("/api/staff/") { testing::OLA } else { testing::PIA };
        let answer = app.as_(requester).get(&path).await.expect(200);
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        promised(&document, schema, &answer.body, &path);
        assert_bounds(&document, schema, &answer.body, &path);
    }
    let pod = app.service("pod").await;
    let path = format!("/api/bookings/availability/?service_id={pod}&from=2026-11-24&to=2026-12-30&slots=1");
    let answer = app.as_(testing::GUS).get(&path).await.expect(200);
    let schema = &document["paths"]["/api/bookings/availability/"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"];
    promised(&document, schema, &answer.body, &path);
}

/// Checks that the values of a response are within the described bounds.
fn assert_bounds(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(to) = schema["$ref"].as_str() {
        let found = document.pointer(&to[1..]).expect("a reference leads somewhere");
        return assert_bounds(document, found, value, place);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        assert_bounds(document, part, value, place);
    }
    if let Some(number) = value.as_i64() {
        let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
        assert!(least.is_none_or(|least| number >= least), "{place}: {number} below {least:?}");
        assert!(most.is_none_or(|most| number <= most), "{place}: {number} above {most:?}");
    }
    if let Some(text) = value.as_str() {
        let longest = schema["maxLength"].as_u64();
        assert!(longest.is_none_or(|most| text.chars().count() as u64 <= most), "{place}: {text}");
        let words = schema["enum"].as_array();
        assert!(words.is_none_or(|words| words.contains(value)), "{place}: {text} of {words:?}");
        let is_right = match schema["format"].as_str() {
            Some("date") => text.parse::<jiff::civil::Date>().is_ok(),
            Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
            _ => true,
        };
        assert!(is_right, "{place}: {text}");
        let is_clock = schema["pattern"].as_str().is_some_and(|pattern| pattern.contains(r"\d{2}:\d{2}"));
        assert!(!is_clock || (5..=8).contains(&text.len()) && text.as_bytes()[2] == b':', "{place}: {text}");
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            assert_bounds(document, schema, value, &format!("{place}.{name}"));
        }
    }
    for item in value.as_array().into_iter().flatten() {
        assert_bounds(document, &schema["items"], item, &format!("{place}[]"));
    }
}

/// Every text has a maximum length, a format, a pattern, or a list of values; every integer has a range.
#[tokio::test]
async fn every_text_and_number_has_documented_bounds() {
    let app = TestClub::open().await;
    let document = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let mut missing = Vec::new();
    unbounded(&document["components"]["schemas"], "schemas", &mut missing);
    unbounded(&document["paths"], "paths", &mut missing);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn unbounded(value: &Value, place: &str, missing: &mut Vec<String>) {
    let has = |names: &[&str]| names.iter().all(|name| !value[*name].is_null());
    let is = |kind: &str| {
        value["type"] == kind
            || value["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
    };
    let words = ["maxLength", "format", "pattern", "enum", "const"];
    if is("string") && words.iter().all(|word| !has(&[word]))
        || is("integer") && !has(&["minimum", "maximum"])
    {
        missing.push(place.to_owned());
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in
                fields.iter().filter(|(name, _)| !["example", "examples"].contains(&name.as_str()))
            {
                unbounded(value, &format!("{place}.{name}"), missing);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| unbounded(item, place, missing)),
        _ => {}
    }
}

fn promised(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(to) = schema["$ref"].as_str() {
        let found = document.pointer(&to[1..]).expect("a reference leads somewhere");
        return promised(document, found, value, place);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        promised(document, part, value, place);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(kinds.is_empty() || kinds.contains(&kind), "{place}: {kinds:?} is promised, here is {value}");
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(value.get(name).is_some(), "{place}.{name} is promised and missing");
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            promised(document, schema, value, &format!("{place}.{name}"));
        }
    }
    for item in value.as_array().into_iter().flatten() {
        promised(document, &schema["items"], item, &format!("{place}[]"));
    }
}
