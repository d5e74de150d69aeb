//! Holds that run out. Their claims count as free at once (H2): the next booking removes those in its way itself, the
//! rest is swept.

use kit::{Id, Result, Tx};
use serde_json::json;

use crate::cells::Cell;
use crate::model::Status;
use crate::store;
use crate::waits;

/// Removes the holds that have run out and claim some of these cells. Whether there were any.
pub(crate) fn clear_expired(tx: &mut Tx<'_>, resource: Id, span: (Cell, Cell)) -> Result<bool> {
    let mut any = false;
    for hold in store::expired_on(tx, resource, span)? {
        any |= end_hold(tx, hold, None, "expired")?;
    }
    Ok(any)
}

/// Removes every hold that has run out, at most so many. How many there were.
pub(crate) fn sweep(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let mut ended = 0;
    for hold in store::expired(tx, most)? {
        ended += u64::from(end_hold(tx, hold, None, "expired")?);
    }
    Ok(ended)
}

/// Ends a hold: what it claimed is free, what it used of a plan comes back. `false` if it is none any more.
pub(crate) fn end_hold(tx: &mut Tx<'_>, hold: Id, by: Option<Id>, why: &str) -> Result<bool> {
    if !store::move_state(tx, hold, Status::Held, Status::Expired)? {
        return Ok(false);
    }
    store::release(tx, hold)?;
    membership::return_perks(tx, hold)?;
    store::note(tx, hold, by, why, &json!({}))?;
    waits::passed_over(tx, hold, why)?;
    Ok(true)
}
