//! Reminders: a day before, and shortly before. Nothing is planned when a time is booked; every minute it is looked what
//! is near and was not told yet, so a booking that is moved or cancelled needs no care.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::{Id, Result, Tx, args, sql};
use serde::{Deserialize, Serialize};

use crate::numbers::{REMIND_FIRST, REMIND_LAST};

/// A guest is to be reminded; a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remind {
    /// Of which booking.
    pub booking: Id,
    /// Of which start: if it was moved meanwhile, this reminder is void.
    pub starts_at: Timestamp,
    /// Whether it is the first of two.
    pub first: bool,
}

impl Job for Remind {
    const KIND: &'static str = "bookings.remind";
}

/// Has guests reminded whose time is near, at most so many; each once a start. How many.
///
/// # Errors
/// A fault of the database.
pub(crate) fn sweep(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let (first, last) = (catalogue.number(REMIND_FIRST), catalogue.number(REMIND_LAST));
    let mut told = 0;
    for (hours, nearer) in [(first, last), (last, 0)] {
        if hours > nearer {
            told += remind(tx, hours, nearer, hours == first, most)?;
        }
    }
    Ok(told)
}

/// Reminds of what begins within `hours` but not within `nearer`. Who booked or moved when it was that near already
/// has just been told, and is not told again.
fn remind(tx: &mut Tx<'_>, hours: i64, nearer: i64, first: bool, most: i64) -> Result<u64> {
    let now = tx.now();
    let before = SignedDuration::from_hours(hours);
    let near: Vec<(Id, Timestamp)> = tx.all(
        sql!(
            "SELECT b.id, b.starts_at FROM bookings b WHERE b.status = 'confirmed' AND b.starts_at > $1
             AND b.starts_at <= $2 AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.booking_id = b.id
             AND r.starts_at = b.starts_at AND r.hours = $3) ORDER BY b.starts_at, b.id LIMIT $4"
        ),
        args![now + SignedDuration::from_hours(nearer), now + before, hours, most],
    )?;
    let mut told = 0;
    for (booking, starts_at) in near {
        let kept = tx.run(
            sql!(
                "INSERT INTO reminders (booking_id, starts_at, hours, sent_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (booking_id, starts_at, hours) DO NOTHING"
            ),
            args![booking, starts_at, hours, now],
        )?;
        if kept == 1 && settled_at(tx, booking)? <= starts_at - before {
            tx.enqueue(&Remind { booking, starts_at, first }, now)?;
            told += 1;
        }
    }
    Ok(told)
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
