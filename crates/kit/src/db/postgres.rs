//! PostgreSQL: a few threads, each with its connection. A transaction commits without waiting for the
//! disk, so that the rows it locked are free at once; its caller is answered only after a later commit of
//! the flushing thread, which does wait. The write-ahead log is in order, so that one flush covers
//! every commit before it: many transactions share it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};
use postgres::error::SqlState;
use postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tx::{Conn, Keep, Unit, same_failure};
use super::value::{Row, Value};
use super::{BUSY, Kind, Means, QUEUE, Sql, Tx, Width};
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
        let address = configure(url)?;
        // The first connection is made here, so that a wrong address is said at the start.
        let mut first = Some(Session::connect(&address)?);
        let (works, queue) = bounded(QUEUE);
        let (commits, committed) = unbounded();
        for _ in 0..width.postgres.max(1) {
            let line = Line { address: address.clone(), session: first.take() };
            let worker = Worker { commits: commits.clone(), means: means.clone(), ids: ids.clone() };
            let queue = queue.clone();
            spawn("postgres", move || worker.work(line, &queue))?;
        }
        let (live, ids) = (means.live.clone(), ids.clone());
        spawn("postgres-flush", move || flush_in_groups(&address, &committed, &ids, &live))?;
        Ok(Postgres { works })
    }

    /// Whether somebody waits for a thread, jobs among them.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.works.is_empty()
    }

    pub(super) fn submit(&self, kind: Kind, work: Box<dyn Unit>) {
        if let Err(TrySendError::Full((_, work))) = self.works.try_send((kind, work)) {
            work.refuse(Error::refused(&BUSY));
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).or_fault()
}

/// How a server is reached: the driver's settings, and the certificates that are believed.
#[derive(Clone)]
pub(super) struct Address {
    config: Config,
    tls: Arc<rustls::ClientConfig>,
}

/// Reads the address and sets what every connection of ours has in common. `sslrootcert=FILE` names the
/// certificates that a server of one's own is known by; without it the public ones are believed.
pub(super) fn configure(url: &str) -> Result<Address> {
    let (plain, query) = url.split_once('?').unwrap_or((url, ""));
    let (own, others): (Vec<&str>, Vec<&str>) =
        query.split('&').filter(|part| !part.is_empty()).partition(|part| part.starts_with("sslrootcert="));
    let joint = if others.is_empty() { "" } else { "?" };
    let address = format!("{plain}{joint}{}", others.join("&"));
    let mut config: Config = address.parse().map_err(|e| Fault::because(format!("DATABASE_URL: {e}")))?;
    let options = config.get_options().unwrap_or_default().to_owned();
    config.options(format!("{options} -c synchronous_commit=off -c client_min_messages=warning").trim());
    config.connect_timeout(CONNECT).application_name("coresync");
    let roots = roots(own.first().and_then(|part| part.strip_prefix("sslrootcert=")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .or_fault()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Address { config, tls: Arc::new(tls) })
}

fn roots(file: Option<&str>) -> Result<rustls::RootCertStore> {
    use rustls::pki_types::pem::PemObject as _;
    let Some(file) = file else {
        return Ok(rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let wrong = |error: &dyn std::fmt::Display| Fault::because(format!("sslrootcert {file}: {error}"));
    let mut roots = rustls::RootCertStore::empty();
    for certificate in rustls::pki_types::CertificateDer::pem_file_iter(file).map_err(|e| wrong(&e))? {
        roots.add(certificate.map_err(|e| wrong(&e))?).map_err(|e| wrong(&e))?;
    }
    Ok(roots)
}

/// Says where nobody answered, why, and what to look at.
fn unreached(config: &Config, error: &postgres::Error) -> Error {
    let hosts: Vec<String> = config.get_hosts().iter().map(|host| format!("{host:?}")).collect();
    let mut causes = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        causes.push(deeper.to_string());
        cause = deeper.source();
    }
    Fault::because(format!(
        "PostgreSQL at {} port {:?}, database {}: {}. DATABASE_URL says where it is; sslmode=disable or sslrootcert=FILE \
         in it says how it is trusted.",
        hosts.join(", "),
        config.get_ports(),
        config.get_dbname().unwrap_or("of the user's name"),
        causes.join(": ")
    ))
}

/// A connection and the statements that it has prepared.
pub(super) struct Session {
    client: Client,
    prepared: HashMap<usize, Statement>,
}

impl Session {
    pub(super) fn connect(address: &Address) -> Result<Session> {
        let tls = MakeRustlsConnect::new(rustls::ClientConfig::clone(&address.tls));
        let client = address.config.connect(tls).map_err(|error| unreached(&address.config, &error))?;
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
        if kind == Kind::Read {
            // What was read is read: nobody waits for the end.
            unit.finish(Ok(()), &self.means.live);
            // A connection that can't end it is given up.
            let _ = line.end(Keep::RollBack);
            return;
        }
        let ended = line.end(keep);
        if keep == Keep::Commit && ended.is_ok() {
            // A closed queue drops the work, and its caller is told so.
            let _ = self.commits.send(unit);
        } else {
            unit.finish(ended, &self.means.live);
        }
    }
}

/// A connection that is made when it is needed and given up when it is broken.
struct Line {
    address: Address,
    session: Option<Session>,
}

impl Line {
    /// Begins a transaction; where the connection turns out to be lost, on a new one.
    fn begin(&mut self, kind: Kind) -> Result<&mut Session> {
        let text = match kind {
            Kind::Write | Kind::WriteLater => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Kind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        if let Some(session) = &mut self.session
            && session.plain(text).is_err()
        {
            self.session = None;
        }
        if self.session.is_none() {
            let mut session = Session::connect(&self.address).map_err(not_started)?;
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
    address: &Address,
    committed: &Receiver<Box<dyn Unit>>,
    ids: &Ids,
    live: &crate::live::Live,
) {
    let mut session = None;
    while let Ok(first) = committed.recv() {
        let mut group = vec![first];
        group.extend(committed.try_iter());
        let result = flush(address, &mut session, ids);
        metrics::histogram!("coresync_commit_group_size")
            .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
        for unit in group {
            unit.finish(result.as_ref().copied().map_err(same_failure), live);
        }
    }
}

/// One commit that waits for the disk. A row of the process's own, so that processes don't wait for each other.
fn flush(address: &Address, session: &mut Option<Session>, ids: &Ids) -> Result<()> {
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
            None => Session::connect(address).and_then(|new| session.insert(new).plain(&text)),
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
