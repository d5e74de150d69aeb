//! Responses of the program.

use std::collections::BTreeSet;
use std::ops::Index;

use axum::http::HeaderMap;
use serde_json::Value;

/// A complete response.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status of the response.
    pub status: u16,
    /// The headers of the response.
    pub headers: HeaderMap,
    /// The body of the response, as bytes.
    pub bytes: Vec<u8>,
    /// The body as JSON; null if it is not JSON.
    pub body: Value,
    /// The method and path of the request, for failure messages.
    pub(crate) sent: String,
}

impl Answer {
    /// Returns the response if it has this status; otherwise panics.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}: {}", self.sent, self.text());
        self
    }

    /// Returns the response if it is a refusal with this status and code; otherwise panics.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Answer {
        let answer = self.expect(status);
        assert_eq!(answer.body["code"], code, "{}: {}", answer.sent, answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.sent);
        answer
    }

    /// Returns a header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Returns a field as a whole number.
    #[track_caller]
    pub fn number(&self, field: &str) -> i64 {
        self.body[field]
            .as_i64()
            .unwrap_or_else(|| panic!("no number {field} in {}: {}", self.sent, self.text()))
    }

    /// Returns a field, or the whole body for `""`, as a list.
    #[track_caller]
    pub fn list(&self, field: &str) -> &Vec<Value> {
        let value = if field.is_empty() { &self.body } else { &self.body[field] };
        value.as_array().unwrap_or_else(|| panic!("no list {field} in {}: {}", self.sent, self.text()))
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        &self.body[field]
    }
}

/// Returns the first name that an object in this JSON contains twice, as it is written. Parsers accept such an object,
/// and each may choose another of the values.
pub fn duplicate_name(json: &str) -> Option<&str> {
    // The names in each open object or list. A list has none.
    let mut open: Vec<BTreeSet<&str>> = Vec::new();
    let mut rest = json;
    while let Some(at) = rest.find(['{', '[', '}', ']', '"']) {
        let (character, after) = (&rest[at..=at], &rest[at + 1..]);
        rest = after;
        match character {
            "{" | "[" => open.push(BTreeSet::new()),
            "}" | "]" => drop(open.pop()),
            _ => {
                let text = &after[..end_of_text(after)];
                rest = after.get(text.len() + 1..).unwrap_or_default();
                let is_name = rest.trim_start().starts_with(':');
                if is_name && !open.last_mut().is_none_or(|names| names.insert(text)) {
                    return Some(text);
                }
            }
        }
    }
    None
}

/// Returns the position of the quotation mark that ends a JSON text whose content begins here.
fn end_of_text(content: &str) -> usize {
    let mut is_escaped = false;
    content
        .find(|character| {
            let ends = character == '"' && !is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            ends
        })
        .unwrap_or(content.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_name_is_found_at_any_depth() {
        for (json, found) in [
            (r#"{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}"#, None),
            (r#"{"a": "a\": 1, \"a", "b": ["a", "a"], "c": "{\"a\": 1"}"#, None),
            (r#"{"a\\": "\\", "b": 1}"#, None),
            (r#"{"a": 1, "b": {"c": 1}, "a": 2}"#, Some("a")),
            (r#"[{"x": [{"name": 1, "other": {}, "name": 1}]}]"#, Some("name")),
            ("", None),
            ("null", None),
        ] {
            assert_eq!(duplicate_name(json), found, "{json}");
        }
    }
}
