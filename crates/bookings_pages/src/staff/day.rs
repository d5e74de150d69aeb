//! The day at the front desk: the visits with their times, guests, rooms, and technicians, and what can be done with
//! each visit.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::{Booking, DayFilter, DayVisit, DayVisits, Status, Undoing};
use catalogue::Catalogue;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kit::web::{Input, Page, Paging, RawInput};
use kit::{AppState, Cents, Error, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{
    Choice, FieldErrors, Frame, PageQuery, QueryForm, Table, Tone, cell, csv, format, from_pairs,
    lenient_number, or_sign_in,
};

pub(crate) const DAY: &str = "/staff/day/";
const HERE: &str = "/staff/day/";
/// The number of visits on a page.
const SIZE: usize = 100;
/// The number of visits on a page of the search on all days.
const FOUND_SIZE: usize = 50;
/// A check-in earlier than this before the start needs a confirmation.
const EARLY: SignedDuration = SignedDuration::from_mins(60);

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

/// The statuses that a day can be filtered by, with their labels for staff.
const STATES: [(&str, &str); 7] = [
    ("confirmed", "Confirmed"),
    ("checked_in", "Checked in"),
    ("in_progress", "In progress"),
    ("completed", "Completed"),
    ("no_show", "No-show"),
    ("cancelled", "Canceled"),
    ("pending", "Awaiting payment"),
];

/// Returns the words for a status, as staff read them.
pub(crate) fn state_word(status: Status) -> &'static str {
    STATES.iter().find(|(name, _)| *name == status.as_str()).map_or("Held", |(_, word)| word)
}

/// Returns the tone of a visit's status.
pub(crate) fn tone(status: Status, is_late: bool) -> Tone {
    match status {
        _ if is_late => Tone::Bad,
        Status::CheckedIn | Status::InProgress => Tone::Good,
        Status::Confirmed => Tone::Gold,
        Status::Pending | Status::Held => Tone::Info,
        Status::NoShow => Tone::Bad,
        Status::Completed | Status::Cancelled | Status::Expired => Tone::Quiet,
    }
}

/// The query of the day page. Forms send it along, so that the response shows the same part of the day.
#[derive(Debug, Clone, Default)]
pub(crate) struct DayQuery {
    pub(crate) filter: DayFilter,
    page: usize,
    csv: bool,
    /// Whether to search for a guest on all days from today on.
    on_all_days: bool,
    /// The name of the operation that has just succeeded, and its booking.
    done: Option<(String, Id)>,
}

impl Input for DayQuery {
    fn parse(input: &mut RawInput) -> DayQuery {
        let filter = DayFilter::parse(input);
        let page = lenient_number(input, "page").filter(|page| (1..=1_000).contains(page));
        let csv = PageQuery::parse(input).csv;
        let done = input.opt_text_within("done", 40).zip(input.opt_id("of"));
        let page = page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1);
        let on_all_days = input.opt_text_within("all_days", 5).is_some();
        DayQuery { filter, page, csv, on_all_days, done }
    }
}

impl DayQuery {
    /// Returns the path of the same part of the day, with the confirmation of an operation on a booking.
    pub(crate) fn after(&self, done: &str, id: Id) -> String {
        let path =
            self.filter.date.map_or_else(|| format!("{HERE}?"), |date| format!("{}&", self.path(date)));
        format!("{path}done={done}&of={id}#visit-{id}")
    }

    /// Returns the path of the same part of the day on a date.
    fn path(&self, date: Date) -> String {
        let mut path = format!("{HERE}?date={date}");
        if let Some(q) = &self.filter.q {
            path.push_str(&format!("&q={}", format::encoded(q)));
        }
        if let Some(status) = self.filter.status {
            path.push_str(&format!("&status={}", status.as_str()));
        }
        path
    }
}

/// Returns the path of the search for a guest on all days from today on.
pub(crate) fn all_days_path(q: &str) -> String {
    format!("{HERE}?q={}&all_days=on", format::encoded(q))
}

/// A step of a visit as a button.
struct StepButton {
    name: &'static str,
    label: &'static str,
    is_quiet: bool,
}

/// The form that undoes the last step of a visit.
struct UndoForm {
    status: &'static str,
    label: &'static str,
    needs_reason: bool,
}

