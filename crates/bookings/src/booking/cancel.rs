//! Cancelling: always possible, and what it costs is known before.

use booking_rules::{Booking, Leaving, Status, refusals::WRONG_STATE};
use kit::web::{Input, RawInput};
use kit::{Cents, Error, Id, Result, Tx};
use people::{Action, Actor};
use serde_json::json;

use crate::booking::audit;
use crate::booking::charge::charge_for_leaving;
use crate::notifications::notify;
use crate::store;
use crate::waitlist::ledger;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Why something is cancelled, if it was said: on one line.
#[derive(Debug, Clone)]
pub struct Reason(pub Option<String>);

impl Input for Reason {
    fn parse(input: &mut RawInput) -> Reason {
        let text = input.opt_text_within("reason", LONGEST_REASON);
        let on_one_line = |text: String| {
            let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            shown.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Reason(text.map(on_one_line).filter(|text| !text.is_empty()))
    }
}

/// Cancels a booking: what it claimed is free at once, and of its price only the fee of the policy that
/// stood at booking stays due (C1, C2, C4). Cancelled by the club it costs nothing (C3).
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state`.
pub fn cancel(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<(Booking, Cents)> {
    cancel_because(tx, by, id, None)
}

/// The same with a reason. One that staff give is in the email about it (N5); everybody's is kept in the booking's history.
///
/// # Errors
/// As [`cancel`].
pub fn cancel_because(tx: &mut Tx<'_>, by: &Actor, id: Id, reason: Option<&str>) -> Result<(Booking, Cents)> {
    let (booking, fee) = cancel_quietly(tx, by, id, reason)?;
    notify::cancelled(tx, std::slice::from_ref(&booking))?;
    Ok((booking, fee))
}

/// The same, and leaves it to the caller to notify.
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
        Leaving::default()
    } else {
        let lapses = store::lapses_of(tx, &booking)?;
        booking.leaving(now, lapses)
    };
    scheduling::release(tx, id)?;
    if !leaving.late {
        membership::return_perks(tx, id)?;
    }
    charge_for_leaving(tx, &booking, leaving, "late_cancellation", "Late cancellation")?;
    let mut detail = json!({ "fee": leaving.fee });
    if let Some(reason) = reason {
        detail["reason"] = json!(reason);
    }
    store::note(tx, id, Some(person), "cancelled", &detail)?;
    ledger::freed(tx, id)?;
    let cancelled = Booking { status: Status::Cancelled, fee: Some(leaving.fee), ..booking.clone() };
    audit::note_both(tx, by, "booking_cancelled", &booking, &cancelled)?;
    Ok((cancelled, leaving.fee))
}
