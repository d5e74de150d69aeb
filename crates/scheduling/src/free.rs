//! The search for free times. It uses neither the database nor the clock: it takes calendars and returns offers (F1
//! to F5).

use jiff::civil::Date;
use kit::Id;

use crate::bits::Bits;
use crate::calendar::{Factors, LONGEST, ResourceCalendar};
use crate::cells::{Cell, MINUTES};
use crate::field::{Demand, Field};

/// Where a booking can begin: the offered starts of each room.
#[derive(Debug)]
pub struct Offers<'f> {
    demand: Demand,
    field: &'f Field,
    rooms: Vec<Starts>,
    technicians: Vec<Bits>,
    equipment: Vec<Bits>,
}

/// The starts of one room.
#[derive(Debug)]
struct Starts {
    /// Every cell at which a booking could begin.
    possible: Bits,
    /// The possible starts that are shown to guests (F2).
    offered: Bits,
}

/// A start that can be booked, with its rooms and technicians, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The date of the operating day.
    pub date: Date,
    /// When the guest's time begins.
    pub start: Cell,
    /// The free rooms, best first (F3), each with the factors that multiply its price.
    pub rooms: Vec<(Id, Factors)>,
    /// The free technicians, best first (F3).
    pub technicians: Vec<Id>,
    /// The free pieces of equipment, ordered by id.
    pub equipment: Vec<Id>,
    /// The number of such bookings that could begin then (F5).
    pub open_count: i64,
    /// The number of minutes that could no longer be sold in the best room (F4).
    pub lost_minutes: i64,
}

/// A summary of the starts of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The date of the operating day.
    pub date: Date,
    /// The number of starts.
    pub count: usize,
    /// The first start of the day, if there is one.
    pub first: Option<Cell>,
    /// The factors that multiply the price of the cheapest start.
    pub least: Option<Factors>,
}

/// The longest idle time that is compared, in cells: a day. Technicians who have been idle longer rank equally.
const A_DAY: Cell = 288;

/// The spacing of offered starts in cells: every fifteen minutes from opening (F2).
pub const GRID: usize = 3;

