//! What it costs not to come (C1). The policy that stood when a booking was made is kept with it.

use catalogue::Catalogue;
use jiff::{SignedDuration, Timestamp};
use kit::Cents;
use kit::amounts::half_up;
use membership::Entitlements;
use serde::{Deserialize, Serialize};

use crate::settings::{FREE_MEMBER, FREE_OTHERS, HALF, LAPSE_FEE, REGRET};

/// The steps, as they stood at booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Free until so many hours before the start.
    pub free_hours: i64,
    /// Then half, until so many hours before the start; then all.
    pub half_hours: i64,
    /// Free for so many minutes after booking, if the start is further away than the hours of half.
    pub regret_minutes: i64,
    /// What an Unlimited member's second lapse costs, in cents (C2).
    #[serde(default)]
    pub lapse_cents: i64,
}

/// What it means not to come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leaving {
    /// What stays due.
    pub fee: Cents,
    /// Whether it is late: a credit is forfeited (C2).
    pub late: bool,
    /// Whether it counts against an Unlimited member (C2).
    pub lapse: bool,
}

impl Policy {
    /// For members: free until 24 h before.
    pub const MEMBER: Policy =
        Policy { free_hours: 24, half_hours: 12, regret_minutes: 60, lapse_cents: 5_000 };
    /// For others: free until 48 h before.
    pub const OTHERS: Policy =
        Policy { free_hours: 48, half_hours: 12, regret_minutes: 60, lapse_cents: 5_000 };

    /// The club's policy for a person with this plan.
    pub fn of(catalogue: &Catalogue, entitlements: &Entitlements) -> Policy {
        let free = if entitlements.plan().is_some() { FREE_MEMBER } else { FREE_OTHERS };
        Policy {
            free_hours: catalogue.setting(free),
            half_hours: catalogue.setting(HALF),
            regret_minutes: catalogue.setting(REGRET),
            lapse_cents: catalogue.setting(LAPSE_FEE),
        }
    }

    /// What half of a price is.
    pub fn half(self, price: Cents) -> Cents {
        Cents(half_up(i128::from(price.0), 2))
    }

    /// Whether cancelling at `now` costs nothing. Elapsed hours count, not the clock's.
    pub fn is_free(self, booked_at: Timestamp, starts_at: Timestamp, now: Timestamp) -> bool {
        let left = starts_at.duration_since(now);
        let regrets = now.duration_since(booked_at) <= SignedDuration::from_mins(self.regret_minutes)
            && left > SignedDuration::from_hours(self.half_hours);
        regrets || left >= SignedDuration::from_hours(self.free_hours)
    }

    /// What cancelling at `now` costs of `price` (service and add-ons before tax).
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
