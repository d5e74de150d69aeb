//! Credentials that were recently valid in this process, so that a request can be counted before its transaction.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use kit::Id;

use crate::store::sessions::SEEN;

/// How many credentials are stored.
const MOST: usize = 100_000;

/// The owners of recently valid credentials by digest, and when their use was last recorded.
#[derive(Default)]
pub(crate) struct KnownCredentials(Mutex<HashMap<Vec<u8>, (Id, Timestamp)>>);

impl KnownCredentials {
    /// Records that a credential is valid.
    pub(crate) fn learn(&self, digest: &[u8], person: Id) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(digest).is_some_and(|(whose, _)| *whose == person) {
            return;
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(digest.to_vec(), (person, Timestamp::MIN));
    }

    /// Returns whether the use of a credential must be recorded again. If so, it counts as recorded from now on.
    pub(crate) fn is_due(&self, digest: &[u8], now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, noted)) = known.get_mut(digest) else { return false };
        let is_due = now.duration_since(*noted) >= SEEN;
        if is_due {
            *noted = now;
        }
        is_due
    }

    /// Records that a credential is no longer valid.
    pub(crate) fn forget(&self, digest: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }

    /// Returns the owner of a credential that was recently valid.
    pub(crate) fn whose(&self, digest: &[u8]) -> Option<Id> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).map(|(person, _)| *person)
    }
}
