//! The transaction, through which operations read and write.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::club_key::ClubKey;
use super::dependencies::{Dependencies, Kind};
use super::engine::postgres_session::Session;
use super::engine::sqlite_connection as sqlite;
use super::sql::Sql;
use super::value::{FromRow, Row, Value};
use crate::errors::{Error, Fault, Result};
use crate::ids::{Id, Ids};
use crate::live::Changed;

/// A transaction that has begun. The code that began it (`Db::tx`) commits it or rolls it back.
pub struct Tx<'c> {
    conn: Conn<'c>,
    dependencies: &'c Dependencies,
    ids: &'c Ids,
    now: Timestamp,
    changed_now: Vec<Changed>,
    failed: bool,
    wrote: bool,
    depth: u32,
    kind: Kind,
    /// The versions that this transaction has read, by club, once one was requested (see [`crate::versions`]).
    pub(crate) versions: Option<HashMap<Id, HashMap<String, Id>>>,
    /// The key by which the club is found (see [`crate::clubs`]).
    pub(crate) club_key: ClubKey,
    /// The club, once it was requested.
    pub(crate) club: Option<Id>,
}

pub(super) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

impl<'c> Tx<'c> {
    pub(super) fn new(kind: Kind, conn: Conn<'c>, dependencies: &'c Dependencies, ids: &'c Ids) -> Tx<'c> {
        Tx {
            conn,
            dependencies,
            ids,
            now: dependencies.clock.now(),
            changed_now: Vec::new(),
            failed: false,
            wrote: false,
            depth: 0,
            kind,
            versions: None,
            club_key: ClubKey::Default,
            club: None,
        }
    }

    /// Returns whether this is a view: a read-only transaction on one snapshot.
    pub fn is_view(&self) -> bool {
        self.kind == Kind::Read
    }

    /// Returns the time at which the transaction began. It is the same for every statement in the transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns a new id.
    ///
    /// # Errors
    /// Returns a fault if this process holds no node number.
    pub fn new_id(&self) -> Result<Id> {
        self.ids.next()
    }

    /// Announces a change to all listeners once the transaction is committed and on disk.
    pub fn after_commit(&mut self, changed: Changed) {
        self.changed_now.push(changed);
    }

    /// Returns the value of type `T` that this process caches for this database.
    pub fn caches<T: std::any::Any + Default + Send + Sync>(&self) -> Arc<T> {
        self.dependencies.caches.get()
    }

    /// Encrypts a text for the place in which it will be stored.
    ///
    /// # Errors
    /// See [`crate::encryption::Encryptor::encrypt`].
    pub fn encrypt(&self, bound_to: &str, text: &str) -> Result<Vec<u8>> {
        self.dependencies.encryptor.encrypt(bound_to, text)
    }

    /// Decrypts a text that [`Tx::encrypt`] encrypted for the same place.
    ///
    /// # Errors
    /// See [`crate::encryption::Encryptor::decrypt`].
    pub fn decrypt(&self, bound_to: &str, encrypted: &[u8]) -> Result<String> {
        self.dependencies.encryptor.decrypt(bound_to, encrypted)
    }

    /// Returns every row of the result.
    ///
    /// # Errors
    /// Returns a fault if the statement fails; the transaction cannot continue then.
    #[track_caller]
    pub fn all<T: FromRow>(&mut self, sql: &'static Sql, args: impl AsRef<[Value]>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, args, |row| {
            found.push(T::from_row(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Returns the first row of the result, if there is one.
    ///
    /// # Errors
    /// Returns a fault if the statement fails; the transaction cannot continue then.
    #[track_caller]
    pub fn one<T: FromRow>(&mut self, sql: &'static Sql, args: impl AsRef<[Value]>) -> Result<Option<T>> {
        Ok(self.all(sql, args)?.into_iter().next())
    }

    /// Passes each row of the result to `take` without collecting the rows.
    ///
    /// # Errors
    /// Returns a fault if the statement fails, or the error of `take`; the transaction cannot continue then.
    #[track_caller]
    pub fn each(
        &mut self,
        sql: &'static Sql,
        args: impl AsRef<[Value]>,
        mut take: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.refuse_if_failed()?;
        let mut found = false;
        let mut take = |row: &Row<'_>| {
            found = true;
            take(row)
        };
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::each(conn, sql, args.as_ref(), &mut take),
            Conn::Postgres(session) => session.each(sql, args.as_ref(), &mut take),
        };
        self.failed |= result.is_err();
        self.wrote |= found && sql.writes();
        result
    }

    /// Runs a statement that returns no rows. Returns the number of affected rows.
    ///
    /// # Errors
    /// Returns a fault if the statement fails; the transaction cannot continue then.
    #[track_caller]
    pub fn run(&mut self, sql: &'static Sql, args: impl AsRef<[Value]>) -> Result<u64> {
        self.refuse_if_failed()?;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::run(conn, sql, args.as_ref()),
            Conn::Postgres(session) => session.run(sql, args.as_ref()),
        };
        self.failed |= result.is_err();
        self.wrote |= !matches!(result, Ok(0));
        result
    }

    /// Runs `attempt` in a savepoint. If it returns `None`, all its writes are undone, its locks are released, and
    /// the transaction continues.
    ///
    /// # Errors
    /// Returns the error of `attempt`, or a fault if the database fails; the transaction cannot continue then.
    pub fn attempt<T>(&mut self, attempt: impl FnOnce(&mut Self) -> Result<Option<T>>) -> Result<Option<T>> {
        self.depth += 1;
        let name = format!("attempt{}", self.depth);
        self.plain(&format!("SAVEPOINT {name}"))?;
        let (changed_now, club_key) = (self.changed_now.len(), self.club_key.clone());
        let outcome = attempt(self);
        // A failed attempt must never be kept in part, even if the caller ignores the error.
        self.failed |= outcome.is_err();
        let outcome = outcome?;
        if outcome.is_none() {
            self.changed_now.truncate(changed_now);
            // The cached versions may include one that is undone now.
            self.versions = None;
            (self.club, self.club_key) = (None, club_key);
            self.plain(&format!("ROLLBACK TO SAVEPOINT {name}"))?;
        }
        self.plain(&format!("RELEASE SAVEPOINT {name}"))?;
        self.depth -= 1;
        Ok(outcome)
    }

    /// Waits for every other transaction that locks the same id. From here to its end this transaction is the only
    /// one. For rules that count rows, which no unique key can enforce.
    ///
    /// # Errors
    /// Returns a fault if the database fails; the transaction cannot continue then.
    pub fn lock_person(&mut self, id: Id) -> Result<()> {
        match self.conn {
            // A writer on SQLite is the only one anyway.
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(_) => self.plain(&format!("SELECT pg_advisory_xact_lock({})", id.0)),
        }
    }

    /// Runs a statement of the database layer itself, which is not in the statement register.
    pub(super) fn plain(&mut self, text: &str) -> Result<()> {
        self.refuse_if_failed()?;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::plain(conn, text),
            Conn::Postgres(session) => session.plain(text),
        };
        self.failed |= result.is_err();
        result
    }

