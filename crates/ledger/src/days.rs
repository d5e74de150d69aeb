//! Business days (T14): from 04:00 to 04:00 club time, unless a manager changes the hour. A day is named by the date on
//! which it begins.
//!
//! Each day is stored once it is needed, and then its bounds never change. A day begins when the one before ends, and
//! ends at the hour that the setting had when it began. So a change of the setting takes effect with the next day that
//! begins, that day is longer or shorter, and no two days overlap. The history of the setting is read, not its present
//! value, so it does not matter when a day is stored.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kit::{Fault, Id, Result, Tx, args, row, sql};

/// How many days may be missing between two stored days. It is far more than a club stays closed.
const MOST_DAYS: usize = 1_000;
/// How far before its first day the ledger still begins earlier. What happened before that counts as before the ledger.
const REACH: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A business day of a club.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessDay {
    /// The date on which it begins.
    pub day: Date,
    /// Its first moment.
    pub begins_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<Id>,
}

row!(BusinessDay { day, begins_at, ends_at, closed_at, closed_by });

impl BusinessDay {
    fn open(day: Date, begins_at: Timestamp, ends_at: Timestamp) -> BusinessDay {
        BusinessDay { day, begins_at, ends_at, closed_at: None, closed_by: None }
    }

    /// Returns whether a moment belongs to the day.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.begins_at <= moment && moment < self.ends_at
    }
}

/// Where a moment is in the days of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Located {
    /// On a stored day.
    On(BusinessDay),
    /// Before the first day of the ledger.
    Before(BusinessDay),
}

/// Returns the business day of this transaction's club that contains a moment. A view does not store it; neither is a
/// day stored that is before the ledger began.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn business_day(tx: &mut Tx<'_>, at: Timestamp) -> Result<BusinessDay> {
    match locate(tx, at)? {
        Located::On(day) | Located::Before(day) => Ok(day),
    }
}

/// Returns the stored business days from one date to another, the earliest first.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn business_days(tx: &mut Tx<'_>, from: Date, to: Date) -> Result<Vec<BusinessDay>> {
    let club = tx.club()?;
    tx.all(
        sql!(
            "SELECT day, begins_at, ends_at, closed_at, closed_by FROM ledger_days
             WHERE club_id = $1 AND day >= $2 AND day <= $3 ORDER BY day"
        ),
        args![club, from, to],
    )
}

/// Returns the first business day that is not closed; `None` if no day is stored, or if all stored days are closed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn first_open_day(tx: &mut Tx<'_>) -> Result<Option<BusinessDay>> {
    let club = tx.club()?;
    tx.one(
        sql!(
            "SELECT day, begins_at, ends_at, closed_at, closed_by FROM ledger_days
             WHERE club_id = $1 AND closed_at IS NULL ORDER BY day LIMIT 1"
        ),
        args![club],
    )
}

/// Returns the day on which an entry is posted whose own day is closed: the first open day. If all days are closed, the
/// next one is stored.
pub(crate) fn open_day(tx: &mut Tx<'_>) -> Result<BusinessDay> {
    if let Some(day) = first_open_day(tx)? {
        return Ok(day);
    }
    lock(tx)?;
    if let Some(day) = first_open_day(tx)? {
        return Ok(day);
    }
    let last = last_until(tx, Timestamp::MAX)?.ok_or_else(|| Fault::because("the ledger has no day"))?;
    let next = after(tx, &last)?;
    store(tx, &next)?;
    Ok(next)
}

/// Returns where a moment is. Stores the days from the nearest stored one to it.
pub(crate) fn locate(tx: &mut Tx<'_>, at: Timestamp) -> Result<Located> {
    if let Some(day) = last_until(tx, at)?
        && day.contains(at)
    {
        return Ok(Located::On(day));
    }
    if !tx.is_view() {
        // One transaction stores days at a time; the others find them afterward.
        lock(tx)?;
    }
    match (last_until(tx, at)?, first(tx)?) {
        (Some(day), _) if day.contains(at) => Ok(Located::On(day)),
        (Some(last), _) => forward(tx, last, at).map(Located::On),
        (None, None) => {
            let day = alone(tx, at)?;
            store(tx, &day)?;
            Ok(Located::On(day))
        }
        (None, Some(first)) => {
            if first.closed_at.is_some()
                || first.begins_at.duration_since(at) > REACH
                || !crate::sums::enter(tx, first.day)?
            {
                return alone(tx, at).map(Located::Before);
            }
            backward(tx, first, at).map(Located::On)
        }
    }
}

/// Waits for every other transaction that stores days of this club. The days are few and stored once a day; the lock is
/// by the id of the club, which no person has.
fn lock(tx: &mut Tx<'_>) -> Result<()> {
    let club = tx.club()?;
    tx.lock_person(club)
}

