//! The pages of a held time, until it is booked or released.

pub(crate) mod cookie;
pub(crate) mod held;
pub(crate) mod held_page;
pub(crate) mod hold_form;

pub(crate) use held::routes;
