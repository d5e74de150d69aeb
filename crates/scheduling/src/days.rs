//! Operating days: converts a club's civil hours to cells. An operating day lasts from opening to closing, even past
//! midnight. A night on which the clock changes needs no special treatment by callers.

use std::ops::Deref;

use catalogue::{Hours, Shift};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use kit::{Fault, Result};

use crate::cells::{Cell, MINUTES, begin, cell_at};

/// A day of a club.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The date of the day.
    pub date: Date,
    /// The cell at the midnight at which the day begins.
    midnight: Cell,
    /// Whether cells can be counted from this midnight to the end of the next day. False if the clock changes in that
    /// time.
    even: bool,
}

impl Open {
    /// Returns whether a start lies in the opening.
    pub fn has(&self, start: Cell) -> bool {
        self.from <= start && start < self.to
    }
}

impl Day {
    /// Returns the cell at the midnight at which the day begins.
    pub fn midnight(&self) -> Cell {
        self.midnight
    }
}

/// The days of a search, in order.
#[derive(Debug, Clone)]
pub struct Days {
    zone: TimeZone,
    days: Vec<Day>,
}

/// An opening: the time during which a resource is open on an operating day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The operating day, as an index into [`Days`].
    pub day: usize,
    /// The first cell of the opening.
    pub from: Cell,
    /// The cell after the last cell of the opening.
    pub to: Cell,
}

/// The openings of a resource on the days of a search, in order. Dereferences to the slice of all openings.
#[derive(Debug, Clone, Default)]
pub struct Openings {
    all: Vec<Open>,
    /// The number of openings before each day.
    before: Vec<usize>,
}

impl Openings {
    /// Returns the openings of the day with this index.
    pub fn on(&self, place: usize) -> &[Open] {
        let before = |place: usize| self.before.get(place).copied().unwrap_or(self.all.len());
        &self.all[before(place)..before(place + 1)]
    }
}

impl Deref for Openings {
    type Target = [Open];

    fn deref(&self) -> &[Open] {
        &self.all
    }
}

/// The number of cells in two days without a clock change.
const TWO_DAYS: i64 = 2 * 24 * 60 / MINUTES;

impl Days {
    /// Returns the days from `first` to `last`, both included.
    ///
    /// # Errors
    /// Returns a fault if a date is outside the range of the calendar library.
    pub fn new(zone: &TimeZone, first: Date, last: Date) -> Result<Days> {
        let mut days = Vec::new();
        let mut date = first;
        while date <= last {
            let midnight = midnight(zone, date)?;
            let after = midnight_after(zone, date)?;
            days.push(Day { date, midnight, even: after - midnight == TWO_DAYS });
            date = date.tomorrow().map_err(Fault::because)?;
        }
        Ok(Days { zone: zone.clone(), days })
    }

    /// Returns the days in order.
    pub fn iter(&self) -> impl Iterator<Item = &Day> {
        self.days.iter()
    }

    /// Returns the number of days.
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Returns whether there are no days.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Returns the range of cells that a search of these days can touch: from a day before the first midnight to four
    /// days after the last, which leaves room for the time around a booking.
    pub fn reach(&self) -> (Cell, Cell) {
        let first = self.days.first().map_or(0, |day| day.midnight);
        let last = self.days.last().map_or(0, |day| day.midnight);
        (first - TWO_DAYS / 2, last + 2 * TWO_DAYS)
    }

    /// Returns when a resource with these hours is open, day by day.
    pub fn open(&self, hours: &Hours) -> Openings {
        let mut openings = Openings::default();
        for (place, day) in self.days.iter().enumerate() {
            openings.before.push(openings.all.len());
            let open = hours.on(day.date.weekday()).map(|shift| self.opening(place, day, shift));
            openings.all.extend(open.filter(|open| open.from < open.to));
        }
        openings
    }

