//! Hosted Checkout Sessions: pages of Stripe on which a payer types a card.

use serde::{Deserialize, Serialize};

use super::payment_intents::PaymentIntent;
use super::setup_intents::SetupIntent;
use super::shared::{Expand, Expandable, Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A Checkout Session. Whoever knows its address can pay, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct CheckoutSession {
    /// The id (`cs_…`).
    pub id: String,
    /// Whether it takes a payment or saves a card.
    #[serde(default)]
    pub mode: CheckoutMode,
    /// Whether the payer can still use it.
    #[serde(default)]
    pub status: Option<CheckoutStatus>,
    /// Whether the money was taken.
    #[serde(default)]
    pub payment_status: CheckoutPaymentStatus,
    /// The page for the payer, while the session is open.
    #[serde(default)]
    pub url: Option<String>,
    /// The amount in the minor unit.
    #[serde(default)]
    pub amount_total: Option<i64>,
    /// The currency, in lower case.
    #[serde(default)]
    pub currency: Option<String>,
    /// The PaymentIntent, from the payer's first try.
    #[serde(default)]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// The SetupIntent.
    #[serde(default)]
    pub setup_intent: Option<Expandable<SetupIntent>>,
    /// The customer.
    #[serde(default, deserialize_with = "optional_id")]
    pub customer: Option<String>,
    /// What the payer typed about themselves.
    #[serde(default)]
    pub customer_details: Option<CustomerDetails>,
    /// The caller's reference.
    #[serde(default)]
    pub client_reference_id: Option<String>,
    /// When the session ends, in unix seconds.
    #[serde(default)]
    pub expires_at: i64,
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

/// What a payer typed about themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CustomerDetails {
    /// The email address.
    #[serde(default)]
    pub email: Option<String>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The phone number.
    #[serde(default)]
    pub phone: Option<String>,
}

open_enum! {
    /// What a Checkout Session does.
    CheckoutMode { Payment = "payment", Setup = "setup", Subscription = "subscription" }
}

open_enum! {
    /// Whether a Checkout Session can still be used.
    CheckoutStatus { Complete = "complete", Expired = "expired", Open = "open" }
}

open_enum! {
    /// Whether the money of a Checkout Session was taken.
    CheckoutPaymentStatus { NoPaymentRequired = "no_payment_required", Paid = "paid", Unpaid = "unpaid" }
}

listed!(CheckoutSession);

/// One line of what the payer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineItem {
    /// What is paid for.
    pub name: String,
    /// The amount in the minor unit.
    pub amount: i64,
}

/// A Checkout Session that takes a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutPayment {
    /// What is paid for. At least one line.
    pub items: Vec<LineItem>,
    /// The currency, in lower case.
    pub currency: String,
    /// The customer. Without one, the payer types an email address.
    pub customer: Option<String>,
    /// The email address of a payer who is no customer.
    pub customer_email: Option<String>,
    /// Whether to save the card with the customer for payments without the payer.
    pub save_card: bool,
    /// Where the payer goes after paying. `{CHECKOUT_SESSION_ID}` in it becomes the id of the session.
    pub success_url: String,
    /// Where the payer goes without paying.
    pub cancel_url: String,
    /// When the session ends, in unix seconds: 30 minutes to 24 hours after its creation.
    pub expires_at: Option<i64>,
    /// The caller's reference.
    pub client_reference_id: Option<String>,
    /// A description for the account's own pages.
    pub description: Option<String>,
    /// The caller's texts, for the session and for its PaymentIntent.
    pub metadata: Metadata,
}

/// A Checkout Session that saves a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutSetup {
    /// The customer who saves the card.
    pub customer: String,
    /// The currency, in lower case.
    pub currency: String,
    /// Where the payer goes after saving.
    pub success_url: String,
    /// Where the payer goes without saving.
    pub cancel_url: String,
    /// When the session ends, in unix seconds.
    pub expires_at: Option<i64>,
    /// The caller's reference.
    pub client_reference_id: Option<String>,
    /// The caller's texts, for the session and for its SetupIntent.
    pub metadata: Metadata,
}

/// The parameters of both modes.
#[derive(Serialize)]
struct WireSession<'a> {
    mode: CheckoutMode,
    line_items: Vec<WireItem<'a>>,
    currency: Option<&'a str>,
    customer: Option<&'a str>,
    customer_email: &'a Option<String>,
    success_url: &'a str,
    cancel_url: &'a str,
    expires_at: Option<i64>,
    client_reference_id: &'a Option<String>,
    metadata: &'a Metadata,
    payment_method_types: Option<[&'static str; 1]>,
    payment_intent_data: Option<WireIntentData<'a>>,
    setup_intent_data: Option<WireSetupData<'a>>,
}

