//! The JSON endpoints for the waitlist.

use axum::Json as Answered;
use axum::http::StatusCode;
use booking_rules::iso;
use bookings::{Joined, Slot, Wait, WaitInput, WaitKind, Waiting, join, leave, ranked, slots, waits};
use jiff::civil::Date;
use kit::replies::Reply;
use kit::web::{Json, Once, OnceHeader, Path, Problem};
use kit::{AppState, Id, Result, Tx};
use people::Caller;
use scheduling::begin;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(my_waits, join_waitlist)).routes(routes!(leave_waitlist))
}

/// A place on the waitlist, with the times that it waits for.
#[derive(Serialize, ToSchema)]
struct WaitOut {
    id: Id,
    kind: WaitKind,
    service_id: Id,
    service_name: String,
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Minutes from midnight of the business day.
    from_minute: i64,
    /// Minutes from midnight of the business day.
    to_minute: i64,
    /// The single start time, for a notification.
    starts_at: Option<String>,
    /// `waiting`, or `offered` while a time is on hold for the person.
    state: String,
    joined_at: String,
}

fn out(tx: &mut Tx<'_>, wait: &Wait) -> Result<WaitOut> {
    let catalogue = catalogue::current(tx)?;
    let zone = &catalogue.club.zone;
    Ok(WaitOut {
        id: wait.id,
        kind: wait.kind,
        service_id: wait.service,
        service_name: catalogue.service(wait.service).map(|one| one.name.clone()).unwrap_or_default(),
        from: wait.first_day,
        to: wait.last_day,
        from_minute: wait.from_minute,
        to_minute: wait.to_minute,
        starts_at: wait.starts_at.map(|at| iso(zone, at)),
        state: wait.state.as_str().to_owned(),
        joined_at: iso(zone, wait.joined_at),
    })
}

/// List your own waitlist entries.
#[utoipa::path(get, path = "/api/bookings/waitlist/", tag = "bookings",
    responses((status = 200, body = [WaitOut]), (status = 401, body = Problem)))]
async fn my_waits(caller: Caller) -> Result<Answered<Vec<WaitOut>>> {
    caller
        .view(|tx, by| {
            let found = waits(tx, by)?;
            let waits: Result<Vec<WaitOut>> = found.iter().map(|wait| out(tx, wait)).collect();
            waits.map(Answered)
        })
        .await
}

/// A new waitlist entry, and the times that are already open.
#[derive(Serialize, ToSchema)]
struct JoinedOut {
    #[serde(flatten)]
    wait: WaitOut,
    /// The times that are open now, at most 50. They can be booked; none is held or offered.
    open_times: Vec<OpenTime>,
    /// The number of matching times that are free now.
    total_open: usize,
}

/// A time that can be booked now instead of waiting for it.
#[derive(Serialize, ToSchema)]
struct OpenTime {
    #[serde(flatten)]
    slot: Slot,
    /// The address of the page on which the time can be booked.
    book_at: String,
}

/// The largest number of free times in a response.
const MOST_OPEN: usize = 50;

fn joined(tx: &mut Tx<'_>, Joined { wait, open }: Joined) -> Result<JoinedOut> {
    let slug = open.service().slug.clone();
    let offers: Vec<_> = ranked(open.offers.clone());
    let total_open = offers.len();
    let listed = offers.get(..MOST_OPEN).unwrap_or(&offers);
    let slots = slots(&open, listed).into_iter().zip(listed);
    let open_times = slots.map(|(slot, (_, offer))| {
        let book_at = format!("/book/?service={slug}&at={}", begin(offer.start));
        OpenTime { slot, book_at }
    });
    Ok(JoinedOut { wait: out(tx, &wait)?, open_times: open_times.collect(), total_open })
}

/// Join the waitlist, or ask to be notified when a time opens. The response lists the times that are already open: only
/// times that open up later are offered.
#[utoipa::path(post, path = "/api/bookings/waitlist/", tag = "bookings", params(OnceHeader), request_body = WaitInput,
    responses((status = 201, body = JoinedOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn join_waitlist(
    caller: Caller,
    Once(Json(request), idempotency_key): Once<Json<Waiting>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let joined_now = join(tx, by, &request)?;
            Reply::json(StatusCode::CREATED, &joined(tx, joined_now)?)
        })
        .await
}

/// Leave the waitlist.
#[utoipa::path(delete, path = "/api/bookings/waitlist/{id}/", tag = "bookings", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn leave_waitlist(caller: Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.tx(move |tx, by| leave(tx, by, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
