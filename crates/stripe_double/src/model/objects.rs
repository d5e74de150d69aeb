//! The objects that the double stores. `render` gives them the shape of the API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards::Card;

/// Texts of the caller by name.
pub(crate) type Pairs = BTreeMap<String, String>;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) default_method: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) is_deleted: bool,
}

/// A payment method.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Method {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) card: Card,
    pub(crate) customer: Option<String>,
    /// Whether the payer authenticated for later payments.
    pub(crate) is_set_up: bool,
    /// Whether it was detached. Then it can never be used again.
    pub(crate) is_detached: bool,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) metadata: Pairs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IntentState {
    #[default]
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

impl IntentState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            IntentState::RequiresPaymentMethod => "requires_payment_method",
            IntentState::RequiresConfirmation => "requires_confirmation",
            IntentState::RequiresAction => "requires_action",
            IntentState::Succeeded => "succeeded",
            IntentState::Canceled => "canceled",
        }
    }

    pub(crate) fn is_open(self) -> bool {
        !matches!(self, IntentState::Succeeded | IntentState::Canceled)
    }
}

/// Why a try failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decline {
    pub(crate) code: String,
    pub(crate) decline_code: Option<String>,
    pub(crate) message: String,
    pub(crate) charge: Option<String>,
    pub(crate) method: Option<String>,
}

/// What PaymentIntents and SetupIntents share.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) state: IntentState,
    pub(crate) secret: String,
    pub(crate) customer: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) return_url: Option<String>,
    pub(crate) error: Option<Decline>,
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) canceled_at: Option<i64>,
    /// The token of the bank's page, while the payer has to authenticate.
    pub(crate) challenge: Option<String>,
    /// The Checkout Session that the intent belongs to.
    pub(crate) session: Option<String>,
}

/// A PaymentIntent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) intent: Intent,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) capture_method: String,
    /// Whether the card is saved with the customer for payments without the payer.
    pub(crate) saves_card: bool,
    pub(crate) amount_received: i64,
    pub(crate) latest_charge: Option<String>,
}

/// A SetupIntent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) intent: Intent,
    pub(crate) usage: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionState {
    #[default]
    Open,
    Complete,
    Expired,
}

impl SessionState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            SessionState::Open => "open",
            SessionState::Complete => "complete",
            SessionState::Expired => "expired",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) amount: i64,
    pub(crate) quantity: i64,
}

/// A Checkout Session.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) is_setup: bool,
    pub(crate) state: SessionState,
    pub(crate) items: Vec<Item>,
    pub(crate) currency: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) payer_email: Option<String>,
    pub(crate) payer_name: Option<String>,
    pub(crate) payment: Option<String>,
    pub(crate) setup: Option<String>,
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) expires_at: i64,
    pub(crate) client_reference_id: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) saves_card: bool,
    pub(crate) capture_method: String,
    pub(crate) intent_description: Option<String>,
    pub(crate) intent_metadata: Pairs,
}

impl Session {
    pub(crate) fn amount(&self) -> i64 {
        self.items.iter().map(|item| item.amount.saturating_mul(item.quantity)).sum()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) amount_refunded: i64,
    pub(crate) currency: String,
    pub(crate) payment: String,
    pub(crate) method: String,
    pub(crate) card: Card,
    pub(crate) customer: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) failure: Option<Decline>,
    pub(crate) is_blocked: bool,
    pub(crate) is_disputed: bool,
    pub(crate) transaction: Option<String>,
    /// Until then, the balance transaction is null.
    pub(crate) transaction_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundState {
    Pending,
    Succeeded,
    Failed,
    Canceled,
}

impl RefundState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            RefundState::Pending => "pending",
            RefundState::Succeeded => "succeeded",
            RefundState::Failed => "failed",
            RefundState::Canceled => "canceled",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) state: RefundState,
    pub(crate) reason: Option<String>,
    pub(crate) charge: String,
    pub(crate) payment: String,
    pub(crate) transaction: String,
    pub(crate) failure_transaction: Option<String>,
    pub(crate) failure_reason: Option<String>,
    pub(crate) metadata: Pairs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeState {
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl DisputeState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            DisputeState::NeedsResponse => "needs_response",
            DisputeState::UnderReview => "under_review",
            DisputeState::Won => "won",
            DisputeState::Lost => "lost",
        }
    }

    pub(crate) fn is_closed(self) -> bool {
        matches!(self, DisputeState::Won | DisputeState::Lost)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) reason: String,
    pub(crate) state: DisputeState,
    pub(crate) charge: String,
    pub(crate) payment: String,
    pub(crate) transactions: Vec<String>,
    pub(crate) evidence: Pairs,
    pub(crate) submissions: u32,
    pub(crate) due_by: i64,
    pub(crate) metadata: Pairs,
}

/// A balance transaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: String,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) source: String,
    pub(crate) description: Option<String>,
    pub(crate) available_on: i64,
    /// The payout that paid it out.
    pub(crate) payout: Option<String>,
}

impl Transaction {
    pub(crate) fn net(&self) -> i64 {
        self.amount - self.fee
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payout {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: String,
    pub(crate) arrival_date: i64,
    pub(crate) transaction: String,
    pub(crate) failure_transaction: Option<String>,
    pub(crate) failure_code: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) kind: String,
    pub(crate) object: Value,
    pub(crate) previous: Option<Value>,
    pub(crate) api_version: String,
    /// The idempotency key of the request that caused it.
    pub(crate) key: Option<String>,
    pub(crate) is_delivered: bool,
}
