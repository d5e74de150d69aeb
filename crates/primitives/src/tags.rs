//! Entity tags (`ETag`) for API responses. A client that already has the current response receives 304. This saves
//! transfer, not work: the response is built again each time, so it is never stale.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::digest::{digest_of, hex};

/// The largest response that receives a tag, in bytes.
const LARGEST: u64 = 1 << 20;
/// The number of digest bytes in a tag.
const LENGTH: usize = 16;
/// The headers on which an API response depends besides its address.
const VARIES: HeaderValue = HeaderValue::from_static("authorization, cookie, accept-encoding");
/// A client may store the response for itself, but must revalidate it each time.
const PRIVATE_NO_CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Tags the responses under `/api/`, or responds with 304 if the client has the current one. Must run inside the
/// compression.
pub async fn tag(request: Request, next: Next) -> Response {
    let is_api_get = request.method() == Method::GET && request.uri().path().starts_with("/api/");
    let known = request.headers().get_all(IF_NONE_MATCH).into_iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    if !is_api_get || response.status() != StatusCode::OK || response.headers().contains_key(ETAG) {
        return response;
    }
    if response.body().size_hint().exact().is_none_or(|size| size > LARGEST) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let own = digest(&parts.headers, &bytes);
    parts.headers.entry(CACHE_CONTROL).or_insert(PRIVATE_NO_CACHE);
    parts.headers.insert(VARY, VARIES);
    let same = known.iter().filter_map(|text| text.to_str().ok()).find_map(|text| matching(text, &own));
    let tag = same.clone().unwrap_or_else(|| format!("\"{own}\""));
    put(&mut parts.headers, &tag);
    if same.is_none() {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// Gives a compressed response a tag of its own, because a strong tag must differ for different bytes. Must run
/// outside the compression.
pub async fn tag_encoding(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let (Some(tag), Some(encoding)) = (header(ETAG), header(CONTENT_ENCODING)) {
        let tag = format!("{}-{encoding}\"", tag.trim_end_matches('"'));
        put(headers, &tag);
    }
    response
}

fn put(headers: &mut HeaderMap, tag: &str) {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
}

/// Returns the digest of a response body and of the total count of its list.
fn digest(headers: &HeaderMap, body: &[u8]) -> String {
    let whole = match headers.get("x-total-count") {
        None => digest_of(body),
        Some(total) => digest_of(&[total.as_bytes(), b"\n", body].concat()),
    };
    hex(whole.get(..LENGTH).unwrap_or(&whole))
}

/// Returns the first tag in `known` (`"a", W/"b-gzip"`) that stands for `own`, in the client's form.
fn matching(known: &str, own: &str) -> Option<String> {
    known.split(',').map(str::trim).find_map(|tag| {
        let strong = tag.strip_prefix("W/").unwrap_or(tag);
        let bare = strong.strip_prefix('"')?.strip_suffix('"')?;
        let bare = bare.split_once('-').map_or(bare, |(bare, _)| bare);
        (bare == own).then(|| strong.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_etag_is_recognized_in_every_form() {
        let found = |known| matching(known, "abc");
        assert_eq!(found("\"abc\"").as_deref(), Some("\"abc\""));
        assert_eq!(found("\"x\", W/\"abc-br\"").as_deref(), Some("\"abc-br\""));
        for known in ["", "*", "abc", "\"ab\"", "\"abcd\"", "\"x-abc\""] {
            assert_eq!(found(known), None, "{known}");
        }
    }

    #[test]
    fn the_total_count_header_is_part_of_the_etag() {
        let mut headers = HeaderMap::new();
        let alone = digest(&headers, b"[]");
        headers.insert("x-total-count", HeaderValue::from(7));
        let of_seven = digest(&headers, b"[]");
        assert_eq!((alone.len(), of_seven.len()), (32, 32));
        assert_ne!(alone, of_seven);
    }
}
