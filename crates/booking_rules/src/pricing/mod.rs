//! What a booking costs, and what it costs not to come.

pub(crate) mod policy;
pub(crate) mod price;
