//! What is claimed, as the engine of free times wants it. Of the days that people ask for, each resource's
//! calendar is remembered under the version that every claim on it changes; the versions are read in the
//! same snapshot, so that nothing remembered is ever stale.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use catalogue::{Catalogue, Equipment, Hours, Room, Service, Technician};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::{Id, Result, Tx};

use crate::block_store::{BlockKind, blocked};
use crate::cells::{Cell, cell_at, cells};
use crate::days::{Days, Openings};
use crate::free::{Busy, Field, Gate, Keeping, Track};
use crate::store;

/// A day in cells.
const DAY: Cell = 288;
/// How far back and ahead of today is remembered, in cells: ninety days and what lies around them.
const BACK: Cell = 3 * DAY;
const AHEAD: Cell = 97 * DAY;

/// Which resources could serve.
#[derive(Debug, Clone)]
pub struct Candidates<'c> {
    /// Rooms.
    pub rooms: Vec<&'c Room>,
    /// Technicians with the skill; empty if none is needed.
    pub technicians: Vec<&'c Technician>,
    /// The technician who was asked for by name.
    pub named: Option<Id>,
    /// Pieces of which one is needed; empty if none is.
    pub equipment: Vec<&'c Equipment>,
}

#[derive(Default)]
struct Memory(Mutex<HashMap<Id, Remembered>>);

struct Remembered {
    version: Id,
    reach: (Cell, Cell),
    busy: Busy,
    /// When the first of the holds in it runs out.
    until: Option<Timestamp>,
}

/// Everything that bears on a question about these days; as if one booking, which is to be moved, were not there.
///
/// # Errors
/// A fault of the database.
pub(crate) fn field_without(
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

/// The same, as if only rooms, technicians or equipment of these kinds could be blocked.
///
/// # Errors
/// A fault of the database.
pub(crate) fn field_with_blocks_of(
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

impl Field {
    /// Everything that bears on a question about these days, from what is claimed.
    ///
    /// # Errors
    /// A fault for days outside the calendar.
    pub fn of(
        catalogue: &Catalogue,
        candidates: &Candidates<'_>,
        days: Days,
        spans: &HashMap<Id, Vec<(Cell, Cell)>>,
    ) -> Result<Field> {
        let reach = days.reach();
        let calendar =
            |(id, units)| (id, Busy::new(units, spans.get(&id).cloned().unwrap_or_default(), reach));
        let calendars = units(candidates).into_iter().map(calendar).collect();
        assemble(catalogue, candidates, days, reach, &calendars)
    }
}

impl Field {
    /// The same field as if these stretches of resources were claimed too.
    pub(crate) fn with_claimed(&self, claimed: &[(Id, Cell, Cell)]) -> Field {
        let mut field = self.clone();
        let reach = field.reach;
        for track in field.rooms.iter_mut().chain(&mut field.technicians).chain(&mut field.equipment) {
            let more = claimed.iter().filter(|(id, ..)| *id == track.id).map(|(_, from, to)| (*from, *to));
            let more: Vec<(Cell, Cell)> = more.collect();
            if !more.is_empty() {
                let spans = track.busy.spans.iter().copied().chain(more).collect();
                track.busy = Busy::new(track.busy.units, spans, reach);
            }
        }
        field
    }
}

/// The shifts on the days that are asked for; and when somebody is there, in one piece where shifts touch.
type Presence = (Openings, Vec<(Cell, Cell)>);

fn assemble<'c>(
    catalogue: &Catalogue,
    candidates: &Candidates<'c>,
    days: Days,
    reach: (Cell, Cell),
    calendars: &HashMap<Id, Busy>,
) -> Result<Field> {
    let wider = days.wider()?;
    // Many keep the same hours.
    let mut known: Vec<(&Hours, Presence)> = Vec::new();
    let mut at = |hours| match known.iter().find(|(same, _)| *same == hours) {
        Some((_, presence)) => presence.clone(),
        None => {
            let presence = (days.open(hours), wider.pieces(hours));
            known.push((hours, presence.clone()));
            presence
        }
    };
    let track = |id: Id, (open, there): Presence, after: i64| Track {
        id,
        open,
        there,
        busy: calendars.get(&id).cloned().unwrap_or_else(|| Busy::new(1, Vec::new(), reach)),
        after: cells(after),
        premium_bp: 10_000,
        shortest: 0,
        gate: Gate::default(),
    };
    let room = |room: &&'c Room| {
        let (premium_bp, shortest) = (room.premium_bp, shortest(catalogue, room.id));
        Track { premium_bp, shortest, ..track(room.id, at(&room.hours), 0) }
    };
    let rooms: Vec<Track> = candidates.rooms.iter().map(room).collect();
    let technician = |one: &&'c Technician| track(one.id, at(&one.hours), one.pad);
    let technicians = candidates.technicians.iter().map(technician).collect();
    // A piece is there whenever any of the rooms is open.
    let always: Vec<(Cell, Cell)> = rooms.iter().flat_map(|room| room.there.clone()).collect();
    let piece = |piece: &&Equipment| track(piece.id, (Openings::default(), always.clone()), piece.reset);
    let equipment = candidates.equipment.iter().map(piece).collect();
    let (named, keeping) = (candidates.named, Keeping::default());
    Ok(Field { reach, rooms, technicians, named, keeping, equipment, days })
}

