//! The visits of a business day: their steps, and undoing a step.

pub(crate) mod day;
pub(crate) mod own_day;
pub(crate) mod steps;
pub(crate) mod undo;
