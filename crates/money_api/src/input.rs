//! The inputs of this crate.

use kit::web::{Input, RawInput};
use kit::{Cents, Id, input};
use money::{NewPayment, OpenCharges, PaidPart, PaymentMethod, Tip};
use people::{Subject, SubjectKind};
use serde_json::Value;
use utoipa::ToSchema;

/// The largest amount of one payment.
const MOST: Cents = Cents(10_000_000);
/// The most things that one payment pays for.
const MOST_PARTS: usize = 20;
/// The longest number of a slip.
const LONGEST_SLIP: usize = 60;

/// What a payment pays for.
#[derive(Debug, Clone, ToSchema)]
#[allow(dead_code, reason = "for the description alone")]
struct PartBody {
    /// `booking`.
    kind: String,
    id: i64,
    /// The amount. Without it, all that is due.
    amount: Option<Cents>,
    /// The amount due as you saw it. If another amount is due by now, nothing is paid and `price_changed` carries
    /// `total`.
    expected_due: Option<Cents>,
}

input! {
    /// A payment that the front desk received.
    pub(crate) struct TakeBody {
        /// What it pays for, each booking once, at most 20.
        #[schema(value_type = Vec<PartBody>)]
        parts: Vec<PaidPart> = read(parts),
        /// `cash` or `terminal`.
        #[schema(value_type = String)]
        method: PaymentMethod = read(method),
        /// The number of the slip. Required for `terminal`.
        #[schema(max_length = 60)]
        slip: Option<String> = opt_text_within(LONGEST_SLIP),
        tip: Option<Cents> = read(amount),
        /// The technicians who share the tip. Required with a tip.
        #[schema(value_type = Option<Vec<i64>>)]
        tip_for: Vec<Id> = read(ids),
    }
}

impl TakeBody {
    /// Returns the payment to take.
    pub(crate) fn payment(self) -> NewPayment {
        let tip = Tip { amount: self.tip.unwrap_or_default(), technicians: self.tip_for };
        NewPayment { parts: self.parts, method: self.method, slip: self.slip.unwrap_or_default(), tip }
    }
}

/// Parses the JSON list `[{kind, id, amount, expected_due}]`.
fn parts(input: &mut RawInput, field: &str) -> Vec<PaidPart> {
    let items = match input.raw(field).cloned() {
        Some(Value::Array(items)) if (1..=MOST_PARTS).contains(&items.len()) => items,
        _ => {
            input.add_error(field, format!("Send a list of 1 to {MOST_PARTS} things that are paid for."));
            return Vec::new();
        }
    };
    let mut parts = Vec::new();
    for item in items {
        let parsed = RawInput::from_json(item.to_string().as_bytes()).and_then(RawInput::parse::<Part>);
        match parsed {
            Ok(Part(part)) => parts.push(part),
            Err(_) => {
                input.add_error(field, "Each item needs a kind and an id. Its amounts must be like 150.00.")
            }
        }
    }
    parts
}

struct Part(PaidPart);

impl Input for Part {
    fn parse(input: &mut RawInput) -> Part {
        let subject = Subject { kind: kind(input, "kind"), id: input.id("id") };
        let (amount, shown) = (amount(input, "amount"), amount(input, "expected_due"));
        Part(PaidPart { subject, amount, shown })
    }
}

/// Parses an optional amount. An empty text is an error, because no amount means all that is due.
fn amount(input: &mut RawInput, field: &str) -> Option<Cents> {
    if input.raw(field).and_then(Value::as_str).is_some_and(|text| text.trim().is_empty()) {
        input.add_error(field, "This must be an amount like 150.00.");
    }
    input.opt_cents(field, MOST)
}

fn method(input: &mut RawInput, field: &str) -> PaymentMethod {
    let method = input.opt_text_within(field, 20).and_then(PaymentMethod::read);
    method.filter(|method| *method != PaymentMethod::Earlier).unwrap_or_else(|| {
        input.add_error(field, "Send cash or terminal.");
        PaymentMethod::Cash
    })
}

fn ids(input: &mut RawInput, field: &str) -> Vec<Id> {
    let items = input.many(field);
    let ids: Option<Vec<Id>> = items.iter().map(|item| item.as_i64().filter(|id| *id > 0).map(Id)).collect();
    match ids {
        Some(ids) if ids.len() <= MOST_PARTS => ids,
        _ => {
            input.add_error(field, format!("Send a list of at most {MOST_PARTS} IDs."));
            Vec::new()
        }
    }
}

fn kind(input: &mut RawInput, field: &str) -> SubjectKind {
    let kind = input.opt_text_within(field, 20).and_then(SubjectKind::read);
    kind.filter(|kind| matches!(kind, SubjectKind::Booking | SubjectKind::Membership)).unwrap_or_else(|| {
        input.add_error(field, "Send booking or membership.");
        SubjectKind::Booking
    })
}

input! {
    /// What is refunded or given up, and why.
    pub(crate) struct AdjustBody {
        /// `booking`.
        #[schema(value_type = String)]
        kind: SubjectKind = read(kind),
        #[schema(value_type = i64)]
        id: Id = id(),
        /// The amount with its tax. Without it, all that is due. A refund needs it.
        amount: Option<Cents> = read(amount),
        /// Required.
        #[schema(max_length = 500)]
        pub(crate) reason: String = text(500),
        /// The number of the refund slip. Required if a part goes back to a card terminal.
        #[schema(max_length = 60)]
        slip: Option<String> = opt_text_within(LONGEST_SLIP),
    }
}

impl AdjustBody {
    pub(crate) fn subject(&self) -> Subject {
        Subject { kind: self.kind, id: self.id }
    }

    pub(crate) fn amount(&self) -> Option<Cents> {
        self.amount
    }

    pub(crate) fn slip(&self) -> &str {
        self.slip.as_deref().unwrap_or_default()
    }
}

input! {
    /// For what the money goes back.
    pub(crate) struct SendRefundBody {
        /// `booking`.
        #[schema(value_type = String)]
        kind: SubjectKind = read(kind),
        #[schema(value_type = i64)]
        id: Id = id(),
        /// The number of the refund slip. Required if a part goes back to a card terminal.
        #[schema(max_length = 60)]
        slip: Option<String> = opt_text_within(LONGEST_SLIP),
    }
}

impl SendRefundBody {
    pub(crate) fn subject(&self) -> Subject {
        Subject { kind: self.kind, id: self.id }
    }

    pub(crate) fn slip(&self) -> &str {
        self.slip.as_deref().unwrap_or_default()
    }
}

/// Parses `state`: which open charges are listed.
pub(crate) fn open_charges(input: &mut RawInput, field: &str) -> OpenCharges {
    match input.opt_text_within(field, 20).as_deref() {
        None | Some("due") => OpenCharges::Due,
        Some("ahead") => OpenCharges::Ahead,
        Some("to_refund") => OpenCharges::ToRefund,
        Some(_) => {
            input.add_error(field, "Send due, ahead, or to_refund.");
            OpenCharges::Due
        }
    }
}
