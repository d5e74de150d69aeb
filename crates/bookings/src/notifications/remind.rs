//! Reminders: by default a day and two hours before a visit. Nothing is scheduled when a time is booked. Every
//! minute, a query finds visits that are near and have no reminder yet, so rescheduling and canceling need no extra
//! work.

use booking_rules::settings::{REMIND_FIRST, REMIND_LAST};
use booking_rules::{Booking, Status};
use jiff::{SignedDuration, Timestamp};
use kit::{Id, Result, Tx, args, sql};

use crate::notifications::notify;
use crate::store;

/// Sends reminders of visits that are near, at most `most` of each kind and each once for a start. Returns the number
/// of reminders.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn run_maintenance(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let (first, last) = (catalogue.setting(REMIND_FIRST), catalogue.setting(REMIND_LAST));
    let mut count = 0;
    for (hours, nearer) in [(first, last), (last, 0)] {
        if hours > nearer {
            count += remind(tx, hours, nearer, hours == first, most)?;
        }
    }
    Ok(count)
}

/// Sends reminders of bookings that begin within `hours` but not within `nearer`. A person who booked or rescheduled
/// when the start was already that near has just been notified and gets no reminder.
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
    let mut count = 0;
    for (id, starts_at) in near {
        if mark(tx, id, starts_at, hours)? && settled_at(tx, id)? <= starts_at - before {
            let together = visit_of(tx, id, hours)?;
            notify::near(tx, &together, first)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Records that a booking has had its reminder. Returns `false` if that was recorded already.
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

/// Returns a booking and the others of the same visit that begin less than three hours after it. One reminder covers
/// all of them.
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

/// Returns when the guest was last notified of the start: at booking or when it was rescheduled.
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