impl<'f> Offers<'f> {
    /// Finds every start of every room.
    pub fn find(demand: Demand, field: &'f Field) -> Offers<'f> {
        let starts = |calendars: &[ResourceCalendar]| -> Vec<(Bits, Bits)> {
            calendars.iter().map(|calendar| servable(calendar, demand.duration)).collect()
        };
        let technicians = starts(&field.technicians);
        let equipment = starts(&field.equipment);
        let nothing = Bits::none(field.reach.0, field.reach.1);
        let staffed = at_least(demand.technicians, &technicians, &nothing);
        let equipped = at_least(usize::from(demand.equipment), &equipment, &nothing);
        let named = field.technicians.iter().zip(&technicians).find(|(one, _)| Some(one.id) == field.named);
        let named = named.map(|(_, starts)| starts.clone());
        let rooms = field.rooms.iter().map(|room| {
            let (mut now, mut ever) = room_starts(room, demand);
            for (with, with_ever) in [&staffed, &equipped, &named].into_iter().flatten() {
                now.and(with);
                ever.and(with_ever);
            }
            let mut starts = Starts { offered: offered(room, &now, &ever), possible: now };
            if let Some(closed) = &room.mask.closed {
                starts.offered.minus(closed);
                starts.possible.minus(closed);
            }
            starts
        });
        Offers {
            demand,
            field,
            rooms: rooms.collect(),
            technicians: technicians.into_iter().map(|(now, _)| now).collect(),
            equipment: equipment.into_iter().map(|(now, _)| now).collect(),
        }
    }

    /// Returns a summary of the starts from `earliest` on for each day.
    pub fn counts(&self, earliest: Cell) -> Vec<DayCount> {
        let mut counts: Vec<DayCount> = Vec::with_capacity(self.field.days.len());
        for (place, day) in self.field.days.iter().enumerate() {
            let starts = self.union(place, earliest);
            let least = starts.as_ref().and_then(|starts| self.least(place, starts));
            let first = starts.as_ref().and_then(|starts| starts.first_from(starts.base(), starts.end()));
            let count = starts.as_ref().map_or(0, Bits::count);
            counts.push(DayCount { date: day.date, count, first, least });
        }
        counts
    }

    /// Returns every offer from `earliest` on, day by day and ordered by time within a day.
    pub fn all(&self, earliest: Cell) -> Vec<Offer> {
        let mut offers = Vec::new();
        for place in 0..self.field.days.len() {
            if let Some(starts) = self.union(place, earliest) {
                offers
                    .extend(starts.cells(starts.base(), starts.end()).map(|start| self.offer(place, start)));
            }
        }
        offers
    }

    /// Returns the offer at a start if a booking fits there. It may be a start that is no longer shown because the
    /// neighboring claim whose edge it was is gone.
    pub fn at(&self, start: Cell) -> Option<Offer> {
        let fits = |(room, starts): (&ResourceCalendar, &Starts)| {
            let open = room.open.iter().find(|open| open.has(start));
            open.filter(|_| starts.possible.has(start)).map(|open| open.day)
        };
        let place = self.field.rooms.iter().zip(&self.rooms).find_map(fits)?;
        Some(self.offer(place, start))
    }

    /// Returns the factors of the cheapest start of a day. The price of a start is that of its best room (F3), not of
    /// its cheapest.
    fn least(&self, place: usize, starts: &Bits) -> Option<Factors> {
        let first = self.field.rooms.first()?;
        let is_plain =
            |room: &ResourceCalendar| room.mask.factors.is_empty() && room.premium_bp == first.premium_bp;
        if self.field.rooms.iter().all(is_plain) {
            return (!starts.is_empty()).then_some(Factors { room: first.premium_bp, time: 10_000 });
        }
        let floor = self.floor(place)?;
        let mut least: Option<Factors> = None;
        for start in starts.cells(starts.base(), starts.end()) {
            let rooms = self.possible(place, start).map(|room| (self.preference(room), room));
            let Some(first) = rooms.clone().map(|(preference, _)| preference).min() else { continue };
            let equals = rooms.filter(|(one, _)| *one == first).map(|(_, room)| room);
            let best =
                equals.min_by_key(|room| (self.lost(room, start), room.id)).map(|room| room.factors(start));
            let is_less =
                |found: &Factors| least.is_none_or(|least: Factors| found.product() < least.product());
            least = best.filter(is_less).or(least);
            // The lower bound of the day is reached. On most days this happens at one of the first starts.
            if least.is_some_and(|least| least.product() <= floor) {
                break;
            }
        }
        least
    }

    /// Returns the sort key of a room, best first: the room that a rescheduled booking has (C6), then the lowest
    /// premium factor (F3).
    fn preference(&self, room: &ResourceCalendar) -> (bool, i64) {
        (self.field.preferred.room != Some(room.id), room.premium_bp)
    }

    /// Returns a lower bound for the product of the factors of any start of a day.
    fn floor(&self, place: usize) -> Option<i64> {
        let fits = |(room, starts): &(&ResourceCalendar, &Starts)| {
            room.open.on(place).iter().any(|open| starts.possible.first_from(open.from, open.to).is_some())
        };
        let rooms = self.field.rooms.iter().zip(&self.rooms).filter(fits);
        rooms.map(|(room, _)| room.premium_bp * room.mask.least_bp()).min()
    }

    /// Returns the rooms in which a booking fits at a start of a day.
    fn possible(&self, place: usize, start: Cell) -> impl Iterator<Item = &'f ResourceCalendar> + Clone {
        let field = self.field;
        field.rooms.iter().zip(&self.rooms).filter_map(move |(room, starts)| {
            let mut open = room.open.on(place).iter();
            let is_open = open.any(|open| open.has(start));
            (is_open && starts.possible.has(start)).then_some(room)
        })
    }

    /// Returns the starts of all rooms on a day.
    fn union(&self, place: usize, earliest: Cell) -> Option<Bits> {
        let (first, last) = self.bounds(place)?;
        let mut union = Bits::none(first, last);
        for (room, starts) in self.field.rooms.iter().zip(&self.rooms) {
            // Only this day's openings count: a room may still be open from the day before when another room already
            // opens.
            for open in room.open.on(place) {
                union.or_within(&starts.offered, open.from.max(earliest), open.to);
            }
        }
        (!union.is_empty()).then_some(union)
    }

