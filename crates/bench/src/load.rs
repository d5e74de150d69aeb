//! Load: a number of connections, each of which sends its next request as soon as the last one is answered.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use kit::{Fault, Result};

use crate::http::Connection;
use crate::process::Process;

/// Measured times of one kind, sorted, so that percentiles are exact.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        Times(times)
    }

    /// Returns a percentile in microseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = (self.0.len() * percent).div_ceil(100).saturating_sub(1).min(last);
        self.0.get(at).map_or(0.0, |time| time.as_nanos() as f64 / 1_000.0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The results of a load.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load {
    /// The times from the first byte sent to the last byte read, as the client sees them.
    pub(crate) times: Times,
    /// The number of responses per second.
    pub(crate) rate: f64,
    /// The server's processor time per response in microseconds: all threads, user and system. Unlike the times, it
    /// does not grow because the client uses the same processors.
    pub(crate) cpu: f64,
}

/// How long a load warms up, and how long it is measured after that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spell {
    pub(crate) warm: Duration,
    pub(crate) measured: Duration,
}

const WARMING: u8 = 0;
const MEASURING: u8 = 1;
const OVER: u8 = 2;

/// Sends one request repeatedly on a number of connections.
pub(crate) fn repeat(server: &Process, connections: usize, spell: Spell, request: &[u8]) -> Result<Load> {
    let (loads, seconds, cpu) = drive(server, connections, spell, |_, connection, note| {
        let begun = Instant::now();
        let answer = connection.send(request)?;
        if answer.status != 200 {
            return Err(Fault::because(format!(
                "{}\n{}",
                answer.head,
                String::from_utf8_lossy(&answer.body())
            )));
        }
        note(0, begun.elapsed());
        Ok(())
    })?;
    let [times] = loads;
    let count = times.len().max(1) as f64;
    Ok(Load { rate: count / seconds, cpu: cpu / count, times })
}

/// Runs `work` repeatedly on each connection until the time is over. It records times under a kind; those recorded
/// during the warm-up are dropped. Returns the times by kind, the measured seconds, and the server's processor time in
/// microseconds.
pub(crate) fn drive<const KINDS: usize>(
    server: &Process,
    connections: usize,
    spell: Spell,
    work: impl Fn(usize, &mut Connection, &mut dyn FnMut(usize, Duration)) -> Result<()> + Sync,
) -> Result<([Times; KINDS], f64, f64)> {
    let phase = AtomicU8::new(WARMING);
    let noted: Mutex<[Vec<Duration>; KINDS]> = Mutex::new(std::array::from_fn(|_| Vec::new()));
    let failed = Mutex::new(None);
    let mut measured = (0.0, 0.0);
    std::thread::scope(|threads| {
        for place in 0..connections {
            let (phase, noted, failed, work) = (&phase, &noted, &failed, &work);
            threads.spawn(move || {
                let mut own_times: [Vec<Duration>; KINDS] = std::array::from_fn(|_| Vec::new());
                let outcome = connect_and_work(server.addr, place, phase, &mut own_times, work);
                if let Err(error) = outcome {
                    phase.store(OVER, Ordering::SeqCst);
                    failed.lock().expect("nobody panics with it").get_or_insert(error);
                }
                let mut all = noted.lock().expect("nobody panics with it");
                for (all, own_times) in all.iter_mut().zip(own_times) {
                    all.extend(own_times);
                }
            });
        }
        std::thread::sleep(spell.warm);
        let (begun, cpu) = (Instant::now(), server.cpu());
        let _ = phase.compare_exchange(WARMING, MEASURING, Ordering::SeqCst, Ordering::SeqCst);
        std::thread::sleep(spell.measured);
        phase.store(OVER, Ordering::SeqCst);
        measured = (begun.elapsed().as_secs_f64(), server.cpu() - cpu);
    });
    match failed.into_inner().expect("nobody panics with it") {
        Some(error) => Err(error),
        None => {
            let times = noted.into_inner().expect("nobody panics with it").map(Times::of);
            Ok((times, measured.0, measured.1))
        }
    }
}

fn connect_and_work<const KINDS: usize>(
    addr: SocketAddr,
    place: usize,
    phase: &AtomicU8,
    times: &mut [Vec<Duration>; KINDS],
    work: &(impl Fn(usize, &mut Connection, &mut dyn FnMut(usize, Duration)) -> Result<()> + Sync),
) -> Result<()> {
    let mut connection = Connection::open(addr)?;
    while phase.load(Ordering::Relaxed) != OVER {
        work(place, &mut connection, &mut |kind, time| {
            if phase.load(Ordering::Relaxed) == MEASURING {
                times[kind].push(time);
            }
        })?;
    }
    Ok(())
}
