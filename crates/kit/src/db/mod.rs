//! The database seam: SQLite and PostgreSQL under one text, one transaction type, one way in.
//!
//! - [`Db::tx`] runs a plain function in a transaction, on a thread that owns its connection. There is
//!   no await inside a transaction: a caller that goes away can't leave one half-begun, by construction.
//! - [`Db::view`] is the same for reading: one snapshot, and the engine itself refuses a write.
//! - Commits are grouped on both engines: many transactions share one flush to the disk, and none is
//!   acknowledged before it.

mod copy;
mod health;
mod inspect;
mod lease;
mod migrate;
mod postgres;
mod shelf;
mod sql;
mod sqlite;
mod stamp;
mod tally;
mod tx;
mod value;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

pub use copy::{Copied, copy_into_file, copy_out_of_file};
pub use inspect::{Inspection, State, inspect};
pub use lease::OTHER_KEY;
pub use migrate::Migrated;
pub use rusqlite::types::ValueRef;
pub use shelf::Shelf;
pub use sql::{Registered, Sql, containing};
pub use stamp::Stamp;
pub use tx::Tx;
pub use value::{Column, FromRow, Row, Value};

#[doc(hidden)]
pub use ::postgres::{Error as PostgresError, Row as PostgresRow};

use crate::clock::Clock;
use crate::errors::{Fault, Refusal, Result};
use crate::ids::Ids;
use crate::live::Live;
use crate::seal::Sealer;

/// Which database, and how it is reached.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file of our own.
    Sqlite(PathBuf),
    /// A server.
    Postgres(String),
}

impl Place {
    /// Reads `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// A fault for anything else.
    pub fn parse(url: &str) -> Result<Place> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Place::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite:").ok_or_else(|| {
            Fault::because(
                "DATABASE_URL must begin with sqlite: or postgres:// (for example sqlite:data/club.db)",
            )
        })?;
        Ok(Place::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
    }
}

/// What every transaction carries besides its connection.
#[derive(Debug, Clone)]
pub struct Means {
    /// What time it is.
    pub clock: Clock,
    /// Who is told of changes after the commit.
    pub live: Live,
    /// What is encrypted at rest, and how.
    pub sealer: Sealer,
    /// What the houses keep in memory.
    pub shelf: Shelf,
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

/// The database. Clones are the same.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    health: Arc<health::Health>,
    means: Means,
    ids: Arc<Ids>,
    place: Place,
}

/// The one place in the product that knows which engine it is.
enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// How many transactions may wait for a thread.
const QUEUE: usize = 8_192;

/// More wait than can be answered in time.
pub const BUSY: Refusal =
    Refusal { code: "busy", sentence: "Very many ask at once. Please try again in a moment.", status: 503 };

tokio::task_local! {
    /// Set in what gives way.
    static GIVES_WAY: ();
}

/// Has everything that `work` writes give way to what people wait for, as far as the engine has them wait for each
/// other.
pub async fn giving_way<F: Future>(work: F) -> F::Output {
    GIVES_WAY.scope((), work).await
}

/// How often a transaction that met another one is run again before its caller is told.
const ATTEMPTS: u32 = 8;

impl Db {
    /// Opens the database without touching its schema; [`Db::migrate`] comes next.
    ///
    /// A PostgreSQL server that does not answer is waited for, half a minute.
    ///
    /// # Errors
    /// A fault if it can't be reached.
    pub async fn open(place: Place, means: Means, width: Width) -> Result<Db> {
        aside(move || {
            let ids = Arc::new(Ids::unleased());
            let health = Arc::new(health::Health::default());
            let engine = match &place {
                Place::Sqlite(path) => {
                    Engine::Sqlite(sqlite::Sqlite::open(path, width, &means, &ids, &health)?)
                }
                Place::Postgres(url) => {
                    Engine::Postgres(postgres::Postgres::open(url, width, &means, &ids, &health)?)
                }
            };
            Ok(Db(Arc::new(Inner { engine, health, means, ids, place })))
        })
        .await
    }

    /// Runs `verb` in a transaction of its own: everything it did is kept if it answers `Ok`, nothing if
    /// not. A collision with another transaction runs it again, whole; so it is an `Fn`.
    ///
    /// When the caller goes away (a client disconnects), the transaction is either not begun or finished.
    ///
    /// # Errors
    /// The verb's, or a fault of the database.
    pub async fn tx<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let kind = if GIVES_WAY.try_with(|()| ()).is_ok() { Kind::WriteLater } else { Kind::Write };
        self.run(kind, Arc::new(verb)).await
    }

    /// Looks, and then runs `verb` in a transaction of its own, if nothing spoke against it. The verb decides; the look
    /// spares it what has no prospect, where whoever writes has to wait for all others who do. Where nobody
    /// waits, nothing is looked at.
    ///
    /// # Errors
    /// What `look` answers, or the verb's, or a fault of the database.
    pub async fn look_then_tx<T, L, F>(&self, look: L, verb: F) -> Result<T>
    where
        T: Send + 'static,
        L: Fn(&mut Tx<'_>) -> Result<()> + Send + Sync + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let verb = Arc::new(verb);
        let Engine::Sqlite(engine) = &self.0.engine else { return self.run(Kind::Write, verb).await };
        let (work, answer) = tx::Work::boxed(verb.clone());
        engine.submit_after(look, work);
        match answered(answer).await {
            // Who has been looked at need not be again.
            Err(error) if error.is_passing() => self.run(Kind::Write, verb).await,
            result => result,
        }
    }

    /// Runs `reading` on one snapshot of the database. A write in it is a fault.
    ///
    /// # Errors
    /// The reading's, or a fault of the database.
    pub async fn view<T, F>(&self, reading: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.run(Kind::Read, Arc::new(reading)).await
    }

    async fn run<T, F>(&self, kind: Kind, verb: Arc<F>) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let mut attempt = 0;
        loop {
            let (work, answer) = tx::Work::boxed(verb.clone());
            match &self.0.engine {
                Engine::Sqlite(engine) => engine.submit(kind, work),
                Engine::Postgres(engine) => engine.submit(kind, work),
            }
            match answered(answer).await {
                Err(error) if error.is_passing() && attempt < ATTEMPTS => {
                    metrics::counter!("coresync_transactions_repeated_total").increment(1);
                    tokio::time::sleep(Duration::from_millis(1 << attempt)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    /// What stays the same as long as no process commits anything, read without a transaction; `None` where the
    /// engine has nothing of the kind. It says only that something changed, not what.
    pub fn stamp(&self) -> Option<Stamp> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.stamp(),
            Engine::Postgres(_) => None,
        }
    }

    /// Whether more is asked of the database at this moment than it has threads for.
    pub(crate) fn is_waited_for(&self) -> bool {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.is_waited_for(),
            Engine::Postgres(engine) => engine.is_waited_for(),
        }
    }

    /// What every transaction carries.
    pub fn means(&self) -> &Means {
        &self.0.means
    }

    /// The house's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.means.clock
    }

    /// Where the database is.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// `sqlite` or `postgres`: for people to read, not for code to ask.
    pub fn engine_name(&self) -> &'static str {
        match &self.0.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    pub(crate) fn ids(&self) -> &Arc<Ids> {
        &self.0.ids
    }
}

/// Runs what blocks on a thread where it may.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Fault::because(error)))
}

async fn answered<T>(answer: oneshot::Receiver<Result<T>>) -> Result<T> {
    answer.await.unwrap_or_else(|_| Err(Fault::because("the database's threads have ended")))
}

/// Whether a transaction may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Write,
    /// It may, and others who write go first.
    WriteLater,
    Read,
}
