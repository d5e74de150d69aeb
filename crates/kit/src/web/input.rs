//! Input parsing: JSON, forms, and queries become a [`RawInput`], from which each input type parses itself and
//! reports errors field by field.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::HttpBody as _;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::amounts::Cents;
use crate::errors::{Error, Fields, Result};
use crate::ids::Id;

/// The default limit for the length of a text in characters.
const LONGEST: usize = 2_000;
/// The largest id: 53 bits.
const LARGEST_ID: i64 = (1 << 53) - 1;

/// An input type that parses itself.
pub trait Input: Sized {
    /// Parses the input. Errors are added to `input`.
    fn parse(input: &mut RawInput) -> Self;
}

/// Defines an input once: from one list of fields come the struct, its OpenAPI schema, and its parser with the messages.
/// After `=` is the method of [`RawInput`] that parses the field, with its bounds, or `read(function)` for a function
/// of the input and the field's name. `value_type` gives the schema's type where the parsed type differs.
#[macro_export]
macro_rules! input {
    (@$input:ident $field:ident read($function:path)) => { $function($input, stringify!($field)) };
    (@$input:ident $field:ident $method:ident($($bound:expr),*)) => {
        $input.$method(stringify!($field) $(, $bound)*)
    };
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident {
        $($(#[$about:meta])* $access:vis $field:ident: $type:ty = $method:ident $bounds:tt,)*
    }) => {
        #[derive(utoipa::ToSchema)]
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$about])* $access $field: $type,)*
        }

        impl $crate::web::Input for $name {
            fn parse(input: &mut $crate::web::RawInput) -> $name {
                $name { $($field: $crate::input!(@input $field $method $bounds),)* }
            }
        }
    };
}

/// The unparsed values of an input, with the errors found so far.
#[derive(Debug, Default)]
pub struct RawInput {
    values: Map<String, Value>,
    errors: Fields,
    /// Whether an empty value is an error. If not, it counts as missing, because a form sends empty fields.
    refuses_empty: bool,
}

