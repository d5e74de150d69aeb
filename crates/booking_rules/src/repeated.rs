//! A booking that repeats.

use jiff::Timestamp;

use crate::request::BookingRequest;

/// The largest number of bookings in a series.
pub(crate) const MOST: i64 = 26;

/// A request for a series: the first booking and how it repeats.
#[derive(Debug, Clone)]
pub struct Repeated {
    /// The request for the first occurrence.
    pub request: BookingRequest,
    /// The number of weeks between two occurrences.
    pub every_weeks: i64,
    /// The number of occurrences.
    pub times: i64,
    /// Whether occurrences that cannot be booked are left out.
    pub skip_conflicts: bool,
    /// Other times for single occurrences, which are counted from 0.
    pub instead: Vec<(i64, Timestamp)>,
    /// The occurrences to leave out, counted from 0.
    pub without: Vec<i64>,
}
