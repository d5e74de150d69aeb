//! What is tidied every night.

use jiff::SignedDuration;
use kit::jobs::Job;
use kit::{Result, Tx};
use serde::{Deserialize, Serialize};

use crate::cells::cell_at;
use crate::store;

/// The nightly work; it asks for the next night itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nightly {}

impl Job for Nightly {
    const KIND: &'static str = "bookings.nightly";
}

/// Forgets the claims of days that are over, so that the table stays as small as the days ahead.
///
/// # Errors
/// A fault of the database.
pub fn tidy(tx: &mut Tx<'_>) -> Result<u64> {
    let yesterday = tx.now() - SignedDuration::from_hours(48);
    let forgotten = store::forget_claims(tx, cell_at(yesterday))?;
    tx.enqueue(&Nightly {}, tx.now() + SignedDuration::from_hours(24))?;
    Ok(forgotten)
}
