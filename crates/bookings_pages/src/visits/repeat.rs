//! The page for repeating a visit: all days are booked in one transaction, with other times for days that are not
//! available.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{BookingRequest, CONFLICTING, Conflict, Detail, Extras, Holder, Repeated, Series, Slot, When};
use jiff::{Timestamp, ToSpan as _};
use kit::replies::{IdempotencyKey, Reply, once};
use kit::web::{Input, Page, Path, RawInput, body};
use kit::{AppState, Cents, Error, Fault, Id, Result, Tx, tokens};
use people::{Actor, Caller};
use ui::{Choice, FieldErrors, FormInput, Frame, format, lenient_number, or_sign_in};

use crate::booking::spacing;
use crate::visits::line::VisitLine;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/bookings/{id}/repeat/", get(show_form).post(go))
}

/// The maximum number of days on which the page repeats a visit.
const MOST: i64 = 25;
const FIELDS: [(&str, &str); 2] = [("every_weeks", "Repeat every"), ("times", "Additional visits")];

/// The parameters of a series.
#[derive(Debug, Clone)]
struct Plan {
    every_weeks: i64,
    times: i64,
    instead: Vec<(i64, Timestamp)>,
    without: Vec<i64>,
    /// Whether the series is booked, and not only previewed.
    books: bool,
    /// The total in cents that the page promised.
    promise: Option<i64>,
    once: String,
}

impl Input for Plan {
    fn parse(input: &mut RawInput) -> Plan {
        let (mut instead, mut without) = (Vec::new(), Vec::new());
        for place in 0..MOST {
            let field = format!("at-{place}");
            match input.opt_text_within(&field, 100).as_deref() {
                None => {}
                Some("without") => without.push(place),
                Some(_) => instead.extend(input.opt_moment(&field).map(|at| (place, at))),
            }
        }
        Plan {
            every_weeks: input.opt_number("every_weeks", 1, 8).unwrap_or(1),
            times: input.opt_number("times", 1, MOST).unwrap_or(3),
            instead,
            without,
            books: input.raw("action").and_then(|value| value.as_str()) == Some("book"),
            promise: lenient_number(input, "promise"),
            once: input.opt_text_within("once", 100).unwrap_or_default(),
        }
    }
}

/// One day of the series.
struct Day {
    place: i64,
    when: String,
    /// The formatted price, if the day is available.
    price: Option<String>,
    /// Why the day is not available.
    sentence: Option<String>,
    /// The alternatives for a day that is not available.
    choices: Vec<Choice>,
    /// The other time that was chosen for the day.
    instead: Option<String>,
    /// Whether the guest has left the day out.
    is_left_out: bool,
}

#[derive(Template)]
#[template(path = "repeat.html")]
struct RepeatPage {
    frame: Frame,
    line: VisitLine,
    errors: FieldErrors,
    every: String,
    times: String,
    days: Vec<Day>,
    has_conflicts: bool,
    /// The formatted total and the total in cents, if every day is available.
    total: Option<(String, i64)>,
    refusal: Option<String>,
    once: String,
}

fn here(id: Id) -> String {
    format!("/dashboard/bookings/{id}/repeat/")
}

async fn show_form(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| {
        let detail = bookings::show(tx, by, id)?;
        page(tx, by, &detail)
    });
    or_sign_in(drawn.await.and_then(|page| Page::of(&page)), &here(id))
}

/// The form and the digest of its body.
struct SentRepeatForm(FormInput<Plan>, String);

impl<S: Send + Sync> FromRequest<S> for SentRepeatForm {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<SentRepeatForm> {
        let bytes = body(request).await?;
        Ok(SentRepeatForm(FormInput::from_bytes(&bytes)?, tokens::hex(&tokens::digest_of(&bytes))))
    }
}

/// The outcome of the form: the response for the booked series, or the page again.
enum RepeatOutcome {
    Booked(Reply),
    Rendered(StatusCode, Box<RepeatPage>),
}

async fn go(
    caller: Caller,
    Path(id): Path<Id>,
    SentRepeatForm(form, digest): SentRepeatForm,
) -> Result<Response> {
    let done = caller.tx(move |tx, by| apply(tx, by, id, &form, &digest)).await;
    let answered = done.and_then(|outcome| match outcome {
        RepeatOutcome::Booked(reply) => Ok(reply.into_response()),
        RepeatOutcome::Rendered(status, page) => Ok((status, Page::of(&*page)?).into_response()),
    });
    or_sign_in(answered, &here(id))
}