/// One visit on the page.
struct VisitRow {
    id: Id,
    span: String,
    guest: String,
    phone: Option<String>,
    service: String,
    room: String,
    technicians: String,
    reference: String,
    state: &'static str,
    is_late: bool,
    tone: Tone,
    due: Option<String>,
    /// The page on which the payment is taken.
    payment_path: String,
    path: String,
    steps: Vec<StepButton>,
    /// Why the check-in needs a confirmation: how far ahead the visit is.
    early: Option<String>,
    undo: Option<UndoForm>,
    /// Whether only a manager can undo the completion and the actor is not one.
    is_for_manager: bool,
    /// The sentence that confirms an operation that has just succeeded.
    done: Option<String>,
    /// The path of the visit on its day, if visits of all days are listed.
    on_its_day: Option<String>,
}

/// The page of a day.
#[derive(Template)]
#[template(path = "staff/day.html")]
pub(crate) struct DayPage {
    frame: Frame,
    day: String,
    date: Date,
    hours: String,
    q: String,
    status: &'static str,
    states: Vec<Choice>,
    done: Option<String>,
    pub(crate) refusal: Option<String>,
    errors: FieldErrors,
    summary: String,
    rows: Vec<VisitRow>,
    is_filtered: bool,
    earlier_day: String,
    later_day: String,
    today: Option<String>,
    whole_day: String,
    newer: Option<String>,
    older: Option<String>,
    csv: Option<String>,
    can_book: bool,
    /// The path of the search for the same guest on all days.
    all_days: Option<String>,
    on_all_days: bool,
}

async fn show(caller: Caller, QueryForm(form): QueryForm<DayQuery>) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let query = match form.parsed {
        Ok(query) => query,
        Err(fields) => {
            errors = FieldErrors::of(&fields, &[("date", "Date"), ("status", "Status"), ("q", "Guest")]);
            DayQuery::default()
        }
    };
    if query.csv {
        let table = caller.view(move |tx, by| table(tx, by, &query)).await;
        return or_sign_in(table.map(|table| csv("visits", &table)), HERE);
    }
    let page = if query.on_all_days {
        // The audit log records for whom staff searched, so a write transaction is needed.
        caller.tx(move |tx, by| draw_all_days(tx, by, &query)).await
    } else {
        caller.view(move |tx, by| Ok(DayPage { errors: errors.clone(), ..draw(tx, by, &query)? })).await
    };
    or_sign_in(page.and_then(|page| Page::of(&page)), HERE)
}

/// Creates the page of a day.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may see every booking.
pub(crate) fn draw(tx: &mut Tx<'_>, by: &Actor, query: &DayQuery) -> Result<DayPage> {
    let catalogue = catalogue::current(tx)?;
    let paging = Paging { page: query.page.max(1), size: SIZE };
    let (DayVisits { visits, total, cancelled }, date) = bookings::day_visits(tx, by, &query.filter, paging)?;
    let (now, zone) = (tx.now(), &catalogue.club.zone);
    let today = catalogue.business_day_at(now);
    let (from, to) = catalogue.business_day(date);
    let mut done = match &query.done {
        Some((what, id)) => done(tx, by, what, *id)?.map(|sentence| (*id, sentence)),
        None => None,
    };
    let mut rows: Vec<VisitRow> = visits.iter().map(|visit| row(&catalogue, by, visit, now)).collect();
    for row in &mut rows {
        row.done = done.take_if(|(id, _)| *id == row.id).map(|(_, sentence)| sentence);
    }
    let status = query.filter.status.map_or("", Status::as_str);
    let is_filtered = query.filter.q.is_some() || query.filter.status.is_some();
    let path = |page: usize| format!("{}&page={page}", query.path(date));
    Ok(DayPage {
        frame: Frame::new(by, HERE, format!("{} · CoreSync", format::day(date, today))),
        day: format::day(date, today),
        hours: format::span(zone, from, to),
        q: query.filter.q.clone().unwrap_or_default(),
        status,
        states: from_pairs(STATES, status),
        done: done.map(|(_, sentence)| sentence),
        refusal: None,
        errors: FieldErrors::default(),
        summary: match (total, is_filtered) {
            (0, true) => "No visits on this day match your search.".to_owned(),
            (total, _) if total == cancelled => {
                counted(&format!("No visits on {}.", format::day(date, today)), cancelled)
            }
            (total, _) => counted(&format!("{}.", visit_count_text(total - cancelled)), cancelled),
        },
        rows,
        is_filtered,
        earlier_day: query.path(date.yesterday().unwrap_or(date)),
        later_day: query.path(date.tomorrow().unwrap_or(date)),
        today: (date != today).then(|| query.path(today)),
        whole_day: format!("{HERE}?date={date}"),
        newer: (query.page > 1).then(|| path(query.page - 1)),
        older: (paging.page * SIZE < total).then(|| path(paging.page + 1)),
        csv: Some(format!("{}&format=csv", query.path(date))),
        can_book: by.may(people::Action::BookForOthers),
        all_days: query.filter.q.as_deref().map(all_days_path),
        on_all_days: false,
        date,
    })
}

