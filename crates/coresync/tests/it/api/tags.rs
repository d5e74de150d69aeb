//! A client that already has the current response gets 304.

use testing::{BEA, GUS, PIA, TestClub};

use crate::book;
use crate::whole::WholeProgram as _;

const ME: &str = "/api/users/profile/me/";
const SERVICES: &str = "/api/services/";

#[tokio::test]
async fn a_matching_etag_gets_304_without_a_body() {
    let app = TestClub::open().await;
    for path in [SERVICES, ME, "/api/bookings/my_bookings/", "/api/openapi.json"] {
        let first = app.as_(PIA).get(path).await.expect(200);
        let tag = first.header("etag").to_owned();
        assert!(tag.len() == 34 && tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        assert_eq!(first.header("cache-control"), "private, no-cache", "{path}");
        let again = app.as_(PIA).with("if-none-match", &format!("\"x\", {tag}")).get(path).await.expect(304);
        assert!(again.bytes.is_empty(), "{path}");
        for name in ["etag", "cache-control", "vary"] {
            assert_eq!(again.header(name), first.header(name), "{path}: {name}");
        }
        assert!(!again.headers.contains_key("content-type"), "{path}");
        app.as_(PIA).with("if-none-match", "\"x\"").get(path).await.expect(200);
    }
}

#[tokio::test]
async fn changed_responses_and_other_callers_get_a_full_response() {
    let app = TestClub::open().await;
    let my_bookings_path = "/api/bookings/my_bookings/";
    let tag = app.as_(PIA).get(my_bookings_path).await.header("etag").to_owned();
    book(&app, PIA, "massage", "2026-11-27", "14:00").await;
    let changed = app.as_(PIA).with("if-none-match", &tag).get(my_bookings_path).await.expect(200);
    assert_ne!(changed.header("etag"), tag);
    let me = app.as_(PIA).get(ME).await.header("etag").to_owned();
    app.as_(BEA).with("if-none-match", &me).get(ME).await.expect(200);
    for who in [PIA, GUS] {
        let vary = app.as_(who).get(ME).await.header("vary").to_owned();
        for name in ["authorization", "cookie", "accept-encoding"] {
            assert!(vary.contains(name), "{vary}");
        }
    }
}

/// The compressed response has different bytes, so it has another entity tag. Both tags are recognized.
#[tokio::test]
async fn compressed_responses_have_their_own_etag() {
    let app = TestClub::open().await;
    let plain = app.visitor().get(SERVICES).await.header("etag").to_owned();
    let packed = app.visitor().with("accept-encoding", "gzip").get(SERVICES).await.expect(200);
    assert_eq!(packed.header("content-encoding"), "gzip");
    let tag = packed.header("etag").to_owned();
    assert_eq!(tag, format!("{}-gzip\"", plain.trim_end_matches('"')));
    let again = app.visitor().with("accept-encoding", "gzip").with("if-none-match", &tag).get(SERVICES).await;
    assert_eq!(again.expect(304).header("etag"), tag);
}

#[tokio::test]
async fn refusals_and_pages_have_no_etag() {
    let app = TestClub::open().await;
    for path in ["/api/services/nothing/", ME, "/", "/services/"] {
        let answer = app.visitor().get(path).await;
        assert_eq!(answer.header("etag"), "", "{path}");
        assert_ne!(answer.header("cache-control"), "private, no-cache", "{path}");
    }
}
