//! The steps of a visit on its day: check-in, start, completion, and no-show (C5, D11).

use booking_rules::details::{AT, BOOKING_STATUS, BY, FIRST_OPEN, OPENS_AT};
use booking_rules::refusals::{
    CHECK_IN_FIRST, CHECK_IN_LATER, COMPLETE_LATER, DAY_CLOSED, DONE_ALREADY, NO_SHOW_LATER, START_LATER,
    WRONG_STEP,
};
use booking_rules::settings::{NO_SHOW, START_EARLY, UNDO};
use booking_rules::{Booking, BookingEvent, CancellationState, LocalMoment, SUBJECT, Status, StepTaken};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, Refusal, Result, Tx};
use people::Subject;
use people::{Action, Actor, AuditEvent};
use scheduling::{Days, begin};
use serde_json::json;

use crate::booking::charge::charge_for_leaving;
use crate::model::FeeReason;
use crate::notifications::notify;
use crate::store;
use catalogue::Catalogue;

/// Checks a guest in. This is possible from the opening of the operating day, or from when the visit may start if
/// that is earlier, until the business day is closed (D11).
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may run the day, `Error::NotFound` if there is no such booking,
/// `own_account` if it is the actor's own, `wrong_state` if it is too early or the status does not permit it, and
/// `day_closed` if the business day is closed.
pub fn check_in(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::CheckedIn)
}

/// Starts a visit. This is possible after check-in, and from the club's `start_early_minutes` before its time (D11).
///
/// # Errors
/// Returns the same errors as [`check_in`].
pub fn start(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::InProgress)
}

/// Completes a visit. This is possible after check-in, and not before its start (D11).
///
/// # Errors
/// Returns the same errors as [`check_in`].
pub fn complete(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::Completed)
}

/// Marks a no-show. This is possible from the club's `no_show_minutes` after the start, fifteen by default (C5).
///
/// # Errors
/// Returns the same errors as [`check_in`].
pub fn no_show(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::NoShow)
}

/// Locks and returns a booking whose visit `by` may run: not their own, because its fee would be theirs to waive.
pub(crate) fn for_someone_else(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    by.need(Action::RunTheDay)?;
    tx.lock_person(id)?;
    let booking = store::find(tx, id)?.ok_or(Error::NotFound)?.booking;
    booking.person.map_or(Ok(()), |person| by.need_for(Action::RunTheDay, person))?;
    Ok(booking)
}

fn step(tx: &mut Tx<'_>, by: &Actor, id: Id, to: Status) -> Result<Booking> {
    let booking = for_someone_else(tx, by, id)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    if booking.status == to {
        return Err(done_already(tx, id, to, BookingEvent::Step(to))?);
    }
    if let Some(objection) = objection(&catalogue, &booking, to, now)? {
        return Err(objection);
    }
    let before = booking.status;
    let after = advance(tx, booking, to, by.id())?.ok_or_else(|| Error::refused(&WRONG_STEP))?;
    let details = json!({"before": before.as_str(), "after": to.as_str(), "fee": after.cancellation.fee});
    people::note_operation(tx, by, step_name(to), (SUBJECT, Some(id)), details)?;
    Ok(after)
}

/// Returns the name of a step in the audit log.
fn step_name(to: Status) -> AuditEvent {
    match to {
        Status::CheckedIn => AuditEvent::VisitCheckedIn,
        Status::InProgress => AuditEvent::VisitStarted,
        Status::Completed => AuditEvent::VisitCompleted,
        _ => AuditEvent::VisitNoShow,
    }
}

/// Returns the error that a step would cause now, or `None` if staff may take it. It does not use the database.
pub(crate) fn objection(
    catalogue: &Catalogue,
    booking: &Booking,
    to: Status,
    now: Timestamp,
) -> Result<Option<Error>> {
    if !booking.status.may_become(to) {
        let waits = booking.status == Status::Confirmed;
        let refusal: &'static Refusal = if waits { &CHECK_IN_FIRST } else { &WRONG_STEP };
        return Ok(Some(Error::refused(refusal).with(BOOKING_STATUS, booking.status.as_str())));
    }
    let minutes = |number| SignedDuration::from_mins(catalogue.setting(number));
    let (from, refusal): (Timestamp, &'static Refusal) = match to {
        Status::CheckedIn => (check_in_opens(catalogue, booking)?, &CHECK_IN_LATER),
        Status::InProgress => (booking.starts_at - minutes(START_EARLY), &START_LATER),
        Status::Completed => (booking.starts_at, &COMPLETE_LATER),
        _ => (booking.starts_at + minutes(NO_SHOW), &NO_SHOW_LATER),
    };
    if now < from {
        let from = LocalMoment::new(&catalogue.club.zone, from);
        return Ok(Some(Error::refused(refusal).with(OPENS_AT, from)));
    }
    Ok(day_closed(catalogue, booking, now))
}