/// Creates the page with the visits from today on whose guest matches a name or a phone number. Without a search text,
/// it is the page of the day.
fn draw_all_days(tx: &mut Tx<'_>, by: &Actor, query: &DayQuery) -> Result<DayPage> {
    let page = draw(tx, by, query)?;
    let Some(q) = query.filter.q.as_deref() else { return Ok(page) };
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let paging = Paging { page: query.page.max(1), size: FOUND_SIZE };
    let DayVisits { visits, total, cancelled } = bookings::visits_ahead(tx, by, q, paging)?;
    let of_day = |visit: &DayVisit| {
        let (id, day) = (visit.detail.booking.id, catalogue.business_day_at(visit.detail.booking.starts_at));
        let row = row(&catalogue, by, visit, now);
        VisitRow {
            span: format!("{}, {}", format::day(day, catalogue.business_day_at(now)), row.span),
            on_its_day: Some(format!("{HERE}?date={day}#visit-{id}")),
            steps: Vec::new(),
            early: None,
            undo: None,
            is_for_manager: false,
            ..row
        }
    };
    let path = |page: usize| format!("{}&page={page}", all_days_path(q));
    Ok(DayPage {
        summary: match total {
            0 => "No upcoming visits match your search.".to_owned(),
            total => {
                let sentence = format!("{} from today on.", visit_count_text(total - cancelled));
                counted(&sentence, cancelled)
            }
        },
        rows: visits.iter().map(of_day).collect(),
        newer: (paging.page > 1).then(|| path(paging.page - 1)),
        older: (paging.page * FOUND_SIZE < total).then(|| path(paging.page + 1)),
        csv: None,
        on_all_days: true,
        done: None,
        ..page
    })
}

/// Formats a number of visits: `No visits`, `1 visit`, `2 visits`.
fn visit_count_text(count: usize) -> String {
    match count {
        0 => "No visits".to_owned(),
        1 => "1 visit".to_owned(),
        count => format!("{count} visits"),
    }
}

/// A sentence that counts visits that take place, and how many besides are canceled.
fn counted(sentence: &str, canceled: usize) -> String {
    if canceled == 0 { sentence.to_owned() } else { format!("{sentence} {canceled} canceled.") }
}

/// Describes why a check-in needs a confirmation; `None` within an hour of the start.
pub(crate) fn early_sentence(catalogue: &Catalogue, booking: &Booking, now: Timestamp) -> Option<String> {
    let waits = matches!(booking.status, Status::Confirmed | Status::Pending);
    let is_early = waits && booking.starts_at.duration_since(now) > EARLY;
    is_early.then(|| {
        let starts = format::clock(&catalogue.club.zone, booking.starts_at);
        format!("The visit starts at {starts}, more than an hour from now.")
    })
}

fn row(catalogue: &Catalogue, by: &Actor, visit: &DayVisit, now: Timestamp) -> VisitRow {
    let booking = &visit.detail.booking;
    let zone = &catalogue.club.zone;
    let early = early_sentence(catalogue, booking, now).filter(|_| visit.steps.contains(&Status::CheckedIn));
    let day = catalogue.business_day_at(booking.starts_at);
    let is_for_manager = booking.status == Status::Completed
        && visit.undo == Undoing::No
        && by.may_for(people::Action::RunTheDay, booking.person)
        && bookings::business_day_is_open(catalogue, day, now);
    let is_shown = |step: &&Status| early.is_none() || **step != Status::CheckedIn;
    let is_over = now >= booking.ends_at && !visit.steps.contains(&Status::InProgress);
    let names: Vec<&str> = visit.detail.technicians.iter().map(|(_, name)| name.as_str()).collect();
    let is_next_day = format::date_at(zone, booking.starts_at) > booking.day;
    let span = format::span(zone, booking.starts_at, booking.ends_at);
    VisitRow {
        id: booking.id,
        span: if is_next_day {
            format!("{span}, {}", format::day_of(zone, booking.starts_at, now))
        } else {
            span
        },
        guest: visit.guest.name.clone(),
        phone: visit.guest.phone.clone(),
        service: catalogue.service(booking.service).map(|one| one.name.clone()).unwrap_or_default(),
        room: catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default(),
        technicians: format::list(&names),
        reference: booking.reference.clone().unwrap_or_default(),
        state: state_word(booking.status),
        is_late: visit.is_late,
        tone: tone(booking.status, visit.is_late),
        due: (visit.due > Cents::ZERO).then(|| format::money(visit.due)),
        payment_path: format!("/staff/money/booking/{}/", booking.id),
        path: format!("/dashboard/bookings/{}/", booking.id),
        steps: visit.steps.iter().filter(is_shown).map(|step| button(*step, is_over)).collect(),
        early,
        is_for_manager,
        done: None,
        on_its_day: None,
        undo: undo_form(booking.status, visit.undo),
    }
}

