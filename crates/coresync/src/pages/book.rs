//! Choosing a time.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{Ask, search};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use kit::web::{Input, Page, Words};
use kit::{Fields, House, Id, Result, Tx};
use people::{Actor, Caller};

use super::frame::Frame;
use super::sheet::{Asked, Complaints, Sheet, Typed, narrowing, narrowing_id};
use super::times::{self, Part, Search, Strip};
use super::words;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/book/", get(book))
}

/// What is asked.
#[derive(Debug, Clone, Default)]
struct Wanted {
    service: Option<String>,
    date: Option<Date>,
    narrowed: (Option<i64>, Option<Id>, Option<Id>),
}

impl Input for Wanted {
    fn parse(words: &mut Words) -> Wanted {
        Wanted {
            service: words.opt_text_within("service", 100),
            date: words.opt_date("date"),
            narrowed: (
                narrowing(words, "party"),
                narrowing_id(words, "technician"),
                narrowing_id(words, "room"),
            ),
        }
    }
}

/// One option of a list.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// What narrows a search besides.
#[derive(Default)]
struct Narrowing {
    parties: Vec<Choice>,
    technicians: Vec<Choice>,
    rooms: Vec<Choice>,
}

/// The answer to a question.
struct Found {
    service: String,
    day: String,
    strip: Strip,
    parts: Vec<Part>,
    sentence: Option<String>,
    /// Whether a plan would open what is closed.
    wants_plan: bool,
    at_list_price: bool,
}

#[derive(Template)]
#[template(path = "book.html")]
struct BookPage {
    frame: Frame,
    errors: Complaints,
    services: Vec<(String, Vec<Choice>)>,
    today: Date,
    date: Date,
    narrowing: Narrowing,
    found: Option<Found>,
}

const FIELDS: [(&str, &str); 2] = [("service", "Service"), ("date", "Date")];

async fn book(caller: Caller, Asked(sheet): Asked<Wanted>) -> Result<Response> {
    let Sheet { typed, read } = sheet;
    let asked = caller.view(move |tx, by| look(tx, by, &read, &typed));
    let (status, page) = asked.await?;
    Ok((status, Page::of(&page)?).into_response())
}

fn look(
    tx: &mut Tx<'_>,
    by: &Actor,
    read: &Result<Wanted, Fields>,
    typed: &Typed,
) -> Result<(StatusCode, BookPage)> {
    let catalogue = catalogue::current(tx)?;
    let today = words::date_at(&catalogue.club.zone, tx.now());
    let mut fields = read.as_ref().err().cloned().unwrap_or_default();
    let wanted = read.as_ref().cloned().unwrap_or_default();
    let slug = wanted.service.as_deref().unwrap_or_else(|| typed.get("service"));
    let service = catalogue.service_by_slug(slug);
    if service.is_none() && wanted.service.is_some() {
        fields.add("service", "There is no such service. Choose one of these.");
    }
    let date = wanted.date.unwrap_or(today);
    let errors = Complaints::of(&fields, &FIELDS);
    let chosen = service.map(|service| (service, Search::fitting(&catalogue, service, wanted.narrowed)));
    let found = match &chosen {
        Some((service, search)) if fields.0.is_empty() => Some(find(tx, by, service, search, date)?),
        _ => None,
    };
    let title = match service {
        Some(service) => format!("{}: choose a time · CoreSync", service.name),
        None => "Choose a time · CoreSync".to_owned(),
    };
    let status = if fields.0.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let page = BookPage {
        frame: Frame::new(by, "book", title).about("Free times of every service, day by day."),
        errors,
        services: services(&catalogue, service),
        today,
        date,
        narrowing: chosen
            .as_ref()
            .map(|(service, search)| narrowings(&catalogue, service, search))
            .unwrap_or_default(),
        found,
    };
    Ok((status, page))
}

fn find(tx: &mut Tx<'_>, by: &Actor, service: &Service, wanted: &Search, date: Date) -> Result<Found> {
    let catalogue = catalogue::current(tx)?;
    let today = words::date_at(&catalogue.club.zone, tx.now());
    let (first, last) = times::strip_span(today, date);
    let ask = |from, to, one_day| Ask {
        service: service.id,
        minutes: None,
        ignoring: None,
        from: Some(from),
        to: Some(to),
        party: wanted.party,
        room: wanted.room,
        room_type: None,
        technician: wanted.technician,
        one_day,
        slots: false,
    };
    let fortnight = search(tx, by, &ask(first, last, false))?;
    let day = search(tx, by, &ask(date, date, true))?;
    let closed = day.days.first().and_then(|day| day.closed);
    let is_member = day.window.standing().plan().is_some() || day.window.is_unbounded();
    let shut = day.needs_plan;
    let parts = times::parts(&day, wanted);
    let sentence = match closed {
        _ if shut => Some(format!("{} is for members.", service.name)),
        Some(closed) => Some(times::closed_sentence(&day.window, date, closed)),
        None if parts.is_empty() => Some(times::empty_sentence(&fortnight, date)),
        None => None,
    };
    Ok(Found {
        service: service.name.clone(),
        day: words::day(date, today),
        strip: Strip::of(&fortnight, wanted, date),
        wants_plan: !is_member && (shut || closed.is_some()),
        at_list_price: !is_member && !parts.is_empty(),
        parts,
        sentence,
    })
}

fn services(catalogue: &Catalogue, chosen: Option<&Service>) -> Vec<(String, Vec<Choice>)> {
    let choice = |service: &Service| Choice {
        value: service.slug.clone(),
        label: service.name.clone(),
        is_chosen: chosen.is_some_and(|chosen| chosen.id == service.id),
    };
    let family = |category: &catalogue::Category| {
        let offered =
            catalogue.services.iter().filter(|service| service.active && service.category == category.id);
        (category.name.clone(), offered.map(choice).collect::<Vec<_>>())
    };
    catalogue.categories.iter().map(family).filter(|(_, services)| !services.is_empty()).collect()
}

/// The lists that have more than one choice.
fn narrowings(catalogue: &Catalogue, service: &Service, wanted: &Search) -> Narrowing {
    let party = wanted.party.unwrap_or(service.party);
    let of_party = |count: i64| Choice {
        value: count.to_string(),
        label: words::guests(count),
        is_chosen: count == party,
    };
    let named = |id: Id, name: &str, chosen: Option<Id>| Choice {
        value: id.to_string(),
        label: name.to_owned(),
        is_chosen: chosen == Some(id),
    };
    let serving = catalogue
        .technicians
        .iter()
        .filter(|one| one.active && service.technicians > 0 && one.is_skilled_for(service));
    let rooms = service.rooms.iter().filter_map(|id| catalogue.room(*id)).filter(|room| room.active);
    let many = |choices: Vec<Choice>| if choices.len() > 1 { choices } else { Vec::new() };
    Narrowing {
        parties: many((service.party..=service.max_capacity).map(of_party).collect()),
        technicians: many(serving.map(|one| named(one.id, &one.name, wanted.technician)).collect()),
        rooms: many(rooms.map(|room| named(room.id, &room.name, wanted.room)).collect()),
    }
}
