//! Structured logs: one line of JSON for each event, or text for people.
//!
//! Lines are written to standard error in batches: a tenth of a second after the first one, or when the buffer is full.
//! A warning or an error is written at once, with all lines before it. On a terminal, every line is written at once.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use kit::config::{Config, LogFormat};
use kit::errors::OrFault;
use kit::{Fault, Result};
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How long a line may wait before it is written.
const REST: Duration = Duration::from_millis(100);
/// The number of bytes in the buffer at which they are written at once.
const MOST: usize = 32 << 10;

/// Starts logging to standard error, so that standard output carries only the output of a command. Keep the returned
/// value as long as the program runs.
///
/// # Errors
/// Returns a fault if the log filter can't be parsed or logging can't be started.
pub fn start(config: &Config) -> Result<Log> {
    let filter = EnvFilter::try_new(&config.log).map_err(|e| Fault::because(format!("CORESYNC_LOG: {e}")))?;
    let lines = Lines::new(io::stderr().is_terminal())?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone());
    match config.log_format {
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
        LogFormat::Text => log.try_init(),
    }
    .or_fault()?;
    Ok(Log(lines))
}

/// The log. Dropping it writes all buffered lines.
#[must_use]
pub struct Log(Lines);

impl Drop for Log {
    fn drop(&mut self) {
        self.0.write_all();
    }
}

/// The buffer of lines that wait to be written. Clones share it.
#[derive(Clone)]
struct Lines {
    waiting: Arc<(Mutex<Vec<u8>>, Condvar)>,
    /// Whether standard error is a terminal, so that each line is written at once.
    is_read_along: bool,
}

impl Lines {
    fn new(is_read_along: bool) -> Result<Lines> {
        let lines = Lines { waiting: Arc::default(), is_read_along };
        let written = lines.clone();
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || written.write_now_and_then())
            .or_fault()?;
        Ok(lines)
    }

    /// Adds a line. Returns whether it is the first one in the buffer, and whether the buffer is now full.
    fn add(&self, line: &[u8]) -> (bool, bool) {
        let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = waiting.is_empty();
        waiting.extend_from_slice(line);
        (is_first, waiting.len() >= MOST)
    }

    /// Writes the buffered lines. The lock is held meanwhile so that they keep their order.
    fn write_all(&self) {
        let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        // There is nowhere to report that the log can't be written.
        let _ = io::stderr().lock().write_all(&waiting);
        waiting.clear();
    }

    fn write_now_and_then(&self) {
        let (waiting, woken) = &*self.waiting;
        loop {
            let lines = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            drop(woken.wait_while(lines, |lines| lines.is_empty()));
            std::thread::sleep(REST);
            self.write_all();
        }
    }
}

/// The writer of one event.
struct Line<'l> {
    lines: &'l Lines,
    at_once: bool,
}

impl<'l> MakeWriter<'l> for Lines {
    type Writer = Line<'l>;

    fn make_writer(&'l self) -> Line<'l> {
        Line { lines: self, at_once: true }
    }

    fn make_writer_for(&'l self, about: &Metadata<'_>) -> Line<'l> {
        Line { lines: self, at_once: self.is_read_along || *about.level() <= Level::WARN }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let (is_first, are_many) = self.lines.add(line);
        if self.at_once || are_many {
            self.lines.write_all();
        } else if is_first {
            self.lines.waiting.1.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
