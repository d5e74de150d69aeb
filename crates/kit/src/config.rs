//! Configuration: defaults need nothing; a TOML file and environment variables say otherwise.
//! This is the one place that reads the environment.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use crate::clock::Clock;
use crate::db::Place;
use crate::errors::{Fault, Result};

/// Everything that can be configured. In the file the names are these; in the environment they are
/// upper case behind `CORESYNC_` (`CORESYNC_ADDR`), but for `DATABASE_URL`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `development` or `production`.
    pub env: Environment,
    /// Where the program listens.
    pub addr: SocketAddr,
    /// The folder of everything that is kept.
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; by default `club.db` in the data folder.
    pub database_url: Option<String>,
    /// The address that people know: for links in mail, redirects, calendars.
    pub public_url: String,
    /// Proxies in front whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Who mail comes from.
    pub mail_from: String,
    /// `smtp://user:password@host:port`; without it mail is kept in the data folder.
    pub smtp_url: Option<String>,
    /// The key of everything that is encrypted at rest; by default `club.key` in the data folder.
    pub key_file: Option<PathBuf>,
    /// A test clock that starts at this time; refused in production.
    pub now: Option<Timestamp>,
    /// How much is logged: a filter such as `info` or `info,bookings=debug`.
    pub log: String,
    /// How it is logged: `json` or `text`.
    pub log_format: LogFormat,
    /// How many connections to PostgreSQL.
    pub postgres_connections: usize,
    /// How often one account, or one network of visitors, may read in a minute; 0 is without limit.
    pub reads_a_minute: u32,
    /// How often one account may do something in a minute; 0 is without limit.
    pub deeds_a_minute: u32,
    /// How often the visitors of one network may do something in a minute; 0 is without limit.
    pub visitor_deeds_a_minute: u32,
    /// How many connections are open at once, at most. Never more than the file descriptors of the process allow.
    pub max_connections: usize,
    /// How many of one network (an IPv6 network is a /64); trusted proxies may have any number. 0 is without limit.
    pub max_connections_per_address: usize,
    /// How many seconds a connection may take to begin its first request.
    pub first_request_seconds: u64,
    /// How many seconds a connection stays open between two requests, and how long the head of one may take.
    pub idle_seconds: u64,
    /// How many seconds a client may pause while it sends a body or receives an answer.
    pub stall_seconds: u64,
}

/// What the program is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Trying, building, training.
    Development,
    /// A real club.
    Production,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line of JSON an event: for machines.
    Json,
    /// For people.
    Text,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            env: Environment::Development,
            addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            database_url: None,
            public_url: "http://localhost:8080".to_owned(),
            trusted_proxies: Vec::new(),
            mail_from: "CoreSync <hello@demo.coresync.test>".to_owned(),
            smtp_url: None,
            key_file: None,
            now: None,
            log: "info".to_owned(),
            log_format: LogFormat::Json,
            postgres_connections: 16,
            reads_a_minute: 600,
            deeds_a_minute: 60,
            visitor_deeds_a_minute: 120,
            max_connections: 8_192,
            max_connections_per_address: 256,
            first_request_seconds: 10,
            idle_seconds: 30,
            stall_seconds: 30,
        }
    }
}

/// The names that may stand in the environment.
const NAMES: [&str; 21] = [
    "env",
    "addr",
    "data",
    "database_url",
    "public_url",
    "trusted_proxies",
    "mail_from",
    "smtp_url",
    "key_file",
    "now",
    "log",
    "log_format",
    "postgres_connections",
    "reads_a_minute",
    "deeds_a_minute",
    "visitor_deeds_a_minute",
    "max_connections",
    "max_connections_per_address",
    "first_request_seconds",
    "idle_seconds",
    "stall_seconds",
];

/// Those of them that are numbers.
const NUMBERS: [&str; 9] = [
    "postgres_connections",
    "reads_a_minute",
    "deeds_a_minute",
    "visitor_deeds_a_minute",
    "max_connections",
    "max_connections_per_address",
    "first_request_seconds",
    "idle_seconds",
    "stall_seconds",
];

