//! When a plan changes, what was booked on days on which it does not count any more costs something else; then it may be
//! cancelled freely (M5). It costs what was agreed again, if the plan comes back.

use booking_rules::{Benefit, Booking, Coverage, Status};
use kit::{Cents, Id, Result, Tx};
use serde_json::json;

use crate::booking::charge::{bill, pay_with, priced};
use crate::model::Repriced;
use crate::notifications::notify;
use crate::store;

/// A booking that costs something else now.
#[derive(Debug, Clone)]
pub struct Repricing {
    /// As it is now.
    pub booking: Booking,
    /// What it cost before.
    pub from: Cents,
}

/// Prices a person's bookings ahead anew where the plan of their day gives less than the one they were sold by, and as agreed
/// where it does not any more. What costs something else now; its guests are told.
///
/// # Errors
/// A fault of the database.
pub fn reprice_for(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Repricing>> {
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let entitlements = membership::entitlements(tx, club, person)?;
    let mut repriced = Vec::new();
    for row in store::upcoming(tx, person, tx.now())? {
        let before = row.booking;
        let Some(basis) = before.basis.clone().filter(|_| before.status == Status::Confirmed) else {
            continue;
        };
        let Some(next) = basis.follow(entitlements.plan_then(before.day)) else { continue };
        let (id, from, restored) = (before.id, before.total(), next.agreed.is_none());
        membership::return_perks(tx, id)?;
        let benefit = basis
            .agreed
            .as_ref()
            .filter(|_| restored)
            .map_or(Benefit::Nothing, |agreed| benefit(agreed.coverage));
        let next = pay_with(tx, next, Some(benefit), &entitlements, (id, before.day, before.party))?;
        let addons = store::addons_of(tx, id)?;
        let (booking, why) = priced(tx, &catalogue, before, next, &addons)?;
        let booking = Booking { free_to_cancel: !restored, ..booking };
        store::write_price(tx, &booking, &why)?;
        store::free_to_cancel(tx, id, booking.free_to_cancel)?;
        money::replace(tx, &bill(club, &booking, why))?;
        store::note(tx, id, None, "repriced", &json!({"from": from, "to": booking.total()}))?;
        notify::repriced(tx, &booking, &Repriced { booking: id, from: from.0, restored })?;
        repriced.push(Repricing { booking, from });
    }
    Ok(repriced)
}

/// What would pay for it again.
fn benefit(coverage: Coverage) -> Benefit {
    match coverage {
        Coverage::Credit => Benefit::Credit,
        Coverage::Birthday(_) => Benefit::Birthday,
        Coverage::Pass(_) => Benefit::Pass,
        // A plan without limit needs nothing: it only counts.
        Coverage::None | Coverage::Unlimited => Benefit::Nothing,
    }
}
