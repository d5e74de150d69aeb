//! Moments as text with the offset of the club’s time zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A moment that is written as JSON in ISO 8601 with the offset of the club's time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalMoment {
    /// The moment.
    pub moment: Timestamp,
    text: String,
}

impl LocalMoment {
    /// Returns a moment with its text in a time zone.
    pub fn new(zone: &TimeZone, moment: Timestamp) -> LocalMoment {
        LocalMoment { moment, text: iso(zone, moment) }
    }
}

impl serde::Serialize for LocalMoment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Formats a moment in ISO 8601 with the offset of a time zone at that moment.
pub fn iso(zone: &TimeZone, moment: Timestamp) -> String {
    moment.display_with_offset(zone.to_offset(moment)).to_string()
}
