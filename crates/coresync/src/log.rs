//! Structured logs: a line of JSON an event, or text for people.

use kit::config::{Config, LogFormat};
use kit::errors::OrFault;
use kit::{Fault, Result};
use tracing_subscriber::EnvFilter;

/// Starts the log, on standard error, so that a command's answer stands alone on standard output.
///
/// # Errors
/// A fault if the filter can't be read.
pub fn start(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log).map_err(|e| Fault::because(format!("CORESYNC_LOG: {e}")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
        LogFormat::Text => log.try_init(),
    }
    .or_fault()
}
