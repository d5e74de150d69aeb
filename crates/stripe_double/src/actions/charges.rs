//! Stripe charges: the bank's answer to a payment.

use serde_json::Value;

use super::methods::month_of;
use super::payouts::{Change, book};
use super::{disputes, events, lists};
use crate::context::{Context, found};
use crate::error::Answer;
use crate::model::{Card, CardOutcome, Charge, Decline, DoubleFault, InjectedFault, Payment};
use crate::params::Params;
use crate::render;

/// Stripe's fee: 2.9 % and 30 cents, rounded to the cent.
pub(crate) fn fee(amount: i64) -> i64 {
    (amount.saturating_mul(29) + 500) / 1_000 + 30
}

/// Asks the bank for the money of a payment. Returns the id of the charge, which may have failed.
pub(crate) fn ask_bank(
    context: &mut Context<'_>,
    payment: &Payment,
    method: &str,
    forced: Option<Decline>,
) -> Answer<String> {
    let card = context.method("payment_method", method)?.card.clone();
    let id = context.id("ch");
    let mut failure = forced.or_else(|| decline(context.now, &card));
    if let Some(failure) = &mut failure {
        failure.charge = Some(id.clone());
        failure.method = Some(method.to_owned());
    }
    let is_paid = failure.is_none();
    let charge = Charge {
        id: id.clone(),
        created: context.now,
        amount: payment.amount,
        amount_refunded: 0,
        currency: payment.currency.clone(),
        payment: payment.intent.id.clone(),
        method: method.to_owned(),
        customer: payment.intent.customer.clone(),
        description: payment.intent.description.clone(),
        metadata: payment.intent.metadata.clone(),
        is_blocked: card.rule.outcome == CardOutcome::Blocked,
        failure,
        is_disputed: false,
        transaction: None,
        transaction_at: context.now,
        card,
    };
    if is_paid {
        receive(context, charge)?;
    } else {
        context.state.charges.insert(id.clone(), charge);
        events::emit(context, "charge.failed", &id);
    }
    Ok(id)
}

/// The bank's reason to decline a card, if there is one.
pub(crate) fn decline(now: i64, card: &Card) -> Option<Decline> {
    let is_expired = (i64::from(card.exp_year), i64::from(card.exp_month)) < month_of(now);
    let outcome = if is_expired { CardOutcome::ExpiredCard } else { card.rule.outcome };
    outcome.decline().map(|(code, decline_code, message)| Decline {
        code: code.to_owned(),
        decline_code: Some(decline_code.to_owned()),
        message: message.to_owned(),
        charge: None,
        method: None,
    })
}

/// The money is taken: it enters the balance, less the fee.
fn receive(context: &mut Context<'_>, mut charge: Charge) -> Answer<()> {
    let outcome = charge.card.rule.outcome;
    charge.transaction = Some(book(
        context,
        &Change {
            amount: charge.amount,
            fee: fee(charge.amount),
            currency: &charge.currency,
            kind: "charge",
            category: "charge",
            source: &charge.id,
            is_available: outcome == CardOutcome::PaysAtOnce,
        },
    ));
    let is_late = |fault: &DoubleFault| matches!(fault.kind, InjectedFault::TransactionLater { .. });
    if let Some(InjectedFault::TransactionLater { seconds }) = context.take_fault(is_late) {
        charge.transaction_at = context.now.saturating_add(seconds);
    }
    let id = charge.id.clone();
    context.state.charges.insert(id.clone(), charge);
    events::emit(context, "charge.succeeded", &id);
    match outcome {
        CardOutcome::DisputedAsFraud => drop(disputes::open(context, &id, "fraudulent")?),
        CardOutcome::DisputedAsNotReceived => drop(disputes::open(context, &id, "product_not_received")?),
        _ => {}
    }
    Ok(())
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.charges, "charge", "charge", id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["customer", "payment_intent"])?;
    let (customer, payment) = (params.filled("customer")?, params.filled("payment_intent")?);
    let keep = |one: &Charge| {
        (customer.is_none() || one.customer == customer)
            && payment.as_ref().is_none_or(|payment| one.payment == *payment)
    };
    lists::page(context, params, "/v1/charges", lists::pick(&context.state.charges, |one| one.created, keep))
}

pub(crate) fn search(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    let all = lists::pick(&context.state.charges, |one| one.created, |_| true);
    lists::search(context, params, "/v1/charges/search", all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_is_rounded_to_the_cent() {
        for (amount, expected) in [(50, 31), (1_000, 59), (1_500, 74), (15_000, 465), (17, 30), (18, 31)] {
            assert_eq!(fee(amount), expected, "{amount}");
        }
    }
}
