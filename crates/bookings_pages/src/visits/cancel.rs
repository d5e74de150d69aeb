//! Pages for canceling a visit, or the rest of a series. They state the cost before the cancellation.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::{PriceLine, Reason, Status, WRONG_STATE};
use kit::web::{Form, Page, Path, see_other};
use kit::{AppState, Cents, Error, Id, Result, Tx};
use people::{Action, Actor, Caller};
use ui::{Frame, format, or_sign_in};

use crate::price::Cancelling;
use crate::visits::line::VisitLine;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/dashboard/bookings/{id}/cancel/", get(show_confirmation).post(cancel))
        .route("/dashboard/bookings/{id}/cancel-series/", get(show_series_confirmation).post(cancel_series))
}

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage {
    frame: Frame,
    line: VisitLine,
    cost: String,
    sentence: String,
    keeps_credit: bool,
    /// Whether it belongs to a series of which more visits can be canceled.
    has_series: bool,
    /// Whether the club cancels the visit, and may give a reason.
    by_club: bool,
    /// Whether an email about the cancellation reaches anyone.
    is_notified: bool,
}

#[derive(Template)]
#[template(path = "cancel_series.html")]
struct CancelSeriesPage {
    frame: Frame,
    /// The path of the page of the visit from which the actor came.
    path: String,
    lines: Vec<VisitLine>,
    cost: String,
    by_club: bool,
    /// Whether an email about the cancellation reaches anyone.
    is_notified: bool,
}

async fn show_confirmation(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
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
        return Err(no_longer(id));
    }
    let terms = Cancelling::of(&catalogue, booking, now);
    Ok(CancelPage {
        frame: Frame::new(by, "visits", "Cancel this visit? · CoreSync"),
        line: VisitLine::of(&catalogue, &detail, now),
        cost: terms.now(detail.leaving.fee),
        sentence: terms.sentence(),
        keeps_credit: detail.leaving.late
            && detail.why.iter().any(|line| PriceLine::of(line) == Some(PriceLine::Credit)),
        has_series: booking.group.series.is_some(),
        by_club: is_by_club(by, booking.person),
        is_notified: bookings::is_notified(tx, booking)?,
    })
}

/// Returns the refusal of an operation that a visit does not allow any more, with the path of the page of the visit.
pub(crate) fn no_longer(id: Id) -> Error {
    Error::refused(&WRONG_STATE).with(ui::VISIT_PATH, format!("/dashboard/bookings/{id}/"))
}

/// Returns whether the club acts: the actor is staff and it is not their own visit.
pub(crate) fn is_by_club(by: &Actor, owner: Option<Id>) -> bool {
    by.may(Action::BookForOthers) && by.id() != owner
}

async fn cancel(
    caller: Caller,
    Path(id): Path<Id>,
    Form(Reason { reason }): Form<Reason>,
) -> Result<Response> {
    let cancelled = caller.tx(move |tx, by| {
        once(tx, by, id, |tx| bookings::cancel_because(tx, by, id, reason.as_deref()).map(drop))
    });
    let cancelled = cancelled.await;
    let done = cancelled.map(|()| see_other(&format!("/dashboard/bookings/{id}/")));
    or_sign_in(done, &here(id))
}

/// Runs a cancellation of a visit. If the form is sent twice, the second request succeeds without a change.
///
/// # Errors
/// Returns every error of `cancel`, except that [`WRONG_STATE`] is no error if the visit is canceled already; otherwise
/// that refusal carries the path of the visit.
fn once(tx: &mut Tx<'_>, by: &Actor, id: Id, cancel: impl FnOnce(&mut Tx<'_>) -> Result<()>) -> Result<()> {
    let cancelled = tx.attempt(|tx| match cancel(tx) {
        Ok(()) => Ok(Some(())),
        Err(Error::Refused(refusal, _)) if refusal.is(&WRONG_STATE) => Ok(None),
        Err(error) => Err(error),
    })?;
    let is_cancelled = cancelled.is_some() || bookings::show(tx, by, id)?.booking.status == Status::Cancelled;
    if is_cancelled { Ok(()) } else { Err(no_longer(id)) }
}

fn series_here(id: Id) -> String {
    format!("/dashboard/bookings/{id}/cancel-series/")
}

async fn show_series_confirmation(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    // Run the operation and roll it back, because the fee of each visit depends on the cancellations before it.
    let drawn = caller.tx(move |tx, by| draw_series(tx, by, id)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &series_here(id))
}

fn draw_series(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<CancelSeriesPage> {
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let series = match bookings::preview_cancel_series(tx, by, id) {
        Err(Error::Refused(refusal, _)) if refusal.is(&WRONG_STATE) => return Err(no_longer(id)),
        other => other?,
    };
    let mut lines = Vec::new();
    for (booking, _) in &series.cancelled {
        lines.push(VisitLine::of(&catalogue, &bookings::show(tx, by, booking.id)?, now));
    }
    let first = series.cancelled.first().map(|(booking, _)| booking);
    let owner = first.and_then(|booking| booking.person);
    let is_notified =
        first.map(|booking| bookings::is_notified(tx, booking)).transpose()?.unwrap_or_default();
    let cost = match series.fee() {
        fee if fee > Cents::ZERO => format!("Canceling them now costs {}.", format::money(fee)),
        _ => "You can cancel them now at no charge.".to_owned(),
    };
    Ok(CancelSeriesPage {
        frame: Frame::new(by, "visits", "Cancel this series? · CoreSync"),
        path: format!("/dashboard/bookings/{id}/"),
        lines,
        cost,
        by_club: is_by_club(by, owner),
        is_notified,
    })
}

async fn cancel_series(
    caller: Caller,
    Path(id): Path<Id>,
    Form(Reason { reason }): Form<Reason>,
) -> Result<Response> {
    let cancelled = caller.tx(move |tx, by| {
        once(tx, by, id, |tx| bookings::cancel_series(tx, by, id, reason.as_deref()).map(drop))
    });
    let cancelled = cancelled.await;
    let done = cancelled.map(|()| see_other(&format!("/dashboard/bookings/{id}/")));
    or_sign_in(done, &series_here(id))
}
