//! The bookings of a person: their list, the services that they had, adoption, export, and erasure.

pub(crate) mod adopt;
pub(crate) mod my_bookings;
pub(crate) mod past_services;
pub(crate) mod privacy;
