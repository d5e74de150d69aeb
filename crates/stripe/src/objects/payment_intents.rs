//! PaymentIntents: one attempt to take an amount from a payer.

use serde::{Deserialize, Serialize};

use super::charges::StripeCharge;
use super::intents::{IntentError, NextAction};
use super::search::MetadataSearch;
use super::shared::{Expand, Expandable, Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A PaymentIntent. It holds a client secret, and so has no `Debug`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct PaymentIntent {
    /// The id (`pi_…`).
    pub id: String,
    /// The amount in the minor unit.
    pub amount: i64,
    /// How much was received.
    #[serde(default)]
    pub amount_received: i64,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: String,
    /// How far the payment is.
    #[serde(default)]
    pub status: PaymentIntentStatus,
    /// With it, the payer's browser continues the payment.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What the payer has to do.
    #[serde(default)]
    pub next_action: Option<NextAction>,
    /// Why the last try failed.
    #[serde(default)]
    pub last_payment_error: Option<IntentError>,
    /// The last Stripe charge.
    #[serde(default)]
    pub latest_charge: Option<Expandable<StripeCharge>>,
    /// The customer.
    #[serde(default, deserialize_with = "optional_id")]
    pub customer: Option<String>,
    /// The payment method.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_method: Option<String>,
    /// Why it was canceled.
    #[serde(default)]
    pub cancellation_reason: Option<CancellationReason>,
    /// When it was canceled, in unix seconds.
    #[serde(default)]
    pub canceled_at: Option<i64>,
    /// A description.
    #[serde(default)]
    pub description: Option<String>,
    /// When it was created, in unix seconds.
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
    /// How far a payment is.
    PaymentIntentStatus {
        Canceled = "canceled",
        Processing = "processing",
        RequiresAction = "requires_action",
        RequiresCapture = "requires_capture",
        RequiresConfirmation = "requires_confirmation",
        RequiresPaymentMethod = "requires_payment_method",
        Succeeded = "succeeded",
    }
}

open_enum! {
    /// Why an intent was canceled.
    CancellationReason {
        Abandoned = "abandoned",
        Duplicate = "duplicate",
        Expired = "expired",
        Fraudulent = "fraudulent",
        RequestedByCustomer = "requested_by_customer",
    }
}

impl PaymentIntent {
    /// Returns the page of the bank to which the payer has to be sent.
    pub fn redirect_url(&self) -> Option<&str> {
        self.next_action.as_ref()?.redirect_url()
    }
}

listed!(PaymentIntent);

/// A payment with a saved card. It is confirmed in the same request, and captured at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPaymentIntent {
    /// The amount in the minor unit.
    pub amount: i64,
    /// The currency, in lower case.
    pub currency: String,
    /// The customer who saved the card.
    pub customer: Option<String>,
    /// The card. Without one, the PaymentIntent waits for a confirmation.
    pub payment_method: Option<String>,
    /// Where the bank sends the payer after authentication. None if the payer is not present: a payment that needs
    /// authentication is declined then.
    pub return_url: Option<String>,
    /// A description for the account's own pages.
    pub description: Option<String>,
    /// The caller's texts.
    pub metadata: Metadata,
}

#[derive(Serialize)]
struct WirePayment<'a> {
    amount: i64,
    currency: &'a str,
    customer: &'a Option<String>,
    payment_method: &'a Option<String>,
    confirm: bool,
    off_session: Option<bool>,
    return_url: &'a Option<String>,
    description: &'a Option<String>,
    metadata: &'a Metadata,
    /// The default would answer before the balance transaction exists.
    capture_method: &'static str,
    payment_method_types: [&'static str; 1],
    expand: [&'static str; 1],
}

/// The confirmation of a PaymentIntent with a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfirmPayment {
    /// The card; none to use the one of the PaymentIntent.
    pub payment_method: Option<String>,
    /// Where the bank sends the payer after authentication. None if the payer is not present.
    pub return_url: Option<String>,
}

#[derive(Serialize)]
struct WireConfirmation<'a> {
    payment_method: &'a Option<String>,
    return_url: &'a Option<String>,
    off_session: Option<bool>,
    expand: [&'static str; 1],
}

#[derive(Serialize)]
struct PaymentCancellation<'a> {
    cancellation_reason: Option<&'a CancellationReason>,
    expand: [&'static str; 1],
}

/// Which PaymentIntents to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PaymentIntentFilter {
    /// Those of this customer.
    pub customer: Option<String>,
    /// Those created in this span.
    pub created: Option<CreatedRange>,
}

/// What every response contains with the PaymentIntent.
const EXPAND: [&str; 1] = ["latest_charge.balance_transaction"];

impl StripeClient {
    /// Creates a PaymentIntent, and confirms it if it has a card.
    ///
    /// # Errors
    /// As [`crate::StripeError`]. A decline names the PaymentIntent.
    pub async fn create_payment_intent(
        &self,
        key: &AttemptKey,
        payment: &NewPaymentIntent,
    ) -> Outcome<PaymentIntent> {
        let confirm = payment.payment_method.is_some();
        let wire = WirePayment {
            amount: payment.amount,
            currency: &payment.currency,
            customer: &payment.customer,
            payment_method: &payment.payment_method,
            confirm,
            off_session: (confirm && payment.return_url.is_none()).then_some(true),
            return_url: if confirm { &payment.return_url } else { &None },
            description: &payment.description,
            metadata: &payment.metadata,
            capture_method: "automatic",
            payment_method_types: ["card"],
            expand: EXPAND,
        };
        self.post(key, "/v1/payment_intents", &wire).await
    }

    /// Confirms a PaymentIntent.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn confirm_payment_intent(
        &self,
        key: &AttemptKey,
        id: &str,
        confirmation: &ConfirmPayment,
    ) -> Outcome<PaymentIntent> {
        let wire = WireConfirmation {
            payment_method: &confirmation.payment_method,
            return_url: &confirmation.return_url,
            off_session: confirmation.return_url.is_none().then_some(true),
            expand: EXPAND,
        };
        self.post(key, &object_path("payment_intents", id, "confirm")?, &wire).await
    }

    /// Cancels a PaymentIntent. One that succeeded, or that was canceled, refuses.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn cancel_payment_intent(
        &self,
        key: &AttemptKey,
        id: &str,
        reason: Option<&CancellationReason>,
    ) -> Outcome<PaymentIntent> {
        let wire = PaymentCancellation { cancellation_reason: reason, expand: EXPAND };
        self.post(key, &object_path("payment_intents", id, "cancel")?, &wire).await
    }

    /// Returns a PaymentIntent with its last Stripe charge and balance transaction.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn payment_intent(&self, id: &str) -> Outcome<PaymentIntent> {
        self.get(&object_path("payment_intents", id, "")?, &Expand { expand: &EXPAND }).await
    }

    /// Lists PaymentIntents.
    pub fn payment_intents(&self, filter: &PaymentIntentFilter) -> Listing<PaymentIntent> {
        Listing::new(self, "/v1/payment_intents", filter)
    }

    /// Searches PaymentIntents.
    pub fn search_payment_intents(&self, search: &MetadataSearch) -> Listing<PaymentIntent> {
        Listing::new(self, "/v1/payment_intents/search", search)
    }
}
