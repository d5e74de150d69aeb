//! The values that the refusals of bookings carry.

use kit::DetailKey;

use catalogue::LocalMoment;

/// When the refused operation becomes possible.
pub const OPENS_AT: DetailKey<LocalMoment> = DetailKey::new("opens_at");
/// The number of days ahead for which the person may book.
pub const MAX_ADVANCE_DAYS: DetailKey<i64> = DetailKey::new("max_advance_days");
/// The slugs of the plans with which the person may book.
pub const PLANS: DetailKey<Vec<String>> = DetailKey::new("plans");
/// The status of the booking.
pub const BOOKING_STATUS: DetailKey<&'static str> = DetailKey::new("booking_status");
/// The first business day that is still open, in ISO 8601.
pub const FIRST_OPEN: DetailKey<String> = DetailKey::new("first_open");
/// The name of the person who was faster; `None` stands for the system.
pub const BY: DetailKey<Option<String>> = DetailKey::new("by");
/// When that person changed it.
pub const AT: DetailKey<LocalMoment> = DetailKey::new("at");
/// The fields that differ from what the client saw.
pub const FIELDS: DetailKey<Vec<&'static str>> = DetailKey::new("fields");
/// The new total.
pub const TOTAL: DetailKey<String> = DetailKey::new("total");
/// The difference between the new total and the old one.
pub const DIFFERENCE: DetailKey<String> = DetailKey::new("difference");
/// The room that the booking would have.
pub const ROOM_ID: DetailKey<i64> = DetailKey::new("room_id");
/// The technicians who would serve.
pub const TECHNICIAN_IDS: DetailKey<Vec<i64>> = DetailKey::new("technician_ids");
