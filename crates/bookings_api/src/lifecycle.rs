//! The JSON endpoints for holding, rescheduling, repeating, and canceling series, for the steps of a visit, and for
//! asking why a time cannot be booked.

use std::sync::Arc;

use axum::Json as Answered;
use axum::http::StatusCode;
use booking_rules::{Booking, BookingInput, BookingRequest, Move, MoveInput, Reason, SeriesInput};
use bookings::{
    CONFLICTING, Change, Conflict, Holder, Named, Repeated, Rescheduled, Visitor, cancel_series,
    dry_run_hold, extend, held, hold, preview_move, release_hold, repeat, reschedule, why_not,
};
use kit::replies::Reply;
use kit::web::{Input, Json, Once, OnceHeader, Path, Problem, Query, RawInput};
use kit::{AppState, Cents, DetailKey, Error, Id, Refusal, RefusalDetails, Result, Tx};
use people::{Actor, Caller};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::common::{SentReason, to_response, with_response};
use crate::wire::BookingOut;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(hold_time))
        .routes(routes!(show_hold, release_held_time))
        .routes(routes!(extend_hold))
        .routes(routes!(move_booking))
        .routes(routes!(repeat_booking))
        .routes(routes!(cancel_all))
        .routes(routes!(tell_why_not))
        .routes(routes!(check_in))
        .routes(routes!(start))
        .routes(routes!(complete))
        .routes(routes!(no_show))
}

/// A hold, with the token that a visitor needs to use it.
#[derive(Serialize, ToSchema)]
struct HoldOut {
    #[serde(flatten)]
    booking: BookingOut,
    /// Identifies a visitor’s hold. Returned once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// The optional token from the query string.
struct Token(Option<String>);

impl Input for Token {
    fn parse(input: &mut RawInput) -> Token {
        Token(input.opt_text_within("token", 100))
    }
}

/// A booking request and the token of an earlier hold.
struct HoldInput(BookingRequest, Option<String>);

impl Input for HoldInput {
    fn parse(input: &mut RawInput) -> HoldInput {
        let sent = BookingInput::parse(input);
        let token = sent.token.clone();
        HoldInput(sent.request(input), token)
    }
}

/// Hold a time for the club’s `hold_minutes`, ten by default.
#[utoipa::path(post, path = "/api/bookings/hold/", tag = "bookings", params(OnceHeader), request_body = BookingInput,
    responses((status = 201, body = HoldOut), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn hold_time(
    caller: Caller,
    Once(Json(HoldInput(request, earlier)), idempotency_key): Once<Json<HoldInput>>,
) -> Result<Reply> {
    let network = people::network(caller.address()).to_string();
    let request = Arc::new(request);
    let rehearsed = request.clone();
    caller
        .precheck_then_once(
            idempotency_key,
            move |tx, by| dry_run_hold(tx, by, &rehearsed),
            move |tx, by| {
                let visitor = Visitor { network: &network, earlier: earlier.as_deref(), token: None };
                let held = hold(tx, by, &request, &visitor)?;
                let booking = to_response(tx, held.booking.id)?;
                Reply::json(StatusCode::CREATED, &HoldOut { booking, token: held.token })
            },
        )
        .await
}

/// Get a hold.
#[utoipa::path(get, path = "/api/bookings/hold/{id}/", tag = "bookings",
    params(("id" = i64, Path), ("token" = Option<String>, Query)),
    responses((status = 200, body = BookingOut), (status = 404, body = Problem)))]
async fn show_hold(
    caller: Caller,
    Path(id): Path<Id>,
    Query(Token(token)): Query<Token>,
) -> Result<Answered<BookingOut>> {
    caller
        .view(move |tx, by| {
            let held = held(tx, Holder { by, token: token.as_deref() }, id)?;
            to_response(tx, held.id).map(Answered)
        })
        .await
}

