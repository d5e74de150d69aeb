//! Times in emails: by the club's clock, and always with the name of its time zone (N5), for whoever reads them may be elsewhere.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What people call the time of a zone.
const NAMES: [(&str, &str); 12] = [
    ("America/New_York", "Eastern Time"),
    ("America/Detroit", "Eastern Time"),
    ("America/Toronto", "Eastern Time"),
    ("America/Chicago", "Central Time"),
    ("America/Denver", "Mountain Time"),
    ("America/Boise", "Mountain Time"),
    ("America/Phoenix", "Arizona Time"),
    ("America/Los_Angeles", "Pacific Time"),
    ("America/Anchorage", "Alaska Time"),
    ("Pacific/Honolulu", "Hawaii Time"),
    ("America/Puerto_Rico", "Atlantic Time"),
    ("Europe/London", "UK Time"),
];

/// The name of a zone: `Eastern Time`, else as the time zone database has it: `(Europe/Paris)`.
fn zone_name(zone: &TimeZone) -> String {
    let iana = zone.iana_name().unwrap_or("UTC");
    let known = NAMES.iter().find(|(name, _)| *name == iana);
    known.map_or_else(|| format!("({iana})"), |(_, spoken)| (*spoken).to_owned())
}

fn shown(zone: &TimeZone, at: Timestamp, form: &str) -> String {
    at.to_zoned(zone.clone()).strftime(form).to_string()
}

/// `2:00 PM`; with the offset's name where the clock shows that time twice in the night: `1:30 AM EDT`.
fn clock(zone: &TimeZone, at: Timestamp) -> String {
    let civil = at.to_zoned(zone.clone()).datetime();
    let is_twice = zone.to_ambiguous_timestamp(civil).is_ambiguous();
    shown(zone, at, if is_twice { "%-I:%M %p %Z" } else { "%-I:%M %p" })
}

/// `Friday, November 27, 2026`
pub(super) fn date(zone: &TimeZone, at: Timestamp) -> String {
    shown(zone, at, "%A, %B %-d, %Y")
}

/// `Nov 27`, for subjects.
pub(super) fn short_date(zone: &TimeZone, at: Timestamp) -> String {
    shown(zone, at, "%b %-d")
}

/// `2:00 PM Eastern Time`
pub(super) fn time(zone: &TimeZone, at: Timestamp) -> String {
    format!("{} {}", clock(zone, at), zone_name(zone))
}

/// `Friday, November 27, 2026, 2:00 PM Eastern Time`
pub(super) fn moment(zone: &TimeZone, at: Timestamp) -> String {
    format!("{}, {}", date(zone, at), time(zone, at))
}

/// `Friday, November 27, 2026, 2:00 PM to 3:00 PM Eastern Time`
pub(super) fn span(zone: &TimeZone, from: Timestamp, to: Timestamp) -> String {
    format!("{}, {} to {}", date(zone, from), clock(zone, from), time(zone, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn every_time_names_its_zone() {
        let zone = |name: &str| TimeZone::get(name).expect("a zone");
        let friday = at("2026-11-27T19:00:00Z");
        let text = span(&zone("America/New_York"), friday, at("2026-11-27T20:00:00Z"));
        assert_eq!(text, "Friday, November 27, 2026, 2:00 PM to 3:00 PM Eastern Time");
        assert_eq!(
            moment(&zone("Europe/Paris"), friday),
            "Friday, November 27, 2026, 8:00 PM (Europe/Paris)"
        );
    }

    #[test]
    fn a_time_that_the_clock_shows_twice_says_which() {
        let zone = TimeZone::get("America/New_York").expect("a zone");
        let (first, second) = (at("2026-11-01T05:30:00Z"), at("2026-11-01T06:30:00Z"));
        assert_eq!(time(&zone, first), "1:30 AM EDT Eastern Time");
        assert_eq!(time(&zone, second), "1:30 AM EST Eastern Time");
    }
}
