//! What the pages of memberships need from bookings, whose crate depends on this one.

use catalogue::Setting;
use jiff::civil::Date;
use kit::{Cents, Id, Result, Tx};

/// A booking whose price would change with the membership.
#[derive(Debug, Clone)]
pub struct RepricedBooking {
    /// The path of the page of the visit.
    pub path: String,
    /// The id of the booked service.
    pub service: Id,
    /// The day of the visit.
    pub day: Date,
    /// The current price in cents.
    pub from: Cents,
    /// The new price in cents.
    pub to: Cents,
    /// Whether the guest could cancel the booking at no charge because of the change.
    pub is_free_to_cancel: bool,
}

/// What the pages need from bookings. The program passes it in, because the crate of bookings depends on this one.
#[derive(Debug, Clone, Copy)]
pub struct BookingTerms {
    /// The setting for the number of days ahead that a person without a plan can book.
    pub account_days: Setting,
    /// The setting for the maximum price in cents of a service that can be a birthday gift.
    pub birthday_gift: Setting,
    /// Computes the prices of a person's bookings again, with the membership as the transaction sees it.
    pub reprice: fn(&mut Tx<'_>, Id) -> Result<Vec<RepricedBooking>>,
}
