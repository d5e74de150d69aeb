//! The calls that direct the double: its clock, its faults, deliveries, and what banks decide. Their bodies are JSON.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::reply;
use crate::context::Context;
use crate::double::Double;
use crate::model::DoubleFault;

/// What a call returns.
type Directed = Result<Json<Value>, Refused>;

/// Why a call is refused: the status and the message.
pub(crate) struct Refused(u16, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        reply::json(self.0, &json!({"error": {"type": "invalid_request_error", "message": self.1}}))
    }
}

fn refusal(status: u16, message: &str) -> Refused {
    Refused(status, message.to_owned())
}

/// Refuses a caller without the secret key.
fn known(double: &Double, headers: &HeaderMap) -> Result<(), Refused> {
    if reply::secret_key(headers).as_deref() == Some(double.config().secret_key.as_str()) {
        return Ok(());
    }
    Err(refusal(401, "Send the secret key"))
}

fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(bytes)
        .map_err(|error| refusal(400, &format!("The body is not what this call takes: {error}")))
}

fn of_file(_: std::io::Error) -> Refused {
    refusal(500, "The state cannot be stored")
}

pub(crate) async fn clock(State(double): State<Double>, headers: HeaderMap) -> Directed {
    known(&double, &headers)?;
    let now = double.now().await.map_err(of_file)?;
    Ok(Json(json!({"now": now})))
}

#[derive(Deserialize)]
struct Advance {
    /// In seconds.
    advance: i64,
}

pub(crate) async fn advance(State(double): State<Double>, headers: HeaderMap, bytes: Bytes) -> Directed {
    known(&double, &headers)?;
    let wanted: Advance = body(&bytes)?;
    let now = double.advance(wanted.advance).await.map_err(of_file)?;
    Ok(Json(json!({"now": now})))
}

pub(crate) async fn faults(State(double): State<Double>, headers: HeaderMap) -> Directed {
    known(&double, &headers)?;
    let read = |context: &mut Context<'_>| (json!(context.state.faults), false);
    double.work(None, read).await.map(Json).map_err(of_file)
}

pub(crate) async fn inject(State(double): State<Double>, headers: HeaderMap, bytes: Bytes) -> Directed {
    known(&double, &headers)?;
    let fault: DoubleFault = body(&bytes)?;
    double.inject(fault).await.map_err(of_file)?;
    Ok(Json(json!({})))
}

pub(crate) async fn heal(State(double): State<Double>, headers: HeaderMap) -> Directed {
    known(&double, &headers)?;
    double.heal().await.map_err(of_file)?;
    Ok(Json(json!({})))
}

pub(crate) async fn deliver(State(double): State<Double>, headers: HeaderMap) -> Directed {
    known(&double, &headers)?;
    let confirmed = double.deliver().await.map_err(of_file)?;
    Ok(Json(json!({"confirmed": confirmed})))
}

/// Returns `{}`, or 404 if the double could not do it.
fn done(is_done: bool) -> Directed {
    if is_done {
        Ok(Json(json!({})))
    } else {
        Err(refusal(404, "Nothing has this id, or its state does not allow it"))
    }
}

pub(crate) async fn redeliver(
    State(double): State<Double>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Directed {
    known(&double, &headers)?;
    done(double.redeliver(&id).await.map_err(of_file)?)
}

#[derive(Deserialize)]
struct NewDispute {
    charge: String,
    #[serde(default = "fraudulent")]
    reason: String,
}

fn fraudulent() -> String {
    "fraudulent".to_owned()
}

pub(crate) async fn dispute(State(double): State<Double>, headers: HeaderMap, bytes: Bytes) -> Directed {
    known(&double, &headers)?;
    let wanted: NewDispute = body(&bytes)?;
    match double.dispute(&wanted.charge, &wanted.reason).await.map_err(of_file)? {
        Some(id) => Ok(Json(json!({"id": id}))),
        None => done(false),
    }
}

#[derive(Deserialize)]
struct Decision {
    won: bool,
}

pub(crate) async fn decide(
    State(double): State<Double>,
    headers: HeaderMap,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Directed {
    known(&double, &headers)?;
    let decision: Decision = body(&bytes)?;
    done(double.decide_dispute(&id, decision.won).await.map_err(of_file)?)
}

pub(crate) async fn fail_refund(
    State(double): State<Double>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Directed {
    known(&double, &headers)?;
    done(double.fail_refund(&id).await.map_err(of_file)?)
}

pub(crate) async fn fail_payout(
    State(double): State<Double>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Directed {
    known(&double, &headers)?;
    done(double.fail_payout(&id).await.map_err(of_file)?)
}
