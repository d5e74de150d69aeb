//! The free-time engine. Pure, without database or clock: calendars in, offers out (F1 to F5).

use jiff::civil::Date;
use kit::Id;

use crate::bits::Bits;
use crate::calendar::{Factors, LONGEST, ResourceCalendar};
use crate::cells::{Cell, MINUTES};
use crate::field::{Demand, Field};

/// Where a booking can begin: for each room, the offered starts.
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
    /// Every cell from which a booking would fit.
    possible: Bits,
    /// Those that are shown (F2).
    offered: Bits,
}

/// One offered start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The operating day.
    pub date: Date,
    /// When the guest's time begins.
    pub start: Cell,
    /// The rooms that are free, the best first (F3), and what multiplies the price there.
    pub rooms: Vec<(Id, Factors)>,
    /// The technicians that are free, the best first (F3).
    pub technicians: Vec<Id>,
    /// The pieces that are free, by id.
    pub equipment: Vec<Id>,
    /// How many such bookings could begin then (F5).
    pub spots: i64,
    /// Minutes that would become unsellable in the best room (F4).
    pub lost_minutes: i64,
}

/// What one day has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The operating day.
    pub date: Date,
    /// How many starts.
    pub count: usize,
    /// The first.
    pub first: Option<Cell>,
    /// What multiplies the price of the cheapest of them.
    pub least: Option<Factors>,
}

/// Who did nothing for a day is idle for long enough.
const A_DAY: Cell = 288;

/// Starts are offered every fifteen minutes from opening (F2): every third cell.
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

    /// How many starts each day has from `earliest` on.
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

    /// Every offer of every day from `earliest` on, in time order.
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

    /// The offer at one start, if a booking fits there: also where it is no longer shown, because the
    /// neighbour whose edge it was has gone.
    pub fn at(&self, start: Cell) -> Option<Offer> {
        let fits = |(room, starts): (&ResourceCalendar, &Starts)| {
            let open = room.open.iter().find(|open| open.has(start));
            open.filter(|_| starts.possible.has(start)).map(|open| open.day)
        };
        let place = self.field.rooms.iter().zip(&self.rooms).find_map(fits)?;
        Some(self.offer(place, start))
    }

    /// The factors of the cheapest of a day's starts. Each costs what its best room costs (F3), not its cheapest.
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
            // Nothing on this day can be cheaper: most days say so at one of their first starts.
            if least.is_some_and(|least| least.product() <= floor) {
                break;
            }
        }
        least
    }

    /// Which rooms come first, the smallest first: the one that a moved booking has (C6), then the lowest premium factor (F3).
    fn preference(&self, room: &ResourceCalendar) -> (bool, i64) {
        (self.field.keeping.room != Some(room.id), room.premium_bp)
    }

    /// What the product of the factors of a day's starts is not below.
    fn floor(&self, place: usize) -> Option<i64> {
        let fits = |(room, starts): &(&ResourceCalendar, &Starts)| {
            room.open.on(place).iter().any(|open| starts.possible.first_from(open.from, open.to).is_some())
        };
        let rooms = self.field.rooms.iter().zip(&self.rooms).filter(fits);
        rooms.map(|(room, _)| room.premium_bp * room.mask.least_bp()).min()
    }

    /// The rooms in which a booking fits at a start of a day.
    fn possible(&self, place: usize, start: Cell) -> impl Iterator<Item = &'f ResourceCalendar> + Clone {
        let field = self.field;
        field.rooms.iter().zip(&self.rooms).filter_map(move |(room, starts)| {
            let mut open = room.open.on(place).iter();
            let is_open = open.any(|open| open.has(start));
            (is_open && starts.possible.has(start)).then_some(room)
        })
    }

    /// The starts of any room on a day.
    fn union(&self, place: usize, earliest: Cell) -> Option<Bits> {
        let (first, last) = self.bounds(place)?;
        let mut union = Bits::none(first, last);
        for (room, starts) in self.field.rooms.iter().zip(&self.rooms) {
            // A room's night of the day before is not this day's, even where another room has opened already.
            for open in room.open.on(place) {
                union.or_within(&starts.offered, open.from.max(earliest), open.to);
            }
        }
        (!union.is_empty()).then_some(union)
    }

    /// From the first opening to the last closing of a day.
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
        let spots = self.spots(&rooms, technicians.len(), equipment.len(), start);
        Offer {
            date,
            start,
            lost_minutes: rooms.first().map_or(0, |(_, lost, _)| lost * MINUTES),
            rooms: rooms.iter().map(|(_, _, room)| (room.id, room.factors(start))).collect(),
            technicians,
            equipment,
            spots,
        }
    }

    /// Cells of the gaps before and after that would become shorter than anything the room serves (F4).
    fn lost(&self, room: &ResourceCalendar, start: Cell) -> i64 {
        let Demand { setup, duration, turnover, .. } = self.demand;
        let (from, to) = (start - setup, start + duration + turnover);
        let full = &room.busy.full;
        let open = |cell: Cell| room.there.iter().find(|(opens, closes)| (*opens..*closes).contains(&cell));
        // What reaches beyond the hours leaves no gap there, unless it reaches into the next ones.
        let before = open(from - 1)
            .map_or(0, |(opens, _)| from - full.last_before(from, *opens).map_or(*opens, |cell| cell + 1));
        let after = open(to).map_or(0, |(_, closes)| full.first_from(to, *closes).unwrap_or(*closes) - to);
        [before, after].into_iter().filter(|gap| (1..room.shortest).contains(gap)).sum()
    }

    /// Whoever was named, then who serves a moved booking already (C6), then fewest booked minutes that day, then longest
    /// idle, then id (F3).
    fn ranked_technicians(&self, place: usize, start: Cell) -> Vec<Id> {
        let mut free: Vec<(i64, Cell, Id)> = Vec::new();
        // The same for a day that is asked for alone and for one of many.
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
            let is_kept = self.field.keeping.technicians.contains(id);
            (Some(*id) != self.field.named, !is_kept, *booked, *since, *id)
        });
        free.into_iter().map(|(_, _, id)| id).collect()
    }

    fn spots(
        &self,
        rooms: &[((bool, i64), i64, &ResourceCalendar)],
        technicians: usize,
        pieces: usize,
        start: Cell,
    ) -> i64 {
        let Demand { setup, duration, turnover, technicians: needed, equipment } = self.demand;
        let (from, to) = (start - setup, start + duration + turnover);
        let mut spots: i64 = rooms.iter().map(|(_, _, room)| room.busy.free_units(from, to)).sum();
        let count = |n: usize| i64::try_from(n).expect("a count fits");
        if let Some(teams) = technicians.checked_div(needed) {
            // Whoever was asked for by name serves one booking at a time.
            spots = spots.min(if self.field.named.is_some() { 1 } else { count(teams) });
        }
        if equipment {
            spots = spots.min(count(pieces));
        }
        spots
    }
}

