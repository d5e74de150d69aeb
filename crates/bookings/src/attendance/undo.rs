//! Undoing a step of a visit (D4): a check-in, a start, a completion, or a no-show.

use booking_rules::details::BOOKING_STATUS;
use booking_rules::refusals::{MANAGER_REQUIRED, NOTHING_UNDONE};
use booking_rules::{Booking, BookingEvent, CancellationState, SUBJECT, Status, StepTaken, settings::UNDO};
use jiff::{SignedDuration, Timestamp};
use kit::{Error, Fields, Id, Result, Tx};
use people::Subject;
use people::{Action, Actor, AuditEvent};
use serde_json::json;

use crate::attendance::steps::{day_closed, done_already, for_someone_else};
use crate::store::{self, LastEvent};
use catalogue::Catalogue;

/// Whether an actor may undo the last step of a visit now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undoing {
    /// The actor may not undo it, or no longer.
    No,
    /// The actor may undo it without a reason.
    Free,
    /// The actor may undo it with a reason.
    WithReason,
}

/// Undoes the step that led to the status `undone`. The front desk may do this within the club's `undo_minutes`; a
/// manager may, with a reason, until the business day is closed. Only a manager may undo a completion (D4). When a
/// no-show is undone, its fee, lapse, and charge are reversed as if it had not been marked.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may run the day, `Error::NotFound` if there is no such booking,
/// `own_account` if it is the actor's own, `wrong_state` if the visit does not have the status `undone`,
/// `manager_required` if only a manager may undo it, `day_closed` if the business day is closed, and `Error::Invalid` if
/// a required reason is missing.
pub fn undo_step(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    undone: Status,
    reason: Option<&str>,
) -> Result<Booking> {
    let booking = for_someone_else(tx, by, id)?;
    if booking.status != undone {
        return Err(not_there(tx, &booking, undone)?);
    }
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let last = store::last_event(tx, id, BookingEvent::Step(undone))?;
    match undoing(&catalogue, &booking, last.as_ref(), by, now) {
        Undoing::Free => {}
        Undoing::WithReason if reason.is_some() => {}
        Undoing::WithReason => return Err(Fields::one("reason", "Enter a reason for undoing this.")),
        Undoing::No => {
            let closed = day_closed(&catalogue, &booking, now);
            return Err(closed.unwrap_or_else(|| Error::refused(&MANAGER_REQUIRED)));
        }
    }
    let to = before(tx, &booking, last.as_ref())?;
    if !undone.may_return(to) || !store::move_state(tx, id, undone, to)? {
        return Err(Error::refused(&NOTHING_UNDONE));
    }
    let fee = booking.cancellation.fee;
    let after = Booking { status: to, ..booking };
    let after = if undone == Status::NoShow { take_back(tx, after, last.as_ref())? } else { after };
    let detail = json!({"before": undone.as_str(), "after": to.as_str(), "reason": reason, "fee": fee});
    store::note(tx, id, by.id(), BookingEvent::Undone(undone), &detail)?;
    people::note_operation(tx, by, AuditEvent::VisitStepUndone, (SUBJECT, Some(id)), detail)?;
    Ok(after)
}

/// Returns whether the last step of a booking may be undone now. `last` is the event that led to its status.
pub(crate) fn undoing(
    catalogue: &Catalogue,
    booking: &Booking,
    last: Option<&LastEvent>,
    by: &Actor,
    now: Timestamp,
) -> Undoing {
    use Status::{CheckedIn, Completed, InProgress, NoShow};
    let can_be_undone = matches!(booking.status, CheckedIn | InProgress | Completed | NoShow);
    let may_run_it = by.may_for(Action::RunTheDay, booking.person);
    if !can_be_undone || !may_run_it || day_closed(catalogue, booking, now).is_some() {
        return Undoing::No;
    }
    let minutes = SignedDuration::from_mins(catalogue.setting(UNDO));
    let is_fresh = last.is_some_and(|last| now <= last.at + minutes);
    match (booking.status, by.may(Action::CorrectTheDay)) {
        (CheckedIn | InProgress | NoShow, _) if is_fresh => Undoing::Free,
        (_, true) => Undoing::WithReason,
        _ => Undoing::No,
    }
}

/// Returns the refusal if the visit does not have the status that is to be undone: either someone else has just
/// undone it, or it never had that status.
fn not_there(tx: &mut Tx<'_>, booking: &Booking, undone: Status) -> Result<Error> {
    let event = BookingEvent::Undone(undone);
    if undone.may_return(booking.status) && store::last_event(tx, booking.id, event)?.is_some() {
        return done_already(tx, booking.id, booking.status, event);
    }
    match booking.status {
        Status::CheckedIn | Status::InProgress | Status::Completed | Status::NoShow
            if undone.may_become(booking.status) =>
        {
            // A later step was taken in the meantime and has to be undone first.
            let done = done_already(tx, booking.id, booking.status, BookingEvent::Step(booking.status))?;
            let Error::Refused(_, details) = done else { return Ok(done) };
            Ok(Error::Refused(&NOTHING_UNDONE, details))
        }
        status => Ok(Error::refused(&NOTHING_UNDONE).with(BOOKING_STATUS, status.as_str())),
    }
}

/// Returns what the event of a step recorded.
fn taken(last: Option<&LastEvent>) -> StepTaken {
    last.and_then(LastEvent::detail).unwrap_or_default()
}

/// Returns the status before the step. Events record it; for older events without it, it is derived from the other
/// events.
fn before(tx: &mut Tx<'_>, booking: &Booking, last: Option<&LastEvent>) -> Result<Status> {
    if let Some(status) = taken(last).before {
        return Ok(status);
    }
    Ok(match booking.status {
        Status::InProgress => Status::CheckedIn,
        Status::Completed
            if store::last_event(tx, booking.id, BookingEvent::Step(Status::InProgress))?.is_some() =>
        {
            Status::InProgress
        }
        Status::Completed => Status::CheckedIn,
        _ => Status::Confirmed,
    })
}

/// Reverses the consequences of a no-show: the charge before it applies again, what was paid for the fee pays for it, and
/// the fee and the lapse are removed.
fn take_back(tx: &mut Tx<'_>, booking: Booking, last: Option<&LastEvent>) -> Result<Booking> {
    let subject = Subject { kind: SUBJECT, id: booking.id };
    money::reinstate(tx, subject, taken(last).charge)?;
    store::set_fee(tx, booking.id, None)?;
    store::forget_lapse(tx, booking.id)?;
    let cancellation = CancellationState { fee: None, ..booking.cancellation };
    Ok(Booking { cancellation, ..booking })
}
