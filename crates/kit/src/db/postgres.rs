//! PostgreSQL: a few threads, each with its connection. A transaction commits without waiting for the
//! disk, so that the rows it locked are free at once; its caller is answered only after a later commit of
//! the flushing thread, which does wait. The write-ahead log is in order, so that one flush covers
//! every commit before it: many transactions share it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use postgres::error::SqlState;
use postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tx::{Conn, Keep, Unit, same_failure};
use super::value::{Row, Value};
use super::{Kind, Means, Sql, Tx, Width};
use crate::errors::{Error, Fault, FaultKind, OrFault, Result};
use crate::ids::Ids;

/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a committed transaction waits for a flush before its caller is told that it may be lost.
const FLUSH: Duration = Duration::from_secs(30);

/// The engine: a queue with threads behind it, which end when the queue is dropped.
pub(super) struct Postgres {
    works: Sender<(Kind, Box<dyn Unit>)>,
}

impl Postgres {
    pub(super) fn open(url: &str, width: Width, means: &Means, ids: &Arc<Ids>) -> Result<Postgres> {
        let config = configure(url)?;
        // The first connection is made here, so that a wrong address is said at the start.
        let mut first = Some(Session::connect(&config)?);
        let (works, queue) = unbounded();
        let (commits, committed) = unbounded();
        for _ in 0..width.postgres.max(1) {
            let line = Line { config: config.clone(), session: first.take() };
            let worker = Worker { commits: commits.clone(), means: means.clone(), ids: ids.clone() };
            let queue = queue.clone();
            spawn("postgres", move || worker.work(line, &queue))?;
        }
        let (live, ids) = (means.live.clone(), ids.clone());
        spawn("postgres-flush", move || flush_in_groups(&config, &committed, &ids, &live))?;
        Ok(Postgres { works })
    }

    pub(super) fn submit(&self, kind: Kind, work: Box<dyn Unit>) {
        // A closed queue drops the work, and its caller is told so.
        let _ = self.works.send((kind, work));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).or_fault()
}

/// Reads the address and sets what every connection of ours has in common.
pub(super) fn configure(url: &str) -> Result<Config> {
    let mut config: Config = url.parse().map_err(|e| Fault::because(format!("DATABASE_URL: {e}")))?;
    let options = config.get_options().unwrap_or_default().to_owned();
    config.options(format!("{options} -c synchronous_commit=off -c client_min_messages=warning").trim());
    config.connect_timeout(CONNECT).application_name("coresync");
    Ok(config)
}

/// A connection and the statements that it has prepared.
pub(super) struct Session {
    client: Client,
    prepared: HashMap<usize, Statement>,
}

impl Session {
    pub(super) fn connect(config: &Config) -> Result<Session> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .or_fault()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = config.connect(MakeRustlsConnect::new(tls)).map_err(fault)?;
        Ok(Session { client, prepared: HashMap::new() })
    }

    #[track_caller]
    pub(super) fn each(
        &mut self,
        sql: &'static Sql,
        args: &[Value],
        take: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.statement(sql)?;
        for row in self.client.query(&statement, &borrowed(args)).map_err(fault)? {
            take(&Row::Postgres(&row))?;
        }
        Ok(())
    }

    #[track_caller]
    pub(super) fn run(&mut self, sql: &'static Sql, args: &[Value]) -> Result<u64> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, &borrowed(args)).map_err(fault)
    }

    #[track_caller]
    pub(super) fn plain(&mut self, text: &str) -> Result<()> {
        self.client.batch_execute(text).map_err(fault)
    }

    #[track_caller]
    pub(super) fn prepare(&mut self, sql: &'static Sql) -> Result<()> {
        self.client.prepare(sql.postgres()).map(drop).map_err(fault)
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    #[track_caller]
    fn statement(&mut self, sql: &'static Sql) -> Result<Statement> {
        // The address of a statement is a name for it, never followed.
        let name = std::ptr::from_ref(sql).addr();
        if let Some(statement) = self.prepared.get(&name) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql.postgres()).map_err(fault)?;
        self.prepared.insert(name, statement.clone());
        Ok(statement)
    }
}

fn borrowed(args: &[Value]) -> Vec<&(dyn postgres::types::ToSql + Sync)> {
    args.iter().map(|value| value as _).collect()
}

