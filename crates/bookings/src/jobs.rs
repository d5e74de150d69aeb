//! What is done every night, and what is done every minute.

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

/// The nightly work; it asks for the next night itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nightly {}

impl Job for Nightly {
    const KIND: &'static str = "bookings.nightly";
}

/// The work of every minute; whoever does it asks for the next one.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunMaintenance {}

impl Job for RunMaintenance {
    const KIND: &'static str = "bookings.sweep";
}

/// How much one run does of each kind, so that it is never long.
const MOST: i64 = 100;
/// How often it is looked whether time alone has opened something to who waits, in minutes.
const LOOKS: i64 = 5;

/// Forgets the claims of days that are over, and holds that came to nothing, so that the tables stay as small as the
/// days ahead.
///
/// # Errors
/// A fault of the database.
pub fn tidy(tx: &mut Tx<'_>) -> Result<u64> {
    let yesterday = tx.now() - SignedDuration::from_hours(48);
    let forgotten = scheduling::forget_claims(tx, cell_at(yesterday))?;
    store::forget_holds(tx, yesterday)?;
    guests::forget_counted(tx, yesterday.to_zoned(jiff::tz::TimeZone::UTC).date())?;
    tx.enqueue(&Nightly {}, tx.now() + SignedDuration::from_hours(24))?;
    Ok(forgotten)
}

/// Ends holds that have run out and bookings that are over (C5), reminds whose time is near, and looks for who waits what
/// time has opened. How much
/// there was to do.
///
/// # Errors
/// A fault of the database.
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
