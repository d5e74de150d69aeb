//! Reads calendars for the free-time search. For the days that people search, the calendar of each resource is cached
//! with its version, which every claim on the resource changes. The versions are read in the same snapshot, so a
//! cached calendar is never stale.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::{Id, Result, Tx};

use crate::blocks::{BlockKind, blocked};
use crate::calendar::Busy;
use crate::cells::{Cell, cell_at};
use crate::days::Days;
use crate::field::{Candidates, Field, assemble, units};
use crate::store;

/// The length of a day in cells.
const DAY: Cell = 288;
/// How far before and after today's midnight calendars are cached, in cells: ninety days and the time around them.
const BACK: Cell = 3 * DAY;
const AHEAD: Cell = 97 * DAY;

#[derive(Default)]
struct Memory(Mutex<HashMap<Id, Remembered>>);

struct Remembered {
    version: Id,
    reach: (Cell, Cell),
    busy: Busy,
    /// When the first of the holds in the calendar expires.
    until: Option<Timestamp>,
}

/// Returns the search input for these days. The claims of `without` are ignored, for a claimant that is to be
/// rescheduled.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn field_without(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    candidates: &Candidates<'_>,
    days: Days,
    without: Option<Id>,
) -> Result<Field> {
    let around = days.reach();
    let horizon = horizon(tx.now(), &catalogue.club.zone);
    let is_near = without.is_none() && horizon.0 <= around.0 && around.1 <= horizon.1;
    let calendars = if is_near {
        remembered(tx, candidates, horizon, around)?
    } else {
        read(tx, &units(candidates), around, without, &BlockKind::ALL)?
    };
    assemble(catalogue, candidates, days, around, &calendars)
}

/// Returns the same search input, but ignores blocks of resources of other kinds than `kinds`.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn field_with_blocks_of(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    candidates: &Candidates<'_>,
    days: Days,
    without: Option<Id>,
    kinds: &[BlockKind],
) -> Result<Field> {
    let around = days.reach();
    let calendars = read(tx, &units(candidates), around, without, kinds)?;
    assemble(catalogue, candidates, days, around, &calendars)
}

/// Returns the range of cells for which calendars are cached, around today in the club's time zone.
fn horizon(now: Timestamp, zone: &TimeZone) -> (Cell, Cell) {
    let midnight = now.to_zoned(zone.clone()).start_of_day();
    let today = cell_at(midnight.map_or(now, |midnight| midnight.timestamp()));
    (today - BACK, today + AHEAD)
}

/// The largest number of resources whose spans are read one resource at a time. For more, one statement reads all
/// spans.
const FEW: usize = 6;

fn read(
    tx: &mut Tx<'_>,
    resources: &[(Id, i64)],
    reach: (Cell, Cell),
    without: Option<Id>,
    kinds: &[BlockKind],
) -> Result<HashMap<Id, Busy>> {
    let blocks = if kinds.is_empty() { HashMap::new() } else { blocked(tx, reach)? };
    let mut spans = if resources.len() > FEW { store::spans(tx, reach, without)? } else { HashMap::new() };
    if resources.len() <= FEW {
        for (id, _) in resources {
            let claimed = store::spans_of(tx, *id, reach, without)?;
            spans.insert(*id, claimed.into_iter().map(|(from, to, _)| (from, to)).collect());
        }
    }
    let calendar = |(id, units): &(Id, i64)| {
        let busy = Busy::new(*units, spans.remove(id).unwrap_or_default(), reach);
        match blocks.get(id).filter(|(kind, _)| kinds.contains(kind)) {
            Some((_, blocked)) => (*id, busy.blocked(blocked)),
            None => (*id, busy),
        }
    };
    Ok(resources.iter().map(calendar).collect())
}

/// Returns the calendars for the range `around`, from cached calendars for the larger range `reach`. A writing
/// transaction does not fill the cache, because it may still be rolled back.
fn remembered(
    tx: &mut Tx<'_>,
    candidates: &Candidates<'_>,
    reach: (Cell, Cell),
    around: (Cell, Cell),
) -> Result<HashMap<Id, Busy>> {
    let versions = store::versions(tx)?;
    let version = |id| versions.get(&id).copied().unwrap_or(Id(0));
    let (memory, now) = (tx.caches::<Memory>(), tx.now());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    {
        let memory = memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, units) in units(candidates) {
            let is_current = |known: &&Remembered| {
                known.version == version(id)
                    && known.reach == reach
                    && known.busy.units == units
                    && known.until.is_none_or(|until| now < until)
            };
            match memory.get(&id).filter(is_current) {
                Some(found) => known.push((id, found.busy.clone())),
                None => unknown.push((id, units)),
            }
        }
    }
    // The search only needs the range `around`.
    let mut calendars: HashMap<Id, Busy> =
        known.into_iter().map(|(id, busy)| (id, busy.slice(around))).collect();
    if !tx.is_view() {
        calendars.extend(read(tx, &unknown, around, None, &BlockKind::ALL)?);
        return Ok(calendars);
    }
    let blocks = if unknown.is_empty() { HashMap::new() } else { blocked(tx, reach)? };
    for (id, units) in unknown {
        let spans = store::spans_of(tx, id, reach, None)?;
        let until = spans.iter().filter_map(|(.., until)| *until).min();
        let claimed = spans.into_iter().map(|(from, to, _)| (from, to)).collect();
        let busy = Busy::new(units, claimed, reach);
        let busy = match blocks.get(&id) {
            Some((_, blocked)) => busy.blocked(blocked),
            None => busy,
        };
        calendars.insert(id, busy.slice(around));
        let entry = Remembered { version: version(id), reach, busy, until };
        memory.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, entry);
    }
    Ok(calendars)
}
