//! Operations of the front desk on a visit of the day.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use bookings::details::{AT, BY, OPENS_AT};
use bookings::{LocalMoment, Status};
use jiff::Timestamp;
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Error, Fields, Id, Refusal, RefusalDetails, Result, Tx};
use people::{Actor, Caller};
use ui::{FormFailure, FormOutcome, PostedForm, format, run_form, to_response};

use crate::staff::day::{DAY, DayPage, DayQuery, draw, early_sentence};

/// A step of a visit, or undoing a step.
#[derive(Debug, Clone)]
enum DayAction {
    /// Check-in. The value is whether an early check-in was confirmed.
    CheckIn(bool),
    Start,
    Complete,
    NoShow,
    Undo(Status, Option<String>),
}

/// An operation, and the part of the day that the response shows.
#[derive(Debug, Clone)]
struct DayForm {
    action: Option<DayAction>,
    query: DayQuery,
}

impl Input for DayForm {
    fn parse(input: &mut RawInput) -> DayForm {
        let action = match input.opt_text_within("action", 20).as_deref() {
            Some("check_in") => Some(DayAction::CheckIn(input.opt_text_within("early", 5).is_some())),
            Some("start") => Some(DayAction::Start),
            Some("complete") => Some(DayAction::Complete),
            Some("no_show") => Some(DayAction::NoShow),
            Some("undo") => {
                let undone = input.opt_text_within("undone", 20).and_then(Status::read);
                let reason = input.opt_text_within("reason", 500);
                undone.map(|undone| DayAction::Undo(undone, reason))
            }
            _ => None,
        };
        DayForm { action, query: DayQuery::parse(input) }
    }
}

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/staff/day/{id}/", post(apply))
}

async fn apply(
    caller: Caller,
    Path(id): Path<Id>,
    PostedForm(form): PostedForm<DayForm>,
) -> Result<Response> {
    let done = caller.tx(move |tx, by| {
        by.need(people::Action::RunTheDay)?;
        let form = form.parsed.as_ref().map_err(|fields| Error::Invalid(fields.clone()))?;
        attempt(tx, by, id, form)
    });
    to_response(done.await, DAY)
}

fn attempt(tx: &mut Tx<'_>, by: &Actor, id: Id, form: &DayForm) -> Result<FormOutcome<DayPage>> {
    let Some(action) = &form.action else {
        return Err(Fields::one("action", "Choose an action for this visit."));
    };
    let operation = |tx: &mut Tx<'_>| Ok(form.query.after(&run(tx, by, id, action)?, id));
    run_form(tx, operation, |tx, failure| {
        let mut page = draw(tx, by, &form.query)?;
        page.refusal = Some(match &failure {
            FormFailure::Refused(refusal, details) => {
                let zone = &catalogue::current(tx)?.club.zone;
                refused(refusal, details, |at| format::moment(zone, at, tx.now()))
            }
            FormFailure::Invalid(_) => failure.sentence().to_owned(),
        });
        Ok(page)
    })
}

fn run(tx: &mut Tx<'_>, by: &Actor, id: Id, action: &DayAction) -> Result<String> {
    let done = match action {
        DayAction::CheckIn(is_confirmed) => {
            if !is_confirmed {
                need_confirmation(tx, by, id)?;
            }
            bookings::check_in(tx, by, id).map(|_| "check_in")?
        }
        DayAction::Start => bookings::start(tx, by, id).map(|_| "start")?,
        DayAction::Complete => bookings::complete(tx, by, id).map(|_| "complete")?,
        DayAction::NoShow => bookings::no_show(tx, by, id).map(|_| "no_show")?,
        DayAction::Undo(undone, reason) => {
            bookings::undo_step(tx, by, id, *undone, reason.as_deref())?;
            return Ok(format!("undo_{}", undone.as_str()));
        }
    };
    Ok(done.to_owned())
}

/// Requires a confirmation if the guest is checked in long before the visit.
fn need_confirmation(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    let (booking, _) = bookings::guest_of(tx, by, id)?;
    let catalogue = catalogue::current(tx)?;
    match early_sentence(&catalogue, &booking, tx.now()) {
        Some(sentence) => Err(Fields::one("early", format!("{sentence} Use “Check in early” in its row."))),
        None => Ok(()),
    }
}

/// Describes a refusal for the front desk: who was faster and when, or from when on the operation is possible.
fn refused(refusal: &Refusal, details: &RefusalDetails, moment: impl Fn(Timestamp) -> String) -> String {
    let at = |key| details.get(key).map(|at: &LocalMoment| at.moment);
    let by = details.get(BY).and_then(Option::as_deref);
    let sentence = refusal.sentence;
    match (by, at(AT), at(OPENS_AT)) {
        (Some(by), Some(at), _) => format!("{sentence} Done by {by}: {}.", moment(at)),
        (None, Some(at), _) => format!("{sentence} Done automatically: {}.", moment(at)),
        (_, _, Some(from)) => format!("{sentence} You can do it starting {}.", moment(from)),
        _ => sentence.to_owned(),
    }
}
