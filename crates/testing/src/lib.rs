//! For tests alone: a cast of named people and a small exact club, with the whole program around it and no port.
//!
//! ```ignore
//! let house = House::open().await;
//! let answer = house.as_(BEA).post("/api/bookings/create_booking/", json!({…})).await;
//! answer.refused(409, "taken");
//! ```
//!
//! The clock stands at ten on Tuesday 24 November 2026 in New York until a test moves it. When the house is dropped,
//! the jobs that are due are run, and the test fails if one of them fails.

mod answer;
mod cast;
mod club;
mod house;

pub use answer::Answer;
pub use cast::{BEA, CAST, DORA, GUS, MAX, OLA, PIA, Player, TOM, UMA};
pub use house::{Guest, House, NOW};
