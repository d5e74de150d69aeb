//! The input for bookings that repeat.

use jiff::Timestamp;
use kit::web::{Input, RawInput};
use serde_json::Value;

use crate::request::BookingRequest;

/// The largest number of bookings in a series.
const MOST: i64 = 26;

/// The input for a series.
#[derive(Debug, Clone)]
pub struct Repeated {
    /// The request for the first occurrence.
    pub request: BookingRequest,
    /// The number of weeks between two occurrences.
    pub every_weeks: i64,
    /// The number of occurrences.
    pub times: i64,
    /// Whether occurrences that cannot be booked are left out.
    pub skip_conflicts: bool,
    /// Other times for single occurrences, which are counted from 0.
    pub instead: Vec<(i64, Timestamp)>,
    /// The occurrences to leave out, counted from 0.
    pub without: Vec<i64>,
}

impl Input for Repeated {
    fn parse(input: &mut RawInput) -> Repeated {
        let repeated = Repeated {
            request: BookingRequest::parse(input),
            every_weeks: input.opt_number("every_weeks", 1, 8).unwrap_or(1),
            times: input.opt_number("times", 2, MOST).unwrap_or(2),
            skip_conflicts: input.yes("skip_conflicts"),
            instead: parse_instead(input),
            without: parse_without(input),
        };
        let is_place = |place: i64| (0..repeated.times).contains(&place);
        if !repeated.instead.iter().all(|(place, _)| is_place(*place)) {
            input.add_error("instead", "Each place must be a position in the series, starting at 0.");
        }
        if !repeated.without.iter().all(|place| is_place(*place)) {
            input.add_error("without", "Each place must be a position in the series, starting at 0.");
        }
        if (0..repeated.times).all(|place| repeated.without.contains(&place)) {
            input.add_error("without", "Keep at least one visit.");
        }
        repeated
    }
}

/// Parses the JSON list `[{place, starts_at}]`.
fn parse_instead(input: &mut RawInput) -> Vec<(i64, Timestamp)> {
    let items = input.many("instead");
    let read = |item: &Value| {
        let place = item.get("place")?.as_i64().filter(|place| (0..MOST).contains(place))?;
        Some((place, item.get("starts_at")?.as_str()?.parse().ok()?))
    };
    let read: Option<Vec<_>> = items.iter().take(26).map(read).collect();
    read.unwrap_or_else(|| {
        input.add_error("instead", "Each item needs its place, starting at 0, and starts_at.");
        Vec::new()
    })
}

/// Parses the JSON list `[place]`.
fn parse_without(input: &mut RawInput) -> Vec<i64> {
    let items = input.many("without");
    let places = items.iter().take(26).map(|item| item.as_i64().filter(|place| (0..MOST).contains(place)));
    places.collect::<Option<Vec<_>>>().unwrap_or_else(|| {
        input.add_error("without", "Send places, starting at 0.");
        Vec::new()
    })
}
