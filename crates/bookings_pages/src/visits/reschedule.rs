//! The page for rescheduling a visit: other times in the strip of days, and the effects of rescheduling before it is
//! done (C4).

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use bookings::details::OPENS_AT;
use bookings::{
    Answer, BookingFor, Detail, Move, Rescheduled, SearchContext, ShownMove, TOO_MANY_MOVES, WRONG_STATE,
    When,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::web::{Input, Page, Path, RawInput};
use kit::{AppState, Cents, Error, Fault, Fields, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{
    FieldErrors, FormInput, FormOutcome, Frame, PostedForm, QueryForm, format, lenient_number, or_sign_in,
    run_form, to_response,
};

use crate::booking::narrowing::{Narrowing, narrowings};
use crate::booking::notice::OtherDate;
use crate::booking::services::{Chip, technician_chips};
use crate::booking::times::{self, Narrowed, Part, Search, Strip, Usual, night_before};
use crate::visits::line::VisitLine;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/bookings/{id}/move/", get(load).post(go))
}

/// The query of the page.
#[derive(Debug, Clone, Default)]
struct RescheduleQuery {
    date: Option<Date>,
    to: Option<Timestamp>,
    narrowed: Narrowed,
    /// The new total in cents that the page showed.
    promise: Option<i64>,
    /// The room that the page showed.
    shown_room: Option<i64>,
    /// The technicians that the page showed.
    shown_with: Option<Vec<Id>>,
}

impl Input for RescheduleQuery {
    fn parse(input: &mut RawInput) -> RescheduleQuery {
        RescheduleQuery {
            date: input.opt_date("date"),
            to: input.opt_moment("to"),
            narrowed: Narrowed::parse(input),
            promise: lenient_number(input, "promise"),
            shown_room: lenient_number(input, "shown_room"),
            shown_with: input.opt_text_within("shown_with", 200).as_deref().and_then(ids),
        }
    }
}

/// Parses ids that are separated by commas, as the page writes them: `17,18`.
fn ids(text: &str) -> Option<Vec<Id>> {
    text.split(',').map(|id| id.parse().ok().map(Id)).collect()
}

/// The effects of rescheduling.
struct Meant {
    when: String,
    /// The room, such as `Stone`, or `Duet instead of Stone` if it changes.
    room: String,
    /// The technicians, such as `Ada`, or `Tom instead of Ada` if they change; `None` if the service needs none.
    with: Option<String>,
    start_value: String,
    price: String,
    promise: i64,
    shown_room: Id,
    /// The ids of the technicians, separated by commas: `17,18`.
    shown_with: String,
    /// How the price changes, in a sentence.
    difference: String,
    /// The fee that stays due if the visit is canceled later.
    frozen: Option<String>,
    moves_left: Option<String>,
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    frame: Frame,
    line: VisitLine,
    errors: FieldErrors,
    refusal: Option<String>,
    date: Date,
    today: Date,
    /// What guests call the people who give the service: `Barber`.
    technician_word: &'static str,
    technicians: Vec<Chip>,
    /// The other ways to narrow the search. The guests and the duration are fixed.
    narrowing: Narrowing,
    shows_options: bool,
    search: Search,
    strip: Strip,
    day: String,
    parts: Vec<Part>,
    usual: Option<Usual>,
    sentence: Option<String>,
    meant: Option<Meant>,
}

const FIELDS: [(&str, &str); 2] = [("date", "Date"), ("to", "Time")];

fn here(id: Id) -> String {
    format!("/dashboard/bookings/{id}/move/")
}

async fn load(
    caller: Caller,
    Path(id): Path<Id>,
    QueryForm(form): QueryForm<RescheduleQuery>,
) -> Result<Response> {
    // Previewing the effects reschedules the visit and rolls it back, which needs a write transaction.
    let drawn = caller.tx(move |tx, by| draw(tx, by, id, &form.parsed, None)).await;
    or_sign_in(drawn.and_then(|(status, page)| Ok((status, Page::of(&*page)?))), &here(id))
}

async fn go(
    caller: Caller,
    Path(id): Path<Id>,
    PostedForm(form): PostedForm<RescheduleQuery>,
) -> Result<Response> {
    let done = caller.tx(move |tx, by| apply(tx, by, id, &form));
    to_response(done.await, &here(id))
}

/// The status and the page of a response.
type MoveResponse = (StatusCode, Box<MovePage>);

fn apply(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    form: &FormInput<RescheduleQuery>,
) -> Result<FormOutcome<MovePage>> {
    let mut parsed = form.parsed.clone();
    if let Ok(RescheduleQuery { to: None, .. }) = parsed {
        let mut fields = Fields::new();
        fields.add("to", "Please choose a time first.");
        parsed = Err(fields);
    }
    let Ok(query) = &parsed else {
        let (status, page) = draw(tx, by, id, &parsed, None)?;
        return Ok(FormOutcome::Rendered(status, page));
    };
    let to = target(&bookings::show(tx, by, id)?, query);
    let operation =
        |tx: &mut Tx<'_>| bookings::reschedule(tx, by, id, &to).map(|_| format!("/dashboard/bookings/{id}/"));
    run_form(tx, operation, |tx, failure| {
        let stopped = refused(failure.into())?;
        draw(tx, by, id, &parsed, Some(stopped)).map(|(_, page)| *page)
    })
}

/// Converts a refusal or invalid input into a status and a sentence. Other errors are returned.
fn refused(error: Error) -> Result<(StatusCode, String)> {
    match error {
        Error::Refused(refusal, details) => {
            let status = StatusCode::from_u16(refusal.status).map_err(Fault::because)?;
            let opens = details.get(OPENS_AT).is_some();
            let more = if opens { " Choose another time, or wait until you can book this one." } else { "" };
            Ok((status, format!("{}{more}", refusal.sentence)))
        }
        Error::Invalid(fields) => {
            Ok((StatusCode::BAD_REQUEST, fields.0.into_values().next().unwrap_or_default()))
        }
        other => Err(other),
    }
}

/// Returns the requested change and what the page showed of it. Without a requested room or technician, the visit keeps
/// its room and technicians if they are free.
fn target(detail: &Detail, query: &RescheduleQuery) -> Move {
    let to = query.to.unwrap_or(detail.booking.starts_at);
    let shown = ShownMove {
        total: query.promise.map(Cents),
        room: query.shown_room.map(Id),
        technicians: query.shown_with.clone(),
    };
    let (room, technician) = (query.narrowed.room(), query.narrowed.technician());
    Move { when: When::Moment(to), room, technician, shown }
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    parsed: &Result<RescheduleQuery, Fields>,
    stopped: Option<(StatusCode, String)>,
) -> Result<MoveResponse> {
    let detail = bookings::show(tx, by, id)?;
    let booking = &detail.booking;
    let catalogue = catalogue::current(tx)?;
    let (now, zone) = (tx.now(), &catalogue.club.zone);
    if !detail.can_move {
        let was_moved_enough = booking.can_move(now, i64::MAX);
        let refusal = if was_moved_enough { &TOO_MANY_MOVES } else { &WRONG_STATE };
        return Err(Error::refused(refusal).with(ui::VISIT_PATH, format!("/dashboard/bookings/{id}/")));
    }
    let requested = parsed.as_ref().cloned().unwrap_or_default();
    let service = catalogue.service(booking.service).ok_or(Error::NotFound)?;
    let minutes = booking.price.minutes();
    let search = Search {
        party: Some(booking.party.people),
        minutes,
        moving: Some(id),
        guest: None,
        ..Search::fitting(&catalogue, service, requested.narrowed)
    };
    let today = format::date_at(zone, now);
    let date = match (requested.to, requested.date) {
        (Some(to), None) => night_before(zone, to),
        (_, date) => date.unwrap_or_else(|| booking.day.max(today)),
    };
    let context = SearchContext::read(tx, by, BookingFor::Requester, Some(id))?;
    let other_date = match (requested.to, requested.date) {
        (None, Some(query)) => OtherDate::of(tx, &context, (service, &search), query)?,
        _ => None,
    };
    let date = other_date.as_ref().map_or(date, |other| other.date);
    let (first, last) = times::strip_span(today, date);
    let fortnight = context.search(tx, &search.to_strip_query(service.id, (first, last)))?;
    let day = context.search(tx, &search.to_query(service.id, date, date, true))?;
    let (room, technician) = (requested.narrowed.room(), requested.narrowed.technician());
    let is_same_room = room.is_none_or(|room| room == booking.room);
    let serves = |id: Id| detail.technicians.iter().any(|(one, _)| *one == id);
    let is_same = is_same_room && technician.is_none_or(serves);
    let stays = |at: Timestamp| at == booking.starts_at && is_same;
    // The current time is not offered, unless another technician or room is requested.
    let current = Some(booking.starts_at).filter(|at| stays(*at));
    let mut parts = times::parts(&day, &search, current);
    let usual = Usual::of_parts(&mut parts);
    let sentence = sentence_of_day(other_date, (&day, &fortnight), date, parts.is_empty());
    let (mut meant, mut stopped) = (None, stopped);
    if requested.to.is_some_and(stays) {
        let sentence = "That’s the current time. Please choose another.".to_owned();
        stopped = stopped.or(Some((StatusCode::OK, sentence)));
    } else if let Some(to) = requested.to {
        // The new preview replaces what an earlier page showed, so it is not compared with that.
        let query = RescheduleQuery {
            date: None,
            to: Some(to),
            narrowed: requested.narrowed,
            ..RescheduleQuery::default()
        };
        match bookings::preview_move(tx, by, id, &target(&detail, &query)) {
            Ok(moved) => meant = Some(meaning(&catalogue, &detail, &moved, now)),
            Err(error) => stopped = stopped.or(Some(refused(error)?)),
        }
    }
    let fields = parsed.as_ref().err().cloned().unwrap_or_default();
    let status = match &stopped {
        _ if !fields.0.is_empty() => StatusCode::BAD_REQUEST,
        Some((status, _)) => *status,
        None => StatusCode::OK,
    };
    let line = VisitLine::of(&catalogue, &detail, now);
    let narrowing =
        Narrowing { rooms: narrowings(&catalogue, service, &search).rooms, ..Narrowing::default() };
    let page = MovePage {
        frame: Frame::new(by, "visits", format!("Reschedule: {} · CoreSync", line.service)),
        line,
        errors: FieldErrors::of(&fields, &FIELDS),
        refusal: stopped.map(|(_, sentence)| sentence),
        date,
        today,
        technician_word: catalogue.technician_word_of(service),
        technicians: technician_chips(&catalogue, service, &search, date),
        shows_options: requested.narrowed.room().is_some() || !fields.0.is_empty(),
        narrowing,
        strip: Strip::of(&fortnight, &search, date, current),
        search,
        day: format::day(date, today),
        parts,
        usual,
        sentence,
        meant,
    };
    Ok((status, Box::new(page)))
}

/// Returns the sentence about the shown day, if one is needed: that it is not the requested day, that it is closed, or
/// that it has no open times.
fn sentence_of_day(
    other_date: Option<OtherDate>,
    (day, fortnight): (&Answer, &Answer),
    date: Date,
    is_empty: bool,
) -> Option<String> {
    let sentence = match day.days.first().and_then(|day| day.closed) {
        Some(closed) => Some(times::closed_sentence(&day.window, date, closed)),
        None if is_empty => Some(times::empty_sentence(fortnight, date)),
        None => None,
    };
    match (other_date, sentence) {
        (Some(other), Some(sentence)) => Some(format!("{} {sentence}", other.sentence)),
        (other, sentence) => other.map(|other| other.sentence).or(sentence),
    }
}

/// Describes a change: `Duet instead of Stone`, or `Stone` if there is none.
fn instead(now: String, before: String) -> String {
    if now == before { now } else { format!("{now} instead of {before}") }
}

fn meaning(catalogue: &catalogue::Catalogue, detail: &Detail, moved: &Rescheduled, now: Timestamp) -> Meant {
    let (before, after) = (&detail.booking, &moved.booking);
    let room = |id| catalogue.room(id).map(|room| room.name.clone()).unwrap_or_default();
    let name = |id: &Id| catalogue.technician(*id).map(|one| one.name.clone()).unwrap_or_default();
    let names = |ids: &[Id]| {
        let mut names: Vec<String> = ids.iter().map(name).collect();
        names.sort();
        format::list(&names)
    };
    let served: Vec<Id> = detail.technicians.iter().map(|(id, _)| *id).collect();
    let with = instead(names(&moved.technicians), names(&served));
    let zone = &catalogue.club.zone;
    let (price, difference) = (format::money(after.price.total()), moved.difference);
    let difference = match difference.0 {
        0 => "No change in price.".to_owned(),
        1.. => format!("{} more than before.", format::money(difference)),
        _ => format!("{} less than before.", format::money(Cents(-difference.0))),
    };
    let frozen = (after.cancellation.frozen.fee > Cents::ZERO).then(|| {
        let fee = format::money(after.cancellation.frozen.fee);
        format!("Because this is a late change, {fee} will still be due if you cancel.")
    });
    let left = catalogue.setting(bookings::MOVES) - after.moves.count;
    let counts = after.moves.count > before.moves.count;
    let shown: Vec<String> = moved.technicians.iter().map(|id| id.0.to_string()).collect();
    Meant {
        when: format!(
            "{}, {}",
            format::day_of(zone, after.starts_at, now),
            format::span(zone, after.starts_at, after.ends_at)
        ),
        room: instead(room(after.room), room(before.room)),
        with: Some(with).filter(|with| !with.is_empty()),
        start_value: after.starts_at.to_string(),
        promise: after.price.total().0,
        shown_room: after.room,
        shown_with: shown.join(","),
        price,
        difference,
        frozen,
        moves_left: counts.then(|| match left {
            ..=0 => "This is your last change.".to_owned(),
            1 => "You’ll be able to change it once more.".to_owned(),
            left => format!(
                "You’ll be able to change it {} more times.",
                format::number(usize::try_from(left).unwrap_or(2))
            ),
        }),
    }
}
