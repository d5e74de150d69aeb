//! Which starts a day has (F1 to F5), for whoever asks.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::{date_of, is_open, midnight};
use crate::model::{Id, Moment, Open, Person, Room, Service, Technician, World};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SearchInput<'a> {
    /// Who asks.
    pub person: &'a Person,
    /// For which service.
    pub service: Id,
    /// For how long.
    pub minutes: i64,
    /// For how many people.
    pub party: i64,
    /// In this room.
    pub room: Option<Id>,
    /// By this technician.
    pub technician: Option<Id>,
    /// Now.
    pub now: Moment,
}

/// A start that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When the guest's time begins.
    pub start: Moment,
    /// The best room.
    pub room: Id,
    /// Who serves, the best first.
    pub technicians: Vec<Id>,
    /// The piece of equipment.
    pub equipment: Option<Id>,
    /// How many such bookings could start then.
    pub spots: i64,
    /// Unsellable minutes left beside it.
    pub lost: i64,
    /// 1 is best.
    pub rank: i64,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// In the order of time.
    pub slots: Vec<Slot>,
}

impl World {
    /// The rooms that could serve what is asked: of the service's, in use, large enough, the one that was named.
    pub(crate) fn rooms_for(&self, search: &SearchInput<'_>) -> Vec<&Room> {
        let service = self.service(search.service);
        self.rooms
            .iter()
            .filter(|room| {
                service.rooms.contains(&room.id)
                    && room.active
                    && room.capacity >= search.party
                    && service.most >= search.party
                    && search.room.is_none_or(|id| id == room.id)
            })
            .collect()
    }

    /// Whoever has the skill; a service that names none asks for anybody.
    pub fn skilled(&self, service: &Service) -> Vec<&Technician> {
        let can = |one: &&Technician| {
            one.active && (service.skill.is_empty() || one.skills.contains(&service.skill))
        };
        self.technicians.iter().filter(can).collect()
    }

    /// Whether a room has a unit free in every minute of what would be claimed (F1, F5).
    pub(crate) fn room_units_left(&self, search: &SearchInput<'_>, room: &Room, start: Moment) -> i64 {
        let service = self.service(search.service);
        let from = start - service.setup * 60;
        let to = start + (search.minutes + service.turnover) * 60;
        room.units.saturating_sub(self.fullest(room.id, from, to)).max(0)
    }

    /// The technicians who could serve at a start: skilled, at work and free, their own pad included.
    pub(crate) fn technicians_at(&self, search: &SearchInput<'_>, start: Moment) -> Vec<&Technician> {
        let service = self.service(search.service);
        let end = start + search.minutes * 60;
        let mut found = self.skilled(service);
        found.retain(|one| {
            is_open(self.shifts(one.id), start, end) && self.fullest(one.id, start, end + one.pad * 60) == 0
        });
        found
    }

    /// The pieces that are free at a start, until they are ready again.
    pub(crate) fn pieces_at(&self, search: &SearchInput<'_>, start: Moment) -> Vec<Id> {
        let service = self.service(search.service);
        let mut found = Vec::new();
        for piece in self.equipment.iter().filter(|piece| service.equipment.contains(&piece.id)) {
            let to = start + (search.minutes + piece.reset) * 60;
            if piece.active && self.fullest(piece.id, start, to) == 0 {
                found.push(piece.id);
            }
        }
        found.sort_unstable();
        found
    }

    /// Whether a booking in this room could start then, whoever asks.
    pub fn is_possible(&self, search: &SearchInput<'_>, room: &Room, start: Moment) -> bool {
        let service = self.service(search.service);
        let end = start + search.minutes * 60;
        if !is_open(self.shifts(room.id), start, end) || self.room_units_left(search, room, start) == 0 {
            return false;
        }
        if service.technicians > 0 {
            let here = self.technicians_at(search, start);
            let named_is_here = search.technician.is_none_or(|id| here.iter().any(|one| one.id == id));
            if !named_is_here || (here.len() as i64) < service.technicians {
                return false;
            }
        }
        service.equipment.is_empty() || !self.pieces_at(search, start).is_empty()
    }

