//! What transactions need besides a connection, and how many transactions may run at once.

use crate::clock::Clock;
use crate::db::caches::Caches;
use crate::encryption::Encryptor;
use crate::live::Live;

/// The dependencies that every transaction carries besides its connection.
#[derive(Debug, Clone)]
pub struct Dependencies {
    /// The clock that gives every transaction its time.
    pub clock: Clock,
    /// The channel that announces changes after the commit.
    pub live: Live,
    /// The encryption of fields at rest.
    pub encryptor: Encryptor,
    /// The values that crates cache in memory for this database.
    pub caches: Caches,
}

/// How many transactions may run at once on PostgreSQL, and how many reads at once on SQLite.
#[derive(Debug, Clone, Copy)]
pub struct Width {
    /// The number of PostgreSQL connections, not counting the one that flushes.
    pub postgres: usize,
    /// The number of SQLite connections that read, not counting the one that writes.
    pub sqlite_readers: usize,
}

impl Default for Width {
    /// Returns 16 PostgreSQL connections and as many SQLite readers as there are processors, at least two and at
    /// most eight. More readers would only wait for each other, and each keeps 16 MB of pages. With a single
    /// reader, one long read would block all others.
    fn default() -> Width {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Width { postgres: 16, sqlite_readers: processors.clamp(2, 8) }
    }
}

/// How many transactions may wait for a thread.
pub(super) const QUEUE: usize = 8_192;

/// The access mode of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Write,
    /// A write with low priority: other writers go first.
    WriteLater,
    Read,
}
