//! What the double stores.

mod cards;
mod faults;
mod objects;
mod state;

pub(crate) use cards::{Authentication, Card, CardOutcome, of_number, of_token};
pub use faults::{DoubleFault, InjectedFault};
pub(crate) use objects::*;
pub(crate) use state::{Delivery, Due, Replay, State, Table, Task};
