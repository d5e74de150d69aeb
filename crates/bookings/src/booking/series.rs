//! Bookings that repeat. All of a series are made in one transaction, or none.

use booking_rules::{
    Booking, BookingEvent, BookingRequest, Repeated, RepeatedBy, When, iso, refusals::WRONG_STATE,
};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kit::{Cents, DetailKey, Error, Fault, Id, Internal, Refusal, RefusalDetails, Result, Tx};
use people::{Action, Actor};

use crate::booking::book::book_quietly;
use crate::booking::cancel::cancel_quietly;
use crate::notifications::notify;
use crate::preview::preview;
use crate::search::slot::{ALTERNATIVES, Slot};
use crate::store;

/// Some of the occurrences cannot be booked. Carries [`CONFLICTING`].
pub const CONFLICTS: Refusal = Refusal::conflict(
    "conflicts",
    "Some of these dates aren’t available. Choose other times, or book the rest.",
);

/// The occurrences that cannot be booked.
pub const CONFLICTING: DetailKey<Internal<Vec<Conflict>>> = DetailKey::new("conflicts");

/// The result of booking a series.
#[derive(Debug)]
pub struct Series {
    /// The bookings, in order.
    pub booked: Vec<Booking>,
    /// The occurrences that were left out.
    pub left_out: Vec<Conflict>,
}

/// An occurrence of a series that cannot be booked.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// The position of the occurrence in the series, starting at 0.
    pub place: i64,
    /// The date and time of the occurrence in plain English.
    pub when: String,
    /// Why it cannot be booked.
    pub refusal: &'static Refusal,
    /// The data of the refusal, such as the next best times.
    pub details: RefusalDetails,
}

