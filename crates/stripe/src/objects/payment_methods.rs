//! Payment methods: cards that a customer saved.

use serde::{Deserialize, Serialize};

use super::shared::{Metadata, listed, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::Listing;

/// A payment method.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StripePaymentMethod {
    /// The id (`pm_…`).
    pub id: String,
    /// The kind, such as `card`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The card, if it is one.
    #[serde(default)]
    pub card: Option<CardDetails>,
    /// When the payment method was created, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// The customer who saved it.
    #[serde(default, deserialize_with = "optional_id")]
    pub customer: Option<String>,
    /// Whether it exists in live mode.
    #[serde(default)]
    pub livemode: bool,
    /// The caller's texts.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

/// What is known about a card. Its number never is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CardDetails {
    /// The brand, such as `visa`.
    #[serde(default)]
    pub brand: Option<String>,
    /// The last four digits of the number.
    #[serde(default)]
    pub last4: Option<String>,
    /// The month of expiry, 1 to 12.
    #[serde(default)]
    pub exp_month: Option<u8>,
    /// The year of expiry.
    #[serde(default)]
    pub exp_year: Option<u16>,
    /// `credit`, `debit`, `prepaid`, or `unknown`.
    #[serde(default)]
    pub funding: Option<String>,
    /// The country of the bank.
    #[serde(default)]
    pub country: Option<String>,
    /// A text that is the same for the same number.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// What the bank checked.
    #[serde(default)]
    pub checks: Option<CardChecks>,
}

/// What the bank checked of a card: `pass`, `fail`, `unavailable`, or `unchecked`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CardChecks {
    /// The CVC.
    #[serde(default)]
    pub cvc_check: Option<String>,
    /// The postal code.
    #[serde(default)]
    pub address_postal_code_check: Option<String>,
}

/// What a Stripe charge was paid with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PaymentMethodDetails {
    /// The kind, such as `card`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The card, if it is one.
    #[serde(default)]
    pub card: Option<CardDetails>,
}

listed!(StripePaymentMethod);

#[derive(Serialize)]
struct OfCustomer<'a> {
    customer: &'a str,
}

#[derive(Serialize)]
struct Cards {
    r#type: &'static str,
}

impl StripeClient {
    /// Returns a payment method.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn payment_method(&self, id: &str) -> Outcome<StripePaymentMethod> {
        self.get(&object_path("payment_methods", id, "")?, &()).await
    }

    /// Lists the cards that a customer saved.
    ///
    /// # Errors
    /// [`crate::StripeError::Failed`] if the text is no id.
    pub fn customer_cards(&self, customer: &str) -> Outcome<Listing<StripePaymentMethod>> {
        let path = object_path("customers", customer, "payment_methods")?;
        Ok(Listing::new(self, &path, &Cards { r#type: "card" }))
    }

    /// Saves a payment method with a customer. The bank may decline it.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn attach_payment_method(
        &self,
        key: &AttemptKey,
        id: &str,
        customer: &str,
    ) -> Outcome<StripePaymentMethod> {
        self.post(key, &object_path("payment_methods", id, "attach")?, &OfCustomer { customer }).await
    }

    /// Removes a payment method from its customer. It can never be used again.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn detach_payment_method(&self, key: &AttemptKey, id: &str) -> Outcome<StripePaymentMethod> {
        self.post(key, &object_path("payment_methods", id, "detach")?, &()).await
    }
}
