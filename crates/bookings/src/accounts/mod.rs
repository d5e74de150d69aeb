//! The bookings of a person: their list, their history, adoption, export, and erasure.

pub(crate) mod adopt;
pub(crate) mod my_bookings;
pub(crate) mod privacy;
