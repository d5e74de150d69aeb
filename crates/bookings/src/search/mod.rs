//! Searching: from a search or a booking request to offers or refusals.

pub(crate) mod alternatives;
pub(crate) mod free_times;
pub(crate) mod lookup;
pub(crate) mod moving;
pub(crate) mod objections;
pub(crate) mod reserved_times;
pub(crate) mod resolved;
pub(crate) mod slot;
pub(crate) mod why_not;
