//! The outcome of the last commit: what is known about whether the database accepts writes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::errors::{Error, Fault, FaultKind, Result};

/// How long a successful commit counts as proof that the next one will succeed.
const FRESH: Duration = Duration::from_secs(5);
/// How long to wait after a failed commit before the next probe.
const REST: Duration = Duration::from_secs(1);

/// The outcome of the last commit.
#[derive(Default)]
pub(super) struct Health(Mutex<Last>);

#[derive(Default)]
struct Last {
    at: Option<Instant>,
    failed: Option<String>,
    is_probing: bool,
}

impl Health {
    /// Records the outcome of a commit. An operation that refuses or breaks a key says nothing about the disk.
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

    /// Returns what is known without a probe; `None` if a probe is due. The caller that receives `None` must make
    /// the probe.
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

    /// Returns whether the last commit failed because the database was unavailable.
    pub(super) fn has_failed(&self) -> bool {
        self.last().failed.is_some()
    }

    /// Allows the next caller to start a probe, however the current one ends.
    pub(super) fn end_probe(&self) {
        self.last().is_probing = false;
    }
}
