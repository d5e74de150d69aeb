//! Payment methods: cards, saved or not.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{events, fields, lists};
use crate::context::{Context, found};
use crate::error::{Answer, ApiError};
use crate::model::{Card, Method, Pairs, of_number, of_token};
use crate::params::Params;
use crate::render;

/// What a payer types. The number is used once and never stored.
pub(crate) struct CardEntry<'a> {
    pub(crate) number: &'a str,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
}

/// Makes a payment method of a entry card.
pub(crate) fn of_card(context: &mut Context<'_>, entry: CardEntry<'_>) -> Answer<String> {
    let refused = |code: &str, param: &str, message: &str| {
        let mut error = ApiError::param(param, code, message).status(402);
        error.kind = "card_error";
        error
    };
    let Some((brand, last4, rule)) = of_number(entry.number) else {
        return Err(refused("incorrect_number", "number", "Your card number is incorrect."));
    };
    let month = u8::try_from(entry.exp_month).ok().filter(|month| (1..=12).contains(month));
    let Some(exp_month) = month else {
        return Err(refused("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid."));
    };
    let year = if entry.exp_year < 100 { entry.exp_year + 2000 } else { entry.exp_year };
    let Some(exp_year) = u16::try_from(year).ok().filter(|year| (2000..2100).contains(year)) else {
        return Err(refused("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid."));
    };
    // A digest of the whole number would reveal it to whoever tries all numbers.
    let fingerprint = Sha256::digest(format!("{brand} {last4}").as_bytes());
    let fingerprint: String = fingerprint.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let card = Card { brand: brand.to_owned(), last4, exp_month, exp_year, fingerprint, rule };
    let method = Method {
        id: context.id("pm"),
        created: context.now,
        card,
        customer: None,
        is_set_up: false,
        is_detached: false,
        email: entry.email,
        name: entry.name,
        metadata: Pairs::new(),
    };
    let id = method.id.clone();
    context.state.methods.insert(id.clone(), method);
    Ok(id)
}

/// Returns the id of the payment method that a parameter names. A name such as `pm_card_visa` makes a new one.
pub(crate) fn resolve(context: &mut Context<'_>, param: &str, id: &str) -> Answer<String> {
    match of_token(id) {
        Some(number) => of_test_number(context, number),
        None => context.method(param, id).map(|method| method.id.clone()),
    }
}

fn of_test_number(context: &mut Context<'_>, number: &str) -> Answer<String> {
    let exp_year = year_of(context.now) + 4;
    of_card(context, CardEntry { number, exp_month: 12, exp_year, email: None, name: None })
}

/// Refuses a payment method that cannot be used for a customer.
pub(crate) fn usable(context: &Context<'_>, id: &str, customer: Option<&str>) -> Answer<()> {
    let method = context.method("payment_method", id)?;
    if method.is_detached {
        let message = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, \
            or was detached from a Customer, and may not be used again. To use a PaymentMethod multiple times, you \
            must attach it to a Customer first.";
        return Err(ApiError::invalid(message));
    }
    match (method.customer.as_deref(), customer) {
        (None, _) => Ok(()),
        (Some(owner), Some(customer)) if owner == customer => Ok(()),
        (Some(_), None) => Err(ApiError::invalid(
            "The provided PaymentMethod cannot be attached. To reuse a PaymentMethod, you must attach it to a Customer \
             first, and provide that Customer in the request.",
        )
        .of_param("payment_method")),
        (Some(_), Some(_)) => Err(ApiError::invalid(
            "The payment method you provided is attached to another customer.",
        )
        .of_param("payment_method")),
    }
}

/// Saves a payment method with a customer.
pub(crate) fn save(context: &mut Context<'_>, id: &str, customer: &str, is_set_up: bool) {
    let Some(method) = context.state.methods.get_mut(id) else { return };
    method.is_set_up |= is_set_up;
    if method.customer.is_none() {
        method.customer = Some(customer.to_owned());
        events::emit(context, "payment_method.attached", id);
    }
}

