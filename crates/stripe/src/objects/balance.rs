//! The balance, and the transactions that change it.

use serde::{Deserialize, Serialize};

use super::shared::{listed, open_enum, optional_id, or_default};
use crate::client::{StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// What the account holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Balance {
    /// What can be paid out, by currency.
    #[serde(default, deserialize_with = "or_default")]
    pub available: Vec<BalanceAmount>,
    /// What cannot be paid out yet, by currency.
    #[serde(default, deserialize_with = "or_default")]
    pub pending: Vec<BalanceAmount>,
    /// Whether it is the balance of live mode.
    #[serde(default)]
    pub livemode: bool,
}

/// An amount in one currency. It may be below 0.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BalanceAmount {
    /// The amount in the minor unit.
    pub amount: i64,
    /// The currency, in lower case.
    pub currency: String,
}

/// One change of the balance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BalanceTransaction {
    /// The id (`txn_…`).
    pub id: String,
    /// The amount before the fee. It is below 0 if money leaves.
    pub amount: i64,
    /// What Stripe keeps.
    #[serde(default)]
    pub fee: i64,
    /// The amount less the fee.
    pub net: i64,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: String,
    /// The kind of change.
    #[serde(rename = "type", default)]
    pub kind: BalanceTransactionKind,
    /// How Stripe's own reports name it.
    #[serde(default)]
    pub reporting_category: String,
    /// What caused it: a Stripe charge, refund, dispute, or payout.
    #[serde(default, deserialize_with = "optional_id")]
    pub source: Option<String>,
    /// `available` or `pending`.
    #[serde(default)]
    pub status: String,
    /// When it happened, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// When its net amount can be paid out, in unix seconds.
    #[serde(default)]
    pub available_on: i64,
    /// A description.
    #[serde(default)]
    pub description: Option<String>,
    /// What the fee consists of.
    #[serde(default, deserialize_with = "or_default")]
    pub fee_details: Vec<FeeDetail>,
}

/// A part of a fee.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FeeDetail {
    /// The amount in the minor unit.
    pub amount: i64,
    /// The kind, such as `stripe_fee`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// A description.
    #[serde(default)]
    pub description: Option<String>,
}

open_enum! {
    /// Why the balance changed.
    BalanceTransactionKind {
        Adjustment = "adjustment",
        Charge = "charge",
        Contribution = "contribution",
        Payment = "payment",
        PaymentFailureRefund = "payment_failure_refund",
        PaymentRefund = "payment_refund",
        PaymentReversal = "payment_reversal",
        Payout = "payout",
        PayoutCancel = "payout_cancel",
        PayoutFailure = "payout_failure",
        Refund = "refund",
        RefundFailure = "refund_failure",
        ReserveHold = "reserve_hold",
        ReserveRelease = "reserve_release",
        ReserveTransaction = "reserve_transaction",
        StripeFee = "stripe_fee",
        Topup = "topup",
        TopupReversal = "topup_reversal",
    }
}

listed!(BalanceTransaction);

/// Which balance transactions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BalanceTransactionFilter {
    /// Those that were paid out by this payout.
    pub payout: Option<String>,
    /// Those that this object caused.
    pub source: Option<String>,
    /// Those of this kind.
    #[serde(rename = "type")]
    pub kind: Option<BalanceTransactionKind>,
    /// Those created in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Returns the balance.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn balance(&self) -> Outcome<Balance> {
        self.get("/v1/balance", &()).await
    }

    /// Returns a balance transaction.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn balance_transaction(&self, id: &str) -> Outcome<BalanceTransaction> {
        self.get(&object_path("balance_transactions", id, "")?, &()).await
    }

    /// Lists balance transactions.
    pub fn balance_transactions(&self, filter: &BalanceTransactionFilter) -> Listing<BalanceTransaction> {
        Listing::new(self, "/v1/balance_transactions", filter)
    }
}
