//! What stands beside a booking: its details, who holds it, and what is asked about it.

use booking_rules::{Booking, Leaving, Status};
use jiff::Timestamp;
use kit::Id;
use money::Line;
use serde::{Deserialize, Serialize};

/// A booking with what is kept beside it, for whoever it belongs to.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The booking.
    pub booking: Booking,
    /// Who serves: id and name.
    pub technicians: Vec<(Id, String)>,
    /// Why it costs what it costs.
    pub why: Vec<Line>,
    /// How the payment stands: `due`, `settled`, `void`.
    pub payment_status: &'static str,
    /// What cancelling now would mean.
    pub leaving: Leaving,
    /// Whether it can be moved now.
    pub can_move: bool,
}

/// How a time is held.
pub(crate) struct Hold {
    /// Until when.
    pub(crate) until: Timestamp,
    /// The digest of the token by which a visitor knows it.
    pub(crate) token: Option<Vec<u8>>,
    /// From which network a visitor holds it.
    pub(crate) from: Option<String>,
}

/// Whose a hold is.
#[derive(Clone, Copy)]
pub(crate) enum Whose<'w> {
    /// Of an account.
    Person(Id),
    /// Of who knows the token of this digest.
    Token(&'w [u8]),
}

/// Which of one's bookings are asked for; all, if nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Only {
    /// Those of a service.
    pub service: Option<Id>,
    /// Those that stand there.
    pub status: Option<Status>,
}

/// Somebody is to be told that a booking costs something else now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Repriced {
    /// The booking whose price changed.
    pub booking: Id,
    /// What it cost before, in cents.
    pub from: i64,
    /// Whether it costs what was agreed again.
    pub restored: bool,
}
