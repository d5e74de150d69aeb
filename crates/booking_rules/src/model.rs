//! A booking: its fields, its states and their transitions, and the cost of canceling or missing it.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Cents, Id};
use people::SubjectKind;
use serde::{Deserialize, Serialize};

use crate::pricing::policy::{CancellationTerms, Policy};
use crate::pricing::price::{Coverage, PriceBasis, Quote};
use crate::request::Extras;

/// The state of a booking. Its state machine is defined only here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The time is held for some minutes and not yet booked.
    Held,
    /// The booking waits for a payment.
    Pending,
    /// The booking is confirmed.
    Confirmed,
    /// The guest has arrived.
    CheckedIn,
    /// The guest is being served.
    InProgress,
    /// The visit took place and is over.
    Completed,
    /// The booking was canceled.
    Cancelled,
    /// The guest did not come.
    NoShow,
    /// The hold expired before it was booked or released.
    Expired,
}

impl Status {
    const ALL: [Status; 9] = [
        Status::Held,
        Status::Pending,
        Status::Confirmed,
        Status::CheckedIn,
        Status::InProgress,
        Status::Completed,
        Status::Cancelled,
        Status::NoShow,
        Status::Expired,
    ];

    /// Returns the name of the status as it is stored in the database and shown in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Held => "held",
            Status::Pending => "pending",
            Status::Confirmed => "confirmed",
            Status::CheckedIn => "checked_in",
            Status::InProgress => "in_progress",
            Status::Completed => "completed",
            Status::Cancelled => "cancelled",
            Status::NoShow => "no_show",
            Status::Expired => "expired",
        }
    }

    /// Parses a name that [`Status::as_str`] returned.
    pub fn read(text: String) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Returns whether a booking may change from this status to `next`.
    pub fn may_become(self, next: Status) -> bool {
        use Status::*;
        match self {
            Held => matches!(next, Pending | Confirmed | Expired),
            Pending => matches!(next, Confirmed | Cancelled | Expired),
            Confirmed => matches!(next, CheckedIn | Cancelled | NoShow),
            CheckedIn => matches!(next, InProgress | Completed | Cancelled),
            InProgress => matches!(next, Completed),
            Completed | Cancelled | NoShow | Expired => false,
        }
    }

    /// Returns whether undoing a front desk step may change a booking from this status back to `earlier` (D4).
    pub fn may_return(self, earlier: Status) -> bool {
        use Status::*;
        match self {
            CheckedIn | NoShow => earlier == Confirmed,
            InProgress => earlier == CheckedIn,
            Completed => matches!(earlier, InProgress | CheckedIn),
            Held | Pending | Confirmed | Cancelled | Expired => false,
        }
    }
}

kit::column_as!(Status, String, Status::read, |status| status.as_str().to_owned());

/// The subject kind of bookings in the `money` crate.
pub const SUBJECT: SubjectKind = SubjectKind::Booking;

/// A booking or a hold.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The id of the booking.
    pub id: Id,
    /// The reference, such as `CS-2026-000017`. A hold has none.
    pub reference: Option<String>,
    /// The person who owns the booking.
    pub person: Option<Id>,
    /// The id of the booked service.
    pub service: Id,
    /// The id of the room in which the service takes place.
    pub room: Id,
    /// The operating day to which the start belongs.
    pub day: Date,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// When the guest's time ends.
    pub ends_at: Timestamp,
    /// The status of the booking.
    pub status: Status,
    /// When the booking was made or, for a hold, when the time was held.
    pub created_at: Timestamp,
    /// The people for whom the booking is.
    pub party: BookedParty,
    /// The price and what was sold for it.
    pub price: BookedPrice,
    /// How long the time is held.
    pub hold: HoldState,
    /// The bookings with which this one was made.
    pub group: BookingGroup,
    /// How often the booking was rescheduled.
    pub moves: Moves,
    /// What canceling costs or has cost.
    pub cancellation: CancellationState,
}

