//! The reference implementation of the booking rules, for tests only: written from the specification, minute by minute,
//! over plain data. It shares no code with the other crates, and is slow but obvious. Where the two differ, one of them
//! is wrong.
//!
//! Moments are seconds since 1970, durations are minutes, and money is cents. Where the specification leaves something
//! open, the decision records 5, 7, and 10 say what is meant; each such place names its record.

mod calendar;
mod fees;
mod free;
mod model;
mod price;
mod refusals;
mod who;

pub use calendar::{clock_minute, date_of, midnight, moment};
pub use fees::{Fee, Terms, fee};
pub use free::{Day, SearchInput, Slot};
pub use model::{
    Addon, Booking, Decision, Equipment, Id, Membership, Moment, Open, Person, Rank, Room, Rule, Service,
    Shift, StartOverride, Technician, World,
};
pub use price::{Paid, Price, price};
pub use refusals::No;
pub use who::{Reserved, Term, Window};
