//! Release rules, single times that are decided by hand, and windows: who may book what, and when.

pub(crate) mod input;
pub(crate) mod model;
pub(crate) mod overrides;
pub(crate) mod release;
pub(crate) mod week;
pub(crate) mod weekly;
pub(crate) mod window;
