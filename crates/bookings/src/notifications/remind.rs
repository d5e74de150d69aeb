//! Reminders: a day before, and shortly before. Nothing is planned when a time is booked; every minute it is looked what
//! is near and was not told yet, so a booking that is moved or cancelled needs no care.

use booking_rules::settings::{REMIND_FIRST, REMIND_LAST};
use booking_rules::{Booking, Status};
use jiff::{SignedDuration, Timestamp};
use kit::{Id, Result, Tx, args, sql};

use crate::notifications::notify;
use crate::store;

/// Has guests reminded whose time is near, at most so many; each once a start. How many.
///
/// # Errors
/// A fault of the database.
pub(crate) fn run_maintenance(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let (first, last) = (catalogue.setting(REMIND_FIRST), catalogue.setting(REMIND_LAST));
    let mut response = 0;
    for (hours, nearer) in [(first, last), (last, 0)] {
        if hours > nearer {
            response += remind(tx, hours, nearer, hours == first, most)?;
        }
    }
    Ok(response)
}

/// Reminds of what begins within `hours` but not within `nearer`. Who booked or moved when it was that near already
/// has just been told, and is not told again.
fn remind(tx: &mut Tx<'_>, hours: i64, nearer: i64, first: bool, most: i64) -> Result<u64> {
    let club = tx.club()?;
    let now = tx.now();
    let before = SignedDuration::from_hours(hours);
    let near: Vec<(Id, Timestamp)> = tx.all(
        sql!(
            "SELECT b.id, b.starts_at FROM bookings b WHERE +b.club_id = $5 AND b.status = 'confirmed' AND b.starts_at
             > $1 AND b.starts_at <= $2 AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.booking_id = b.id AND
             r.starts_at = b.starts_at AND r.hours = $3) ORDER BY b.starts_at, b.id LIMIT $4"
        ),
        args![now + SignedDuration::from_hours(nearer), now + before, hours, most, club],
    )?;
    let mut response = 0;
    for (id, starts_at) in near {
        if mark(tx, id, starts_at, hours)? && settled_at(tx, id)? <= starts_at - before {
            let together = visit_of(tx, id, hours)?;
            notify::near(tx, &together, first)?;
            response += 1;
        }
    }
    Ok(response)
}

/// Writes down that a guest is reminded. `false` if that was so already.
fn mark(tx: &mut Tx<'_>, booking: Id, starts_at: Timestamp, hours: i64) -> Result<bool> {
    let now = tx.now();
    let marked = tx.run(
        sql!(
            "INSERT INTO reminders (booking_id, starts_at, hours, sent_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (booking_id, starts_at, hours) DO NOTHING"
        ),
        args![booking, starts_at, hours, now],
    )?;
    Ok(marked == 1)
}

/// A booking, and what else of the same visit begins within three hours of it: one reminder is for all of them.
fn visit_of(tx: &mut Tx<'_>, id: Id, hours: i64) -> Result<Vec<Booking>> {
    let Some(first) = store::find(tx, id)?.map(|row| row.booking) else { return Ok(Vec::new()) };
    let until = first.starts_at + SignedDuration::from_hours(3);
    let mut together = Vec::new();
    for other in store::of_visit(tx, &first, Status::Confirmed)? {
        let Some(other) = store::find(tx, other)?.map(|row| row.booking) else { continue };
        if other.starts_at < until && mark(tx, other.id, other.starts_at, hours)? {
            together.push(other);
        }
    }
    together.insert(0, first);
    Ok(together)
}

/// When a guest was told last when their time begins: at booking, or when it was moved.
fn settled_at(tx: &mut Tx<'_>, booking: Id) -> Result<Timestamp> {
    let at: Option<(Timestamp,)> = tx.one(
        sql!(
            "SELECT at FROM booking_events WHERE booking_id = $1 AND what IN ('booked', 'recorded', 'rescheduled')
             ORDER BY id DESC LIMIT 1"
        ),
        args![booking],
    )?;
    Ok(at.map_or(Timestamp::UNIX_EPOCH, |(at,)| at))
}
