//! The order of a run: databases are created and served, and each scenario is measured.

use std::time::Instant;

use kit::Result;

use crate::arguments::{Arguments, Scene};
use crate::club::Size;
use crate::place::{Engine, Place};
use crate::report::Report;
use crate::scenes;
use crate::setup::Bench;

/// The days of past bookings in a club whose calendar is not copied to earlier years.
const MONTH: i64 = 28;
const YEAR: i64 = 364;
const SMALL: Size = Size { rooms: 8 };
const LARGE: Size = Size { rooms: 80 };

/// Runs all requested scenarios. Returns whether they were correct: no overlaps, no lost bookings, and no wrong
/// opening.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let bench = Bench::new(arguments)?;
    let folder = bench.folder.clone();
    let outcome = measure(bench);
    if !arguments.keep {
        // What can't be deleted stays. The run is over anyway.
        let _ = std::fs::remove_dir_all(folder);
    }
    outcome
}

fn measure(mut bench: Bench<'_>) -> Result<bool> {
    let begun = Instant::now();
    let mut report = Report::default();
    let mut engines = vec![Engine::Sqlite];
    engines.extend(bench.arguments.postgres.clone().map(Engine::Postgres));
    let mut sound = true;
    for engine in &engines {
        sound &= small(&mut bench, &mut report, engine)?;
        large(&mut bench, &mut report, engine)?;
        crowded(&bench, &mut report, engine)?;
    }
    report.end();
    report.say(&format!("{:.0} s in all", begun.elapsed().as_secs_f64()));
    Ok(sound)
}

/// Measures a club with 8 rooms and 8 technicians, for each number of years. Returns whether the results were correct.
fn small(bench: &mut Bench<'_>, report: &mut Report, engine: &Engine) -> Result<bool> {
    let (begun, folder) = (Instant::now(), bench.folder.clone());
    let name = engine.name();
    report.part(
        &format!("databases ({name}, 8 rooms, 8 technicians)"),
        "How long they took to make, and their size.",
    );
    let first = Place::new(engine, &folder, "base", bench.arguments.keep)?;
    let (span, bookings) = first.fill(&bench.runtime, SMALL, YEAR)?;
    report.say(&format!(
        "{bookings} bookings (a year behind, 90 days ahead) written one by one in {:.1} s",
        begun.elapsed().as_secs_f64()
    ));
    let mut places: Vec<(u32, Place)> = Vec::new();
    let mut years = bench.arguments.years.clone();
    years.sort_unstable();
    for year in years {
        let begun = Instant::now();
        let (grown, before) = places.last().map_or((1, &first), |(grown, place)| (*grown, place));
        let place = before.copy(&folder, &format!("years{year}"))?;
        place.with(&bench.runtime, async |app| {
            crate::calendar::copy_years(app, span, i64::from(grown)..i64::from(year)).await
        })?;
        place.settle()?;
        report.row(
            &format!("{year} y, made in {:.1} s", begun.elapsed().as_secs_f64()),
            "MB",
            place.megabytes()?,
            None,
            crate::report::Budget::None,
        );
        places.push((year, place));
    }
    drop(first);
    if let Some((_, place)) = places.first()
        && matches!(engine, Engine::Sqlite)
        && bench.arguments.wants(Scene::Engine)
    {
        scenes::engine(bench, report, place, 8)?;
    }
    let mut sound = true;
    for (place_in_row, (year, place)) in places.iter().enumerate() {
        sound &= served(bench, report, engine, place, *year, place_in_row == 0)?;
    }
    Ok(sound)
}

fn served(
    bench: &mut Bench<'_>,
    report: &mut Report,
    engine: &Engine,
    place: &Place,
    year: u32,
    is_first: bool,
) -> Result<bool> {
    let title = format!("{}, 8 rooms, {year} y", engine.name());
    let wants = |scene| bench.arguments.wants(scene);
    let all = [Scene::Start, Scene::Availability, Scene::Page, Scene::Opening, Scene::Commit];
    if !all.into_iter().any(wants) {
        return Ok(true);
    }
    if wants(Scene::Start) {
        scenes::start(bench, report, place, &title)?;
    }
    let mut sound = true;
    if wants(Scene::Opening) && is_first {
        sound = scenes::opening(bench, report, place, SMALL.rooms, &title)?;
    }
    let server = place.serve(bench.server())?;
    let is_sqlite = matches!(engine, Engine::Sqlite);
    if bench.arguments.wants(Scene::Page) && is_first && is_sqlite {
        scenes::page(bench, report, &server)?;
    }
    if bench.arguments.wants(Scene::Availability) {
        scenes::availability(bench, report, &server, 8, &title)?;
    }
    if !bench.arguments.wants(Scene::Commit) {
        return Ok(sound);
    }
    Ok(scenes::commit(bench, report, place, server, engine, &title)? && sound)
}

/// Measures a club with 80 rooms and 80 technicians: how searches scale with its size.
fn large(bench: &mut Bench<'_>, report: &mut Report, engine: &Engine) -> Result<()> {
    let is_sqlite = matches!(engine, Engine::Sqlite);
    let wants_engine = bench.arguments.wants(Scene::Engine) && is_sqlite;
    let wants_availability =
        bench.arguments.wants(Scene::Availability) && (is_sqlite || !bench.arguments.quick);
    if !wants_engine && !wants_availability {
        return Ok(());
    }
    let folder = bench.folder.clone();
    let place = Place::new(engine, &folder, "large", bench.arguments.keep)?;
    let (_, bookings) = place.fill(&bench.runtime, LARGE, if bench.arguments.quick { 0 } else { MONTH })?;
    place.settle()?;
    if wants_engine {
        scenes::engine(bench, report, &place, 80)?;
    }
    if wants_availability {
        let server = place.serve(bench.server())?;
        scenes::availability(
            bench,
            report,
            &server,
            80,
            &format!("{}, 80 rooms, {bookings} bookings", engine.name()),
        )?;
    }
    Ok(())
}

/// Measures a club with very many people: how long the front desk searches for one of them.
fn crowded(bench: &Bench<'_>, report: &mut Report, engine: &Engine) -> Result<()> {
    if !bench.arguments.wants(Scene::People) {
        return Ok(());
    }
    let place = Place::new(engine, &bench.folder, "people", bench.arguments.keep)?;
    place.fill(&bench.runtime, SMALL, 0)?;
    scenes::people(bench, report, &place, engine.name())
}
