//! The pages of the waitlist (L1 to L3): joining it for a time or for a notification when a time opens, and leaving it.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bookings::{Answer, Joined, Offer, WaitKind, Waiting, WaitlistPlace, begin, cell_at};
use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::web::{Input, Page, Path, RawInput, see_other};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{
    FieldErrors, FormFailure, FormInput, Frame, PostedForm, QueryForm, RawForm, format, login_path,
    or_sign_in, run_form,
};

use crate::booking::spacing;
use crate::booking::times::{self, Narrowed, Search, TimeCell, Usual};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/book/wait/", get(show_join_form).post(join))
        .route("/dashboard/waits/{id}/", get(show))
        .route("/dashboard/waits/{id}/leave/", post(leave))
}

/// The query of the page for joining the waitlist.
#[derive(Debug, Clone, Default)]
struct JoinWaitlistQuery {
    service: Option<String>,
    date: Option<Date>,
    narrowed: Narrowed,
}

impl Input for JoinWaitlistQuery {
    fn parse(input: &mut RawInput) -> JoinWaitlistQuery {
        JoinWaitlistQuery {
            service: input.opt_text_within("service", 100),
            date: input.opt_date("date"),
            narrowed: Narrowed::parse(input),
        }
    }
}

#[derive(Template)]
#[template(path = "wait.html")]
struct WaitPage {
    frame: Frame,
    service: String,
    slug: String,
    /// The values of all fields, as they were typed or as the page proposes them.
    values: Vec<(&'static str, String)>,
    errors: FieldErrors,
    refused: Option<&'static str>,
    today: Date,
    /// For how long a time is held for the guest, such as `30 minutes`.
    offer: String,
    /// The times of the proposed day that can be booked now.
    open: OpenTimes,
}

/// Times that can be booked now: the first ones, and the others, which the page shows on request.
#[derive(Debug, Default)]
struct OpenTimes {
    first: Vec<OpenDay>,
    others: Vec<OpenDay>,
    usual: Option<Usual>,
    /// The number of all such times, including those that are not listed.
    total: usize,
}

/// Times of a day, each with the path of its booking page.
#[derive(Debug)]
struct OpenDay {
    /// The day, such as `Friday, November 27`; empty if it is the one above.
    name: String,
    times: Vec<TimeCell>,
}

/// The number of times that are shown at once.
const FIRST_OPEN: usize = 6;
/// The maximum number of times that the page lists.
const MOST_OPEN: usize = 48;

impl OpenTimes {
    fn of(answer: &Answer, search: &Search) -> OpenTimes {
        let today = answer.window.today();
        let shown = spacing::shown(answer, None);
        let cell = |offer: &&Offer| {
            let cell = times::time_cell(answer, search, offer);
            TimeCell { path: search.book_path(&cell.start_value), ..cell }
        };
        let days = |offers: &[&Offer]| -> Vec<OpenDay> {
            let days = offers.chunk_by(|one, next| one.date == next.date);
            let day = |day: &[&Offer]| {
                let name = format::day(day.first()?.date, today);
                Some(OpenDay { name, times: day.iter().map(cell).collect() })
            };
            days.filter_map(day).collect()
        };
        let listed = shown.get(..MOST_OPEN).unwrap_or(&shown);
        let (first, others) = listed.split_at(listed.len().min(FIRST_OPEN));
        let (mut first, mut others) = (days(first), days(others));
        if let (Some(last), Some(next)) = (first.last(), others.first_mut())
            && last.name == next.name
        {
            next.name.clear();
        }
        let usual = Usual::of(first.iter_mut().chain(&mut others).flat_map(|day| &mut day.times));
        OpenTimes { first, others, usual, total: shown.len() }
    }

    /// Returns the number of times that the page lists.
    fn listed(&self) -> usize {
        self.total.min(MOST_OPEN)
    }

    /// Describes how many times can be booked, such as `22 times are open now`.
    fn sentence(&self) -> String {
        match self.total {
            1 => "One time is open now".to_owned(),
            total => format!("{} times are open now", format::capital(&format::number(total))),
        }
    }
}

/// Returns for how long a time is held for a guest on the waitlist: `30 minutes`.
pub(crate) fn offer_length(catalogue: &Catalogue) -> String {
    format::duration(catalogue.setting(bookings::OFFER))
}

/// The page of a place on the waitlist, with the times that can be booked now.
#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    frame: Frame,
    line: WaitLine,
    open: OpenTimes,
}

impl WaitPage {
    fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Returns the fields that are sent but not shown.
    fn hidden(&self) -> impl Iterator<Item = &(&'static str, String)> {
        let shown = ["from", "to", "after", "before"];
        self.values.iter().filter(move |(name, value)| !shown.contains(name) && !value.is_empty())
    }
}

