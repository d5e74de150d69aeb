//! The shapes of the API.

mod expand;
mod intents;
mod money;
mod people;

pub(crate) use expand::{expand, of};
pub(crate) use money::{EVIDENCE, event};
