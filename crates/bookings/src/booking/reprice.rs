//! Repricing: when a person's plan changes, bookings on days on which the old plan no longer applies get a new price
//! and can then be canceled for free (M5). They get the agreed price back if the plan applies again.

use booking_rules::{Benefit, Booking, BookingEvent, CancellationState, Coverage, Status};
use kit::{Id, Result, Tx};
use serde_json::json;

use crate::booking::charge::{bill, pay_with, priced};
use crate::model::Repricing;
use crate::notifications::notify;
use crate::store;

/// Reprices a person's upcoming bookings: with a new price if the plan that applies on their day gives less than the
/// plan they were sold under, and with the agreed price if it no longer does. Returns the bookings with a new price.
/// Their owner is notified, once for each series or visit.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn reprice_for(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Repricing>> {
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let entitlements = membership::entitlements(tx, club, person)?;
    let mut repriced = Vec::new();
    for row in store::upcoming(tx, person, tx.now())? {
        // It may have been canceled since it was read.
        tx.lock_person(row.booking.id)?;
        let Some(before) = store::find(tx, row.booking.id)?.map(|row| row.booking) else { continue };
        let Some(basis) = before.price.basis.clone().filter(|_| before.status == Status::Confirmed) else {
            continue;
        };
        let Some(next) = basis.follow(entitlements.plan_then(before.day)) else { continue };
        let (id, from, restored) = (before.id, before.price.total(), next.agreed.is_none());
        membership::return_benefits(tx, id)?;
        let benefit = basis
            .agreed
            .as_ref()
            .filter(|_| restored)
            .map_or(Benefit::Nothing, |agreed| benefit(agreed.coverage));
        let next = pay_with(tx, next, Some(benefit), &entitlements, (id, before.day, before.party.people))?;
        let addons = store::addons_of(tx, id)?;
        let (booking, why) = priced(tx, &catalogue, before, next, &addons)?;
        let cancellation = CancellationState { is_free: !restored, ..booking.cancellation };
        let booking = Booking { cancellation, ..booking };
        store::write_price(tx, &booking, &why)?;
        store::free_to_cancel(tx, id, booking.cancellation.is_free)?;
        money::replace(tx, &bill(club, &booking, why))?;
        let change = json!({"from": from, "to": booking.price.total()});
        store::note(tx, id, None, BookingEvent::Repriced, &change)?;
        repriced.push(Repricing { booking, from });
    }
    notify::repriced(tx, &repriced)?;
    Ok(repriced)
}

/// Returns the benefit that is to pay again for a booking with this coverage.
fn benefit(coverage: Coverage) -> Benefit {
    match coverage {
        Coverage::Credit => Benefit::Credit,
        Coverage::Birthday(_) => Benefit::Birthday,
        Coverage::Pass(_) => Benefit::Pass,
        // An Unlimited plan needs no benefit.
        Coverage::None | Coverage::Unlimited => Benefit::Nothing,
    }
}
