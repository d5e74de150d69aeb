//! How pages write days, times, amounts, and counts.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::Cents;
use kit::web::in_address;

/// Numbers that are written out.
const SMALL: [&str; 13] = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// `$1,650.00`; below zero with a true minus.
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

/// `Tuesday 24 November`, with the year where it is not near `today`.
pub fn day(date: Date, today: Date) -> String {
    let is_near = (date - today).get_days().abs() <= 180;
    date.strftime(if is_near { "%A %-d %B" } else { "%A %-d %B %Y" }).to_string()
}

/// The club's date at a moment.
pub fn date_at(zone: &TimeZone, moment: Timestamp) -> Date {
    moment.to_zoned(zone.clone()).date()
}

/// What a clock of the club shows: `18:30`.
pub fn clock(zone: &TimeZone, moment: Timestamp) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// The day of the club's calendar on which something begins: after midnight, the next one.
pub fn day_of(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    day(date_at(zone, at), date_at(zone, now))
}

/// `Tuesday 24 November, 18:30`.
pub fn moment(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", day(date_at(zone, at), date_at(zone, now)), clock(zone, at))
}

/// `Tuesday 24 November, 18:30:05`, where it is asked what came first.
pub fn second(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    let clock = at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    format!("{}, {clock}", day(date_at(zone, at), date_at(zone, now)))
}

/// `18:30 – 19:30`.
pub fn span(zone: &TimeZone, from: Timestamp, to: Timestamp) -> String {
    format!("{} – {}", clock(zone, from), clock(zone, to))
}

/// `no times`, `1 time`, `5 times`.
pub fn times(count: usize) -> String {
    match count {
        0 => "no times".to_owned(),
        1 => "1 time".to_owned(),
        count => format!("{count} times"),
    }
}

/// `five`, `13`.
pub fn number(count: usize) -> String {
    SMALL.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// `Five`.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The days of the week, in the order of their numbers.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `one month`, `2 months`.
pub fn months(count: i64) -> String {
    if count == 1 { "one month".to_owned() } else { format!("{count} months") }
}

/// Minutes from midnight as a clock shows them, past midnight too: `17:00`.
pub fn minute(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes.rem_euclid(1_440) / 60, minutes.rem_euclid(60))
}

/// `45 minutes`, `2 hours`.
pub fn duration(minutes: i64) -> String {
    match minutes {
        minutes if minutes >= 120 && minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

/// `one guest`, `up to 8 guests`.
pub fn guests(count: i64) -> String {
    match count {
        1 => "one guest".to_owned(),
        2 => "two guests".to_owned(),
        count => format!("{count} guests"),
    }
}

/// A text as it stands in the query of an address.
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
