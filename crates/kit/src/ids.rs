//! Ids: 53-bit integers made by the program, because the clients use languages whose numbers are exact up to 53
//! bits. An id consists of 41 bits of milliseconds since 2025, 6 bits of node number, and 6 bits of count.
//!
//! A process leases a node number together with an interval of time (see [`crate::db`]). It makes ids only inside
//! that interval, and the next holder of the node number starts after it. So ids are unique whatever the clocks of
//! the machines show, and time never goes backward inside a process.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::errors::{Fault, FaultKind, Result};

/// The id of an entity: positive and at most 2^53 - 1.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Id(pub i64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Id {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Id, Self::Err> {
        text.parse().map(Id)
    }
}

/// 1 January 2025, 00:00 UTC, in milliseconds since 1970.
const EPOCH: i64 = 1_735_689_600_000;
const NODE_BITS: u32 = 6;
const COUNT_BITS: u32 = 6;
/// How many processes can make ids at once.
pub(crate) const NODES: i64 = 1 << NODE_BITS;
/// How far a lease reaches ahead of the machine's time, in milliseconds. The node number of a killed process is
/// free again after a minute.
pub(crate) const LEASE: i64 = 60_000;

/// The generator of ids, one for each process and database, shared by reference.
#[derive(Debug)]
pub(crate) struct Ids {
    node: AtomicI64,
    /// The random number that identifies this process as the holder of the lease.
    holder: AtomicI64,
    /// The next id position: (milliseconds since the epoch) << COUNT_BITS | count.
    next: AtomicI64,
    /// The end of the leased interval, in milliseconds since the epoch.
    until: AtomicI64,
}

impl Ids {
    /// Returns a generator that makes no ids until a lease is taken.
    pub(crate) fn unleased() -> Ids {
        Ids {
            node: AtomicI64::new(0),
            holder: AtomicI64::new(0),
            next: AtomicI64::new(0),
            until: AtomicI64::new(0),
        }
    }

    /// Starts using a leased node number for ids between `from` and `until` (milliseconds since the epoch).
    pub(crate) fn lease(&self, node: i64, from: i64, until: i64) {
        self.node.store(node, Ordering::SeqCst);
        self.next.store(from << COUNT_BITS, Ordering::SeqCst);
        self.until.store(until, Ordering::SeqCst);
    }

    /// Returns the number that identifies this process as the holder; 0 before [`Ids::held_by`].
    pub(crate) fn holder(&self) -> i64 {
        self.holder.load(Ordering::SeqCst)
    }

    /// Sets the number that identifies this process as the holder.
    pub(crate) fn held_by(&self, holder: i64) {
        self.holder.store(holder, Ordering::SeqCst);
    }

    /// Extends the interval of the current node number to `until` (milliseconds since the epoch).
    pub(crate) fn extend(&self, until: i64) {
        self.until.store(until, Ordering::SeqCst);
    }

    /// Returns the position of the generator in milliseconds since the epoch.
    pub(crate) fn position(&self) -> i64 {
        self.next.load(Ordering::SeqCst) >> COUNT_BITS
    }

    /// Returns the leased node number.
    pub(crate) fn node(&self) -> i64 {
        self.node.load(Ordering::SeqCst)
    }

    /// Returns a new id.
    ///
    /// # Errors
    /// Returns a fault if the lease has run out.
    pub(crate) fn next(&self) -> Result<Id> {
        let floor = since_epoch() << COUNT_BITS;
        let at = self
            .next
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |next| Some(next.max(floor) + 1))
            .expect("the closure always answers")
            .max(floor);
        let millis = at >> COUNT_BITS;
        if millis >= self.until.load(Ordering::SeqCst) {
            return Err(Fault::of(
                FaultKind::Unavailable,
                "the lease of this process's node number has run out",
            ));
        }
        let count = at & ((1 << COUNT_BITS) - 1);
        Ok(Id((millis << (NODE_BITS + COUNT_BITS)) | (self.node() << COUNT_BITS) | count))
    }
}

/// Returns the machine's time in milliseconds since 2025.
pub(crate) fn since_epoch() -> i64 {
    clock::real_millis() - EPOCH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_ids_increase_and_fit_a_javascript_number() {
        let ids = Ids::unleased();
        let now = since_epoch();
        ids.lease(63, now, now + LEASE);
        let mut last = Id(0);
        for _ in 0..1_000_000 {
            let id = ids.next().expect("inside the lease");
            assert!(id > last && id.0 < 1 << 53);
            last = id;
        }
    }

    #[test]
    fn no_id_is_made_outside_the_lease() {
        let ids = Ids::unleased();
        assert!(ids.next().is_err());
        let now = since_epoch();
        ids.lease(1, now + 50, now + 51);
        let made = (0..100).filter(|_| ids.next().is_ok()).count();
        assert_eq!(made, 64);
    }
}
