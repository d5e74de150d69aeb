//! Adds to the OpenAPI description what is the same for every operation, so that no handler has to repeat it.

use axum::http::StatusCode;
use kit::errors::OrFault as _;
use kit::{Fault, Result};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::document_bounds;

/// Paths that need no session or access token, because they authenticate in another way or not at all.
const UNAUTHENTICATED_PATHS: [&str; 7] = [
    "/api/auth/login/",
    "/api/auth/refresh/",
    "/api/auth/register/",
    "/api/auth/verify/",
    "/api/auth/verify/again/",
    "/api/auth/password-reset/",
    "/api/auth/password-reset/confirm/",
];

/// Returns the OpenAPI description as it is served: that of the handlers, completed with common responses, security,
/// and bounds.
///
/// # Errors
/// Returns a fault if the description can't be serialized or has no paths.
pub fn whole(described: &OpenApi) -> Result<Value> {
    let mut document = serde_json::to_value(described).or_fault()?;
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, methods) in paths.ok_or_else(|| Fault::because("a description without paths"))? {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            complete(method, path, operation);
        }
    }
    document_bounds::bound(&mut document);
    if let Some(schemes) = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut)
    {
        describe(
            schemes,
            "bearer",
            "The `access` token from `POST /api/auth/login/`, valid for 30 minutes. For apps.",
        );
        describe(schemes, "session", "The cookie set when signing in on the site. For its own pages.");
    }
    Ok(document)
}

fn describe(schemes: &mut Map<String, Value>, name: &str, sentence: &str) {
    if let Some(scheme) = schemes.get_mut(name).and_then(Value::as_object_mut) {
        scheme.insert("description".to_owned(), json!(sentence));
    }
}

fn complete(method: &str, path: &str, operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    let takes = Takes::of(operation);
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let needs_account = responses.contains_key("401");
    for (status, description) in of_every_operation(method, path, &takes) {
        responses.entry(status).or_insert_with(|| problem(description));
    }
    responses.entry("429").or_insert_with(|| {
        json!({
            "description": "`too_many_requests`, with `retry_after` in seconds",
            "headers": {"Retry-After": {"schema": {"type": "integer", "minimum": 0, "maximum": 2_678_400}, "description": "Seconds."}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        })
    });
    for (status, response) in responses.iter_mut() {
        if let Some(response) = response.as_object_mut() {
            name(status, response);
        }
    }
    operation.entry("security").or_insert_with(|| security(path, needs_account));
}

/// What an operation reads besides its path.
struct Takes {
    has_query: bool,
    has_body: bool,
    has_key: bool,
}

impl Takes {
    fn of(operation: &Map<String, Value>) -> Takes {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let is_in =
            |place: &str| parameters.into_iter().flatten().any(|one| one.get("in") == Some(&json!(place)));
        Takes {
            has_query: is_in("query"),
            has_body: operation.contains_key("requestBody"),
            has_key: is_in("header"),
        }
    }
}

/// Returns the refusals that follow from the form of a request, independent of the operation.
fn of_every_operation(method: &str, path: &str, takes: &Takes) -> Vec<(&'static str, &'static str)> {
    let mut refusals =
        vec![("401", "`not_signed_in`: no credentials, or ones that are unknown, expired, or revoked")];
    if takes.has_query || takes.has_body || takes.has_key {
        refusals.push(("400", "`invalid`, with `errors` by field"));
    }
    if path.contains('{') {
        refusals.push(("404", "`not_found`"));
    }
    if method != "get" {
        refusals.push(("403", "`cross_site`: sent by a page of another site"));
    }
    refusals
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}

/// Gives a response without a description the name of its status, and gives error responses the media type of a
/// problem.
fn name(status: &str, response: &mut Map<String, Value>) {
    let code = status.parse::<StatusCode>().ok();
    let description = response.get("description").and_then(Value::as_str).unwrap_or_default();
    if description.is_empty() {
        let reason = code.and_then(|code| code.canonical_reason()).unwrap_or("Response");
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

/// Returns the security requirement of an operation: none, a credential, or an optional credential.
fn security(path: &str, needs_account: bool) -> Value {
    if UNAUTHENTICATED_PATHS.contains(&path) {
        json!([])
    } else if needs_account {
        json!([{"bearer": []}, {"session": []}])
    } else {
        json!([{}, {"bearer": []}, {"session": []}])
    }
}
