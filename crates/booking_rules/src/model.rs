//! A booking: its fields, its states and their transitions, and what leaving it costs.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Cents, Id};

use crate::pricing::policy::{Leaving, Policy};
use crate::pricing::price::{Coverage, PriceBasis};

/// Where a booking stands. The machine is here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Held for a while.
    Held,
    /// Waiting for a payment.
    Pending,
    /// The time is the guest's.
    Confirmed,
    /// The guest is here.
    CheckedIn,
    /// Being served.
    InProgress,
    /// The visit took place and is over.
    Completed,
    /// Given back.
    Cancelled,
    /// The guest did not come.
    NoShow,
    /// A hold that ran out.
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

    /// As it stands in the tables and in the API.
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

    /// Reads what [`Status::as_str`] wrote.
    pub fn read(text: String) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether a booking may go from here to there.
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

    /// Whether undoing a step of the day leads from here back to there (D4).
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

kit::column_as!(Status, String, Status::read);

/// How money knows a booking.
pub const SUBJECT: &str = "booking";

/// A booking.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Its id.
    pub id: Id,
    /// `CS-2026-000017`; a hold has none.
    pub reference: Option<String>,
    /// Whose account.
    pub person: Option<Id>,
    /// The service that was booked.
    pub service: Id,
    /// The room that it takes place in.
    pub room: Id,
    /// For how many.
    pub party: i64,
    /// The operating day.
    pub day: Date,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// The service with its factors.
    pub base: Cents,
    /// The add-ons.
    pub addons_total: Cents,
    /// What was taken off.
    pub discount: Cents,
    /// The tax.
    pub tax: Cents,
    /// What it costs not to come.
    pub policy: Policy,
    /// For somebody else.
    pub guest_name: Option<String>,
    /// How they are written to.
    pub guest_email: Option<String>,
    /// What the guest asks for.
    pub special_requests: Option<String>,
    /// Who comes along, if the club knows them.
    pub companion: Option<Id>,
    /// Who comes along, by name.
    pub companion_name: Option<String>,
    /// When it was made; of a hold, when it was held.
    pub created_at: Timestamp,
    /// Until when a hold lasts.
    pub expires_at: Option<Timestamp>,
    /// Whether that was put off already (H3).
    pub extended: bool,
    /// What was sold at which prices: without it the price can't be made anew.
    pub basis: Option<PriceBasis>,
    /// The first booking of the visit that it belongs to (F10).
    pub visit: Option<Id>,
    /// The first booking of the series that it belongs to.
    pub series: Option<Id>,
    /// How often it was moved (C4).
    pub moves: i64,
    /// When it began before it was moved last.
    pub moved_from: Option<Timestamp>,
    /// What moving has frozen (C4).
    pub frozen: Frozen,
    /// Whether cancelling costs nothing, because the club changed what was agreed (M5).
    pub free_to_cancel: bool,
    /// What stays due of it after it was cancelled or missed.
    pub fee: Option<Cents>,
}

/// What a move inside a fee step has frozen: it counts if the booking is cancelled later (C4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frozen {
    /// The fee.
    pub fee: Cents,
    /// Whether it was late: a credit is forfeited, a lapse counts (C2).
    pub late: bool,
}

impl Booking {
    /// The first booking of the series or visit that it belongs to, or itself: bookings that were made together have the
    /// same one.
    pub fn root(&self) -> Id {
        self.series.or(self.visit).unwrap_or(self.id)
    }

    /// What is due before tax.
    pub fn net(&self) -> Cents {
        self.base + self.addons_total - self.discount
    }

    /// What is due.
    pub fn total(&self) -> Cents {
        self.net() + self.tax
    }

    /// Whether it can be cancelled at `now`: by a person until it ends, whatever it costs.
    pub fn can_cancel(&self, now: Timestamp) -> bool {
        self.status.may_become(Status::Cancelled) && now < self.ends_at
    }

    /// Whether it can be moved at `now` by whoever may move so often: until it begins.
    pub fn can_move(&self, now: Timestamp, most: i64) -> bool {
        matches!(self.status, Status::Pending | Status::Confirmed)
            && now < self.starts_at
            && self.moves < most
    }

    /// Whether it takes up its time: a booking that has not ended, or a hold that lasts at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Pending | Status::Confirmed | Status::CheckedIn | Status::InProgress => true,
            Status::Held => self.expires_at.is_some_and(|until| until > now),
            _ => false,
        }
    }

    /// Whether a plan without limit has paid for it (C2).
    pub fn is_unlimited(&self) -> bool {
        self.basis.as_ref().is_some_and(|basis| basis.coverage == Coverage::Unlimited)
    }

    /// What cancelling at `now` means for who has lapsed so often before (C1, C2, C4).
    pub fn leaving(&self, now: Timestamp, lapses: i64) -> Leaving {
        if self.free_to_cancel {
            return Leaving::default();
        }
        let (booked_at, starts_at) = (self.created_at, self.starts_at);
        let late = self.frozen.late || !self.policy.is_free(booked_at, starts_at, now);
        let fee = self.policy.fee(self.net(), booked_at, starts_at, now).max(self.frozen.fee);
        self.left(late, fee, lapses)
    }

    /// What not coming means (C1, C2).
    pub fn missed(&self, lapses: i64) -> Leaving {
        self.left(true, self.net().max(self.frozen.fee), lapses)
    }

    fn left(&self, late: bool, fee: Cents, lapses: i64) -> Leaving {
        let lapse = late && self.is_unlimited();
        let besides = if lapse && lapses > 0 { Cents(self.policy.lapse_cents) } else { Cents::ZERO };
        Leaving { fee: fee + besides, late, lapse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_of_the_day_is_undone_and_only_by_one() {
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
        // What is undone can be done again.
        assert!(allowed.iter().all(|(from, to)| to.may_become(*from)));
    }

    #[test]
    fn nothing_leaves_an_ended_state() {
        for ended in [Status::Completed, Status::Cancelled, Status::NoShow, Status::Expired] {
            assert!(Status::ALL.into_iter().all(|next| !ended.may_become(next)), "{ended:?}");
        }
        assert!(
            Status::ALL.into_iter().all(|status| Status::read(status.as_str().to_owned()) == Some(status))
        );
    }
}
