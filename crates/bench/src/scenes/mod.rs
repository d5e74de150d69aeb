//! The scenarios.

mod app;
mod availability;
mod commit;
mod engine;
mod opening;
mod page;
mod people;
mod start;

pub(crate) use availability::availability;
pub(crate) use commit::commit;
pub(crate) use engine::engine;
pub(crate) use opening::opening;
pub(crate) use page::page;
pub(crate) use people::people;
pub(crate) use start::start;
