//! Tests of the configuration: a file and variables over defaults; unknown names are refused.

use std::collections::BTreeMap;

use kit::config::{Config, ConfigField, FIELDS};
use kit::{Error, Result};

fn with(file: &str, name: &str, value: &str) -> Result<Config> {
    Config::read(file, &BTreeMap::from([(name.to_owned(), value.to_owned())]))
}

fn of_file(file: &str) -> Result<Config> {
    Config::read(file, &BTreeMap::new())
}

#[test]
fn environment_overrides_file_and_file_overrides_default() {
    let file = "addr = '127.0.0.1:9000'\nlog = 'debug'";
    let config = with(file, "CORESYNC_ADDR", "127.0.0.1:9001").expect("readable");
    assert_eq!((config.addr.port(), config.log.as_str()), (9001, "debug"));
    assert_eq!(config.database_url(), "sqlite:data/club.db");
    assert_eq!((config.reads_per_minute, config.trusted_proxies.len()), (600, 0));
    let config = with("", "CORESYNC_TRUSTED_PROXIES", "127.0.0.1, ::1").expect("readable");
    assert_eq!(config.trusted_proxies.len(), 2);
}

#[test]
fn an_unknown_name_or_invalid_value_is_rejected() {
    for file in [
        "adr = '127.0.0.1:9000'",
        "addr = 'nowhere'",
        "writes_per_minute = -1",
        "stall_seconds = 0",
        "database_url = 'mysql://x'",
        "env = 'production'",
    ] {
        assert!(of_file(file).is_err(), "{file}");
    }
    assert!(with("", "CORESYNC_IDLE_SECONDS", "-3").is_err());
    assert!(with("", "CORESYNC_READS_PER_MINUTE", "many").is_err());
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest_known_name() {
    let error = |name: &str| match with("", name, "1") {
        Err(Error::Fault(fault)) => fault.cause.clone(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(
        error("CORESYNC_READS_A_MINUTE"),
        "CORESYNC_READS_A_MINUTE is not a known variable; did you mean CORESYNC_READS_PER_MINUTE?"
    );
    assert!(error("CORESYNC_LOGFORMAT").ends_with("did you mean CORESYNC_LOG_FORMAT?"));
    assert!(with("", "CORESYNC_LONG", "1").is_ok(), "a variable of the tests");
    assert!(with("", "HOME", "1").is_ok(), "somebody else's variable");
}

/// The README documents every field with its default, in this order, and no other field.
#[test]
fn the_readme_lists_every_field() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));
    let readme = readme.expect("the README");
    let row = |field: &ConfigField| {
        let default = if field.default.is_empty() { String::new() } else { format!("`{}` ", field.default) };
        format!("| `{}` | {default}| {} |", field.variable, field.help())
    };
    let rows: Vec<String> = FIELDS.iter().map(row).collect();
    let is_row = |line: &&str| line.starts_with("| `CORESYNC_") || line.starts_with("| `DATABASE_URL");
    let listed: Vec<&str> = readme.lines().filter(is_row).collect();
    assert_eq!(listed, rows, "the table is:\n{}", rows.join("\n"));
}
