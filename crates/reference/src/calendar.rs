//! The club's clock, opening hours, and who is busy in a minute.

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::model::{Booking, Id, Moment, Open, Shift, World};

/// Returns the moment when the clock first shows this many minutes from a day's midnight, or more. For a time that the
/// night repeats, it is the first occurrence; for one that it skips, the moment of the change (decision 5).
pub fn moment(zone: &TimeZone, day: Date, minutes: i64) -> Moment {
    let civil = day.at(0, 0, 0, 0) + minutes.minutes();
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let mut at = ambiguous.earlier().expect("a moment").as_second();
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        at -= 24 * 3600;
        while zone.to_datetime(Timestamp::from_second(at).expect("a moment")) < civil {
            at += 60;
        }
    }
    at
}

/// Returns the moment at which a day begins.
pub fn midnight(zone: &TimeZone, day: Date) -> Moment {
    moment(zone, day, 0)
}

/// Returns the date that the clock shows.
pub fn date_of(zone: &TimeZone, at: Moment) -> Date {
    zone.to_datetime(Timestamp::from_second(at).expect("a moment")).date()
}

/// Returns what the clock shows, in minutes from a day's midnight. Both occurrences of a repeated hour have the same
/// minutes (decision 7).
pub fn clock_minute(zone: &TimeZone, day: Date, at: Moment) -> i64 {
    let civil = zone.to_datetime(Timestamp::from_second(at).expect("a moment"));
    let days = i64::from((civil.date() - day).get_days());
    days * 1440 + i64::from(civil.hour()) * 60 + i64::from(civil.minute())
}

/// Returns whether every minute of a period lies in some shift, on whichever day that began.
pub(crate) fn is_open(shifts: &[Open], from: Moment, to: Moment) -> bool {
    let mut at = from;
    while at < to {
        if !shifts.iter().any(|open| open.from <= at && at < open.to) {
            return false;
        }
        at += 60;
    }
    true
}

impl World {
    /// Computes the shifts of all rooms and technicians around these days. This has to be called before a search.
    pub fn unroll(&mut self, first: Date, last: Date) {
        self.open.clear();
        let mut all: Vec<(Id, Vec<Shift>)> = Vec::new();
        all.extend(self.rooms.iter().map(|room| (room.id, room.hours.clone())));
        all.extend(self.technicians.iter().map(|one| (one.id, one.hours.clone())));
        for (id, hours) in all {
            let mut found = Vec::new();
            let mut day = first - 4.days();
            while day <= last + 4.days() {
                for shift in &hours {
                    if shift.weekday == i64::from(day.weekday().to_monday_one_offset()) {
                        let from = moment(&self.zone, day, shift.opens);
                        let to = moment(&self.zone, day, shift.closes);
                        found.push(Open { day, from, to });
                    }
                }
                day += 1.day();
            }
            self.open.insert(id, found);
        }
    }

    /// Returns the computed shifts of a room or a technician.
    pub(crate) fn shifts(&self, id: Id) -> &[Open] {
        self.open.get(&id).expect("the days were unrolled")
    }

    /// Returns the shifts that begin on a day.
    pub(crate) fn shifts_on(&self, id: Id, day: Date) -> Vec<Open> {
        self.shifts(id).iter().copied().filter(|open| open.day == day).collect()
    }

    /// Adds a booking to the calendar with everything that it claims (F1).
    pub fn book(&mut self, booking: Booking) {
        let service = self.service(booking.service).clone();
        let end = booking.start + booking.minutes * 60;
        let mut claims = Vec::new();
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
        for (id, from, to) in claims {
            self.claims.entry(id).or_default().push((booking.id, from, to));
        }
    }

    /// Removes a booking from the calendar.
    pub fn cancel(&mut self, booking: Id) {
        for claims in self.claims.values_mut() {
            claims.retain(|(whose, _, _)| *whose != booking);
        }
    }

    /// Returns the claims of a booking: the resource, and the first and last moment.
    pub fn claims_of(&self, booking: Id) -> Vec<(Id, Moment, Moment)> {
        let mut found = Vec::new();
        for (id, claims) in &self.claims {
            for (whose, from, to) in claims {
                if *whose == booking {
                    found.push((*id, *from, *to));
                }
            }
        }
        found
    }

    /// Returns when a resource is claimed.
    pub(crate) fn claimed(&self, id: Id) -> Vec<(Moment, Moment)> {
        let claims = self.claims.get(&id).map(Vec::as_slice).unwrap_or_default();
        claims.iter().map(|(_, from, to)| (*from, *to)).collect()
    }

    /// Returns how many upcoming bookings a person has (F7).
    pub(crate) fn ahead(&self, person: Id, now: Moment) -> i64 {
        let mut ahead = 0;
        for (begins, _) in self.claimed(person) {
            if begins > now {
                ahead += 1;
            }
        }
        ahead
    }

    /// Returns how many bookings claim a resource in the fullest minute of a period.
    pub(crate) fn fullest(&self, id: Id, from: Moment, to: Moment) -> i64 {
        // A blocked resource has nothing left, however many bookings it takes at once.
        if self.blocks.iter().any(|(of, begins, ends)| *of == id && *begins < to && from < *ends) {
            return i64::MAX;
        }
        let mut claims = self.claimed(id);
        claims.retain(|(begins, ends)| *begins < to && from < *ends);
        if claims.is_empty() {
            return 0;
        }
        let mut most = 0;
        let mut at = from;
        while at < to {
            let mut now = 0;
            for (begins, ends) in &claims {
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
