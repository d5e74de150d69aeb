//! What transactions need besides a connection, and how many there may be at once.

use crate::clock::Clock;
use crate::db::caches::Caches;
use crate::encryption::Encryptor;
use crate::live::Live;

/// What every transaction carries besides its connection.
#[derive(Debug, Clone)]
pub struct Dependencies {
    /// What time it is.
    pub clock: Clock,
    /// Who is told of changes after the commit.
    pub live: Live,
    /// What is encrypted at rest, and how.
    pub encryptor: Encryptor,
    /// What the crates keep in memory.
    pub caches: Caches,
}

/// How many transactions may run at once on PostgreSQL, and reads at once on SQLite.
#[derive(Debug, Clone, Copy)]
pub struct Width {
    /// Connections to PostgreSQL besides the one that flushes.
    pub postgres: usize,
    /// Reading connections to SQLite besides the one that writes.
    pub sqlite_readers: usize,
}

impl Default for Width {
    /// As many readers as there are processors, at least two and at most eight: more would only wait for each other, each keeps
    /// 16 MB of pages, and with one a long read would hold up all.
    fn default() -> Width {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Width { postgres: 16, sqlite_readers: processors.clamp(2, 8) }
    }
}

/// How many transactions may wait for a thread.
pub(super) const QUEUE: usize = 8_192;

/// Whether a transaction may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Write,
    /// It may, and others who write go first.
    WriteLater,
    Read,
}
