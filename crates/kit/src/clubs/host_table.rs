//! The host names of clubs in memory. A host name that was read once needs no read again, because no club loses one. So
//! that unknown host names cost no read either, they count as unknown for a second after the table was read, whatever
//! was committed since. In that second, a host name that was just added can be refused.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{Clubs, clubs};
use crate::db::{CommitMarker, Db};
use crate::ids::Id;

/// For how long the table is not read again for an unknown host name.
const RECENT: SignedDuration = SignedDuration::from_secs(1);

/// Whether a club has a host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostOwner {
    /// A club has it.
    Club,
    /// No club has it.
    Nobody,
    /// The database could not be read.
    Unavailable,
}

impl HostOwner {
    /// Returns the status with which a request for the host is refused; `None` if it is accepted.
    pub(crate) fn refusal(self) -> Option<StatusCode> {
        match self {
            HostOwner::Club => None,
            HostOwner::Nobody => Some(StatusCode::MISDIRECTED_REQUEST),
            HostOwner::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// The clubs and their host names, as they were last read. Clones share the same table.
#[derive(Clone, Default)]
pub(crate) struct HostTable(Arc<Shared>);

#[derive(Default)]
struct Shared {
    last: Mutex<LastRead>,
    /// Held while the table is read for an unknown host name, so that other requests wait for the result.
    reading: tokio::sync::Mutex<()>,
}

/// What was read, and when.
#[derive(Default)]
struct LastRead {
    clubs: Option<Arc<Clubs>>,
    /// The commit marker from before the clubs were read.
    marker: Option<CommitMarker>,
    /// When the clubs were last read, or could not be read.
    at: Timestamp,
    /// When the last read for an unknown host name began.
    began: Option<Instant>,
    has_failed: bool,
}

impl HostTable {
    fn with_last<T>(&self, work: impl FnOnce(&mut LastRead) -> T) -> T {
        work(&mut self.0.last.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Stores what was read. `marker` and `at` are from before the clubs were read.
    pub(crate) fn store(&self, clubs: Arc<Clubs>, marker: Option<CommitMarker>, at: Timestamp) {
        self.with_last(|last| {
            // A slow read must not replace a later one.
            if last.clubs.is_none() || last.at <= at {
                *last = LastRead { clubs: Some(clubs), marker, at, began: last.began, has_failed: false };
            }
        });
    }

    /// Returns the club of a host name if nothing at all was committed since the clubs were read.
    pub(crate) fn club_at(&self, now: CommitMarker, host: Option<&str>) -> Option<Id> {
        self.with_last(|last| {
            let clubs = last.clubs.as_ref().filter(|_| last.marker == Some(now))?;
            Some(clubs.answering(host))
        })
    }

    /// Returns the club that answers for a host name, as of the last read; `None` before the first one. A host name that
    /// no club has stands for the default club.
    pub(crate) fn last_known_club(&self, host: Option<&str>) -> Option<Id> {
        self.with_last(|last| last.clubs.as_ref().map(|clubs| clubs.answering(host)))
    }

    /// Returns who has a host name, without a read. `None` means that the table has to be read.
    pub(crate) fn known(&self, db: &Db, host: &str) -> Option<HostOwner> {
        let (marker, now) = (db.commit_marker(), db.clock().now());
        self.with_last(|last| {
            if last.clubs.as_ref().is_some_and(|clubs| clubs.of_host(host).is_some()) {
                return Some(HostOwner::Club);
            }
            let is_recent = now.duration_since(last.at).abs() < RECENT;
            if last.has_failed {
                return is_recent.then_some(HostOwner::Unavailable);
            }
            let is_unchanged = last.marker.is_some() && last.marker == marker;
            (last.clubs.is_some() && (is_recent || is_unchanged)).then_some(HostOwner::Nobody)
        })
    }

    /// Returns who has a host name if the table was read, or could not be read, for a request since `requested_at`.
    fn read_since(&self, requested_at: Instant, host: &str) -> Option<HostOwner> {
        self.with_last(|last| {
            last.began.filter(|began| *began >= requested_at)?;
            if last.has_failed {
                return Some(HostOwner::Unavailable);
            }
            let is_known = last.clubs.as_ref().is_some_and(|clubs| clubs.of_host(host).is_some());
            Some(if is_known { HostOwner::Club } else { HostOwner::Nobody })
        })
    }

    /// Returns who has a host name, and reads the table if necessary. However slow the database is, a request waits for
    /// two reads at most: the one that is running, and the next.
    pub(crate) async fn find(&self, db: &Db, host: &str) -> HostOwner {
        let requested_at = Instant::now();
        let _turn = self.0.reading.lock().await;
        if let Some(owner) = self.known(db, host).or_else(|| self.read_since(requested_at, host)) {
            return owner;
        }
        let (marker, at) = (db.commit_marker(), db.clock().now());
        self.with_last(|last| last.began = Some(Instant::now()));
        match db.view(clubs).await {
            Ok(clubs) => {
                let is_known = clubs.of_host(host).is_some();
                self.store(clubs, marker, at);
                if is_known { HostOwner::Club } else { HostOwner::Nobody }
            }
            Err(error) => {
                tracing::error!(%error, "the host names of clubs cannot be read");
                self.with_last(|last| (last.at, last.has_failed) = (db.clock().now(), true));
                HostOwner::Unavailable
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::clubs::{add_host, added};
    use crate::db::{Caches, Dependencies, Place, Width};
    use crate::encryption::Encryptor;
    use crate::live::Live;
    use crate::testing::{TestDb, test_place};
    use crate::{args, sql};

    fn now() -> Timestamp {
        "2026-11-24T15:00:00Z".parse().expect("a time")
    }

    /// Opens a database as a process of its own would, without migrating it.
    async fn open(url: &str) -> Db {
        let dependencies = Dependencies {
            clock: Clock::fixed_at(now()),
            live: Live::default(),
            encryptor: Encryptor::from_key(&[7; 32]).expect("32 bytes"),
            caches: Caches::default(),
        };
        let width = Width { postgres: 2, sqlite_readers: 1 };
        Db::open(Place::parse(url).expect("an address"), dependencies, width).await.expect("it opens")
    }

    #[tokio::test]
    async fn an_unknown_host_causes_at_most_one_read_per_second() {
        let test = TestDb::open(now()).await;
        let (table, other) = (HostTable::default(), open(&test.url).await);
        let add = |host: &'static str| {
            other.tx(move |tx| {
                tx.run(
                    sql!(
                        "INSERT INTO clubs (id, slug, name, zone, currency, address, phone, email)
                         VALUES (1, 'main', 'Main', 'UTC', 'USD', '', '', '') ON CONFLICT (id) DO NOTHING"
                    ),
                    args![],
                )?;
                added(tx, Id(1))?;
                add_host(tx, host)
            })
        };
        other.join().await.expect("a node number is free");
        add("east.test").await.expect("added");
        assert_eq!(table.known(&test.db, "east.test"), None, "nothing was read yet");
        assert_eq!(table.find(&test.db, "east.test").await, HostOwner::Club);
        assert_eq!(table.known(&test.db, "evil.test"), Some(HostOwner::Nobody));
        // Another process adds a host name. It is found after a second, and then needs no read again.
        add("west.test").await.expect("added");
        assert_eq!(table.known(&test.db, "west.test"), Some(HostOwner::Nobody));
        test.db.clock().set(now() + RECENT);
        assert_eq!(table.known(&test.db, "west.test"), None);
        assert_eq!(table.find(&test.db, "west.test").await, HostOwner::Club);
        add("north.test").await.expect("added");
        test.db.clock().set(now() + RECENT * 3);
        for host in ["east.test", "west.test"] {
            assert_eq!(table.known(&test.db, host), Some(HostOwner::Club));
        }
    }

    #[tokio::test]
    async fn a_slow_read_still_serves_every_request_that_waited_for_it() {
        let table = HostTable::default();
        let requested_at = Instant::now();
        assert_eq!(table.read_since(requested_at, "evil.test"), None, "nothing was read yet");
        let late = open(&test_place().url).await;
        assert_eq!(table.find(&late, "evil.test").await, HostOwner::Unavailable);
        late.clock().set(now() + RECENT * 60);
        assert_eq!(table.known(&late, "evil.test"), None, "that was long ago");
        assert_eq!(table.read_since(requested_at, "evil.test"), Some(HostOwner::Unavailable));
        assert_eq!(table.read_since(Instant::now(), "evil.test"), None);
    }

    #[test]
    fn a_slow_read_does_not_replace_a_later_one() {
        let table = HostTable::default();
        let at = |seconds: i64| table.store(Arc::default(), None, now() + SignedDuration::from_secs(seconds));
        at(5);
        at(1);
        assert_eq!(table.with_last(|last| last.at), now() + SignedDuration::from_secs(5));
    }

    #[tokio::test]
    async fn a_database_failure_is_not_treated_as_an_unknown_host() {
        let place = test_place();
        let db = open(&place.url).await;
        let table = HostTable::default();
        assert_eq!(table.find(&db, "east.test").await, HostOwner::Unavailable, "there are no tables yet");
        db.migrate().await.expect("migrated");
        assert_eq!(
            table.known(&db, "east.test"),
            Some(HostOwner::Unavailable),
            "it is not read again at once"
        );
        db.clock().set(now() + RECENT);
        assert_eq!(table.find(&db, "east.test").await, HostOwner::Nobody);
        let _ = std::fs::remove_dir_all(&place.folder);
    }
}
