//! The rules of booking: their worked examples by the letter, and what release rules let through. Against a reference
//! implementation they are held in `agreement`.

#[path = "it/corners.rs"]
mod corners;
#[path = "it/gates.rs"]
mod gates;
#[path = "it/rules_examples.rs"]
mod rules_examples;

use jiff::tz::TimeZone;

fn new_york() -> TimeZone {
    TimeZone::get("America/New_York").expect("a zone")
}
