//! The first visitor's encoding does not affect what later visitors can read: every `Accept-Encoding` header, every
//! cached page, every order of visitors, byte by byte.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue, Request};
use kit::web::{PageCache, SameForAll};
use testing::TestClub;

use crate::permissions::TABLE;
use crate::whole::WholeProgram as _;
use tower::ServiceExt as _;

/// The header lines, and the encodings that such a client can read; "" is no encoding. An empty list means that the
/// response is 406.
const VISITORS: &[(&[&[u8]], &[&str])] = &[
    (&[], &[""]),
    (&[b""], &[""]),
    (&[b"gzip, deflate, br, zstd"], &["br"]),
    (&[b"gzip"], &["gzip"]),
    (&[b"br"], &["br"]),
    (&[b"GZIP"], &["gzip"]),
    (&[b"gzip, BR"], &["br"]),
    (&[b"*"], &["br", "gzip", ""]),
    (&[b"gzip", b"br"], &["br"]),
    (&[b"gzip", b"identity"], &["gzip"]),
    (&[b"identity", b"gzip;q=0"], &[""]),
    (&[b"br;q=0"], &[""]),
    (&[b"br;q=0, gzip;q=0.5"], &["gzip"]),
    (&[b"br;q=0, *"], &["gzip"]),
    (&[b"gzip;q=0.9, br;q=0.1"], &["gzip"]),
    (&[b"identity, br;q=0.5"], &[""]),
    (&[b"br, identity;q=0"], &["br"]),
    (&[b"x-gzip"], &["gzip"]),
    (&[b"deflate, zstd"], &[""]),
    (&[b"gzip;q=nonsense"], &[""]),
    (&[b" br ;q=1.000 , gzip"], &["br"]),
    (&[b"brgzip"], &[""]),
    (&[b"\xff\xfe, gzip"], &[""]),
    (&[b"identity;q=0"], &[]),
    (&[b"*;q=0"], &[]),
];

/// Pages that are not cached here, but may be cached by others, because they are the same for everybody.
const STATIC: [&str; 2] = ["/offline/", "/robots.txt"];

/// Returns every cached page with its content: of all routes that a visitor may read, those whose response says that
/// it is the same for all, and the static ones. The table of permissions lists every route, so a new cached page cannot be missing.
async fn cached_pages(app: &TestClub) -> Vec<(String, Vec<u8>)> {
    let page_cache = coresync::app::app(app.inner().clone(), None);
    let mut pages = BTreeMap::new();
    for line in TABLE.lines().filter(|line| line.starts_with('+')) {
        let Some((_, path)) = line.split_once(" GET ") else { continue };
        let path = path.split(" |").next().unwrap_or_default().trim().replace("{slug}", "massage");
        let request = request(&path, &[]);
        let (parts, body) = page_cache.clone().oneshot(request).await.expect("an answer").into_parts();
        if parts.extensions.get::<SameForAll>().is_none() && !STATIC.contains(&path.as_str()) {
            continue;
        }
        assert!(!path.contains('{'), "a cached page needs an example: {path}");
        assert_eq!((parts.status.as_u16(), parts.headers.get(CONTENT_ENCODING)), (200, None), "{path}");
        pages.insert(path, to_bytes(body, usize::MAX).await.expect("a whole body").to_vec());
    }
    for known in ["/", "/services/", "/services/massage/", "/sitemap.xml"] {
        assert!(pages.contains_key(known), "{known} is cached: {:?}", pages.keys());
    }
    pages.into_iter().collect()
}

fn request(path: &str, lines: &[&[u8]]) -> Request<Body> {
    let mut request = Request::get(path).body(Body::empty()).expect("a request");
    for line in lines {
        request.headers_mut().append(ACCEPT_ENCODING, HeaderValue::from_bytes(line).expect("a line"));
    }
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 50_000))));
    request
}

async fn send_request(page_cache: &PageCache, path: &str, lines: &[&[u8]]) -> (u16, HeaderMap, Vec<u8>) {
    let request = request(path, lines);
    let (parts, body) = page_cache.clone().oneshot(request).await.expect("an answer").into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a whole body").to_vec();
    (parts.status.as_u16(), parts.headers, bytes)
}

fn decoded(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match coding {
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut out).map(drop),
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).map(drop),
        _ => {
            out = bytes.to_vec();
            Ok(())
        }
    }
    .expect("what is sent can be read");
    out
}

/// Checks that a visitor gets the content of the page in an encoding that they can read.
async fn check(
    page_cache: &PageCache,
    page: &str,
    plain: &[u8],
    visitor: &(&[&[u8]], &[&str]),
    first: &[&[u8]],
) {
    let (lines, readable) = visitor;
    let (status, headers, bytes) = send_request(page_cache, page, lines).await;
    let texts = |lines: &[&[u8]]| {
        lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>()
    };
    let what = format!("{page}: {:?} after {:?}", texts(lines), texts(first));
    if readable.is_empty() {
        assert_eq!(status, 406, "{what}");
        return;
    }
    assert_eq!(status, 200, "{what}");
    let coding = headers.get(CONTENT_ENCODING).map_or("", |value| value.to_str().expect("a coding"));
    assert!(readable.contains(&coding), "{what}: answered as {coding:?}");
    assert!(decoded(coding, &bytes) == plain, "{what}: other bytes");
    let varies = headers.get_all(VARY).iter().filter_map(|value| value.to_str().ok());
    assert!(
        varies.flat_map(|one| one.split(',')).any(|one| one.trim().eq_ignore_ascii_case("accept-encoding")),
        "{what}"
    );
}

#[tokio::test]
async fn cached_pages_are_served_in_an_encoding_each_visitor_accepts() {
    let app = TestClub::open().await;
    let pages = cached_pages(&app).await;
    for (first, _) in VISITORS {
        // A new program without cached pages.
        let page_cache = coresync::app::app(app.inner().clone(), None);
        for (page, plain) in &pages {
            // The first visitor comes twice, because a page is served from the cache from the second time on.
            send_request(&page_cache, page, first).await;
            send_request(&page_cache, page, first).await;
            for visitor in VISITORS {
                check(&page_cache, page, plain, visitor, first).await;
            }
        }
    }
}

/// An operation is done or refused, and never answered with 406.
#[tokio::test]
async fn operations_are_never_answered_with_406() {
    let app = TestClub::open().await;
    let wrong = serde_json::json!({"email": "nobody@example.com", "password": "not-it-at-all"});
    let answer = app.visitor().with("accept-encoding", "identity;q=0").post("/api/auth/login/", wrong).await;
    answer.expect(401);
}
