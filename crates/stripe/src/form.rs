//! Request parameters as Stripe expects them: a form with nested keys, such as `metadata[visit]=7` and
//! `line_items[0][price_data][currency]=usd`.

use std::fmt::Write as _;

use serde_json::Value;

/// A key contains a square bracket, which Stripe would read as nesting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadKey(pub String);

impl std::fmt::Display for BadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the parameter name {:?} is empty or contains a square bracket", self.0)
    }
}

impl std::error::Error for BadKey {}

/// Encodes an object as a form with nested keys. A null, an empty object, and an empty array are left out. An empty text
/// is sent, because Stripe takes it as a request to unset the value.
///
/// # Errors
/// Returns the first key that is empty or contains a square bracket.
pub fn encode(parameters: &Value) -> Result<String, BadKey> {
    let mut form = String::new();
    if let Value::Object(fields) = parameters {
        for (name, value) in fields {
            append(&mut form, &key(name)?, value)?;
        }
    }
    Ok(form)
}

fn append(form: &mut String, path: &str, value: &Value) -> Result<(), BadKey> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(value) => pair(form, path, if *value { "true" } else { "false" }),
        Value::Number(value) => pair(form, path, &value.to_string()),
        Value::String(value) => pair(form, path, value),
        Value::Array(values) => values
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| append(form, &format!("{path}[{index}]"), value)),
        Value::Object(fields) => fields
            .iter()
            .try_for_each(|(name, value)| append(form, &format!("{path}[{}]", key(name)?), value)),
    }
}

fn pair(form: &mut String, path: &str, value: &str) -> Result<(), BadKey> {
    if !form.is_empty() {
        form.push('&');
    }
    form.push_str(path);
    form.push('=');
    form.push_str(&escape(value));
    Ok(())
}

fn key(name: &str) -> Result<String, BadKey> {
    if name.is_empty() || name.contains(['[', ']']) {
        return Err(BadKey(name.to_owned()));
    }
    Ok(escape(name))
}

/// Encodes every byte except letters, digits, and `-._~` with a percent sign (RFC 3986).
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String accepts everything");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_parameters_have_nested_keys() {
        let parameters = json!({
            "amount": 1500,
            "confirm": true,
            "customer": null,
            "description": "",
            "line_items": [{"price_data": {"currency": "usd", "product_data": {"name": "Massage & more"}}, "quantity": 1}],
            "metadata": {"attempt key": "7=8"},
            "payment_method_types": ["card"],
        });
        assert_eq!(
            encode(&parameters).as_deref(),
            Ok("amount=1500&confirm=true&description=\
                &line_items[0][price_data][currency]=usd\
                &line_items[0][price_data][product_data][name]=Massage%20%26%20more\
                &line_items[0][quantity]=1&metadata[attempt%20key]=7%3D8&payment_method_types[0]=card")
        );
    }

    #[test]
    fn empty_parameters_are_an_empty_form() {
        assert_eq!(encode(&json!({})).as_deref(), Ok(""));
        assert_eq!(encode(&json!({"metadata": {}, "expand": [], "x": null})).as_deref(), Ok(""));
        assert_eq!(encode(&Value::Null).as_deref(), Ok(""));
    }

    #[test]
    fn a_key_with_a_bracket_is_refused() {
        assert_eq!(encode(&json!({"metadata": {"a[b]": "c"}})), Err(BadKey("a[b]".to_owned())));
        assert_eq!(encode(&json!({"": "c"})), Err(BadKey(String::new())));
    }

    #[test]
    fn text_is_encoded_as_utf_8() {
        assert_eq!(escape("é +~"), "%C3%A9%20%2B~");
    }
}
