//! PostgreSQL: a few threads, each with its connection. A transaction commits without waiting for the
//! disk, so that the rows it locked are free at once; its caller is answered only after a later commit of
//! the flushing thread, which does wait. The write-ahead log is in order, so that one flush covers
//! every commit before it: many transactions share it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};
use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::health::Health;
use super::tx::{Conn, Keep, Unit, same_failure};
use super::value::{Row, Value};
use super::{BUSY, Kind, Means, QUEUE, Sql, Tx, Width};
use crate::errors::{Error, Fault, FaultKind, OrFault, Result};
use crate::ids::Ids;

/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a server that does not answer is waited for at the start, how often it is tried, and how often that is said.
const WAIT: Duration = Duration::from_secs(30);
const TRY: Duration = Duration::from_millis(500);
const SAY: Duration = Duration::from_secs(5);
/// How long something sent may stay unanswered by the other machine before the connection counts as lost.
const UNANSWERED: Duration = Duration::from_secs(30);
/// How long a committed transaction waits for a flush before its caller is told that it may be lost.
const FLUSH: Duration = Duration::from_secs(30);

/// The engine: a queue with threads behind it, which end when the queue is dropped.
pub(super) struct Postgres {
    works: Sender<(Kind, Box<dyn Unit>)>,
}

impl Postgres {
    pub(super) fn open(
        url: &str,
        width: Width,
        means: &Means,
        ids: &Arc<Ids>,
        health: &Arc<Health>,
    ) -> Result<Postgres> {
        let address = configure(url)?;
        // The first connection is made here, so that a wrong address is said at the start.
        let mut first = Some(connect_patiently(&address)?);
        let (works, queue) = bounded(QUEUE);
        let (commits, committed) = unbounded();
        for _ in 0..width.postgres.max(1) {
            let line = Line { address: address.clone(), session: first.take() };
            let worker = Worker {
                commits: commits.clone(),
                means: means.clone(),
                ids: ids.clone(),
                health: health.clone(),
            };
            let queue = queue.clone();
            spawn("postgres", move || worker.work(line, &queue))?;
        }
        let (live, ids, health) = (means.live.clone(), ids.clone(), health.clone());
        spawn("postgres-flush", move || flush_in_groups(&address, &committed, &ids, &health, &live))?;
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
/// certificates that a server of one's own is known by; without it the public ones are believed. To another machine the connection
/// is encrypted, unless `sslmode` says otherwise: the driver's default would accept a server that offers no TLS.
pub(super) fn configure(url: &str) -> Result<Address> {
    let (plain, query) = url.split_once('?').unwrap_or((url, ""));
    let (own, others): (Vec<&str>, Vec<&str>) =
        query.split('&').filter(|part| !part.is_empty()).partition(|part| part.starts_with("sslrootcert="));
    let joint = if others.is_empty() { "" } else { "?" };
    let address = format!("{plain}{joint}{}", others.join("&"));
    let mut config: Config = address.parse().map_err(|e| Fault::because(format!("DATABASE_URL: {e}")))?;
    if !query.contains("sslmode=") && !is_same_machine(&config) {
        config.ssl_mode(SslMode::Require);
    }
    let options = config.get_options().unwrap_or_default().to_owned();
    config.options(format!("{options} -c synchronous_commit=off -c client_min_messages=warning").trim());
    config.connect_timeout(CONNECT).application_name("coresync").tcp_user_timeout(UNANSWERED);
    let roots = roots(own.first().and_then(|part| part.strip_prefix("sslrootcert=")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .or_fault()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Address { config, tls: Arc::new(tls) })
}

/// Whether every server of an address is this machine, which no one listens in on.
fn is_same_machine(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
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
    let kind = match error.as_db_error() {
        Some(db) => kind_of(db.code()),
        None if is_lost(error) => FaultKind::NotStarted,
        None => FaultKind::Other,
    };
    let text = format!(
        "PostgreSQL at {} port {:?}, database {}: {}. DATABASE_URL says where it is; sslmode=disable or sslrootcert=FILE \
         in it says how it is trusted.",
        hosts.join(", "),
        config.get_ports(),
        config.get_dbname().unwrap_or("of the user's name"),
        in_words(error)
    );
    Fault::of(kind, text)
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
    health: Arc<Health>,
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
            Err(error) => {
                let lost = Err(error);
                self.health.note(&lost);
                return unit.finish(lost, &self.means.live);
            }
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
        if ended.is_err() {
            self.health.note(&ended);
        }
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
        if keep == Keep::Commit { ended.map_err(in_doubt) } else { ended }
    }
}

fn not_started(error: Error) -> Error {
    Fault::of(FaultKind::NotStarted, error)
}

/// A connection that is lost during a commit leaves open whether there was one; whatever else went wrong is said by the server.
fn in_doubt(error: Error) -> Error {
    match error {
        Error::Fault(fault) if fault.kind == FaultKind::NotStarted => {
            Fault::of(FaultKind::InDoubt, fault.cause)
        }
        other => other,
    }
}

/// Connects; a server that does not answer yet, or not to anybody new, is waited for.
fn connect_patiently(address: &Address) -> Result<Session> {
    let begun = Instant::now();
    let mut said = None::<Instant>;
    loop {
        let error = match Session::connect(address) {
            Ok(session) => return Ok(session),
            Err(error) if error.is_passing() => error,
            Err(error) => return Err(error),
        };
        if begun.elapsed() >= WAIT {
            return Err(Fault::because(format!("gave up after {} s: {}", WAIT.as_secs(), cause(&error))));
        }
        if said.is_none_or(|said| said.elapsed() >= SAY) {
            tracing::warn!(
                error = cause(&error),
                "PostgreSQL does not answer; it is waited for, {} s at most",
                WAIT.as_secs()
            );
            said = Some(Instant::now());
        }
        std::thread::sleep(TRY);
    }
}

fn cause(error: &Error) -> String {
    if let Error::Fault(fault) = error { fault.cause.clone() } else { error.to_string() }
}

/// Answers the callers of committed transactions once a flush has put them on disk.
fn flush_in_groups(
    address: &Address,
    committed: &Receiver<Box<dyn Unit>>,
    ids: &Ids,
    health: &Health,
    live: &crate::live::Live,
) {
    let mut session = None;
    while let Ok(first) = committed.recv() {
        let mut group = vec![first];
        group.extend(committed.try_iter());
        let result = flush(address, &mut session, ids);
        health.note(&result);
        metrics::histogram!("coresync_commit_group_size")
            .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
        for unit in group {
            unit.finish(result.as_ref().copied().map_err(same_failure), live);
        }
    }
}

/// One commit that waits for the disk. A row of the process's own, so that processes don't wait for each other.
///
/// Where the connection is lost, the server may have crashed, and with it what was committed and not yet flushed: a flush on another
/// connection proves something only if it is still the same server, without a crash in between.
fn flush(address: &Address, session: &mut Option<(Session, String)>, ids: &Ids) -> Result<()> {
    let text = format!(
        "BEGIN; SET LOCAL synchronous_commit = on;
         INSERT INTO flushes (node, count) VALUES ({}, 1) ON CONFLICT (node) DO UPDATE SET count = flushes.count + 1;
         COMMIT",
        ids.node()
    );
    let begun = Instant::now();
    let mut run_then = session.as_ref().map(|(_, run)| run.clone());
    loop {
        let flushed = match session {
            Some((session, _)) => session.plain(&text),
            None => connect_to_flush(address).and_then(|(new, run)| {
                if run_then.get_or_insert_with(|| run.clone()) != &run {
                    return Err(Fault::of(FaultKind::InDoubt, "PostgreSQL was restarted before the flush"));
                }
                session.insert((new, run)).0.plain(&text)
            }),
        };
        match flushed {
            Err(error) if error.is_passing() && begun.elapsed() < FLUSH => {
                *session = None;
                std::thread::sleep(Duration::from_millis(100));
            }
            Err(error) => {
                *session = None;
                return Err(Fault::of(FaultKind::InDoubt, cause(&error)));
            }
            Ok(()) => return Ok(()),
        }
    }
}

/// A connection to flush with, and what names the run of the server: it changes when the server is started anew or recovers from a
/// crash. A role that may not see that is told another name each time, so that a lost connection always leaves a doubt.
fn connect_to_flush(address: &Address) -> Result<(Session, String)> {
    let mut session = Session::connect(address)?;
    let row = session.client.query_one(
        "SELECT CAST(pg_postmaster_start_time() AS TEXT) || COALESCE((SELECT CAST(MIN(backend_start) AS TEXT)
         FROM pg_stat_activity WHERE backend_type = 'checkpointer'), CAST(random() AS TEXT))",
        &[],
    );
    let run = row.map_err(fault)?.try_get(0).map_err(fault)?;
    Ok((session, run))
}

