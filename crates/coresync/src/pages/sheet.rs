//! What was filled in: read as a whole, and kept as it was typed, so that a page that says what is wrong loses
//! nothing.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use kit::web::{Input, Words, body};
use kit::{Error, Fields, Id, Result};
use serde_json::Value;

/// Every value as it was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(Arc<Words>);

impl Typed {
    /// What stands under a name, the first if it came twice; nothing if it was not typed.
    pub(super) fn get(&self, name: &str) -> &str {
        let value = match self.0.raw(name) {
            Some(Value::Array(many)) => many.first(),
            one => one,
        };
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// Everything that stands under a name.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        match self.0.raw(name) {
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        }
    }

    /// Whether a value was typed under a name, alone or among others.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        match self.0.raw(name) {
            Some(Value::Array(many)) => many.iter().any(|one| one == value),
            one => one.and_then(Value::as_str) == Some(value),
        }
    }

    /// The same, with what is kept under every name that was not typed.
    ///
    /// # Errors
    /// A fault.
    pub(super) fn over(&self, kept: &[(&str, String)]) -> Result<Typed> {
        let pairs: serde_json::Map<String, Value> = kept
            .iter()
            .map(|(name, value)| {
                let typed = self.0.raw(name).map(|_| self.get(name).to_owned());
                ((*name).to_owned(), Value::String(typed.unwrap_or_else(|| value.clone())))
            })
            .collect();
        Words::from_json(Value::Object(pairs).to_string().as_bytes()).map(|words| Typed(Arc::new(words)))
    }
}

/// A form or a query: as it was typed, and as it was understood.
#[derive(Debug)]
pub(super) struct Sheet<T> {
    pub(super) typed: Typed,
    pub(super) read: Result<T, Fields>,
}

impl<T: Input> Sheet<T> {
    /// Reads the words of a form or a query.
    ///
    /// # Errors
    /// A fault.
    pub(super) fn of(bytes: &[u8]) -> Result<Sheet<T>> {
        let read = match Words::from_form(bytes).and_then(Words::parse::<T>) {
            Ok(input) => Ok(input),
            Err(Error::Invalid(fields)) => Err(fields),
            Err(error) => return Err(error),
        };
        Ok(Sheet { typed: Typed(Arc::new(Words::from_form(bytes)?)), read })
    }
}

/// The body of a request as a form.
pub(super) struct Posted<T>(pub(super) Sheet<T>);

impl<S: Send + Sync, T: Input> FromRequest<S> for Posted<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Posted<T>> {
        Sheet::of(&body(request).await?).map(Posted)
    }
}

/// The query of a request.
pub(super) struct Asked<T>(pub(super) Sheet<T>);

impl<S: Send + Sync, T: Input> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>> {
        Sheet::of(parts.uri.query().unwrap_or_default().as_bytes()).map(Asked)
    }
}

/// A number that only narrows a choice: what is no number narrows nothing.
pub(super) fn narrowing(words: &Words, field: &str) -> Option<i64> {
    words.raw(field)?.as_str()?.parse().ok()
}

/// The same for an id.
pub(super) fn narrowing_id(words: &Words, field: &str) -> Option<Id> {
    narrowing(words, field).map(Id)
}

/// What is wrong with a form, in the order of its fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Complaints(Vec<Complaint>);

/// What is wrong with one field.
#[derive(Debug, Clone)]
pub(super) struct Complaint {
    pub(super) field: &'static str,
    pub(super) label: &'static str,
    pub(super) sentence: String,
}

impl Complaints {
    /// The complaints about these fields, each by its name and label.
    pub(super) fn of(fields: &Fields, order: &[(&'static str, &'static str)]) -> Complaints {
        let complaint = |(field, label): &(&'static str, &'static str)| {
            let sentence = fields.0.get(*field)?.clone();
            Some(Complaint { field, label, sentence })
        };
        Complaints(order.iter().filter_map(complaint).collect())
    }

    /// One more.
    pub(super) fn add(&mut self, field: &'static str, label: &'static str, sentence: &str) {
        self.0.push(Complaint { field, label, sentence: sentence.to_owned() });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Complaint> {
        self.0.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub(super) fn about(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|one| one.field == field).map(|one| one.sentence.as_str())
    }
}
