//! The opening hours of rooms, as pages show them.

use catalogue::Room;

use crate::format;

/// The name of a day of the week (1 is Monday), and from when to when some of the rooms are open on it: `9:00 AM – 10:00 PM`,
/// or `None` if they are closed all day.
pub fn opening_hours(rooms: &[&Room], weekday: i64) -> (&'static str, Option<String>) {
    let shifts = rooms.iter().flat_map(|room| &room.hours.0).filter(|one| one.weekday == weekday);
    let shifts: Vec<_> = shifts.collect();
    let opens = shifts.iter().map(|shift| shift.opens).min();
    let closes = shifts.iter().map(|shift| shift.closes).max();
    let span = opens.zip(closes);
    let span = span.map(|(opens, closes)| format::minute_span(opens, closes));
    (format::weekday(weekday).unwrap_or_default(), span)
}
