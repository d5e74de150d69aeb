//! Configuration: a TOML file and environment variables, layered over defaults, so that neither is required. This
//! is the only module that reads the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use crate::clock::Clock;
use crate::db::Place;
use crate::errors::{Fault, Result};

/// The variable that names the configuration file. Every other variable of the program is a field of [`Config`].
const CONFIG_VARIABLE: &str = "CORESYNC_CONFIG";
/// The prefix of every variable of the program except `DATABASE_URL`.
const PREFIX: &str = "CORESYNC_";
/// Variables of the tests and their tools. The program inherits them but does not read them.
const OF_TESTS: [&str; 3] = ["CORESYNC_BIN", "CORESYNC_LONG", "CORESYNC_SEED"];

/// The documentation of one configuration field.
#[derive(Debug, Clone, Copy)]
pub struct ConfigField {
    /// The name of the field in the configuration file.
    pub name: &'static str,
    /// The name of the environment variable.
    pub variable: &'static str,
    /// The default as text; empty if there is none.
    pub default: &'static str,
    help: &'static str,
    form: FieldFormat,
}

impl ConfigField {
    /// Returns a description of the field in one line.
    pub fn help(&self) -> &'static str {
        self.help.trim()
    }

    /// Converts the text of an environment variable into a TOML value.
    fn read(&self, text: &str) -> Result<toml::Value> {
        Ok(match self.form {
            FieldFormat::Text => toml::Value::String(text.to_owned()),
            FieldFormat::List => toml::Value::Array(
                text.split(',').map(|one| toml::Value::String(one.trim().to_owned())).collect(),
            ),
            FieldFormat::Number => {
                let wrong = |_| Fault::because(format!("{} must be a number", self.variable));
                toml::Value::Integer(text.parse().map_err(wrong)?)
            }
        })
    }
}

/// How the text of an environment variable is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldFormat {
    Text,
    Number,
    /// Values that are separated by commas.
    List,
}

