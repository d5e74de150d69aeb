//! Which times are free. Pure: no database, no clock; bits in, offers out (F1 to F5).

use jiff::civil::Date;
use kit::Id;

use crate::bits::Bits;
use crate::cells::{Cell, MINUTES, cells};
use crate::days::{Days, Openings};

/// What is asked for, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Before the guest comes.
    pub setup: i64,
    /// While the guest is there.
    pub duration: i64,
    /// After the guest has gone.
    pub turnover: i64,
    /// How many technicians at the same time.
    pub technicians: usize,
    /// Whether a piece of equipment is needed.
    pub equipment: bool,
}

/// The calendar of one resource.
#[derive(Debug, Clone)]
pub struct Track {
    /// Whose.
    pub id: Id,
    /// Its shifts that begin on the days that are asked for: a start has the day of the shift in which it lies.
    pub open: Openings,
    /// When it is there for guests, in one piece where shifts touch, whichever day they began on.
    pub there: Vec<(Cell, Cell)>,
    /// What is claimed.
    pub busy: Busy,
    /// Cells kept free after each booking, besides: a technician's pad, a piece's reset.
    pub after: i64,
    /// A room's premium factor in basis points.
    pub premium_bp: i64,
    /// The shortest set-up + duration + turnover that a room serves, in cells (F4).
    pub shortest: i64,
    /// What release rules say of a room's starts.
    pub gate: Gate,
}

/// What release rules and hands say of a room's starts, to whoever asks (W3).
#[derive(Debug, Clone, Default)]
pub struct Gate {
    /// The starts that are kept for others.
    pub closed: Option<Bits>,
    /// The starts whose time has a price factor of its own, by basis points.
    pub factors: Vec<(i64, Bits)>,
}

impl Gate {
    /// The price factor of a start's time in basis points.
    pub fn time_bp(&self, start: Cell) -> i64 {
        self.factors.iter().find(|(_, starts)| starts.has(start)).map_or(10_000, |(bp, _)| *bp)
    }

    /// What no start's factor is below, in basis points.
    fn least_bp(&self) -> i64 {
        self.factors.iter().map(|(bp, _)| *bp).fold(10_000, i64::min)
    }
}

/// What multiplies a price, in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// The room's.
    pub room: i64,
    /// The time's.
    pub time: i64,
}

impl Factors {
    /// A plain room at a plain time.
    pub const PLAIN: Factors = Factors { room: 10_000, time: 10_000 };

    fn product(self) -> i64 {
        self.room * self.time
    }
}

/// What is claimed of a resource.
#[derive(Debug, Clone)]
pub struct Busy {
    /// How many bookings it takes at once.
    pub units: i64,
    /// Claimed stretches, by their beginning.
    pub spans: std::sync::Arc<Vec<(Cell, Cell)>>,
    /// Blocked stretches: nobody is served then, and nobody counts them as booked.
    pub blocked: std::sync::Arc<Vec<(Cell, Cell)>>,
    /// The cells at which every unit is taken or blocked.
    pub full: std::sync::Arc<Bits>,
}

impl Busy {
    /// From claimed stretches, over the cells of `[from, to)`.
    pub fn new(units: i64, mut spans: Vec<(Cell, Cell)>, (from, to): (Cell, Cell)) -> Busy {
        spans.sort_unstable();
        let mut full = Bits::none(from, to);
        if units == 1 {
            spans.iter().for_each(|(from, to)| full.set(*from, *to));
        } else {
            fill_where_all_are_taken(&mut full, &spans, units);
        }
        Busy { units, spans: spans.into(), blocked: std::sync::Arc::default(), full: full.into() }
    }

    /// The same, where these stretches are blocked besides.
    #[must_use]
    pub fn blocked(self, blocked: &[(Cell, Cell)]) -> Busy {
        let mut full = std::sync::Arc::unwrap_or_clone(self.full);
        blocked.iter().for_each(|(from, to)| full.set(*from, *to));
        Busy { blocked: blocked.to_vec().into(), full: full.into(), ..self }
    }