/// The people for whom a booking is, and what they ask for.
#[derive(Debug, Clone, Default)]
pub struct BookedParty {
    /// The number of people.
    pub people: i64,
    /// The name of the guest, if the booking is for someone else.
    pub guest_name: Option<String>,
    /// The email address of that guest.
    pub guest_email: Option<String>,
    /// The companion, if the club knows the person.
    pub companion: Option<Id>,
    /// The name of the companion.
    pub companion_name: Option<String>,
    /// The special requests of the guest.
    pub special_requests: Option<String>,
}

impl BookedParty {
    /// Returns the same people with the names, the email address, and the special requests of `extras`.
    pub fn with(self, extras: &Extras) -> BookedParty {
        BookedParty {
            guest_name: extras.guest_name.clone(),
            guest_email: extras.guest_email.clone(),
            companion_name: extras.companion_name.clone(),
            special_requests: extras.special_requests.clone(),
            ..self
        }
    }

    /// Returns the details of a request for the same people, without what a booking does not show.
    pub fn extras(&self) -> Extras {
        Extras {
            guest_name: self.guest_name.clone(),
            guest_email: self.guest_email.clone(),
            companion_name: self.companion_name.clone(),
            special_requests: self.special_requests.clone(),
            ..Extras::default()
        }
    }
}

/// The price of a booking.
#[derive(Debug, Clone)]
pub struct BookedPrice {
    /// The list price of the service plus the surcharges for the room and the time.
    pub base: Cents,
    /// The price of the add-ons.
    pub addons_total: Cents,
    /// The amount taken off by discounts, credits, and plans.
    pub discount: Cents,
    /// The tax on the net total, in cents (T1).
    pub tax: Cents,
    /// What was sold at which prices. Without it, the price cannot be calculated again.
    pub basis: Option<PriceBasis>,
}

impl BookedPrice {
    /// Returns the price of a quote for a price basis, with this tax.
    pub fn of(quote: &Quote, tax: Cents, basis: PriceBasis) -> BookedPrice {
        BookedPrice {
            base: quote.base(),
            addons_total: quote.addons(),
            discount: quote.discount(),
            tax,
            basis: Some(basis),
        }
    }

    /// Returns the amount due before tax.
    pub fn net(&self) -> Cents {
        self.base + self.addons_total - self.discount
    }

    /// Returns the amount due, including tax.
    pub fn total(&self) -> Cents {
        self.net() + self.tax
    }

    /// Returns the sold minutes, if it is known what was sold.
    pub fn minutes(&self) -> Option<i64> {
        self.basis.as_ref().map(|basis| basis.minutes)
    }

    /// Returns what pays for the booking instead of the guest.
    pub fn coverage(&self) -> Coverage {
        self.basis.as_ref().map_or(Coverage::None, |basis| basis.coverage)
    }
}

/// How long the time of a booking is held before it is booked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldState {
    /// When the hold expires.
    pub expires_at: Option<Timestamp>,
    /// Whether the hold was extended already (H3).
    pub extended: bool,
}

impl HoldState {
    /// Returns whether the hold has not expired at `now`.
    pub fn lasts(self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|until| until > now)
    }
}

/// The bookings with which a booking was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BookingGroup {
    /// The first booking of the visit to which the booking belongs (F10).
    pub visit: Option<Id>,
    /// The first booking of the series to which the booking belongs.
    pub series: Option<Id>,
}

/// How often a booking was rescheduled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moves {
    /// How many times the booking was rescheduled (C4).
    pub count: i64,
    /// When the booking began before it was rescheduled the last time.
    pub from: Option<Timestamp>,
}

/// What canceling a booking costs or, after it was canceled or missed, has cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancellationState {
    /// The cancellation policy as it was when the booking was made.
    pub policy: Policy,
    /// What rescheduling has frozen (C4).
    pub frozen: Frozen,
    /// Whether canceling is free because the club changed what was agreed (M5).
    pub is_free: bool,
    /// The fee that stays due after the booking was canceled or missed.
    pub fee: Option<Cents>,
}

impl CancellationState {
    /// Returns the state of a new booking under a policy.
    pub fn under(policy: Policy) -> CancellationState {
        CancellationState { policy, frozen: Frozen::default(), is_free: false, fee: None }
    }
}

