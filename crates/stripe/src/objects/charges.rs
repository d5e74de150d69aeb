//! Stripe charges: one movement of money from a card, successful or not.

use serde::{Deserialize, Serialize};

use super::balance::BalanceTransaction;
use super::payment_methods::PaymentMethodDetails;
use super::search::MetadataSearch;
use super::shared::{Expand, Expandable, Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// Stripe's object `charge`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StripeCharge {
    /// The id (`ch_…` or `py_…`).
    pub id: String,
    /// The amount in the minor unit.
    pub amount: i64,
    /// How much of the amount was captured.
    #[serde(default)]
    pub amount_captured: i64,
    /// How much of the amount was refunded.
    #[serde(default)]
    pub amount_refunded: i64,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: String,
    /// Whether the money was taken.
    #[serde(default)]
    pub status: StripeChargeStatus,
    /// Whether the charge succeeded.
    #[serde(default)]
    pub paid: bool,
    /// Whether the whole amount was refunded.
    #[serde(default)]
    pub refunded: bool,
    /// Whether the amount was captured.
    #[serde(default)]
    pub captured: bool,
    /// Whether the payer disputed it.
    #[serde(default)]
    pub disputed: bool,
    /// The change of the balance. It may be null for a while.
    #[serde(default)]
    pub balance_transaction: Option<Expandable<BalanceTransaction>>,
    /// The PaymentIntent that made the charge.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_intent: Option<String>,
    /// The payment method.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_method: Option<String>,
    /// What was paid with.
    #[serde(default)]
    pub payment_method_details: Option<PaymentMethodDetails>,
    /// The customer.
    #[serde(default, deserialize_with = "optional_id")]
    pub customer: Option<String>,
    /// Stripe's error code, if the charge failed.
    #[serde(default)]
    pub failure_code: Option<String>,
    /// An explanation, if the charge failed.
    #[serde(default)]
    pub failure_message: Option<String>,
    /// What the bank and Stripe decided.
    #[serde(default)]
    pub outcome: Option<ChargeOutcome>,
    /// A description.
    #[serde(default)]
    pub description: Option<String>,
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

/// What the bank and Stripe decided about a charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ChargeOutcome {
    /// What the network answered, such as `approved_by_network`.
    #[serde(default)]
    pub network_status: Option<String>,
    /// The reason, in more detail than the code of the error.
    #[serde(default)]
    pub reason: Option<String>,
    /// Stripe's estimate of the risk.
    #[serde(default)]
    pub risk_level: Option<String>,
    /// The kind of outcome, such as `authorized`.
    #[serde(rename = "type", default)]
    pub kind: String,
}

open_enum! {
    /// Whether the money of a Stripe charge was taken.
    StripeChargeStatus { Failed = "failed", Pending = "pending", Succeeded = "succeeded" }
}

listed!(StripeCharge);

/// Which Stripe charges to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StripeChargeFilter {
    /// Those of this customer.
    pub customer: Option<String>,
    /// Those of this PaymentIntent.
    pub payment_intent: Option<String>,
    /// Those made in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Returns a Stripe charge with its balance transaction.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn stripe_charge(&self, id: &str) -> Outcome<StripeCharge> {
        self.get(&object_path("charges", id, "")?, &Expand { expand: &["balance_transaction"] }).await
    }

    /// Lists Stripe charges.
    pub fn stripe_charges(&self, filter: &StripeChargeFilter) -> Listing<StripeCharge> {
        Listing::new(self, "/v1/charges", filter)
    }

    /// Searches Stripe charges.
    pub fn search_stripe_charges(&self, search: &MetadataSearch) -> Listing<StripeCharge> {
        Listing::new(self, "/v1/charges/search", search)
    }
}