    /// How many units are free all the time of `[from, to)`; a booking may sit in different units (F5).
    fn free_units(&self, from: Cell, to: Cell) -> i64 {
        if self.units == 1 {
            return i64::from(self.full.first_from(from, to).is_none());
        }
        if self.blocked.iter().any(|(begins, ends)| *begins < to && from < *ends) {
            return 0;
        }
        let near = self.near(from, to);
        let taken = |cell: Cell| near.iter().filter(|(a, b)| (*a..*b).contains(&cell)).count();
        let most = (from..to).map(taken).max().unwrap_or(0);
        self.units - i64::try_from(most).expect("a count fits")
    }
}

impl Busy {
    /// The same, of `[from, to)` alone.
    pub(crate) fn slice(&self, (from, to): (Cell, Cell)) -> Busy {
        let spans = self.near(from, to).to_vec();
        let full = self.full.slice(from, to).into();
        Busy { units: self.units, spans: spans.into(), blocked: self.blocked.clone(), full }
    }

    /// The stretches that may touch `[from, to)`: none is longer than a day.
    fn near(&self, from: Cell, to: Cell) -> &[(Cell, Cell)] {
        let first = self.spans.partition_point(|(begins, _)| *begins < from - LONGEST);
        let last = self.spans.partition_point(|(begins, _)| *begins < to);
        self.spans.get(first..last).unwrap_or_default()
    }
}

impl Track {
    /// What multiplies the price of a start in this room.
    pub fn factors(&self, start: Cell) -> Factors {
        Factors { room: self.premium_bp, time: self.gate.time_bp(start) }
    }
}

/// Sweeps over beginnings and ends, and sets the cells at which the count reaches `units`.
fn fill_where_all_are_taken(full: &mut Bits, spans: &[(Cell, Cell)], units: i64) {
    let mut edges: Vec<(Cell, i64)> = spans.iter().flat_map(|(from, to)| [(*from, 1), (*to, -1)]).collect();
    edges.sort_unstable();
    let mut taken = 0;
    for (at, edge) in edges.iter().enumerate() {
        taken += edge.1;
        if let Some(next) = edges.get(at + 1)
            && taken >= units
        {
            full.set(edge.0, next.0);
        }
    }
}

/// What a booking that moves keeps where it can (C6): these come first, before what would suit best.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Its room, unless another was asked for.
    pub room: Option<Id>,
    /// Its technicians.
    pub technicians: Vec<Id>,
}

/// Everything that bears on a question.
#[derive(Debug, Clone)]
pub struct Field {
    /// The cells that every calendar covers.
    pub reach: (Cell, Cell),
    /// The days that are asked for.
    pub days: Days,
    /// The rooms that could serve.
    pub rooms: Vec<Track>,
    /// The technicians that have the skill.
    pub technicians: Vec<Track>,
    /// The technician who was asked for by name: one of those who serve, if several do.
    pub named: Option<Id>,
    /// What a booking that moves keeps; nothing for a new one.
    pub keeping: Keeping,
    /// The pieces of which one is needed.
    pub equipment: Vec<Track>,
}

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

/// No booking is longer, in cells: a day.
pub(crate) const LONGEST: Cell = 288;

/// Who did nothing for a day is idle for long enough.
const A_DAY: Cell = 288;

/// Starts are offered every fifteen minutes from opening (F2): every third cell.
pub(crate) const GRID: usize = 3;

