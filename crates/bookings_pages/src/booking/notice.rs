//! What a page of times says besides them: that a date is not one to book, what whoever asks holds already, and what is
//! kept for others.

use bookings::{Booking, ReservedTime, SearchContext};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use kit::{Id, Result, Tx};
use ui::format;

use crate::booking::times::{Search, last_linked, night_before};
use crate::booking::why;
use crate::hold::held::here;

/// The day that is shown instead of a date that can't be booked, and what is said of it.
pub(crate) struct OtherDate {
    pub(crate) date: Date,
    /// `That date is in the past. Here are the first open times.`
    pub(crate) sentence: String,
}

impl OtherDate {
    /// The first day with times, if `query` is over or beyond the days that anybody books; nothing for every other date.
    /// Staff book any day ahead.
    ///
    /// # Errors
    /// A fault of the database.
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
        if !is_over && chosen <= last_linked(today) {
            return Ok(None);
        }
        let last = today.checked_add(Span::new().days(bookings::MOST_DAYS - 1)).unwrap_or(today);
        let ahead = context.search(tx, &search.ask(service.id, today, last, false))?;
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

/// A time of the day that whoever asks holds.
pub(crate) struct OwnHold {
    /// `14:00 – 15:00`
    pub(crate) span: String,
    /// The page of the hold.
    pub(crate) path: String,
}

impl OwnHold {
    pub(crate) fn of(held: &Booking, zone: &TimeZone) -> OwnHold {
        // What is held together is looked at on the page of its first service.
        let first: Id = held.visit.unwrap_or(held.id);
        OwnHold { span: format::span(zone, held.starts_at, held.ends_at), path: here(first) }
    }
}

/// Times that are kept for others for now, all for the same reason.
pub(crate) struct ReservedTimes {
    /// `Reserved for Unlimited members until it opens.`
    pub(crate) sentence: &'static str,
    pub(crate) times: Vec<ReservedCell>,
}

pub(crate) struct ReservedCell {
    pub(crate) span: String,
    pub(crate) stamp: String,
    /// `Wednesday 25 November, 19:00`
    pub(crate) opens: String,
}

impl ReservedTimes {
    pub(crate) fn of(catalogue: &Catalogue, row: &[ReservedTime], now: Timestamp) -> Vec<ReservedTimes> {
        let zone = &catalogue.club.zone;
        let mut all: Vec<ReservedTimes> = Vec::new();
        for time in row {
            let sentence = why::kept_sentence(time.refusal);
            let cell = ReservedCell {
                span: format::span(zone, time.starts_at, time.ends_at),
                stamp: time.starts_at.to_string(),
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
