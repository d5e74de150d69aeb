//! The cookie by which a visitor's browser identifies its hold. Like the session cookie, it is valid for this host only
//! and not accessible to scripts. The hold itself determines when it expires.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use kit::Result;
use ui::with_cookie;

/// The name of the cookie.
const NAME: &str = "__Host-hold";
/// The lifetime of the cookie in seconds, which is long enough to try again after the hold has expired.
const TTL_SECONDS: u32 = 3_600;

/// The token of an earlier hold, if the request has one.
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

/// Sets the cookie to the token.
///
/// # Errors
/// Returns a fault if the token contains characters that a header may not contain.
pub(crate) fn keep(response: Response, token: &str) -> Result<Response> {
    with_cookie(
        response,
        &format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={TTL_SECONDS}"),
    )
}

/// Deletes the cookie.
///
/// # Errors
/// Returns a fault if the header cannot be built.
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
