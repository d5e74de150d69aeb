//! Cancelling: always possible, and what it costs is known before.

use kit::jobs::Job;
use kit::{Cents, Error, Id, Result, Tx};
use money::{Bill, Line, LineKind, Subject};
use people::{Action, Actor};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::book::SUBJECT;
use crate::model::{Booking, Status, WRONG_STATE};
use crate::store;

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
/// stood at booking stays due (C1). Cancelled by the club it costs nothing (C3).
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state`.
pub fn cancel(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<(Booking, Cents)> {
    let person = by.person()?.id;
    let by_club = by.may(Action::BookForOthers);
    let kept = store::find(tx, id)?.filter(|kept| by_club || kept.booking.person == Some(person));
    let booking = kept.ok_or(Error::NotFound)?.booking;
    let now = tx.now();
    let own = booking.person == Some(person);
    if !booking.can_cancel(now) || !store::move_state(tx, id, booking.status, Status::Cancelled)? {
        return Err(Error::refused(&WRONG_STATE));
    }
    let fee = if by_club && !own { Cents::ZERO } else { booking.cancel_cost(now) };
    store::release(tx, id)?;
    let keeps_credit = own && !booking.policy.is_free(booking.created_at, booking.starts_at, now);
    if !keeps_credit {
        membership::return_credits(tx, id)?;
    }
    let lines = if fee == Cents::ZERO {
        Vec::new()
    } else {
        vec![Line::new(LineKind::Fee, "late_cancellation", "Late cancellation", fee)]
    };
    let club = catalogue::current(tx)?.club.id;
    let subject = Subject { kind: SUBJECT, id };
    money::replace(tx, &Bill { subject, club, person: booking.person, lines })?;
    store::note(tx, id, Some(person), "cancelled", &json!({ "fee": fee }))?;
    tx.enqueue(&Cancelled { booking: id }, now)?;
    Ok((Booking { status: Status::Cancelled, ..booking }, fee))
}
