//! How far ahead a person may book (W1, W2).

use catalogue::Catalogue;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use kit::Error;
use membership::Entitlements;

use crate::refusals::{self, OUTSIDE_WINDOW};
use crate::rules::release::Asker;
use crate::settings::{ACCOUNT_DAYS, AHEAD, WALK_IN};

/// The window of one person at one moment.
#[derive(Debug, Clone)]
pub struct Window {
    now: Timestamp,
    zone: TimeZone,
    entitlements: Entitlements,
    /// Staff book any time.
    unbounded: bool,
    /// How many days ahead who has no plan books.
    account_days: i64,
    /// How many minutes before its start a time closes online.
    ahead: i64,
    /// How many minutes after its start staff still enter a visit.
    walk_in: i64,
}

/// Why a day is not open, and when it will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// 00:00 club time, so many days before.
    pub opens_at: Timestamp,
    /// How many days ahead this person books for that day.
    pub max_advance_days: i64,
}

impl Window {
    /// The window of a person with this standing; unbounded for staff.
    pub fn new(now: Timestamp, zone: &TimeZone, entitlements: Entitlements, unbounded: bool) -> Window {
        let (account_days, ahead) = (ACCOUNT_DAYS.default, AHEAD.default);
        let walk_in = WALK_IN.default;
        Window { now, zone: zone.clone(), entitlements, unbounded, account_days, ahead, walk_in }
    }

    /// The same by the numbers of a club.
    #[must_use]
    pub fn in_club(self, catalogue: &Catalogue) -> Window {
        let (account_days, ahead) = (catalogue.setting(ACCOUNT_DAYS), catalogue.setting(AHEAD));
        let walk_in = catalogue.setting(WALK_IN);
        Window { account_days, ahead, walk_in, ..self }
    }

    fn days_ahead_for(&self, day: Date) -> i64 {
        self.entitlements.days_ahead_for(day, self.account_days)
    }

    /// The club's date.
    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// Why an operating day is not open to this person; `None` if it is.
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

    /// The refusal of a day that is not open: `outside_window`, carrying `opens_at` and `max_advance_days`.
    pub fn refusal(&self, day: Date) -> Option<Error> {
        self.closed(day).map(|closed| {
            Error::refused(&OUTSIDE_WINDOW)
                .with("opens_at", self.shown(closed.opens_at))
                .with("max_advance_days", closed.max_advance_days)
        })
    }

    /// From when on a start can be booked: an hour ahead online; by staff, who enter walk-ins, two hours after it began (W1).
    pub fn earliest(&self) -> Timestamp {
        if self.unbounded {
            self.now - SignedDuration::from_mins(self.walk_in)
        } else {
            self.now + SignedDuration::from_mins(self.ahead)
        }
    }

    /// From when on a start can be moved to: as [`Window::earliest`], but by nobody to one that has begun.
    pub fn earliest_move(&self) -> Timestamp {
        self.earliest().max(self.now)
    }

    /// The same person's window as if they booked online themselves: what staff override for them.
    #[must_use]
    pub fn of_the_guest(self) -> Window {
        Window { unbounded: false, ..self }
    }

    /// How many days ahead this person books today.
    pub fn max_advance_days(&self) -> i64 {
        self.days_ahead_for(self.today())
    }

    /// The club's zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether this is staff, who book any time.
    pub fn is_unbounded(&self) -> bool {
        self.unbounded
    }

    /// An error as whoever asks reads it: refusals have sentences of their own for staff.
    pub fn worded(&self, error: Error) -> Error {
        match error {
            Error::Refused(refusal, carried) if self.unbounded => {
                Error::Refused(refusals::for_staff(refusal), carried)
            }
            error => error,
        }
    }

    /// The person, as release rules see them.
    pub fn asker(&self) -> Asker<'_> {
        Asker { entitlements: &self.entitlements, now: self.now, unbounded: self.unbounded }
    }

    /// Whether the person has no plan that counts on a day (W2): then what is for members is not for them. Staff book any.
    pub fn lacks_plan(&self, day: Date) -> bool {
        self.entitlements.plan_on(day).is_none() && !self.unbounded
    }

    /// What the person's plan allows.
    pub fn entitlements(&self) -> &Entitlements {
        &self.entitlements
    }

    /// A moment as it is shown: ISO 8601 with the club's offset.
    pub fn shown(&self, moment: Timestamp) -> String {
        iso(&self.zone, moment)
    }
}

/// ISO 8601 with the offset that a zone has then.
pub fn iso(zone: &TimeZone, moment: Timestamp) -> String {
    moment.display_with_offset(zone.to_offset(moment)).to_string()
}
