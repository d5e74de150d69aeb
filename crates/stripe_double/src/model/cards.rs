//! Test cards: what happens with a card, by its number or its name. The number itself is never stored.

use serde::{Deserialize, Serialize};

/// What is stored about a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
    pub(crate) fingerprint: String,
    pub(crate) rule: CardRule,
}

/// What happens when a card pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CardRule {
    pub(crate) authentication: Authentication,
    pub(crate) outcome: CardOutcome,
    /// Whether the bank already declines when the card is saved.
    pub(crate) declines_when_saved: bool,
}

/// When the bank wants to authenticate the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Authentication {
    Never,
    /// Unless the card was saved for later use with an authentication.
    UntilSaved,
    Always,
}

/// What the bank answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CardOutcome {
    Pays,
    /// The money is available at once.
    PaysAtOnce,
    InsufficientFunds,
    GenericDecline,
    LostCard,
    StolenCard,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
    VelocityExceeded,
    /// Stripe itself blocks the payment.
    Blocked,
    DisputedAsFraud,
    DisputedAsNotReceived,
    /// A refund succeeds and fails later.
    RefundFails,
    /// A refund is pending and succeeds later.
    RefundPending,
}

const fn rule(authentication: Authentication, outcome: CardOutcome) -> CardRule {
    CardRule { authentication, outcome, declines_when_saved: false }
}

const fn declined(outcome: CardOutcome) -> CardRule {
    CardRule { authentication: Authentication::Never, outcome, declines_when_saved: true }
}

use Authentication::{Always, Never, UntilSaved};
use CardOutcome::*;

/// Numbers, the names that Stripe's documentation gives to payment methods with them, and what happens.
const CARDS: &[(&str, &str, CardRule)] = &[
    ("4242424242424242", "visa", rule(Never, Pays)),
    ("4000056655665556", "visa_debit", rule(Never, Pays)),
    ("5555555555554444", "mastercard", rule(Never, Pays)),
    ("378282246310005", "amex", rule(Never, Pays)),
    ("6011111111111117", "discover", rule(Never, Pays)),
    ("4000000000000077", "bypassPending", rule(Never, PaysAtOnce)),
    ("4000000000000002", "visa_chargeDeclined", declined(GenericDecline)),
    ("4000000000009995", "visa_chargeDeclinedInsufficientFunds", declined(InsufficientFunds)),
    ("4000000000009987", "visa_chargeDeclinedLostCard", declined(LostCard)),
    ("4000000000009979", "visa_chargeDeclinedStolenCard", declined(StolenCard)),
    ("4000000000000069", "chargeDeclinedExpiredCard", declined(ExpiredCard)),
    ("4000000000000127", "chargeDeclinedIncorrectCvc", declined(IncorrectCvc)),
    ("4000000000000119", "chargeDeclinedProcessingError", declined(ProcessingError)),
    ("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded", declined(VelocityExceeded)),
    ("4100000000000019", "radarBlock", rule(Never, Blocked)),
    ("4000000000000341", "chargeCustomerFail", rule(Never, GenericDecline)),
    ("4000002500003155", "authenticationRequiredOnSetup", rule(UntilSaved, Pays)),
    ("4000002760003184", "authenticationRequired", rule(Always, Pays)),
    ("4000000000003220", "threeDSecure2Required", rule(Always, Pays)),
    (
        "4000008260003178",
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        rule(UntilSaved, InsufficientFunds),
    ),
    ("4000008400001629", "threeDSecureRequiredChargeDeclined", rule(Always, GenericDecline)),
    ("4000000000000259", "createDispute", rule(Never, DisputedAsFraud)),
    ("4000000000002685", "createDisputeProductNotReceived", rule(Never, DisputedAsNotReceived)),
    ("4000000000005126", "refundFail", rule(Never, RefundFails)),
    ("4000000000007726", "pendingRefund", rule(Never, RefundPending)),
];

/// Returns what is known of a number; `None` if no card can have it. A number that is not in the table pays.
pub(crate) fn of_number(number: &str) -> Option<(&'static str, String, CardRule)> {
    let digits: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if !(12..=19).contains(&digits.len()) || !is_luhn(&digits) {
        return None;
    }
    let last4 = digits.get(digits.len() - 4..)?.to_owned();
    let rule = CARDS.iter().find(|(number, _, _)| *number == digits).map_or(rule(Never, Pays), |one| one.2);
    Some((brand(&digits), last4, rule))
}

/// Returns the number of a test payment method such as `pm_card_visa` or `tok_visa`.
pub(crate) fn of_token(token: &str) -> Option<&'static str> {
    let name = token.strip_prefix("pm_card_").or_else(|| token.strip_prefix("tok_"))?;
    let is_named = |known: &str| known == name || known.strip_prefix("visa_") == Some(name);
    CARDS.iter().find(|(_, known, _)| is_named(known)).map(|(number, _, _)| *number)
}

fn brand(digits: &str) -> &'static str {
    match digits.as_bytes() {
        [b'4', ..] => "visa",
        [b'5' | b'2', ..] => "mastercard",
        [b'3', b'4' | b'7', ..] => "amex",
        [b'6', ..] => "discover",
        _ => "unknown",
    }
}

/// Whether the check digit of a number is right.
fn is_luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (place, c) in digits.chars().rev().enumerate() {
        let Some(digit) = c.to_digit(10) else { return false };
        sum += match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        };
    }
    sum % 10 == 0
}

impl CardOutcome {
    /// Returns the code, the decline code, and the message of a decline; `None` if the card pays.
    pub(crate) fn decline(self) -> Option<(&'static str, &'static str, &'static str)> {
        Some(match self {
            GenericDecline => ("card_declined", "generic_decline", "Your card was declined."),
            InsufficientFunds => ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
            LostCard => ("card_declined", "lost_card", "Your card was declined."),
            StolenCard => ("card_declined", "stolen_card", "Your card was declined."),
            Blocked => ("card_declined", "fraudulent", "Your card was declined."),
            VelocityExceeded => ("card_declined", "card_velocity_exceeded", "Your card was declined."),
            ExpiredCard => ("expired_card", "expired_card", "Your card has expired."),
            IncorrectCvc => ("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
            ProcessingError => (
                "processing_error",
                "processing_error",
                "An error occurred while processing your card. Try again in a little bit.",
            ),
            Pays | PaysAtOnce | DisputedAsFraud | DisputedAsNotReceived | RefundFails | RefundPending => {
                return None;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_table_is_valid_and_has_a_name() {
        for (number, name, rule) in CARDS {
            let (_, last4, found) = of_number(number).unwrap_or_else(|| panic!("{number} is not valid"));
            assert_eq!((last4.as_str(), found), (&number[number.len() - 4..], *rule));
            assert_eq!(of_token(&format!("pm_card_{name}")), Some(*number));
        }
        assert_eq!(of_token("pm_card_chargeDeclinedInsufficientFunds"), Some("4000000000009995"));
        assert_eq!(of_token("pm_card_none"), None);
    }

    #[test]
    fn a_number_with_a_wrong_check_digit_is_refused() {
        assert_eq!(of_number("4242 4242 4242 4242").map(|card| card.0), Some("visa"));
        for number in ["4242424242424241", "4242", "", "424242424242424a", "42424242424242424242424242"] {
            assert_eq!(of_number(number), None);
        }
    }
}
