//! Splits sentences of the description at backticks into text and code.

use serde_json::Value;

/// A part of a sentence: text or code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bit {
    pub(super) is_code: bool,
    pub(super) text: String,
}

/// Splits a sentence at its backticks.
pub(super) fn bits(sentence: &str) -> Vec<Bit> {
    let parts = sentence.split('`').enumerate();
    let bits = parts.map(|(place, text)| Bit { is_code: place % 2 == 1, text: text.to_owned() });
    bits.filter(|bit| !bit.text.is_empty()).collect()
}

/// Returns a text field of a JSON object, or an empty text if it is missing.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_between_backticks_is_code() {
        let plain = |bits: Vec<Bit>| -> Vec<(bool, String)> {
            bits.into_iter().map(|bit| (bit.is_code, bit.text)).collect()
        };
        assert_eq!(plain(bits("")), []);
        assert_eq!(
            plain(bits("`due` at the desk")),
            [(true, "due".to_owned()), (false, " at the desk".to_owned())]
        );
    }
}
