//! The shapes of Stripe charges, refunds, disputes, balance transactions, payouts, and events.

use serde_json::{Map, Value, json};

use crate::model::{Card, Charge, Dispute, Event, Payout, Refund, State, Transaction};

pub(crate) fn charge(now: i64, one: &Charge) -> Value {
    let is_paid = one.failure.is_none();
    let transaction = one.transaction.as_ref().filter(|_| one.transaction_at <= now);
    json!({
        "id": one.id,
        "object": "charge",
        "amount": one.amount,
        "amount_captured": if is_paid { one.amount } else { 0 },
        "amount_refunded": one.amount_refunded,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": transaction,
        "billing_details": {
            "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null},
            "email": null, "name": null, "phone": null, "tax_id": null,
        },
        "calculated_statement_descriptor": "STRIPE DOUBLE",
        "captured": is_paid,
        "created": one.created,
        "currency": one.currency,
        "customer": one.customer,
        "description": one.description,
        "disputed": one.is_disputed,
        "failure_balance_transaction": null,
        "failure_code": one.failure.as_ref().map(|failure| &failure.code),
        "failure_message": one.failure.as_ref().map(|failure| &failure.message),
        "fraud_details": {},
        "livemode": false,
        "metadata": one.metadata,
        "on_behalf_of": null,
        "outcome": outcome(one),
        "paid": is_paid,
        "payment_intent": one.payment,
        "payment_method": one.method,
        "payment_method_details": {"card": card(one.amount, &one.card), "type": "card"},
        "radar_options": {},
        "receipt_email": null,
        "receipt_number": null,
        "receipt_url": null,
        "refunded": is_paid && one.amount_refunded >= one.amount,
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": if is_paid { "succeeded" } else { "failed" },
        "transfer_data": null,
        "transfer_group": null,
    })
}

fn outcome(one: &Charge) -> Value {
    let (network, kind, level) = match (&one.failure, one.is_blocked) {
        (None, _) => ("approved_by_network", "authorized", "normal"),
        (Some(_), false) => ("declined_by_network", "issuer_declined", "normal"),
        (Some(_), true) => ("not_sent_to_network", "blocked", "highest"),
    };
    let reason = one.failure.as_ref().map(|failure| failure.decline_code.as_ref().unwrap_or(&failure.code));
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": network,
        "reason": if one.is_blocked { Some("highest_risk_level") } else { reason.map(String::as_str) },
        "risk_level": level,
        "seller_message": if one.failure.is_none() { "Payment complete." } else { "The payment was not accepted." },
        "type": kind,
    })
}

/// What a charge says of its card.
fn card(amount: i64, one: &Card) -> Value {
    json!({
        "amount_authorized": amount,
        "authorization_code": null,
        "brand": one.brand,
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
        "country": "US",
        "electronic_commerce_indicator": null,
        "exp_month": one.exp_month,
        "exp_year": one.exp_year,
        "fingerprint": one.fingerprint,
        "funding": "credit",
        "installments": null,
        "last4": one.last4,
        "mandate": null,
        "network": one.brand,
        "network_transaction_id": null,
        "regulated_status": "unregulated",
        "three_d_secure": null,
        "transaction_link_id": null,
        "wallet": null,
    })
}

pub(crate) fn refund(one: &Refund) -> Value {
    let mut value = json!({
        "id": one.id,
        "object": "refund",
        "amount": one.amount,
        "balance_transaction": one.transaction,
        "charge": one.charge,
        "created": one.created,
        "currency": one.currency,
        "customer": null,
        "customer_account": null,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": one.metadata,
        "payment_intent": one.payment,
        "payment_method": null,
        "reason": one.reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": one.state.as_str(),
        "transfer_reversal": null,
    });
    if let Some(reason) = &one.failure_reason {
        value["failure_reason"] = json!(reason);
        value["failure_balance_transaction"] = json!(one.failure_transaction);
    }
    value
}

pub(crate) fn dispute(state: &State, now: i64, one: &Dispute) -> Value {
    let transactions = one.transactions.iter().filter_map(|id| state.transactions.get(id));
    let mut evidence: Map<String, Value> =
        EVIDENCE.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    evidence.extend(one.evidence.iter().map(|(name, text)| (name.clone(), json!(text))));
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    json!({
        "id": one.id,
        "object": "dispute",
        "amount": one.amount,
        "balance_transactions": transactions.map(|one| transaction(now, one)).collect::<Vec<_>>(),
        "charge": one.charge,
        "created": one.created,
        "currency": one.currency,
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": (!one.state.is_closed()).then_some(one.due_by),
            "enhanced_eligibility": {},
            "has_evidence": !one.evidence.is_empty(),
            "past_due": now > one.due_by,
            "submission_count": one.submissions,
            "submission_method": if one.submissions > 0 { "manual" } else { "not_submitted" },
        },
        "intended_submission_method": null,
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": one.metadata,
        "payment_intent": one.payment,
        "payment_method_details": {"card": {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4"}, "type": "card"},
        "reason": one.reason,
        "status": one.state.as_str(),
    })
}

/// The texts that evidence consists of.
pub(crate) const EVIDENCE: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

pub(crate) fn transaction(now: i64, one: &Transaction) -> Value {
    let fees = (one.fee != 0).then(|| {
        let description = if one.kind == "adjustment" { "Dispute fee" } else { "Stripe processing fees" };
        json!({
            "amount": one.fee, "application": null, "currency": one.currency, "description": description,
            "type": "stripe_fee",
        })
    });
    json!({
        "id": one.id,
        "object": "balance_transaction",
        "amount": one.amount,
        "available_on": one.available_on,
        "balance_type": "payments",
        "created": one.created,
        "currency": one.currency,
        "description": one.description,
        "exchange_rate": null,
        "fee": one.fee,
        "fee_details": fees.into_iter().collect::<Vec<_>>(),
        "net": one.net(),
        "reporting_category": one.category,
        "source": one.source,
        "status": if one.available_on <= now { "available" } else { "pending" },
        "type": one.kind,
    })
}

pub(crate) fn payout(one: &Payout) -> Value {
    json!({
        "id": one.id,
        "object": "payout",
        "amount": one.amount,
        "application_fee": null,
        "application_fee_amount": null,
        "arrival_date": one.arrival_date,
        "automatic": true,
        "balance_transaction": one.transaction,
        "created": one.created,
        "currency": one.currency,
        "description": "STRIPE PAYOUT",
        "destination": null,
        "failure_balance_transaction": one.failure_transaction,
        "failure_code": one.failure_code,
        "failure_message": one.failure_code.as_ref().map(|code| format!("The bank refused: {code}.")),
        "livemode": false,
        "metadata": {},
        "method": "standard",
        "original_payout": null,
        "payout_method": null,
        "reconciliation_status": "completed",
        "reversed_by": null,
        "source_type": "card",
        "statement_descriptor": null,
        "status": one.status,
        "trace_id": null,
        "type": "bank_account",
    })
}

pub(crate) fn event(one: &Event) -> Value {
    let mut data = json!({"object": one.object});
    if let Some(previous) = &one.previous {
        data["previous_attributes"] = previous.clone();
    }
    json!({
        "id": one.id,
        "object": "event",
        "api_version": one.api_version,
        "created": one.created,
        "data": data,
        "livemode": false,
        "pending_webhooks": i32::from(!one.is_delivered),
        "request": {"id": null, "idempotency_key": one.key},
        "type": one.kind,
    })
}