/// Declares every configuration field once: its help text, its names, its type, its default, and how its variable
/// is parsed.
macro_rules! configuration {
    ($($(#[doc = $help:literal])+ $name:ident $variable:literal: $type:ty = $default:literal, $form:ident;)*) => {
        /// The complete configuration of the program.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Config {
            $($(#[doc = $help])+ pub $name: $type,)*
        }

        /// Every field of [`Config`], in the order in which the fields are documented.
        pub const FIELDS: &[ConfigField] = &[$(ConfigField {
            name: stringify!($name),
            variable: $variable,
            default: $default,
            help: concat!($($help),+),
            form: FieldFormat::$form,
        }),*];
    };
}

configuration! {
    /// `production` refuses test clocks, demo accounts, plain http, and a missing mail server
    env "CORESYNC_ENV": Environment = "development", Text;
    /// the address to listen on
    addr "CORESYNC_ADDR": SocketAddr = "127.0.0.1:8080", Text;
    /// the data folder
    data "CORESYNC_DATA": PathBuf = "data", Text;
    /// `sqlite:PATH` or `postgres://user:password@host/name`; without it, `club.db` in the data folder
    database_url "DATABASE_URL": Option<String> = "", Text;
    /// transactions at once; one more connection flushes
    postgres_connections "CORESYNC_POSTGRES_CONNECTIONS": usize = "16", Number;
    /// per account, and per network for visitors; `0` means unlimited
    reads_per_minute "CORESYNC_READS_PER_MINUTE": u32 = "600", Number;
    /// POST, PUT, PATCH, and DELETE per account; `0` means unlimited
    writes_per_minute "CORESYNC_WRITES_PER_MINUTE": u32 = "60", Number;
    /// the same per network for visitors (an IPv6 network is a /64); `0` means unlimited
    visitor_writes_per_minute "CORESYNC_VISITOR_WRITES_PER_MINUTE": u32 = "120", Number;
    /// open connections in all; lowered to fit the limit of file descriptors
    max_connections "CORESYNC_MAX_CONNECTIONS": usize = "8192", Number;
    /// open connections per network address; `0` means unlimited; trusted proxies are exempt
    max_connections_per_address "CORESYNC_MAX_CONNECTIONS_PER_ADDRESS": usize = "256", Number;
    /// how long a new connection may take to send its first request
    first_request_seconds "CORESYNC_FIRST_REQUEST_SECONDS": u64 = "10", Number;
    /// how long a connection may stay open between requests
    idle_seconds "CORESYNC_IDLE_SECONDS": u64 = "30", Number;
    /// how long a request or a response may make no progress
    stall_seconds "CORESYNC_STALL_SECONDS": u64 = "30", Number;
    /// links in email and calendars, canonical addresses, the sitemap
    public_url "CORESYNC_PUBLIC_URL": String = "http://localhost:8080", Text;
    /// proxies whose `X-Forwarded-For` is trusted, comma-separated
    trusted_proxies "CORESYNC_TRUSTED_PROXIES": Vec<std::net::IpAddr> = "", List;
    /// the sender of email
    mail_from "CORESYNC_MAIL_FROM": String = "CoreSync <hello@demo.coresync.test>", Text;
    /// `smtps://user:password@host`, or `smtp://…?tls=required`; plain only to this machine; without it email is saved
    /// in the data folder
    smtp_url "CORESYNC_SMTP_URL": Option<String> = "", Text;
    /// the key of encrypted fields, created at the first start; without it, `club.key` in the data folder
    key_file "CORESYNC_KEY_FILE": Option<PathBuf> = "", Text;
    /// a filter such as `info,bookings=debug`
    log "CORESYNC_LOG": String = "info", Text;
    /// `json`, or `text` for people
    log_format "CORESYNC_LOG_FORMAT": LogFormat = "json", Text;
    /// a test clock that starts at this time; refused in production
    now "CORESYNC_NOW": Option<Timestamp> = "", Text;
}

/// The purpose for which the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Development, demonstrations, and training.
    Development,
    /// The live system of a club.
    Production,
}

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line of JSON for each event, for machines.
    Json,
    /// Plain text, for people.
    Text,
}

impl Default for Config {
    fn default() -> Config {
        let config = defaults().and_then(|table| table.try_into().map_err(Fault::because));
        config.expect("every default can be read")
    }
}

/// Returns every default. A field that may be absent has no entry.
fn defaults() -> Result<toml::Table> {
    let given = FIELDS.iter().filter(|field| !field.default.is_empty() || field.form == FieldFormat::List);
    given
        .map(|field| match field.default {
            "" => Ok((field.name.to_owned(), toml::Value::Array(Vec::new()))),
            text => Ok((field.name.to_owned(), field.read(text)?)),
        })
        .collect()
}

impl Config {
    /// Reads `coresync.toml` in the working directory (or the file that `CORESYNC_CONFIG` names), then the
    /// environment.
    ///
    /// # Errors
    /// Returns a fault that names the invalid value or the unknown variable, or the file if it cannot be read.
    pub fn load() -> Result<Config> {
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        let environment: BTreeMap<String, String> =
            std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
        let named = environment.get(CONFIG_VARIABLE);
        let file = Path::new(named.map_or("coresync.toml", String::as_str));
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(_) if named.is_none() => String::new(),
            Err(error) => return Err(Fault::because(format!("{}: {error}", file.display()))),
        };
        Config::read(&text, &environment)
    }

    /// Builds the configuration from the text of a file and the variables of the environment. An empty variable
    /// counts as missing.
    ///
    /// # Errors
    /// Returns a fault that names the invalid value or the unknown variable.
    pub fn read(file: &str, environment: &BTreeMap<String, String>) -> Result<Config> {
        check_names(environment)?;
        let mut table = defaults()?;
        let from_file: toml::Table =
            file.parse().map_err(|e| Fault::because(format!("the configuration file: {e}")))?;
        table.extend(from_file);
        for field in FIELDS {
            if let Some(text) = environment.get(field.variable).filter(|text| !text.is_empty()) {
                table.insert(field.name.to_owned(), field.read(text)?);
            }
        }
        let config: Config = table.try_into().map_err(|e| Fault::because(format!("configuration: {e}")))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let production = self.env == Environment::Production;
        if production && self.now.is_some() {
            return Err(Fault::because("CORESYNC_NOW is a test clock and is not allowed in production"));
        }
        if production && !self.public_url.starts_with("https://") {
            return Err(Fault::because("CORESYNC_PUBLIC_URL must start with https:// in production"));
        }
        if production && self.smtp_url.is_none() {
            return Err(Fault::because(
                "CORESYNC_SMTP_URL is required in production: without it no email is sent",
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

    /// Returns the clock that this configuration selects: a test clock that starts at `now`, or else the system
    /// clock.
    pub fn clock(&self) -> Clock {
        self.now.map_or_else(Clock::system, Clock::starting_at)
    }

    /// Returns the address of the database.
    pub fn database_url(&self) -> String {
        let default = || format!("sqlite:{}", self.data.join("club.db").display());
        self.database_url.clone().unwrap_or_else(default)
    }

    /// Returns the path of the key file.
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("club.key"))
    }
}

/// Rejects an unknown variable with our prefix. Otherwise a misspelled limit would silently have no effect.
fn check_names(environment: &BTreeMap<String, String>) -> Result<()> {
    let known = || FIELDS.iter().map(|field| field.variable).chain([CONFIG_VARIABLE]);
    for name in environment.keys().filter(|name| name.starts_with(PREFIX)) {
        if known().chain(OF_TESTS).any(|one| one == name) {
            continue;
        }
        let nearest = known().min_by_key(|one| distance(one, name)).unwrap_or(CONFIG_VARIABLE);
        return Err(Fault::because(format!("{name} is not a known variable; did you mean {nearest}?")));
    }
    Ok(())
}

/// Returns the edit distance of two names: how many bytes are inserted, deleted, or replaced.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.bytes()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        row[0] = i + 1;
    }
    row.last().copied().unwrap_or(one.len())
}
