//! Requests with an idempotency key, which take effect once however often they are sent.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use super::input::body;
use crate::errors::{Fields, Result};
use crate::replies::IdempotencyKey;
use crate::tokens;

/// The header that carries the key.
const HEADER: &str = "idempotency-key";
/// The greatest length of a key in characters.
const LONGEST: usize = 255;

/// The input of an idempotent operation: `Once(Json(input), key): Once<Json<NewItem>>`. The key is `Some` if the
/// client sent one; pass it to [`crate::replies::once`].
pub struct Once<T>(pub T, pub Option<IdempotencyKey>);

/// The input of an operation whose path is its only input: `Once(Nothing, key): Once<Nothing>`.
pub struct Nothing;

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Infallible;

    async fn from_request(_: Request, _: &S) -> Result<Nothing, Infallible> {
        Ok(Nothing)
    }
}

/// The header that [`Once`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct OnceHeader {
    /// A key of your choice, new for each request (such as a UUID). If you repeat the same request with the same
    /// key, you receive the first response again, and the operation does not run twice. 1 to 255 visible ASCII
    /// characters, stored for 24 hours. The key belongs to you alone: to your account or, for a visitor, to the
    /// cookie `__Host-visitor` (at least 22 random characters; send your own with the first request, or keep the
    /// one that is set).
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        example = "8e03978e-40d5-43dd-bc93-6894a57f9324"
    )]
    idempotency_key: Option<String>,
}

impl<S: Send + Sync, T: FromRequest<S>> FromRequest<S> for Once<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Once<T>, Response> {
        let header = OnceHeader::read(request.headers()).map_err(IntoResponse::into_response)?;
        let Some(key) = header.idempotency_key else {
            return read(request, state).await.map(|input| Once(input, None));
        };
        let (parts, sent) = request.into_parts();
        let name = format!("{} {}\n{key}", parts.method, parts.uri.path());
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let bytes = body(Request::new(sent)).await.map_err(IntoResponse::into_response)?;
        let digest = tokens::digest_of(&[query.as_bytes(), b"\n", &bytes].concat());
        let input = read(Request::from_parts(parts, Body::from(bytes)), state).await?;
        Ok(Once(input, Some(IdempotencyKey { name, digest })))
    }
}

async fn read<S: Send + Sync, T: FromRequest<S>>(request: Request, state: &S) -> Result<T, Response> {
    T::from_request(request, state).await.map_err(IntoResponse::into_response)
}

impl OnceHeader {
    fn read(headers: &HeaderMap) -> Result<OnceHeader> {
        let mut keys = headers.get_all(HEADER).into_iter();
        let Some(first) = keys.next() else { return Ok(OnceHeader { idempotency_key: None }) };
        let text = first.as_bytes();
        let is_key = (1..=LONGEST).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
        match first.to_str() {
            Ok(text) if is_key && keys.next().is_none() => {
                Ok(OnceHeader { idempotency_key: Some(text.to_owned()) })
            }
            _ => Err(Fields::one(
                "Idempotency-Key",
                format!("Send a single key of 1 to {LONGEST} visible ASCII characters, or none."),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn an_idempotency_key_is_one_word_of_visible_characters() {
        let sent = |texts: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for text in texts {
                headers.append(HEADER, HeaderValue::from_bytes(text).expect("a header"));
            }
            OnceHeader::read(&headers).map(|header| header.idempotency_key)
        };
        assert_eq!(sent(&[]).expect("none is fine"), None);
        assert_eq!(sent(&[b"\"a-1\""]).expect("a key").as_deref(), Some("\"a-1\""));
        assert!(sent(&[&[b'k'; 255]]).is_ok());
        let long = [b'k'; 256];
        let wrong: [&[&[u8]]; 5] = [&[b""], &[b"a b"], &["ключ".as_bytes()], &[&long], &[b"a", b"a"]];
        for keys in wrong {
            assert!(sent(keys).is_err(), "{keys:?}");
        }
    }
}
