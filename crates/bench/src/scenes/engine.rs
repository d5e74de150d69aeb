//! Free times as a pure function, without a database and HTTP. The floor copies the bits that it reads.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bookings::{Bits, Candidates, Cell, Days, Demand, Field, Offers, cell_from};
use jiff::ToSpan as _;
use kit::{Fault, Id, Result, Tx, args, sql};

use crate::load::Times;
use crate::place::Place;
use crate::report::{Budget, Report};
use crate::setup::Bench;

/// Measures a search over ninety days of a club with this many rooms and technicians.
pub(crate) fn engine(bench: &Bench<'_>, report: &mut Report, place: &Place, rooms: usize) -> Result<()> {
    let rounds = bench.count(if rooms > 8 { 100 } else { 500 }, if rooms > 8 { 1_000 } else { 5_000 });
    let found = place.with(&bench.runtime, async |app| app.db.view(move |tx| measure(tx, rounds)).await)?;
    report.part(
        &format!("engine ({rooms} rooms, {rooms} technicians, 90 days)"),
        "Offers::find and counts on one thread. Floor: copying the bits of the same calendars.",
    );
    // The budget applies to the median: the slowest of a hundred depends on what else the machine does.
    let budget = if rooms == 8 { Budget::Under(1_000.0) } else { Budget::None };
    for (name, percent, budget) in
        [("find + counts, median", 50, budget), ("find + counts, p99", 99, Budget::None)]
    {
        let floor = Some(found.floor.percentile(percent));
        report.row(name, "µs", found.both.percentile(percent), floor, budget);
    }
    report.row("of it find, median", "µs", found.find.percentile(50), None, Budget::None);
    report.row("one day, find + all its times, median", "µs", found.one.percentile(50), None, Budget::None);
    Ok(())
}

/// The durations that were measured on one engine.
struct EngineTimes {
    both: Times,
    find: Times,
    one: Times,
    floor: Times,
}

fn measure(tx: &mut Tx<'_>, rounds: usize) -> Result<EngineTimes> {
    let catalogue = catalogue::current(tx)?;
    let service =
        catalogue.service_by_slug("service-2").ok_or_else(|| Fault::because("the bench has this service"))?;
    let candidates = Candidates::of(&catalogue, service, 1, None, None, None);
    let zone = &catalogue.club.zone;
    let today = tx.now().to_zoned(zone.clone()).date();
    let days = Days::new(zone, today, today.checked_add(89.days()).map_err(Fault::because)?)?;
    let (from, to) = days.reach();
    let mut spans: HashMap<Id, Vec<(Cell, Cell)>> = HashMap::new();
    tx.each(
        sql!(
            "SELECT resource_id, from_cell, to_cell FROM allocations
             WHERE live AND from_cell >= $1 AND from_cell < $2"
        ),
        args![from, to],
        |row| {
            spans.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(())
        },
    )?;
    let (demand, earliest) = (Demand::of(service, service.minutes), cell_from(tx.now()) + 12);
    let field = Field::of(&catalogue, &candidates, days, &spans)?;
    let calendars: Vec<_> =
        field.rooms.iter().chain(&field.technicians).map(|calendar| calendar.busy.full.clone()).collect();
    let (mut both, mut find) = (Vec::new(), Vec::new());
    // The first tenth of the rounds is the warm-up.
    for round in 0..rounds + rounds / 10 {
        let begun = Instant::now();
        let offers = Offers::find(demand, black_box(&field));
        let found = begun.elapsed();
        black_box(offers.counts(earliest));
        if round >= rounds / 10 {
            both.push(begun.elapsed());
            find.push(found);
        }
    }
    let floor =
        repeat(rounds, || calendars.iter().map(|bits| Bits::clone(black_box(bits))).collect::<Vec<_>>());
    let tomorrow = today.tomorrow().map_err(Fault::because)?;
    let field = Field::of(&catalogue, &candidates, Days::new(zone, tomorrow, tomorrow)?, &spans)?;
    let one = repeat(rounds, || Offers::find(demand, black_box(&field)).all(earliest));
    Ok(EngineTimes { both: Times::of(both), find: Times::of(find), one, floor })
}

fn repeat<T>(rounds: usize, work: impl Fn() -> T) -> Times {
    let timed = |_| -> Duration {
        let begun = Instant::now();
        black_box(work());
        begun.elapsed()
    };
    Times::of((0..rounds).map(timed).collect())
}
