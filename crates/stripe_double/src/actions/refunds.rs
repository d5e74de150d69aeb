//! Refunds.

use serde_json::Value;

use super::payouts::{Change, book};
use super::{events, fields, lists};
use crate::context::{Context, found};
use crate::error::{Answer, ApiError};
use crate::model::{CardOutcome, Charge, Pairs, Refund, RefundState, Task};
use crate::params::Params;
use crate::render;

/// How long a refund that fails or succeeds later takes, in seconds.
const LATER: i64 = 3_600;

pub(crate) fn create(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    params.only(&["charge", "payment_intent", "amount", "reason", "metadata", "expand"])?;
    let charge = charge_of(context, params)?;
    let amount = amount(params, &charge)?;
    let reason = params.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
    let mut metadata = Pairs::new();
    fields::metadata(params, &mut metadata)?;
    let id = context.id("re");
    let transaction = book(
        context,
        &Change {
            amount: -amount,
            fee: 0,
            currency: &charge.currency,
            kind: "refund",
            category: "refund",
            source: &id,
            is_available: true,
        },
    );
    let is_pending = charge.card.rule.outcome == CardOutcome::RefundPending;
    let refund = Refund {
        id: id.clone(),
        created: context.now,
        amount,
        currency: charge.currency.clone(),
        state: if is_pending { RefundState::Pending } else { RefundState::Succeeded },
        reason,
        charge: charge.id.clone(),
        payment: charge.payment.clone(),
        transaction,
        failure_transaction: None,
        failure_reason: None,
        metadata,
    };
    context.state.refunds.insert(id.clone(), refund);
    if let Some(charge) = context.state.charges.get_mut(&charge.id) {
        charge.amount_refunded += amount;
    }
    match charge.card.rule.outcome {
        CardOutcome::RefundFails => context.later(LATER, Task::FailRefund(id.clone())),
        CardOutcome::RefundPending => context.later(LATER, Task::SettleRefund(id.clone())),
        _ => {}
    }
    events::emit(context, "refund.created", &id);
    events::emit(context, "charge.refunded", &charge.id);
    Ok(render::of(context, &id))
}

/// Returns the charge that a request names, directly or by its PaymentIntent.
fn charge_of(context: &Context<'_>, params: &Params) -> Answer<Charge> {
    let missing = |param: &str, message: &str| ApiError::param(param, "parameter_missing", message);
    let id = match (params.filled("charge")?, params.filled("payment_intent")?) {
        (Some(id), None) => id,
        (None, Some(payment)) => {
            let found = context.state.payments.get(&payment);
            let found =
                found.ok_or_else(|| ApiError::missing("payment_intent", "payment_intent", &payment))?;
            found.latest_charge.clone().ok_or_else(|| {
                let message = "This PaymentIntent does not have a successful charge to refund.";
                ApiError::invalid(message)
            })?
        }
        (None, None) => {
            return Err(missing(
                "charge",
                "One of the following params should be provided for this request: payment_intent or charge.",
            ));
        }
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid(
                "You may only specify one of these parameters: payment_intent, charge.",
            ));
        }
    };
    let charge = context.state.charges.get(&id).ok_or_else(|| ApiError::missing("charge", "charge", &id))?;
    if charge.failure.is_some() {
        return Err(ApiError::invalid("This charge did not succeed, so it cannot be refunded."));
    }
    if charge.is_disputed {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(ApiError::invalid(message).code("charge_disputed"));
    }
    Ok(charge.clone())
}

fn amount(params: &Params, charge: &Charge) -> Answer<i64> {
    let left = charge.amount - charge.amount_refunded;
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(ApiError::invalid(message).code("charge_already_refunded"));
    }
    if !params.has("amount") {
        return Ok(left);
    }
    let amount = fields::amount(params, "amount")?;
    if amount > left {
        let dollars = |cents: i64| format!("${}.{:02}", cents / 100, cents % 100);
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            dollars(amount),
            dollars(left)
        );
        return Err(ApiError::invalid(message).of_param("amount"));
    }
    Ok(amount)
}

/// The bank refuses a refund: the amount goes back into the balance.
pub(crate) fn fail(context: &mut Context<'_>, id: &str, reason: &str) -> Answer<Value> {
    let refund = found(&context.state.refunds, "refund", "refund", id)?.clone();
    if matches!(refund.state, RefundState::Failed | RefundState::Canceled) {
        return Err(ApiError::invalid("The refund has failed already"));
    }
    let transaction = book(
        context,
        &Change {
            amount: refund.amount,
            fee: 0,
            currency: &refund.currency,
            kind: "refund_failure",
            category: "refund_failure",
            source: id,
            is_available: true,
        },
    );
    if let Some(refund) = context.state.refunds.get_mut(id) {
        refund.state = RefundState::Failed;
        refund.failure_reason = Some(reason.to_owned());
        refund.failure_transaction = Some(transaction);
    }
    if let Some(charge) = context.state.charges.get_mut(&refund.charge) {
        charge.amount_refunded -= refund.amount;
    }
    events::emit(context, "refund.updated", id);
    events::emit(context, "refund.failed", id);
    Ok(render::of(context, id))
}

/// A refund that was pending succeeds.
pub(crate) fn settle(context: &mut Context<'_>, id: &str) {
    let Some(refund) = context.state.refunds.get_mut(id) else { return };
    if refund.state == RefundState::Pending {
        refund.state = RefundState::Succeeded;
        events::emit(context, "refund.updated", id);
    }
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.refunds, "refund", "refund", id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["charge", "payment_intent"])?;
    let (charge, payment) = (params.filled("charge")?, params.filled("payment_intent")?);
    let keep = |one: &Refund| {
        charge.as_ref().is_none_or(|charge| one.charge == *charge)
            && payment.as_ref().is_none_or(|payment| one.payment == *payment)
    };
    lists::page(context, params, "/v1/refunds", lists::pick(&context.state.refunds, |one| one.created, keep))
}
