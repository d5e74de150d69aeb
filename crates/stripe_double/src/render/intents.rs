//! The shapes of PaymentIntents, SetupIntents, and Checkout Sessions.

use serde_json::{Value, json};

use super::people;
use crate::model::{Decline, Intent, IntentState, Item, Payment, Session, SessionState, Setup, State};

pub(crate) fn payment(state: &State, url: &str, one: &Payment) -> Value {
    let intent = &one.intent;
    json!({
        "id": intent.id,
        "object": "payment_intent",
        "allowed_payment_method_types": null,
        "amount": one.amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": one.amount_received,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": one.capture_method,
        "client_secret": intent.secret,
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": one.currency,
        "customer": intent.customer,
        "customer_account": null,
        "description": intent.description,
        "excluded_payment_method_types": null,
        "last_payment_error": intent.error.as_ref().map(|error| failure(state, error)),
        "latest_charge": one.latest_charge,
        "livemode": false,
        "managed_payments": null,
        "metadata": intent.metadata,
        "next_action": next_action(url, intent),
        "on_behalf_of": null,
        "payment_method": intent.method,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {
            "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
        }},
        "payment_method_types": ["card"],
        "payment_record": null,
        "processing": null,
        "receipt_email": null,
        "review": null,
        "setup_future_usage": one.saves_card.then_some("off_session"),
        "shipping": null,
        "source": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": intent.state.as_str(),
        "transfer_data": null,
        "transfer_group": null,
    })
}

pub(crate) fn setup(state: &State, url: &str, one: &Setup) -> Value {
    let intent = &one.intent;
    json!({
        "id": intent.id,
        "object": "setup_intent",
        "allowed_payment_method_types": null,
        "application": null,
        "automatic_payment_methods": null,
        "cancellation_reason": intent.cancellation_reason,
        "client_secret": intent.secret,
        "created": intent.created,
        "customer": intent.customer,
        "customer_account": null,
        "description": intent.description,
        "excluded_payment_method_types": null,
        "flow_directions": null,
        "last_setup_error": intent.error.as_ref().map(|error| failure(state, error)),
        "latest_attempt": null,
        "livemode": false,
        "mandate": null,
        "metadata": intent.metadata,
        "next_action": next_action(url, intent),
        "on_behalf_of": null,
        "payment_method": intent.method,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {
            "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
        }},
        "payment_method_types": ["card"],
        "single_use_mandate": null,
        "status": intent.state.as_str(),
        "usage": one.usage,
    })
}

/// Why the last try failed.
fn failure(state: &State, error: &Decline) -> Value {
    let method = error.method.as_ref().and_then(|id| state.methods.get(id));
    let mut value = json!({
        "code": error.code,
        "doc_url": format!("https://stripe.com/docs/error-codes/{}", error.code.replace('_', "-")),
        "message": error.message,
        "type": "card_error",
    });
    if let Some(code) = &error.decline_code {
        value["decline_code"] = json!(code);
    }
    if let Some(charge) = &error.charge {
        value["charge"] = json!(charge);
    }
    if let Some(method) = method {
        value["payment_method"] = people::method(method);
    }
    value
}

/// What the payer has to do: open the bank's page, or continue in a script that the double does not have.
fn next_action(url: &str, intent: &Intent) -> Value {
    match (&intent.challenge, &intent.return_url) {
        (Some(token), Some(back)) if intent.state == IntentState::RequiresAction => json!({
            "type": "redirect_to_url",
            "redirect_to_url": {"url": format!("{url}/bank/{token}"), "return_url": back},
        }),
        (Some(token), None) if intent.state == IntentState::RequiresAction => json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": format!("{url}/bank/{token}")},
        }),
        _ => Value::Null,
    }
}

pub(crate) fn session(url: &str, one: &Session) -> Value {
    let is_open = one.state == SessionState::Open;
    let payment_status = match (one.is_setup, one.state) {
        (true, _) => "no_payment_required",
        (false, SessionState::Complete) => "paid",
        (false, _) => "unpaid",
    };
    let has_payer = one.payer_email.is_some() || one.customer_email.is_some();
    let amount = (!one.is_setup).then(|| one.amount());
    let mut value = json!({
        "id": one.id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": false},
        "after_expiration": null,
        "allow_promotion_codes": null,
        "allowed_payment_method_types": null,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
        "billing_address_collection": null,
        "cancel_url": one.cancel_url,
        "client_reference_id": one.client_reference_id,
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "created": one.created,
        "currency": one.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
        },
        "customer": one.customer,
        "customer_account": null,
        "customer_creation": if one.is_setup || one.customer.is_some() { Value::Null } else { json!("if_required") },
        "customer_email": one.customer_email,
        "customer_details": has_payer.then(|| json!({
            "address": null,
            "business_name": null,
            "email": one.payer_email.as_ref().or(one.customer_email.as_ref()),
            "individual_name": null,
            "name": one.payer_name,
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": null,
        })),
        "discounts": [],
        "expires_at": one.expires_at,
        "integration_identifier": null,
        "invoice": null,
        "invoice_creation": null,
    });
    let rest = json!({
        "livemode": false,
        "locale": null,
        "managed_payments": null,
        "metadata": one.metadata,
        "mode": if one.is_setup { "setup" } else { "payment" },
        "origin_context": null,
        "payment_intent": one.payment,
        "payment_link": null,
        "payment_method_collection": if one.is_setup { "always" } else { "if_required" },
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": payment_status,
        "permissions": null,
        "phone_number_collection": {"enabled": false},
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": one.setup,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "status": one.state.as_str(),
        "submit_type": null,
        "subscription": null,
        "success_url": one.success_url,
        "total_details": amount.map(|_| json!({"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0})),
        "ui_mode": "hosted_page",
        "url": is_open.then(|| format!("{url}/c/pay/{}", one.id)),
        "wallet_options": null,
    });
    if let (Value::Object(value), Value::Object(rest)) = (&mut value, rest) {
        value.extend(rest);
    }
    value
}

/// What is paid for, as the list `line_items` of a session.
pub(crate) fn items(one: &Session) -> Value {
    let item = |(number, item): (usize, &Item)| {
        let total = item.amount.saturating_mul(item.quantity);
        json!({
            "id": format!("li_{}{number}", one.id.trim_start_matches("cs_test_")),
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": 0,
            "amount_subtotal": total,
            "amount_tax": 0,
            "amount_total": total,
            "currency": one.currency,
            "description": item.name,
            "metadata": {},
            "price": null,
            "quantity": item.quantity,
        })
    };
    json!({
        "object": "list",
        "data": one.items.iter().enumerate().map(item).collect::<Vec<_>>(),
        "has_more": false,
        "url": format!("/v1/checkout/sessions/{}/line_items", one.id),
    })
}
