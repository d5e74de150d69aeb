//! The starts of a day that a person is offered (F1 to F5).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::{date_of, is_open, midnight};
use crate::model::{Id, Moment, Open, Person, Room, Service, Technician, World};

/// A search for free times.
#[derive(Debug, Clone, Copy)]
pub struct SearchInput<'a> {
    /// The person who searches.
    pub person: &'a Person,
    /// The id of the service.
    pub service: Id,
    /// The duration in minutes.
    pub minutes: i64,
    /// The number of people.
    pub party: i64,
    /// The room that was named, if any.
    pub room: Option<Id>,
    /// The technician that was named, if any.
    pub technician: Option<Id>,
    /// The time at which the search is made.
    pub now: Moment,
}

/// A start that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When the guest's time begins.
    pub start: Moment,
    /// The id of the best free room (F3).
    pub room: Id,
    /// The technicians who serve, the best first.
    pub technicians: Vec<Id>,
    /// The piece of equipment, if one is needed.
    pub equipment: Option<Id>,
    /// How many such bookings could start then.
    pub open_count: i64,
    /// The unsellable minutes left beside the booking (F4).
    pub lost: i64,
    /// The rank of the start on its day; 1 is the best.
    pub rank: i64,
}

/// The offered starts of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The slots in chronological order.
    pub slots: Vec<Slot>,
}

impl World {
    /// Returns the rooms for a search: those of the service that are in use and large enough, or only the named one of
    /// them.
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

    /// Returns the technicians with the skill. A service without a skill can be performed by all.
    pub fn skilled(&self, service: &Service) -> Vec<&Technician> {
        let can = |one: &&Technician| {
            one.active && (service.skill.is_empty() || one.skills.contains(&service.skill))
        };
        self.technicians.iter().filter(can).collect()
    }

    /// Returns how many units a room has free in every minute that would be claimed (F1, F5).
    pub(crate) fn room_units_left(&self, search: &SearchInput<'_>, room: &Room, start: Moment) -> i64 {
        let service = self.service(search.service);
        let from = start - service.setup * 60;
        let to = start + (search.minutes + service.turnover) * 60;
        room.units.saturating_sub(self.fullest(room.id, from, to)).max(0)
    }

    /// Returns the technicians who could serve at a start: skilled, at work, and free, including their own pad.
    pub(crate) fn technicians_at(&self, search: &SearchInput<'_>, start: Moment) -> Vec<&Technician> {
        let service = self.service(search.service);
        let end = start + search.minutes * 60;
        let mut found = self.skilled(service);
        found.retain(|one| {
            is_open(self.shifts(one.id), start, end) && self.fullest(one.id, start, end + one.pad * 60) == 0
        });
        found
    }

    /// Returns the pieces of equipment that are free at a start, including their reset time.
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

    /// Returns whether a booking in this room could start then, for any person.
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

    /// Returns the first moment that can still be booked: `lead` minutes ahead online, or for staff also starts up to
    /// `walk_in` minutes ago (W1).
    pub(crate) fn earliest(&self, search: &SearchInput<'_>) -> Moment {
        if search.person.staff { search.now - self.walk_in * 60 } else { search.now + self.lead * 60 }
    }

    /// Returns whether a person may book this start in this room now: not blocked, not reserved for others, and not too
    /// soon (W1, W3).
    pub fn is_allowed(&self, search: &SearchInput<'_>, room: &Room, day: Date, start: Moment) -> bool {
        let soon = start < self.earliest(search);
        let term = self.term(search.person, (search.service, room.id), day, start, search.now);
        !soon && term.reserved.is_none()
    }

    /// Returns the slots of an operating day.
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
                    // The grid from opening, and the edges beside claims (F2): a possible start directly next to one
                    // that would be possible if nothing were claimed (decision 5).
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

    /// Returns whether a service is for members only and the person is not a member on that day (W2).
    pub(crate) fn needs_plan(&self, search: &SearchInput<'_>, day: Date) -> bool {
        let today = date_of(&self.zone, search.now);
        let has_plan = search.person.plan_on(day, today).is_some();
        self.service(search.service).member_only && !search.person.staff && !has_plan
    }

    /// Returns the slot of a possible start: the best room (F3), the best technicians, and how many bookings could
    /// start (F5).
    ///
    /// A start is one slot for all rooms, including those in which it is neither on the grid nor an edge.
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
        let mut open_count: i64 = rooms.iter().map(|room| self.room_units_left(search, room, start)).sum();
        let mut technicians: Vec<Id> = Vec::new();
        if service.technicians > 0 {
            open_count = open_count.min(here.len() as i64 / service.technicians);
            if search.technician.is_some() {
                open_count = open_count.min(1);
            }
            let mut ranked = here;
            // A named technician is one of those who serve (decision 5).
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
            open_count = open_count.min(pieces.len() as i64);
        }
        let room = rooms[0];
        let lost = self.lost(search, room, start);
        let equipment = pieces.first().copied();
        Slot { start, room: room.id, technicians, equipment, open_count, lost, rank: 0 }
    }

    /// Returns the operating day of a start: that of a room that is open for it. If rooms differ, the earlier day on
    /// which it can be booked, otherwise the earlier one. If no room is open, the date that the clock shows (the
    /// specification leaves it open).
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
                        .reserved
                        .is_none()
            })
        };
        days.iter().find(can_be_had).or(days.first()).copied().unwrap_or(shown)
    }

    /// Returns whether a start lies in a shift of a room that begins on a day: then the start belongs to that day.
    pub fn starts_on(&self, room: &Room, day: Date, start: Moment) -> bool {
        self.shifts_on(room.id, day).iter().any(|open| open.from <= start && start < open.to)
    }

    /// Returns the minutes in the shifts that begin on a day in which a technician is claimed, pads included (decision
    /// 5).
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

    /// Returns since when a technician is idle at a start. Claims that end more than a day before the operating day do
    /// not count (decision 5).
    pub(crate) fn last_busy(&self, one: &Technician, day: Date, start: Moment) -> Moment {
        let before = self.claimed(one.id).into_iter().filter(|(_, to)| *to <= start);
        let long_ago = midnight(&self.zone, day) - 24 * 3600;
        before.map(|(_, to)| to).max().unwrap_or(long_ago).max(long_ago)
    }

    /// Returns the minutes of the shortest booking that a room serves (F4).
    fn shortest(&self, room: Id) -> i64 {
        let served = self.services.iter().filter(|service| service.rooms.contains(&room));
        let whole = |one: &Service| one.setup + one.least.unwrap_or(one.minutes) + one.turnover;
        served.map(whole).min().unwrap_or(0)
    }

    /// Returns the minutes beside a booking that can't be sold any more (F4): the gaps to its neighbors, or to opening
    /// and closing, that are shorter than any service in the room (decision 5).
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
