//! The JSON endpoints for searching, booking, and canceling.

use std::sync::Arc;

use axum::Json as Answered;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use booking_rules::{BookingInput, BookingRequest, Extras, Reason, price_for};
use bookings::{
    BookingFor, Detail, Holder, Search, book, cancel_because, confirm, dry_run, ranked, search_for, show,
    slots, window,
};
use catalogue::{Catalogue, ServiceCard};
use kit::replies::Reply;
use kit::web::{Input, Json, Once, OnceHeader, Paging, Path, Problem, Query, RawInput, unpaged};
use kit::{AppState, Cents, Error, Id, Result, Tx};
use people::{Actor, Caller};
use scheduling::Factors;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::common::{SentReason, tell, to_response};
use crate::wire::{Availability, BookingOut};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(availability))
        .routes(routes!(create_booking))
        .routes(routes!(my_bookings))
        .routes(routes!(booking))
        .routes(routes!(cancel_booking))
        .routes(routes!(service))
}

/// A search and the page of its times.
struct BookingsQuery {
    search: Search,
    whom: BookingFor,
    paging: Paging,
}

impl Input for BookingsQuery {
    fn parse(input: &mut RawInput) -> BookingsQuery {
        let whom = input.opt_id("person_id").map_or(BookingFor::Requester, BookingFor::Person);
        BookingsQuery { search: Search::parse(input), whom, paging: Paging::parse(input) }
    }
}

