//! How pages write days, times, amounts, and counts.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kit::Cents;
use kit::web::in_address;

/// The numbers that pages write as words; the index is the number.
const SMALL: [&str; 13] = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// `$1,650`, `$33.75`: cents only where there are any; below zero with a true minus.
pub fn money(amount: Cents) -> String {
    let text = exact_money(amount);
    text.strip_suffix(".00").map_or_else(|| text.clone(), str::to_owned)
}

/// `$1,650.00`: always with cents, for columns in which some amount has them.
pub fn exact_money(amount: Cents) -> String {
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

/// `Tuesday, November 24`, with the year where it is not near `today`: `Tuesday, November 25, 2025`.
pub fn day(date: Date, today: Date) -> String {
    let is_near = (date - today).get_days().abs() <= 180;
    if is_near { date.strftime("%A, %B %-d").to_string() } else { full_day(date) }
}

/// The day after a date, as [`day`] writes it.
pub fn next_day(date: Date, today: Date) -> String {
    day(date.tomorrow().unwrap_or(date), today)
}

/// `Tuesday, November 24, 2026`.
pub fn full_day(date: Date) -> String {
    date.strftime("%A, %B %-d, %Y").to_string()
}

/// Formats a date with its year: `December 9, 2026`.
pub fn date(date: Date) -> String {
    date.strftime("%B %-d, %Y").to_string()
}

/// `Nov 27`, where there is little room.
pub fn short_date(date: Date) -> String {
    date.strftime("%b %-d").to_string()
}

/// Returns the date of a moment in the time zone of the club.
pub fn date_at(zone: &TimeZone, moment: Timestamp) -> Date {
    moment.to_zoned(zone.clone()).date()
}

/// What a clock of the club shows: `6:30 PM`; with the name of the offset where the clock shows that time twice in the night:
/// `1:30 AM EDT`.
pub fn clock(zone: &TimeZone, moment: Timestamp) -> String {
    clock_as(zone, moment, "%-I:%M %p")
}

/// The time in a form, followed by the name of the offset where the clock shows it twice in the night.
fn clock_as(zone: &TimeZone, moment: Timestamp, form: &str) -> String {
    let zoned = moment.to_zoned(zone.clone());
    let shown = zoned.strftime(form).to_string();
    if shows_twice(zone, moment) { format!("{shown} {}", zoned.strftime("%Z")) } else { shown }
}

/// Whether the clock shows a time twice in the night in which it goes back.
pub fn shows_twice(zone: &TimeZone, moment: Timestamp) -> bool {
    let civil = moment.to_zoned(zone.clone()).datetime();
    zone.to_ambiguous_timestamp(civil).is_ambiguous()
}

/// What a time input of the club takes: `18:30`.
pub fn input_clock(zone: &TimeZone, moment: Timestamp) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// Formats the date in the time zone of the club on which something begins. A start after midnight has the date of the
/// new day.
pub fn day_of(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    day(date_at(zone, at), date_at(zone, now))
}

/// `Tuesday, November 24, 6:30 PM`.
pub fn moment(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", day(date_at(zone, at), date_at(zone, now)), clock(zone, at))
}

/// Formats the moment at which something begins: `Tuesday, November 24, 6:30 PM`, or `Tuesday, November 24` at midnight.
pub fn beginning(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    if at.to_zoned(zone.clone()).time() == Time::midnight() {
        day_of(zone, at, now)
    } else {
        moment(zone, at, now)
    }
}

/// `Thu, Dec 3, 10:30 AM`, where there is little room.
pub fn short_moment(zone: &TimeZone, at: Timestamp) -> String {
    format!("{}, {}", date_at(zone, at).strftime("%a, %b %-d"), clock(zone, at))
}

/// Formats a moment with its seconds: `Tuesday, November 24, 6:30:05 PM`. It is used where the order of events matters.
pub fn second(zone: &TimeZone, at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", day(date_at(zone, at), date_at(zone, now)), clock_as(zone, at, "%-I:%M:%S %p"))
}

/// `6:30 – 7:30 PM`; across noon or midnight `11:30 AM – 12:30 PM`. Its spaces are no-break spaces, so that it stands on
/// one line.
pub fn span(zone: &TimeZone, from: Timestamp, to: Timestamp) -> String {
    let is_short = to.duration_since(from).abs() < SignedDuration::from_hours(12);
    join_span(&clock(zone, from), &clock(zone, to), is_short)
}

/// Two times with a dash. Of a short span in one half of the day, only the end says which half.
fn join_span(from: &str, to: &str, is_short: bool) -> String {
    let half = ["AM", "PM"].into_iter().find(|half| from.ends_with(half) && to.ends_with(half));
    let text = match half.filter(|_| is_short).and_then(|half| from.strip_suffix(half)) {
        Some(from) => format!("{} – {to}", from.trim_end()),
        None => format!("{from} – {to}"),
    };
    text.replace(' ', "\u{a0}")
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

/// Formats a number of things: `1 hour`, `48 hours`.
pub fn number_of(count: i64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Formats a factor in basis points as a percentage: 12,000 as `120%`, and 11,250 as `112.5%`.
pub fn percent(basis_points: i64) -> String {
    match (basis_points / 100, basis_points % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, part) => format!("{whole}.{part:02}%").replace("0%", "%"),
    }
}

/// Joins the items of a list: `Ada`, `Ada and Tom`, `Ada, Tom, and Eve`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    }
}

/// Formats a number of months: `1 month`, `2 months`.
pub fn months(count: i64) -> String {
    number_of(count, "month")
}

/// Returns the name of a day of the week from its number, with Monday as 1.
pub fn weekday(number: i64) -> Option<&'static str> {
    usize::try_from(number - 1).ok().and_then(|place| DAYS.get(place)).copied()
}

