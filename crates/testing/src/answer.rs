//! Responses of the program.

use std::ops::Index;

use axum::http::HeaderMap;
use serde_json::Value;

/// A complete response.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
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
