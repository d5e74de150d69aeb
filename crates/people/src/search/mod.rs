//! Searching for people.

pub(crate) mod find;
pub(crate) mod index;
