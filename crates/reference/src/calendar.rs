//! The club's clock, and who is busy in a minute.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::model::{Id, Moment, Shift, World};

/// When the clock shows so many minutes from a day's midnight. A time that the night repeats is its first, one that it
/// skips lies as far after the gap: so a closing time is one moment (the rules leave it open).
pub fn moment(zone: &TimeZone, day: Date, minutes: i64) -> Moment {
    let civil = day.at(0, 0, 0, 0) + minutes.minutes();
    zone.to_ambiguous_zoned(civil).compatible().expect("a moment").timestamp().as_second()
}

/// When a day begins.
pub fn midnight(zone: &TimeZone, day: Date) -> Moment {
    moment(zone, day, 0)
}

/// The date that the clock shows.
pub fn date_of(zone: &TimeZone, at: Moment) -> Date {
    zone.to_datetime(Timestamp::from_second(at).expect("a moment")).date()
}

/// What the clock shows, in minutes from a day's midnight: an hour that comes twice is counted twice (decision 7).
pub fn clock_minute(zone: &TimeZone, day: Date, at: Moment) -> i64 {
    let civil = zone.to_datetime(Timestamp::from_second(at).expect("a moment"));
    let days = i64::from((civil.date() - day).get_days());
    days * 1440 + i64::from(civil.hour()) * 60 + i64::from(civil.minute())
}

/// The shifts that begin on a day, as moments.
pub(crate) fn shifts_of(zone: &TimeZone, hours: &[Shift], day: Date) -> Vec<(Moment, Moment)> {
    let mut found = Vec::new();
    for shift in hours {
        if shift.weekday == i64::from(day.weekday().to_monday_one_offset()) {
            found.push((moment(zone, day, shift.opens), moment(zone, day, shift.closes)));
        }
    }
    found
}

/// Whether every minute of a stretch lies in some shift, whichever day that began on.
pub(crate) fn is_open(zone: &TimeZone, hours: &[Shift], from: Moment, to: Moment) -> bool {
    let mut shifts = Vec::new();
    let first = date_of(zone, from);
    for back in -3..=3 {
        shifts.extend(shifts_of(zone, hours, first + back.days()));
    }
    let mut at = from;
    while at < to {
        if !shifts.iter().any(|(opens, closes)| *opens <= at && at < *closes) {
            return false;
        }
        at += 60;
    }
    true
}

impl World {
    /// What each booking claims (F1): who or what, from when to when.
    pub fn claims(&self) -> Vec<(Id, Moment, Moment)> {
        let mut claims = Vec::new();
        for booking in &self.bookings {
            let service = self.service(booking.service);
            let end = booking.start + booking.minutes * 60;
            claims.push((booking.room, booking.start - service.setup * 60, end + service.turnover * 60));
            for id in &booking.technicians {
                claims.push((*id, booking.start, end + self.technician(*id).pad * 60));
            }
            if let Some(id) = booking.equipment {
                claims.push((id, booking.start, end + self.piece(id).reset * 60));
            }
            for id in &booking.people {
                claims.push((*id, booking.start, end));
            }
        }
        claims
    }

    /// How many bookings have somebody or something in the fullest minute of a stretch.
    pub(crate) fn fullest(&self, id: Id, from: Moment, to: Moment) -> i64 {
        let claims: Vec<_> = self.claims().into_iter().filter(|(whose, _, _)| *whose == id).collect();
        let mut most = 0;
        let mut at = from;
        while at < to {
            let mut now = 0;
            for (_, begins, ends) in &claims {
                if *begins <= at && at < *ends {
                    now += 1;
                }
            }
            most = most.max(now);
            at += 60;
        }
        most
    }
}
