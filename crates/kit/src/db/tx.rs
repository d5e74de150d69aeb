//! The transaction: the sentence in which verbs are words.

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

/// A transaction that has begun. Whoever began it (`Db::tx`) commits it or rolls it back.
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
    /// The versions that hold for this transaction, once one was asked for (see [`crate::versions`]).
    pub(crate) versions: Option<HashMap<Id, HashMap<String, Id>>>,
    /// How the club is found, and which it is, once it was asked for (see [`crate::clubs`]).
    pub(crate) club_key: ClubKey,
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

    /// Whether this is a view: one snapshot, read only.
    pub fn is_view(&self) -> bool {
        self.kind == Kind::Read
    }

    /// The time at which the transaction began; it is the same for every statement in it.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    ///
    /// # Errors
    /// A fault if this process holds no node number.
    pub fn new_id(&self) -> Result<Id> {
        self.ids.next()
    }

    /// Tells whoever listens, once the transaction is committed and on disk.
    pub fn after_commit(&mut self, changed: Changed) {
        self.changed_now.push(changed);
    }

    /// What a process keeps in memory of this database.
    pub fn caches<T: std::any::Any + Default + Send + Sync>(&self) -> Arc<T> {
        self.dependencies.caches.get()
    }

    /// Encrypts a text for the place it will be kept in.
    ///
    /// # Errors
    /// See [`crate::encryption::Encryptor::encrypt`].
    pub fn encrypt(&self, bound_to: &str, text: &str) -> Result<Vec<u8>> {
        self.dependencies.encryptor.encrypt(bound_to, text)
    }

    /// Decrypts what [`Tx::encrypt`] made.
    ///
    /// # Errors
    /// See [`crate::encryption::Encryptor::open`].
    pub fn decrypt(&self, bound_to: &str, encrypted: &[u8]) -> Result<String> {
        self.dependencies.encryptor.decrypt(bound_to, encrypted)
    }

    /// Every row of the answer.
    ///
    /// # Errors
    /// A fault; the transaction is over then.
    #[track_caller]
    pub fn all<T: FromRow>(&mut self, sql: &'static Sql, args: impl AsRef<[Value]>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, args, |row| {
            found.push(T::from_row(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// A fault; the transaction is over then.
    #[track_caller]
    pub fn one<T: FromRow>(&mut self, sql: &'static Sql, args: impl AsRef<[Value]>) -> Result<Option<T>> {
        Ok(self.all(sql, args)?.into_iter().next())
    }

    /// Hands over each row of the answer without collecting them.
    ///
    /// # Errors
    /// A fault, or what `take` answers; the transaction is over then.
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

    /// Runs a statement that answers no rows; says how many it touched.
    ///
    /// # Errors
    /// A fault; the transaction is over then.
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

    /// Tries something that may not work out: if `attempt` answers `None`, everything it did is undone,
    /// what it locked is let go, and the transaction lives on.
    ///
    /// # Errors
    /// A fault of the database or what `attempt` answers; the transaction is over then.
    pub fn attempt<T>(&mut self, attempt: impl FnOnce(&mut Self) -> Result<Option<T>>) -> Result<Option<T>> {
        self.depth += 1;
        let name = format!("attempt{}", self.depth);
        self.plain(&format!("SAVEPOINT {name}"))?;
        let changed_now = self.changed_now.len();
        let outcome = attempt(self);
        // Half of an attempt is never kept, also where somebody swallows the error.
        self.failed |= outcome.is_err();
        let outcome = outcome?;
        if outcome.is_none() {
            self.changed_now.truncate(changed_now);
            // Among them may be one that is undone now.
            self.versions = None;
            self.club = None;
            self.plain(&format!("ROLLBACK TO SAVEPOINT {name}"))?;
        }
        self.plain(&format!("RELEASE SAVEPOINT {name}"))?;
        self.depth -= 1;
        Ok(outcome)
    }

    /// Lines up with every other transaction that names the same id: from here on until it ends, this is the only one.
    /// For rules that count rows, which no key can keep.
    ///
    /// # Errors
    /// A fault; the transaction is over then.
    pub fn lock_person(&mut self, id: Id) -> Result<()> {
        match self.conn {
            // Who writes is alone anyhow.
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(_) => self.plain(&format!("SELECT pg_advisory_xact_lock({})", id.0)),
        }
    }

    /// A statement of the seam's own, which is no statement of the product.
    pub(super) fn plain(&mut self, text: &str) -> Result<()> {
        self.refuse_if_failed()?;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::plain(conn, text),
            Conn::Postgres(session) => session.plain(text),
        };
        self.failed |= result.is_err();
        result
    }

    /// Asks the engine to understand a statement without running it. For the test that asks it of all.
    ///
    /// # Errors
    /// A fault with the engine's complaint.
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

/// A unit of work on its way through an engine's thread: run inside a transaction, then told how it ended.
pub(super) trait Unit: Send {
    /// Runs the verb. Whether what it did is to be kept.
    fn run(&mut self, tx: Tx<'_>) -> Keep;
    /// Answers the caller, after the commit (`Ok`) or because there was none.
    fn finish(self: Box<Self>, committed: Result<()>, live: &crate::live::Live);
    /// Answers the caller without having run.
    fn refuse(self: Box<Self>, error: Error);
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
}

/// What becomes of what a verb did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Commit,
    /// It went well and wrote nothing: no disk has to be waited for.
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
        // The caller may have gone; what was committed stays.
        let _ = self.answer.send(outcome);
    }

    fn refuse(self: Box<Self>, error: Error) {
        // The caller may have gone.
        let _ = self.answer.send(Err(error));
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Does some work; a panic in it is a fault. Nothing of the transaction is kept then.
pub(super) fn unwinding<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Fault::because(format!("a verb panicked: {}", panic_text(&*panic)))))
}

/// The words of a panic.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

/// The same failure for another member of a group whose commit failed.
pub(super) fn same_failure(error: &Error) -> Error {
    match error {
        Error::Fault(fault) => Fault::of(fault.kind.clone(), &fault.cause),
        other => Fault::because(other),
    }
}
