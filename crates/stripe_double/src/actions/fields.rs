//! Parameters that several actions read: amounts, currencies, metadata, addresses.

use crate::error::{Answer, ApiError};
use crate::model::Pairs;
use crate::params::Params;

/// The smallest amount that can be paid, in the minor unit.
const SMALLEST: i64 = 50;
/// The largest amount that can be paid.
const LARGEST: i64 = 99_999_999;

/// The currencies that the double knows.
const CURRENCIES: &[&str] = &["aud", "cad", "chf", "eur", "gbp", "jpy", "mxn", "nzd", "sek", "usd"];

pub(crate) fn amount(params: &Params, name: &str) -> Answer<i64> {
    params.required(name)?;
    let amount = params.integer(name)?.unwrap_or_default();
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::param(name, "parameter_invalid_integer", message));
    }
    if amount > LARGEST {
        let message = "Amount must be no more than $999,999.99";
        return Err(ApiError::param(name, "amount_too_large", message));
    }
    Ok(amount)
}

/// Refuses an amount that is too small to be paid by card.
pub(crate) fn not_too_small(amount: i64, name: &str) -> Answer<()> {
    if amount >= SMALLEST {
        return Ok(());
    }
    let message = "Amount must convert to at least 50 cents.";
    Err(ApiError::param(name, "amount_too_small", message))
}

pub(crate) fn currency(params: &Params, name: &str) -> Answer<String> {
    let text = params.required(name)?.to_ascii_lowercase();
    if CURRENCIES.contains(&text.as_str()) {
        return Ok(text);
    }
    let message = format!(
        "Invalid currency: {text}. Stripe currently supports these currencies: {}",
        CURRENCIES.join(", ")
    );
    Err(ApiError::invalid(message).of_param(name))
}

/// Changes metadata as a request says: an empty text removes an entry.
pub(crate) fn metadata(params: &Params, pairs: &mut Pairs) -> Answer<()> {
    for (name, text) in params.pairs("metadata")? {
        if name.chars().count() > 40 {
            let message = format!("Metadata keys can be at most 40 characters long: {name}");
            return Err(ApiError::invalid(message).of_param("metadata"));
        }
        if text.chars().count() > 500 {
            let message = format!("Metadata values can have up to 500 characters: {name}");
            return Err(ApiError::invalid(message).of_param(&format!("metadata[{name}]")));
        }
        if text.is_empty() {
            pairs.remove(&name);
        } else {
            pairs.insert(name, text);
        }
    }
    if pairs.len() > 50 {
        return Err(ApiError::invalid("Metadata can have up to 50 keys").of_param("metadata"));
    }
    Ok(())
}

/// Changes a text as a request says: an empty one removes it.
pub(crate) fn change(params: &Params, name: &str, text: &mut Option<String>) -> Answer<()> {
    if let Some(new) = params.text(name)? {
        *text = Some(new).filter(|text| !text.is_empty());
    }
    Ok(())
}

/// Returns a web address.
pub(crate) fn address(params: &Params, name: &str) -> Answer<Option<String>> {
    let Some(text) = params.filled(name)? else { return Ok(None) };
    if text.starts_with("https://") || text.starts_with("http://") {
        return Ok(Some(text));
    }
    Err(ApiError::param(name, "url_invalid", "Not a valid URL"))
}

/// Refuses every way to pay but a card.
pub(crate) fn card_only(params: &Params) -> Answer<()> {
    match params.texts("payment_method_types")?.iter().find(|kind| *kind != "card") {
        None => Ok(()),
        Some(kind) => {
            let message = format!("The payment method type \"{kind}\" is invalid.");
            Err(ApiError::invalid(message).of_param("payment_method_types"))
        }
    }
}
