//! Error responses: an RFC 9457 problem for the API, and a page for people.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::Page;
use super::page_cache::TraceId;
use crate::errors::{Error, Fault, FaultKind};

/// An error as JSON: the status, a stable code, and a sentence for people.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`. `code` identifies the error.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The name of the status.
    pub title: &'static str,
    /// The HTTP status, repeated in the body.
    pub status: u16,
    /// A sentence that says what is wrong and what to do.
    pub detail: String,
    /// The same sentence as `detail`, for clients that read `error`.
    pub error: String,
    /// The stable code of the error, such as `taken`.
    pub code: &'static str,
    /// The errors of each invalid field, by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, String>,
    /// Identifies this request in the log.
    pub trace_id: String,
    /// Further fields, depending on `code`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub carried: Map<String, Value>,
}

/// The detail of a failure after which it is unknown whether the change was saved.
pub const IN_DOUBT: &str =
    "Our system didn’t respond in time. Please check whether this was saved before trying again.";

impl From<&Error> for Problem {
    fn from(error: &Error) -> Problem {
        let (status, code, detail) = match error {
            Error::Refused(refusal, _) => (refusal.status, refusal.code, refusal.sentence),
            Error::Invalid(_) => (400, "invalid", "Some of this isn’t valid."),
            Error::NotFound => (404, "not_found", "We couldn’t find that, or it isn’t yours."),
            Error::Unauthorized => (401, "not_signed_in", "Please sign in first."),
            Error::Forbidden => (403, "not_allowed", "Your account isn’t allowed to do this."),
            Error::Fault(fault) if fault.kind == FaultKind::InDoubt => (503, "unavailable", IN_DOUBT),
            Error::Fault(fault) if fault.kind.is_unavailable() => {
                (503, "unavailable", "Our system isn’t responding. Please try again in a minute.")
            }
            Error::Fault(_) => (500, "fault", "That was our mistake, and we’ve logged it. Please try again."),
        };
        let errors = if let Error::Invalid(fields) = error { fields.0.clone() } else { BTreeMap::new() };
        let carried = if let Error::Refused(_, details) = error { details.to_json() } else { Map::new() };
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        Problem {
            kind: "about:blank",
            title: title.unwrap_or("Refused"),
            status,
            error: errors.values().next().cloned().unwrap_or_else(|| detail.to_owned()),
            detail: detail.to_owned(),
            code,
            errors,
            trace_id: String::new(),
            carried,
        }
    }
}

impl Problem {
    /// Returns the problems that any request may meet: those of the layers around the handlers, and those of
    /// internal failures.
    pub fn of_layers() -> Vec<Problem> {
        let statuses = [
            StatusCode::FORBIDDEN,
            StatusCode::METHOD_NOT_ALLOWED,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::INTERNAL_SERVER_ERROR,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::GATEWAY_TIMEOUT,
        ];
        let unavailable = Problem::from(&Fault::of(FaultKind::NotStarted, ""));
        statuses.into_iter().filter_map(plain_problem).chain([unavailable]).collect()
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = Problem::from(&self);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Error::Fault(fault) = &self {
            tracing::error!(cause = fault.cause, place = %fault.place, "fault");
        }
        let mut response = status.into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// Gives every error a body: a problem under `/api/`, a page elsewhere. This is the outermost layer except for the
/// trace.
pub async fn speak<F>(page_of: impl FnOnce(Problem) -> F, request: Request, next: Next) -> Response
where
    F: Future<Output = Page>,
{
    let wants_json = request.uri().path().starts_with("/api/");
    let trace = request.extensions().get::<TraceId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let (mut parts, body) = response.into_parts();
    // An HTML response is a page that already explains its own refusal.
    let is_page =
        parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let unsaid = || if is_page { None } else { plain_problem(parts.status) };
    let problem = parts.extensions.remove::<Problem>().or_else(unsaid);
    let Some(mut problem) = problem else { return Response::from_parts(parts, body) };
    problem.trace_id = trace.0;
    let mut spoken = if wants_json {
        let mut response = axum::Json(&problem).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    } else {
        page_of(problem).await.into_response()
    };
    *spoken.status_mut() = parts.status;
    // Other headers of the refusing layer (Allow, Retry-After) are kept, but not the length and type of its body.
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            spoken.headers_mut().append(name, value.clone());
        }
    }
    spoken
}

/// Returns the problem for a status that a library's layer set without a body of ours.
fn plain_problem(status: StatusCode) -> Option<Problem> {
    let (code, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This method isn’t allowed here."),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "This is too large."),
        StatusCode::REQUEST_TIMEOUT => {
            ("request_timeout", "Your request didn’t arrive in time. Please send it again.")
        }
        StatusCode::GATEWAY_TIMEOUT => ("timeout", "This took too long. Please try again."),
        StatusCode::FORBIDDEN => (
            "cross_site",
            "This form was sent from another site, so we didn’t accept it. Open the page on our site and try again.",
        ),
        StatusCode::INTERNAL_SERVER_ERROR => {
            ("fault", "That was our mistake, and we’ve logged it. Please try again.")
        }
        _ => return None,
    };
    let mut problem = Problem::from(&Error::NotFound);
    problem.title = status.canonical_reason().unwrap_or("Refused");
    problem.status = status.as_u16();
    problem.code = code;
    problem.detail = detail.to_owned();
    problem.error = detail.to_owned();
    Some(problem)
}

/// Responds to an address that has no route.
pub async fn not_found() -> Error {
    Error::NotFound
}

/// Responds to an address that has a route, but not for this method.
pub async fn not_allowed() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}
