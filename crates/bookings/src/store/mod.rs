//! SQL statements that several operations share. They make no decisions.

mod bookings;
mod lifecycle;
mod rows;

pub(crate) use bookings::*;
pub(crate) use lifecycle::*;
pub(crate) use rows::{BookingRow, columns};
