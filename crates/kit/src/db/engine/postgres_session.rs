//! A connection to PostgreSQL: how the server is reached, its prepared statements, and the meaning of its errors.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::db::sql::Sql;
use crate::db::value::{Row, Value};
use crate::errors::{Error, Fault, FaultKind, OrFault as _, Result};

/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long sent data may stay unacknowledged by the server before the connection counts as lost.
const UNANSWERED: Duration = Duration::from_secs(30);

/// How a server is reached: the driver's configuration and the trusted certificates.
#[derive(Clone)]
pub(in crate::db) struct Address {
    config: Config,
    tls: Arc<rustls::ClientConfig>,
}

/// Parses the address and applies the settings that all our connections share. `sslrootcert=FILE` names the root
/// certificates for a self-hosted server; without it, the public root certificates are trusted. A connection to
/// another machine is encrypted unless `sslmode` says otherwise, because the driver's default would accept a server
/// without TLS.
pub(in crate::db) fn configure(url: &str) -> Result<Address> {
    let (plain, query) = url.split_once('?').unwrap_or((url, ""));
    let (certificates, others): (Vec<&str>, Vec<&str>) =
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
    let roots = roots(certificates.first().and_then(|part| part.strip_prefix("sslrootcert=")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .or_fault()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Address { config, tls: Arc::new(tls) })
}

/// Returns whether every host of an address is this machine, so that nobody can intercept the connection.
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

/// Returns a fault that names the unreachable server, the cause, and the setting to check.
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
        error_text(error)
    );
    Fault::of(kind, text)
}

/// A connection with the statements that it has prepared.
pub(in crate::db) struct Session {
    client: Client,
    prepared: HashMap<usize, Statement>,
}

impl Session {
    pub(in crate::db) fn connect(address: &Address) -> Result<Session> {
        let tls = MakeRustlsConnect::new(rustls::ClientConfig::clone(&address.tls));
        let client = address.config.connect(tls).map_err(|error| unreached(&address.config, &error))?;
        Ok(Session { client, prepared: HashMap::new() })
    }

    #[track_caller]
    pub(in crate::db) fn each(
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
    pub(in crate::db) fn run(&mut self, sql: &'static Sql, args: &[Value]) -> Result<u64> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, &borrowed(args)).map_err(fault)
    }

    #[track_caller]
    pub(in crate::db) fn plain(&mut self, text: &str) -> Result<()> {
        self.client.batch_execute(text).map_err(fault)
    }

    #[track_caller]
    pub(in crate::db) fn prepare(&mut self, sql: &'static Sql) -> Result<()> {
        self.client.prepare(sql.postgres()).map(drop).map_err(fault)
    }

    pub(in crate::db) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    #[track_caller]
    fn statement(&mut self, sql: &'static Sql) -> Result<Statement> {
        // The address of the static statement serves as a cache key and is never dereferenced.
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

#[track_caller]
pub(in crate::db) fn fault(error: postgres::Error) -> Error {
    let kind = match error.as_db_error() {
        Some(db) if *db.code() == SqlState::UNIQUE_VIOLATION => {
            FaultKind::BrokenKey(db.table().unwrap_or_default().to_owned())
        }
        Some(db) => kind_of(db.code()),
        None if is_lost(&error) => FaultKind::NotStarted,
        None => FaultKind::Other,
    };
    Fault::of(kind, error_text(&error))
}

fn kind_of(code: &SqlState) -> FaultKind {
    match code.code() {
        "40001" | "40P01" => FaultKind::Collision,
        // The connection was lost, the server is stopping or starting, or it has too many connections.
        "57P01" | "57P02" | "57P03" | "57P05" | "53300" => FaultKind::NotStarted,
        code if code.starts_with("08") => FaultKind::NotStarted,
        // The disk is full, the memory is exhausted, or the machine fails.
        code if code.starts_with("53") || code.starts_with("58") => FaultKind::Unavailable,
        _ => FaultKind::Other,
    }
}

/// Returns whether the error did not come from the server: it did not answer, or the connection was cut.
fn is_lost(error: &postgres::Error) -> bool {
    error.is_closed()
        || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
        || error.to_string().contains("timed out")
}

/// Returns the server's message with its detail, or else the whole chain of causes.
pub(in crate::db) fn error_text(error: &postgres::Error) -> String {
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
    fn a_remote_connection_is_encrypted_by_default() {
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