#[track_caller]
pub(super) fn fault(error: postgres::Error) -> Error {
    let kind = match error.as_db_error() {
        Some(db) if *db.code() == SqlState::UNIQUE_VIOLATION => {
            FaultKind::BrokenKey(db.table().unwrap_or_default().to_owned())
        }
        Some(db) => kind_of(db.code()),
        None if is_lost(&error) => FaultKind::NotStarted,
        None => FaultKind::Other,
    };
    Fault::of(kind, in_words(&error))
}

fn kind_of(code: &SqlState) -> FaultKind {
    match code.code() {
        "40001" | "40P01" => FaultKind::Collision,
        // The connection, the server being stopped or started, too many connections.
        "57P01" | "57P02" | "57P03" | "57P05" | "53300" => FaultKind::NotStarted,
        code if code.starts_with("08") => FaultKind::NotStarted,
        // The disk is full, memory is out; the machine fails.
        code if code.starts_with("53") || code.starts_with("58") => FaultKind::Unavailable,
        _ => FaultKind::Other,
    }
}

/// Whether the server did not say anything: nobody answers, or the line is cut.
fn is_lost(error: &postgres::Error) -> bool {
    error.is_closed()
        || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
        || error.to_string().contains("timed out")
}

/// What the server said, with its detail; or every cause down to the last.
pub(super) fn in_words(error: &postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        let detail = db.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        return format!("{}: {}{detail}", db.severity(), db.message());
    }
    let mut causes = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        causes.push(deeper.to_string());
        cause = deeper.source();
    }
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_to_another_machine_is_encrypted_unless_it_is_said_otherwise() {
        let mode = |url: &str| configure(url).expect("an address").config.get_ssl_mode();
        assert_eq!(mode("postgres://club@db.example.com/club"), SslMode::Require);
        assert_eq!(mode("postgres://club@db.example.com,localhost/club?connect_timeout=5"), SslMode::Require);
        assert_eq!(mode("postgres://club@db.example.com/club?sslmode=disable"), SslMode::Disable);
        for near in [
            "postgres://club@localhost/club",
            "postgres://club@127.0.0.1:5433/club",
            "postgres://club@%2Frun%2Fpg/club",
        ] {
            assert_eq!(mode(near), SslMode::Prefer, "{near}");
        }
    }
}
