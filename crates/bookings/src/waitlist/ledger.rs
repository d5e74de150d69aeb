//! What is given back, and what becomes of an offer when its hold ends. Below the operations on bookings, which call it.

use jiff::ToSpan as _;
use kit::{Id, Result, Tx};
use scheduling::Cell;

use crate::waitlist::model::MatchWaitlist;
use crate::waitlist::store;

/// A booking or a hold gives back what it has: what that opens is offered to whoever waits.
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

/// A resource can be booked again from cell to cell, for a block of it was removed: what that opens is offered to those
/// who wait.
pub(crate) fn freed_span(tx: &mut Tx<'_>, resource: Id, span: (Cell, Cell)) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let event = tx.new_id()?;
    store::keep_freed_span(tx, event, resource, span)?;
    tx.enqueue(&MatchWaitlist::default(), tx.now())
}

/// Time alone may have opened something to whoever waits; what they waited for may be over.
pub(crate) fn opened_by_time(tx: &mut Tx<'_>) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let today = tx.now().to_zoned(catalogue::current(tx)?.club.zone.clone()).date();
    store::end_past(tx, today.checked_sub(1.day()).unwrap_or(today))?;
    tx.enqueue(&MatchWaitlist { joined: None, anyway: true }, tx.now())
}

/// A hold has ended: if it was an offer, who waited keeps their place once (L3), and the next is asked.
pub(crate) fn passed_over(tx: &mut Tx<'_>, hold: Id, why: &str) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, why)? {
        let state = if wait.passed >= 1 { "left" } else { "waiting" };
        store::pass(tx, wait.id, state)?;
    }
    freed(tx, hold)
}

/// A hold was booked: if it was an offer, the waiting is over.
pub(crate) fn taken(tx: &mut Tx<'_>, hold: Id) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, "booked")? {
        store::set_state(tx, wait.id, &["offered", "waiting"], "done")?;
    }
    Ok(())
}
