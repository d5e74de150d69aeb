//! Records what becomes free, and the outcome of an offer when its hold ends. The operations on bookings call this
//! module, and it calls none of them.

use jiff::ToSpan as _;
use kit::{Id, Result, Tx};
use scheduling::Cell;

use crate::waitlist::model::{MatchWaitlist, OfferOutcome};
use crate::waitlist::store;
use booking_rules::{HoldEnd, WaitState};

/// Records that a booking or a hold has released its resources, so that the time is offered to the waitlist.
pub(crate) fn freed(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let event = tx.new_id()?;
    for (resource, from, to) in scheduling::resources_of(tx, booking)? {
        store::keep_freed_span(tx, event, resource, (from, to))?;
    }
    tx.enqueue(&MatchWaitlist::default(), tx.now())
}

/// Records that a resource can be booked again in a span because a block was removed or changed, so that the time is
/// offered to the waitlist.
pub(crate) fn freed_span(tx: &mut Tx<'_>, resource: Id, span: (Cell, Cell)) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let event = tx.new_id()?;
    store::keep_freed_span(tx, event, resource, span)?;
    tx.enqueue(&MatchWaitlist::default(), tx.now())
}

/// Starts matching the waitlist, because times may have become bookable only because time has passed. Ends the places
/// whose days are over.
pub(crate) fn opened_by_time(tx: &mut Tx<'_>) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let today = catalogue::today(tx)?;
    store::end_past(tx, today.checked_sub(1.day()).unwrap_or(today))?;
    tx.enqueue(&MatchWaitlist { joined: None, anyway: true }, tx.now())
}

/// Handles the end of a hold. If it was an offer, the person keeps their place once (L3), and the time is offered to
/// the next.
pub(crate) fn passed_over(tx: &mut Tx<'_>, hold: Id, why: HoldEnd) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, OfferOutcome::Ended(why))? {
        let state = if wait.passed >= 1 { WaitState::Left } else { WaitState::Waiting };
        store::pass(tx, wait.id, state)?;
    }
    freed(tx, hold)
}

/// Handles the booking of a hold. If it was an offer, the place is done.
pub(crate) fn taken(tx: &mut Tx<'_>, hold: Id) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, OfferOutcome::Booked)? {
        store::set_state(tx, wait.id, &[WaitState::Offered, WaitState::Waiting], WaitState::Done)?;
    }
    Ok(())
}
