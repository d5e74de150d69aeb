//! Parts of responses: cookies, redirects to the sign-in page and back, and the referrer policy.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kit::web::see_other;
use kit::{Error, Fault, Result};

use crate::format::encoded;

/// The maximum length in bytes of a path that a redirect leads to.
const LONGEST_PATH: usize = 1_000;

/// Returns the text if it is a path of this site, and `None` if it could lead to another site.
pub fn local_path(next: &str) -> Option<&str> {
    let is_plain = next.len() <= LONGEST_PATH && next.bytes().all(|byte| byte.is_ascii_graphic());
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    (is_plain && is_local).then_some(next)
}

/// Returns the path of the sign-in page with `next` as the path to return to after signing in.
pub fn login_path(next: &str) -> String {
    format!("/login/?next={}", encoded(next))
}

/// Redirects to the sign-in page, which leads back to `here` after signing in.
pub fn sign_in_path(here: &str) -> Response {
    see_other(&login_path(here))
}

/// Returns the response to a page request. If the caller has to sign in (`Error::Unauthorized`), it redirects to the
/// sign-in page, which leads back to `here`.
///
/// # Errors
/// Returns every other error of `answer`.
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
/// Returns a fault if the cookie contains characters that a header may not contain.
pub fn with_cookie(mut response: Response, cookie: &str) -> Result<Response> {
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(cookie).map_err(Fault::because)?);
    Ok(response)
}

/// Marks a page whose URL contains a secret: browsers do not send the URL as the referrer when a link is followed.
pub fn unreferred(page: impl IntoResponse) -> Response {
    let mut response = page.into_response();
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_on_this_site() {
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
