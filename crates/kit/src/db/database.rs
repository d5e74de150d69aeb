//! The database: one way to read and one way to write, whichever engine runs.

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

/// The database, as a club uses it: every transaction of this handle carries that club. Clones are the same.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Inner>, pub(super) ClubKey);

/// What all clones share.
pub(super) struct Inner {
    engine: Engine,
    health: Arc<Health>,
    dependencies: Dependencies,
    ids: Arc<Ids>,
    place: Place,
}

/// The one place in the product that knows which engine it is.
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

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

    /// The same database for a club; for the default one where the id is 0.
    #[must_use]
    pub fn for_club(&self, club: Id) -> Db {
        let key = if club == Id(0) { ClubKey::Default } else { ClubKey::Id(club) };
        Db(self.0.clone(), key)
    }

    /// The same database for the club of a host name, else for the default one. Which club that is, is read in each
    /// transaction.
    #[must_use]
    pub fn for_host(&self, host: Option<&str>) -> Db {
        Db(self.0.clone(), host.map_or(ClubKey::Default, |host| ClubKey::Host(host.into())))
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
    /// What `precheck` answers, or the verb's, or a fault of the database.
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

    /// What stays the same as long as no process commits anything, read without a transaction; `None` where the
    /// engine has nothing of the kind. It says only that something changed, not what.
    pub fn commit_marker(&self) -> Option<CommitMarker> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.commit_marker(),
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
    pub fn dependencies(&self) -> &Dependencies {
        &self.0.dependencies
    }

    /// The program's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.dependencies.clock
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
