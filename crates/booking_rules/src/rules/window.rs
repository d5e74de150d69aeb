//! How many days ahead a person may book (W1, W2).

use catalogue::Catalogue;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use kit::Error;
use membership::Entitlements;

use crate::details::{MAX_ADVANCE_DAYS, OPENS_AT};
use crate::refusals::{self, OUTSIDE_WINDOW};
use crate::rules::release::Requester;
use crate::settings::{ACCOUNT_DAYS, AHEAD, WALK_IN};
use catalogue::LocalMoment;

/// The booking window of one person at one moment.
#[derive(Debug, Clone)]
pub struct Window {
    now: Timestamp,
    zone: TimeZone,
    entitlements: Entitlements,
    /// Whether the person is staff and may book any time.
    unbounded: bool,
    /// The number of days ahead that a person without a plan may book.
    account_days: i64,
    /// The number of minutes before its start at which a time can no longer be booked online.
    ahead: i64,
    /// The number of minutes after its start until which staff can still enter a visit.
    walk_in: i64,
}

/// When a day that is not open yet will open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// The moment at which the day opens: 00:00 club time, `max_advance_days` days before the day.
    pub opens_at: Timestamp,
    /// The number of days ahead that this person may book for that day.
    pub max_advance_days: i64,
}

impl Window {
    /// Returns the window of a person with these entitlements, with the default settings. `unbounded` is true for
    /// staff.
    pub fn new(now: Timestamp, zone: &TimeZone, entitlements: Entitlements, unbounded: bool) -> Window {
        let (account_days, ahead) = (ACCOUNT_DAYS.default, AHEAD.default);
        let walk_in = WALK_IN.default;
        Window { now, zone: zone.clone(), entitlements, unbounded, account_days, ahead, walk_in }
    }

    /// Returns the same window with the settings of a club.
    #[must_use]
    pub fn in_club(self, catalogue: &Catalogue) -> Window {
        let (account_days, ahead) = (catalogue.setting(ACCOUNT_DAYS), catalogue.setting(AHEAD));
        let walk_in = catalogue.setting(WALK_IN);
        Window { account_days, ahead, walk_in, ..self }
    }

    fn days_ahead_for(&self, day: Date) -> i64 {
        self.entitlements.days_ahead_for(day, self.account_days)
    }

    /// Returns today's date in the club's time zone.
    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// Returns when an operating day opens for this person, or `None` if it is open already.
    pub fn closed(&self, day: Date) -> Option<Closed> {
        let days = self.days_ahead_for(day);
        let ahead = i64::from((day - self.today()).get_days());
        if self.unbounded || ahead <= days {
            return None;
        }
        let opens_on = day.checked_sub(Span::new().days(days)).unwrap_or(day);
        let opens_at = self.zone.to_timestamp(opens_on.to_datetime(Time::midnight())).unwrap_or(self.now);
        Some(Closed { opens_at, max_advance_days: days })
    }

    /// Returns the refusal for a day that is not open: `outside_window`, which carries `opens_at` and
    /// `max_advance_days`.
    pub fn refusal(&self, day: Date) -> Option<Error> {
        self.closed(day).map(|closed| {
            Error::refused(&OUTSIDE_WINDOW)
                .with(OPENS_AT, self.shown(closed.opens_at))
                .with(MAX_ADVANCE_DAYS, closed.max_advance_days)
        })
    }

    /// Returns the earliest start that can be booked: by default an hour from now online and, for staff who enter
    /// walk-ins, two hours ago (W1).
    pub fn earliest(&self) -> Timestamp {
        if self.unbounded {
            self.now - SignedDuration::from_mins(self.walk_in)
        } else {
            self.now + SignedDuration::from_mins(self.ahead)
        }
    }

    /// Returns the earliest start to which a booking can be rescheduled. It is [`Window::earliest`], but never in the
    /// past.
    pub fn earliest_move(&self) -> Timestamp {
        self.earliest().max(self.now)
    }

    /// Returns the window that the same person would have without staff rights.
    #[must_use]
    pub fn of_the_guest(self) -> Window {
        Window { unbounded: false, ..self }
    }

    /// Returns the number of days ahead that this person may book today.
    pub fn max_advance_days(&self) -> i64 {
        self.days_ahead_for(self.today())
    }

    /// Returns the time zone of the club.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns whether the person is staff, who may book any time.
    pub fn is_unbounded(&self) -> bool {
        self.unbounded
    }

    /// Returns an error with the wording for the person: some refusals have a different wording for staff.
    pub fn worded(&self, error: Error) -> Error {
        match error {
            Error::Refused(refusal, details) if self.unbounded => {
                Error::Refused(refusals::for_staff(refusal), details)
            }
            error => error,
        }
    }

    /// Returns the person as release rules see them.
    pub fn requester(&self) -> Requester<'_> {
        Requester { entitlements: &self.entitlements, now: self.now, unbounded: self.unbounded }
    }

    /// Returns whether the person has no plan that applies on a day (W2) and therefore may not book what is only for
    /// members. Always false for staff.
    pub fn lacks_plan(&self, day: Date) -> bool {
        self.entitlements.plan_on(day).is_none() && !self.unbounded
    }

    /// Returns the person's entitlements.
    pub fn entitlements(&self) -> &Entitlements {
        &self.entitlements
    }

    /// Formats a moment in ISO 8601 with the club's offset.
    pub fn shown(&self, moment: Timestamp) -> LocalMoment {
        LocalMoment::new(&self.zone, moment)
    }
}
