//! The reasons against a start, in the order of the table.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::{date_of, is_open};
use crate::free::SearchInput;
use crate::model::{Moment, Room, World};
use crate::who::Reserved;

/// A refusal. The variants are in the order of the table. `Taken` comes after what the person may not do (decision 7),
/// and after all other reasons why a time does not fit, because it is reported if nothing else explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// The day is outside the person's window.
    OutsideWindow {
        /// When the day opens.
        opens: Moment,
        /// The person's window in days.
        days: i64,
    },
    /// Reserved for Unlimited members until the moment when it opens to the person.
    VipOnly(Moment),
    /// Reserved for members until the moment when it opens to the person.
    MembersOnly(Moment),
    /// The service needs a plan.
    PlanRequired,
    /// No room is open then.
    RoomClosed,
    /// Too few skilled technicians work then.
    TechnicianOff,
    /// The named technician does not have the skill.
    Skill,
    /// Only the time to prepare or clean is missing (decision 10).
    Turnover,
    /// No room is large enough.
    Capacity,
    /// Blocked by an override or a block.
    Maintenance,
    /// Only the piece of equipment is missing (decision 10).
    Equipment,
    /// Another booking has the time.
    Taken,
    /// The person has another booking at that time.
    SamePerson,
    /// The person has the maximum number of upcoming bookings.
    TooManyOpen,
    /// The start is too soon.
    TooLate,
}

impl World {
    /// Returns everything that speaks against a start of an operating day, in the order of the table. If it is empty,
    /// the start can be booked.
    pub fn why_not(&self, search: &SearchInput<'_>, day: Date, start: Moment) -> Vec<No> {
        let mut found = Vec::new();
        let (service, person) = (self.service(search.service), search.person);
        let end = start + search.minutes * 60;
        let rooms = self.rooms_for(search);
        let on_day = |room: &&&Room| self.starts_on(room, day, start);
        let possible = |world: &World, search: &SearchInput<'_>| -> Vec<Room> {
            let fits = rooms.iter().filter(on_day).filter(|room| world.is_possible(search, room, start));
            fits.map(|room| (**room).clone()).collect()
        };
        let empty = World { claims: BTreeMap::new(), blocks: Vec::new(), ..self.clone() };
        let free = possible(self, search);
        let ever = possible(&empty, search);

        let window = self.window(person, day, search.now);
        if !window.is_open {
            found.push(No::OutsideWindow { opens: window.opens, days: window.days });
        }

        // Reserved in every room that would be free, or, if none is free, in every room that would be if nothing were
        // claimed. Of several rooms, the one that opens first is reported (decision 7).
        let considered = if free.is_empty() { &ever } else { &free };
        let term = |room: &Room| self.term(person, (service.id, room.id), day, start, search.now).reserved;
        let reserved: Vec<Option<Reserved>> = considered.iter().map(term).collect();
        let is_reserved = !reserved.is_empty() && reserved.iter().all(Option::is_some);
        let mut opens: Vec<(Moment, No)> = Vec::new();
        for one in reserved.iter().flatten() {
            match one {
                Reserved::Vip(at) => opens.push((*at, No::VipOnly(*at))),
                Reserved::Members(at) => opens.push((*at, No::MembersOnly(*at))),
                Reserved::Blocked => {}
            }
        }
        let is_blocked = is_reserved && opens.is_empty();
        if is_reserved && let Some((_, no)) = opens.iter().min_by_key(|(at, _)| *at) {
            found.push(*no);
        }
        if self.needs_plan(search, day) {
            found.push(No::PlanRequired);
        }