/// The path of the list of the actor's places.
const WAITS: &str = "/dashboard/bookings/#waits";

const FIELDS: [(&str, &str); 9] = [
    ("service_id", "Service"),
    ("from", "From"),
    ("to", "To"),
    ("after", "Earliest start"),
    ("before", "Starts before"),
    ("duration", "Duration"),
    ("room_id", "Room"),
    ("technician_id", "With"),
    ("starts_at", "Time"),
];
/// The names of all fields of the form.
const NAMES: [&str; 11] = [
    "service_id",
    "from",
    "to",
    "after",
    "before",
    "duration",
    "room_id",
    "technician_id",
    "party",
    "starts_at",
    "tell",
];

async fn show_join_form(caller: Caller, QueryForm(form): QueryForm<JoinWaitlistQuery>) -> Result<Response> {
    let query = form.parsed.map_err(Error::Invalid)?;
    let drawn = caller.view(move |tx, by| propose(tx, by, &query));
    Ok(Page::of(&drawn.await?)?.into_response())
}

fn propose(tx: &mut Tx<'_>, by: &Actor, query: &JoinWaitlistQuery) -> Result<WaitPage> {
    let catalogue = catalogue::current(tx)?;
    let unknown =
        || Fields::one("service", "We couldn’t find that service. Please choose one on the booking page.");
    let slug = query.service.as_deref().unwrap_or_default();
    let service = catalogue.service_by_slug(slug).filter(|service| service.active).ok_or_else(unknown)?;
    let search = Search::fitting(&catalogue, service, query.narrowed);
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let date = query.date.unwrap_or(today).max(today);
    let mut values =
        vec![("service_id", service.id.to_string()), ("from", date.to_string()), ("to", date.to_string())];
    for (name, number) in search.pairs() {
        let name = match name {
            "technician" => "technician_id",
            "room" => "room_id",
            other => other,
        };
        values.push((name, number.to_string()));
    }
    let day = bookings::search(tx, by, &search.to_query(service.id, date, date, true))?;
    let open = OpenTimes::of(&day, &search);
    Ok(WaitPage { open, ..page(by, &catalogue, service.id, values, today) })
}

async fn show(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| waiting(tx, by, id)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &format!("/dashboard/waits/{id}/"))
}

