//! How pages write days, times, amounts, and counts.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::Cents;
use kit::web::in_address;

/// The numbers that pages write as words; the index is the number.
const SMALL: [&str; 13] = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// Formats an amount in dollars: `$1,650.00`. A negative amount begins with a minus sign (U+2212).
pub fn money(amount: Cents) -> String {
    let cents = amount.0.unsigned_abs();
    let whole = (cents / 100).to_string();
    let grouped = whole.chars().enumerate().fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    });
    let sign = if amount.0 < 0 { "−" } else { "" };
    format!("{sign}${grouped}.{:02}", cents % 100)
}

/// Formats a date: `Tuesday 24 November`. The year is added if the date is more than 180 days from `today`.
pub fn day(date: Date, today: Date) -> String {
    let is_near = (date - today).get_days().abs() <= 180;
    date.strftime(if is_near { "%A %-d %B" } else { "%A %-d %B %Y" }).to_string()
}

/// Returns the date of a moment in the time zone of the club.
pub fn date_at(zone: &TimeZone, moment: Timestamp) -> Date {
    moment.to_zoned(zone.clone()).date()
}

/// Formats the time of day of a moment in the time zone of the club: `18:30`.
pub fn clock(zone: &TimeZone, moment: Timestamp) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// Formats the date in the time zone of the club on which something begins. A start after midnight has the date of the
/// new day.
pub fn day_of(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    day(date_at(zone, at), date_at(zone, now))
}

/// Formats the date and the time of day: `Tuesday 24 November, 18:30`.
pub fn moment(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", day(date_at(zone, at), date_at(zone, now)), clock(zone, at))
}

/// Formats the date and the time of day with seconds: `Tuesday 24 November, 18:30:05`. It is for lists in which the
/// order of events matters.
pub fn second(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    let clock = at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    format!("{}, {clock}", day(date_at(zone, at), date_at(zone, now)))
}

/// Formats the times of day of a start and an end: `18:30 – 19:30`.
pub fn span(zone: &TimeZone, from: Timestamp, to: Timestamp) -> String {
    format!("{} – {}", clock(zone, from), clock(zone, to))
}

/// Formats a number of available times: `no times`, `1 time`, `5 times`.
pub fn times(count: usize) -> String {
    match count {
        0 => "no times".to_owned(),
        1 => "1 time".to_owned(),
        count => format!("{count} times"),
    }
}

/// Writes numbers up to twelve as words and larger ones in digits: `five`, `13`.
pub fn number(count: usize) -> String {
    SMALL.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// Changes the first letter to upper case: `five` becomes `Five`.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The English names of the days of the week, Monday first.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Formats a number of months: `one month`, `2 months`.
pub fn months(count: i64) -> String {
    if count == 1 { "one month".to_owned() } else { format!("{count} months") }
}

/// Formats minutes since midnight as the time of day: `17:00`. Values of 1440 and more are times of the next day: 1500
/// is `01:00`.
pub fn minute(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes.rem_euclid(1_440) / 60, minutes.rem_euclid(60))
}

/// Formats a number of minutes: `45 minutes`. Full hours from two hours on are written in hours: `2 hours`.
pub fn duration(minutes: i64) -> String {
    match minutes {
        minutes if minutes >= 120 && minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

/// Formats a number of guests: `one guest`, `two guests`, `8 guests`.
pub fn guests(count: i64) -> String {
    match count {
        1 => "one guest".to_owned(),
        2 => "two guests".to_owned(),
        count => format!("{count} guests"),
    }
}

/// Percent-encodes a text for the query of a URL. `/` and `:` stay as they are.
pub fn encoded(text: &str) -> String {
    in_address(text, "/:")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn amounts_are_grouped_and_signed() {
        for (cents, text) in
            [(0, "$0.00"), (7, "$0.07"), (15_000, "$150.00"), (165_000, "$1,650.00"), (-5_000, "−$50.00")]
        {
            assert_eq!(money(Cents(cents)), text);
        }
        assert_eq!(money(Cents(123_456_789)), "$1,234,567.89");
    }

    #[test]
    fn a_day_far_away_has_its_year() {
        let today = date(2026, 11, 24);
        assert_eq!(day(today, today), "Tuesday 24 November");
        assert_eq!(day(date(2027, 1, 5), today), "Tuesday 5 January");
        assert_eq!(day(date(2025, 11, 25), today), "Tuesday 25 November 2025");
    }

    #[test]
    fn a_time_after_midnight_reads_as_a_clock_shows_it() {
        for (minutes, shown) in [(540, "09:00"), (1440, "00:00"), (1500, "01:00")] {
            assert_eq!(minute(minutes), shown);
        }
    }

    #[test]
    fn counts_read_well() {
        assert_eq!([times(0), times(1), times(5)], ["no times", "1 time", "5 times"]);
        assert_eq!([number(5), number(13)], ["five", "13"]);
        assert_eq!([duration(90), duration(120)], ["90 minutes", "2 hours"]);
    }
}
