//! The nightly job and the maintenance job.

use jiff::SignedDuration;
use kit::jobs::Job;
use kit::{Result, Tx};
use scheduling::cell_at;
use serde::{Deserialize, Serialize};

use crate::attendance::steps;
use crate::booking::expiry;
use crate::notifications::guests;
use crate::notifications::remind;
use crate::store;
use crate::waitlist::ledger;

/// The nightly job. It enqueues its next run itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nightly {}

impl Job for Nightly {
    const KIND: &'static str = "bookings.nightly";
}

/// The maintenance job, which runs every minute. The code that runs it enqueues the next run.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunMaintenance {}

impl Job for RunMaintenance {
    const KIND: &'static str = "bookings.run_maintenance";
}

/// The largest number of rows of each kind that one run handles, so that no run takes long.
const MOST: i64 = 100;
/// How often the waitlist is checked for times that have become bookable only because time has passed, in minutes.
const LOOKS: i64 = 5;

/// Deletes the claims of past days, old holds that were not booked, and old counts of guest emails, so that the
/// tables do not grow with the past. Enqueues the next nightly run. Returns the number of deleted claims.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn delete_old_claims(tx: &mut Tx<'_>) -> Result<u64> {
    let yesterday = tx.now() - SignedDuration::from_hours(48);
    let forgotten = scheduling::forget_claims(tx, cell_at(yesterday))?;
    store::forget_holds(tx, yesterday)?;
    guests::forget_counted(tx, yesterday.to_zoned(jiff::tz::TimeZone::UTC).date())?;
    tx.enqueue(&Nightly {}, tx.now() + SignedDuration::from_hours(24))?;
    Ok(forgotten)
}

/// Ends expired holds and bookings that are over (C5), sends reminders, and checks the waitlist for times that have
/// opened. Returns the number of rows handled, without the waitlist.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn run_maintenance(tx: &mut Tx<'_>) -> Result<u64> {
    let done = expiry::run_maintenance(tx, MOST)?
        + steps::run_maintenance(tx, MOST)?
        + remind::run_maintenance(tx, MOST)?;
    let minute = tx.now().as_second() / 60;
    if minute % LOOKS == 0 {
        ledger::opened_by_time(tx)?;
    }
    Ok(done)
}
