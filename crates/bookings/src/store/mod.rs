//! Every statement that several operations share. They decide nothing.

mod bookings;
mod lifecycle;
mod rows;

pub(crate) use bookings::*;
pub(crate) use lifecycle::*;
pub(crate) use rows::{BookingRow, columns};
