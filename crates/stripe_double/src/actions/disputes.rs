//! Disputes.

use serde_json::{Value, json};

use super::payouts::{Change, DAY, book};
use super::{events, fields, lists};
use crate::context::{Context, found, found_mut};
use crate::error::{Answer, ApiError};
use crate::model::{Dispute, DisputeState, Pairs, Task};
use crate::params::Params;
use crate::render;

/// What a dispute costs, in the minor unit.
const FEE: i64 = 1_500;
/// How many days there are to submit evidence.
const DAYS: i64 = 7;

/// The payer disputes a charge: its amount and a fee leave the balance.
pub(crate) fn open(context: &mut Context<'_>, charge: &str, reason: &str) -> Answer<String> {
    let one = context.charge(charge)?.clone();
    if one.failure.is_some() || one.is_disputed {
        return Err(ApiError::invalid("The charge failed, or is disputed already").of_param("charge"));
    }
    let id = context.id("du");
    let amount = one.amount - one.amount_refunded;
    let transaction = book(
        context,
        &Change {
            amount: -amount,
            fee: FEE,
            currency: &one.currency,
            kind: "adjustment",
            category: "dispute",
            source: &id,
            is_available: true,
        },
    );
    let dispute = Dispute {
        id: id.clone(),
        created: context.now,
        amount,
        currency: one.currency,
        reason: reason.to_owned(),
        state: DisputeState::NeedsResponse,
        charge: charge.to_owned(),
        payment: one.payment,
        transactions: vec![transaction],
        evidence: Pairs::new(),
        submissions: 0,
        due_by: context.now + DAYS * DAY,
        metadata: Pairs::new(),
    };
    context.state.disputes.insert(id.clone(), dispute);
    if let Some(charge) = context.state.charges.get_mut(charge) {
        charge.is_disputed = true;
    }
    context.later(DAYS * DAY, Task::DecideDispute(id.clone()));
    events::emit(context, "charge.dispute.created", &id);
    events::emit(context, "charge.dispute.funds_withdrawn", &id);
    Ok(id)
}

/// Stores evidence, and submits it. Two texts of Stripe's documentation decide the dispute.
pub(crate) fn update(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["evidence", "submit", "metadata", "expand"])?;
    let evidence = params.below("evidence")?;
    evidence.only(render::EVIDENCE)?;
    let submits = params.boolean("submit")?.unwrap_or(!evidence.is_empty());
    let texts = params.pairs("evidence")?;
    let dispute = found_mut(&mut context.state.disputes, "dispute", "dispute", id)?;
    if dispute.state != DisputeState::NeedsResponse {
        return Err(ApiError::invalid("This dispute is already closed, or its evidence was submitted."));
    }
    fields::metadata(params, &mut dispute.metadata)?;
    dispute.evidence.extend(texts);
    dispute.evidence.retain(|_, text| !text.is_empty());
    let outcome = match dispute.evidence.get("uncategorized_text").map(String::as_str) {
        Some("winning_evidence") => Some(true),
        Some("losing_evidence") => Some(false),
        _ => None,
    };
    if submits {
        dispute.submissions += 1;
        dispute.state = DisputeState::UnderReview;
    }
    events::emit(context, "charge.dispute.updated", id);
    match outcome.filter(|_| submits) {
        Some(is_won) => decide(context, id, is_won),
        None => Ok(render::of(context, id)),
    }
}

/// Accepts that a dispute is lost.
pub(crate) fn close(context: &mut Context<'_>, id: &str) -> Answer<Value> {
    decide(context, id, false)
}

/// The bank decides. What is won goes back into the balance.
pub(crate) fn decide(context: &mut Context<'_>, id: &str, is_won: bool) -> Answer<Value> {
    let dispute = found(&context.state.disputes, "dispute", "dispute", id)?.clone();
    if dispute.state.is_closed() {
        return Err(ApiError::invalid("This dispute is already closed"));
    }
    let given_back = is_won.then(|| {
        book(
            context,
            &Change {
                amount: dispute.amount,
                fee: 0,
                currency: &dispute.currency,
                kind: "adjustment",
                category: "dispute_reversal",
                source: id,
                is_available: true,
            },
        )
    });
    if let Some(dispute) = context.state.disputes.get_mut(id) {
        dispute.state = if is_won { DisputeState::Won } else { DisputeState::Lost };
        dispute.transactions.extend(given_back);
    }
    let previous = json!({"status": dispute.state.as_str()});
    events::emit_change(context, "charge.dispute.closed", id, Some(previous));
    if is_won {
        events::emit(context, "charge.dispute.funds_reinstated", id);
    }
    Ok(render::of(context, id))
}

/// The time for evidence is over: a dispute without evidence is lost.
pub(crate) fn end(context: &mut Context<'_>, id: &str) {
    let waits = context.state.disputes.get(id).is_some_and(|one| one.state == DisputeState::NeedsResponse);
    if waits {
        // A dispute that waits for evidence can be decided.
        let _ = decide(context, id, false);
    }
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.disputes, "dispute", "dispute", id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["charge", "payment_intent"])?;
    let (charge, payment) = (params.filled("charge")?, params.filled("payment_intent")?);
    let keep = |one: &Dispute| {
        charge.as_ref().is_none_or(|charge| one.charge == *charge)
            && payment.as_ref().is_none_or(|payment| one.payment == *payment)
    };
    lists::page(
        context,
        params,
        "/v1/disputes",
        lists::pick(&context.state.disputes, |one| one.created, keep),
    )
}
