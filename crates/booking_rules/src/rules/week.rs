//! A week as rules and overrides leave it: which starts are kept for whom, blocked, or cost more.

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use kit::{Error, Fault, Id, Result, Tx};
use membership::Tier;
use people::{Action, Actor};
use scheduling::{Days, GRID, begin, minute};

use crate::rules::model::Start;
use crate::rules::release::{Terms, terms};
use crate::rules::weekly::rules;

/// Starts that follow each other and are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The first minute of the operating day; past 1440 is after midnight.
    pub from: i64,
    /// The minute of the last start.
    pub to: i64,
    /// Nobody books them online.
    pub blocked: bool,
    /// The time's price factor in basis points.
    pub factor_bp: i64,
    /// For whom they are kept, and until how many hours before, the most exclusive first.
    pub reserved: Vec<(Tier, i64)>,
}

/// An operating day, with its stretches in order.
#[derive(Debug, Clone)]
pub struct WeekDay {
    /// Which.
    pub date: Date,
    /// None where the room is closed.
    pub stretches: Vec<Stretch>,
}

/// The seven days from `first` on, for a service in a room.
///
/// # Errors
/// `Error::Forbidden` unless `by` may book any time; `Error::NotFound` for an unknown room or service.
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
        let mut stretches: Vec<Stretch> = Vec::new();
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

/// Adds a start to the last stretch, if it is like it.
fn add(stretches: &mut Vec<Stretch>, minute: i64, terms: Terms, at: jiff::Timestamp) {
    let hours = |until| SignedDuration::as_hours(&at.duration_since(until));
    let reserved: Vec<_> = terms.reserved.iter().map(|(tier, until)| (*tier, hours(*until))).collect();
    let next =
        Stretch { from: minute, to: minute, blocked: terms.blocked, factor_bp: terms.factor_bp, reserved };
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
