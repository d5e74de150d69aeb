//! When a plan changes, what was booked on days on which it does not count any more costs something else; then it may be
//! cancelled freely (M5).

use kit::{Id, Result, Tx};
use money::{Bill, Subject};
use serde_json::json;

use crate::book::{SUBJECT, sold_addons};
use crate::model::{Booking, Status};
use crate::price::{Cover, PlanTerms, Sale, quote};
use crate::reschedule::Moved;
use crate::store;

/// Prices a person's bookings ahead anew where their plan of that day is another than it was sold with. How many cost
/// something else now; their guests are told.
///
/// # Errors
/// A fault of the database.
pub fn reprice_for(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let standing = membership::standing(tx, club, person)?;
    let mut repriced = 0;
    for kept in store::upcoming(tx, person, tx.now())? {
        let before = kept.booking;
        let plan = standing.plan_on(before.day);
        let Some(sale) = before.sale.clone().filter(|_| before.status == Status::Confirmed) else { continue };
        if sale.plan == plan.map(PlanTerms::of) {
            continue;
        }
        membership::return_perks(tx, before.id)?;
        let is_unlimited = plan.is_some_and(|plan| plan.monthly_credits.is_none());
        let cover = if is_unlimited { Cover::Unlimited } else { Cover::None };
        let sale = Sale { plan: plan.map(PlanTerms::of), cover, ..sale };
        let Some(service) = catalogue.service(before.service) else { continue };
        let addons = store::addons_of(tx, before.id)?;
        let quote = quote(&sale, &sold_addons(&catalogue, service, &addons)?);
        let booking = Booking {
            base: quote.base(),
            addons_total: quote.addons(),
            discount: quote.discount(),
            tax: money::tax_on(tx, club, &quote.lines)?,
            sale: Some(sale),
            ..before.clone()
        };
        store::write_move(tx, &booking, &quote.lines)?;
        store::free_to_cancel(tx, before.id)?;
        let subject = Subject { kind: SUBJECT, id: before.id };
        money::replace(tx, &Bill { subject, club, person: Some(person), lines: quote.lines })?;
        let told = json!({"from": before.total(), "to": booking.total()});
        store::note(tx, before.id, None, "repriced", &told)?;
        tx.enqueue(&Moved { booking: before.id }, tx.now())?;
        repriced += 1;
    }
    Ok(repriced)
}
