//! Servers in processes of their own, and their figures from Linux.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kit::errors::OrFault as _;
use kit::{Fault, Result};

use crate::http::{Connection, get};

/// A server that is stopped when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) addr: SocketAddr,
    /// The time from the start of the process until the server was ready.
    pub(crate) start: Duration,
}

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns a loopback address with a port that is free.
pub(crate) fn free_addr() -> Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0").or_fault()?.local_addr().or_fault()
}

impl Process {
    /// Starts a server and waits until `path` is answered with 200. Its log is written to a file, as in a real club.
    pub(crate) fn start(command: &mut Command, addr: SocketAddr, path: &str, log: &Path) -> Result<Process> {
        let log_file = File::create(log).or_fault()?;
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file).spawn();
        let child = child.map_err(|e| Fault::because(format!("{}: {e}", command.get_program().display())))?;
        let mut process = Process { child, addr, start: Duration::ZERO };
        let request = get(path, &[]);
        while begun.elapsed() < PATIENCE {
            let ready = Connection::open(addr)
                .and_then(|mut connection| Ok(connection.send(&request)?.status == 200));
            if matches!(ready, Ok(true)) {
                process.start = begun.elapsed();
                return Ok(process);
            }
            if process.child.try_wait().or_fault()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        let log_text = std::fs::read_to_string(log).unwrap_or_default();
        Err(Fault::because(format!("the server was not ready; it said:\n{log_text}")))
    }

    /// Returns the processor time of all its threads so far, in microseconds.
    pub(crate) fn cpu(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let nanos = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        nanos.sum::<u64>() as f64 / 1_000.0
    }

    /// Returns its memory in kilobytes (VmRSS).
    pub(crate) fn memory(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size =
            line.and_then(|line| line.split_whitespace().next()).and_then(|size| size.parse::<u32>().ok());
        size.map_or(0.0, f64::from)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
