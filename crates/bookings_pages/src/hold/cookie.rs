//! The cookie by which a visitor's browser knows what it holds. Like that of a session it is for this host alone and for
//! no script; the hold itself says how long it lasts.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use kit::Result;
use ui::with_cookie;

/// Its name.
const NAME: &str = "__Host-hold";
/// How long the browser keeps it, in seconds: long enough to try again after the hold has run out.
const LIFE: u32 = 3_600;

/// What a request carries of an earlier hold.
#[derive(Debug, Clone)]
pub struct HoldToken(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for HoldToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<HoldToken, Infallible> {
        Ok(HoldToken(token(&parts.headers).map(str::to_owned)))
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    people::cookie(headers, NAME)
}

/// Has the browser keep the token.
///
/// # Errors
/// A fault if it can't stand in a header.
pub(crate) fn keep(response: Response, token: &str) -> Result<Response> {
    with_cookie(response, &format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIFE}"))
}

/// Has the browser forget it.
///
/// # Errors
/// A fault if it can't stand in a header.
pub(crate) fn forget(response: Response) -> Result<Response> {
    with_cookie(response, &format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.append(COOKIE, HeaderValue::from_static("a=1; __Host-session=x"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-hold=; b=2"));
        assert_eq!(token(&headers), None);
        headers.append(COOKIE, HeaderValue::from_static("b=2;__Host-hold=tok"));
        assert_eq!(token(&headers), Some("tok"));
    }
}
