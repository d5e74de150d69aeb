//! When a plan changes, what was booked on days on which it does not count any more costs something else; then it may be
//! cancelled freely (M5).

use kit::{Id, Result, Tx};
use serde_json::json;

use crate::book::{bill, priced};
use crate::model::Status;
use crate::price::PlanTerms;
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
        let addons = store::addons_of(tx, before.id)?;
        let old_total = before.total();
        let (booking, why) = priced(tx, &catalogue, before, sale.under(plan), &addons)?;
        store::write_price(tx, &booking, &why)?;
        store::free_to_cancel(tx, booking.id)?;
        money::replace(tx, &bill(club, &booking, why))?;
        let told = json!({"from": old_total, "to": booking.total()});
        store::note(tx, booking.id, None, "repriced", &told)?;
        tx.enqueue(&Moved { booking: booking.id }, tx.now())?;
        repriced += 1;
    }
    Ok(repriced)
}
