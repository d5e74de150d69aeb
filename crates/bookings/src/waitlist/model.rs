//! Places on the waitlist, and the jobs about them.

use booking_rules::{HoldEnd, WaitKind, WaitState};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::Id;
use kit::jobs::Job;
use scheduling::{Offer, begin, minute};
use serde::{Deserialize, Serialize};

use crate::search::free_times::Search;

/// The job that matches the waitlist with free times. With the default fields, it runs because a booking or a hold
/// released something.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct MatchWaitlist {
    /// The new place, if the job runs because a person has just joined.
    #[serde(default)]
    pub joined: Option<Id>,
    /// Whether the job runs because time has passed.
    #[serde(default)]
    pub anyway: bool,
}

impl Job for MatchWaitlist {
    const KIND: &'static str = "bookings.match_waitlist";
}

/// What became of an offer to a person on the waitlist.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OfferOutcome {
    /// The time is held for the person.
    Open,
    /// The person was only notified of the time.
    Announced,
    /// The person booked the time.
    Booked,
    /// The hold ended without being booked.
    Ended(HoldEnd),
}

impl OfferOutcome {
    /// Returns the name of the outcome as it is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            OfferOutcome::Open => "open",
            OfferOutcome::Announced => "announced",
            OfferOutcome::Booked => "booked",
            OfferOutcome::Ended(end) => end.as_str(),
        }
    }
}

/// A place on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The id of the place.
    pub id: Id,
    /// The person who waits.
    pub person: Id,
    /// Whether the time is held for the person or the person is only notified.
    pub kind: WaitKind,
    /// The id of the service.
    pub service: Id,
    /// The requested room, if any.
    pub room: Option<Id>,
    /// The requested technician, if any.
    pub technician: Option<Id>,
    /// The number of people. `None` means the service's own party size.
    pub party: Option<i64>,
    /// The length in minutes, for services sold by time.
    pub minutes: Option<i64>,
    /// The first operating day.
    pub first_day: Date,
    /// The last operating day.
    pub last_day: Date,
    /// The earliest start, in minutes since midnight of the operating day.
    pub from_minute: i64,
    /// The minute before which a start must be, since midnight of the operating day.
    pub to_minute: i64,
    /// The single start for which the person waits, if the place is for one start.
    pub starts_at: Option<Timestamp>,
    /// The state of the place.
    pub state: WaitState,
    /// The number of offers that were declined or expired.
    pub passed: i64,
    /// When the person joined the waitlist.
    pub joined_at: Timestamp,
}

impl Wait {
    /// Returns whether both places are for the same times.
    pub(crate) fn is_for_the_same(&self, other: &Wait) -> bool {
        let what_and_when = |wait: &Wait| {
            let what = (wait.kind, wait.service, wait.room, wait.technician, wait.party, wait.minutes);
            let when = (wait.first_day, wait.last_day, wait.from_minute, wait.to_minute, wait.starts_at);
            (what, when)
        };
        what_and_when(self) == what_and_when(other)
    }

    /// Returns the search for the times of this place.
    pub(crate) fn search_query(&self) -> Search {
        Search {
            service: self.service,
            minutes: self.minutes,
            from: Some(self.first_day),
            to: Some(self.last_day),
            party: self.party,
            room: self.room,
            room_type: None,
            technician: self.technician,
            ignoring: None,
            addons: Vec::new(),
            one_day: false,
            slots: true,
        }
    }

    /// Returns whether an offer matches the time of day and the start of this place.
    pub(crate) fn wants(&self, zone: &TimeZone, offer: &Offer) -> bool {
        let at = begin(offer.start);
        (self.from_minute..self.to_minute).contains(&minute(zone, offer.date, at))
            && self.starts_at.is_none_or(|requested| requested == at)
    }

    /// Returns whether `other` waits for a time that this place could get.
    pub(crate) fn is_rivalled_by(&self, other: &Wait) -> bool {
        other.service == self.service
            && other.kind == WaitKind::Place
            && other.first_day <= self.last_day
            && self.first_day <= other.last_day
    }
}
