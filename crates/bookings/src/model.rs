//! Data that goes with a booking: its details, its holder, and filters.

use booking_rules::{Booking, CancellationTerms, Status};
use jiff::Timestamp;
use kit::{Cents, Id};
use money::{Line, PaymentStatus};

/// A booking with its details.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The booking itself, as it is stored.
    pub booking: Booking,
    /// The technicians who serve, by id and name.
    pub technicians: Vec<(Id, String)>,
    /// The lines of the price.
    pub why: Vec<Line>,
    /// The status of the charge; void if there is none.
    pub payment_status: PaymentStatus,
    /// The consequences of canceling now.
    pub leaving: CancellationTerms,
    /// Whether the booking can be rescheduled now.
    pub can_move: bool,
}

/// Why a person owes a fee for a booking that they did not use. Each counts as a lapse (C2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeeReason {
    /// The booking was canceled late.
    LateCancellation,
    /// The guest did not come.
    NoShow,
}

impl FeeReason {
    /// Returns the name of the reason as it is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            FeeReason::LateCancellation => "late_cancellation",
            FeeReason::NoShow => "no_show",
        }
    }

    /// Returns the label of the line of the fee.
    pub(crate) fn label(self) -> &'static str {
        match self {
            FeeReason::LateCancellation => "Late cancellation",
            FeeReason::NoShow => "No-show",
        }
    }
}

/// How a time is held.
pub(crate) struct Hold {
    /// When the hold expires.
    pub(crate) until: Timestamp,
    /// The digest of the token with which a visitor proves that the hold is theirs.
    pub(crate) token: Option<Vec<u8>>,
    /// The network from which a visitor holds the time.
    pub(crate) from: Option<String>,
}

/// The holder of a hold.
#[derive(Clone, Copy)]
pub(crate) enum Whose<'w> {
    /// The person with this id.
    Person(Id),
    /// Anyone who has the token with this digest.
    Token(&'w [u8]),
}

/// A filter for a person's bookings. By default it matches all of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct BookingFilter {
    /// If set, only bookings of this service match.
    pub service: Option<Id>,
    /// If set, only bookings with this status match.
    pub status: Option<Status>,
}

/// A booking with a new price.
#[derive(Debug, Clone)]
pub struct Repricing {
    /// The booking with its new price.
    pub booking: Booking,
    /// The total before the change, in cents.
    pub from: Cents,
}
