//! Types and functions that several handlers share: an optional reason, and a booking as a response.

use axum::extract::{FromRequest, Request};
use booking_rules::Reason;
use bookings::Detail;
use kit::web::{RawInput, body};
use kit::{Error, Fields, Id, Result, Tx};

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
