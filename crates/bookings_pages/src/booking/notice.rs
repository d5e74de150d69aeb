//! What a page of free times shows besides them: a notice that the requested date cannot be booked, the actor's own
//! holds, and times that are reserved for others.

use bookings::{Booking, ReservedTime, SearchContext};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use kit::{Id, Result, Tx};
use ui::format;

use crate::booking::times::{Search, last_linked, night_before, strip_span};
use crate::booking::why;
use crate::hold::held::here;

/// The day that is shown in place of a date that cannot be booked, and the reason.
pub(crate) struct OtherDate {
    pub(crate) date: Date,
    /// The reason, such as `That date is in the past. Here are the first open times.`
    pub(crate) sentence: String,
}

impl OtherDate {
    /// Returns the first day with free times, or today if there is none, if `chosen` is in the past or beyond the last
    /// strip of days. Returns `None` for every other date. Staff can book any future day.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub(crate) fn of(
        tx: &mut Tx<'_>,
        context: &SearchContext,
        (service, search): (&Service, &Search),
        chosen: Date,
    ) -> Result<Option<OtherDate>> {
        let catalogue = catalogue::current(tx)?;
        let (zone, now) = (&catalogue.club.zone, tx.now());
        let today = format::date_at(zone, now);
        let is_over = chosen < night_before(zone, now);
        if !is_over && chosen <= strip_span(today, last_linked(today)).1 {
            return Ok(None);
        }
        let last = today.checked_add(Span::new().days(bookings::MOST_DAYS - 1)).unwrap_or(today);
        let ahead = context.search(tx, &search.to_query(service.id, today, last, false))?;
        if !is_over && ahead.window.is_unbounded() {
            return Ok(None);
        }
        let first = ahead.days.iter().find(|day| day.closed.is_none() && day.count.count > 0);
        let reason = if is_over { "That date is in the past." } else { "That date can’t be booked yet." };
        let sentence = match first {
            Some(_) => format!("{reason} Here are the first open times."),
            None => reason.to_owned(),
        };
        Ok(Some(OtherDate { date: first.map_or(today, |day| day.count.date), sentence }))
    }
}

/// A time of the day that the actor holds.
pub(crate) struct OwnHold {
    /// The start and the end, such as `2:00 – 3:00 PM`.
    pub(crate) span: String,
    /// The path of the page of the hold.
    pub(crate) path: String,
}

impl OwnHold {
    pub(crate) fn of(held: &Booking, zone: &TimeZone) -> OwnHold {
        // Services that are held together are shown on the page of the first one.
        let first: Id = held.group.visit.unwrap_or(held.id);
        OwnHold { span: format::span(zone, held.starts_at, held.ends_at), path: here(first) }
    }
}

/// Times that are reserved for others at the moment, all for the same reason.
pub(crate) struct ReservedTimes {
    /// `Unlimited members can book these times first.`
    pub(crate) sentence: &'static str,
    pub(crate) times: Vec<ReservedCell>,
}

pub(crate) struct ReservedCell {
    pub(crate) span: String,
    pub(crate) start_value: String,
    /// When the time opens, such as `Wednesday, November 25, 7:00 PM`.
    pub(crate) opens: String,
}

impl ReservedTimes {
    pub(crate) fn of(catalogue: &Catalogue, row: &[ReservedTime], now: Timestamp) -> Vec<ReservedTimes> {
        let zone = &catalogue.club.zone;
        let mut all: Vec<ReservedTimes> = Vec::new();
        for time in row {
            let sentence = why::reserved_sentence(time.refusal);
            let cell = ReservedCell {
                span: format::span(zone, time.starts_at, time.ends_at),
                start_value: time.starts_at.to_string(),
                opens: format::moment(zone, time.opens_at, now),
            };
            match all.iter_mut().find(|one| one.sentence == sentence) {
                Some(one) => one.times.push(cell),
                None => all.push(ReservedTimes { sentence, times: vec![cell] }),
            }
        }
        all
    }
}
