//! The cookies of the site. Their names begin with `__Host-`, so that browsers accept them only over a secure
//! connection (or on localhost), for this host alone, and for every path.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use jiff::SignedDuration;

/// How long a browser stays signed in.
pub(crate) const PAGE_TTL: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The name of the session cookie.
const NAME: &str = "__Host-session";
/// The name of the cookie that recognizes a browser with which someone has signed in before.
const DEVICE: &str = "__Host-device";
/// How long a browser is recognized, in seconds: a year.
const DEVICE_TTL: i64 = 365 * 24 * 3_600;

/// The name of the cookie that recognizes the browser that signed up.
const SIGN_UP: &str = "__Host-signup";
/// How long the sign-up cookie is kept, in seconds: seven days.
const SIGN_UP_TTL: i64 = 7 * 24 * 3_600;
/// The name of the cookie that connects the requests of a visitor.
const VISITOR: &str = "__Host-visitor";
/// How long the visitor cookie is kept, in seconds: a day, as long as stored replies.
const VISITOR_TTL: i64 = 24 * 3_600;
/// The least length of a visitor token in characters: 128 bits in base64.
const SHORTEST_VISITOR: usize = 22;

/// Returns the `Set-Cookie` value that keeps a browser signed in for 30 days.
pub fn session_cookie(token: &str) -> String {
    let seconds = PAGE_TTL.as_secs();
    format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

/// Returns the `Set-Cookie` value that removes the session cookie.
pub fn ended_cookie() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Returns the `Set-Cookie` value that recognizes a browser, signed in or not. It grants no access.
pub fn device_cookie(token: &str) -> String {
    format!("{DEVICE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={DEVICE_TTL}")
}

/// Returns the `Set-Cookie` value that recognizes the browser that signed up, for as long as the link in the email
/// is valid. If the link is opened in that browser, the password need not be entered again.
pub fn sign_up_cookie(token: &str) -> String {
    format!("{SIGN_UP}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={SIGN_UP_TTL}")
}

/// Returns the `Set-Cookie` value that removes the sign-up cookie.
pub fn ended_sign_up_cookie() -> String {
    format!("{SIGN_UP}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Returns the token of the browser that signed up.
pub(crate) fn sign_up(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SIGN_UP)
}

/// Returns the `Set-Cookie` value that connects the requests of a visitor (`Idempotency-Key`). It grants no access.
pub(crate) fn visitor_cookie(token: &str) -> String {
    format!("{VISITOR}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={VISITOR_TTL}")
}

/// Returns the visitor token of a request, if it is long enough to be a secret.
pub(crate) fn visitor(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, VISITOR).filter(|token| token.len() >= SHORTEST_VISITOR)
}

/// Returns the token of a recognized browser.
pub(crate) fn device(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, DEVICE)
}

/// Returns the session token of a request.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, NAME)
}

/// Returns whether a request carries a session cookie, valid or not.
pub fn has_session(headers: &HeaderMap) -> bool {
    token(headers).is_some()
}

/// Returns the value of the cookie `requested`; `None` if it is missing or empty.
pub fn cookie<'h>(headers: &'h HeaderMap, requested: &str) -> Option<&'h str> {
    let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, value)| *name == requested && !value.is_empty()).map(|(_, value)| value).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_session_cookie_is_host_only_and_http_only() {
        let cookie = session_cookie("abc");
        assert_eq!(cookie, "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000");
        assert!(ended_cookie().ends_with("Max-Age=0"));
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.append(COOKIE, HeaderValue::from_static("a=1; not__Host-session=x"));
        headers.append(COOKIE, HeaderValue::from_static("b=2;__Host-session=tok"));
        assert_eq!(token(&headers), Some("tok"));
    }
}