/// The cost of canceling that is frozen when a booking is rescheduled inside a fee step. It applies if the booking is
/// canceled later (C4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frozen {
    /// The fee in cents that canceling cost at the time of the rescheduling.
    pub fee: Cents,
    /// Whether the rescheduling was late: a credit is forfeited and a lapse counts (C2).
    pub late: bool,
}

impl Booking {
    /// Returns the id of the first booking of the series or visit to which this one belongs, or its own id. Bookings
    /// that were made together have the same root.
    pub fn root(&self) -> Id {
        self.group.series.or(self.group.visit).unwrap_or(self.id)
    }

    /// Returns whether the booking can be canceled at `now`: until its end, regardless of the fee.
    pub fn can_cancel(&self, now: Timestamp) -> bool {
        self.status.may_become(Status::Cancelled) && now < self.ends_at
    }

    /// Returns whether the booking can be rescheduled at `now`: until its start, and if it was rescheduled fewer than
    /// `most` times.
    pub fn can_move(&self, now: Timestamp, most: i64) -> bool {
        matches!(self.status, Status::Pending | Status::Confirmed)
            && now < self.starts_at
            && self.moves.count < most
    }

    /// Returns whether the booking occupies its time: it is pending, confirmed, checked in, or in progress, or it is
    /// a hold that has not expired at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Pending | Status::Confirmed | Status::CheckedIn | Status::InProgress => true,
            Status::Held => self.hold.lasts(now),
            _ => false,
        }
    }

    /// Returns whether an Unlimited plan pays for the booking (C2).
    pub fn is_unlimited(&self) -> bool {
        self.price.coverage() == Coverage::Unlimited
    }

    /// Returns the consequences of canceling at `now` for a person with this many previous lapses (C1, C2, C4).
    pub fn leaving(&self, now: Timestamp, lapses: i64) -> CancellationTerms {
        if self.cancellation.is_free {
            return CancellationTerms::default();
        }
        let (booked_at, starts_at) = (self.created_at, self.starts_at);
        let late =
            self.cancellation.frozen.late || !self.cancellation.policy.is_free(booked_at, starts_at, now);
        let fee = self
            .cancellation
            .policy
            .fee(self.price.net(), booked_at, starts_at, now)
            .max(self.cancellation.frozen.fee);
        self.left(late, fee, lapses)
    }

    /// Returns the consequences of a no-show for a person with this many previous lapses (C1, C2).
    pub fn missed(&self, lapses: i64) -> CancellationTerms {
        self.left(true, self.price.net().max(self.cancellation.frozen.fee), lapses)
    }

    fn left(&self, late: bool, fee: Cents, lapses: i64) -> CancellationTerms {
        let lapse = late && self.is_unlimited();
        let besides =
            if lapse && lapses > 0 { Cents(self.cancellation.policy.lapse_cents) } else { Cents::ZERO };
        CancellationTerms { fee: fee + besides, late, lapse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_attendance_statuses_can_be_undone() {
        use Status::*;
        let mut found = Vec::new();
        for from in Status::ALL {
            found.extend(Status::ALL.into_iter().filter(|to| from.may_return(*to)).map(|to| (from, to)));
        }
        let allowed = [
            (CheckedIn, Confirmed),
            (InProgress, CheckedIn),
            (Completed, CheckedIn),
            (Completed, InProgress),
            (NoShow, Confirmed),
        ];
        assert_eq!(found, allowed);
        // A step that was undone can be done again.
        assert!(allowed.iter().all(|(from, to)| to.may_become(*from)));
    }

    #[test]
    fn a_final_status_allows_no_transition() {
        for ended in [Status::Completed, Status::Cancelled, Status::NoShow, Status::Expired] {
            assert!(Status::ALL.into_iter().all(|next| !ended.may_become(next)), "{ended:?}");
        }
        assert!(
            Status::ALL.into_iter().all(|status| Status::read(status.as_str().to_owned()) == Some(status))
        );
    }
}