struct Worker {
    commits: Sender<Box<dyn Unit>>,
    means: Means,
    ids: Arc<Ids>,
}

impl Worker {
    fn work(self, mut line: Line, queue: &Receiver<(Kind, Box<dyn Unit>)>) {
        while let Ok((kind, unit)) = queue.recv() {
            if !unit.is_abandoned() {
                self.serve(&mut line, kind, unit);
            }
        }
    }

    fn serve(&self, line: &mut Line, kind: Kind, mut unit: Box<dyn Unit>) {
        let session = match line.begin(kind) {
            Ok(session) => session,
            Err(error) => return unit.finish(Err(error), &self.means.live),
        };
        let keep = unit.run(Tx::new(kind, Conn::Postgres(session), &self.means, &self.ids));
        let ended = line.end(keep);
        if keep == Keep::Commit && kind == Kind::Write && ended.is_ok() {
            // A closed queue drops the work, and its caller is told so.
            let _ = self.commits.send(unit);
        } else {
            unit.finish(ended, &self.means.live);
        }
    }
}

/// A connection that is made when it is needed and given up when it is broken.
struct Line {
    config: Config,
    session: Option<Session>,
}

impl Line {
    /// Begins a transaction; where the connection turns out to be lost, on a new one.
    fn begin(&mut self, kind: Kind) -> Result<&mut Session> {
        let text = match kind {
            Kind::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Kind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        if let Some(session) = &mut self.session
            && session.plain(text).is_err()
        {
            self.session = None;
        }
        if self.session.is_none() {
            let mut session = Session::connect(&self.config).map_err(not_started)?;
            session.plain(text).map_err(not_started)?;
            self.session = Some(session);
        }
        self.session.as_mut().ok_or_else(|| Fault::because("a session was just made"))
    }

    /// Ends the transaction; a connection that can't end it cleanly is given up.
    fn end(&mut self, keep: Keep) -> Result<()> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let ended = session.plain(if keep == Keep::RollBack { "ROLLBACK" } else { "COMMIT" });
        if ended.is_err() {
            self.session = None;
        }
        ended
    }
}

fn not_started(error: Error) -> Error {
    Fault::of(FaultKind::NotStarted, error)
}

/// Answers the callers of committed transactions once a flush has put them on disk.
fn flush_in_groups(
    config: &Config,
    committed: &Receiver<Box<dyn Unit>>,
    ids: &Ids,
    live: &crate::live::Live,
) {
    let mut session = None;
    while let Ok(first) = committed.recv() {
        let mut group = vec![first];
        group.extend(committed.try_iter());
        let result = flush(config, &mut session, ids);
        metrics::histogram!("coresync_commit_group_size")
            .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
        for unit in group {
            unit.finish(result.as_ref().copied().map_err(same_failure), live);
        }
    }
}

/// One commit that waits for the disk. A row of the process's own, so that processes don't wait for each other.
fn flush(config: &Config, session: &mut Option<Session>, ids: &Ids) -> Result<()> {
    let text = format!(
        "BEGIN; SET LOCAL synchronous_commit = on;
         INSERT INTO flushes (node, count) VALUES ({}, 1) ON CONFLICT (node) DO UPDATE SET count = flushes.count + 1;
         COMMIT",
        ids.node()
    );
    let begun = Instant::now();
    loop {
        let flushed = match session {
            Some(session) => session.plain(&text),
            None => Session::connect(config).and_then(|new| session.insert(new).plain(&text)),
        };
        match flushed {
            Err(_) if begun.elapsed() < FLUSH => {
                *session = None;
                std::thread::sleep(Duration::from_millis(100));
            }
            result => return result,
        }
    }
}

#[track_caller]
pub(super) fn fault(error: postgres::Error) -> Error {
    let kind = match error.as_db_error() {
        Some(db) if *db.code() == SqlState::UNIQUE_VIOLATION => {
            FaultKind::BrokenKey(db.table().unwrap_or_default().to_owned())
        }
        Some(db)
            if matches!(
                *db.code(),
                SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED
            ) =>
        {
            FaultKind::Collision
        }
        _ => FaultKind::Other,
    };
    let cause = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
    Fault::of(kind, cause)
}
