//! Looking at a chosen time, and booking it. A refusal draws the same page again with its sentence, other times, and
//! everything that was typed.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{AddonWish, Booking, Perk, SAME_PERSON, When, Wish};
use kit::web::{Input, Page, Words, see_other};
use kit::{Cents, Error, Fault, Fields, House, Id, Result, Tx};
use people::{Actor, Caller};

use super::frame::{Frame, login_path};
use super::sheet::{self, Asked, Complaints, Sheet, Typed};
use super::ticket::{Chosen, Extras, Seen, Ticket};
use super::words;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/book/review/", get(review).post(confirm))
}

/// What is written on the form.
#[derive(Debug, Clone)]
struct Order {
    guest_name: Option<String>,
    special_requests: Option<String>,
    allergies: Option<String>,
    extras: Extras,
    /// What the page promised for the service alone.
    promise: Option<Cents>,
    /// Only look again: the total with what is ticked, or another time.
    only_look: bool,
}

impl Input for Order {
    fn parse(words: &mut Words) -> Order {
        Order {
            guest_name: words.opt_text_within("guest_name", 200),
            special_requests: words.opt_text("special_requests"),
            allergies: words.opt_text("allergies_notes"),
            extras: Extras { addons: ticked(words), use_credit: words.yes("use_credit") },
            promise: sheet::narrowing(words, "promise").map(Cents),
            only_look: words.raw("update").is_some() || words.raw("to").is_some(),
        }
    }
}