pub(crate) fn create(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    params.only(&["type", "card", "billing_details", "metadata", "expand"])?;
    params.required("type")?;
    params.choice("type", &["card"])?;
    let card = params.below("card")?;
    let details = params.below("billing_details")?;
    let id = match card.filled("token")? {
        Some(token) => {
            let number = of_token(&token).ok_or_else(|| ApiError::missing("token", "card[token]", &token))?;
            of_test_number(context, number)?
        }
        None => {
            card.only(&["number", "exp_month", "exp_year", "cvc"])?;
            let number = card.required("number")?;
            let entry = CardEntry {
                number: &number,
                exp_month: card.integer("exp_month")?.unwrap_or_default(),
                exp_year: card.integer("exp_year")?.unwrap_or_default(),
                email: details.filled("email")?,
                name: details.filled("name")?,
            };
            of_card(context, entry)?
        }
    };
    let mut metadata = Pairs::new();
    fields::metadata(params, &mut metadata)?;
    if let Some(method) = context.state.methods.get_mut(&id) {
        method.metadata = metadata;
    }
    Ok(render::of(context, &id))
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.methods, "PaymentMethod", "payment_method", id)?;
    Ok(render::of(context, id))
}

pub(crate) fn attach(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["customer", "expand"])?;
    let customer = params.required("customer")?;
    context.customer("customer", &customer)?;
    let id = resolve(context, "payment_method", id).map_err(|error| error.status(404))?;
    usable(context, &id, Some(&customer))?;
    let method = context.method("payment_method", &id)?;
    if let Some((code, decline_code, message)) = method.card.rule.outcome.decline()
        && method.card.rule.declines_when_saved
    {
        let mut error = ApiError::invalid(message).status(402).code(code);
        error.kind = "card_error";
        error.decline_code = Some(decline_code.to_owned());
        return Err(error);
    }
    save(context, &id, &customer, false);
    Ok(render::of(context, &id))
}

pub(crate) fn detach(context: &mut Context<'_>, id: &str) -> Answer<Value> {
    let method = found(&context.state.methods, "PaymentMethod", "payment_method", id)?;
    if method.customer.is_none() {
        let message =
            "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(ApiError::invalid(message));
    }
    for customer in context.state.customers.values_mut() {
        customer.default_method.take_if(|default| default.as_str() == id);
    }
    if let Some(method) = context.state.methods.get_mut(id) {
        method.customer = None;
        method.is_detached = true;
    }
    events::emit(context, "payment_method.detached", id);
    Ok(render::of(context, id))
}

/// Lists the payment methods of a customer.
pub(crate) fn list(context: &Context<'_>, params: &Params, customer: &str) -> Answer<Value> {
    lists::only(params, &["type", "customer"])?;
    context.customer("customer", customer).map_err(|error| error.status(404))?;
    let keep = |one: &Method| one.customer.as_deref() == Some(customer);
    let url = format!("/v1/customers/{customer}/payment_methods");
    lists::page(context, params, &url, lists::pick(&context.state.methods, |one| one.created, keep))
}

/// Returns the year and the month (1 to 12) of a unix second, in UTC (proleptic Gregorian calendar).
pub(crate) fn month_of(second: i64) -> (i64, i64) {
    let days = second.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let month = (5 * (day - (365 * year + year / 4 - year / 100)) + 2) / 153;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month)
}

fn year_of(second: i64) -> i64 {
    month_of(second).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        assert_eq!(month_of(0), (1970, 1));
        assert_eq!(month_of(951_782_399), (2000, 2)); // February 28, 23:59:59
        assert_eq!(month_of(951_868_800), (2000, 3));
        assert_eq!(month_of(1_798_761_599), (2026, 12));
        assert_eq!(month_of(1_798_761_600), (2027, 1));
    }
}