/// Applies the form. It differs from [`ui::run_form`]: the reply is stored under the key of the form, so that a form that
/// was sent twice books one series, and without `books` it only shows the days.
fn apply(tx: &mut Tx<'_>, by: &Actor, id: Id, form: &FormInput<Plan>, digest: &str) -> Result<RepeatOutcome> {
    let detail = bookings::show(tx, by, id)?;
    let mut drawn = page(tx, by, &detail)?;
    let plan = match &form.parsed {
        Ok(plan) => plan,
        Err(fields) => {
            drawn.errors = FieldErrors::of(fields, &FIELDS);
            drawn.every = form.raw_form.get("every_weeks").to_owned();
            drawn.times = form.raw_form.get("times").to_owned();
            if drawn.errors.is_empty() {
                drawn.refusal = fields.0.values().next().cloned();
            }
            return Ok(RepeatOutcome::Rendered(StatusCode::BAD_REQUEST, Box::new(drawn)));
        }
    };
    let request = request(tx, by, &detail, plan)?;
    let repeated = |skip_conflicts| Repeated {
        request: request.clone(),
        every_weeks: plan.every_weeks,
        times: plan.times,
        skip_conflicts,
        instead: plan.instead.clone(),
        without: plan.without.clone(),
    };
    let mut refusal = None;
    if plan.books {
        let name = format!("POST {}\n{} {digest}", here(id), plan.once);
        let idempotency_key = IdempotencyKey { name, digest: tokens::digest(digest) };
        let requester = format!("person:{}", by.person()?.id);
        let reply = once(tx, Some(&idempotency_key), &requester, |tx| {
            let booked = tx.attempt(|tx| match bookings::repeat(tx, by, &repeated(false)) {
                Ok(series) if series.booked.is_empty() => Ok(None),
                Ok(series) => {
                    let sum = sum(&series);
                    let is_dearer = plan.promise.is_some_and(|promise| sum.0 > promise);
                    if is_dearer {
                        refusal =
                            Some(format!("The total is now {}. Nothing is booked yet.", format::money(sum)));
                    }
                    if !is_dearer {
                        bookings::note_repeated(tx, by, id, &series)?;
                    }
                    Ok((!is_dearer).then_some(()))
                }
                Err(Error::Refused(refused, _)) => {
                    refusal = Some(refused.sentence.to_owned());
                    Ok(None)
                }
                Err(Error::Invalid(fields)) => {
                    refusal = fields.0.into_values().next();
                    Ok(None)
                }
                Err(error) => Err(error),
            })?;
            let path = "/dashboard/bookings/#upcoming";
            Ok(booked.map(|()| Reply::empty(StatusCode::SEE_OTHER).with(&LOCATION, path)))
        })?;
        if let Some(reply) = reply {
            return Ok(RepeatOutcome::Booked(reply));
        }
    }
    drawn.every = plan.every_weeks.to_string();
    drawn.times = plan.times.to_string();
    lay_out(tx, by, &mut drawn, plan, &repeated(true))?;
    let status = if plan.books { StatusCode::CONFLICT } else { StatusCode::OK };
    drawn.refusal = refusal;
    Ok(RepeatOutcome::Rendered(status, Box::new(drawn)))
}

fn sum(series: &Series) -> Cents {
    series.booked.iter().map(|booking| booking.price.total()).sum()
}

fn page(tx: &mut Tx<'_>, by: &Actor, detail: &Detail) -> Result<RepeatPage> {
    let catalogue = catalogue::current(tx)?;
    let is_offered = catalogue.service(detail.booking.service).is_some_and(|service| service.active);
    if !is_offered || detail.booking.reference.is_none() {
        return Err(Error::NotFound);
    }
    let line = VisitLine::of(&catalogue, detail, tx.now());
    Ok(RepeatPage {
        frame: Frame::new(by, "visits", format!("Repeat: {} · CoreSync", line.service)),
        line,
        errors: FieldErrors::default(),
        every: "1".to_owned(),
        times: "3".to_owned(),
        days: Vec::new(),
        has_conflicts: false,
        total: None,
        refusal: None,
        once: tokens::secret()?,
    })
}

