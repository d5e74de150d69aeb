//! Refunds.

use serde::{Deserialize, Serialize};

use super::balance::BalanceTransaction;
use super::shared::{Expand, Expandable, Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A refund. A refund that succeeded can still fail later.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StripeRefund {
    /// The id (`re_…`).
    pub id: String,
    /// The amount in the minor unit.
    pub amount: i64,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: String,
    /// How far it is.
    #[serde(default)]
    pub status: Option<StripeRefundStatus>,
    /// Why it was made.
    #[serde(default)]
    pub reason: Option<StripeRefundReason>,
    /// Why it failed.
    #[serde(default)]
    pub failure_reason: Option<String>,
    /// The Stripe charge that it refunds.
    #[serde(default, deserialize_with = "optional_id")]
    pub charge: Option<String>,
    /// The PaymentIntent that it refunds.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_intent: Option<String>,
    /// The change of the balance.
    #[serde(default)]
    pub balance_transaction: Option<Expandable<BalanceTransaction>>,
    /// The change that gave the amount back, if the refund failed.
    #[serde(default)]
    pub failure_balance_transaction: Option<Expandable<BalanceTransaction>>,
    /// When it was made, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// The caller's texts.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

open_enum! {
    /// How far a refund is.
    StripeRefundStatus {
        Canceled = "canceled",
        Failed = "failed",
        Pending = "pending",
        RequiresAction = "requires_action",
        Succeeded = "succeeded",
    }
}

open_enum! {
    /// Why a refund was made.
    StripeRefundReason {
        Duplicate = "duplicate",
        ExpiredUncapturedCharge = "expired_uncaptured_charge",
        Fraudulent = "fraudulent",
        RequestedByCustomer = "requested_by_customer",
    }
}

listed!(StripeRefund);

/// A refund to make. It names a PaymentIntent or a Stripe charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NewRefund {
    /// The PaymentIntent to refund.
    pub payment_intent: Option<String>,
    /// The Stripe charge to refund.
    pub charge: Option<String>,
    /// The amount in the minor unit; none for what is left.
    pub amount: Option<i64>,
    /// Why it is made.
    pub reason: Option<StripeRefundReason>,
    /// The caller's texts.
    pub metadata: Metadata,
}

#[derive(Serialize)]
struct WireRefund<'a> {
    #[serde(flatten)]
    refund: &'a NewRefund,
    expand: [&'static str; 1],
}

/// Which refunds to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StripeRefundFilter {
    /// Those of this Stripe charge.
    pub charge: Option<String>,
    /// Those of this PaymentIntent.
    pub payment_intent: Option<String>,
    /// Those made in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Makes a refund.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn create_refund(&self, key: &AttemptKey, refund: &NewRefund) -> Outcome<StripeRefund> {
        let wire = WireRefund { refund, expand: ["balance_transaction"] };
        self.post(key, "/v1/refunds", &wire).await
    }

    /// Returns a refund with its balance transactions.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn refund(&self, id: &str) -> Outcome<StripeRefund> {
        let expand = Expand { expand: &["balance_transaction", "failure_balance_transaction"] };
        self.get(&object_path("refunds", id, "")?, &expand).await
    }

    /// Lists refunds. Stripe offers no search for them.
    pub fn refunds(&self, filter: &StripeRefundFilter) -> Listing<StripeRefund> {
        Listing::new(self, "/v1/refunds", filter)
    }
}
