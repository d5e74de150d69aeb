//! The outcomes of a call: what Stripe refused, and what is not known.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::objects::open_enum;

/// What a call returns.
pub type Outcome<T> = std::result::Result<T, StripeError>;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StripeError {
    /// Stripe refused. Nothing was carried out, and the same request will not be carried out later.
    Failed(Box<Rejection>),
    /// Whether the request was carried out is not known. Sending it again with the same key is always safe.
    Unknown(UnknownCause),
}

/// Why the result of a request is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownCause {
    /// No connection could be made. This request was not carried out, but an earlier one with its key may have been.
    NoConnection,
    /// The connection was lost before the whole response arrived.
    Lost,
    /// The time for the whole call ran out.
    TimedOut,
    /// Stripe answered with a fault of its own (status 5xx, or an error that is no refusal).
    ServerFault(u16),
    /// Another request with the same key is being carried out (409).
    KeyInUse,
    /// The key was used with other parameters. Something was requested under it; look it up.
    KeyReused,
    /// Too many requests (429). Stripe may say when to try again.
    RateLimited(Option<Duration>),
    /// Stripe does not accept the secret key, or the key may not do this (401, 403).
    Unauthorized(u16),
    /// The response is not what Stripe's API sends, for example the error page of a proxy.
    Unreadable(u16),
}

/// A refusal by Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The kind of error.
    pub kind: RejectionKind,
    /// The status of the response; 0 if the client refused to send the request.
    pub status: u16,
    /// Stripe's error code, such as `card_declined` or `resource_missing`.
    pub code: Option<String>,
    /// Why the card was declined.
    pub decline: Option<DeclineReason>,
    /// Stripe's explanation for developers.
    pub message: Option<String>,
    /// The parameter that is wrong.
    pub param: Option<String>,
    /// The Stripe charge that failed.
    pub charge: Option<String>,
    /// The PaymentIntent or SetupIntent that failed.
    pub intent: Option<IntentReference>,
    /// Stripe's number of the request, for its support.
    pub request_id: Option<String>,
}

/// The kind of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionKind {
    /// The card was declined, or its bank wants to authenticate the payer.
    Card,
    /// The request is not valid, or the object does not exist or is not in the right state.
    InvalidRequest,
}

/// The intent that an error names. It holds no client secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IntentReference {
    /// The id of the intent.
    pub id: String,
    /// The status of the intent after the error.
    #[serde(default)]
    pub status: String,
}

open_enum! {
    /// Why a bank declined a card.
    DeclineReason {
        ApproveWithId = "approve_with_id",
        AuthenticationRequired = "authentication_required",
        CallIssuer = "call_issuer",
        CardNotSupported = "card_not_supported",
        CardVelocityExceeded = "card_velocity_exceeded",
        CurrencyNotSupported = "currency_not_supported",
        DoNotHonor = "do_not_honor",
        DuplicateTransaction = "duplicate_transaction",
        ExpiredCard = "expired_card",
        Fraudulent = "fraudulent",
        GenericDecline = "generic_decline",
        IncorrectCvc = "incorrect_cvc",
        IncorrectNumber = "incorrect_number",
        IncorrectZip = "incorrect_zip",
        InsufficientFunds = "insufficient_funds",
        InvalidAccount = "invalid_account",
        IssuerNotAvailable = "issuer_not_available",
        LostCard = "lost_card",
        NotPermitted = "not_permitted",
        PickupCard = "pickup_card",
        ProcessingError = "processing_error",
        ReenterTransaction = "reenter_transaction",
        RestrictedCard = "restricted_card",
        StolenCard = "stolen_card",
        TransactionNotAllowed = "transaction_not_allowed",
        TryAgainLater = "try_again_later",
        WithdrawalCountLimitExceeded = "withdrawal_count_limit_exceeded",
    }
}

impl StripeError {
    /// Returns the refusal, if Stripe refused.
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            StripeError::Failed(rejection) => Some(rejection),
            StripeError::Unknown(_) => None,
        }
    }

    /// Whether Stripe has no object with the id.
    pub fn is_missing(&self) -> bool {
        self.rejection().is_some_and(|one| one.code.as_deref() == Some("resource_missing"))
    }

    /// Returns a refusal by the client itself, because no object can have the id. The request was not sent.
    pub(crate) fn no_such_id() -> StripeError {
        StripeError::not_sent("resource_missing", "id", "this text cannot be an id")
    }

    /// Returns a refusal by the client itself, because of a parameter. The request was not sent.
    pub(crate) fn bad_parameter(param: &str) -> StripeError {
        StripeError::not_sent("parameter_invalid", param, "Stripe cannot store a value under this name")
    }

    fn not_sent(code: &str, param: &str, message: &str) -> StripeError {
        StripeError::Failed(Box::new(Rejection {
            kind: RejectionKind::InvalidRequest,
            status: 0,
            code: Some(code.to_owned()),
            decline: None,
            message: Some(message.to_owned()),
            param: Some(param.to_owned()),
            charge: None,
            intent: None,
            request_id: None,
        }))
    }

    /// Reads a response whose status is not 2xx.
    pub(crate) fn of_response(status: u16, body: &[u8], retry_after: Option<Duration>) -> StripeError {
        let unknown = match status {
            401 | 403 => UnknownCause::Unauthorized(status),
            409 => UnknownCause::KeyInUse,
            429 => UnknownCause::RateLimited(retry_after),
            500.. => UnknownCause::ServerFault(status),
            _ => return StripeError::of_error(status, body),
        };
        StripeError::Unknown(unknown)
    }

    fn of_error(status: u16, body: &[u8]) -> StripeError {
        let body: Option<Value> = serde_json::from_slice(body).ok();
        let Some(error) = body.as_ref().and_then(|body| body.get("error")) else {
            return StripeError::Unknown(UnknownCause::Unreadable(status));
        };
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let kind = match error.get("type").and_then(Value::as_str) {
            Some("card_error") => RejectionKind::Card,
            Some("invalid_request_error") => RejectionKind::InvalidRequest,
            Some("idempotency_error") => return StripeError::Unknown(UnknownCause::KeyReused),
            Some(_) => return StripeError::Unknown(UnknownCause::ServerFault(status)),
            None => return StripeError::Unknown(UnknownCause::Unreadable(status)),
        };
        let intent = error.get("payment_intent").or_else(|| error.get("setup_intent"));
        StripeError::Failed(Box::new(Rejection {
            kind,
            status,
            decline: decline(text("code").as_deref(), text("decline_code").as_deref()),
            code: text("code"),
            message: text("message"),
            param: text("param"),
            charge: text("charge"),
            intent: intent.and_then(|intent| IntentReference::deserialize(intent).ok()),
            request_id: None,
        }))
    }

    /// Adds Stripe's number of the request to a refusal.
    pub(crate) fn with_request_id(mut self, id: Option<String>) -> StripeError {
        if let StripeError::Failed(rejection) = &mut self {
            rejection.request_id = id;
        }
        self
    }
}

