//! How the last commit ended: what is known of whether the database takes writes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::errors::{Error, Fault, FaultKind, Result};

/// For how long a commit that went well says that the next one will.
const FRESH: Duration = Duration::from_secs(5);
/// How long a failed one rests before the next try.
const REST: Duration = Duration::from_secs(1);

/// How the last commit ended.
#[derive(Default)]
pub(super) struct Health(Mutex<Last>);

#[derive(Default)]
struct Last {
    at: Option<Instant>,
    failed: Option<String>,
    is_probing: bool,
}

impl Health {
    /// Notes how a commit ended. A verb that refuses or breaks a key says nothing about the disk.
    pub(super) fn note(&self, outcome: &Result<()>) {
        let failed = match outcome {
            Ok(()) => None,
            Err(Error::Fault(fault)) if fault.kind.is_unavailable() => Some(fault.cause.clone()),
            Err(_) => return,
        };
        let mut last = self.last();
        last.at = Some(Instant::now());
        last.failed = failed;
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known without a try; `None` if a try is due, which whoever is told so makes.
    pub(super) fn known(&self) -> Option<Result<()>> {
        let mut last = self.last();
        let age = last.at.map(|at| at.elapsed());
        let known = match &last.failed {
            Some(cause) if last.is_probing || age.is_some_and(|age| age < REST) => {
                Some(Err(Fault::of(FaultKind::Unavailable, cause)))
            }
            None if last.is_probing || age.is_some_and(|age| age < FRESH) => Some(Ok(())),
            _ => None,
        };
        last.is_probing |= known.is_none();
        known
    }

    /// Whether the last commit failed for want of a disk.
    pub(super) fn has_failed(&self) -> bool {
        self.last().failed.is_some()
    }

    /// Has the next one who asks try, however the try in hand ends.
    pub(super) fn end_probe(&self) {
        self.last().is_probing = false;
    }
}
