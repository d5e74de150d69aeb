//! Cancelling a visit: what it costs is said before.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::{Status, WRONG_STATE};
use kit::web::{Page, Path, see_other};
use kit::{Error, House, Id, Result, Tx};
use people::{Actor, Caller};

use super::dashboard::VisitLine;
use super::frame::{Frame, or_sign_in};
use super::visit::cancelling;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/dashboard/bookings/{id}/cancel/", get(ask).post(cancel))
}

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage {
    frame: Frame,
    line: VisitLine,
    cost: String,
    sentence: String,
    keeps_credit: bool,
}

async fn ask(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| draw(tx, by, id)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &here(id))
}

fn here(id: Id) -> String {
    format!("/dashboard/bookings/{id}/cancel/")
}

fn draw(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<CancelPage> {
    let detail = bookings::show(tx, by, id)?;
    let catalogue = catalogue::current(tx)?;
    let (now, booking) = (tx.now(), &detail.booking);
    if !booking.can_cancel(now) {
        return Err(Error::refused(&WRONG_STATE));
    }
    let terms = cancelling(&catalogue, booking, now);
    Ok(CancelPage {
        frame: Frame::new(by, "visits", "Cancel this visit? · CoreSync"),
        line: VisitLine::of(&catalogue, &detail, now),
        cost: terms.now(detail.leaving.fee),
        sentence: terms.sentence(),
        keeps_credit: detail.leaving.late && detail.why.iter().any(|line| line.code == "credit"),
    })
}

async fn cancel(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let cancelled = caller.tx(move |tx, by| attend(tx, by, id)).await;
    let done = cancelled.map(|()| see_other(&format!("/dashboard/bookings/{id}/")));
    or_sign_in(done, &here(id))
}

/// Cancels it; sent twice, it is done once, and the visit's page says how it stands.
fn attend(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    let cancelled = tx.attempt(|tx| match bookings::cancel(tx, by, id) {
        Ok(_) => Ok(Some(())),
        Err(Error::Refused(refusal, _)) if refusal.code == WRONG_STATE.code => Ok(None),
        Err(error) => Err(error),
    })?;
    let is_cancelled = cancelled.is_some() || bookings::show(tx, by, id)?.booking.status == Status::Cancelled;
    if is_cancelled { Ok(()) } else { Err(Error::refused(&WRONG_STATE)) }
}
