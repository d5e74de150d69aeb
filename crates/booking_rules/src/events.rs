//! The events of a booking, and what they record for later operations.

use kit::{Cents, Id};
use serde::{Deserialize, Serialize};

use crate::model::Status;

/// How a hold ended without being booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldEnd {
    /// The hold expired.
    Expired,
    /// Its holder released it.
    LetGo,
    /// Its holder declined the offer from the waitlist.
    Declined,
}

impl HoldEnd {
    /// Returns the name of the end as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            HoldEnd::Expired => "expired",
            HoldEnd::LetGo => "let_go",
            HoldEnd::Declined => "declined",
        }
    }
}

/// An event of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingEvent {
    /// The time was held.
    Held,
    /// The hold was extended.
    Extended,
    /// A person became the owner of a visitor's hold.
    Adopted,
    /// The hold ended without being booked.
    Ended(HoldEnd),
    /// The booking was made.
    Booked,
    /// Another booking was made from the expired hold.
    BookedAnew,
    /// The booking was imported.
    Recorded,
    /// A series repeats the booking.
    Repeated,
    /// The booking got a new price.
    Repriced,
    /// The booking was rescheduled.
    Rescheduled,
    /// The booking was canceled.
    Cancelled,
    /// A step of the day led to this status.
    Step(Status),
    /// The step that led to this status was undone.
    Undone(Status),
}

impl BookingEvent {
    /// Returns the name of the event as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            BookingEvent::Held => "held",
            BookingEvent::Extended => "extended",
            BookingEvent::Adopted => "adopted",
            BookingEvent::Ended(end) => end.as_str(),
            BookingEvent::Booked => "booked",
            BookingEvent::BookedAnew => "booked_anew",
            BookingEvent::Recorded => "recorded",
            BookingEvent::Repeated => "repeated",
            BookingEvent::Repriced => "repriced",
            BookingEvent::Rescheduled => "rescheduled",
            BookingEvent::Cancelled => "cancelled",
            BookingEvent::Step(to) => to.as_str(),
            BookingEvent::Undone(Status::CheckedIn) => "check_in_undone",
            BookingEvent::Undone(Status::InProgress) => "start_undone",
            BookingEvent::Undone(Status::Completed) => "completion_undone",
            BookingEvent::Undone(_) => "no_show_undone",
        }
    }
}

/// What [`BookingEvent::Step`] records, so that the step can be undone.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StepTaken {
    /// The status before the step. Older events do not have it.
    pub before: Option<Status>,
    /// The charge that a no-show has replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Id>,
    /// The fee for a no-show.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Cents>,
}

/// The details of [`BookingEvent::Repeated`], stored as JSON with the event.
#[derive(Debug, Serialize, Deserialize)]
pub struct RepeatedBy {
    /// The first booking of the series.
    pub series: Option<Id>,
}

/// The details of [`BookingEvent::BookedAnew`], stored as JSON with the event.
#[derive(Debug, Serialize, Deserialize)]
pub struct BookedInstead {
    /// The booking that was made from the hold.
    pub booking: Id,
}

/// The details of [`BookingEvent::Cancelled`], stored as JSON with the event.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CancelledFor {
    /// The fee that stays due.
    #[serde(skip_deserializing)]
    pub fee: Cents,
    /// The reason for canceling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
