//! A typed client for the part of Stripe's API that a business needs to take card payments: customers, payment methods,
//! PaymentIntents, SetupIntents, hosted Checkout Sessions, Stripe charges, refunds, disputes, events, the balance,
//! balance transactions, and payouts. It knows nothing of the business itself.
//!
//! - *Every write carries an [`AttemptKey`].* The same attempt always has the same key and the same parameters, so it is
//!   carried out once, however often it is sent.
//! - *An [`Outcome`] separates what failed from what is not known.* [`StripeError::Failed`] means that Stripe refused:
//!   nothing was carried out. [`StripeError::Unknown`] means that the same request may have been carried out: send it
//!   again with the same key, or look it up by its metadata.
//! - *Fields and values that this client does not know are never an error.* Enumerations have a variant `Other`.
//! - *No type that holds a secret implements `Debug`.*
//!
//! Amounts are in the minor unit of their currency (cents). Times are seconds since 1970 in UTC, as Stripe sends them.

mod client;
mod error;
mod form;
mod listing;
mod objects;
mod webhook;

pub use client::{API_VERSION, AttemptKey, CallLimits, StripeClient, StripeConfig};
pub use error::{
    DeclineReason, IntentReference, Outcome, Rejection, RejectionKind, StripeError, UnknownCause,
};
pub use form::{BadKey, encode};
pub use listing::{CreatedRange, Listing};
pub use objects::*;
pub use webhook::{BadSignature, TOLERANCE_SECONDS, WebhookSecrets};
