//! The price of a booking, and the cost of canceling or missing it.

pub(crate) mod policy;
pub(crate) mod price;
