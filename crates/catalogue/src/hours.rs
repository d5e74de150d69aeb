//! Opening hours and working hours, which repeat every week.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;

/// A range of time on one weekday, in minutes from its midnight. A shift that ends after midnight ends past 1440 and
/// belongs to the day on which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// The weekday, from 1 (Monday) to 7 (Sunday).
    pub weekday: i64,
    /// The first minute of the shift.
    pub opens: i64,
    /// The minute after the last one.
    pub closes: i64,
}

/// The shifts of a week, sorted by weekday and opening.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours(pub Vec<Shift>);

impl Hours {
    /// Returns the shifts that begin on a weekday.
    pub fn on(&self, weekday: Weekday) -> impl Iterator<Item = &Shift> {
        let number = i64::from(weekday.to_monday_one_offset());
        self.0.iter().filter(move |shift| shift.weekday == number)
    }
}

/// The error for a text that does not describe weekly hours.
#[derive(Debug, PartialEq, Eq)]
pub struct NoHours(String);

impl fmt::Display for NoHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” should look like “mon-thu 09:00-22:00; sat 12:00-01:00”.", self.0)
    }
}

impl std::error::Error for NoHours {}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl FromStr for Hours {
    type Err = NoHours;

    /// Parses a text such as `mon-thu 09:00-22:00; sat 12:00-01:00`. A closing time at or before the opening time is on
    /// the next day.
    fn from_str(text: &str) -> Result<Hours, NoHours> {
        let mut shifts = Vec::new();
        for segment in text.split(';').map(str::trim).filter(|segment| !segment.is_empty()) {
            let wrong = || NoHours(segment.to_owned());
            let (days, times) = segment.split_once(' ').ok_or_else(wrong)?;
            let (opens, closes) = times.split_once('-').ok_or_else(wrong)?;
            let opens = minute(opens).ok_or_else(wrong)?;
            let closes = minute(closes).ok_or_else(wrong)?;
            let closes = if closes <= opens { closes + 1440 } else { closes };
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let day = |name: &str| DAYS.iter().position(|known| *known == name.trim());
            let (first, last) = (day(first).ok_or_else(wrong)?, day(last).ok_or_else(wrong)?);
            if first > last {
                return Err(wrong());
            }
            shifts.extend((1_i64..).zip(DAYS).skip(first).take(last - first + 1).map(|(weekday, _)| Shift {
                weekday,
                opens,
                closes,
            }));
        }
        shifts.sort();
        Ok(Hours(shifts))
    }
}

/// Parses `18:30` as minutes. Only multiples of five are accepted, because time is sold in cells of five minutes (F2).
fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute) && minute % 5 == 0).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_past_midnight_belong_to_the_day_on_which_they_begin() {
        let hours: Hours = "mon-thu 12:00-23:00; fri-sat 12:00-01:00".parse().expect("hours");
        assert_eq!(hours.0.len(), 6);
        let friday: Vec<_> = hours.on(Weekday::Friday).collect();
        assert_eq!(friday, [&Shift { weekday: 5, opens: 720, closes: 1500 }]);
        assert_eq!(hours.on(Weekday::Sunday).count(), 0);
    }

    #[test]
    fn malformed_weekly_hours_are_rejected() {
        for text in
            ["mon", "mon 9-10", "mon 09:00", "mun 09:00-10:00", "mon 09:02-10:00", "sat-mon 09:00-10:00"]
        {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
    }
}
