//! Booking: free times, claims, bookings. A time is offered only if everything it needs is free; it is
//! booked only if the key of `claims` lets it, which holds whatever number of processes write.

mod api;
mod bits;
mod book;
mod busy;
mod cancel;
mod cells;
mod days;
mod free;
mod mine;
mod model;
mod nightly;
mod policy;
mod price;
mod record;
mod release;
mod rules;
mod search;
mod store;
mod window;
mod wire;

pub use api::routes;
pub use bits::Bits;
pub use book::{Booked, SUBJECT, book};
pub use busy::Candidates;
pub use cancel::{Cancelled, cancel};
pub use cells::{Cell, MINUTES, begin, cell_at, cell_from, cells};
pub use days::{Day, Days, Open, minute, moments};
pub use free::{Busy, DayCount, Demand, Factors, Field, Gate, Offer, Offers, Track};
pub use mine::{Mine, allergies, mine, read, show};
pub use model::{
    AddonWish, Booking, CAPACITY, Detail, MAINTENANCE, MEMBERS_ONLY, OUTSIDE_WINDOW, PLAN_REQUIRED,
    ROOM_CLOSED, SAME_PERSON, SKILL, Status, TAKEN, TECHNICIAN_OFF, TOO_LATE, VIP_ONLY, WRONG_STATE, When,
    Wish,
};
pub use nightly::{Nightly, tidy};
pub use policy::Policy;
pub use price::{Cover, Quote, Sale, price_for, quote};
pub use record::{Record, record};
pub use release::{Asker, Decision, Override, ReleaseRule, Start, Terms, gate, terms};
pub use rules::{Rules, add_rule, decide, rules};
pub use search::{Answer, Ask, FreeDay, MOST_DAYS, Why, search};
pub use window::{Closed, Window, iso};
