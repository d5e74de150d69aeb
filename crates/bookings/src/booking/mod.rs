//! Operations on bookings and holds, one in each file.

pub(crate) mod amend;
pub(crate) mod audit;
pub(crate) mod book;
pub(crate) mod cancel;
pub(crate) mod charge;
pub(crate) mod confirm;
pub(crate) mod expiry;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod place;
pub(crate) mod reprice;
pub(crate) mod reschedule;
pub(crate) mod series;
pub(crate) mod visit;
