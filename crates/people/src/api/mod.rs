//! The API for accounts, personal data, and staff.

pub(crate) mod personal;
pub(crate) mod routes;
pub(crate) mod security;
pub(crate) mod staff;
pub(crate) mod user;
