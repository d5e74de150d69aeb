//! Undoing a step of the day (D4): a check-in, a start, a completion, a no-show.

use booking_rules::refusals::{DONE_ALREADY, FEE_PAID, MANAGER_REQUIRED, NOTHING_UNDONE};
use booking_rules::{Booking, SUBJECT, Status, settings::UNDO};
use jiff::{SignedDuration, Timestamp};
use kit::{Cents, Error, Fields, Id, Result, Tx};
use money::Subject;
use people::{Action, Actor};
use serde_json::{Value, json};

use crate::attendance::steps::{day_closed, done_already};
use crate::store::{self, LastEvent};
use catalogue::Catalogue;

/// What somebody may undo now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undoing {
    /// Nothing, or nothing any more.
    No,
    /// The step, at once.
    Free,
    /// The step, with a reason.
    WithReason,
}

/// The event that undoing a step is noted as.
fn event(undone: Status) -> &'static str {
    match undone {
        Status::CheckedIn => "check_in_undone",
        Status::InProgress => "start_undone",
        Status::Completed => "completion_undone",
        _ => "no_show_undone",
    }
}

/// Undoes the step that led to `undone`. By the desk within the club's `undo_minutes`; by a manager, with a reason, until the
/// business day is closed; a completion only by a manager (D4). The fee, the lapse and the charge of a no-show are taken back
/// as if it had not been marked.
///
/// # Errors
/// `Error::Forbidden`, `Error::NotFound`; `wrong_state` if the visit does not stand there; `manager_required`; `day_closed`;
/// `already_paid` for a fee that was paid; `Error::Invalid` without the reason that a manager has to give.
pub fn undo_step(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    undone: Status,
    reason: Option<&str>,
) -> Result<Booking> {
    by.need(Action::RunTheDay)?;
    let person = by.person()?.id;
    tx.lock_person(id)?;
    let booking = store::find(tx, id)?.ok_or(Error::NotFound)?.booking;
    if booking.status != undone {
        return Err(not_there(tx, &booking, undone)?);
    }
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let last = store::last_event(tx, id, undone.as_str())?;
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
    let fee = booking.fee;
    let after = Booking { status: to, ..booking };
    let after = if undone == Status::NoShow { take_back(tx, after, last.as_ref())? } else { after };
    let detail = json!({"before": undone.as_str(), "after": to.as_str(), "reason": reason, "fee": fee});
    store::note(tx, id, Some(person), event(undone), &detail)?;
    people::note_operation(tx, by, "visit_step_undone", (SUBJECT, Some(id)), detail)?;
    Ok(after)
}

/// What may be undone of a booking now, given the event that led to its state.
pub(crate) fn undoing(
    catalogue: &Catalogue,
    booking: &Booking,
    last: Option<&LastEvent>,
    by: &Actor,
    now: Timestamp,
) -> Undoing {
    use Status::{CheckedIn, Completed, InProgress, NoShow};
    let can_be_undone = matches!(booking.status, CheckedIn | InProgress | Completed | NoShow);
    if !can_be_undone || !by.may(Action::RunTheDay) || day_closed(catalogue, booking, now).is_some() {
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

/// The refusal of undoing what does not stand there: someone else has just undone it, or it never was.
fn not_there(tx: &mut Tx<'_>, booking: &Booking, undone: Status) -> Result<Error> {
    if undone.may_return(booking.status)
        && let Some(last) = store::last_event(tx, booking.id, event(undone))?
    {
        let by = last.by.map(|by| people::person(tx, by)).transpose()?.map(|person| person.full_name());
        let zone = catalogue::current(tx)?.club.zone.clone();
        return Ok(Error::refused(&DONE_ALREADY)
            .with("status", booking.status.as_str())
            .with("by", by)
            .with("at", booking_rules::iso(&zone, last.at)));
    }
    match booking.status {
        Status::CheckedIn | Status::InProgress | Status::Completed | Status::NoShow
            if undone.may_become(booking.status) =>
        {
            // It has gone on meanwhile: what came after has to be undone first.
            let done = done_already(tx, booking.id, booking.status)?;
            let Error::Refused(_, carried) = done else { return Ok(done) };
            Ok(Error::Refused(&NOTHING_UNDONE, carried))
        }
        status => Ok(Error::refused(&NOTHING_UNDONE).with("status", status.as_str())),
    }
}

/// The state before the step: as it was noted; of steps that were noted without it, as the other events say.
fn before(tx: &mut Tx<'_>, booking: &Booking, last: Option<&LastEvent>) -> Result<Status> {
    let noted = last.and_then(|last| last.detail.get("before")?.as_str().map(str::to_owned));
    if let Some(status) = noted.and_then(Status::read) {
        return Ok(status);
    }
    Ok(match booking.status {
        Status::InProgress => Status::CheckedIn,
        Status::Completed if store::last_event(tx, booking.id, Status::InProgress.as_str())?.is_some() => {
            Status::InProgress
        }
        Status::Completed => Status::CheckedIn,
        _ => Status::Confirmed,
    })
}

/// Takes back what a no-show has cost: the charge that counted before counts again, the fee and the lapse are gone.
fn take_back(tx: &mut Tx<'_>, booking: Booking, last: Option<&LastEvent>) -> Result<Booking> {
    let subject = Subject { kind: SUBJECT, id: booking.id };
    if let Some((charge, _)) = money::charge_of(tx, subject)?
        && charge.status == money::ChargeStatus::Settled
        && charge.net + charge.tax > Cents::ZERO
    {
        return Err(Error::refused(&FEE_PAID));
    }
    let noted = |name: &str| last.and_then(|last| last.detail.get(name)).filter(|value| !value.is_null());
    let status = noted("charge_status").and_then(Value::as_str).map(str::to_owned);
    let charge = noted("charge").and_then(Value::as_i64).map(Id);
    money::reinstate(tx, subject, charge.zip(status.and_then(money::ChargeStatus::read)))?;
    store::set_fee(tx, booking.id, None)?;
    store::forget_lapse(tx, booking.id)?;
    Ok(Booking { fee: None, ..booking })
}