/// Cells that a technician is booked for in the shifts of a day, pads included; where a pad reaches into the next shift it
/// is counted once.
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

/// Where the guest's time fits into the hours: starts from which the whole duration is inside one opening.
fn inside_hours(calendar: &ResourceCalendar, duration: i64) -> Bits {
    let full = &calendar.busy.full;
    let mut starts = Bits::none(full.base(), full.end());
    for (from, to) in &calendar.there {
        starts.set(*from, to - duration + 1);
    }
    starts
}

/// Where nothing is claimed for so many cells.
fn unclaimed(calendar: &ResourceCalendar, length: i64) -> Bits {
    let mut free = Bits::all(calendar.busy.full.base(), calendar.busy.full.end());
    free.minus(&calendar.busy.full);
    free.runs(length)
}

/// Where a technician or a piece can serve: (as things stand, if nothing were claimed).
fn servable(calendar: &ResourceCalendar, duration: i64) -> (Bits, Bits) {
    let ever = inside_hours(calendar, duration);
    let mut now = unclaimed(calendar, duration + calendar.after);
    now.and(&ever);
    (now, ever)
}

/// Where a room can serve: (as things stand, if nothing were claimed).
fn room_starts(room: &ResourceCalendar, demand: Demand) -> (Bits, Bits) {
    let ever = inside_hours(room, demand.duration);
    let mut now = unclaimed(room, demand.setup + demand.duration + demand.turnover).later(-demand.setup);
    now.and(&ever);
    (now, ever)
}

/// Where at least `needed` of them can serve: (as things stand, if nothing were claimed); `None` if none is needed.
fn at_least(needed: usize, calendars: &[(Bits, Bits)], nothing: &Bits) -> Option<(Bits, Bits)> {
    let now = counted(needed, calendars.iter().map(|(now, _)| now), nothing)?;
    let ever = counted(needed, calendars.iter().map(|(_, ever)| ever), nothing)?;
    Some((now, ever))
}

/// Where at least `needed` of the bits are set. `levels[n]` holds where more than n of those seen so far are.
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

/// Of the starts that are possible now, those that are offered: on the grid of fifteen minutes from
/// opening, the first after a neighbour and the last before the next (F2). A neighbour is a claim: beside
/// an edge the start would be possible if nothing were claimed.
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