/// Returns the last stored day that begins no later than a moment.
fn last_until(tx: &mut Tx<'_>, at: Timestamp) -> Result<Option<BusinessDay>> {
    let club = tx.club()?;
    tx.one(
        sql!(
            "SELECT day, begins_at, ends_at, closed_at, closed_by FROM ledger_days
             WHERE club_id = $1 AND begins_at <= $2 ORDER BY begins_at DESC LIMIT 1"
        ),
        args![club, at],
    )
}

fn first(tx: &mut Tx<'_>) -> Result<Option<BusinessDay>> {
    let club = tx.club()?;
    tx.one(
        sql!(
            "SELECT day, begins_at, ends_at, closed_at, closed_by FROM ledger_days
             WHERE club_id = $1 ORDER BY begins_at LIMIT 1"
        ),
        args![club],
    )
}

fn store(tx: &mut Tx<'_>, day: &BusinessDay) -> Result<()> {
    if tx.is_view() {
        return Ok(());
    }
    let club = tx.club()?;
    tx.run(
        sql!("INSERT INTO ledger_days (club_id, day, begins_at, ends_at) VALUES ($1, $2, $3, $4)"),
        args![club, day.day, day.begins_at, day.ends_at],
    )
    .map(drop)
}

/// Stores the days after `last` until the one that contains a moment.
fn forward(tx: &mut Tx<'_>, mut last: BusinessDay, at: Timestamp) -> Result<BusinessDay> {
    for _ in 0..MOST_DAYS {
        last = after(tx, &last)?;
        store(tx, &last)?;
        if last.contains(at) {
            return Ok(last);
        }
    }
    Err(Fault::because(format!("{at} is more than {MOST_DAYS} days after the last business day")))
}

/// Stores the days before `first` until the one that contains a moment.
fn backward(tx: &mut Tx<'_>, mut first: BusinessDay, at: Timestamp) -> Result<BusinessDay> {
    for _ in 0..MOST_DAYS {
        let day = first.day.yesterday().map_err(Fault::because)?;
        first = BusinessDay::open(day, begin_of(tx, day)?, first.begins_at);
        store(tx, &first)?;
        if first.contains(at) {
            return Ok(first);
        }
    }
    Err(Fault::because(format!("{at} is more than {MOST_DAYS} days before the first business day")))
}

/// Returns the day after another.
fn after(tx: &mut Tx<'_>, last: &BusinessDay) -> Result<BusinessDay> {
    let day = last.day.tomorrow().map_err(Fault::because)?;
    let end = end_of(tx, day, last.ends_at)?;
    Ok(BusinessDay::open(day, last.ends_at, end))
}

/// Returns the day that contains a moment, as if no day were stored.
fn alone(tx: &mut Tx<'_>, at: Timestamp) -> Result<BusinessDay> {
    let date = at.to_zoned(zone(tx)?).date();
    let day = date.saturating_sub(jiff::Span::new().days(2));
    let begins_at = begin_of(tx, day)?;
    let mut found = BusinessDay::open(day, begins_at, end_of(tx, day, begins_at)?);
    while !found.contains(at) {
        found = after(tx, &found)?;
    }
    Ok(found)
}

/// Returns the end of a day that begins at a moment.
fn end_of(tx: &mut Tx<'_>, day: Date, begins_at: Timestamp) -> Result<Timestamp> {
    let hour = catalogue::setting_at(tx, catalogue::BUSINESS_DAY_HOUR, begins_at)?;
    let next = day.tomorrow().map_err(Fault::because)?;
    moment(&zone(tx)?, next, hour)
}

/// Returns the beginning of a day by the history of the setting alone.
fn begin_of(tx: &mut Tx<'_>, day: Date) -> Result<Timestamp> {
    let eve = day.yesterday().map_err(Fault::because)?;
    let zone = zone(tx)?;
    let midnight = moment(&zone, eve, 0)?;
    let hour = catalogue::setting_at(tx, catalogue::BUSINESS_DAY_HOUR, midnight)?;
    end_of(tx, eve, moment(&zone, eve, hour)?)
}

fn zone(tx: &mut Tx<'_>) -> Result<TimeZone> {
    catalogue::current(tx).map(|catalogue| catalogue.club.zone.clone())
}

/// Returns the moment at which the clock of the club shows an hour. If the clock skips the hour, it is the moment that
/// is as long after midnight; if the clock shows it twice, it is the first.
fn moment(zone: &TimeZone, date: Date, hour: i64) -> Result<Timestamp> {
    let hour = i8::try_from(hour).map_err(Fault::because)?;
    let time = Time::new(hour, 0, 0, 0).map_err(Fault::because)?;
    zone.to_timestamp(date.to_datetime(time)).map_err(Fault::because)
}
