//! The page of a visit for a guest without an account (N2). The token of an email gives access to it, without signing
//! in. Search engines must not index the page, and browsers must not send its URL to other sites.

use askama::Template;
use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{Booking, Detail, GuestVisit, Status, guest_visit, stop_guest_emails};
use jiff::Timestamp;
use kit::text::plain_name;
use kit::web::{Page, Path};
use kit::{AppState, Error, Result, Tx};
use messages::calendar::ics;
use people::Caller;
use ui::{Frame, format, unreferred};

use crate::calendar::{Invited, event};
use crate::visits::line::status_word;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/visit/{token}/", get(show))
        .route("/visit/{token}/visit.ics", get(calendar))
        .route("/visit/{token}/stop/", get(show_confirmation).post(stop))
}

/// One service of the visit.
struct GuestLine {
    service: String,
    when: String,
    room: String,
    with: String,
    reference: String,
    status: &'static str,
}

#[derive(Template)]
#[template(path = "guest_visit.html")]
struct GuestVisitPage {
    frame: Frame,
    path: String,
    name: Option<String>,
    lines: Vec<GuestLine>,
    is_ahead: bool,
    /// Whether all services of the visit are canceled.
    is_cancelled: bool,
    is_emailed: bool,
    club: (String, String, String),
    directions: String,
}

#[derive(Template)]
#[template(path = "stop_emails.html")]
struct StopPage {
    frame: Frame,
    path: String,
    is_done: bool,
}

/// Adds headers that prevent indexing by search engines and hide the URL from other sites.
fn hidden(response: impl IntoResponse) -> Response {
    let mut response = unreferred(response);
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

fn frame(title: &str) -> Frame {
    Frame::signed_out(title)
}

async fn show(caller: Caller, Path(token): Path<String>) -> Result<Response> {
    let page = caller.app().db.view(move |tx| draw(tx, &token)).await?;
    Ok(hidden(Page::of(&page)?))
}

fn draw(tx: &mut Tx<'_>, token: &str) -> Result<GuestVisitPage> {
    let GuestVisit { bookings, is_emailed } = guest_visit(tx, token)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let first = bookings.first().ok_or(Error::NotFound)?;
    let line = |detail: &Detail| {
        let Detail { booking, technicians, .. } = detail;
        let zone = &catalogue.club.zone;
        let (day, span) = (
            format::day_of(zone, booking.starts_at, now),
            format::span(zone, booking.starts_at, booking.ends_at),
        );
        GuestLine {
            service: catalogue.service(booking.service).map(|one| one.name.clone()).unwrap_or_default(),
            when: format!("{day}, {span}"),
            room: catalogue.room(booking.room).map(|one| one.name.clone()).unwrap_or_default(),
            with: format::list(&technicians.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>()),
            reference: booking.reference.clone().unwrap_or_default(),
            status: status_word(booking.status),
        }
    };
    let club = &catalogue.club;
    Ok(GuestVisitPage {
        frame: frame("Your visit · CoreSync"),
        path: format!("/visit/{token}/"),
        name: first.booking.party.guest_name.as_deref().and_then(plain_name),
        lines: bookings.iter().map(line).collect(),
        is_ahead: bookings.iter().any(|detail| is_ahead(&detail.booking, now)),
        is_cancelled: bookings.iter().all(|detail| detail.booking.status == Status::Cancelled),
        is_emailed,
        club: (club.name.clone(), club.address.clone(), club.phone.clone()),
        directions: format!(
            "https://www.google.com/maps/search/?api=1&query={}",
            format::encoded(&format!("{}, {}", club.name, club.address))
        ),
    })
}

fn is_ahead(booking: &Booking, now: Timestamp) -> bool {
    now < booking.starts_at && matches!(booking.status, Status::Confirmed | Status::Pending)
}

/// Returns the visit as a calendar file with its bookings that are not canceled; if all are canceled, with all of them.
async fn calendar(caller: Caller, Path(token): Path<String>) -> Result<Response> {
    let config = caller.app().config.clone();
    let text = caller.app().db.view(move |tx| {
        let bookings = guest_visit(tx, &token)?.bookings;
        let catalogue = catalogue::current(tx)?;
        let link = format!("{}/visit/{token}/", catalogue.club.website(&config));
        let mut events = Vec::new();
        for Detail { booking, .. } in &bookings {
            let name = booking.party.guest_name.as_deref().and_then(plain_name).unwrap_or_default();
            let email = booking.party.guest_email.clone().unwrap_or_default();
            let invited = Invited { name: &name, email: &email, link: &link, mail_from: &config.mail_from };
            events.push(event(tx, &catalogue, booking, &invited)?);
        }
        if events.iter().any(|event| !event.cancelled) {
            events.retain(|event| !event.cancelled);
        }
        Ok(ics(&events))
    });
    let head = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\""),
    ];
    Ok(hidden((head, text.await?)))
}

async fn show_confirmation(caller: Caller, Path(token): Path<String>) -> Result<Response> {
    let sent_token = token.clone();
    let visit = caller.app().db.view(move |tx| guest_visit(tx, &sent_token)).await?;
    stop_page(&token, !visit.is_emailed)
}

/// Stops the emails at once, without a confirmation, for people and for email programs (RFC 8058).
async fn stop(caller: Caller, Path(token): Path<String>) -> Result<Response> {
    let sent_token = token.clone();
    caller.app().db.tx(move |tx| stop_guest_emails(tx, &sent_token)).await?;
    stop_page(&token, true)
}

fn stop_page(token: &str, is_done: bool) -> Result<Response> {
    let page = StopPage { frame: frame("Emails · CoreSync"), path: format!("/visit/{token}/"), is_done };
    Ok(hidden(Page::of(&page)?))
}
