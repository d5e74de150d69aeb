//! The database handle: one way to read and one way to write, on either engine.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::blocking::aside;
use super::club_key::ClubKey;
use super::dependencies::{Dependencies, Kind, Width};
use super::engine::{CommitMarker, Postgres, Sqlite};
use super::health::Health;
use super::place::Place;
use super::tx::{Tx, Work};
use crate::clock::Clock;
use crate::errors::{Fault, Result};
use crate::ids::{Id, Ids};

/// A handle on the database. Clones share the same database.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Inner>, pub(super) ClubKey);

/// The state that all clones share.
pub(super) struct Inner {
    engine: Engine,
    health: Arc<Health>,
    dependencies: Dependencies,
    ids: Arc<Ids>,
    place: Place,
}

/// The running engine. Operations do not distinguish the two.
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

tokio::task_local! {
    /// Set while low-priority work runs.
    static GIVES_WAY: ();
}

/// Runs `work` with low write priority: its write transactions wait behind those that people wait for. Has an
/// effect only on SQLite, where all writers share one thread.
pub async fn with_low_priority<F: Future>(work: F) -> F::Output {
    GIVES_WAY.scope((), work).await
}

/// How many times a transaction that collided with another one is run again before its caller receives the error.
const ATTEMPTS: u32 = 8;

impl Db {
    /// Opens the database without touching its schema; call [`Db::migrate`] next.
    ///
    /// Waits up to 30 seconds for a PostgreSQL server that does not answer.
    ///
    /// # Errors
    /// Returns a fault if the database cannot be reached.
    pub async fn open(place: Place, dependencies: Dependencies, width: Width) -> Result<Db> {
        aside(move || {
            let ids = Arc::new(Ids::unleased());
            let health = Arc::new(Health::default());
            let engine = match &place {
                Place::Sqlite(path) => {
                    Engine::Sqlite(Sqlite::open(path, width, &dependencies, &ids, &health)?)
                }
                Place::Postgres(url) => {
                    Engine::Postgres(Postgres::open(url, width, &dependencies, &ids, &health)?)
                }
            };
            Ok(Db(Arc::new(Inner { engine, health, dependencies, ids, place }), ClubKey::Default))
        })
        .await
    }

    /// Returns a handle on the same database whose transactions belong to `club`, or to the default club if it is 0.
    #[must_use]
    pub fn for_club(&self, club: Id) -> Db {
        let key = if club == Id(0) { ClubKey::Default } else { ClubKey::Id(club) };
        Db(self.0.clone(), key)
    }

    /// Returns a handle on the same database whose transactions belong to the club with a host name, or to the default
    /// club if no club has it. Each transaction resolves the host name itself.
    #[must_use]
    pub fn for_host(&self, host: Option<&str>) -> Db {
        Db(self.0.clone(), host.map_or(ClubKey::Default, |host| ClubKey::Host(host.into())))
    }

    /// Runs `verb` in its own transaction and commits if `verb` returns `Ok`; otherwise rolls everything back.
    /// After a collision with another transaction the whole closure runs again, which is why it is an `Fn`.
    ///
    /// If the caller is dropped (a client disconnects), the transaction is either never begun or it is completed.
    ///
    /// # Errors
    /// Returns the error of `verb`, or a fault if the database fails.
    pub async fn tx<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let kind = if GIVES_WAY.try_with(|()| ()).is_ok() { Kind::WriteLater } else { Kind::Write };
        self.run(kind, Arc::new(verb)).await
    }

    /// Runs `precheck` in a read transaction and then, if it succeeds, `verb` in its own write transaction. The
    /// decision belongs to `verb`; the precheck only keeps work without a chance of success out of the queue of
    /// SQLite's single writer. PostgreSQL has no such queue, so there `precheck` is not run.
    ///
    /// # Errors
    /// Returns the error of `precheck` or of `verb`, or a fault if the database fails.
    pub async fn precheck_then_tx<T, L, F>(&self, precheck: L, verb: F) -> Result<T>
    where
        T: Send + 'static,
        L: Fn(&mut Tx<'_>) -> Result<()> + Send + Sync + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let verb = Arc::new(verb);
        let Engine::Sqlite(engine) = &self.0.engine else { return self.run(Kind::Write, verb).await };
        let (work, answer) = Work::boxed(verb.clone(), self.1.clone());
        engine.submit_after(precheck, self.1.clone(), work);
        match answered(answer).await {
            // The precheck passed already, so a repetition needs only the write.
            Err(error) if error.is_passing() => self.run(Kind::Write, verb).await,
            result => result,
        }
    }

    /// Runs `reading` on one snapshot of the database. A write inside it is a fault.
    ///
    /// # Errors
    /// Returns the error of `reading`, or a fault if the database fails.
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
            let (work, answer) = Work::boxed(verb.clone(), self.1.clone());
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

    /// Returns a marker that stays the same as long as no process commits anything. It is read without a
    /// transaction and says only that something changed, not what. Returns `None` on PostgreSQL, which has no
    /// equivalent.
    pub fn commit_marker(&self) -> Option<CommitMarker> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.commit_marker(),
            Engine::Postgres(_) => None,
        }
    }

    /// Returns whether work is waiting for a free database thread.
    pub(crate) fn is_waited_for(&self) -> bool {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.is_waited_for(),
            Engine::Postgres(engine) => engine.is_waited_for(),
        }
    }

    /// Returns the dependencies that every transaction carries.
    pub fn dependencies(&self) -> &Dependencies {
        &self.0.dependencies
    }

    /// Returns the program's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.dependencies.clock
    }

    /// Returns the location of the database.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Returns `sqlite` or `postgres`, for display only. Code must not branch on it.
    pub fn engine_name(&self) -> &'static str {
        match &self.0.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    pub(super) fn health(&self) -> &Health {
        &self.0.health
    }

    pub(crate) fn ids(&self) -> &Arc<Ids> {
        &self.0.ids
    }
}

async fn answered<T>(answer: oneshot::Receiver<Result<T>>) -> Result<T> {
    answer.await.unwrap_or_else(|_| Err(Fault::because("the database's threads have ended")))
}