/// Returns why a card was declined: the decline code, or the code of an error that has none (a wrong number, a wrong
/// CVC).
pub(crate) fn decline(code: Option<&str>, decline_code: Option<&str>) -> Option<DeclineReason> {
    if let Some(reason) = decline_code {
        return Some(DeclineReason::from(reason));
    }
    let code = code?;
    match DeclineReason::from(code) {
        DeclineReason::Other(_) => (code == "card_declined").then_some(DeclineReason::GenericDecline),
        known => Some(known),
    }
}

impl fmt::Display for StripeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StripeError::Failed(rejection) => rejection.fmt(f),
            StripeError::Unknown(cause) => cause.fmt(f),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stripe refused: {}", self.code.as_deref().unwrap_or("no code"))?;
        if let Some(reason) = &self.decline {
            write!(f, " ({})", reason.as_str())?;
        }
        if let Some(param) = &self.param {
            write!(f, ", parameter {param}")?;
        }
        Ok(())
    }
}

impl fmt::Display for UnknownCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnknownCause::NoConnection => f.write_str("Stripe cannot be reached"),
            UnknownCause::Lost => f.write_str("the response of Stripe was lost"),
            UnknownCause::TimedOut => f.write_str("Stripe did not answer in time"),
            UnknownCause::ServerFault(status) => write!(f, "Stripe answered {status}"),
            UnknownCause::KeyInUse => f.write_str("Stripe is carrying out a request with the same key"),
            UnknownCause::KeyReused => f.write_str("the key was used with other parameters"),
            UnknownCause::RateLimited(_) => f.write_str("Stripe answered that there are too many requests"),
            UnknownCause::Unauthorized(status) => {
                write!(f, "Stripe does not accept the secret key ({status})")
            }
            UnknownCause::Unreadable(status) => write!(f, "the response ({status}) is not Stripe's"),
        }
    }
}

impl std::error::Error for StripeError {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &Value) -> StripeError {
        StripeError::of_response(status, body.to_string().as_bytes(), None)
    }

    #[test]
    fn a_decline_is_a_failure_with_its_reason() {
        let body = json!({"error": {
            "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "charge": "ch_1",
            "message": "Your card has insufficient funds.", "payment_intent": {"id": "pi_1", "status": "requires_payment_method", "client_secret": "x"},
        }});
        let error = read(402, &body);
        let rejection = error.rejection().expect("a refusal");
        assert_eq!(rejection.kind, RejectionKind::Card);
        assert_eq!(rejection.decline, Some(DeclineReason::InsufficientFunds));
        assert_eq!(rejection.charge.as_deref(), Some("ch_1"));
        assert_eq!(rejection.intent.as_ref().map(|intent| intent.id.as_str()), Some("pi_1"));
        assert_eq!(error.to_string(), "Stripe refused: card_declined (insufficient_funds)");
    }

    #[test]
    fn a_code_without_a_decline_code_is_the_reason() {
        assert_eq!(decline(Some("incorrect_cvc"), None), Some(DeclineReason::IncorrectCvc));
        assert_eq!(decline(Some("card_declined"), None), Some(DeclineReason::GenericDecline));
        assert_eq!(decline(Some("resource_missing"), None), None);
        assert_eq!(decline(None, Some("new")), Some(DeclineReason::Other("new".to_owned())));
    }

    #[test]
    fn only_a_refusal_that_can_be_read_is_a_failure() {
        let error =
            json!({"error": {"type": "invalid_request_error", "code": "resource_missing", "param": "id"}});
        assert!(read(404, &error).is_missing());
        for (status, cause) in [
            (401, UnknownCause::Unauthorized(401)),
            (403, UnknownCause::Unauthorized(403)),
            (409, UnknownCause::KeyInUse),
            (429, UnknownCause::RateLimited(None)),
            (500, UnknownCause::ServerFault(500)),
            (503, UnknownCause::ServerFault(503)),
        ] {
            assert_eq!(read(status, &error), StripeError::Unknown(cause));
        }
        let of = |kind: &str| read(400, &json!({"error": {"type": kind}}));
        assert_eq!(of("idempotency_error"), StripeError::Unknown(UnknownCause::KeyReused));
        assert_eq!(of("api_error"), StripeError::Unknown(UnknownCause::ServerFault(400)));
        assert_eq!(read(404, &json!("a page")), StripeError::Unknown(UnknownCause::Unreadable(404)));
        assert_eq!(read(302, &json!({})), StripeError::Unknown(UnknownCause::Unreadable(302)));
    }
}
