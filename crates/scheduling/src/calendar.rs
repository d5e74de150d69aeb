//! The calendar of one resource: when it is open, which of its time is claimed, and which of its starts release rules
//! reserve for others than the person who searches.

use std::sync::Arc;

use kit::Id;

use crate::bits::Bits;
use crate::cells::Cell;
use crate::days::Openings;

/// The length of the longest claim in cells: a day.
pub const LONGEST: Cell = 288;

/// The calendar of one resource.
#[derive(Debug, Clone)]
pub struct ResourceCalendar {
    /// The id of the resource.
    pub id: Id,
    /// The shifts that begin on the searched days. A start belongs to the day of the shift that contains it.
    pub open: Openings,
    /// When the resource is available to guests. Shifts that touch are merged, regardless of the day on which they
    /// begin.
    pub there: Vec<(Cell, Cell)>,
    /// The claimed and blocked time.
    pub busy: Busy,
    /// The number of cells kept free after each booking: the pad of a technician or the reset of a piece of
    /// equipment.
    pub after: i64,
    /// The premium factor of a room in basis points.
    pub premium_bp: i64,
    /// The shortest set-up + duration + turnover of any service in the room, in cells (F4).
    pub shortest: i64,
    /// What release rules and overrides decide about the starts in a room.
    pub mask: ReleaseMask,
}

/// What release rules and overrides decide about the starts in a room, for the person who searches (W3).
#[derive(Debug, Clone, Default)]
pub struct ReleaseMask {
    /// The starts that are reserved for other people.
    pub closed: Option<Bits>,
    /// The starts with a price factor of their own, grouped by that factor in basis points.
    pub factors: Vec<(i64, Bits)>,
}

impl ReleaseMask {
    /// Returns the price factor of the time of a start, in basis points.
    pub fn time_bp(&self, start: Cell) -> i64 {
        self.factors.iter().find(|(_, starts)| starts.has(start)).map_or(10_000, |(bp, _)| *bp)
    }

    /// Returns the lowest price factor of any start, in basis points, at most 10,000.
    pub(crate) fn least_bp(&self) -> i64 {
        self.factors.iter().map(|(bp, _)| *bp).fold(10_000, i64::min)
    }
}

/// The factors that multiply a price, in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// The price factor of the room.
    pub room: i64,
    /// The price factor of the time.
    pub time: i64,
}

impl Factors {
    /// The factors of a room without a premium at a time without a factor of its own.
    pub const PLAIN: Factors = Factors { room: 10_000, time: 10_000 };

    pub(crate) fn product(self) -> i64 {
        self.room * self.time
    }
}

impl ResourceCalendar {
    /// Returns the factors that multiply the price of a start in this room.
    pub fn factors(&self, start: Cell) -> Factors {
        Factors { room: self.premium_bp, time: self.mask.time_bp(start) }
    }
}

/// The claimed and blocked time of a resource.
#[derive(Debug, Clone)]
pub struct Busy {
    /// The number of bookings that the resource can serve at once.
    pub units: i64,
    /// The claimed spans, ordered by their first cell.
    pub spans: Arc<Vec<(Cell, Cell)>>,
    /// The blocked spans. The resource serves no one during them, and they do not count as booked.
    pub blocked: Arc<Vec<(Cell, Cell)>>,
    /// The cells at which every unit is claimed or blocked.
    pub full: Arc<Bits>,
}

impl Busy {
    /// Builds the busy time from claimed spans, over the cells of `[from, to)`.
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

    /// Returns the same busy time with these spans blocked.
    #[must_use]
    pub fn blocked(self, blocked: &[(Cell, Cell)]) -> Busy {
        let mut full = Arc::unwrap_or_clone(self.full);
        blocked.iter().for_each(|(from, to)| full.set(*from, *to));
        Busy { blocked: blocked.to_vec().into(), full: full.into(), ..self }
    }

    /// Returns the number of units that can serve a booking during all of `[from, to)`. A booking may use different
    /// units at different times (F5).
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
    /// Returns the busy time of `[from, to)` only.
    pub(crate) fn slice(&self, (from, to): (Cell, Cell)) -> Busy {
        let spans = self.near(from, to).to_vec();
        let full = self.full.slice(from, to).into();
        Busy { units: self.units, spans: spans.into(), blocked: self.blocked.clone(), full }
    }

    /// Returns the spans that may overlap `[from, to)`. This relies on no span being longer than a day.
    pub(crate) fn near(&self, from: Cell, to: Cell) -> &[(Cell, Cell)] {
        let first = self.spans.partition_point(|(begins, _)| *begins < from - LONGEST);
        let last = self.spans.partition_point(|(begins, _)| *begins < to);
        self.spans.get(first..last).unwrap_or_default()
    }
}

/// Walks through the begins and ends of the spans in order and sets the cells at which at least `units` spans
/// overlap.
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