impl<'f> Offers<'f> {
    /// Finds every start of every room.
    pub fn find(demand: Demand, field: &'f Field) -> Offers<'f> {
        let starts = |tracks: &[Track]| -> Vec<(Bits, Bits)> {
            tracks.iter().map(|track| servable(track, demand.duration)).collect()
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
            if let Some(closed) = &room.gate.closed {
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
        let fits = |(room, starts): (&Track, &Starts)| {
            let open = room.open.iter().find(|open| open.has(start));
            open.filter(|_| starts.possible.has(start)).map(|open| open.day)
        };
        let place = self.field.rooms.iter().zip(&self.rooms).find_map(fits)?;
        Some(self.offer(place, start))
    }

    /// The factors of the cheapest of a day's starts. Each costs what its best room costs (F3), not its cheapest.
    fn least(&self, place: usize, starts: &Bits) -> Option<Factors> {
        let first = self.field.rooms.first()?;
        let is_plain = |room: &Track| room.gate.factors.is_empty() && room.premium_bp == first.premium_bp;
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
    fn preference(&self, room: &Track) -> (bool, i64) {
        (self.field.keeping.room != Some(room.id), room.premium_bp)
    }

    /// What the product of the factors of a day's starts is not below.
    fn floor(&self, place: usize) -> Option<i64> {
        let fits = |(room, starts): &(&Track, &Starts)| {
            room.open.on(place).iter().any(|open| starts.possible.first_from(open.from, open.to).is_some())
        };
        let rooms = self.field.rooms.iter().zip(&self.rooms).filter(fits);
        rooms.map(|(room, _)| room.premium_bp * room.gate.least_bp()).min()
    }

    /// The rooms in which a booking fits at a start of a day.
    fn possible(&self, place: usize, start: Cell) -> impl Iterator<Item = &'f Track> + Clone {
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
        let mut rooms: Vec<((bool, i64), i64, &Track)> =
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
    fn lost(&self, room: &Track, start: Cell) -> i64 {
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
        rooms: &[((bool, i64), i64, &Track)],
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
fn booked_cells(technician: &Track, place: usize) -> i64 {
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

fn free_at(tracks: &[Track], starts: &[Bits], start: Cell) -> Vec<Id> {
    let mut ids: Vec<Id> = tracks
        .iter()
        .zip(starts)
        .filter(|(_, starts)| starts.has(start))
        .map(|(track, _)| track.id)
        .collect();
    ids.sort_unstable();
    ids
}

/// Where the guest's time fits into the hours: starts from which the whole duration is inside one opening.
fn inside_hours(track: &Track, duration: i64) -> Bits {
    let full = &track.busy.full;
    let mut starts = Bits::none(full.base(), full.end());
    for (from, to) in &track.there {
        starts.set(*from, to - duration + 1);
    }
    starts
}

/// Where nothing is claimed for so many cells.
fn unclaimed(track: &Track, length: i64) -> Bits {
    let mut free = Bits::all(track.busy.full.base(), track.busy.full.end());
    free.minus(&track.busy.full);
    free.runs(length)
}

/// Where a technician or a piece can serve: (as things stand, if nothing were claimed).
fn servable(track: &Track, duration: i64) -> (Bits, Bits) {
    let ever = inside_hours(track, duration);
    let mut now = unclaimed(track, duration + track.after);
    now.and(&ever);
    (now, ever)
}

/// Where a room can serve: (as things stand, if nothing were claimed).
fn room_starts(room: &Track, demand: Demand) -> (Bits, Bits) {
    let ever = inside_hours(room, demand.duration);
    let mut now = unclaimed(room, demand.setup + demand.duration + demand.turnover).later(-demand.setup);
    now.and(&ever);
    (now, ever)
}

/// Where at least `needed` of them can serve: (as things stand, if nothing were claimed); `None` if none is needed.
fn at_least(needed: usize, tracks: &[(Bits, Bits)], nothing: &Bits) -> Option<(Bits, Bits)> {
    let now = counted(needed, tracks.iter().map(|(now, _)| now), nothing)?;
    let ever = counted(needed, tracks.iter().map(|(_, ever)| ever), nothing)?;
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
fn offered(room: &Track, now: &Bits, ever: &Bits) -> Bits {
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

impl Demand {
    /// What a service asks for that takes so many minutes.
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
