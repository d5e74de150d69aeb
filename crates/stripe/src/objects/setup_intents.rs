//! SetupIntents: one attempt to save a card for payments without the payer.

use serde::{Deserialize, Serialize};

use super::intents::{IntentError, NextAction};
use super::payment_intents::CancellationReason;
use super::shared::{Metadata, listed, open_enum, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A SetupIntent. It holds a client secret, and so has no `Debug`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct SetupIntent {
    /// The id (`seti_…`).
    pub id: String,
    /// How far it is.
    #[serde(default)]
    pub status: SetupIntentStatus,
    /// With it, the payer's browser continues.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What the payer has to do.
    #[serde(default)]
    pub next_action: Option<NextAction>,
    /// Why the last try failed.
    #[serde(default)]
    pub last_setup_error: Option<IntentError>,
    /// The customer.
    #[serde(default, deserialize_with = "optional_id")]
    pub customer: Option<String>,
    /// The card.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_method: Option<String>,
    /// How the card will be used: `off_session` or `on_session`.
    #[serde(default)]
    pub usage: String,
    /// Why it was canceled.
    #[serde(default)]
    pub cancellation_reason: Option<CancellationReason>,
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
    /// How far a SetupIntent is.
    SetupIntentStatus {
        Canceled = "canceled",
        Processing = "processing",
        RequiresAction = "requires_action",
        RequiresConfirmation = "requires_confirmation",
        RequiresPaymentMethod = "requires_payment_method",
        Succeeded = "succeeded",
    }
}

impl SetupIntent {
    /// Returns the page of the bank to which the payer has to be sent.
    pub fn redirect_url(&self) -> Option<&str> {
        self.next_action.as_ref()?.redirect_url()
    }
}

listed!(SetupIntent);

/// A card to save. With a payment method, it is confirmed in the same request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSetupIntent {
    /// The customer who saves the card.
    pub customer: String,
    /// The card.
    pub payment_method: Option<String>,
    /// Where the bank sends the payer after authentication.
    pub return_url: Option<String>,
    /// The caller's texts.
    pub metadata: Metadata,
}

#[derive(Serialize)]
struct WireSetup<'a> {
    customer: &'a str,
    payment_method: &'a Option<String>,
    confirm: Option<bool>,
    return_url: &'a Option<String>,
    usage: &'static str,
    metadata: &'a Metadata,
    payment_method_types: [&'static str; 1],
}

/// The confirmation of a SetupIntent with a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConfirmSetup {
    /// The card; none to use the one of the SetupIntent.
    pub payment_method: Option<String>,
    /// Where the bank sends the payer after authentication.
    pub return_url: Option<String>,
}

#[derive(Serialize)]
struct SetupCancellation<'a> {
    cancellation_reason: Option<&'a CancellationReason>,
}

/// Which SetupIntents to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SetupIntentFilter {
    /// Those of this customer.
    pub customer: Option<String>,
    /// Those created in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Creates a SetupIntent, and confirms it if it has a card.
    ///
    /// # Errors
    /// As [`crate::StripeError`]. A decline names the SetupIntent.
    pub async fn create_setup_intent(
        &self,
        key: &AttemptKey,
        setup: &NewSetupIntent,
    ) -> Outcome<SetupIntent> {
        let confirm = setup.payment_method.is_some();
        let wire = WireSetup {
            customer: &setup.customer,
            payment_method: &setup.payment_method,
            confirm: confirm.then_some(true),
            return_url: if confirm { &setup.return_url } else { &None },
            usage: "off_session",
            metadata: &setup.metadata,
            payment_method_types: ["card"],
        };
        self.post(key, "/v1/setup_intents", &wire).await
    }

    /// Confirms a SetupIntent.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn confirm_setup_intent(
        &self,
        key: &AttemptKey,
        id: &str,
        confirmation: &ConfirmSetup,
    ) -> Outcome<SetupIntent> {
        self.post(key, &object_path("setup_intents", id, "confirm")?, confirmation).await
    }

    /// Cancels a SetupIntent.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn cancel_setup_intent(
        &self,
        key: &AttemptKey,
        id: &str,
        reason: Option<&CancellationReason>,
    ) -> Outcome<SetupIntent> {
        let wire = SetupCancellation { cancellation_reason: reason };
        self.post(key, &object_path("setup_intents", id, "cancel")?, &wire).await
    }

    /// Returns a SetupIntent.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn setup_intent(&self, id: &str) -> Outcome<SetupIntent> {
        self.get(&object_path("setup_intents", id, "")?, &()).await
    }

    /// Lists SetupIntents. Stripe offers no search for them.
    pub fn setup_intents(&self, filter: &SetupIntentFilter) -> Listing<SetupIntent> {
        Listing::new(self, "/v1/setup_intents", filter)
    }
}
