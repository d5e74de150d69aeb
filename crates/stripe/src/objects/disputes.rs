//! Disputes: a payer asks the bank for the money back.

use serde::{Deserialize, Serialize};

use super::balance::BalanceTransaction;
use super::shared::{Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StripeDispute {
    /// The id (`du_…` or `dp_…`).
    pub id: String,
    /// The disputed amount in the minor unit.
    pub amount: i64,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: String,
    /// How far it is.
    #[serde(default)]
    pub status: StripeDisputeStatus,
    /// The payer's reason.
    #[serde(default)]
    pub reason: StripeDisputeReason,
    /// The disputed Stripe charge.
    #[serde(default, deserialize_with = "optional_id")]
    pub charge: Option<String>,
    /// The PaymentIntent of the charge.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_intent: Option<String>,
    /// The changes of the balance: what was taken, and what was given back.
    #[serde(default, deserialize_with = "or_default")]
    pub balance_transactions: Vec<BalanceTransaction>,
    /// Until when evidence can be submitted.
    #[serde(default, deserialize_with = "or_default")]
    pub evidence_details: EvidenceDetails,
    /// Whether the charge can still be refunded.
    #[serde(default)]
    pub is_charge_refundable: bool,
    /// When it began, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// Whether it exists in live mode.
    #[serde(default)]
    pub livemode: bool,
    /// The caller's texts.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

/// Until when evidence can be submitted, and how much was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct EvidenceDetails {
    /// The last second, if there is one.
    #[serde(default)]
    pub due_by: Option<i64>,
    /// Whether evidence is stored.
    #[serde(default)]
    pub has_evidence: bool,
    /// Whether the last second has passed.
    #[serde(default)]
    pub past_due: bool,
    /// How many times evidence was submitted.
    #[serde(default)]
    pub submission_count: u32,
}

open_enum! {
    /// How far a dispute is.
    StripeDisputeStatus {
        Lost = "lost",
        NeedsResponse = "needs_response",
        Prevented = "prevented",
        UnderReview = "under_review",
        WarningClosed = "warning_closed",
        WarningNeedsResponse = "warning_needs_response",
        WarningUnderReview = "warning_under_review",
        Won = "won",
    }
}

open_enum! {
    /// Why a payer disputes a charge.
    StripeDisputeReason {
        CreditNotProcessed = "credit_not_processed",
        Duplicate = "duplicate",
        Fraudulent = "fraudulent",
        General = "general",
        ProductNotReceived = "product_not_received",
        ProductUnacceptable = "product_unacceptable",
        SubscriptionCanceled = "subscription_canceled",
        Unrecognized = "unrecognized",
    }
}

listed!(StripeDispute);

/// The evidence for a dispute, in the words of the business.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DisputeEvidence {
    /// What shows that the payer used the service.
    pub access_activity_log: Option<String>,
    /// The cancellation policy that the payer saw, and how it was shown.
    pub cancellation_policy_disclosure: Option<String>,
    /// The payer's email address.
    pub customer_email_address: Option<String>,
    /// The payer's name.
    pub customer_name: Option<String>,
    /// The network address of the purchase.
    pub customer_purchase_ip: Option<String>,
    /// What was sold.
    pub product_description: Option<String>,
    /// Why a refund was refused.
    pub refund_refusal_explanation: Option<String>,
    /// The refund policy that the payer saw, and how it was shown.
    pub refund_policy_disclosure: Option<String>,
    /// The day of the service.
    pub service_date: Option<String>,
    /// Everything else.
    pub uncategorized_text: Option<String>,
}

#[derive(Serialize)]
struct WireEvidence<'a> {
    evidence: &'a DisputeEvidence,
    submit: bool,
}

/// Which disputes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StripeDisputeFilter {
    /// Those of this Stripe charge.
    pub charge: Option<String>,
    /// Those of this PaymentIntent.
    pub payment_intent: Option<String>,
    /// Those that began in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Returns a dispute.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn dispute(&self, id: &str) -> Outcome<StripeDispute> {
        self.get(&object_path("disputes", id, "")?, &()).await
    }

    /// Stores evidence, and submits it to the bank if told to. After that, it cannot be changed.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn submit_evidence(
        &self,
        key: &AttemptKey,
        id: &str,
        evidence: &DisputeEvidence,
        submit: bool,
    ) -> Outcome<StripeDispute> {
        self.post(key, &object_path("disputes", id, "")?, &WireEvidence { evidence, submit }).await
    }

    /// Accepts that a dispute is lost.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn close_dispute(&self, key: &AttemptKey, id: &str) -> Outcome<StripeDispute> {
        self.post(key, &object_path("disputes", id, "close")?, &()).await
    }

    /// Lists disputes.
    pub fn disputes(&self, filter: &StripeDisputeFilter) -> Listing<StripeDispute> {
        Listing::new(self, "/v1/disputes", filter)
    }
}
