//! The booking rules: their worked examples, and the effect of release rules. `agreement` compares the rules with a
//! reference implementation.

#[path = "it/corners.rs"]
mod corners;
#[path = "it/release_masks.rs"]
mod release_masks;
#[path = "it/rules_examples.rs"]
mod rules_examples;

use bookings::MatchWaitlist;
use jiff::tz::TimeZone;
use kit::jobs::Handlers;
use testing::{NOW, Program, TestClub};

/// Opens the small club at [`NOW`], with the jobs of this crate.
async fn open() -> TestClub {
    open_at(NOW).await
}

/// Opens the small club at another time.
async fn open_at(now: &str) -> TestClub {
    TestClub::open_around(now, |config| config, program).await
}

fn program(app: &kit::AppState) -> Program {
    let handlers = Handlers::default().on(|db: kit::Db, why: MatchWaitlist| async move {
        bookings::match_waitlist(&db, why).await.map(drop)
    });
    Program::of_routes(app, axum::Router::new(), handlers)
}

fn new_york() -> TimeZone {
    TimeZone::get("America/New_York").expect("a zone")
}