impl RawInput {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if the bytes are not a JSON object.
    pub fn from_json(bytes: &[u8]) -> Result<RawInput> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(values)) => Ok(RawInput { values, ..RawInput::default() }),
            Ok(_) => Err(Fields::one("body", "Send a JSON object.")),
            Err(error) => Err(Fields::one("body", format!("Invalid JSON: {error}."))),
        }
    }

    /// Reads a form or a query. If a name occurs several times, all its values are kept.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if the bytes cannot be parsed.
    pub fn from_form(bytes: &[u8]) -> Result<RawInput> {
        let mut values = Map::new();
        for (name, value) in RawInput::pairs(bytes)? {
            let value = Value::String(value);
            match values.get_mut(&name) {
                None => drop(values.insert(name, value)),
                Some(Value::Array(many)) => many.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
        Ok(RawInput { values, ..RawInput::default() })
    }

    /// Returns the names and values of a form in their original order.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if the bytes cannot be parsed.
    pub fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>> {
        serde_urlencoded::from_bytes(bytes).map_err(|_| Fields::one("body", "We couldn’t read this form."))
    }

    /// Makes an empty number, date, time, or choice an error instead of a missing value, for API queries.
    #[must_use]
    pub fn refusing_empty(self) -> RawInput {
        RawInput { refuses_empty: true, ..self }
    }

    /// Returns the text of a field that is to be parsed. An empty text counts as missing, or is an error if empty
    /// values are refused.
    fn value_text(&mut self, field: &str) -> Option<String> {
        let is_empty = || self.raw(field).and_then(Value::as_str).is_some_and(|text| text.trim().is_empty());
        if self.refuses_empty && is_empty() {
            self.add_error(field, "This is empty. Fill it in or leave it out.");
            return None;
        }
        self.opt_text(field)
    }

    /// Parses the whole input.
    ///
    /// # Errors
    /// Returns `Error::Invalid` with all field errors.
    pub fn parse<T: Input>(mut self) -> Result<T> {
        let input = T::parse(&mut self);
        self.errors.check()?;
        Ok(input)
    }

    /// Adds an error for a field.
    pub fn add_error(&mut self, field: &str, sentence: impl Into<String>) {
        self.errors.add(field, sentence);
    }

    /// Returns the raw value of a field; `None` if it is missing or null.
    pub fn raw(&self, field: &str) -> Option<&Value> {
        self.values.get(field).filter(|value| !value.is_null())
    }

    /// Returns all values of a field: the items of a JSON list, one value, or the values that a form sends under
    /// one name.
    pub fn many(&self, field: &str) -> Vec<Value> {
        match self.raw(field) {
            Some(Value::Array(many)) => many.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        }
    }

    /// Returns a required text, trimmed, of at most `longest` characters.
    pub fn text(&mut self, field: &str, longest: usize) -> String {
        self.opt_text_within(field, longest).unwrap_or_else(|| self.missing(field))
    }

    /// Returns an optional text, trimmed, of at most 2,000 characters. An empty text counts as missing.
    pub fn opt_text(&mut self, field: &str) -> Option<String> {
        self.opt_text_within(field, LONGEST)
    }

    /// Returns an optional text of at most `longest` characters. Invisible characters are removed
    /// ([`crate::text::clean`]).
    pub fn opt_text_within(&mut self, field: &str, longest: usize) -> Option<String> {
        let text = crate::text::clean(&self.secret(field)?).trim().to_owned();
        if text.is_empty() {
            return None;
        }
        if text.chars().count() > longest {
            self.add_error(field, format!("Use at most {longest} characters."));
            return None;
        }
        Some(text)
    }

    /// Returns a text exactly as it was sent, for passwords.
    pub fn secret(&mut self, field: &str) -> Option<String> {
        match self.raw(field)? {
            Value::String(text) if text.contains('\0') => {
                self.add_error(field, "This contains an unsupported character.");
                None
            }
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.add_error(field, "This must be a string.");
                None
            }
        }
    }

    /// Returns an optional whole number from `least` to `most`.
    pub fn opt_number(&mut self, field: &str, least: i64, most: i64) -> Option<i64> {
        let text = self.value_text(field)?;
        match text.parse().ok().filter(|number| (least..=most).contains(number)) {
            None => {
                self.add_error(field, format!("This must be a whole number from {least} to {most}."));
                None
            }
            number => number,
        }
    }

    /// Returns a required whole number from `least` to `most`.
    pub fn number(&mut self, field: &str, least: i64, most: i64) -> i64 {
        self.opt_number(field, least, most).unwrap_or_else(|| self.missing(field))
    }

    /// Returns a required id.
    pub fn id(&mut self, field: &str) -> Id {
        self.opt_id(field).unwrap_or_else(|| self.missing(field))
    }

    /// Returns an optional id.
    pub fn opt_id(&mut self, field: &str) -> Option<Id> {
        self.opt_number(field, 1, LARGEST_ID).map(Id)
    }

    /// Returns an optional date such as `2026-11-24`.
    pub fn opt_date(&mut self, field: &str) -> Option<Date> {
        self.opt_parsed(field, "This must be a date like 2026-11-24.", |text| {
            (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten().filter(is_near)
        })
    }

    /// Returns a required date such as `2026-11-24`.
    pub fn date(&mut self, field: &str) -> Date {
        self.opt_date(field).unwrap_or_else(|| self.missing(field))
    }

    /// Returns an optional amount from 0 to `most`, such as `150` or `150.00`. The digits are parsed directly,
    /// never through a float (T2).
    pub fn opt_cents(&mut self, field: &str, most: Cents) -> Option<Cents> {
        let sentence = format!("This must be an amount like 150.00, at most {most}.");
        self.opt_parsed(field, &sentence, |text| {
            text.parse::<Cents>().ok().filter(|amount| *amount >= Cents::ZERO && *amount <= most)
        })
    }

    /// Returns an optional time of day such as `18:30`.
    pub fn opt_time(&mut self, field: &str) -> Option<Time> {
        self.opt_parsed(field, "This must be a time like 18:30.", |text| {
            Time::strptime("%H:%M", text).or_else(|_| Time::strptime("%H:%M:%S", text)).ok()
        })
    }

    /// Returns an optional moment such as `2026-11-24T18:30:00-05:00`.
    pub fn opt_moment(&mut self, field: &str) -> Option<Timestamp> {
        let sentence = "This must be a timestamp with an offset, like 2026-11-24T18:30:00-05:00.";
        self.opt_parsed(field, sentence, |text| {
            let moment: Timestamp = text.parse().ok()?;
            is_near(&moment.to_zoned(jiff::tz::TimeZone::UTC).date()).then_some(moment)
        })
    }

    /// Returns a required moment such as `2026-11-24T18:30:00-05:00`.
    pub fn moment(&mut self, field: &str) -> Timestamp {
        self.opt_moment(field).unwrap_or_else(|| self.missing(field))
    }

    /// Returns a required boolean.
    pub fn needed_yes(&mut self, field: &str) -> bool {
        if self.raw(field).is_none_or(|value| value == "") {
            return self.missing(field);
        }
        self.yes(field)
    }

    /// Returns a boolean; a missing value is false. A checked checkbox of a form sends `on`.
    pub fn yes(&mut self, field: &str) -> bool {
        let text = match self.raw(field) {
            None | Some(Value::Bool(false)) => return false,
            Some(Value::Bool(true)) => return true,
            Some(Value::String(text)) => text.clone(),
            Some(_) => String::from("?"),
        };
        match text.as_str() {
            "on" | "true" | "1" | "yes" => true,
            "" if self.refuses_empty => {
                self.add_error(field, "This must be true or false.");
                false
            }
            "" | "off" | "false" | "0" | "no" => false,
            _ => {
                self.add_error(field, "This must be true or false.");
                false
            }
        }
    }

    fn opt_parsed<T>(&mut self, field: &str, sentence: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.value_text(field)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.add_error(field, sentence);
        }
        parsed
    }

    /// Adds the error for a missing required value. Its placeholder is never used, because the error ends the parsing.
    fn missing<T: Default>(&mut self, field: &str) -> T {
        self.add_error(field, "This field is required.");
        T::default()
    }
}

