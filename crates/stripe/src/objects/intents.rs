//! What PaymentIntents and SetupIntents share.

use serde::Deserialize;

use super::shared::optional_id;
use crate::error::{DeclineReason, decline};

/// What the payer has to do before an intent can continue. It has no `Debug`, because its address is for the payer only.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct NextAction {
    /// The kind of action, such as `redirect_to_url`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Where to send the payer.
    #[serde(default)]
    pub redirect_to_url: Option<RedirectToUrl>,
}

impl NextAction {
    /// Returns the page of the bank to which the payer has to be sent.
    pub fn redirect_url(&self) -> Option<&str> {
        self.redirect_to_url.as_ref()?.url.as_deref()
    }
}

/// Where the payer authenticates, and where they come back.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct RedirectToUrl {
    /// The page of the bank.
    #[serde(default)]
    pub url: Option<String>,
    /// Where the bank sends the payer afterward.
    #[serde(default)]
    pub return_url: Option<String>,
}

/// Why the last try of an intent failed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IntentError {
    /// The kind of error, such as `card_error`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Stripe's error code.
    #[serde(default)]
    pub code: Option<String>,
    /// The bank's reason.
    #[serde(default)]
    pub decline_code: Option<String>,
    /// An explanation.
    #[serde(default)]
    pub message: Option<String>,
    /// The Stripe charge that failed.
    #[serde(default, deserialize_with = "optional_id")]
    pub charge: Option<String>,
    /// The payment method that was tried.
    #[serde(default, deserialize_with = "optional_id")]
    pub payment_method: Option<String>,
}

impl IntentError {
    /// Returns why the card was declined.
    pub fn decline(&self) -> Option<DeclineReason> {
        decline(self.code.as_deref(), self.decline_code.as_deref())
    }
}