    /// The first moment that can still be booked: an hour ahead online; by staff, also what began up to two hours ago (W1).
    pub(crate) fn earliest(&self, search: &SearchInput<'_>) -> Moment {
        if search.person.staff { search.now - self.walk_in * 60 } else { search.now + self.lead * 60 }
    }

    /// Whether a person may book this start in this room now: not blocked, not kept, and not too near (W1, W3).
    pub fn is_allowed(&self, search: &SearchInput<'_>, room: &Room, day: Date, start: Moment) -> bool {
        let soon = start < self.earliest(search);
        let term = self.term(search.person, (search.service, room.id), day, start, search.now);
        !soon && term.kept.is_none()
    }

    /// The slots of an operating day.
    pub fn day(&self, search: &SearchInput<'_>, day: Date) -> Day {
        if self.needs_plan(search, day) || !self.window(search.person, day, search.now).is_open {
            return Day { slots: Vec::new() };
        }
        let empty = World { claims: BTreeMap::new(), blocks: Vec::new(), ..self.clone() };
        let mut starts: Vec<Moment> = Vec::new();
        for room in self.rooms_for(search) {
            for Open { from: opens, to: closes, .. } in self.shifts_on(room.id, day) {
                let mut start = opens;
                while start < closes {
                    // The grid from opening, and the edges of neighbours (F2): a possible start beside one that would be
                    // possible if nothing were claimed (decision 5).
                    let is_edge = |beside: Moment| {
                        empty.is_possible(search, room, beside) && !self.is_possible(search, room, beside)
                    };
                    if self.is_possible(search, room, start)
                        && self.is_allowed(search, room, day, start)
                        && ((start - opens) % (15 * 60) == 0
                            || is_edge(start - 5 * 60)
                            || is_edge(start + 5 * 60))
                    {
                        starts.push(start);
                    }
                    start += 5 * 60;
                }
            }
        }
        starts.sort_unstable();
        starts.dedup();
        let mut slots: Vec<Slot> = starts.into_iter().map(|start| self.slot(search, day, start)).collect();
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by_key(|at| (slots[*at].lost, slots[*at].start));
        for (rank, at) in (1..).zip(order) {
            slots[at].rank = rank;
        }
        Day { slots }
    }

    /// Whether a service is for members, and this person is none on that day (W2).
    pub(crate) fn needs_plan(&self, search: &SearchInput<'_>, day: Date) -> bool {
        let today = date_of(&self.zone, search.now);
        let has_plan = search.person.plan_on(day, today).is_some();
        self.service(search.service).member_only && !search.person.staff && !has_plan
    }

    /// The slot of a start that is possible: the best room (F3), the best technicians, how many could start (F5).
    ///
    /// A start is one slot, in whichever room: also in one where it is neither on the grid nor an edge.
    pub fn slot(&self, search: &SearchInput<'_>, day: Date, start: Moment) -> Slot {
        let service = self.service(search.service);
        let mut rooms: Vec<&Room> = self.rooms_for(search);
        rooms.retain(|room| {
            self.starts_on(room, day, start)
                && self.is_possible(search, room, start)
                && self.is_allowed(search, room, day, start)
        });
        rooms.sort_by_key(|room| (room.factor, self.lost(search, room, start), room.id));
        let here = self.technicians_at(search, start);
        let pieces = self.pieces_at(search, start);
        let mut spots: i64 = rooms.iter().map(|room| self.room_units_left(search, room, start)).sum();
        let mut technicians: Vec<Id> = Vec::new();
        if service.technicians > 0 {
            spots = spots.min(here.len() as i64 / service.technicians);
            if search.technician.is_some() {
                spots = spots.min(1);
            }
            let mut ranked = here;
            // Whoever is asked for by name is one of those who serve (decision 5).
            ranked.sort_by_key(|one| {
                (
                    search.technician != Some(one.id),
                    self.booked_minutes(one, day),
                    self.last_busy(one, day, start),
                    one.id,
                )
            });
            technicians = ranked.iter().take(service.technicians as usize).map(|one| one.id).collect();
        }
        if !service.equipment.is_empty() {
            spots = spots.min(pieces.len() as i64);
        }
        let room = rooms[0];
        let lost = self.lost(search, room, start);
        let equipment = pieces.first().copied();
        Slot { start, room: room.id, technicians, equipment, spots, lost, rank: 0 }
    }