#[derive(Serialize)]
struct WireItem<'a> {
    price_data: WirePrice<'a>,
    quantity: u32,
}

#[derive(Serialize)]
struct WirePrice<'a> {
    currency: &'a str,
    unit_amount: i64,
    product_data: WireProduct<'a>,
}

#[derive(Serialize)]
struct WireProduct<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct WireIntentData<'a> {
    capture_method: &'static str,
    setup_future_usage: Option<&'static str>,
    description: &'a Option<String>,
    metadata: &'a Metadata,
}

#[derive(Serialize)]
struct WireSetupData<'a> {
    metadata: &'a Metadata,
}

impl CheckoutPayment {
    fn wire(&self) -> WireSession<'_> {
        WireSession {
            mode: CheckoutMode::Payment,
            line_items: self.items.iter().map(|item| item.wire(&self.currency)).collect(),
            currency: None,
            customer: self.customer.as_deref(),
            customer_email: &self.customer_email,
            success_url: &self.success_url,
            cancel_url: &self.cancel_url,
            expires_at: self.expires_at,
            client_reference_id: &self.client_reference_id,
            metadata: &self.metadata,
            payment_method_types: None,
            payment_intent_data: Some(WireIntentData {
                capture_method: "automatic",
                setup_future_usage: self.save_card.then_some("off_session"),
                description: &self.description,
                metadata: &self.metadata,
            }),
            setup_intent_data: None,
        }
    }
}

impl LineItem {
    fn wire<'a>(&'a self, currency: &'a str) -> WireItem<'a> {
        let product_data = WireProduct { name: &self.name };
        WireItem { price_data: WirePrice { currency, unit_amount: self.amount, product_data }, quantity: 1 }
    }
}

impl CheckoutSetup {
    fn wire(&self) -> WireSession<'_> {
        WireSession {
            mode: CheckoutMode::Setup,
            line_items: Vec::new(),
            currency: Some(&self.currency),
            customer: Some(&self.customer),
            customer_email: &None,
            success_url: &self.success_url,
            cancel_url: &self.cancel_url,
            expires_at: self.expires_at,
            client_reference_id: &self.client_reference_id,
            metadata: &self.metadata,
            payment_method_types: Some(["card"]),
            payment_intent_data: None,
            setup_intent_data: Some(WireSetupData { metadata: &self.metadata }),
        }
    }
}

/// Which Checkout Sessions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckoutSessionFilter {
    /// Those of this customer.
    pub customer: Option<String>,
    /// Those of this PaymentIntent.
    pub payment_intent: Option<String>,
    /// Those with this status.
    pub status: Option<CheckoutStatus>,
    /// Those created in this span.
    pub created: Option<CreatedRange>,
}

const EXPAND: Expand =
    Expand { expand: &["payment_intent.latest_charge.balance_transaction", "setup_intent"] };

impl StripeClient {
    /// Creates a Checkout Session that takes a payment.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn create_checkout_payment(
        &self,
        key: &AttemptKey,
        payment: &CheckoutPayment,
    ) -> Outcome<CheckoutSession> {
        self.post(key, "/v1/checkout/sessions", &payment.wire()).await
    }

    /// Creates a Checkout Session that saves a card.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn create_checkout_setup(
        &self,
        key: &AttemptKey,
        setup: &CheckoutSetup,
    ) -> Outcome<CheckoutSession> {
        self.post(key, "/v1/checkout/sessions", &setup.wire()).await
    }

    /// Returns a Checkout Session with its PaymentIntent or SetupIntent.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn checkout_session(&self, id: &str) -> Outcome<CheckoutSession> {
        self.get(&object_path("checkout/sessions", id, "")?, &EXPAND).await
    }

    /// Ends a Checkout Session that is open. One that is complete or has ended refuses.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn expire_checkout_session(&self, key: &AttemptKey, id: &str) -> Outcome<CheckoutSession> {
        self.post(key, &object_path("checkout/sessions", id, "expire")?, &EXPAND).await
    }

    /// Lists Checkout Sessions. Stripe offers no search for them.
    pub fn checkout_sessions(&self, filter: &CheckoutSessionFilter) -> Listing<CheckoutSession> {
        Listing::new(self, "/v1/checkout/sessions", filter)
    }
}
