//! A time that is held, until it is booked or let go.

pub(crate) mod cookie;
pub(crate) mod held;
pub(crate) mod held_page;
pub(crate) mod hold_form;

pub(crate) use held::routes;
