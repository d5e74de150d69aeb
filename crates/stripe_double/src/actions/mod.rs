//! What the API can do. Each action reads its parameters, refuses what Stripe refuses, and changes the state.

pub(crate) mod agenda;
pub(crate) mod bank;
pub(crate) mod charges;
pub(crate) mod customers;
pub(crate) mod disputes;
pub(crate) mod events;
pub(crate) mod fields;
pub(crate) mod lists;
pub(crate) mod methods;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod refunds;
pub(crate) mod sessions;
pub(crate) mod setups;
