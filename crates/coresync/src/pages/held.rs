//! A time that is held: booked, held for longer once, or let go. The letters of the waitlist lead here.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{Detail, Holder, Status};
use kit::web::{Form, Input, Page, Path, Words, see_other};
use kit::{Error, House, Id, Result, Tx};
use people::{Actor, Caller};

use super::dashboard::VisitLine;
use super::frame::{Frame, or_sign_in};
use super::price::{self, BillLine};
use super::visit::cancelling;
use super::words;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/book/held/{id}/", get(show).post(decide))
}

#[derive(Template)]
#[template(path = "held.html")]
struct HeldPage {
    frame: Frame,
    id: Id,
    line: VisitLine,
    is_over: bool,
    until: String,
    until_iso: String,
    bill: Vec<BillLine>,
    total: String,
    cancelling: String,
    can_extend: bool,
    times: String,
    refusal: Option<String>,
}

fn here(id: Id) -> String {
    format!("/book/held/{id}/")
}

async fn show(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| draw(tx, by, id, None)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &here(id))
}

fn draw(tx: &mut Tx<'_>, by: &Actor, id: Id, refusal: Option<String>) -> Result<HeldPage> {
    by.person()?;
    let held = bookings::held(tx, Holder { by, token: None }, id)?;
    let detail: Detail = bookings::read(tx, id)?;
    let catalogue = catalogue::current(tx)?;
    let (now, zone) = (tx.now(), &catalogue.club.zone);
    let until = held.expires_at.unwrap_or(now);
    let slug = catalogue.service(held.service).map(|service| service.slug.clone()).unwrap_or_default();
    Ok(HeldPage {
        frame: Frame::new(by, "book", "Held for you · CoreSync"),
        id,
        line: VisitLine::of(&catalogue, &detail, now),
        is_over: held.status != Status::Held || until <= now,
        until: words::clock(zone, until),
        until_iso: until.to_string(),
        bill: price::bill(&detail.why, held.tax),
        total: words::money(held.total()),
        cancelling: cancelling(&catalogue, &held, now).sentence(),
        can_extend: !held.extended,
        times: format!("/book/?service={slug}&date={}", held.day),
        refusal,
    })
}

/// What is to become of it.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Book,
    Extend,
    LetGo,
}

impl Input for Deed {
    fn parse(words: &mut Words) -> Deed {
        match words.opt_text_within("deed", 20).as_deref() {
            Some("book") => Deed::Book,
            Some("extend") => Deed::Extend,
            Some("let_go") => Deed::LetGo,
            _ => {
                words.complain("deed", "Book it, keep it for longer, or let it go.");
                Deed::Extend
            }
        }
    }
}

/// What came of it.
enum Outcome {
    Led(String),
    Refused(StatusCode, Box<HeldPage>),
}

async fn decide(caller: Caller, Path(id): Path<Id>, Form(deed): Form<Deed>) -> Result<Response> {
    let done = caller.tx(move |tx, by| attend(tx, by, id, deed)).await;
    let answered = done.and_then(|outcome| match outcome {
        Outcome::Led(path) => Ok(see_other(&path)),
        Outcome::Refused(status, page) => Ok((status, Page::of(&*page)?).into_response()),
    });
    or_sign_in(answered, &here(id))
}

fn attend(tx: &mut Tx<'_>, by: &Actor, id: Id, deed: Deed) -> Result<Outcome> {
    let holder = Holder { by, token: None };
    let mut refused = None;
    let led = tx.attempt(|tx| {
        let done = match deed {
            Deed::Book => bookings::confirm(tx, holder, id, None)
                .map(|booking| format!("/dashboard/bookings/{}/", booking.id)),
            Deed::Extend => bookings::extend(tx, holder, id).map(|_| here(id)),
            Deed::LetGo => bookings::let_go(tx, holder, id).map(|()| "/dashboard/".to_owned()),
        };
        match done {
            Err(Error::Refused(refusal, _)) => {
                refused = Some(refusal);
                Ok(None)
            }
            other => other.map(Some),
        }
    })?;
    if let Some(path) = led {
        return Ok(Outcome::Led(path));
    }
    let status = refused.and_then(|refusal| StatusCode::from_u16(refusal.status).ok());
    let page = draw(tx, by, id, refused.map(|refusal| refusal.sentence.to_owned()))?;
    Ok(Outcome::Refused(status.unwrap_or(StatusCode::CONFLICT), Box::new(page)))
}
