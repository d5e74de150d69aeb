//! What the pages of memberships say of bookings, which stand above memberships.

use catalogue::Setting;
use jiff::civil::Date;
use kit::{Cents, Id, Result, Tx};

/// A booking that would cost something else after a change of the membership.
#[derive(Debug, Clone)]
pub struct RepricedBooking {
    /// The page of the visit.
    pub path: String,
    /// What was booked.
    pub service: Id,
    /// The day of the visit.
    pub day: Date,
    /// What it costs now.
    pub from: Cents,
    /// What it would cost.
    pub to: Cents,
    /// Whether it could be cancelled at no cost because of that.
    pub is_free_to_cancel: bool,
}

/// What the pages say of bookings, which stand above memberships: the program passes it in.
#[derive(Debug, Clone, Copy)]
pub struct BookingTerms {
    /// The setting that says how many days ahead somebody without a membership books.
    pub account_days: Setting,
    /// The setting that says up to which price a service is a birthday gift, in cents.
    pub birthday_gift: Setting,
    /// Prices the bookings of a person again, with the membership as it stands in the transaction.
    pub reprice: fn(&mut Tx<'_>, Id) -> Result<Vec<RepricedBooking>>,
}