    /// Lets the engine parse a statement without running it. For the test that checks all statements.
    ///
    /// # Errors
    /// Returns a fault with the engine's error message.
    pub fn prepare(&mut self, sql: &'static Sql) -> Result<()> {
        match &mut self.conn {
            Conn::Sqlite(conn) => conn.prepare(sql.sqlite()).map(drop).map_err(sqlite::fault),
            Conn::Postgres(session) => session.prepare(sql),
        }
    }

    #[track_caller]
    fn refuse_if_failed(&self) -> Result<()> {
        if self.failed {
            Err(Fault::because("a statement of this transaction failed before"))
        } else {
            Ok(())
        }
    }
}

/// A unit of work for a thread of an engine. It runs inside a transaction and then learns how the transaction
/// ended.
pub(super) trait Unit: Send {
    /// Runs the operation. Returns whether its writes are kept.
    fn run(&mut self, tx: Tx<'_>) -> Keep;
    /// Answers the caller after the commit (`Ok`), or with the error that prevented it.
    fn finish(self: Box<Self>, committed: Result<()>, live: &crate::live::Live);
    /// Answers the caller without running the operation.
    fn refuse(self: Box<Self>, error: Error);
    /// Returns whether the caller no longer waits for the answer.
    fn is_abandoned(&self) -> bool;
}

/// What happens to the writes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Commit,
    /// The operation succeeded and wrote nothing, so no flush is needed.
    Nothing,
    RollBack,
}

pub(super) struct Work<T, F> {
    verb: Arc<F>,
    club: ClubKey,
    outcome: Option<Result<T>>,
    changed_now: Vec<Changed>,
    answer: oneshot::Sender<Result<T>>,
    span: tracing::Span,
}

impl<T, F> Work<T, F>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
{
    pub(super) fn boxed(verb: Arc<F>, club: ClubKey) -> (Box<dyn Unit>, oneshot::Receiver<Result<T>>) {
        let (answer, receiver) = oneshot::channel();
        let span = tracing::Span::current();
        (Box::new(Work { verb, club, outcome: None, changed_now: Vec::new(), answer, span }), receiver)
    }
}

impl<T, F> Unit for Work<T, F>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
{
    fn run(&mut self, mut tx: Tx<'_>) -> Keep {
        let _entered = self.span.enter();
        tx.club_key = self.club.clone();
        let outcome = unwinding(|| (self.verb)(&mut tx));
        let outcome = match outcome {
            Ok(_) if tx.failed => Err(Fault::because("a verb went on after a failed statement")),
            other => other,
        };
        let keep = match &outcome {
            Ok(_) if tx.wrote => Keep::Commit,
            Ok(_) => Keep::Nothing,
            Err(_) => Keep::RollBack,
        };
        self.changed_now = std::mem::take(&mut tx.changed_now);
        self.outcome = Some(outcome);
        keep
    }

    fn finish(self: Box<Self>, committed: Result<()>, live: &crate::live::Live) {
        let outcome = match (self.outcome, committed) {
            (Some(Ok(value)), Ok(())) => {
                self.changed_now.into_iter().for_each(|changed| live.tell(changed));
                Ok(value)
            }
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (None, Ok(())) => Err(Fault::because("a unit of work was finished before it ran")),
        };
        // The caller may be gone; the commit stays in effect.
        let _ = self.answer.send(outcome);
    }

    fn refuse(self: Box<Self>, error: Error) {
        // The caller may be gone.
        let _ = self.answer.send(Err(error));
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Runs `work` and turns a panic into a fault, so that the transaction is rolled back.
pub(super) fn unwinding<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Fault::because(format!("a verb panicked: {}", panic_text(&*panic)))))
}

/// Returns the message of a panic.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

/// Returns a copy of the failure for another member of a group whose commit failed.
pub(super) fn same_failure(error: &Error) -> Error {
    match error {
        Error::Fault(fault) => Fault::of(fault.kind.clone(), &fault.cause),
        other => Fault::because(other),
    }
}