/// Creates the page of the actor's place with the times that can be booked now.
fn waiting(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<WaitingPage> {
    let Joined { wait, open } = bookings::place(tx, by, id)?;
    let place = bookings::places(tx, by)?.into_iter().find(|place| place.wait.id == id);
    let place = place.ok_or(Error::NotFound)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let search = Search::of_wait(open.service(), &wait);
    Ok(WaitingPage {
        frame: Frame::new(by, "visits", "Waitlist · CoreSync"),
        line: WaitLine::of(&catalogue, &place, now),
        open: OpenTimes::of(&open, &search),
    })
}

fn page(
    by: &Actor,
    catalogue: &Catalogue,
    service: Id,
    values: Vec<(&'static str, String)>,
    today: Date,
) -> WaitPage {
    let service = catalogue.service(service);
    WaitPage {
        frame: Frame::new(by, "book", "Join the waitlist · CoreSync"),
        service: service.map(|service| service.name.clone()).unwrap_or_default(),
        slug: service.map(|service| service.slug.clone()).unwrap_or_default(),
        values,
        errors: FieldErrors::default(),
        refused: None,
        today,
        offer: offer_length(catalogue),
        open: OpenTimes::default(),
    }
}

async fn join(caller: Caller, PostedForm(form): PostedForm<Waiting>) -> Result<Response> {
    let FormInput { raw_form, parsed } = form;
    let done = caller.tx(move |tx, by| {
        run_form(
            tx,
            |tx| apply(tx, by, &parsed, &raw_form),
            |tx, failure| {
                let catalogue = catalogue::current(tx)?;
                let today = format::date_at(&catalogue.club.zone, tx.now());
                let row = NAMES.map(|name| (name, raw_form.get(name).to_owned()));
                let service = service_of(&raw_form).unwrap_or(Id(0));
                let shown = page(by, &catalogue, service, row.into(), today);
                Ok(match failure {
                    FormFailure::Invalid(fields) => {
                        WaitPage { errors: FieldErrors::of(&fields, &FIELDS), ..shown }
                    }
                    FormFailure::Refused(refusal, _) => WaitPage { refused: Some(refusal.sentence), ..shown },
                })
            },
        )
    });
    done.await?.respond()
}

fn service_of(raw_form: &RawForm) -> Option<Id> {
    raw_form.get("service_id").parse().ok().map(Id)
}

/// Joins the waitlist, or sends a visitor to sign in. Returns the path of the next page.
fn apply(
    tx: &mut Tx<'_>,
    by: &Actor,
    parsed: &Result<Waiting, Fields>,
    raw_form: &RawForm,
) -> Result<String> {
    let request = parsed.as_ref().map_err(|fields| Error::Invalid(fields.clone()))?;
    if by.signed_in().is_none() {
        let catalogue = catalogue::current(tx)?;
        return Ok(login_path(&back(&catalogue, service_of(raw_form), raw_form)));
    }
    let Joined { wait, open } = bookings::join(tx, by, request)?;
    // Times that are free already are listed, because they can be booked at once.
    let has_open = !open.offers.is_empty();
    Ok(if has_open { format!("/dashboard/waits/{}/", wait.id) } else { WAITS.to_owned() })
}

/// Returns the path that a visitor returns to after signing in to join the waitlist.
fn back(catalogue: &Catalogue, service: Option<Id>, raw_form: &RawForm) -> String {
    let Some(service) = service.and_then(|id| catalogue.service(id)) else { return "/book/".to_owned() };
    let starts_at: Option<Timestamp> = raw_form.get("starts_at").parse().ok();
    let from: Option<Date> = raw_form.get("from").parse().ok();
    let service = format::encoded(&service.slug);
    match (starts_at, from) {
        (Some(at), _) => format!("/book/?service={service}&at={}", begin(cell_at(at))),
        (None, Some(from)) => format!("/book/?service={service}&date={from}"),
        (None, None) => format!("/book/?service={service}"),
    }
}

async fn leave(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let left = caller.tx(move |tx, by| bookings::leave(tx, by, id)).await;
    let left = match left {
        // The place was left already or is over. Sending the form twice has to have the same result.
        Err(Error::Refused(refusal, _)) if refusal.is(&bookings::WRONG_STATE) => Ok(()),
        other => other,
    };
    or_sign_in(left.map(|()| see_other(WAITS)), WAITS)
}

/// A place on the waitlist in a list.
pub(crate) struct WaitLine {
    pub(crate) id: Id,
    pub(crate) service: String,
    /// The requested days and times, such as `Friday 27 November` or
    /// `Friday 27 November to Sunday 29 November, from 17:00, before 21:00`.
    pub(crate) when: String,
    /// The state of the place in a sentence.
    pub(crate) sentence: String,
    /// The path of the page of the offered time, if there is an offer.
    pub(crate) offer: Option<String>,
    /// Whether the guest is only notified, and nothing is held for them.
    pub(crate) is_notification: bool,
}

impl WaitLine {
    /// Returns the label of the button that ends it.
    pub(crate) fn leave(&self) -> &'static str {
        match (self.is_notification, &self.offer) {
            (true, _) => "Cancel notification",
            (false, Some(_)) => "Release it and leave the waitlist",
            (false, None) => "Leave the waitlist",
        }
    }

    pub(crate) fn of(catalogue: &Catalogue, place: &WaitlistPlace, now: Timestamp) -> WaitLine {
        let (wait, zone) = (&place.wait, &catalogue.club.zone);
        let today = format::date_at(zone, now);
        let day = |date| format::day(date, today);
        let clock = format::minute;
        let mut when = match wait.starts_at {
            Some(at) => format::moment(zone, at, now),
            None if wait.first_day == wait.last_day => day(wait.first_day),
            None => format!("{} to {}", day(wait.first_day), day(wait.last_day)),
        };
        if wait.from_minute > 0 {
            when.push_str(&format!(", from {}", clock(wait.from_minute)));
        }
        if wait.to_minute < 1_440 {
            when.push_str(&format!(", before {}", clock(wait.to_minute)));
        }
        let sentence = match (&place.offer, wait.kind, place.before) {
            (Some(_), ..) => "A time is held for you.".to_owned(),
            (_, WaitKind::Tell, _) => "We’ll let you know when it opens.".to_owned(),
            (_, _, 0) => "You’re next in line.".to_owned(),
            (_, _, 1) => "You’re second in line.".to_owned(),
            (_, _, before) => {
                format!("{} guests are ahead of you.", format::capital(&format::number(before)))
            }
        };
        WaitLine {
            id: wait.id,
            service: catalogue.service(wait.service).map(|one| one.name.clone()).unwrap_or_default(),
            when,
            sentence,
            offer: place.offer.map(|id| format!("/book/held/{id}/")),
            is_notification: wait.kind == WaitKind::Tell,
        }
    }
}
