//! Payouts: what Stripe sends to the bank account.

use serde::{Deserialize, Serialize};

use super::shared::{Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A payout.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Payout {
    /// The id (`po_…`).
    pub id: String,
    /// The amount in the minor unit. It is below 0 if Stripe takes money from the bank account.
    pub amount: i64,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: String,
    /// How far the payout is.
    #[serde(default)]
    pub status: PayoutStatus,
    /// When the money arrives, in unix seconds.
    #[serde(default)]
    pub arrival_date: i64,
    /// Whether Stripe made it by schedule. Only the transactions of such a payout can be listed.
    #[serde(default)]
    pub automatic: bool,
    /// The transaction that took the amount from the balance.
    #[serde(default, deserialize_with = "optional_id")]
    pub balance_transaction: Option<String>,
    /// The transaction that gave the amount back, if the payout failed.
    #[serde(default, deserialize_with = "optional_id")]
    pub failure_balance_transaction: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub failure_code: Option<String>,
    /// When it was made, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// Whether it exists in live mode.
    #[serde(default)]
    pub livemode: bool,
    /// The caller's texts.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

open_enum! {
    /// How far a payout is.
    PayoutStatus {
        Canceled = "canceled",
        Failed = "failed",
        InTransit = "in_transit",
        Paid = "paid",
        Pending = "pending",
    }
}

listed!(Payout);

/// Which payouts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PayoutFilter {
    /// Those with this status.
    pub status: Option<PayoutStatus>,
    /// Those that arrive in this span.
    pub arrival_date: Option<CreatedRange>,
    /// Those made in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Returns a payout.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn payout(&self, id: &str) -> Outcome<Payout> {
        self.get(&object_path("payouts", id, "")?, &()).await
    }

    /// Lists payouts.
    pub fn payouts(&self, filter: &PayoutFilter) -> Listing<Payout> {
        Listing::new(self, "/v1/payouts", filter)
    }
}