/// Creates the button of a step. Completing a visit is less prominent until the visit is over, because only a manager
/// can undo it.
fn button(step: Status, is_over: bool) -> StepButton {
    let (name, label) = match step {
        Status::CheckedIn => ("check_in", "Check in"),
        Status::InProgress => ("start", "Start visit"),
        Status::Completed => ("complete", "Complete visit"),
        _ => ("no_show", "Mark no-show"),
    };
    StepButton { name, label, is_quiet: step == Status::NoShow || (step == Status::Completed && !is_over) }
}

fn undo_form(status: Status, undo: Undoing) -> Option<UndoForm> {
    let label = match status {
        Status::CheckedIn => "Undo check-in",
        Status::InProgress => "Undo start",
        Status::Completed => "Undo completion",
        _ => "Undo no-show",
    };
    let needs_reason = undo == Undoing::WithReason;
    (undo != Undoing::No).then(|| UndoForm { status: status.as_str(), label, needs_reason })
}

/// Returns whether a booking still has the status that an operation gave it.
fn still_holds(done: &str, status: Status) -> bool {
    use Status::{CheckedIn, Completed, Confirmed, InProgress, NoShow, Pending};
    match done {
        "check_in" => status == CheckedIn,
        "start" => status == InProgress,
        "complete" => status == Completed,
        "no_show" => status == NoShow,
        "undo_checked_in" | "booked" => matches!(status, Confirmed | Pending),
        "undo_in_progress" => status == CheckedIn,
        "undo_completed" => matches!(status, CheckedIn | InProgress),
        "undo_no_show" => status == Confirmed,
        _ => false,
    }
}

/// Describes an operation that has just succeeded. Returns `None` if the operation is unknown, its result has changed
/// since, or the booking does not exist.
fn done(tx: &mut Tx<'_>, by: &Actor, what: &str, id: Id) -> Result<Option<String>> {
    let (booking, guest) = match bookings::guest_of(tx, by, id) {
        Err(Error::NotFound) => return Ok(None),
        other => other?,
    };
    if !still_holds(what, booking.status) {
        return Ok(None);
    }
    let name = guest.name;
    let reference = booking.reference.unwrap_or_default();
    Ok(Some(match what {
        "check_in" => format!("{name} is checked in."),
        "start" => format!("{name}’s visit has started."),
        "complete" => format!("{name}’s visit is completed."),
        "no_show" => match booking.cancellation.fee.filter(|fee| *fee > Cents::ZERO) {
            Some(fee) => format!("{name} is marked as a no-show. A fee of {} is due.", format::money(fee)),
            None => format!("{name} is marked as a no-show. No fee is due."),
        },
        "undo_checked_in" => format!("Check-in undone for {name}."),
        "undo_in_progress" => format!("Start undone for {name}’s visit."),
        "undo_completed" => format!("{name}’s visit is no longer completed."),
        "undo_no_show" => format!("{name} is no longer a no-show, and the fee is waived."),
        "booked" => format!("Booked for {name}: {reference}."),
        _ => return Ok(None),
    }))
}

/// Returns the table of all visits of a day, for the CSV file.
fn table(tx: &mut Tx<'_>, by: &Actor, query: &DayQuery) -> Result<Table> {
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let mut rows = Vec::new();
    for page in 1.. {
        let paging = Paging { page, size: 500 };
        let (DayVisits { visits, total, .. }, _) = bookings::day_visits(tx, by, &query.filter, paging)?;
        for visit in &visits {
            let row = row(&catalogue, by, visit, now);
            let state = if row.is_late { format!("{}, late", row.state) } else { row.state.to_owned() };
            let texts =
                [row.span, row.guest, row.phone.unwrap_or_default(), row.service, row.room, row.technicians];
            let last = [state, visit.due.to_string(), row.reference];
            rows.push(texts.into_iter().chain(last).map(cell).collect());
        }
        if paging.page * paging.size >= total {
            break;
        }
    }
    Ok(Table {
        caption: "Visits",
        head: vec![
            "Time",
            "Guest",
            "Phone",
            "Service",
            "Room",
            "Technician",
            "Status",
            "Due",
            "Confirmation number",
        ],
        rows,
        csv: None,
    })
}
