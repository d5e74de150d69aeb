//! Operating days: from a club's civil hours to cells. An operating day lasts from opening to closing,
//! past midnight included; a night on which the clock is changed is an ordinary night.

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
    /// Its date.
    pub date: Date,
    /// The cell of its midnight.
    midnight: Cell,
    /// Whether minutes can be counted from midnight until the end of the next day: not where the clock changes.
    even: bool,
}

impl Open {
    /// Whether a start lies in it.
    pub fn has(&self, start: Cell) -> bool {
        self.from <= start && start < self.to
    }
}

impl Day {
    /// The cell of its midnight.
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

/// From when to when something is open on an operating day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Which day, by its place in [`Days`].
    pub day: usize,
    /// The first cell.
    pub from: Cell,
    /// The cell after the last.
    pub to: Cell,
}

/// When something is open on the days of a search, in their order. Reads as a slice of all of them.
#[derive(Debug, Clone, Default)]
pub struct Openings {
    all: Vec<Open>,
    /// How many there are before each day.
    before: Vec<usize>,
}

impl Openings {
    /// Those of the day at a place.
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

/// Cells of two days without a change of the clock.
const TWO_DAYS: i64 = 2 * 24 * 60 / MINUTES;

impl Days {
    /// The days from `first` to `last`, both included.
    ///
    /// # Errors
    /// A fault if a date is beyond what the calendar holds.
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

    /// The days.
    pub fn iter(&self) -> impl Iterator<Item = &Day> {
        self.days.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// The first cell of the first day and the last that an operating day can reach, with room for what lies
    /// around a booking.
    pub fn reach(&self) -> (Cell, Cell) {
        let first = self.days.first().map_or(0, |day| day.midnight);
        let last = self.days.last().map_or(0, |day| day.midnight);
        (first - TWO_DAYS / 2, last + 2 * TWO_DAYS)
    }

    /// When something with these hours is open, day by day.
    pub fn open(&self, hours: &Hours) -> Openings {
        let mut openings = Openings::default();
        for (place, day) in self.days.iter().enumerate() {
            openings.before.push(openings.all.len());
            let open = hours.on(day.date.weekday()).map(|shift| self.opening(place, day, shift));
            openings.all.extend(open.filter(|open| open.from < open.to));
        }
        openings
    }

    /// These days with what bears on them besides: shifts that began the day before, and those that begin after the last day,
    /// for a start may lie a day after it, and what begins then may last a day.
    ///
    /// # Errors
    /// A fault for days outside the calendar.
    pub fn wider(&self) -> Result<Days> {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Ok(self.clone());
        };
        let around = |date: Date, days: i64| date.checked_add(Span::new().days(days)).map_err(Fault::because);
        Days::new(&self.zone, around(first.date, -1)?, around(last.date, 3)?)
    }

    /// When something with these hours is open, in one piece where one shift touches the next.
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

    /// The cells of an opening whose minutes, as the club's clock counts, are in `[from, to)`.
    pub fn stretch(&self, open: &Open, from: i64, to: i64) -> Vec<(Cell, Cell)> {
        let Some(day) = self.days.get(open.day) else { return Vec::new() };
        if day.even {
            // Of a cell counts the minute at which it begins.
            let cell = |minute: i64| day.midnight + (minute + MINUTES - 1).div_euclid(MINUTES);
            let (first, last) = (cell(from).max(open.from), cell(to).min(open.to));
            return if first < last { vec![(first, last)] } else { Vec::new() };
        }
        // Where the clock changes, a stretch may come twice: cell by cell.
        let inside = |cell: &Cell| (from..to).contains(&minute(&self.zone, day.date, begin(*cell)));
        (open.from..open.to).filter(inside).map(|cell| (cell, cell + 1)).collect()
    }

    /// The day at a place.
    pub fn get(&self, place: usize) -> Option<&Day> {
        self.days.get(place)
    }

    /// The cell of a minute of a day, counted from its midnight as the club's clock counts.
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

/// The cell of a civil minute on a night when the clock changes: a skipped time is the moment of the change,
/// a repeated one its first coming.
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

/// The minute of a moment, counted from a day's midnight as the club's clock counts: `00:15` of the day after is 1455.
/// On a night that repeats an hour, two moments have the same.
pub fn minute(zone: &TimeZone, day: Date, moment: Timestamp) -> i64 {
    let shown = moment.to_zoned(zone.clone());
    let days = i64::from((shown.date() - day).get_days());
    days * 1_440 + i64::from(shown.hour()) * 60 + i64::from(shown.minute())
}

/// The moments that a clock of the club shows as this: one, none (the clock skips it) or two (it repeats it).
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

/// Whether a stretch lies inside one of these pieces.
pub fn is_within(pieces: &[(Cell, Cell)], (from, to): (Cell, Cell)) -> bool {
    pieces.iter().any(|(opens, closes)| *opens <= from && to <= *closes)
}
