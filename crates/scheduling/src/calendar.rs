//! The calendar of one resource: when it is open, what is claimed of it, and which of its starts are kept from whoever
//! asks.

use std::sync::Arc;

use kit::Id;

use crate::bits::Bits;
use crate::cells::Cell;
use crate::days::Openings;

/// No claim is longer, in cells: a day.
pub const LONGEST: Cell = 288;

/// The calendar of one resource.
#[derive(Debug, Clone)]
pub struct ResourceCalendar {
    /// The resource that it is the calendar of.
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
    pub mask: ReleaseMask,
}

/// What release rules and overrides say of a room's starts to whoever searches (W3).
#[derive(Debug, Clone, Default)]
pub struct ReleaseMask {
    /// The starts that are kept for others.
    pub closed: Option<Bits>,
    /// The starts whose time has a price factor of its own, by basis points.
    pub factors: Vec<(i64, Bits)>,
}

impl ReleaseMask {
    /// The price factor of a start's time in basis points.
    pub fn time_bp(&self, start: Cell) -> i64 {
        self.factors.iter().find(|(_, starts)| starts.has(start)).map_or(10_000, |(bp, _)| *bp)
    }

    /// What no start's factor is below, in basis points.
    pub(crate) fn least_bp(&self) -> i64 {
        self.factors.iter().map(|(bp, _)| *bp).fold(10_000, i64::min)
    }
}

/// What multiplies a price, in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// The factor of the room.
    pub room: i64,
    /// The factor of the time.
    pub time: i64,
}

impl Factors {
    /// A plain room at a plain time.
    pub const PLAIN: Factors = Factors { room: 10_000, time: 10_000 };

    pub(crate) fn product(self) -> i64 {
        self.room * self.time
    }
}

impl ResourceCalendar {
    /// What multiplies the price of a start in this room.
    pub fn factors(&self, start: Cell) -> Factors {
        Factors { room: self.premium_bp, time: self.mask.time_bp(start) }
    }
}

/// What is claimed of a resource.
#[derive(Debug, Clone)]
pub struct Busy {
    /// How many bookings it takes at once.
    pub units: i64,
    /// Claimed stretches, by their beginning.
    pub spans: Arc<Vec<(Cell, Cell)>>,
    /// Blocked stretches: nobody is served then, and nobody counts them as booked.
    pub blocked: Arc<Vec<(Cell, Cell)>>,
    /// The cells at which every unit is taken or blocked.
    pub full: Arc<Bits>,
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
        Busy { units, spans: spans.into(), blocked: Arc::default(), full: full.into() }
    }

    /// The same, where these stretches are blocked besides.
    #[must_use]
    pub fn blocked(self, blocked: &[(Cell, Cell)]) -> Busy {
        let mut full = Arc::unwrap_or_clone(self.full);
        blocked.iter().for_each(|(from, to)| full.set(*from, *to));
        Busy { blocked: blocked.to_vec().into(), full: full.into(), ..self }
    }

    /// How many units are free all the time of `[from, to)`; a booking may sit in different units (F5).
    pub(crate) fn free_units(&self, from: Cell, to: Cell) -> i64 {
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
    pub(crate) fn near(&self, from: Cell, to: Cell) -> &[(Cell, Cell)] {
        let first = self.spans.partition_point(|(begins, _)| *begins < from - LONGEST);
        let last = self.spans.partition_point(|(begins, _)| *begins < to);
        self.spans.get(first..last).unwrap_or_default()
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