/// Returns when check-in opens: when the first room opens on the operating day or, if that is earlier, when the visit
/// may start (decision 20).
fn check_in_opens(catalogue: &Catalogue, booking: &Booking) -> Result<Timestamp> {
    let days = Days::new(&catalogue.club.zone, booking.day, booking.day)?;
    let rooms = catalogue.rooms.iter().filter(|room| room.active);
    let opens =
        rooms.flat_map(|room| days.open(&room.hours).iter().map(|open| open.from).collect::<Vec<_>>());
    let early = booking.starts_at - SignedDuration::from_mins(catalogue.setting(START_EARLY));
    Ok(opens.min().map_or(early, |opens| begin(opens).min(early)))
}

/// Returns whether staff can still change the visits of a business day. Days are not closed explicitly yet: until the
/// ledger has a day close, a business day stays open until the next one has ended (decision 20).
pub fn business_day_is_open(catalogue: &Catalogue, day: Date, now: Timestamp) -> bool {
    let next = day.tomorrow().unwrap_or(day);
    now < catalogue.business_day(next).1
}

/// Returns the refusal for a visit whose business day is closed: `day_closed`, which carries the first day that is
/// still open. Returns `None` if the day is open.
pub(crate) fn day_closed(catalogue: &Catalogue, booking: &Booking, now: Timestamp) -> Option<Error> {
    let day = catalogue.business_day_at(booking.starts_at);
    if business_day_is_open(catalogue, day, now) {
        return None;
    }
    let today = catalogue.business_day_at(now);
    let first = today.yesterday().unwrap_or(today);
    Some(Error::refused(&DAY_CLOSED).with(FIRST_OPEN, first.to_string()))
}

/// Returns the refusal of a step or undo that led to `status` and that someone else has just taken, which the event
/// `event` records. It carries who took it and when.
pub(crate) fn done_already(tx: &mut Tx<'_>, id: Id, status: Status, event: BookingEvent) -> Result<Error> {
    let zone = catalogue::current(tx)?.club.zone.clone();
    let Some(last) = store::last_event(tx, id, event)? else {
        return Ok(Error::refused(&DONE_ALREADY));
    };
    let by = last.by.map(|by| people::person(tx, by)).transpose()?.map(|person| person.full_name());
    Ok(Error::refused(&DONE_ALREADY)
        .with(BOOKING_STATUS, status.as_str())
        .with(BY, by)
        .with(AT, LocalMoment::new(&zone, last.at)))
}

/// Takes a step with its consequences. Returns `None` if the status of the booking has changed in the meantime.
fn advance(tx: &mut Tx<'_>, booking: Booking, to: Status, by: Option<Id>) -> Result<Option<Booking>> {
    let before = booking.status;
    if !before.may_become(to) || !store::move_state(tx, booking.id, before, to)? {
        return Ok(None);
    }
    let mut taken = StepTaken { before: Some(before), ..StepTaken::default() };
    let mut after = Booking { status: to, ..booking };
    if to == Status::NoShow {
        let subject = Subject { kind: SUBJECT, id: after.id };
        if let Some((charge, _)) = money::charge_of(tx, subject)? {
            taken.charge = Some(charge.id);
        }
        after = miss(tx, after)?;
        taken.fee = after.cancellation.fee;
    }
    store::note(tx, after.id, by, BookingEvent::Step(to), &taken)?;
    if before == Status::Confirmed {
        // The notification refers to the event and is valid only while that is the last event of its kind, so it
        // comes after the event.
        notify::missed(tx, &after)?;
    }
    Ok(Some(after))
}

/// Applies the consequences of a no-show: the whole price stays due (C1), a credit is forfeited, and a lapse counts
/// (C2).
fn miss(tx: &mut Tx<'_>, booking: Booking) -> Result<Booking> {
    let lapses = store::lapses_of(tx, &booking)?;
    let leaving = booking.missed(lapses);
    charge_for_leaving(tx, &booking, leaving, FeeReason::NoShow)?;
    let cancellation = CancellationState { fee: Some(leaving.fee), ..booking.cancellation };
    Ok(Booking { cancellation, ..booking })
}

/// Ends visits that are over, at most `most` of them. A guest who was checked in is completed once the visit is over
/// and the front desk may no longer undo the step. A guest who was not is marked as a no-show when the business day
/// has ended, never before (C5). A no-show that staff have undone is left to them. Returns the number of ended
/// visits.
pub(crate) fn run_maintenance(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let day_begins = catalogue.business_day_begins(catalogue.business_day_at(now));
    let undo = SignedDuration::from_mins(catalogue.setting(UNDO));
    let mut ended = 0;
    for row in store::over(tx, (day_begins, now - undo), most)? {
        let to = if row.booking.status == Status::Confirmed { Status::NoShow } else { Status::Completed };
        ended += u64::from(advance(tx, row.booking, to, None)?.is_some());
    }
    Ok(ended)
}