fn ticked(words: &Words) -> Vec<Id> {
    let values = match words.raw("addon") {
        Some(serde_json::Value::Array(many)) => many.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    let mut ids: Vec<Id> = values.iter().filter_map(|value| value.as_str()?.parse().ok()).map(Id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The form: which time, and what is written for it.
struct Filled {
    chosen: Sheet<Chosen>,
    order: Sheet<Order>,
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Filled> {
        let bytes = kit::web::body(request).await?;
        Ok(Filled { chosen: Sheet::of(&bytes)?, order: Sheet::of(&bytes)? })
    }
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    frame: Frame,
    ticket: Ticket,
    typed: Typed,
    errors: Complaints,
    /// Whether the form was sent and came back.
    came_back: bool,
    is_visitor: bool,
    is_same_person: bool,
    login: String,
    signup: String,
}

const FIELDS: [(&str, &str); 4] = [
    ("special_requests", "Special requests"),
    ("allergies_notes", "Allergies"),
    ("guest_name", "Guest’s name"),
    ("use_credit", "Service credit"),
];

/// What a request came to.
enum Outcome {
    Booked(Id),
    Shown(StatusCode, Box<ReviewPage>),
}

fn page(by: &Actor, ticket: Ticket, typed: Typed, came_back: bool) -> ReviewPage {
    let login = login_path(&ticket.here);
    ReviewPage {
        frame: Frame::new(by, "book", "Review your visit · CoreSync"),
        signup: login.replacen("/login/", "/signup/", 1),
        login,
        ticket,
        typed,
        errors: Complaints::default(),
        came_back,
        is_visitor: by.person.is_none(),
        is_same_person: false,
    }
}

async fn review(caller: Caller, Asked(sheet): Asked<Chosen>) -> Result<Response> {
    let Sheet { typed, read } = sheet;
    let chosen = read.map_err(Error::Invalid)?;
    let shown = caller.view(move |tx, by| {
        let seen = Seen::of(tx, by, &chosen)?;
        let ticket = seen.ticket(tx, &chosen, &seen.untouched(), None)?;
        let status = if ticket.offer.is_some() { StatusCode::OK } else { StatusCode::CONFLICT };
        Ok((status, page(by, ticket, typed.clone(), false)))
    });
    let (status, page) = shown.await?;
    Ok((status, Page::of(&page)?).into_response())
}

async fn confirm(caller: Caller, form: Filled) -> Result<Response> {
    let chosen = form.chosen.read.map_err(Error::Invalid)?;
    let Sheet { typed, read } = form.order;
    let attended = caller.tx(move |tx, by| attend(tx, by, &chosen, &read, &typed));
    match attended.await? {
        Outcome::Booked(id) => Ok(see_other(&format!("/dashboard/bookings/{id}/"))),
        Outcome::Shown(status, page) => Ok((status, Page::of(&*page)?).into_response()),
    }
}

fn attend(
    tx: &mut Tx<'_>,
    by: &Actor,
    chosen: &Chosen,
    read: &Result<Order, Fields>,
    typed: &Typed,
) -> Result<Outcome> {
    let seen = Seen::of(tx, by, chosen)?;
    let nothing = Extras::default();
    let (order, errors) = match read {
        Ok(order) => (Some(order), Complaints::default()),
        Err(fields) => (None, Complaints::of(fields, &FIELDS)),
    };
    let extras = order.map_or(&nothing, |order| &order.extras);
    let (status, refused) = match order {
        _ if by.person.is_none() => (StatusCode::UNAUTHORIZED, None),
        None => (StatusCode::BAD_REQUEST, None),
        Some(order) if order.only_look => (StatusCode::OK, None),
        Some(order) => match book(tx, by, &seen, chosen, order)? {
            Ok(booking) => return Ok(Outcome::Booked(booking.id)),
            Err(refused) => (refused.status, Some(refused)),
        },
    };
    // As things stand now, which may not be as they were seen above.
    let seen = if refused.is_some() { Seen::of(tx, by, chosen)? } else { seen };
    let is_same_person = refused.as_ref().is_some_and(|refused| refused.code == SAME_PERSON.code);
    let ticket = seen.ticket(tx, chosen, extras, refused.map(|refused| refused.sentence))?;
    let shown = ReviewPage { errors, is_same_person, ..page(by, ticket, typed.clone(), true) };
    Ok(Outcome::Shown(status, Box::new(shown)))
}

/// The house said no, and the page says it on.
struct Refused {
    code: &'static str,
    status: StatusCode,
    sentence: String,
}

/// Books, or undoes everything and says why not: also if it would cost more than the page promised.
fn book(
    tx: &mut Tx<'_>,
    by: &Actor,
    seen: &Seen,
    chosen: &Chosen,
    order: &Order,
) -> Result<Result<Booking, Refused>> {
    let wish = wish(seen, chosen, order);
    let mut refused = None;
    let booked = tx.attempt(|tx| match bookings::book(tx, by, &wish) {
        Ok(booking) => {
            let price = seen.plain_price(booking.room, booking.starts_at);
            if order.promise.is_none_or(|promise| price <= promise) {
                return Ok(Some(booking));
            }
            refused = Some(dearer(price));
            Ok(None)
        }
        Err(error) => {
            refused = Some(refusal(seen, error)?);
            Ok(None)
        }
    })?;
    booked.map_or_else(
        || refused.map(Err).ok_or_else(|| Fault::because("neither booked nor refused")),
        |one| Ok(Ok(one)),
    )
}

fn wish(seen: &Seen, chosen: &Chosen, order: &Order) -> Wish {
    let addon = |id: &Id| AddonWish { id: *id, quantity: 1, notes: String::new() };
    Wish {
        service: seen.service().id,
        minutes: None,
        when: When::Moment(chosen.starts_at),
        room: seen.search.room,
        technician: seen.search.technician,
        party: seen.search.party,
        person: None,
        companion: None,
        extras: bookings::Extras {
            guest_name: order.guest_name.clone(),
            special_requests: order.special_requests.clone(),
            allergies: order.allergies.clone(),
            addons: order.extras.addons.iter().map(addon).collect(),
            perk: Some(if order.extras.use_credit { Perk::Credit } else { Perk::Nothing }),
            ..bookings::Extras::default()
        },
        then: Vec::new(),
    }
}

fn dearer(price: Cents) -> Refused {
    let sentence = format!(
        "This time now costs {}: the room you saw has just been taken, or its price has changed. Nothing is booked yet.",
        words::money(price)
    );
    Refused { code: "dearer", status: StatusCode::CONFLICT, sentence }
}

/// What is said of a refusal; what is none goes on.
fn refusal(seen: &Seen, error: Error) -> Result<Refused> {
    match error {
        Error::Refused(refusal, carried) => {
            let window = &seen.answer.window;
            let closed = window.closed(seen.day).filter(|_| refusal.code == bookings::OUTSIDE_WINDOW.code);
            let opens_at = carried.get("opens_at").and_then(|at| at.as_str()?.parse().ok());
            let sentence = match (closed, opens_at) {
                (Some(closed), _) => super::times::closed_sentence(window, seen.day, closed),
                (None, Some(at)) => {
                    format!("{} It opens to you on {}.", refusal.sentence, window.spoken(at))
                }
                (None, None) => refusal.sentence.to_owned(),
            };
            let status = StatusCode::from_u16(refusal.status).map_err(Fault::because)?;
            Ok(Refused { code: refusal.code, status, sentence })
        }
        Error::Invalid(fields) => {
            let sentence = fields.0.into_values().next().unwrap_or_default();
            Ok(Refused { code: "invalid", status: StatusCode::BAD_REQUEST, sentence })
        }
        other => Err(other),
    }
}
