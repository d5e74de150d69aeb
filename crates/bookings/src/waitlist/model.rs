//! Places on the waitlist, and the jobs about them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::Id;
use kit::jobs::Job;
use scheduling::{Offer, begin, minute};
use serde::{Deserialize, Serialize};

use crate::search::free_times::Search;

/// Looks whether a time has become free for someone who waits. Without anything said, because a booking or a hold gave
/// something back.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct MatchWaitlist {
    /// Because someone has just joined: their place.
    #[serde(default)]
    pub joined: Option<Id>,
    /// Because time alone may have opened something.
    #[serde(default)]
    pub anyway: bool,
}

impl Job for MatchWaitlist {
    const KIND: &'static str = "bookings.look";
}

/// Somebody is to be told that a time is held for them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Offered {
    /// The hold.
    pub booking: Id,
}

/// Somebody is to be told that a time is free, first come.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    /// Their place.
    pub wait: Id,
    /// The time.
    pub starts_at: Timestamp,
}

/// What a waitlist entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// A waitlist entry: the time is held for them.
    Place,
    /// A notification when a time opens to them (priority release).
    Tell,
}

impl WaitKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            WaitKind::Place => "place",
            WaitKind::Tell => "tell",
        }
    }

    pub(crate) fn read(text: String) -> Option<WaitKind> {
        [WaitKind::Place, WaitKind::Tell].into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(WaitKind, String, WaitKind::read);

/// A place on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Its id.
    pub id: Id,
    /// The person who waits.
    pub person: Id,
    /// For a held time, or to be told.
    pub kind: WaitKind,
    /// For what.
    pub service: Id,
    /// Where, if that matters.
    pub room: Option<Id>,
    /// By whom, if that matters.
    pub technician: Option<Id>,
    /// For how many.
    pub party: Option<i64>,
    /// For how long, of what is sold by time.
    pub minutes: Option<i64>,
    /// The first operating day.
    pub first_day: Date,
    /// The last.
    pub last_day: Date,
    /// From which minute of the operating day a start may be.
    pub from_minute: i64,
    /// Until before which.
    pub to_minute: i64,
    /// The one start, of who wants to be told of it.
    pub starts_at: Option<Timestamp>,
    /// `waiting`, `offered`, `done`, `left`, `over`.
    pub state: String,
    /// How often an offer was declined or ran out.
    pub passed: i64,
    /// When they joined.
    pub joined_at: Timestamp,
}

impl Wait {
    /// Whether both are for the same.
    pub(crate) fn is_for_the_same(&self, other: &Wait) -> bool {
        let what_and_when = |wait: &Wait| {
            let what = (wait.kind, wait.service, wait.room, wait.technician, wait.party, wait.minutes);
            let when = (wait.first_day, wait.last_day, wait.from_minute, wait.to_minute, wait.starts_at);
            (what, when)
        };
        what_and_when(self) == what_and_when(other)
    }

    /// The question for its times.
    pub(crate) fn ask(&self) -> Search {
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

    /// Whether an offer lies in its hours.
    pub(crate) fn wants(&self, zone: &TimeZone, offer: &Offer) -> bool {
        let at = begin(offer.start);
        (self.from_minute..self.to_minute).contains(&minute(zone, offer.date, at))
            && self.starts_at.is_none_or(|requested| requested == at)
    }

    /// Whether another waits for a time that could be this one's.
    pub(crate) fn is_rivalled_by(&self, other: &Wait) -> bool {
        other.service == self.service
            && other.kind == WaitKind::Place
            && other.first_day <= self.last_day
            && self.first_day <= other.last_day
    }
}
