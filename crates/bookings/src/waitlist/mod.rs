//! The waitlist: joining it, what is given back, and offering that.

pub(crate) mod join;
pub(crate) mod ledger;
pub(crate) mod model;
pub(crate) mod offering;
pub(crate) mod store;
