//! The own day of a technician: the visits that they carry out, in order.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::{OwnDay, OwnVisit, Status};
use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::web::{Input, Page, RawInput};
use kit::{AppState, Result, Tx};
use people::{Actor, Caller};
use ui::{Frame, QueryForm, Tone, format, or_sign_in};

use crate::staff::day::{state_word, tone};

/// The path of the page.
pub(super) const MY_DAY: &str = "/staff/my-day/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(MY_DAY, get(show))
}

/// The business day to show. A date that cannot be read means today.
struct OwnDayQuery(Option<Date>);

impl Input for OwnDayQuery {
    fn parse(input: &mut RawInput) -> OwnDayQuery {
        OwnDayQuery(input.raw("date").and_then(|date| date.as_str()?.parse().ok()))
    }
}

/// One visit on the page.
struct OwnVisitRow {
    span: String,
    guest: String,
    service: String,
    room: String,
    with: String,
    requests: Option<String>,
    state: &'static str,
    tone: Tone,
}

#[derive(Template)]
#[template(path = "staff/my_day.html")]
struct MyDayPage {
    frame: Frame,
    day: String,
    is_technician: bool,
    summary: String,
    rows: Vec<OwnVisitRow>,
    earlier_day: String,
    later_day: String,
    today: Option<&'static str>,
}

async fn show(caller: Caller, QueryForm(form): QueryForm<OwnDayQuery>) -> Result<Response> {
    let date = form.parsed.ok().and_then(|OwnDayQuery(date)| date);
    let date = date.filter(|date| (2000..=2198).contains(&date.year()));
    let page = caller.view(move |tx, by| draw(tx, by, date)).await;
    or_sign_in(page.and_then(|page| Page::of(&page)), MY_DAY)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, date: Option<Date>) -> Result<MyDayPage> {
    let OwnDay { date, is_technician, visits } = bookings::own_day(tx, by, date)?;
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let today = catalogue.business_day_at(now);
    let day = format::day(date, today);
    let path = |date: Date| format!("{MY_DAY}?date={date}");
    Ok(MyDayPage {
        frame: Frame::new(by, MY_DAY, format!("{day} · CoreSync")),
        is_technician,
        summary: match visits.len() {
            0 => format!("You have no visits on {day}."),
            1 => "1 visit.".to_owned(),
            count => format!("{count} visits."),
        },
        rows: visits.iter().map(|visit| row(&catalogue, visit, now)).collect(),
        earlier_day: path(date.yesterday().unwrap_or(date)),
        later_day: path(date.tomorrow().unwrap_or(date)),
        today: (date != today).then_some(MY_DAY),
        day,
    })
}

fn row(catalogue: &Catalogue, visit: &OwnVisit, now: Timestamp) -> OwnVisitRow {
    let booking = &visit.booking;
    let waits = matches!(booking.status, Status::Pending | Status::Confirmed);
    OwnVisitRow {
        span: format::span(&catalogue.club.zone, booking.starts_at, booking.ends_at),
        guest: visit.guest.clone(),
        service: catalogue.service(booking.service).map(|one| one.name.clone()).unwrap_or_default(),
        room: catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default(),
        with: format::list(&visit.with),
        requests: booking.party.special_requests.clone(),
        state: state_word(booking.status),
        tone: tone(booking.status, waits && now > booking.starts_at),
    }
}
