//! A request to the API: who calls, which fault happens, whether the key was used, and what is carried out.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{reply, routes};
use crate::actions::events::API_VERSION;
use crate::context::Context;
use crate::double::Double;
use crate::error::ApiError;
use crate::model::{DoubleFault, InjectedFault, Replay};
use crate::params::Params;
use crate::render;

/// The largest body.
const LARGEST: usize = 1 << 20;

/// A request, as far as the API is concerned.
struct Call {
    method: Method,
    path: String,
    form: String,
    key: Option<String>,
    version: String,
}

/// What was carried out.
struct Done {
    status: u16,
    body: Value,
    request_id: String,
    /// The request that was answered with this first.
    original: Option<String>,
}

/// Answers a request. It is carried out to its end even if the client goes away.
pub(crate) async fn handle(State(double): State<Double>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let error = ApiError::invalid("The request body is too large.").status(413);
        return reply::json(413, &error.body());
    };
    match tokio::spawn(answer(double, parts, body)).await {
        Ok(response) => response,
        Err(_) => reply::json(500, &server_error()),
    }
}

fn server_error() -> Value {
    json!({"error": {"type": "api_error", "message": "An unknown error occurred"}})
}

async fn answer(double: Double, parts: Parts, body: Bytes) -> Response {
    let call = Call::new(&parts, &body);
    let meant = (parts.method.to_string(), call.path.clone());
    let take = move |context: &mut Context<'_>| {
        let is_meant = |fault: &DoubleFault| {
            fault.is_of_requests()
                && meant.1.contains(&fault.only)
                && (fault.method.is_empty() || fault.method == meant.0)
        };
        let fault = context.take_fault(is_meant);
        let is_changed = fault.is_some();
        ((fault, format!("req_{}", context.token(14))), is_changed)
    };
    let Ok((fault, request_id)) = double.work(None, take).await else {
        return reply::json(500, &server_error());
    };
    match &fault {
        Some(InjectedFault::Down | InjectedFault::ResetBefore) => return reply::cut(),
        Some(InjectedFault::Answer { status, retry_after, should_retry }) => {
            return refused(*status, *retry_after, *should_retry, &request_id);
        }
        _ => {}
    }
    if reply::secret_key(&parts.headers).as_deref() != Some(double.config().secret_key.as_str()) {
        let error = ApiError::invalid("Invalid API Key provided.").status(401);
        return call.respond(&Done { status: 401, body: error.body(), request_id, original: None });
    }
    let busy = call.key.as_ref().map(|key| double.begin(key));
    if let Some(None) = busy {
        let mut error = ApiError::invalid(
            "There is currently another in-progress request using this Idempotency Key. Please try again later.",
        )
        .code("idempotency_key_in_use")
        .status(409);
        error.kind = "idempotency_error";
        return call.respond(&Done { status: 409, body: error.body(), request_id, original: None });
    }
    if let Some(InjectedFault::Slow { milliseconds }) = fault {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    let fails = fault == Some(InjectedFault::ErrorAfter);
    let key = call.key.clone();
    let work = move |context: &mut Context<'_>| {
        let done = call.carry_out(context, request_id, fails);
        let is_changed = call.method != Method::GET;
        (call.respond(&done), is_changed)
    };
    let Ok(response) = double.work(key, work).await else { return reply::json(500, &server_error()) };
    drop(busy);
    if fault == Some(InjectedFault::ResetAfter) { reply::cut() } else { response }
}

/// An answer that a fault asks for.
fn refused(status: u16, retry_after: Option<u32>, should_retry: Option<bool>, request_id: &str) -> Response {
    let body = match status {
        429 => json!({"error": {
            "type": "invalid_request_error", "code": "rate_limit", "message": "Request rate limit exceeded.",
        }}),
        409 => json!({"error": {
            "type": "idempotency_error", "code": "idempotency_key_in_use", "message": "The key is in use.",
        }}),
        _ => server_error(),
    };
    let mut response = reply::json(status, &body);
    let mut add = |name: HeaderName, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(name, value);
        }
    };
    add(HeaderName::from_static("request-id"), request_id.to_owned());
    if let Some(seconds) = retry_after {
        add(header::RETRY_AFTER, seconds.to_string());
    }
    if let Some(should_retry) = should_retry {
        add(HeaderName::from_static("stripe-should-retry"), should_retry.to_string());
    }
    response
}

impl Call {
    fn new(parts: &Parts, body: &Bytes) -> Call {
        let header =
            |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let is_post = parts.method == Method::POST;
        let form = if is_post {
            String::from_utf8_lossy(body).into_owned()
        } else {
            parts.uri.query().unwrap_or_default().to_owned()
        };
        Call {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            form,
            key: header("idempotency-key").filter(|_| is_post),
            version: header("stripe-version").unwrap_or_else(|| API_VERSION.to_owned()),
        }
    }

    /// Carries a request out, or answers again what its key was answered first.
    fn carry_out(&self, context: &mut Context<'_>, request_id: String, fails: bool) -> Done {
        let digest = Sha256::digest(self.form.as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let request = format!("{} {} {digest}", self.method, self.path);
        if let Some(replay) = self.key.as_ref().and_then(|key| context.state.keys.get(key)) {
            return self.again(replay, &request, request_id);
        }
        let (mut status, mut body, mut is_stored) = self.perform(context);
        if fails {
            (status, body, is_stored) = (500, server_error(), true);
        }
        if let Some(key) = self.key.as_ref().filter(|_| is_stored) {
            let (request_id, at) = (request_id.clone(), context.now);
            let replay = Replay { request, request_id, at, status, body: body.clone() };
            context.state.keys.insert(key.clone(), replay);
        }
        Done { status, body, request_id, original: None }
    }

    fn again(&self, replay: &Replay, request: &str, request_id: String) -> Done {
        if replay.request == request {
            let original = Some(replay.request_id.clone());
            return Done { status: replay.status, body: replay.body.clone(), request_id, original };
        }
        let mut error = ApiError::invalid(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using \
             a key other than the one you meant to use if you meant to execute a different request.",
        );
        error.kind = "idempotency_error";
        Done { status: 400, body: error.body(), request_id, original: None }
    }

    /// Returns the status, the body, and whether the outcome is stored under the key.
    fn perform(&self, context: &mut Context<'_>) -> (u16, Value, bool) {
        let path: Vec<&str> = self.path.split('/').filter(|part| !part.is_empty()).skip(1).collect();
        let params = match Params::parse(&self.form) {
            Ok(params) => params,
            Err(error) => return (error.status, error.body(), false),
        };
        let expanded = params.texts("expand");
        match (routes::dispatch(context, &self.method, &path, &params), expanded) {
            (Err(error), _) | (_, Err(error)) => (error.status, error.body(), error.is_stored()),
            (Ok(mut value), Ok(paths)) => match render::expand(context, &mut value, &paths) {
                Ok(()) => (200, value, true),
                Err(error) => (error.status, error.body(), true),
            },
        }
    }

    fn respond(&self, done: &Done) -> Response {
        let mut response = reply::json(done.status, &done.body);
        let mut add = |name: &'static str, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        };
        add("request-id", &done.request_id);
        add("stripe-version", &self.version);
        if let Some(key) = &self.key {
            add("idempotency-key", key);
            add("original-request", done.original.as_ref().unwrap_or(&done.request_id));
        }
        if done.original.is_some() {
            add("idempotent-replayed", "true");
        }
        if done.status >= 500 {
            add("stripe-should-retry", "false");
        }
        response
    }
}
