//! Canceling. A booking can be canceled until it ends, and its fee is known in advance.

use booking_rules::{
    Booking, BookingEvent, CancellationState, CancellationTerms, CancelledFor, Status, refusals::WRONG_STATE,
};
use kit::{Cents, Error, Id, Result, Tx};
use people::{Action, Actor, AuditEvent};

use crate::booking::audit;
use crate::booking::charge::charge_for_leaving;
use crate::model::FeeReason;
use crate::notifications::notify;
use crate::store;
use crate::waitlist::ledger;

/// Cancels a booking. Its claims are released immediately, and of its price only the fee of the policy that applied
/// when it was made stays due (C1, C2, C4). If staff cancel for someone else, there is no fee (C3). Returns the
/// booking and the fee.
///
/// # Errors
/// Returns `Error::NotFound` if the actor may not cancel the booking, and `wrong_state` if it can no longer be
/// canceled.
pub fn cancel(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<(Booking, Cents)> {
    cancel_because(tx, by, id, None)
}

/// Does the same with a reason. The email to the guest contains the reason if staff gave it (N5). Every reason is
/// stored in the events of the booking.
///
/// # Errors
/// Returns the same errors as [`cancel`].
pub fn cancel_because(tx: &mut Tx<'_>, by: &Actor, id: Id, reason: Option<&str>) -> Result<(Booking, Cents)> {
    let (booking, fee) = cancel_quietly(tx, by, id, reason)?;
    notify::cancelled(tx, std::slice::from_ref(&booking))?;
    Ok((booking, fee))
}

/// Does the same without notifying anyone. The caller must send the notifications.
pub(crate) fn cancel_quietly(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    reason: Option<&str>,
) -> Result<(Booking, Cents)> {
    let person = by.person()?.id;
    let by_club = by.may(Action::BookForOthers);
    tx.lock_person(id)?;
    let row = store::find(tx, id)?.filter(|row| by_club || row.booking.person == Some(person));
    let booking = row.ok_or(Error::NotFound)?.booking;
    let now = tx.now();
    let is_own = booking.person == Some(person);
    if !booking.can_cancel(now) || !store::move_state(tx, id, booking.status, Status::Cancelled)? {
        return Err(Error::refused(&WRONG_STATE));
    }
    let leaving = if by_club && !is_own {
        CancellationTerms::default()
    } else {
        let lapses = store::lapses_of(tx, &booking)?;
        booking.leaving(now, lapses)
    };
    scheduling::release(tx, id)?;
    if !leaving.late {
        membership::return_benefits(tx, id)?;
    }
    charge_for_leaving(tx, &booking, leaving, FeeReason::LateCancellation)?;
    let detail = CancelledFor { fee: leaving.fee, reason: reason.map(str::to_owned) };
    store::note(tx, id, Some(person), BookingEvent::Cancelled, &detail)?;
    ledger::freed(tx, id)?;
    let cancellation = CancellationState { fee: Some(leaving.fee), ..booking.cancellation };
    let cancelled = Booking { status: Status::Cancelled, cancellation, ..booking.clone() };
    audit::note_both(tx, by, AuditEvent::BookingCancelled, &booking, &cancelled)?;
    notify::missed(tx, &cancelled)?;
    Ok((cancelled, leaving.fee))
}
