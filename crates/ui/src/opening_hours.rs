//! The opening hours of rooms, as pages show them.

use catalogue::Room;

use crate::format;

/// Returns the name of a day of the week (1 is Monday) and its opening hours, from the earliest opening to the latest
/// closing of the rooms: `09:00 – 22:00`. The hours are `None` if all rooms are closed on that day.
pub fn opening_hours(rooms: &[&Room], weekday: i64) -> (&'static str, Option<String>) {
    let shifts = rooms.iter().flat_map(|room| &room.hours.0).filter(|one| one.weekday == weekday);
    let shifts: Vec<_> = shifts.collect();
    let opens = shifts.iter().map(|shift| shift.opens).min();
    let closes = shifts.iter().map(|shift| shift.closes).max();
    let span = opens.zip(closes);
    let span = span.map(|(opens, closes)| format!("{} – {}", format::minute(opens), format::minute(closes)));
    let name = usize::try_from(weekday - 1).ok().and_then(|place| format::DAYS.get(place));
    (name.copied().unwrap_or_default(), span)
}
