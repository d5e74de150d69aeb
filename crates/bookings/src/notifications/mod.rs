//! Notifications about bookings.

pub(crate) mod guests;
pub(crate) mod notify;
pub(crate) mod remind;
