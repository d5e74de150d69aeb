//! Credentials that were good of late in this process, so that a request can be counted before its transaction.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use kit::Id;

use crate::store::sessions::SEEN;

/// How many credentials are remembered.
const MOST: usize = 100_000;

/// Whose the credentials are that were good of late, by their digests, and when their use was noted last.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<Vec<u8>, (Id, Timestamp)>>);

impl Known {
    /// Notes that a credential was good.
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

    /// Whether the use of a credential was not noted for a while. It counts as noted from here on.
    pub(crate) fn is_due(&self, digest: &[u8], now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, noted)) = known.get_mut(digest) else { return false };
        let is_due = now.duration_since(*noted) >= SEEN;
        if is_due {
            *noted = now;
        }
        is_due
    }

    /// Notes that a credential is good no more.
    pub(crate) fn forget(&self, digest: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }

    /// Whose a credential is, if it was good of late.
    pub(crate) fn whose(&self, digest: &[u8]) -> Option<Id> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).map(|(person, _)| *person)
    }
}
