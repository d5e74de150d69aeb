//! Times in emails. They are shown in the club's time zone and always name it (N5), because the reader may be
//! elsewhere.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ui::format;

/// The common names of time zones.
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

/// Returns the name of a zone such as `Eastern Time`, or the name in the time zone database such as `(Europe/Paris)`.
fn zone_name(zone: &TimeZone) -> String {
    let iana = zone.iana_name().unwrap_or("UTC");
    let known = NAMES.iter().find(|(name, _)| *name == iana);
    known.map_or_else(|| format!("({iana})"), |(_, spoken)| (*spoken).to_owned())
}

/// Returns the date as in `Friday, November 27, 2026`.
pub fn date(zone: &TimeZone, at: Timestamp) -> String {
    format::full_day(format::date_at(zone, at))
}

/// Returns the date as in `Nov 27`, for subjects.
pub fn short_date(zone: &TimeZone, at: Timestamp) -> String {
    format::short_date(format::date_at(zone, at))
}

/// Returns a text that ends with the time of `at`, followed by the name of the zone, unless the time already ends with
/// the name of its offset because the clock shows it twice that night: `1:30 AM EDT`.
fn in_zone(zone: &TimeZone, at: Timestamp, text: String) -> String {
    if format::shows_twice(zone, at) { text } else { format!("{text} {}", zone_name(zone)) }
}

/// Returns the time of day with its zone as in `2:00 PM Eastern Time`.
pub fn time(zone: &TimeZone, at: Timestamp) -> String {
    in_zone(zone, at, format::clock(zone, at))
}

/// Returns the date and time as in `Friday, November 27, 2026, 2:00 PM Eastern Time`.
pub fn moment(zone: &TimeZone, at: Timestamp) -> String {
    format!("{}, {}", date(zone, at), time(zone, at))
}

/// `Friday, November 27, 2026, 2:00 – 3:00 PM Eastern Time`, with the spaces that every email program can show.
pub fn span(zone: &TimeZone, from: Timestamp, to: Timestamp) -> String {
    let span = format::span(zone, from, to).replace('\u{a0}', " ");
    in_zone(zone, to, format!("{}, {span}", date(zone, from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn every_time_includes_its_zone() {
        let zone = |name: &str| TimeZone::get(name).expect("a zone");
        let friday = at("2026-11-27T19:00:00Z");
        let text = span(&zone("America/New_York"), friday, at("2026-11-27T20:00:00Z"));
        assert_eq!(text, "Friday, November 27, 2026, 2:00 – 3:00 PM Eastern Time");
        assert_eq!(
            moment(&zone("Europe/Paris"), friday),
            "Friday, November 27, 2026, 8:00 PM (Europe/Paris)"
        );
    }

    #[test]
    fn an_ambiguous_time_includes_its_zone_abbreviation() {
        let zone = TimeZone::get("America/New_York").expect("a zone");
        let (first, second) = (at("2026-11-01T05:30:00Z"), at("2026-11-01T06:30:00Z"));
        assert_eq!(time(&zone, first), "1:30 AM EDT");
        assert_eq!(time(&zone, second), "1:30 AM EST");
    }
}
