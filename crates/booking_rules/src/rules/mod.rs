//! Release rules, overrides of single times, and booking windows: who may book what, and when.

pub(crate) mod input;
pub(crate) mod model;
pub(crate) mod overrides;
pub(crate) mod release;
pub(crate) mod week;
pub(crate) mod weekly;
pub(crate) mod window;
