//! Booking under load: 16 requests in flight, four of five of them reads. The floors are a flush of the same disk and a
//! bare commit on the same engine, one after the other. Afterwards nothing may overlap, and no acknowledged booking may
//! be missing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use kit::Result;

use super::app::App;
use crate::club::MEMBERS;
use crate::floor;
use crate::load::{Spell, drive};
use crate::place::{Engine, Place};
use crate::process::Process;
use crate::report::{Budget, Report};
use crate::rng::Rng;
use crate::setup::Bench;

const IN_FLIGHT: usize = 16;
/// The number of members for each request in flight.
const OF_EACH: usize = MEMBERS / IN_FLIGHT;
/// The number of reads for each booking.
const READS: usize = 4;

/// Books under load, then stops the server and checks the database. Returns whether nothing overlaps and no
/// acknowledged booking is missing.
pub(crate) fn commit(
    bench: &Bench<'_>,
    report: &mut Report,
    place: &Place,
    server: Process,
    engine: &Engine,
    title: &str,
) -> Result<bool> {
    report.part(
        &format!("commit ({title}, {IN_FLIGHT} in flight, {} % reads)", READS * 100 / (READS + 1)),
        "From the request to the answer that says it is booked, and on disk. Floors: a flush of 4 KB; a bare commit.",
    );
    let flushes = floor::fsync(&bench.folder, bench.count(100, 400))?;
    let bare = match engine {
        Engine::Sqlite => floor::sqlite_commit(&place.scratch("floor")?, bench.count(100, 400))?,
        Engine::Postgres(_) => floor::postgres_commit(&place.url(), bench.count(100, 400))?,
    };
    let (before, _) = place.overlaps(&bench.runtime)?;
    let first = App::of(&server, 0)?;
    let apps: Vec<App> = (0..MEMBERS).map(|n| first.of_member(n)).collect();
    let rngs: Vec<_> = (0..IN_FLIGHT).map(|n| Mutex::new(Rng(n as u64 + 1))).collect();
    let (booked, taken) = (AtomicI64::new(0), AtomicI64::new(0));
    let spell = Spell { measured: bench.spell.measured * 3, ..bench.spell };
    let ([reads, commits], seconds, cpu) = drive(&server, IN_FLIGHT, spell, |n, connection, note| {
        let mut rng = rngs[n].lock().expect("nobody panics with it");
        // Each connection has its own members, so that none is refused for being booked elsewhere.
        let app = &apps[n * OF_EACH + rng.below(OF_EACH)];
        let service = app.service(&mut rng);
        let mut starts = Vec::new();
        for _ in 0..READS {
            let day = app.day(1 + rng.below(85));
            let begun = Instant::now();
            starts = app.free_starts(connection, service, day)?;
            note(0, begun.elapsed());
        }
        let Some(start) = rng.pick(&starts) else { return Ok(()) };
        let begun = Instant::now();
        if app.book(connection, service, start)? {
            note(1, begun.elapsed());
            booked.fetch_add(1, Ordering::Relaxed);
        } else {
            taken.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    })?;
    let (flush, bare) =
        (|percent| flushes.percentile(percent) / 1_000.0, |percent| bare.percentile(percent) / 1_000.0);
    for percent in [50, 99] {
        let time = commits.percentile(percent) / 1_000.0;
        let budget = if percent == 99 { Budget::Under(25.0) } else { Budget::None };
        report.row(
            &format!("commit, p{percent}, against a flush"),
            "ms",
            time,
            Some(flush(percent)),
            Budget::None,
        );
        report.row(
            &format!("commit, p{percent}, against a bare commit"),
            "ms",
            time,
            Some(bare(percent)),
            budget,
        );
        let time = reads.percentile(percent) / 1_000.0;
        report.row(&format!("read of a day meanwhile, p{percent}"), "ms", time, None, Budget::None);
    }
    let rate = commits.len() as f64 / seconds;
    report.row(
        "acknowledged commits, against bare ones in a row",
        "/s",
        rate,
        Some(1_000.0 / bare(50)),
        Budget::None,
    );
    let answers = (commits.len() + reads.len()).max(1) as f64;
    report.row("processor, an answer of either kind", "µs", cpu / answers, None, Budget::None);
    drop(server);
    let (after, overlaps) = place.overlaps(&bench.runtime)?;
    let (booked, taken) = (booked.load(Ordering::SeqCst), taken.load(Ordering::SeqCst));
    // A request in flight when the time was over may be booked without an acknowledgement, but never the other way
    // round.
    let lost = (before + booked - after).max(0);
    report.say(&format!(
        "{booked} booked, {taken} refused because taken; overlaps: {overlaps}; acknowledged but missing: {lost}"
    ));
    Ok(overlaps == 0 && lost == 0)
}