/// Find open times for yourself or, as staff, for the person in `person_id`: on one `date`, or day by day `from` … `to`
/// (with `slots=1`, including the times).
#[utoipa::path(get, path = "/api/bookings/availability/", tag = "bookings",
    params(("service_id" = i64, Query), ("date" = Option<String>, Query), ("from" = Option<String>, Query),
        ("to" = Option<String>, Query), ("party" = Option<u32>, Query), ("technician_id" = Option<i64>, Query),
        ("room_id" = Option<i64>, Query), ("room_type" = Option<String>, Query), ("slots" = Option<bool>, Query),
        ("duration" = Option<u32>, Query), ("moving" = Option<i64>, Query), ("person_id" = Option<i64>, Query),
        ("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Availability), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn availability(
    caller: Caller,
    uri: Uri,
    Query(BookingsQuery { search, whom, paging }): Query<BookingsQuery>,
) -> Result<Response> {
    caller
        .view(move |tx, by| {
            let mut answer = search_for(tx, by, &search, whom)?;
            let many = !search.one_day;
            let availability = Availability::of(&answer, many);
            let total = answer.offers.len();
            let mut offers = ranked(std::mem::take(&mut answer.offers));
            if many {
                offers = paging.cut(offers);
            }
            let mut head = paging.head(total, &unpaged(&uri));
            if !many {
                // The times of one day are never split into pages.
                head.remove(header::LINK);
            }
            Ok((head, Answered(availability.with_slots(slots(&answer, &offers)))).into_response())
        })
        .await
}

/// A booking request, or the details of a hold.
enum CreateBookingInput {
    BookingRequest(Box<BookingRequest>),
    Held(Id, Option<String>, Box<Extras>),
}

impl Input for CreateBookingInput {
    fn parse(input: &mut RawInput) -> CreateBookingInput {
        // `payment_method` is only validated. It has no effect until cards are accepted.
        let sent = BookingInput::parse(input);
        match sent.hold_id {
            Some(id) => CreateBookingInput::Held(id, sent.token.clone(), Box::new(sent.extras())),
            None => CreateBookingInput::BookingRequest(Box::new(sent.request(input))),
        }
    }
}

/// Book a time, or a held time.
#[utoipa::path(post, path = "/api/bookings/create_booking/", tag = "bookings", params(OnceHeader),
    request_body = BookingInput,
    responses((status = 201, body = BookingOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create_booking(
    caller: Caller,
    Once(Json(requested), idempotency_key): Once<Json<CreateBookingInput>>,
) -> Result<Reply> {
    let requested = Arc::new(requested);
    let rehearsed = requested.clone();
    let rehearse = move |tx: &mut Tx<'_>, by: &Actor| match &*rehearsed {
        CreateBookingInput::BookingRequest(request) => dry_run(tx, by, request),
        // A held time is already claimed, so there is nothing to check in advance.
        CreateBookingInput::Held(..) => Ok(()),
    };
    caller
        .precheck_then_once(idempotency_key, rehearse, move |tx, by| {
            let booking = match &*requested {
                CreateBookingInput::BookingRequest(request) => book(tx, by, request)?,
                CreateBookingInput::Held(id, token, extras) => {
                    confirm(tx, Holder { by, token: token.as_deref() }, *id, Some(extras))?
                }
            };
            Reply::json(StatusCode::CREATED, &to_response(tx, booking.id)?)
        })
        .await
}

/// Your own bookings: upcoming, held, and past.
#[derive(Serialize, ToSchema)]
struct MyBookings {
    /// Upcoming bookings, soonest first.
    upcoming: Vec<BookingOut>,
    /// Times on hold that are not booked yet.
    held: Vec<BookingOut>,
    /// A page of past bookings, latest first.
    past: Vec<BookingOut>,
    total_upcoming: usize,
    total_past: i64,
}

/// List your own bookings: all upcoming ones, and a page of past ones.
#[utoipa::path(get, path = "/api/bookings/my_bookings/", tag = "bookings",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = MyBookings), (status = 401, body = Problem)))]
async fn my_bookings(caller: Caller, Query(paging): Query<Paging>) -> Result<Answered<MyBookings>> {
    caller
        .view(move |tx, by| {
            let found = bookings::my_bookings(tx, by, paging)?;
            let (catalogue, now) = (catalogue::current(tx)?, tx.now());
            let all =
                |details: &[Detail]| details.iter().map(|one| BookingOut::of(&catalogue, one, now)).collect();
            Ok(Answered(MyBookings {
                total_upcoming: found.upcoming.len(),
                total_past: found.total_past,
                upcoming: all(&found.upcoming),
                held: all(&found.held),
                past: all(&found.past),
            }))
        })
        .await
}

/// Get one of your own bookings.
#[utoipa::path(get, path = "/api/bookings/{id}/", tag = "bookings", params(("id" = i64, Path)),
    responses((status = 200, body = BookingOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn booking(caller: Caller, Path(id): Path<Id>) -> Result<Answered<BookingOut>> {
    caller
        .view(move |tx, by| {
            let detail = show(tx, by, id)?;
            tell(tx, &detail).map(Answered)
        })
        .await
}

/// The result of canceling.
#[derive(Serialize, ToSchema)]
struct CancelledOut {
    message: &'static str,
    /// The fee that is due.
    fee: Cents,
    booking: BookingOut,
}

/// Cancel a booking. `cancel_cost` says beforehand what will be due.
#[utoipa::path(post, path = "/api/bookings/{id}/cancel_booking/", tag = "bookings",
    params(("id" = i64, Path), OnceHeader), request_body = Reason,
    responses((status = 200, body = CancelledOut), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn cancel_booking(
    caller: Caller,
    Path(id): Path<Id>,
    Once(sent, idempotency_key): Once<SentReason>,
) -> Result<Reply> {
    let sent = Arc::new(sent);
    caller
        .once(idempotency_key, move |tx, by| {
            by.person()?;
            let (_, fee) = cancel_because(tx, by, id, sent.read()?)?;
            let booking = to_response(tx, id)?;
            let cancelled = CancelledOut { message: "Booking canceled successfully", fee, booking };
            Reply::json(StatusCode::OK, &cancelled)
        })
        .await
}

/// A service in full, with your price.
#[derive(Serialize, ToSchema)]
struct ServiceWhole {
    #[serde(flatten)]
    card: ServiceCard,
    description: String,
    category: CategoryOut,
    /// In a room without a price multiplier.
    price_for_user: Cents,
    gallery_images: Vec<String>,
    video_url: Option<String>,
    addons: Vec<AddonOut>,
    /// How many people one booking is for.
    party: i64,
}

#[derive(Serialize, ToSchema)]
struct CategoryOut {
    id: Id,
    name: String,
    slug: String,
    description: String,
}

#[derive(Serialize, ToSchema)]
struct AddonOut {
    id: Id,
    name: String,
    description: String,
    price: Cents,
}

/// Get one service.
#[utoipa::path(get, path = "/api/services/{slug}/", tag = "services", params(("slug" = String, Path)),
    responses((status = 200, body = ServiceWhole), (status = 404, body = Problem)))]
async fn service(caller: Caller, Path(slug): Path<String>) -> Result<Answered<ServiceWhole>> {
    caller
        .view(move |tx, by| {
            let catalogue: Arc<Catalogue> = catalogue::current(tx)?;
            let service = catalogue.service_by_slug(&slug).ok_or(Error::NotFound)?;
            let window = window(tx, &catalogue, by, by.id())?;
            let quote = price_for(service, window.entitlements(), window.today(), Factors::PLAIN, &[], false);
            let category = catalogue.category(service.category).ok_or(Error::NotFound)?;
            let addon = |addon: &catalogue::Addon| AddonOut {
                id: addon.id,
                name: addon.name.clone(),
                description: addon.description.clone(),
                price: addon.cents,
            };
            Ok(Answered(ServiceWhole {
                card: ServiceCard::of(&catalogue, service),
                description: service.description.clone(),
                category: CategoryOut {
                    id: category.id,
                    name: category.name.clone(),
                    slug: category.slug.clone(),
                    description: category.description.clone(),
                },
                price_for_user: quote.total(),
                gallery_images: service.gallery_images.clone(),
                video_url: service.video_url.clone(),
                addons: catalogue.addons_of(service).map(addon).collect(),
                party: service.party,
            }))
        })
        .await
}