impl Conflict {
    /// Returns the next best times.
    pub fn alternatives(&self) -> &[Slot] {
        self.details.get(ALTERNATIVES).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Books a series.
///
/// # Errors
/// Returns `conflicts` if occurrences cannot be booked, unless they are to be left out and at least one is booked. It
/// carries each such occurrence with its reason and the next best times. Returns other errors of [`crate::book()`]
/// unchanged.
pub fn repeat(tx: &mut Tx<'_>, by: &Actor, repeated: &Repeated) -> Result<Series> {
    let mut series = Series { booked: Vec::new(), left_out: Vec::new() };
    for place in (0..repeated.times).filter(|place| !repeated.without.contains(place)) {
        let request = occurrence(tx, repeated, place)?;
        let mut refused = None;
        let booked = tx.attempt(|tx| match book_quietly(tx, by, &request) {
            Ok(booking) => Ok(Some(booking)),
            Err(Error::Refused(refusal, details)) => {
                refused = Some((refusal, details));
                Ok(None)
            }
            Err(error) => Err(error),
        })?;
        if let Some(booking) = booked {
            series.booked.push(booking);
        } else if let Some((refusal, details)) = refused {
            let when = spoken(tx, request.when)?;
            series.left_out.push(Conflict { place, when, refusal, details });
        }
    }
    let is_enough = series.left_out.is_empty() || (repeated.skip_conflicts && !series.booked.is_empty());
    if !is_enough {
        return Err(Error::refused(&CONFLICTS).with(CONFLICTING, Internal(series.left_out)));
    }
    let first = series.booked.first().map_or(Id(0), |booking| booking.id);
    for booking in &mut series.booked {
        store::set_series(tx, booking.id, first)?;
        booking.group.series = Some(first);
    }
    let made = all_of_series(tx, first)?;
    notify::booked(tx, by, &made)?;
    Ok(series)
}

/// Returns every booking of a series, ordered by start.
fn all_of_series(tx: &mut Tx<'_>, series: Id) -> Result<Vec<Booking>> {
    let ids = store::made_together(tx, series)?;
    let found = ids.into_iter().map(|id| store::find(tx, id)).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().map(|row| row.booking).collect())
}

/// The result of canceling the remaining bookings of a series.
#[derive(Debug)]
pub struct SeriesCancelled {
    /// The canceled bookings, ordered by start, each with the fee that stays due.
    pub cancelled: Vec<(Booking, Cents)>,
}

impl SeriesCancelled {
    /// Returns the sum of the fees that stay due.
    pub fn fee(&self) -> Cents {
        self.cancelled.iter().fold(Cents::ZERO, |sum, (_, fee)| sum + *fee)
    }
}

/// Cancels every booking of a series that can still be canceled, each by its own policy, and sends one notification
/// (N4). `id` is the id of any booking in the series.
///
/// # Errors
/// Returns `Error::NotFound` if the actor may not cancel the booking or it belongs to no series, and `wrong_state` if
/// no booking can still be canceled.
pub fn cancel_series(tx: &mut Tx<'_>, by: &Actor, id: Id, reason: Option<&str>) -> Result<SeriesCancelled> {
    let person = by.person()?.id;
    let by_club = by.may(Action::BookForOthers);
    let row = store::find(tx, id)?.filter(|row| by_club || row.booking.person == Some(person));
    let series = row.and_then(|row| row.booking.group.series).ok_or(Error::NotFound)?;
    let now = tx.now();
    let mut cancelled = Vec::new();
    for booking in all_of_series(tx, series)?.into_iter().filter(|booking| booking.can_cancel(now)) {
        cancelled.push(cancel_quietly(tx, by, booking.id, reason)?);
    }
    if cancelled.is_empty() {
        return Err(Error::refused(&WRONG_STATE));
    }
    let bookings: Vec<Booking> = cancelled.iter().map(|(booking, _)| booking.clone()).collect();
    notify::cancelled(tx, &bookings)?;
    Ok(SeriesCancelled { cancelled })
}

/// Returns what canceling a series would mean, and rolls everything back.
///
/// # Errors
/// Returns the same errors as [`cancel_series`].
pub fn preview_cancel_series(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<SeriesCancelled> {
    preview(tx, |tx| cancel_series(tx, by, id, None))
}

/// Records in a booking that a series repeats it. The booking itself is not part of the series.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn note_repeated(tx: &mut Tx<'_>, by: &Actor, repeated: Id, series: &Series) -> Result<()> {
    let first = series.booked.first().map(|booking| booking.id);
    store::note(tx, repeated, by.id(), BookingEvent::Repeated, &RepeatedBy { series: first })
}

/// Returns the id of a booking of the series to which a booking belongs or that repeats it, or `None` if no booking
/// of the series can still be canceled.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn open_series_of(tx: &mut Tx<'_>, booking: &Booking) -> Result<Option<Id>> {
    let series = match booking.group.series {
        Some(series) => Some(series),
        None => store::last_event(tx, booking.id, BookingEvent::Repeated)?
            .and_then(|event| event.detail())
            .and_then(|RepeatedBy { series }| series),
    };
    let Some(series) = series else { return Ok(None) };
    let now = tx.now();
    let is_open = all_of_series(tx, series)?.iter().any(|one| one.can_cancel(now));
    Ok(is_open.then_some(if booking.group.series.is_some() { booking.id } else { series }))
}

/// Returns the request for one occurrence: the same time on the club's clock, the right number of weeks later.
fn occurrence(tx: &mut Tx<'_>, repeated: &Repeated, place: i64) -> Result<BookingRequest> {
    let instead = repeated.instead.iter().find(|(of, _)| *of == place).map(|(_, at)| When::Moment(*at));
    let weeks = repeated.every_weeks * place;
    let when = match (instead, repeated.request.when) {
        (Some(when), _) => when,
        (None, When::Civil(date, time)) => When::Civil(later(date, weeks)?, time),
        (None, When::Moment(moment)) => {
            let zone = catalogue::current(tx)?.club.zone.clone();
            let shown = moment.to_zoned(zone);
            When::Moment(shown.checked_add(weeks.weeks()).map_err(Fault::because)?.timestamp())
        }
    };
    Ok(BookingRequest { when, ..repeated.request.clone() })
}

fn later(date: Date, weeks: i64) -> Result<Date> {
    date.checked_add(weeks.weeks()).map_err(Fault::because)
}

fn spoken(tx: &mut Tx<'_>, when: When) -> Result<String> {
    Ok(match when {
        When::Civil(date, time) => format!("{date}T{}", time.strftime("%H:%M")),
        When::Moment(moment) => iso(&catalogue::current(tx)?.club.zone, moment),
    })
}
