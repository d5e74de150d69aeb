//! What was filled in: parsed as a whole, and kept as it was typed, so that a page that says what is wrong loses
//! nothing.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use kit::web::{Input, RawInput, body};
use kit::{Error, Fault, Fields, Id, Result};
use serde_json::Value;

/// Every value as it was typed.
#[derive(Debug, Clone, Default)]
pub struct RawForm(Arc<RawInput>);

impl RawForm {
    /// The value of a field, the first if it came twice; empty if it was not typed.
    pub fn get(&self, name: &str) -> &str {
        let value = match self.0.raw(name) {
            Some(Value::Array(many)) => many.first(),
            one => one,
        };
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        match self.0.raw(name) {
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        }
    }

    /// Whether a field has a value, alone or among others.
    pub fn has(&self, name: &str, value: &str) -> bool {
        match self.0.raw(name) {
            Some(Value::Array(many)) => many.iter().any(|one| one == value),
            one => one.and_then(Value::as_str) == Some(value),
        }
    }

    /// The same, with the stored value of every field that was not typed. Fields that are not in `stored` are left out.
    ///
    /// # Errors
    /// A fault.
    pub fn over(&self, stored: &[(&str, String)]) -> Result<RawForm> {
        let pairs: serde_json::Map<String, Value> = stored
            .iter()
            .map(|(name, value)| {
                let entered = self.0.raw(name).map(|_| self.get(name).to_owned());
                ((*name).to_owned(), Value::String(entered.unwrap_or_else(|| value.clone())))
            })
            .collect();
        RawInput::from_json(Value::Object(pairs).to_string().as_bytes())
            .map(|raw_input| RawForm(Arc::new(raw_input)))
    }
}

/// A form or a query: as it was typed, and parsed.
#[derive(Debug)]
pub struct FormInput<T> {
    /// Every value as it was typed.
    pub raw_form: RawForm,
    /// What it means, or what is wrong with its fields.
    pub parsed: Result<T, Fields>,
}

impl<T: Input> FormInput<T> {
    /// Parses the bytes of a form or a query.
    ///
    /// # Errors
    /// A fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<FormInput<T>> {
        let parsed = match RawInput::from_form(bytes).and_then(RawInput::parse::<T>) {
            Ok(input) => Ok(input),
            Err(Error::Invalid(fields)) => Err(fields),
            Err(error) => return Err(error),
        };
        Ok(FormInput { raw_form: RawForm(Arc::new(RawInput::from_form(bytes)?)), parsed })
    }
}

/// The body of a request as a form.
#[derive(Debug)]
pub struct PostedForm<T>(pub FormInput<T>);

impl<S: Send + Sync, T: Input> FromRequest<S> for PostedForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<PostedForm<T>> {
        FormInput::from_bytes(&body(request).await?).map(PostedForm)
    }
}

/// The query of a request as a form.
#[derive(Debug)]
pub struct QueryForm<T>(pub FormInput<T>);

impl<S: Send + Sync, T: Input> FromRequestParts<S> for QueryForm<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<QueryForm<T>> {
        FormInput::from_bytes(parts.uri.query().unwrap_or_default().as_bytes()).map(QueryForm)
    }
}

/// What a page says was done a moment ago: the value of `done` in its address.
#[derive(Debug)]
pub struct Done(pub Option<String>);

impl Input for Done {
    fn parse(input: &mut RawInput) -> Done {
        Done(input.opt_text_within("done", 20))
    }
}

/// A number that only narrows a choice; text that is no number counts as absent.
pub fn lenient_number(raw_input: &RawInput, field: &str) -> Option<i64> {
    raw_input.raw(field)?.as_str()?.parse().ok()
}

/// An id that only narrows a choice; text that is no id counts as absent.
pub fn lenient_id(raw_input: &RawInput, field: &str) -> Option<Id> {
    lenient_number(raw_input, field).map(Id)
}

/// What is wrong with a form, in the order of its fields.
#[derive(Debug, Clone, Default)]
pub struct FieldErrors(Vec<FieldError>);

/// What is wrong with one field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The name of the field.
    pub field: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What is wrong, in a sentence.
    pub sentence: String,
}

impl FieldErrors {
    /// The errors of these fields, each by its name and label.
    pub fn of(fields: &Fields, order: &[(&'static str, &'static str)]) -> FieldErrors {
        let error = |(field, label): &(&'static str, &'static str)| {
            let sentence = fields.0.get(*field)?.clone();
            Some(FieldError { field, label, sentence })
        };
        FieldErrors(order.iter().filter_map(error).collect())
    }

    /// Adds one more.
    pub fn add(&mut self, field: &'static str, label: &'static str, sentence: &str) {
        self.0.push(FieldError { field, label, sentence: sentence.to_owned() });
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub fn about(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|one| one.field == field).map(|one| one.sentence.as_str())
    }
}

/// The response to a form that was not accepted.
#[derive(Debug)]
pub struct FormRejection {
    /// The status of the response.
    pub status: StatusCode,
    /// When another try is worthwhile (`Retry-After`), if that is known.
    pub retry_after: Option<[(HeaderName, HeaderValue); 1]>,
    /// What is wrong with the fields.
    pub errors: FieldErrors,
    /// The sentence of a refusal.
    pub refused: Option<&'static str>,
}

impl FormRejection {
    /// The response to an error, for a form whose fields have these labels.
    ///
    /// # Errors
    /// Every error that is neither invalid input nor a refusal.
    pub fn of(error: Error, labels: &[(&'static str, &'static str)]) -> Result<FormRejection> {
        let seconds = error.retry_after();
        let retry_after = seconds.map(|seconds| [(header::RETRY_AFTER, HeaderValue::from(seconds))]);
        match error {
            Error::Invalid(fields) => {
                let (status, errors) = (StatusCode::BAD_REQUEST, FieldErrors::of(&fields, labels));
                Ok(FormRejection { status, retry_after, errors, refused: None })
            }
            Error::Refused(refusal, _) => {
                let status = StatusCode::from_u16(refusal.status).map_err(Fault::because)?;
                let (errors, refused) = (FieldErrors::default(), Some(refusal.sentence));
                Ok(FormRejection { status, retry_after, errors, refused })
            }
            other => Err(other),
        }
    }
}
