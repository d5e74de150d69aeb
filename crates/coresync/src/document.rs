//! What the description of the API says of every operation alike, so that no handler has to repeat it.

use axum::http::StatusCode;
use kit::errors::OrFault as _;
use kit::{Fault, Result};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Where a request shows who it is from by other means, or by none.
const DOORS: [&str; 7] = [
    "/api/auth/login/",
    "/api/auth/refresh/",
    "/api/auth/register/",
    "/api/auth/verify/",
    "/api/auth/verify/again/",
    "/api/auth/password-reset/",
    "/api/auth/password-reset/confirm/",
];

/// The description as it is served: what the handlers say, made whole.
///
/// # Errors
/// A fault if it is no description.
pub fn whole(described: &OpenApi) -> Result<Value> {
    let mut document = serde_json::to_value(described).or_fault()?;
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, methods) in paths.ok_or_else(|| Fault::because("a description without paths"))? {
        for operation in methods.as_object_mut().into_iter().flat_map(|one| one.values_mut()) {
            complete(path, operation);
        }
    }
    if let Some(schemes) = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut)
    {
        describe(
            schemes,
            "bearer",
            "The `access` token of `POST /api/auth/login/`, good for 30 minutes: for apps.",
        );
        describe(schemes, "session", "The cookie that signing in on the site sets: for its pages.");
    }
    Ok(document)
}

fn describe(schemes: &mut Map<String, Value>, name: &str, sentence: &str) {
    if let Some(scheme) = schemes.get_mut(name).and_then(Value::as_object_mut) {
        scheme.insert("description".to_owned(), json!(sentence));
    }
}

fn complete(path: &str, operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let needs_somebody = responses.contains_key("401");
    responses.entry("429").or_insert_with(|| {
        json!({
            "description": "`too_many_requests`, with `retry_after` in seconds",
            "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        })
    });
    for (status, response) in responses.iter_mut() {
        if let Some(response) = response.as_object_mut() {
            name(status, response);
        }
    }
    operation.entry("security").or_insert_with(|| security(path, needs_somebody));
}

/// A response says something, and a refusal is a problem.
fn name(status: &str, response: &mut Map<String, Value>) {
    let code = status.parse::<StatusCode>().ok();
    let said = response.get("description").and_then(Value::as_str).unwrap_or_default();
    if said.is_empty() {
        let reason = code.and_then(|code| code.canonical_reason()).unwrap_or("An answer");
        response.insert("description".to_owned(), json!(reason));
    }
    let is_refusal = code.is_some_and(|code| code.is_client_error() || code.is_server_error());
    if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut)
        && is_refusal
        && let Some(body) = content.remove("application/json")
    {
        content.insert("application/problem+json".to_owned(), body);
    }
}

/// Who may send a request: nobody in particular, somebody known, or either.
fn security(path: &str, needs_somebody: bool) -> Value {
    if DOORS.contains(&path) {
        json!([])
    } else if needs_somebody {
        json!([{"bearer": []}, {"session": []}])
    } else {
        json!([{}, {"bearer": []}, {"session": []}])
    }
}
