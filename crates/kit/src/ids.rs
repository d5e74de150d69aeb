//! Ids: integers of 53 bits, made by us, because the clients are written in languages whose numbers
//! are exact to 53 bits. 41 bits of milliseconds since 2025, 6 of node, 6 of count.
//!
//! A process leases a node number together with a stretch of time (see [`crate::db`]); it makes ids
//! only inside that stretch, and whoever leases the node next starts behind it. So ids are unique
//! whatever the clocks of the machines say, and time never steps back inside a process.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::errors::{Fault, FaultKind, Result};

/// The number of one thing of ours. Positive and at most 2^53 - 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
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
/// How far ahead of the machine's time a lease reaches, in milliseconds: a number that a killed process held is free
/// again after a minute.
pub(crate) const LEASE: i64 = 60_000;

/// Makes ids. One a process and database, shared by reference.
#[derive(Debug)]
pub(crate) struct Ids {
    node: AtomicI64,
    /// By what the lease is known as ours.
    holder: AtomicI64,
    /// (milliseconds since the epoch) << COUNT_BITS | count: the next to hand out.
    next: AtomicI64,
    /// The end of the leased stretch, in milliseconds since the epoch.
    until: AtomicI64,
}

impl Ids {
    /// Makes none until a lease is taken.
    pub(crate) fn unleased() -> Ids {
        Ids {
            node: AtomicI64::new(0),
            holder: AtomicI64::new(0),
            next: AtomicI64::new(0),
            until: AtomicI64::new(0),
        }
    }

    /// Takes over a leased node: ids from `from` to `until` (milliseconds since the epoch).
    pub(crate) fn lease(&self, node: i64, from: i64, until: i64) {
        self.node.store(node, Ordering::SeqCst);
        self.next.store(from << COUNT_BITS, Ordering::SeqCst);
        self.until.store(until, Ordering::SeqCst);
    }

    /// By what the lease is known as this process's; 0 before the first.
    pub(crate) fn holder(&self) -> i64 {
        self.holder.load(Ordering::SeqCst)
    }

    /// Names the holder.
    pub(crate) fn held_by(&self, holder: i64) {
        self.holder.store(holder, Ordering::SeqCst);
    }

    /// The same node may go on until then.
    pub(crate) fn extend(&self, until: i64) {
        self.until.store(until, Ordering::SeqCst);
    }

    /// Where the ids stand: milliseconds since the epoch.
    pub(crate) fn position(&self) -> i64 {
        self.next.load(Ordering::SeqCst) >> COUNT_BITS
    }

    /// The leased node.
    pub(crate) fn node(&self) -> i64 {
        self.node.load(Ordering::SeqCst)
    }

    /// A new id.
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

/// The machine's time in milliseconds since 2025.
pub(crate) fn since_epoch() -> i64 {
    clock::real_millis() - EPOCH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_ids_are_rising_and_fit_a_javascript_number() {
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
