//! The shapes of customers and payment methods.

use serde_json::{Value, json};

use crate::model::{Card, Customer, Method};

pub(crate) fn customer(one: &Customer) -> Value {
    if one.is_deleted {
        return json!({"id": one.id, "object": "customer", "deleted": true});
    }
    json!({
        "id": one.id,
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": one.created,
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": one.description,
        "discount": null,
        "email": one.email,
        "invoice_prefix": one.id.chars().rev().take(8).collect::<String>().to_uppercase(),
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": one.default_method,
            "footer": null,
            "rendering_options": null,
        },
        "livemode": false,
        "metadata": one.metadata,
        "name": one.name,
        "phone": one.phone,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    })
}

pub(crate) fn method(one: &Method) -> Value {
    json!({
        "id": one.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null},
            "email": one.email,
            "name": one.name,
            "phone": null,
            "tax_id": null,
        },
        "card": card(&one.card),
        "created": one.created,
        "customer": one.customer,
        "customer_account": null,
        "livemode": false,
        "metadata": one.metadata,
        "type": "card",
    })
}

/// What a payment method says of its card.
pub(crate) fn card(one: &Card) -> Value {
    json!({
        "brand": one.brand,
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
        "country": "US",
        "display_brand": one.brand,
        "exp_month": one.exp_month,
        "exp_year": one.exp_year,
        "fingerprint": one.fingerprint,
        "funding": "credit",
        "generated_from": null,
        "last4": one.last4,
        "networks": {"available": [one.brand], "preferred": null},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": true},
        "wallet": null,
    })
}
