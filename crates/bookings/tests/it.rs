//! The rules of booking: their worked examples by the letter, and the engine of free times against a slow one.

#[path = "it/gates.rs"]
mod gates;
#[path = "it/reference.rs"]
mod reference;
#[path = "it/rules_examples.rs"]
mod rules_examples;

use jiff::tz::TimeZone;

fn new_york() -> TimeZone {
    TimeZone::get("America/New_York").expect("a zone")
}
