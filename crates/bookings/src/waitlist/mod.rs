//! The waitlist: joining it, recording what becomes free, and offering it.

pub(crate) mod join;
pub(crate) mod ledger;
pub(crate) mod model;
pub(crate) mod offering;
pub(crate) mod store;
