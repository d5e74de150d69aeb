//! Parts of responses: cookies, the way to the sign-in page and back.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kit::web::see_other;
use kit::{Error, Fault, Result};

use crate::format::encoded;

/// The longest path that somebody is sent on to, in bytes.
const LONGEST_PATH: usize = 1_000;

/// Returns the text if it is a path of this site, and `None` if it could lead to another one.
pub fn local_path(next: &str) -> Option<&str> {
    let is_plain = next.len() <= LONGEST_PATH && next.bytes().all(|byte| byte.is_ascii_graphic());
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    (is_plain && is_local).then_some(next)
}

/// The path of the sign-in page that leads back to `next`.
pub fn login_path(next: &str) -> String {
    format!("/login/?next={}", encoded(next))
}

/// Redirects to the sign-in page, and back to `here` afterwards.
pub fn sign_in_path(here: &str) -> Response {
    see_other(&login_path(here))
}

/// The response to a request for a page: whoever has to sign in is redirected, and comes back to `here` afterwards.
///
/// # Errors
/// Every other error of `answer`.
pub fn or_sign_in<T: IntoResponse>(answer: Result<T>, here: &str) -> Result<Response> {
    match answer {
        Ok(page) => Ok(page.into_response()),
        Err(Error::Unauthorized) => Ok(see_other(&login_path(here))),
        Err(error) => Err(error),
    }
}

/// Adds a cookie to a response.
///
/// # Errors
/// A fault if the cookie can't stand in a header.
pub fn with_cookie(mut response: Response, cookie: &str) -> Result<Response> {
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(cookie).map_err(Fault::because)?);
    Ok(response)
}

/// A page whose address holds a secret: browsers do not pass the address on when a link is followed.
pub fn unreferred(page: impl IntoResponse) -> Response {
    let mut response = page.into_response();
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for path in ["/", "/dashboard/", "/book/review/?service=the-cut&starts_at=2026-11-24T15:00:00Z"] {
            assert_eq!(local_path(path), Some(path));
        }
        for path in ["", "//example.org", "/\\example.org", "https://example.org/", "example", "/a\nb", "/🌿"]
        {
            assert_eq!(local_path(path), None, "{path}");
        }
        assert_eq!(login_path("/book/?a=1&b=2"), "/login/?next=/book/%3Fa%3D1%26b%3D2");
    }
}