    /// Returns the first opening and the last closing of any room on a day.
    fn bounds(&self, place: usize) -> Option<(Cell, Cell)> {
        let open = || self.field.rooms.iter().flat_map(|room| room.open.on(place));
        Some((open().map(|open| open.from).min()?, open().map(|open| open.to).max()?))
    }

    fn offer(&self, place: usize, start: Cell) -> Offer {
        let date = self.field.days.iter().nth(place).map(|day| day.date).expect("a place is a day's");
        let possible = self.possible(place, start);
        let mut rooms: Vec<((bool, i64), i64, &ResourceCalendar)> =
            possible.map(|room| (self.preference(room), self.lost(room, start), room)).collect();
        rooms.sort_by_key(|(preference, lost, room)| (*preference, *lost, room.id));
        let technicians = self.ranked_technicians(place, start);
        let equipment = free_at(&self.field.equipment, &self.equipment, start);
        let open_count = self.open_count(&rooms, technicians.len(), equipment.len(), start);
        Offer {
            date,
            start,
            lost_minutes: rooms.first().map_or(0, |(_, lost, _)| lost * MINUTES),
            rooms: rooms.iter().map(|(_, _, room)| (room.id, room.factors(start))).collect(),
            technicians,
            equipment,
            open_count,
        }
    }

    /// Returns the number of cells in the gaps before and after the booking that would become shorter than any
    /// service of the room (F4).
    fn lost(&self, room: &ResourceCalendar, start: Cell) -> i64 {
        let Demand { setup, duration, turnover, .. } = self.demand;
        let (from, to) = (start - setup, start + duration + turnover);
        let full = &room.busy.full;
        let open = |cell: Cell| room.there.iter().find(|(opens, closes)| (*opens..*closes).contains(&cell));
        // Where the booking reaches beyond the opening hours, it leaves no gap, unless it reaches into the next
        // opening.
        let before = open(from - 1)
            .map_or(0, |(opens, _)| from - full.last_before(from, *opens).map_or(*opens, |cell| cell + 1));
        let after = open(to).map_or(0, |(_, closes)| full.first_from(to, *closes).unwrap_or(*closes) - to);
        [before, after].into_iter().filter(|gap| (1..room.shortest).contains(gap)).sum()
    }

    /// Returns the free technicians in this order: the one who was requested by name, those who already serve the
    /// rescheduled booking (C6), then by fewest booked minutes that day, longest idle time, and id (F3).
    fn ranked_technicians(&self, place: usize, start: Cell) -> Vec<Id> {
        let mut free: Vec<(i64, Cell, Id)> = Vec::new();
        // The limit makes the ranking independent of how many days are searched.
        let long_ago = self.field.days.get(place).map_or(Cell::MIN, |day| day.midnight() - A_DAY);
        for (technician, starts) in self.field.technicians.iter().zip(&self.technicians) {
            if starts.has(start) {
                let booked = booked_cells(technician, place);
                let before = technician.busy.near(Cell::MIN + LONGEST, start);
                let idle_since = before.last().map_or(long_ago, |(_, to)| *to);
                free.push((booked, idle_since.max(long_ago), technician.id));
            }
        }
        free.sort_unstable_by_key(|(booked, since, id)| {
            let is_preferred = self.field.preferred.technicians.contains(id);
            (Some(*id) != self.field.named, !is_preferred, *booked, *since, *id)
        });
        free.into_iter().map(|(_, _, id)| id).collect()
    }

    fn open_count(
        &self,
        rooms: &[((bool, i64), i64, &ResourceCalendar)],
        technicians: usize,
        pieces: usize,
        start: Cell,
    ) -> i64 {
        let Demand { setup, duration, turnover, technicians: needed, equipment } = self.demand;
        let (from, to) = (start - setup, start + duration + turnover);
        let mut open_count: i64 = rooms.iter().map(|(_, _, room)| room.busy.free_units(from, to)).sum();
        let count = |n: usize| i64::try_from(n).expect("a count fits");
        if let Some(teams) = technicians.checked_div(needed) {
            // A technician who was requested by name serves one booking at a time.
            open_count = open_count.min(if self.field.named.is_some() { 1 } else { count(teams) });
        }
        if equipment {
            open_count = open_count.min(count(pieces));
        }
        open_count
    }
}