/// Returns what a kind of background job does: `Add a checkpoint to the audit log` for `people.checkpoint`. A kind that is not known here is
/// returned unchanged.
pub fn job(kind: &str) -> &str {
    match kind {
        "bookings.match_waitlist" => "Match the waitlist",
        "bookings.nightly" => "Clean up old holds",
        "bookings.run_maintenance" => "End holds and send reminders",
        "mail" => "Send an email",
        "membership.changed" => "Reprice a member’s bookings",
        "membership.notify" => "Notify a member",
        "membership.run_billing_day" => "Process membership billing",
        "people.email_confirmed" => "Assign bookings to a confirmed email",
        "people.checkpoint" => "Add a checkpoint to the audit log",
        "pictures.develop" => "Prepare a picture",
        other => other,
    }
}

/// Minutes from midnight as a clock shows them, past midnight too: `5:00 PM`.
pub fn minute(minutes: i64) -> String {
    let (hour, minute) = (minutes.rem_euclid(1_440) / 60, minutes.rem_euclid(60));
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{twelve}:{minute:02} {}", if hour < 12 { "AM" } else { "PM" })
}

/// Two times in minutes from midnight, as [`span`] writes them: `9:00 AM – 10:00 PM`, `6:30 – 7:30 PM`.
pub fn minute_span(from: i64, to: i64) -> String {
    join_span(&minute(from), &minute(to), (to - from).abs() < 720)
}

/// Minutes from midnight as a time input takes them: `17:00`.
pub fn input_minute(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes.rem_euclid(1_440) / 60, minutes.rem_euclid(60))
}

