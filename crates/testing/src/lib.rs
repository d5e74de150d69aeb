//! For tests only: a cast of named people and a small exact club, with a router that the test hands in, and no port.
//!
//! ```ignore
//! let house = House::open_around(NOW, |config| config, |house| Program::of_routes(house, routes, handlers)).await;
//! let answer = house.as_(BEA).post("/api/bookings/create_booking/", json!({…})).await;
//! answer.refused(409, "taken");
//! ```
//!
//! The clock stands at ten on Tuesday, November 24, 2026 in New York until a test moves it. When the house is dropped,
//! the jobs that are due are run, and the test fails if one of them fails.
//!
//! This crate depends on the crates whose rows make up a club, and on none above them: the tests of a crate build that
//! crate and what is below it.

mod answer;
mod cast;
mod club;
mod house;
mod program;
mod shape;

pub use answer::Answer;
pub use cast::{BEA, CAST, DORA, GUS, MAX, OLA, PIA, Player, TOM, UMA};
pub use house::{Guest, House, NOW};
pub use program::Program;
pub use shape::assert_shape;
