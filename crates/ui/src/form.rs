//! Form input: parsed as a whole, and kept as it was typed, so that a page that reports errors can show every value
//! again.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::web::{Input, RawInput, body};
use kit::{Error, Fault, Fields, Id, Result};
use serde_json::Value;

/// Every value of a form as it was typed.
#[derive(Debug, Clone, Default)]
pub struct RawForm(Arc<RawInput>);

impl RawForm {
    /// Returns the value of a field, or the first value if the field was sent several times; empty if the field is
    /// missing.
    pub fn get(&self, name: &str) -> &str {
        let value = match self.0.raw(name) {
            Some(Value::Array(many)) => many.first(),
            one => one,
        };
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns all values of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        match self.0.raw(name) {
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        }
    }

    /// Returns whether a field has this value, alone or among others.
    pub fn has(&self, name: &str, value: &str) -> bool {
        match self.0.raw(name) {
            Some(Value::Array(many)) => many.iter().any(|one| one == value),
            one => one.and_then(Value::as_str) == Some(value),
        }
    }

    /// Returns a form with the fields of `stored`: each has the typed value if there is one, and otherwise the stored
    /// value. Fields that are not in `stored` are left out.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if the values cannot be read again as input. This does not happen, because all values
    /// are texts.
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

/// A form or a query, as it was typed and as it was parsed.
#[derive(Debug)]
pub struct FormInput<T> {
    /// Every value as it was typed.
    pub raw_form: RawForm,
    /// The parsed input, or the errors of its fields.
    pub parsed: Result<T, Fields>,
}

impl<T: Input> FormInput<T> {
    /// Parses the bytes of a URL-encoded form or query. Field errors are part of the result and not an error of this
    /// function.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if the bytes are not a URL-encoded form, and every error of the parser that is not
    /// about a field.
    pub fn from_bytes(bytes: &[u8]) -> Result<FormInput<T>> {
        let parsed = match RawInput::from_form(bytes).and_then(RawInput::parse::<T>) {
            Ok(input) => Ok(input),
            Err(Error::Invalid(fields)) => Err(fields),
            Err(error) => return Err(error),
        };
        Ok(FormInput { raw_form: RawForm(Arc::new(RawInput::from_form(bytes)?)), parsed })
    }
}

/// An extractor that parses the body of a request as a form.
#[derive(Debug)]
pub struct PostedForm<T>(pub FormInput<T>);

impl<S: Send + Sync, T: Input> FromRequest<S> for PostedForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<PostedForm<T>> {
        FormInput::from_bytes(&body(request).await?).map(PostedForm)
    }
}

/// An extractor that parses the query of a request as a form.
#[derive(Debug)]
pub struct QueryForm<T>(pub FormInput<T>);

impl<S: Send + Sync, T: Input> FromRequestParts<S> for QueryForm<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<QueryForm<T>> {
        FormInput::from_bytes(parts.uri.query().unwrap_or_default().as_bytes()).map(QueryForm)
    }
}

/// The name of the operation that has just succeeded, so that the page can confirm it: the value of `done` in the URL.
#[derive(Debug)]
pub struct Done(pub Option<String>);

impl Input for Done {
    fn parse(input: &mut RawInput) -> Done {
        Done(input.opt_text_within("done", 20))
    }
}

/// Reads a number that only narrows a selection. Returns `None` if the field is missing or is not a number.
pub fn lenient_number(raw_input: &RawInput, field: &str) -> Option<i64> {
    raw_input.raw(field)?.as_str()?.parse().ok()
}

/// Reads an id that only narrows a selection. Returns `None` if the field is missing or is not an id.
pub fn lenient_id(raw_input: &RawInput, field: &str) -> Option<Id> {
    lenient_number(raw_input, field).map(Id)
}

/// The errors of a form, in the order of its fields.
#[derive(Debug, Clone, Default)]
pub struct FieldErrors(Vec<FieldError>);

/// The error of one field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The name of the field.
    pub field: &'static str,
    /// The label of the field.
    pub label: &'static str,
    /// One sentence that says what is wrong.
    pub sentence: String,
}

impl FieldErrors {
    /// Returns the errors of the fields that `order` lists as pairs of name and label, in that order.
    pub fn of(fields: &Fields, order: &[(&'static str, &'static str)]) -> FieldErrors {
        let error = |(field, label): &(&'static str, &'static str)| {
            let sentence = on_page(fields.0.get(*field)?);
            Some(FieldError { field, label, sentence })
        };
        FieldErrors(order.iter().filter_map(error).collect())
    }

    /// Appends an error of a field, with the label that the page shows.
    pub fn add(&mut self, field: &'static str, label: &'static str, sentence: &str) {
        self.0.push(FieldError { field, label, sentence: on_page(sentence) });
    }

    /// Iterates over the errors in order.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// Returns whether there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the error sentence of a field, if it has one.
    pub fn about(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|one| one.field == field).map(|one| one.sentence.as_str())
    }
}

/// Returns the error sentence of a field as pages show it. Sentences of parsers also instruct API clients: they end with
/// an ISO date or time as an example, or name an API field. A page has a picker instead.
pub fn on_page(sentence: &str) -> String {
    let example = sentence.trim_end_matches('.').rsplit(' ').next().unwrap_or_default();
    if example.len() == 10 && example.parse::<Date>().is_ok() {
        return "Choose a date.".to_owned();
    }
    if Time::strptime("%H:%M", example).is_ok() || example.parse::<Timestamp>().is_ok() {
        return "Choose a time.".to_owned();
    }
    sentence.replace(" Send starts_at.", " Choose another time.")
}

/// What a page reports about a form that was not accepted.
#[derive(Debug)]
pub struct FormRejection {
    /// The HTTP status of the response.
    pub status: StatusCode,
    /// The `Retry-After` header, if it is known when to try again.
    pub retry_after: Option<[(HeaderName, HeaderValue); 1]>,
    /// The errors of the fields; empty for a refusal.
    pub errors: FieldErrors,
    /// The sentence of the refusal, if the operation was refused.
    pub refused: Option<&'static str>,
}

impl FormRejection {
    /// Converts an error. `labels` lists the fields of the form as pairs of name and label.
    ///
    /// # Errors
    /// Returns every error that is neither `Error::Invalid` nor `Error::Refused`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_errors_on_pages_contain_no_api_hints() {
        for (sentence, shown) in [
            ("This must be a date like 2026-11-24.", "Choose a date."),
            ("Enter a start date, like 2026-11-24.", "Choose a date."),
            ("Enter a start time, like 18:30.", "Choose a time."),
            ("This must be a timestamp with an offset, like 2026-11-24T18:30:00-05:00.", "Choose a time."),
            ("That time happens twice. Send starts_at.", "That time happens twice. Choose another time."),
            ("This field is required.", "This field is required."),
            ("Use at most 200 characters.", "Use at most 200 characters."),
        ] {
            assert_eq!(on_page(sentence), shown);
        }
    }
}