/// Formats a number of minutes: `45 minutes`. Full hours from two hours on are written in hours: `2 hours`.
pub fn duration(minutes: i64) -> String {
    match minutes {
        minutes if minutes >= 120 && minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

/// Formats a number of guests: `1 guest`, `2 guests`.
pub fn guests(count: i64) -> String {
    number_of(count, "guest")
}

/// Returns the URL of a map service that shows the way to an address.
pub fn directions(address: &str) -> String {
    let address = address.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("https://www.google.com/maps/dir/?api=1&destination={}", encoded(&address))
}

/// Percent-encodes a text for the query of a URL. `/` and `:` stay as they are.
pub fn encoded(text: &str) -> String {
    in_address(text, "/:")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn new_york() -> TimeZone {
        TimeZone::get("America/New_York").expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn unbroken(text: &str) -> String {
        text.replace(' ', "\u{a0}")
    }

    #[test]
    fn factors_are_percentages() {
        for (bp, text) in
            [(10_000, "100%"), (12_000, "120%"), (11_250, "112.5%"), (11_205, "112.05%"), (999, "9.99%")]
        {
            assert_eq!(percent(bp), text);
        }
    }

    #[test]
    fn amounts_are_grouped_and_signed() {
        for (cents, text, exact) in [
            (0, "$0", "$0.00"),
            (7, "$0.07", "$0.07"),
            (3_375, "$33.75", "$33.75"),
            (15_000, "$150", "$150.00"),
            (165_000, "$1,650", "$1,650.00"),
            (-5_000, "−$50", "−$50.00"),
            (123_456_789, "$1,234,567.89", "$1,234,567.89"),
        ] {
            assert_eq!(money(Cents(cents)), text);
            assert_eq!(exact_money(Cents(cents)), exact);
        }
    }

    #[test]
    fn a_distant_date_includes_its_year() {
        let today = date(2026, 11, 24);
        assert_eq!(day(today, today), "Tuesday, November 24");
        assert_eq!(day(date(2027, 1, 5), today), "Tuesday, January 5");
        assert_eq!(next_day(date(2026, 12, 31), today), "Friday, January 1");
        assert_eq!(day(date(2025, 11, 25), today), "Tuesday, November 25, 2025");
        assert_eq!(full_day(today), "Tuesday, November 24, 2026");
        assert_eq!(super::date(date(2026, 12, 9)), "December 9, 2026");
        assert_eq!(short_date(date(2026, 12, 9)), "Dec 9");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        for (minutes, shown, input) in [
            (0, "12:00 AM", "00:00"),
            (5, "12:05 AM", "00:05"),
            (540, "9:00 AM", "09:00"),
            (719, "11:59 AM", "11:59"),
            (720, "12:00 PM", "12:00"),
            (1_110, "6:30 PM", "18:30"),
            (1_440, "12:00 AM", "00:00"),
            (1_500, "1:00 AM", "01:00"),
        ] {
            assert_eq!(minute(minutes), shown);
            assert_eq!(input_minute(minutes), input);
        }
        let zone = new_york();
        assert_eq!(clock(&zone, at("2026-11-24T17:00:00Z")), "12:00 PM");
        assert_eq!(clock(&zone, at("2026-11-25T05:00:00Z")), "12:00 AM");
        assert_eq!(input_clock(&zone, at("2026-11-24T23:30:00Z")), "18:30");
    }

    #[test]
    fn a_time_span_shows_am_or_pm_once() {
        let zone = new_york();
        for (from, to, shown) in [
            ("2026-11-24T23:30:00Z", "2026-11-25T00:30:00Z", "6:30 – 7:30 PM"),
            ("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", "10:00 – 11:00 AM"),
            ("2026-11-24T16:30:00Z", "2026-11-24T17:30:00Z", "11:30 AM – 12:30 PM"),
            ("2026-11-24T17:00:00Z", "2026-11-24T18:30:00Z", "12:00 – 1:30 PM"),
            ("2026-11-25T04:30:00Z", "2026-11-25T05:30:00Z", "11:30 PM – 12:30 AM"),
            ("2026-11-25T05:15:00Z", "2026-11-25T06:15:00Z", "12:15 – 1:15 AM"),
            ("2026-11-24T14:00:00Z", "2026-11-25T15:00:00Z", "9:00 AM – 10:00 AM"),
            ("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "1:30 AM EDT – 1:30 AM EST"),
        ] {
            assert_eq!(span(&zone, at(from), at(to)), unbroken(shown));
        }
        assert_eq!(minute_span(540, 1_320), unbroken("9:00 AM – 10:00 PM"));
        assert_eq!(minute_span(1_110, 1_170), unbroken("6:30 – 7:30 PM"));
        assert_eq!(minute_span(1_320, 1_500), unbroken("10:00 PM – 1:00 AM"));
    }

    #[test]
    fn a_time_includes_its_day_and_a_distant_year() {
        let (zone, now) = (new_york(), at("2026-11-24T15:00:00Z"));
        assert_eq!(moment(&zone, at("2026-12-03T15:30:00Z"), now), "Thursday, December 3, 10:30 AM");
        assert_eq!(moment(&zone, at("2027-12-03T15:30:00Z"), now), "Friday, December 3, 2027, 10:30 AM");
        assert_eq!(moment(&zone, at("2026-12-04T05:15:00Z"), now), "Friday, December 4, 12:15 AM");
        assert_eq!(short_moment(&zone, at("2026-12-03T15:30:00Z")), "Thu, Dec 3, 10:30 AM");
        assert_eq!(second(&zone, at("2026-12-03T15:30:05Z"), now), "Thursday, December 3, 10:30:05 AM");
    }

    #[test]
    fn an_ambiguous_time_includes_its_zone_abbreviation() {
        let zone = new_york();
        assert_eq!(clock(&zone, at("2026-11-01T05:30:00Z")), "1:30 AM EDT");
        assert_eq!(clock(&zone, at("2026-11-01T06:30:00Z")), "1:30 AM EST");
    }

    #[test]
    fn counts_and_lists_are_formatted() {
        assert_eq!([times(0), times(1), times(5)], ["no times", "1 time", "5 times"]);
        assert_eq!([number(5), number(13)], ["five", "13"]);
        assert_eq!([duration(90), duration(120)], ["90 minutes", "2 hours"]);
        assert_eq!([weekday(1), weekday(7), weekday(8)], [Some("Monday"), Some("Sunday"), None]);
        assert_eq!([months(1), months(2)], ["1 month", "2 months"]);
        assert_eq!([guests(1), guests(2)], ["1 guest", "2 guests"]);
        assert_eq!([number_of(1, "day"), number_of(2, "day")], ["1 day", "2 days"]);
        let listed = [&["Ada"][..], &["Ada", "Tom"], &["Ada", "Tom", "Eve"]].map(list);
        assert_eq!(listed, ["Ada", "Ada and Tom", "Ada, Tom, and Eve"]);
    }
}
