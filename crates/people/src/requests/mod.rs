//! Requests: who sends them, from where, with which session, and how many are allowed.

pub(crate) mod caller;
pub(crate) mod client_info;
pub(crate) mod cookies;
pub(crate) mod limits;
pub(crate) mod network;
pub(crate) mod rate_limit;
pub(crate) mod sessions;
