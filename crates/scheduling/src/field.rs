//! The input of one search for free times: the resources that could serve, with their calendars.

use std::collections::HashMap;

use catalogue::{Catalogue, Equipment, Hours, Room, Service, Technician};
use kit::{Id, Result};

use crate::calendar::{Busy, ReleaseMask, ResourceCalendar};
use crate::cells::{Cell, cells};
use crate::days::{Days, Openings};

/// What a booking needs, with times in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The number of cells before the guest arrives.
    pub setup: i64,
    /// The number of cells while the guest is present.
    pub duration: i64,
    /// The number of cells after the guest has left.
    pub turnover: i64,
    /// The number of technicians who serve at the same time.
    pub technicians: usize,
    /// Whether a piece of equipment is needed.
    pub equipment: bool,
}

impl Demand {
    /// Returns what a service needs if it takes this many minutes.
    pub fn of(service: &catalogue::Service, minutes: i64) -> Demand {
        Demand {
            setup: cells(service.setup),
            duration: cells(minutes),
            turnover: cells(service.turnover),
            technicians: usize::try_from(service.technicians).unwrap_or(0),
            equipment: !service.equipment.is_empty(),
        }
    }
}

/// The resources that a rescheduled booking keeps if possible (C6). They rank before otherwise better ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferredResources {
    /// The room of the booking, unless another room was requested.
    pub room: Option<Id>,
    /// The technicians of the booking.
    pub technicians: Vec<Id>,
}

/// The input of one search for free times.
#[derive(Debug, Clone)]
pub struct Field {
    /// The range of cells that every calendar covers.
    pub reach: (Cell, Cell),
    /// The days that are searched.
    pub days: Days,
    /// The calendars of the rooms that could serve.
    pub rooms: Vec<ResourceCalendar>,
    /// The calendars of the technicians who have the skill.
    pub technicians: Vec<ResourceCalendar>,
    /// The technician who was requested by name. If the service needs several, this one must be among them.
    pub named: Option<Id>,
    /// What a rescheduled booking keeps. Empty for a new booking.
    pub preferred: PreferredResources,
    /// The calendars of the pieces of equipment, of which one is needed.
    pub equipment: Vec<ResourceCalendar>,
}

impl Field {
    /// Builds the search input for these days from the claimed spans of each resource.
    ///
    /// # Errors
    /// Returns a fault if a day is outside the range of the calendar library.
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
    /// Returns the same search input as if these spans of resources were claimed too.
    pub fn with_claimed(&self, claimed: &[(Id, Cell, Cell)]) -> Field {
        let mut field = self.clone();
        let reach = field.reach;
        for calendar in field.rooms.iter_mut().chain(&mut field.technicians).chain(&mut field.equipment) {
            let more = claimed.iter().filter(|(id, ..)| *id == calendar.id).map(|(_, from, to)| (*from, *to));
            let more: Vec<(Cell, Cell)> = more.collect();
            if !more.is_empty() {
                let spans = calendar.busy.spans.iter().copied().chain(more).collect();
                calendar.busy = Busy::new(calendar.busy.units, spans, reach);
            }
        }
        field
    }
}

/// The shifts on the searched days, and when the resource is available, with touching shifts merged.
type Presence = (Openings, Vec<(Cell, Cell)>);

pub(crate) fn assemble<'c>(
    catalogue: &Catalogue,
    candidates: &Candidates<'c>,
    days: Days,
    reach: (Cell, Cell),
    calendars: &HashMap<Id, Busy>,
) -> Result<Field> {
    let wider = days.wider()?;
    // Many resources have the same hours, so each set of hours is computed only once.
    let mut known: Vec<(&Hours, Presence)> = Vec::new();
    let mut at = |hours| match known.iter().find(|(same, _)| *same == hours) {
        Some((_, presence)) => presence.clone(),
        None => {
            let presence = (days.open(hours), wider.pieces(hours));
            known.push((hours, presence.clone()));
            presence
        }
    };
    let calendar = |id: Id, (open, there): Presence, after: i64| ResourceCalendar {
        id,
        open,
        there,
        busy: calendars.get(&id).cloned().unwrap_or_else(|| Busy::new(1, Vec::new(), reach)),
        after: cells(after),
        premium_bp: 10_000,
        shortest: 0,
        mask: ReleaseMask::default(),
    };
    let room = |room: &&'c Room| {
        let (premium_bp, shortest) = (room.premium_bp, shortest(catalogue, room.id));
        ResourceCalendar { premium_bp, shortest, ..calendar(room.id, at(&room.hours), 0) }
    };
    let rooms: Vec<ResourceCalendar> = candidates.rooms.iter().map(room).collect();
    let technician = |one: &&'c Technician| calendar(one.id, at(&one.hours), one.pad);
    let technicians = candidates.technicians.iter().map(technician).collect();
    // A piece of equipment is available whenever any of the rooms is open.
    let always: Vec<(Cell, Cell)> = rooms.iter().flat_map(|room| room.there.clone()).collect();
    let piece = |piece: &&Equipment| calendar(piece.id, (Openings::default(), always.clone()), piece.reset);
    let equipment = candidates.equipment.iter().map(piece).collect();
    let (named, preferred) = (candidates.named, PreferredResources::default());
    Ok(Field { reach, rooms, technicians, named, preferred, equipment, days })
}

/// Returns the shortest set-up + duration + turnover of any active service in a room (F4), in cells.
fn shortest(catalogue: &Catalogue, room: Id) -> i64 {
    let served = catalogue.services.iter().filter(|service| service.active && service.rooms.contains(&room));
    served.map(|service| cells(service.least_room_minutes())).min().unwrap_or(0)
}

pub(crate) fn units(candidates: &Candidates<'_>) -> Vec<(Id, i64)> {
    let rooms = candidates.rooms.iter().map(|room| (room.id, room.units));
    let technicians = candidates.technicians.iter().map(|technician| (technician.id, 1));
    let equipment = candidates.equipment.iter().map(|piece| (piece.id, 1));
    rooms.chain(technicians).chain(equipment).collect()
}

/// The resources that could serve a booking request.
#[derive(Debug, Clone)]
pub struct Candidates<'c> {
    /// The rooms that could serve.
    pub rooms: Vec<&'c Room>,
    /// The technicians who have the skill. Empty if none is needed.
    pub technicians: Vec<&'c Technician>,
    /// The technician who was requested by name.
    pub named: Option<Id>,
    /// The pieces of equipment, of which one is needed. Empty if none is needed.
    pub equipment: Vec<&'c Equipment>,
}

impl<'c> Candidates<'c> {
    /// Returns the resources that could serve a service for this many people, limited to the requested room,
    /// technician, and kind of room.
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
                && room.is_none_or(|id| id == candidate.id)
                && kind.is_none_or(|kind| kind == candidate.kind)
        });
        // If the technician who was requested by name lacks the skill, there are no candidates, even if others could
        // serve with them.
        let lacks = |id: Id| !catalogue.technician(id).is_some_and(|one| one.is_skilled_for(service));
        let lacks_skill = technician.is_some_and(lacks);
        let technicians = catalogue.technicians.iter().filter(|candidate| {
            service.technicians > 0
                && !lacks_skill
                && candidate.active
                && candidate.is_skilled_for(service)
                && technician.is_none_or(|id| id == candidate.id || service.technicians > 1)
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
