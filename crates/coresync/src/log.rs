//! Structured logs: a line of JSON an event, or text for people.
//!
//! Lines are handed to the system many at once: a tenth of a second after the first of them, or when there are many.
//! A warning or an error goes at once, with all that came before it; so does everything to a terminal.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use kit::config::{Config, LogFormat};
use kit::errors::OrFault;
use kit::{Fault, Result};
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How long a line may wait for others.
const REST: Duration = Duration::from_millis(100);
/// How many bytes may wait.
const MOST: usize = 32 << 10;

/// Starts the log, on standard error, so that a command's answer stands alone on standard output. What it answers is
/// kept as long as the program runs.
///
/// # Errors
/// A fault if the filter can't be read.
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

/// The log. When it is dropped, every line is written.
#[must_use]
pub struct Log(Lines);

impl Drop for Log {
    fn drop(&mut self) {
        self.0.write_all();
    }
}

/// Lines that wait to be written. Clones are the same.
#[derive(Clone)]
struct Lines {
    waiting: Arc<(Mutex<Vec<u8>>, Condvar)>,
    /// Whether somebody reads along.
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

    /// Takes a line; whether it was the first to wait, and whether they are many now.
    fn add(&self, line: &[u8]) -> (bool, bool) {
        let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = waiting.is_empty();
        waiting.extend_from_slice(line);
        (is_first, waiting.len() >= MOST)
    }

    /// Writes what waits. The lock is held meanwhile: lines keep their order.
    fn write_all(&self) {
        let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody can be told that the log can't be written.
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

/// Takes the lines of one event.
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
