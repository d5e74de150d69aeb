//! Types and functions that several handlers share: the documented body of a booking request, an optional reason, and
//! a booking as a response.

use axum::extract::{FromRequest, Request};
use bookings::{Detail, Reason};
use kit::web::{RawInput, body};
use kit::{Error, Fields, Id, Result, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::BookingOut;

/// A booking request. Only `service_id` and a time (`date` and `start_time`, or `starts_at`) are required.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "the words of the documentation: `BookingRequest` reads them")]
pub(crate) struct BookingInput {
    service_id: i64,
    /// The business day.
    #[schema(format = Date)]
    date: Option<String>,
    /// `HH:MM` in the club’s local time.
    start_time: Option<String>,
    /// Required on a night when clocks fall back and the time occurs twice.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    room_id: Option<i64>,
    technician_id: Option<i64>,
    party: Option<u32>,
    /// Staff only: the account to book for.
    person_id: Option<i64>,
    guest_name: Option<String>,
    guest_phone: Option<String>,
    guest_email: Option<String>,
    special_requests: Option<String>,
    allergies_notes: Option<String>,
    ai_program: Option<String>,
    #[schema(value_type = Option<Object>)]
    scene_preferences: Option<()>,
    /// Minutes, for services sold by duration.
    duration: Option<u32>,
    /// Staff only: the account of the companion.
    companion_id: Option<i64>,
    companion_name: Option<String>,
    /// Up to three more services in the same visit, back to back.
    then: Option<Vec<ThenInput>>,
    addons: Option<Vec<BookingAddonInput>>,
    use_credit: Option<bool>,
    /// Use a guest pass for one companion’s share.
    use_pass: Option<bool>,
    /// Use the birthday gift.
    use_birthday: Option<bool>,
    /// The hold to book. Its service, time, and room apply.
    hold_id: Option<i64>,
    /// Identifies a visitor’s hold.
    token: Option<String>,
    payment_method: Option<String>,
}

/// A further service in the same visit.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "the words of the documentation: `Then` reads them")]
struct ThenInput {
    service_id: i64,
    duration: Option<u32>,
    room_id: Option<i64>,
    technician_id: Option<i64>,
    addons: Option<Vec<BookingAddonInput>>,
}

/// A requested add-on.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "the words of the documentation: `BookingRequest` reads them")]
struct BookingAddonInput {
    id: i64,
    /// The quantity, from 1 to 20.
    quantity: u32,
    notes: Option<String>,
}

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

/// The reason for canceling.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "the words of the documentation: `Reason` reads them")]
pub(crate) struct CancelInput {
    /// From staff: included in the email to the guest.
    #[schema(max_length = 500)]
    reason: Option<String>,
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
            RawInput::from_json(&bytes).and_then(RawInput::parse::<Reason>).map(|Reason(reason)| reason)
        };
        Ok(SentReason(read))
    }
}