/// Creates the booking request for the first day of the series, from the details of the visit.
fn request(tx: &mut Tx<'_>, by: &Actor, detail: &Detail, plan: &Plan) -> Result<BookingRequest> {
    let booking = &detail.booking;
    let catalogue = catalogue::current(tx)?;
    let zone = &catalogue.club.zone;
    let first = booking.starts_at.to_zoned(zone.clone()).checked_add(plan.every_weeks.weeks());
    let mut first = first.map_err(Fault::because)?;
    // For a visit long ago, the series begins with the next such day in the future.
    let now = tx.now();
    while first.timestamp() <= now {
        first = first.checked_add(plan.every_weeks.weeks()).map_err(Fault::because)?;
    }
    let offered = catalogue.service(booking.service);
    let mut addons = bookings::held_notes(tx, Holder { by, token: None }, booking.id)?.addons;
    addons
        .retain(|sold| offered.is_some_and(|one| catalogue.addons_of(one).any(|addon| addon.id == sold.id)));
    let technician = match detail.technicians.as_slice() {
        [(id, _)] => Some(*id),
        _ => None,
    };
    Ok(BookingRequest {
        service: booking.service,
        minutes: booking.price.minutes(),
        when: When::Moment(first.timestamp()),
        room: None,
        technician,
        party: Some(booking.party.people),
        person: booking.person,
        companion: None,
        extras: Extras {
            allergies: bookings::allergies(tx, by, booking.id)?,
            addons,
            ..booking.party.extras()
        },
        then: Vec::new(),
    })
}

/// Fills the page with a preview of the series: it is booked and rolled back.
fn lay_out(
    tx: &mut Tx<'_>,
    by: &Actor,
    drawn: &mut RepeatPage,
    plan: &Plan,
    repeated: &Repeated,
) -> Result<()> {
    let mut found = None;
    tx.attempt::<()>(|tx| match bookings::repeat(tx, by, repeated) {
        Err(error @ Error::Fault(_)) => Err(error),
        other => {
            found = Some(other);
            Ok(None)
        }
    })?;
    let series = match found.ok_or_else(|| Fault::because("neither booked nor refused"))? {
        Ok(series) => series,
        // None of the days is available.
        Err(Error::Refused(_, details)) => {
            let left_out = details.get(CONFLICTING).map(|conflicts| conflicts.0.clone());
            Series { booked: Vec::new(), left_out: left_out.unwrap_or_default() }
        }
        Err(Error::Invalid(fields)) => {
            drawn.refusal = fields.0.into_values().next();
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let catalogue = catalogue::current(tx)?;
    let (zone, now) = (&catalogue.club.zone, tx.now());
    let mut booked = series.booked.iter();
    for place in 0..plan.times {
        let conflict = series.left_out.iter().find(|one| one.place == place);
        let is_left_out = plan.without.contains(&place);
        let made = if is_left_out || conflict.is_some() { None } else { booked.next() };
        let planned = planned(repeated, zone, place)?;
        let when = match made {
            Some(made) => format!(
                "{}, {}",
                format::day_of(zone, made.starts_at, now),
                format::span(zone, made.starts_at, made.ends_at)
            ),
            None => format::moment(zone, planned, now),
        };
        let instead = plan.instead.iter().find(|(of, _)| *of == place).map(|(_, at)| at.to_string());
        drawn.days.push(Day {
            place,
            when,
            price: made.map(|made| format::money(made.price.total())),
            sentence: conflict.map(|conflict| conflict.refusal.sentence.to_owned()),
            choices: conflict.map(|conflict| choices(conflict, zone, now)).unwrap_or_default(),
            instead: instead.filter(|_| conflict.is_none()),
            is_left_out,
        });
    }
    drawn.has_conflicts = !series.left_out.is_empty();
    let sum = sum(&series);
    let all = !drawn.has_conflicts && !series.booked.is_empty();
    drawn.total = all.then(|| (format::money(sum), sum.0));
    Ok(())
}

/// Returns the start of a day of the series.
fn planned(repeated: &Repeated, zone: &jiff::tz::TimeZone, place: i64) -> Result<Timestamp> {
    if let Some((_, at)) = repeated.instead.iter().find(|(of, _)| *of == place) {
        return Ok(*at);
    }
    let When::Moment(first) = repeated.request.when else { return Err(Error::NotFound) };
    let weeks = repeated.every_weeks * place;
    let shown = first.to_zoned(zone.clone()).checked_add(weeks.weeks()).map_err(Fault::because)?;
    Ok(shown.timestamp())
}

/// Returns the alternatives for a day that is not available: the next best times, or leaving it out.
fn choices(conflict: &Conflict, zone: &jiff::tz::TimeZone, now: Timestamp) -> Vec<Choice> {
    let choice = |slot: &Slot| {
        let (at, price) = (format::moment(zone, slot.start, now), format::money(slot.price));
        Choice::new(slot.start, format!("{at}, {price}, {}", slot.room_name), false)
    };
    let mut shown: Vec<&Slot> = Vec::new();
    for slot in conflict.alternatives() {
        if !shown.iter().any(|other| spacing::are_close(other.start, slot.start)) {
            shown.push(slot);
        }
    }
    let mut choices: Vec<Choice> = shown.into_iter().map(choice).collect();
    choices.push(Choice::new("without", "Skip this date", true));
    choices
}