    /// The operating day of a start: that of a room that is open for it. Where rooms differ, the earlier one on which it can
    /// be had, else the earlier one; where none is open, the date that the clock shows (the wording leaves it open).
    pub fn day_of(&self, search: &SearchInput<'_>, start: Moment) -> Date {
        let shown = date_of(&self.zone, start);
        let end = start + search.minutes * 60;
        let mut days: Vec<Date> = Vec::new();
        for room in self.rooms_for(&SearchInput { party: 1, technician: None, ..*search }) {
            for open in self.shifts(room.id) {
                if open.from <= start && start < open.to && is_open(self.shifts(room.id), start, end) {
                    days.push(open.day);
                }
            }
        }
        days.sort_unstable();
        let can_be_had = |day: &&Date| {
            let mut rooms = self.rooms_for(search).into_iter();
            rooms.any(|room| {
                self.starts_on(room, **day, start)
                    && self.is_possible(search, room, start)
                    && self
                        .term(search.person, (search.service, room.id), **day, start, search.now)
                        .kept
                        .is_none()
            })
        };
        days.iter().find(can_be_had).or(days.first()).copied().unwrap_or(shown)
    }

    /// Whether a start lies in a shift of a room that begins on a day: then it has that `date`.
    pub fn starts_on(&self, room: &Room, day: Date, start: Moment) -> bool {
        self.shifts_on(room.id, day).iter().any(|open| open.from <= start && start < open.to)
    }

    /// Minutes of the shifts that begin on a day in which a technician is claimed, pads included (decision 5).
    pub(crate) fn booked_minutes(&self, one: &Technician, day: Date) -> i64 {
        let claimed = self.claimed(one.id);
        let mut minutes: Vec<Moment> = Vec::new();
        for open in self.shifts_on(one.id, day) {
            let mut at = open.from;
            while at < open.to + one.pad * 60 {
                if claimed.iter().any(|(from, to)| *from <= at && at < *to) {
                    minutes.push(at);
                }
                at += 60;
            }
        }
        minutes.sort_unstable();
        minutes.dedup();
        minutes.len() as i64
    }

    /// Since when a technician is idle at a start: the earlier, the longer. What lies more than a day before the operating
    /// day does not count (decision 5).
    pub(crate) fn last_busy(&self, one: &Technician, day: Date, start: Moment) -> Moment {
        let before = self.claimed(one.id).into_iter().filter(|(_, to)| *to <= start);
        let long_ago = midnight(&self.zone, day) - 24 * 3600;
        before.map(|(_, to)| to).max().unwrap_or(long_ago).max(long_ago)
    }

    /// How long the shortest is that a room serves (F4).
    fn shortest(&self, room: Id) -> i64 {
        let served = self.services.iter().filter(|service| service.rooms.contains(&room));
        let whole = |one: &Service| one.setup + one.least.unwrap_or(one.minutes) + one.turnover;
        served.map(whole).min().unwrap_or(0)
    }

    /// The minutes that can't be sold any more beside a booking (F4): the gaps to its neighbours, or to opening and closing,
    /// that are shorter than anything the room serves (decision 5).
    pub(crate) fn lost(&self, search: &SearchInput<'_>, room: &Room, start: Moment) -> i64 {
        let service = self.service(search.service);
        let from = start - service.setup * 60;
        let to = start + (search.minutes + service.turnover) * 60;
        let is_free = |at: Moment| {
            is_open(self.shifts(room.id), at, at + 60) && self.fullest(room.id, at, at + 60) < room.units
        };
        let enough = self.shortest(room.id);
        let mut before = 0;
        while before < enough && is_free(from - (before + 1) * 60) {
            before += 1;
        }
        let mut after = 0;
        while after < enough && is_free(to + after * 60) {
            after += 1;
        }
        let unsellable = |gap: i64| if gap < enough { gap } else { 0 };
        unsellable(before) + unsellable(after)
    }
}
