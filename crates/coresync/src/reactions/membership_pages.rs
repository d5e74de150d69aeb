//! What the membership pages need from bookings. The `membership` crate is below `bookings`, so `coresync` passes it
//! in.

use kit::{Id, Result, Tx};
use membership::pages::{BookingTerms, RepricedBooking};

/// The functions and settings of bookings that the program passes to the membership pages.
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
            to: one.booking.price.total(),
            is_free_to_cancel: one.booking.cancellation.is_free,
        })
        .collect())
}
