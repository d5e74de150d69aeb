//! A week of a room after rules and overrides: which starts are reserved, blocked, or more expensive.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kit::{Error, Fault, Id, Result, Tx};
use membership::Tier;
use people::{Action, Actor};
use scheduling::{Days, GRID, begin, cell_at, minute};

use crate::rules::model::Start;
use crate::rules::release::{Terms, terms};
use crate::rules::weekly::rules;

/// Consecutive starts with the same terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartRange {
    /// The minute of the first start, counted from midnight of the operating day. Values past 1440 are after
    /// midnight.
    pub from: i64,
    /// The minute of the last start.
    pub to: i64,
    /// Whether no one can book the starts online.
    pub blocked: bool,
    /// The price factor of the time in basis points.
    pub factor_bp: i64,
    /// The tiers for which the starts are reserved, the most exclusive first, each with the number of hours before
    /// the start at which the reservation ends.
    pub reserved: Vec<(Tier, i64)>,
}

/// An operating day with its stretches in order.
#[derive(Debug, Clone)]
pub struct WeekDay {
    /// The date of the operating day.
    pub date: Date,
    /// The stretches of the day. Empty if the room is closed.
    pub stretches: Vec<StartRange>,
}

/// Returns the seven days from `first` on for a service in a room.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, and `Error::NotFound` for an unknown room or service.
pub fn week(tx: &mut Tx<'_>, by: &Actor, room: Id, service: Id, first: Date) -> Result<Vec<WeekDay>> {
    by.need(Action::BookAnyTime)?;
    let catalogue = catalogue::current(tx)?;
    let room = catalogue.room(room).ok_or(Error::NotFound)?;
    let service = catalogue.service(service).ok_or(Error::NotFound)?.id;
    let zone = &catalogue.club.zone;
    let last = first.checked_add(6.days()).map_err(Fault::because)?;
    let days = Days::new(zone, first, last)?;
    let rules = rules(tx, catalogue.club.id, days.reach())?;
    let open = days.open(&room.hours);
    let of_day = |(place, day): (usize, &scheduling::Day)| {
        let mut stretches: Vec<StartRange> = Vec::new();
        for opening in open.on(place) {
            for cell in (opening.from..opening.to).step_by(GRID) {
                let at = begin(cell);
                let minute = minute(zone, day.date, at);
                let start = Start { room: room.id, kind: &room.kind, service, day: day.date, minute, at };
                add(&mut stretches, minute, terms(&rules.weekly, &rules.overrides, &start), at);
            }
        }
        WeekDay { date: day.date, stretches }
    };
    Ok(days.iter().enumerate().map(of_day).collect())
}

/// Returns what rules and overrides decide about one start in a room, for each service that is offered there, in the
/// order of the catalogue. It is empty if the room is closed at that time.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, and `Error::NotFound` for an unknown room.
pub fn terms_of_start(tx: &mut Tx<'_>, by: &Actor, room: Id, at: Timestamp) -> Result<Vec<(Id, Terms)>> {
    by.need(Action::BookAnyTime)?;
    let catalogue = catalogue::current(tx)?;
    let room = catalogue.room(room).ok_or(Error::NotFound)?;
    let zone = &catalogue.club.zone;
    let civil = at.to_zoned(zone.clone()).date();
    // After midnight, a start may belong to the operating day before.
    let days = Days::new(zone, civil.yesterday().map_err(Fault::because)?, civil)?;
    let rules = rules(tx, catalogue.club.id, days.reach())?;
    let open = days.open(&room.hours);
    let cell = cell_at(at);
    let is_open = |place: usize| open.on(place).iter().any(|hours| (hours.from..hours.to).contains(&cell));
    let Some((_, day)) = days.iter().enumerate().find(|(place, _)| is_open(*place)) else {
        return Ok(Vec::new());
    };
    let minute = minute(zone, day.date, at);
    let offered = catalogue.services.iter().filter(|one| one.active && one.rooms.contains(&room.id));
    let of_service = |service: &catalogue::Service| {
        let start = Start { room: room.id, kind: &room.kind, service: service.id, day: day.date, minute, at };
        (service.id, terms(&rules.weekly, &rules.overrides, &start))
    };
    Ok(offered.map(of_service).collect())
}

/// Extends the last stretch by a start if the terms are the same, otherwise begins a new stretch.
fn add(stretches: &mut Vec<StartRange>, minute: i64, terms: Terms, at: Timestamp) {
    let hours = |until| SignedDuration::as_hours(&at.duration_since(until));
    let reserved: Vec<_> = terms.reserved.iter().map(|(tier, until)| (*tier, hours(*until))).collect();
    let next =
        StartRange { from: minute, to: minute, blocked: terms.blocked, factor_bp: terms.factor_bp, reserved };
    match stretches.last_mut() {
        Some(last)
            if last.blocked == next.blocked
                && last.factor_bp == next.factor_bp
                && last.reserved == next.reserved =>
        {
            last.to = minute;
        }
        _ => stretches.push(next),
    }
}
