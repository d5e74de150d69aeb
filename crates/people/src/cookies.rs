//! The cookie that keeps a browser signed in. Its name begins with `__Host-`: the browser takes it only
//! over a safe connection (or on localhost), for this host alone and for every path.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use jiff::SignedDuration;

/// How long a browser stays signed in.
pub(crate) const PAGE_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Its name.
const NAME: &str = "__Host-session";
/// The name of the cookie by which a browser is known that somebody has signed in with before.
const DEVICE: &str = "__Host-device";
/// How long a browser is known, in seconds: a year.
const DEVICE_LIFE: i64 = 365 * 24 * 3_600;

/// The name of the cookie by which the browser is known that signed up.
const SIGN_UP: &str = "__Host-signup";
/// How long it is kept, in seconds: seven days.
const SIGN_UP_LIFE: i64 = 7 * 24 * 3_600;
/// The name of the cookie by which a visitor's requests belong together.
const VISITOR: &str = "__Host-visitor";
/// How long it is kept, in seconds: a day, as the answers are.
const VISITOR_LIFE: i64 = 24 * 3_600;
/// The shortest that is taken for a secret, in characters: 128 bits in base64.
const SHORTEST_VISITOR: usize = 22;

/// The value of `Set-Cookie` that keeps a browser signed in for 30 days.
pub fn session_cookie(token: &str) -> String {
    let seconds = PAGE_LIFE.as_secs();
    format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

/// The value of `Set-Cookie` that makes a browser forget it.
pub fn ended_cookie() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The value of `Set-Cookie` by which a browser is known again, signed in or not. It opens nothing.
pub fn device_cookie(token: &str) -> String {
    format!("{DEVICE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={DEVICE_LIFE}")
}

/// The value of `Set-Cookie` by which the browser is known that signed up, for as long as the link of the email is good. It
/// spares who opens the link there the password that they typed a moment ago.
pub fn sign_up_cookie(token: &str) -> String {
    format!("{SIGN_UP}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={SIGN_UP_LIFE}")
}

/// The value of `Set-Cookie` that ends it.
pub fn ended_sign_up_cookie() -> String {
    format!("{SIGN_UP}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// By what the browser is known that signed up.
pub(crate) fn sign_up(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SIGN_UP)
}

/// The value of `Set-Cookie` by which a visitor's requests belong together (`Idempotency-Key`). It opens nothing.
pub(crate) fn visitor_cookie(token: &str) -> String {
    format!("{VISITOR}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={VISITOR_LIFE}")
}

/// What a visitor's requests have in common, if it is as long as one of ours.
pub(crate) fn visitor(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, VISITOR).filter(|token| token.len() >= SHORTEST_VISITOR)
}

/// By what a browser is known that has been here before.
pub(crate) fn device(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, DEVICE)
}

/// The token that a request carries in the cookie.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, NAME)
}

/// Whether a request carries the cookie that keeps a browser signed in, good or not.
pub fn has_session(headers: &HeaderMap) -> bool {
    token(headers).is_some()
}

/// What a request carries in a cookie of this name; nothing if that is empty.
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
    fn the_cookie_is_for_this_host_alone_and_no_script() {
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
