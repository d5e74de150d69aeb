//! The objects of Stripe's API, with the calls on each.

mod balance;
mod charges;
mod checkout;
mod customers;
mod disputes;
mod events;
mod intents;
mod payment_intents;
mod payment_methods;
mod payouts;
mod refunds;
mod search;
mod setup_intents;
mod shared;

pub use balance::{
    Balance, BalanceAmount, BalanceTransaction, BalanceTransactionFilter, BalanceTransactionKind, FeeDetail,
};
pub use charges::{ChargeOutcome, StripeCharge, StripeChargeFilter, StripeChargeStatus};
pub use checkout::{
    CheckoutMode, CheckoutPayment, CheckoutPaymentStatus, CheckoutSession, CheckoutSessionFilter,
    CheckoutSetup, CheckoutStatus, CustomerDetails, LineItem,
};
pub use customers::{Customer, CustomerFilter, CustomerParams, DeletedCustomer, InvoiceSettings};
pub use disputes::{
    DisputeEvidence, EvidenceDetails, StripeDispute, StripeDisputeFilter, StripeDisputeReason,
    StripeDisputeStatus,
};
pub use events::{BadEvent, StripeEvent, StripeEventData, StripeEventFilter, StripeObject};
pub use intents::{IntentError, NextAction, RedirectToUrl};
pub use payment_intents::{
    CancellationReason, ConfirmPayment, NewPaymentIntent, PaymentIntent, PaymentIntentFilter,
    PaymentIntentStatus,
};
pub use payment_methods::{CardChecks, CardDetails, PaymentMethodDetails, StripePaymentMethod};
pub use payouts::{Payout, PayoutFilter, PayoutStatus};
pub use refunds::{NewRefund, StripeRefund, StripeRefundFilter, StripeRefundReason, StripeRefundStatus};
pub use search::MetadataSearch;
pub use setup_intents::{ConfirmSetup, NewSetupIntent, SetupIntent, SetupIntentFilter, SetupIntentStatus};
pub(crate) use shared::open_enum;
pub use shared::{Expandable, Listed, Metadata};
