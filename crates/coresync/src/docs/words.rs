//! Sentences of the description, in which `code` stands between backticks.

use serde_json::Value;

/// A stretch of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bit {
    pub(super) is_code: bool,
    pub(super) text: String,
}

/// A sentence in stretches.
pub(super) fn bits(sentence: &str) -> Vec<Bit> {
    let parts = sentence.split('`').enumerate();
    let bits = parts.map(|(place, text)| Bit { is_code: place % 2 == 1, text: text.to_owned() });
    bits.filter(|bit| !bit.text.is_empty()).collect()
}

/// A text of the description, empty if it is missing.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks() {
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