    /// Returns these days with the neighboring days that affect them: the day before the first, because its shifts
    /// may last past midnight, and three days after the last, because a start may lie a day after it and a booking
    /// that begins then may last a day.
    ///
    /// # Errors
    /// Returns a fault if a day is outside the range of the calendar library.
    pub fn wider(&self) -> Result<Days> {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Ok(self.clone());
        };
        let around = |date: Date, days: i64| date.checked_add(Span::new().days(days)).map_err(Fault::because);
        Days::new(&self.zone, around(first.date, -1)?, around(last.date, 3)?)
    }

    /// Returns when a resource with these hours is open. Shifts that touch are merged.
    pub fn pieces(&self, hours: &Hours) -> Vec<(Cell, Cell)> {
        let mut open: Vec<(Cell, Cell)> = self.open(hours).iter().map(|open| (open.from, open.to)).collect();
        open.sort_unstable();
        let mut pieces: Vec<(Cell, Cell)> = Vec::with_capacity(open.len());
        for (from, to) in open {
            match pieces.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ => pieces.push((from, to)),
            }
        }
        pieces
    }

    fn opening(&self, place: usize, day: &Day, shift: &Shift) -> Open {
        Open { day: place, from: self.cell(day, shift.opens), to: self.cell(day, shift.closes) }
    }

    /// Returns the cells of an opening whose minute of the day, as the club's clock shows it, is in `[from, to)`.
    pub fn stretch(&self, open: &Open, from: i64, to: i64) -> Vec<(Cell, Cell)> {
        let Some(day) = self.days.get(open.day) else { return Vec::new() };
        if day.even {
            // A cell counts as inside if the minute at which it begins is.
            let cell = |minute: i64| day.midnight + (minute + MINUTES - 1).div_euclid(MINUTES);
            let (first, last) = (cell(from).max(open.from), cell(to).min(open.to));
            return if first < last { vec![(first, last)] } else { Vec::new() };
        }
        // When the clock changes, a minute may occur twice, so each cell is checked.
        let inside = |cell: &Cell| (from..to).contains(&minute(&self.zone, day.date, begin(*cell)));
        (open.from..open.to).filter(inside).map(|cell| (cell, cell + 1)).collect()
    }

    /// Returns the day with this index.
    pub fn get(&self, place: usize) -> Option<&Day> {
        self.days.get(place)
    }

    /// Returns the cell of a minute of a day, counted from midnight as the club's clock shows it.
    fn cell(&self, day: &Day, minute: i64) -> Cell {
        if day.even { day.midnight + minute / MINUTES } else { civil_cell(&self.zone, day.date, minute) }
    }
}

fn midnight(zone: &TimeZone, date: Date) -> Result<Cell> {
    let moment = zone.to_timestamp(date.to_datetime(Time::midnight())).map_err(Fault::because)?;
    Ok(cell_at(moment))
}

fn midnight_after(zone: &TimeZone, date: Date) -> Result<Cell> {
    midnight(zone, date.checked_add(Span::new().days(2)).map_err(Fault::because)?)
}

/// Returns the cell of a civil minute on a night when the clock changes. A skipped time maps to the moment of the
/// change, a repeated time to its first occurrence.
fn civil_cell(zone: &TimeZone, date: Date, minute: i64) -> Cell {
    let civil = date.to_datetime(Time::midnight()).checked_add(Span::new().minutes(minute));
    let civil = civil.unwrap_or_else(|_| date.to_datetime(Time::midnight()));
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let moment = match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok();
            before.and_then(|before| zone.following(before).next()).map(|change| change.timestamp())
        }
        _ => ambiguous.earlier().ok(),
    };
    cell_at(moment.unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Returns the minute of a moment, counted from a day's midnight as the club's clock shows it: `00:15` on the next
/// day is 1455. On a night that repeats an hour, two moments have the same minute.
pub fn minute(zone: &TimeZone, day: Date, moment: Timestamp) -> i64 {
    let shown = moment.to_zoned(zone.clone());
    let days = i64::from((shown.date() - day).get_days());
    days * 1_440 + i64::from(shown.hour()) * 60 + i64::from(shown.minute())
}

/// Returns the moments at which the club's clock shows this time: one, none if the clock skips it, or two if the
/// clock repeats it.
pub fn moments(zone: &TimeZone, civil: DateTime) -> Vec<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.compatible().into_iter().collect(),
        AmbiguousOffset::Gap { .. } => Vec::new(),
        AmbiguousOffset::Fold { .. } => {
            let (first, second) = (ambiguous.earlier(), ambiguous.later());
            first.into_iter().chain(second).collect()
        }
    }
}

/// Returns whether a span lies inside one of these pieces.
pub fn is_within(pieces: &[(Cell, Cell)], (from, to): (Cell, Cell)) -> bool {
    pieces.iter().any(|(opens, closes)| *opens <= from && to <= *closes)
}