/// Release a hold.
#[utoipa::path(delete, path = "/api/bookings/hold/{id}/", tag = "bookings",
    params(("id" = i64, Path), ("token" = Option<String>, Query)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn release_held_time(
    caller: Caller,
    Path(id): Path<Id>,
    Query(Token(token)): Query<Token>,
) -> Result<StatusCode> {
    caller.tx(move |tx, by| release_hold(tx, Holder { by, token: token.as_deref() }, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Extend a hold by its full length from now. Works once.
#[utoipa::path(post, path = "/api/bookings/hold/{id}/extend/", tag = "bookings",
    params(("id" = i64, Path), ("token" = Option<String>, Query)),
    responses((status = 200, body = BookingOut), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn extend_hold(
    caller: Caller,
    Path(id): Path<Id>,
    Query(Token(token)): Query<Token>,
) -> Result<Answered<BookingOut>> {
    caller
        .tx(move |tx, by| {
            extend(tx, Holder { by, token: token.as_deref() }, id)?;
            to_response(tx, id).map(Answered)
        })
        .await
}

/// The new time of a booking, and whether it is only a preview.
struct RescheduleInput(Move, bool);

impl Input for RescheduleInput {
    fn parse(input: &mut RawInput) -> RescheduleInput {
        let sent = MoveInput::parse(input);
        let is_preview = sent.preview;
        RescheduleInput(sent.request(input), is_preview)
    }
}

/// The result of rescheduling.
#[derive(Serialize, ToSchema)]
struct MovedOut {
    /// The new total minus the old one.
    difference: Cents,
    new_total: Cents,
    /// The fee that is due if the rescheduled booking is canceled later.
    frozen_fee: Cents,
    starts_at: String,
    room: Named,
    technicians: Vec<Named>,
    /// What changed. Empty if the booking was already there.
    changes: Vec<Change>,
    is_preview: bool,
    /// The booking as it is now. In a preview, as it was.
    booking: BookingOut,
}

/// Reschedule a booking. It keeps its id and reference and is priced again. Another room or technician has to be
/// requested, or accepted as the preview or the refusal `move_changed` named it.
#[utoipa::path(post, path = "/api/bookings/{id}/reschedule/", tag = "bookings", params(("id" = i64, Path), OnceHeader),
    request_body = MoveInput,
    responses((status = 200, body = MovedOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn move_booking(
    caller: Caller,
    Path(id): Path<Id>,
    Once(Json(RescheduleInput(to, preview)), idempotency_key): Once<Json<RescheduleInput>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let Rescheduled { booking, technicians, difference, changes } =
                if preview { preview_move(tx, by, id, &to)? } else { reschedule(tx, by, id, &to)? };
            let catalogue = catalogue::current(tx)?;
            let zone = &catalogue.club.zone;
            let moved = MovedOut {
                room: Named::room(&catalogue, booking.room),
                technicians: technicians.iter().map(|id| Named::technician(&catalogue, *id)).collect(),
                changes,
                difference,
                new_total: booking.price.total(),
                frozen_fee: booking.cancellation.frozen.fee,
                starts_at: booking_rules::iso(zone, booking.starts_at),
                is_preview: preview,
                booking: to_response(tx, id)?,
            };
            Reply::json(StatusCode::OK, &moved)
        })
        .await
}

/// A series that was booked.
#[derive(Serialize, ToSchema)]
struct SeriesOut {
    bookings: Vec<BookingOut>,
    /// The occurrences that were not booked: `[{place, when, code, error, alternatives}]`.
    #[schema(value_type = Vec<Object>)]
    left_out: Vec<ConflictOut>,
}

/// An occurrence that was not booked: `{place, when, code, error, …}` with the data of the refusal.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct ConflictOut(Map<String, Value>);

/// The occurrences in the response of the refusal that carries [`CONFLICTING`].
const CONFLICTS_OUT: DetailKey<Vec<ConflictOut>> = DetailKey::new(CONFLICTING.name());

impl ConflictOut {
    fn of(conflict: &Conflict) -> ConflictOut {
        let mut object = described(conflict.refusal, &conflict.details);
        object.insert("place".to_owned(), json!(conflict.place));
        object.insert("when".to_owned(), json!(conflict.when));
        ConflictOut(object)
    }
}

/// Adds the occurrences that cannot be booked to the response of a refused series.
fn with_conflicts(error: Error) -> Error {
    with_response(error, CONFLICTING, CONFLICTS_OUT, ConflictOut::of)
}

/// Returns the data of a refusal with its code and its sentence.
fn described(refusal: &Refusal, details: &RefusalDetails) -> Map<String, Value> {
    let mut object = details.to_json();
    object.insert("code".to_owned(), json!(refusal.code));
    object.insert("error".to_owned(), json!(refusal.sentence));
    object
}

/// Book a series: a booking request with `every_weeks`, `times`, and optionally `skip_conflicts` or `instead`.
#[utoipa::path(post, path = "/api/bookings/series/", tag = "bookings", params(OnceHeader), request_body = SeriesInput,
    responses((status = 201, body = SeriesOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn repeat_booking(
    caller: Caller,
    Once(Json(repeated), idempotency_key): Once<Json<Repeated>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let series = repeat(tx, by, &repeated).map_err(with_conflicts)?;
            let bookings = series.booked.iter().map(|one| to_response(tx, one.id)).collect::<Result<_>>()?;
            let left_out = series.left_out.iter().map(ConflictOut::of).collect();
            Reply::json(StatusCode::CREATED, &SeriesOut { bookings, left_out })
        })
        .await
}

/// The result of canceling a series.
#[derive(Serialize, ToSchema)]
struct SeriesCancelledOut {
    /// The fees that are due for all of them.
    fee: Cents,
    /// The canceled bookings, earliest first.
    bookings: Vec<BookingOut>,
}

/// Cancel the rest of a series, each booking under its own policy. `id` is any booking of the series.
#[utoipa::path(post, path = "/api/bookings/{id}/cancel_series/", tag = "bookings", params(("id" = i64, Path), OnceHeader),
    request_body = Reason,
    responses((status = 200, body = SeriesCancelledOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn cancel_all(
    caller: Caller,
    Path(id): Path<Id>,
    Once(sent, idempotency_key): Once<SentReason>,
) -> Result<Reply> {
    let sent = Arc::new(sent);
    caller
        .once(idempotency_key, move |tx, by| {
            by.person()?;
            let done = cancel_series(tx, by, id, sent.read()?)?;
            let fee = done.fee();
            let bookings =
                done.cancelled.iter().map(|(one, _)| to_response(tx, one.id)).collect::<Result<_>>()?;
            Reply::json(StatusCode::OK, &SeriesCancelledOut { fee, bookings })
        })
        .await
}

/// Whether a time can be booked, and the reasons if it cannot.
#[derive(Serialize, ToSchema)]
struct Verdict {
    /// Whether it can be booked.
    bookable: bool,
    /// The code of the first reason.
    code: Option<&'static str>,
    /// The message for a guest.
    error: Option<&'static str>,
    /// Every reason for staff, the first one for others: `[{code, error, opens_at, alternatives …}]`.
    #[schema(value_type = Vec<Object>)]
    reasons: Vec<Value>,
}

/// Check a time without booking it: what would refuse it, and when it opens.
#[utoipa::path(get, path = "/api/bookings/why_not/", tag = "bookings",
    params(("service_id" = i64, Query), ("date" = Option<String>, Query), ("start_time" = Option<String>, Query),
        ("starts_at" = Option<String>, Query), ("party" = Option<u32>, Query), ("duration" = Option<u32>, Query),
        ("technician_id" = Option<i64>, Query), ("room_id" = Option<i64>, Query), ("person_id" = Option<i64>, Query)),
    responses((status = 200, body = Verdict), (status = 400, body = Problem)))]
async fn tell_why_not(caller: Caller, Query(request): Query<BookingRequest>) -> Result<Answered<Verdict>> {
    let verdict = caller.view(move |tx, by| why_not(tx, by, &request)).await?;
    let first = verdict.refusals.first().and_then(|error| match error {
        Error::Refused(refusal, _) => Some(*refusal),
        _ => None,
    });
    Ok(Answered(Verdict {
        bookable: verdict.refusals.is_empty(),
        code: first.map(|refusal| refusal.code),
        error: first.map(|refusal| refusal.sentence),
        reasons: verdict.refusals.iter().filter_map(reason).collect(),
    }))
}

fn reason(error: &Error) -> Option<Value> {
    let Error::Refused(refusal, details) = error else { return None };
    Some(Value::Object(described(refusal, details)))
}

type Step = fn(&mut Tx<'_>, &Actor, Id) -> Result<Booking>;

async fn step(caller: Caller, id: Id, verb: Step) -> Result<Answered<BookingOut>> {
    caller
        .tx(move |tx, by| {
            verb(tx, by, id)?;
            to_response(tx, id).map(Answered)
        })
        .await
}

/// Check the guest in.
#[utoipa::path(post, path = "/api/bookings/{id}/check_in/", tag = "bookings", params(("id" = i64, Path)),
    responses((status = 200, body = BookingOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn check_in(caller: Caller, Path(id): Path<Id>) -> Result<Answered<BookingOut>> {
    step(caller, id, bookings::check_in).await
}

/// Start the visit.
#[utoipa::path(post, path = "/api/bookings/{id}/start/", tag = "bookings", params(("id" = i64, Path)),
    responses((status = 200, body = BookingOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn start(caller: Caller, Path(id): Path<Id>) -> Result<Answered<BookingOut>> {
    step(caller, id, bookings::start).await
}

/// Complete the visit.
#[utoipa::path(post, path = "/api/bookings/{id}/complete/", tag = "bookings", params(("id" = i64, Path)),
    responses((status = 200, body = BookingOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn complete(caller: Caller, Path(id): Path<Id>) -> Result<Answered<BookingOut>> {
    step(caller, id, bookings::complete).await
}

/// Mark a no-show.
#[utoipa::path(post, path = "/api/bookings/{id}/no_show/", tag = "bookings", params(("id" = i64, Path)),
    responses((status = 200, body = BookingOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn no_show(caller: Caller, Path(id): Path<Id>) -> Result<Answered<BookingOut>> {
    step(caller, id, bookings::no_show).await
}
