//! Expiry of holds. The claims of an expired hold count as free immediately (H2): a new booking ends the expired
//! holds in its way, and the maintenance job ends the rest.

use booking_rules::settings::{HOLD, OFFER};
use booking_rules::{BookingEvent, HoldEnd, Status};
use catalogue::Catalogue;
use jiff::SignedDuration;
use kit::{Id, Result, Tx};
use scheduling::Claimant;
use serde_json::json;

use crate::store;
use crate::waitlist::ledger;

/// Returns the claimant for a booking. Expired holds that are in its way are ended.
pub(crate) fn claimant(catalogue: &Catalogue, booking: Id) -> Claimant<'_> {
    Claimant { id: booking, catalogue, end_expired }
}

/// Ends an expired hold. Returns whether it was still held.
pub(crate) fn end_expired(tx: &mut Tx<'_>, hold: Id) -> Result<bool> {
    match store::club_of(tx, hold)? {
        Some(club) => tx.in_club(club, |tx| end_hold(tx, hold, None, HoldEnd::Expired)),
        None => Ok(false),
    }
}

/// Ends expired holds, at most `most` of them. Returns the number of ended holds. A hold that would last longer than
/// the longest kind is from a clock that was ahead and has come back: it ends a minute later than such a hold.
pub(crate) fn run_maintenance(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let longest = catalogue.setting(HOLD).max(catalogue.setting(OFFER));
    store::end_by(tx, tx.now() + SignedDuration::from_mins(longest + 1), most)?;
    let mut ended = 0;
    for hold in store::expired(tx, most)? {
        ended += u64::from(end_expired(tx, hold)?);
    }
    Ok(ended)
}

/// Ends a hold: releases its claims and returns the benefits it used. Returns `false` if it is no longer a hold.
pub(crate) fn end_hold(tx: &mut Tx<'_>, hold: Id, by: Option<Id>, why: HoldEnd) -> Result<bool> {
    if !store::move_state(tx, hold, Status::Held, Status::Expired)? {
        return Ok(false);
    }
    scheduling::release(tx, hold)?;
    membership::return_benefits(tx, hold)?;
    store::note(tx, hold, by, BookingEvent::Ended(why), &json!({}))?;
    ledger::passed_over(tx, hold, why)?;
    Ok(true)
}