        // If no room is large enough, the smaller ones decide whether the club is closed.
        let alone = SearchInput { party: 1, ..*search };
        let in_use = if rooms.is_empty() { self.rooms_for(&alone) } else { rooms.clone() };
        let open =
            |room: &&&Room| self.starts_on(room, day, start) && is_open(self.shifts(room.id), start, end);
        if in_use.iter().filter(open).count() == 0 {
            found.push(No::RoomClosed);
        }
        if service.technicians > 0 {
            let skilled = self.skilled(service);
            let works = |id| is_open(self.shifts(id), start, end);
            let working = skilled.iter().filter(|one| works(one.id)).count() as i64;
            let can = |id| skilled.iter().any(|one| one.id == id);
            let named_is_off = search.technician.is_some_and(|id| can(id) && !works(id));
            if working < service.technicians || named_is_off || self.blocking(search, day, start).1 {
                found.push(No::TechnicianOff);
            }
            if search.technician.is_some_and(|id| !can(id)) {
                found.push(No::Skill);
            }
        }
        // Claims are a reason only if the booking would fit without them.
        let would_fit = !ever.is_empty();
        let mut unequipped = self.clone();
        unequipped.services.iter_mut().for_each(|one| one.equipment.clear());
        let blocking = self.blocking(search, day, start);
        let is_claimed = would_fit && free.is_empty() && blocking == (false, false, false);
        let only_piece = is_claimed && !possible(&unequipped, search).is_empty();
        let only_ours = is_claimed && !only_piece && !possible(&self.without_paddings(), search).is_empty();
        if only_ours {
            found.push(No::Turnover);
        }
        if !in_use.is_empty() && rooms.is_empty() {
            found.push(No::Capacity);
        }
        if (is_blocked && !free.is_empty() && blocking == (false, false, false)) || blocking.0 {
            found.push(No::Maintenance);
        }
        let active = |id: &i64| self.piece(*id).active;
        let out_of_use = !service.equipment.is_empty() && !service.equipment.iter().any(active);
        if only_piece || out_of_use || blocking.2 {
            found.push(No::Equipment);
        }
        if is_claimed && !only_piece && !only_ours {
            found.push(No::Taken);
        }
        found.extend(self.why_not_for_them(search, start, end));
        if start < self.earliest(search) {
            found.push(No::TooLate);
        }
        found
    }

    /// Returns the same world without setup times, turnover times, technicians' pads, and equipment resets.
    fn without_paddings(&self) -> World {
        let mut bare = self.clone();
        bare.services.iter_mut().for_each(|one| (one.setup, one.turnover) = (0, 0));
        bare.technicians.iter_mut().for_each(|one| one.pad = 0);
        bare.equipment.iter_mut().for_each(|one| one.reset = 0);
        bare
    }

    /// Returns the reasons that follow from the person's own bookings: one at the same time, too many upcoming ones.
    fn why_not_for_them(&self, search: &SearchInput<'_>, start: Moment, end: Moment) -> Vec<No> {
        let (person, mut found) = (search.person, Vec::new());
        if let Some(id) = person.id
            && self.fullest(id, start, end) > 0
        {
            found.push(No::SamePerson);
        }
        let today = date_of(&self.zone, search.now);
        let ahead = person.id.map_or(0, |id| self.ahead(id, search.now));
        if person.id.is_some() && !person.staff && ahead >= person.most_ahead(today) {
            found.push(No::TooManyOpen);
        }
        found
    }
}

impl World {
    /// Returns whether blocks of rooms, of technicians, and of equipment are the reason why this person can't have a
    /// start that they could have without blocks: each kind that prevents it alone; if none does, each kind without
    /// which it could be booked.
    fn blocking(&self, search: &SearchInput<'_>, day: Date, start: Moment) -> (bool, bool, bool) {
        let kind = |id: i64| match id {
            id if self.rooms.iter().any(|room| room.id == id) => 0,
            id if self.technicians.iter().any(|one| one.id == id) => 1,
            _ => 2,
        };
        let can_be_had = |kinds: [bool; 3]| {
            let blocks = self.blocks.iter().copied().filter(|(id, _, _)| kinds[kind(*id)]).collect();
            let world = World { blocks, ..self.clone() };
            self.rooms_for(search).into_iter().any(|room| {
                let term = self.term(search.person, (search.service, room.id), day, start, search.now);
                self.starts_on(room, day, start)
                    && world.is_possible(search, room, start)
                    && term.reserved.is_none()
            })
        };
        if self.blocks.is_empty() || can_be_had([true; 3]) || !can_be_had([false; 3]) {
            return (false, false, false);
        }
        let alone = [0, 1, 2].map(|one| !can_be_had([one == 0, one == 1, one == 2]));
        if alone != [false; 3] {
            return alone.into();
        }
        let together = [0, 1, 2].map(|one| can_be_had([one != 0, one != 1, one != 2]));
        if together == [false; 3] { (true, false, false) } else { together.into() }
    }
}
