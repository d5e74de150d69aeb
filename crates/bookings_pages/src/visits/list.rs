//! The list of a person's visits: upcoming and past ones, filtered by service and status, and their places on the
//! waitlist.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{BookingFilter, Status};
use kit::web::{Input, Page, Paging, RawInput};
use kit::{AppState, Fields, Result, Tx};
use people::{Actor, Caller};
use ui::{Choice, FieldErrors, Frame, QueryForm, format, lenient_number, or_sign_in};

use crate::booking::waitlist::WaitLine;
use crate::visits::card::VisitCard;
use crate::visits::line::{VisitLine, status_word};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/bookings/", get(visits))
}

/// The number of past visits on a page.
const PAST: usize = 10;
/// The statuses that the list can be filtered by.
const STATES: [Status; 6] = [
    Status::Confirmed,
    Status::CheckedIn,
    Status::InProgress,
    Status::Completed,
    Status::Cancelled,
    Status::NoShow,
];

/// The query of the list.
#[derive(Debug, Clone)]
struct VisitListQuery {
    page: usize,
    service: Option<String>,
    status: Option<Status>,
}

impl Input for VisitListQuery {
    fn parse(input: &mut RawInput) -> VisitListQuery {
        let page = lenient_number(input, "page").filter(|page| (1..=100_000).contains(page));
        let state = input.opt_text_within("state", 50);
        let status = STATES.into_iter().find(|status| Some(status.as_str()) == state.as_deref());
        if status.is_none() && state.is_some() {
            input.add_error("state", "Choose one of these.");
        }
        VisitListQuery {
            page: page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1),
            service: input.opt_text_within("service", 100),
            status,
        }
    }
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage {
    frame: Frame,
    errors: FieldErrors,
    services: Vec<Choice>,
    states: Vec<Choice>,
    is_narrowed: bool,
    /// The next visit, unless the list is narrowed.
    next: Option<VisitCard>,
    upcoming: Vec<VisitLine>,
    past: Vec<VisitLine>,
    newer: Option<String>,
    older: Option<String>,
    waits: Vec<WaitLine>,
}

const FIELDS: [(&str, &str); 2] = [("service", "Service"), ("state", "Status")];

async fn visits(caller: Caller, QueryForm(form): QueryForm<VisitListQuery>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| draw(tx, by, &form.parsed)).await;
    let answer = drawn.and_then(|(status, page)| Ok((status, Page::of(&page)?)));
    or_sign_in(answer.map(IntoResponse::into_response), "/dashboard/bookings/")
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    parsed: &Result<VisitListQuery, Fields>,
) -> Result<(StatusCode, VisitsPage)> {
    by.person()?;
    let catalogue = catalogue::current(tx)?;
    let mut fields = parsed.as_ref().err().cloned().unwrap_or_default();
    let asking = parsed.as_ref().cloned().unwrap_or(VisitListQuery { page: 1, service: None, status: None });
    let service = asking.service.as_deref().and_then(|slug| catalogue.service_by_slug(slug));
    if service.is_none() && asking.service.is_some() {
        fields.add("service", "We couldn’t find that service. Please choose one below.");
    }
    let only = BookingFilter { service: service.map(|service| service.id), status: asking.status };
    let visits = bookings::my_filtered_bookings(tx, by, Paging { page: asking.page, size: PAST }, only)?;
    let places = bookings::places(tx, by)?;
    let now = tx.now();
    let line = |detail: &bookings::Detail| VisitLine::of(&catalogue, detail, now);
    let has_older = usize::try_from(visits.total_past).is_ok_and(|total| asking.page * PAST < total);
    let turned = |page: usize| {
        let mut path = format!("/dashboard/bookings/?page={page}");
        if let Some(service) = service {
            path.push_str(&format!("&service={}", format::encoded(&service.slug)));
        }
        if let Some(status) = asking.status {
            path.push_str(&format!("&state={}", status.as_str()));
        }
        format!("{path}#past")
    };
    let of_service =
        |one: &catalogue::Service| Choice::new(&one.slug, &one.name, only.service == Some(one.id));
    let of_state =
        |status: &Status| Choice::new(status.as_str(), status_word(*status), asking.status == Some(*status));
    let is_narrowed = only.service.is_some() || only.status.is_some();
    let shown = pictures::shown(tx, catalogue.club.id)?;
    let next = visits.upcoming.first().filter(|_| !is_narrowed && asking.page == 1);
    let page = VisitsPage {
        frame: Frame::new(by, "visits", "All my visits · CoreSync"),
        errors: FieldErrors::of(&fields, &FIELDS),
        services: catalogue.services.iter().map(of_service).collect(),
        states: STATES.iter().map(of_state).collect(),
        is_narrowed,
        next: next.map(|detail| VisitCard::of(&catalogue, &shown, detail, now)),
        upcoming: visits.upcoming.iter().skip(usize::from(next.is_some())).map(line).collect(),
        past: visits.past.iter().map(line).collect(),
        newer: (asking.page > 1).then(|| turned(asking.page - 1)),
        older: has_older.then(|| turned(asking.page + 1)),
        waits: places.iter().map(|place| WaitLine::of(&catalogue, place, now)).collect(),
    };
    let status = if fields.0.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok((status, page))
}
