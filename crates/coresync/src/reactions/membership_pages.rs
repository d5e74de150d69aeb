//! What the pages of memberships say of bookings, which stand above memberships.

use kit::{Id, Result, Tx};
use membership::pages::{BookingTerms, RepricedBooking};

/// What the program passes to the pages of memberships.
pub(crate) const BOOKING_TERMS: BookingTerms =
    BookingTerms { account_days: bookings::ACCOUNT_DAYS, birthday_gift: bookings::BIRTHDAY, reprice };

fn reprice(tx: &mut Tx<'_>, person: Id) -> Result<Vec<RepricedBooking>> {
    let repriced = bookings::reprice_for(tx, person)?;
    Ok(repriced
        .into_iter()
        .map(|one| RepricedBooking {
            path: format!("/dashboard/bookings/{}/", one.booking.id),
            service: one.booking.service,
            day: one.booking.day,
            from: one.from,
            to: one.booking.total(),
            is_free_to_cancel: one.booking.free_to_cancel,
        })
        .collect())
}
