//! The rules once more, for tests alone: written from their wording, minute by minute, over plain data. It shares no code
//! with the crates and is as slow as it is obvious; where the two differ, one of them is wrong.
//!
//! Moments are seconds since 1970, stretches are minutes, money is cents. Where the wording leaves something open, the
//! decision records 5, 7 and 10 say what is meant; each such place names its record.

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
    Addon, Booking, Decision, Equipment, Hand, Id, Membership, Moment, Open, Person, Rank, Room, Rule,
    Service, Shift, Technician, World,
};
pub use price::{Paid, Price, price};
pub use refusals::No;
pub use who::{Reserved, Term, Window};
