//! Cancelling: always possible, and what it costs is known before.

use kit::jobs::Job;
use kit::{Cents, Error, Id, Result, Tx};
use people::{Action, Actor};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arrive::charge_for_leaving;
use crate::audit;
use crate::model::{Booking, Status};
use crate::policy::Leaving;
use crate::refusals::WRONG_STATE;
use crate::store;
use crate::waits;

/// Somebody is to be told that a booking was cancelled.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// Which.
    pub booking: Id,
}

impl Job for Cancelled {
    const KIND: &'static str = "bookings.cancelled";
}

/// Cancels a booking: what it claimed is free at once, and of its price only the fee of the policy that
/// stood at booking stays due (C1, C2, C4). Cancelled by the club it costs nothing (C3).
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state`.
pub fn cancel(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<(Booking, Cents)> {
    let person = by.person()?.id;
    let by_club = by.may(Action::BookForOthers);
    tx.line_up(id)?;
    let kept = store::find(tx, id)?.filter(|kept| by_club || kept.booking.person == Some(person));
    let booking = kept.ok_or(Error::NotFound)?.booking;
    let now = tx.now();
    let own = booking.person == Some(person);
    if !booking.can_cancel(now) || !store::move_state(tx, id, booking.status, Status::Cancelled)? {
        return Err(Error::refused(&WRONG_STATE));
    }
    let leaving = if by_club && !own {
        Leaving::default()
    } else {
        let lapses = store::lapses_of(tx, &booking)?;
        booking.leaving(now, lapses)
    };
    store::release(tx, id)?;
    if !leaving.late {
        membership::return_perks(tx, id)?;
    }
    charge_for_leaving(tx, &booking, leaving, "late_cancellation", "Late cancellation")?;
    store::note(tx, id, Some(person), "cancelled", &json!({ "fee": leaving.fee }))?;
    tx.enqueue(&Cancelled { booking: id }, now)?;
    waits::freed(tx, id)?;
    let cancelled = Booking { status: Status::Cancelled, fee: Some(leaving.fee), ..booking.clone() };
    audit::note_both(tx, by, "booking_cancelled", &booking, &cancelled)?;
    Ok((cancelled, leaving.fee))
}