/// Returns the number of cells for which a technician is booked in the shifts of a day, pads included. A pad that
/// reaches into the next shift counts once.
fn booked_cells(technician: &ResourceCalendar, place: usize) -> i64 {
    let mut counted = Cell::MIN;
    let mut booked = 0;
    for shift in technician.open.on(place) {
        let (from, end) = (shift.from.max(counted), shift.to + technician.after);
        let overlap = |(begins, ends): &(Cell, Cell)| ((*ends).min(end) - (*begins).max(from)).max(0);
        booked += technician.busy.near(from, end).iter().map(overlap).sum::<i64>();
        counted = end;
    }
    booked
}

fn free_at(calendars: &[ResourceCalendar], starts: &[Bits], start: Cell) -> Vec<Id> {
    let mut ids: Vec<Id> = calendars
        .iter()
        .zip(starts)
        .filter(|(_, starts)| starts.has(start))
        .map(|(calendar, _)| calendar.id)
        .collect();
    ids.sort_unstable();
    ids
}

/// Returns the starts from which the whole duration lies inside the opening hours.
fn inside_hours(calendar: &ResourceCalendar, duration: i64) -> Bits {
    let full = &calendar.busy.full;
    let mut starts = Bits::none(full.base(), full.end());
    for (from, to) in &calendar.there {
        starts.set(*from, to - duration + 1);
    }
    starts
}

/// Returns the cells from which nothing is claimed for `length` cells.
fn unclaimed(calendar: &ResourceCalendar, length: i64) -> Bits {
    let mut free = Bits::all(calendar.busy.full.base(), calendar.busy.full.end());
    free.minus(&calendar.busy.full);
    free.runs(length)
}

/// Returns the starts at which a technician or a piece of equipment can serve: with the current claims, and if
/// nothing were claimed.
fn servable(calendar: &ResourceCalendar, duration: i64) -> (Bits, Bits) {
    let ever = inside_hours(calendar, duration);
    let mut now = unclaimed(calendar, duration + calendar.after);
    now.and(&ever);
    (now, ever)
}

/// Returns the starts at which a room can serve: with the current claims, and if nothing were claimed.
fn room_starts(room: &ResourceCalendar, demand: Demand) -> (Bits, Bits) {
    let ever = inside_hours(room, demand.duration);
    let mut now = unclaimed(room, demand.setup + demand.duration + demand.turnover).later(-demand.setup);
    now.and(&ever);
    (now, ever)
}

/// Returns the starts at which at least `needed` of the resources can serve: with the current claims, and if nothing
/// were claimed. Returns `None` if none is needed.
fn at_least(needed: usize, calendars: &[(Bits, Bits)], nothing: &Bits) -> Option<(Bits, Bits)> {
    let now = counted(needed, calendars.iter().map(|(now, _)| now), nothing)?;
    let ever = counted(needed, calendars.iter().map(|(_, ever)| ever), nothing)?;
    Some((now, ever))
}

/// Returns the cells at which at least `needed` of the sets are set. `levels[n]` holds the cells that are set in more
/// than n of the sets seen so far.
fn counted<'b>(needed: usize, bits: impl Iterator<Item = &'b Bits>, nothing: &Bits) -> Option<Bits> {
    let mut levels = vec![nothing.clone(); needed];
    for one in bits {
        for level in (0..needed).rev() {
            let mut more = one.clone();
            if let Some(below) = level.checked_sub(1) {
                more.and(&levels[below]);
            }
            levels[level].or(&more);
        }
    }
    levels.pop()
}

/// Returns the possible starts that are offered: those on the grid of fifteen minutes from opening, the first start
/// after a neighboring claim, and the last start before the next one (F2). A start counts as next to a claim if the
/// cell beside it is a start that only a claim prevents.
fn offered(room: &ResourceCalendar, now: &Bits, ever: &Bits) -> Bits {
    let mut grid = Bits::none(now.base(), now.end());
    for open in room.open.iter() {
        grid.set_every(open.from, open.to, GRID);
    }
    let mut blocked = ever.clone();
    blocked.minus(now);
    grid.or(&blocked.later(1));
    grid.or(&blocked.later(-1));
    grid.and(now);
    grid
}
