//! The cost of canceling or missing a booking (C1). The policy that applied when a booking was made is stored with
//! it.

use catalogue::Catalogue;
use jiff::{SignedDuration, Timestamp};
use kit::Cents;
use kit::amounts::half_up;
use membership::Entitlements;
use serde::{Deserialize, Serialize};

use crate::settings::{FREE_MEMBER, FREE_OTHERS, HALF, LAPSE_FEE, REGRET};

/// The steps of the cancellation fee, as they were when the booking was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The number of hours before the start until which canceling is free.
    pub free_hours: i64,
    /// The number of hours before the start until which canceling costs half. After that it costs the full price.
    pub half_hours: i64,
    /// The number of minutes after booking during which canceling is free, if more than `half_hours` remain until the
    /// start.
    pub regret_minutes: i64,
    /// The fee for each lapse of an Unlimited member after the first that still counts, in cents (C2).
    #[serde(default)]
    pub lapse_cents: i64,
}

kit::column_as!(Policy, String, |text| serde_json::from_str(&text).ok(), |policy| {
    serde_json::to_string(&policy).expect("numbers can always be written")
});

/// The consequences of canceling or missing a booking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CancellationTerms {
    /// The fee that stays due.
    pub fee: Cents,
    /// Whether the cancellation is late: a credit is forfeited (C2).
    pub late: bool,
    /// Whether it counts as a lapse of an Unlimited member (C2).
    pub lapse: bool,
}

impl Policy {
    /// The default policy for members: canceling is free until 24 hours before the start.
    pub const MEMBER: Policy =
        Policy { free_hours: 24, half_hours: 12, regret_minutes: 60, lapse_cents: 5_000 };
    /// The default policy for everyone else: canceling is free until 48 hours before the start.
    pub const OTHERS: Policy =
        Policy { free_hours: 48, half_hours: 12, regret_minutes: 60, lapse_cents: 5_000 };

    /// Returns the club's policy for a person with these entitlements.
    pub fn of(catalogue: &Catalogue, entitlements: &Entitlements) -> Policy {
        let free = if entitlements.plan().is_some() { FREE_MEMBER } else { FREE_OTHERS };
        Policy {
            free_hours: catalogue.setting(free),
            half_hours: catalogue.setting(HALF),
            regret_minutes: catalogue.setting(REGRET),
            lapse_cents: catalogue.setting(LAPSE_FEE),
        }
    }

    /// Returns half of a price, rounded half up.
    pub fn half(self, price: Cents) -> Cents {
        Cents(half_up(i128::from(price.0), 2))
    }

    /// Returns whether canceling at `now` is free. Elapsed hours count, not hours on the clock.
    pub fn is_free(self, booked_at: Timestamp, starts_at: Timestamp, now: Timestamp) -> bool {
        let left = starts_at.duration_since(now);
        let regrets = now.duration_since(booked_at) <= SignedDuration::from_mins(self.regret_minutes)
            && left > SignedDuration::from_hours(self.half_hours);
        regrets || left >= SignedDuration::from_hours(self.free_hours)
    }

    /// Returns the fee for canceling at `now`, where `price` is the price of the service and add-ons before tax.
    pub fn fee(self, price: Cents, booked_at: Timestamp, starts_at: Timestamp, now: Timestamp) -> Cents {
        if self.is_free(booked_at, starts_at, now) {
            Cents::ZERO
        } else if starts_at.duration_since(now) >= SignedDuration::from_hours(self.half_hours) {
            self.half(price)
        } else {
            price
        }
    }
}