impl Config {
    /// Reads `coresync.toml` here (or the file that `CORESYNC_CONFIG` names), then the environment.
    ///
    /// # Errors
    /// A fault that names the value that is wrong.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn load() -> Result<Config> {
        let named = std::env::var("CORESYNC_CONFIG").ok();
        let file = Path::new(named.as_deref().unwrap_or("coresync.toml"));
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(_) if named.is_none() => String::new(),
            Err(error) => return Err(Fault::because(format!("{}: {error}", file.display()))),
        };
        Config::read(&text, |name| std::env::var(name).ok())
    }

    /// From the text of a file and a way to look a variable up.
    ///
    /// # Errors
    /// A fault that names the value that is wrong.
    pub fn read(file: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let mut table: toml::Table =
            file.parse().map_err(|e| Fault::because(format!("the configuration file: {e}")))?;
        for name in NAMES {
            let upper = name.to_uppercase();
            let upper = if name == "database_url" { upper } else { format!("CORESYNC_{upper}") };
            if let Some(text) = variable(&upper).filter(|text| !text.is_empty()) {
                table.insert(name.to_owned(), as_toml(name, text)?);
            }
        }
        let config: Config = table.try_into().map_err(|e| Fault::because(format!("configuration: {e}")))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let production = self.env == Environment::Production;
        if production && self.now.is_some() {
            return Err(Fault::because("CORESYNC_NOW is a test clock: production refuses it"));
        }
        if production && !self.public_url.starts_with("https://") {
            return Err(Fault::because("CORESYNC_PUBLIC_URL must begin with https:// in production"));
        }
        if production && self.smtp_url.is_none() {
            return Err(Fault::because(
                "CORESYNC_SMTP_URL is needed in production: without it no mail leaves the house",
            ));
        }
        for (name, value) in [
            ("max_connections", self.max_connections as u64),
            ("first_request_seconds", self.first_request_seconds),
            ("idle_seconds", self.idle_seconds),
            ("stall_seconds", self.stall_seconds),
        ] {
            if value == 0 {
                return Err(Fault::because(format!("CORESYNC_{} must be at least 1", name.to_uppercase())));
            }
        }
        Place::parse(&self.database_url()).map(drop)
    }

    /// The clock that this configuration asks for.
    pub fn clock(&self) -> Clock {
        self.now.map_or_else(Clock::system, Clock::starting_at)
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        let default = || format!("sqlite:{}", self.data.join("club.db").display());
        self.database_url.clone().unwrap_or_else(default)
    }

    /// Where the key file is.
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("club.key"))
    }
}

/// A variable is text; some of the values are not.
fn as_toml(name: &str, text: String) -> Result<toml::Value> {
    Ok(match name {
        _ if NUMBERS.contains(&name) => {
            let wrong = |_| Fault::because(format!("CORESYNC_{} must be a number", name.to_uppercase()));
            toml::Value::Integer(text.parse().map_err(wrong)?)
        }
        "trusted_proxies" => toml::Value::Array(
            text.split(',').map(|one| toml::Value::String(one.trim().to_owned())).collect(),
        ),
        _ => toml::Value::String(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_beats_the_file_and_the_file_beats_the_default() {
        let file = "addr = '127.0.0.1:9000'\nlog = 'debug'";
        let config =
            Config::read(file, |name| (name == "CORESYNC_ADDR").then(|| "127.0.0.1:9001".to_owned()));
        let config = config.expect("readable");
        assert_eq!((config.addr.port(), config.log.as_str()), (9001, "debug"));
        assert_eq!(config.database_url(), "sqlite:data/club.db");
    }

    #[test]
    fn a_wrong_name_or_value_is_said() {
        assert!(Config::read("adr = '127.0.0.1:9000'", |_| None).is_err());
        assert!(Config::read("addr = 'nowhere'", |_| None).is_err());
        assert!(Config::read("deeds_a_minute = -1", |_| None).is_err());
        assert!(Config::read("stall_seconds = 0", |_| None).is_err());
        assert!(Config::read("", |name| name.ends_with("IDLE_SECONDS").then(|| "-3".to_owned())).is_err());
        assert!(
            Config::read("", |name| name.ends_with("READS_A_MINUTE").then(|| "many".to_owned())).is_err()
        );
        assert!(Config::read("database_url = 'mysql://x'", |_| None).is_err());
        assert!(Config::read("env = 'production'", |_| None).is_err());
    }
}
