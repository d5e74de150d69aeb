//! Holds that run out. Their claims count as free at once (H2): the next booking removes those in its way itself, the
//! rest is swept.

use booking_rules::Status;
use catalogue::Catalogue;
use kit::{Id, Result, Tx};
use scheduling::Claimant;
use serde_json::json;

use crate::store;
use crate::waitlist::ledger;

/// Whoever claims time as a booking: what stands in its way and has run out is ended.
pub(crate) fn claimant(catalogue: &Catalogue, booking: Id) -> Claimant<'_> {
    Claimant { id: booking, catalogue, end_expired }
}

/// Ends a hold that has run out. Whether it was still one. It may be in another club than this transaction: a person is one
/// resource in all of them.
pub(crate) fn end_expired(tx: &mut Tx<'_>, hold: Id) -> Result<bool> {
    match store::club_of(tx, hold)? {
        Some(club) => tx.in_club(club, |tx| end_hold(tx, hold, None, "expired")),
        None => Ok(false),
    }
}

/// Removes every hold that has run out, at most so many. How many there were.
pub(crate) fn run_maintenance(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let mut ended = 0;
    for hold in store::expired(tx, most)? {
        ended += u64::from(end_expired(tx, hold)?);
    }
    Ok(ended)
}

/// Ends a hold: what it claimed is free, what it used of a plan comes back. `false` if it is none any more.
pub(crate) fn end_hold(tx: &mut Tx<'_>, hold: Id, by: Option<Id>, why: &str) -> Result<bool> {
    if !store::move_state(tx, hold, Status::Held, Status::Expired)? {
        return Ok(false);
    }
    scheduling::release(tx, hold)?;
    membership::return_perks(tx, hold)?;
    store::note(tx, hold, by, why, &json!({}))?;
    ledger::passed_over(tx, hold, why)?;
    Ok(true)
}
