//! Test support: a cast of named people and a small, exact club, with a router that the test passes in, and no
//! network port.
//!
//! ```text
//! let app = TestClub::open_around(NOW, |config| config, |app| Program::of_routes(app, routes, handlers)).await;
//! let answer = app.as_(BEA).post("/api/bookings/create_booking/", json!({…})).await;
//! answer.refused(409, "taken");
//! ```
//!
//! The clock stands at ten on Tuesday, November 24, 2026 in New York until a test moves it. When the club is dropped,
//! the jobs that are due are run, and the test fails if one of them fails.
//!
//! This crate depends on the crates whose rows make up a club, and on none above them, so that the tests of a crate
//! build only that crate and those below it.

mod answer;
mod cast;
mod club;
mod program;
mod rng;
mod shape;
mod test_club;

pub use answer::{Answer, duplicate_name};
pub use cast::{BEA, CAST, DORA, GUS, MAX, OLA, PIA, Player, TOM, UMA};
pub use program::Program;
pub use rng::Xorshift;
pub use shape::assert_shape;
pub use test_club::{Guest, NOW, TestClub};
