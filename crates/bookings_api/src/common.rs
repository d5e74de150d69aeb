//! Types and functions that several handlers share: an optional reason, a booking as a response, and what a
//! refusal carries as a response.

use std::fmt::Debug;

use axum::extract::{FromRequest, Request};
use booking_rules::Reason;
use bookings::Detail;
use kit::web::{RawInput, body};
use kit::{DetailKey, Error, Fields, Id, Internal, Result, Tx};
use serde::Serialize;

use crate::wire::BookingOut;

/// Returns a booking in its response format.
pub(crate) fn tell(tx: &mut Tx<'_>, detail: &Detail) -> Result<BookingOut> {
    let catalogue = catalogue::current(tx)?;
    Ok(BookingOut::of(&catalogue, detail, tx.now()))
}

/// A booking after a change to it.
pub(crate) fn to_response(tx: &mut Tx<'_>, id: Id) -> Result<BookingOut> {
    let detail = bookings::read(tx, id)?;
    tell(tx, &detail)
}

/// Replaces what a refusal carries for other operations by its form in a response, under the same name.
pub(crate) fn with_response<T: 'static, R: Serialize + Debug + Send + Sync + 'static>(
    error: Error,
    internal: DetailKey<Internal<Vec<T>>>,
    response: DetailKey<Vec<R>>,
    convert: impl Fn(&T) -> R,
) -> Error {
    let carried = match &error {
        Error::Refused(_, details) => details.get(internal),
        _ => None,
    };
    let converted = carried.map(|carried| carried.0.iter().map(convert).collect());
    match converted {
        Some(converted) => error.with(response, converted),
        None => error,
    }
}

/// An optional reason from the request body, or the error in it. The error is reported only when the reason is read,
/// so that a caller who may not cancel gets that refusal first.
pub(crate) struct SentReason(pub(crate) Result<Option<String>>);

impl SentReason {
    /// Returns the reason.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if the body is not a valid reason.
    pub(crate) fn read(&self) -> Result<Option<&str>> {
        match &self.0 {
            Ok(reason) => Ok(reason.as_deref()),
            Err(Error::Invalid(fields)) => Err(Error::Invalid(fields.clone())),
            Err(_) => Err(Fields::one("body", "Send a JSON object.")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for SentReason {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<SentReason> {
        let bytes = body(request).await?;
        let read = if bytes.is_empty() {
            Ok(None)
        } else {
            RawInput::from_json(&bytes).and_then(RawInput::parse::<Reason>).map(|sent| sent.reason)
        };
        Ok(SentReason(read))
    }
}