/// The days whose calendars are remembered, around the club's today.
fn horizon(now: Timestamp, zone: &TimeZone) -> (Cell, Cell) {
    let midnight = now.to_zoned(zone.clone()).start_of_day();
    let today = cell_at(midnight.map_or(now, |midnight| midnight.timestamp()));
    (today - BACK, today + AHEAD)
}

/// The shortest set-up + duration + turnover that a room serves (F4), in cells.
fn shortest(catalogue: &Catalogue, room: Id) -> i64 {
    let served = catalogue.services.iter().filter(|service| service.active && service.rooms.contains(&room));
    served.map(|service| cells(service.least_room_minutes())).min().unwrap_or(0)
}

fn units(candidates: &Candidates<'_>) -> Vec<(Id, i64)> {
    let rooms = candidates.rooms.iter().map(|room| (room.id, room.units));
    let technicians = candidates.technicians.iter().map(|technician| (technician.id, 1));
    let equipment = candidates.equipment.iter().map(|piece| (piece.id, 1));
    rooms.chain(technicians).chain(equipment).collect()
}

/// A few resources are asked for one by one; for many, everything of those days is read at once.
const FEW: usize = 6;

fn read(
    tx: &mut Tx<'_>,
    wanted: &[(Id, i64)],
    reach: (Cell, Cell),
    without: Option<Id>,
    kinds: &[BlockKind],
) -> Result<HashMap<Id, Busy>> {
    let blocks = if kinds.is_empty() { HashMap::new() } else { blocked(tx, reach)? };
    let mut spans = if wanted.len() > FEW { store::spans(tx, reach, without)? } else { HashMap::new() };
    if wanted.len() <= FEW {
        for (id, _) in wanted {
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
    Ok(wanted.iter().map(calendar).collect())
}

/// The calendars of the days that are asked for, from what is remembered of all near ones. Whoever writes learns nothing
/// by heart: what they see may yet be undone.
fn remembered(
    tx: &mut Tx<'_>,
    candidates: &Candidates<'_>,
    reach: (Cell, Cell),
    around: (Cell, Cell),
) -> Result<HashMap<Id, Busy>> {
    let versions = store::versions(tx)?;
    let version = |id| versions.get(&id).copied().unwrap_or(Id(0));
    let (memory, now) = (tx.shelf::<Memory>(), tx.now());
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
    // Only the days that are asked for are searched.
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

impl<'c> Candidates<'c> {
    /// The resources that could serve a service for so many people, narrowed by what was asked for.
    pub fn of(
        catalogue: &'c Catalogue,
        service: &Service,
        party: i64,
        room: Option<Id>,
        technician: Option<Id>,
        kind: Option<&str>,
    ) -> Candidates<'c> {
        let rooms = catalogue.rooms.iter().filter(|candidate| {
            candidate.active
                && party <= service.max_capacity
                && service.rooms.contains(&candidate.id)
                && candidate.capacity >= party
                && room.is_none_or(|asked| asked == candidate.id)
                && kind.is_none_or(|asked| asked == candidate.kind)
        });
        // Who is asked for by name and lacks the skill serves nobody, also where others would serve with them.
        let lacks = |asked: Id| !catalogue.technician(asked).is_some_and(|one| one.is_skilled_for(service));
        let nobody = technician.is_some_and(lacks);
        let technicians = catalogue.technicians.iter().filter(|candidate| {
            service.technicians > 0
                && !nobody
                && candidate.active
                && candidate.is_skilled_for(service)
                && technician.is_none_or(|asked| asked == candidate.id || service.technicians > 1)
        });
        let equipment =
            catalogue.equipment.iter().filter(|piece| piece.active && service.equipment.contains(&piece.id));
        Candidates {
            rooms: rooms.collect(),
            technicians: technicians.collect(),
            named: technician.filter(|_| service.technicians > 0),
            equipment: equipment.collect(),
        }
    }
}