/// Returns whether a date lies in this or the next century, which covers every plausible date.
fn is_near(date: &Date) -> bool {
    (2000..=2199).contains(&date.year())
}

/// The request body, parsed as JSON.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: Input> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Json<T>> {
        if !is_kind(&request, "application/json") && has_body(&request) {
            return Err(Fields::one("body", "Send JSON with Content-Type: application/json."));
        }
        let bytes = body(request).await?;
        let raw_input = if bytes.is_empty() { RawInput::default() } else { RawInput::from_json(&bytes)? };
        raw_input.parse().map(Json)
    }
}

/// The request body, parsed as a form.
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: Input> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Form<T>> {
        if !is_kind(&request, "application/x-www-form-urlencoded") && has_body(&request) {
            return Err(Fields::one("body", "Send a form."));
        }
        RawInput::from_form(&body(request).await?)?.parse().map(Form)
    }
}

/// The query of the request, parsed.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: Input> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>> {
        RawInput::from_form(parts.uri.query().unwrap_or_default().as_bytes())?
            .refusing_empty()
            .parse()
            .map(Query)
    }
}

/// The parameters of the path. A parameter that does not parse leads to 404.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Path(value)).map_err(|_| Error::NotFound)
    }
}

fn is_kind(request: &Request, kind: &str) -> bool {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(kind)
}

fn has_body(request: &Request) -> bool {
    !request.body().is_end_stream()
}

/// The largest accepted body in bytes.
const LARGEST_BODY: usize = 1 << 20;
/// How many bytes are read and discarded at most, so that a client that is still sending receives the response.
const PATIENCE: usize = 32 << 20;

/// Reads the body of a request.
///
/// # Errors
/// Returns `Error::Invalid` if the body is larger than 1 MiB or is cut off.
pub async fn body(request: Request) -> Result<Vec<u8>> {
    let too_large = || Fields::one("body", "This is too large, or the upload was interrupted.");
    let mut body = request.into_body();
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.map_err(|_| too_large())?.into_data() else { continue };
        seen += data.len();
        if seen > PATIENCE {
            break;
        }
        if seen <= LARGEST_BODY {
            bytes.extend_from_slice(&data);
        }
    }
    if seen > LARGEST_BODY { Err(too_large()) } else { Ok(bytes) }
}
