//! Errors of the API (RFC 9457), paging of lists, and headers of every response.

use serde_json::{Value, json};
use testing::{GUS, TestClub};

use crate::whole::WholeProgram as _;
use crate::{CREATE, try_book};

#[tokio::test]
async fn every_error_is_a_problem_document_with_the_request_id() {
    let app = TestClub::open().await;
    let gus = app.as_(GUS);
    for (answer, status, code) in [
        (app.visitor().get(crate::MY_BOOKINGS).await, 401, "not_signed_in"),
        (gus.get("/api/bookings/5/").await, 404, "not_found"),
        (gus.get("/api/nothing/").await, 404, "not_found"),
        (gus.get("/api/services/?page=0").await, 400, "invalid"),
        (gus.post(CREATE, json!([])).await, 400, "invalid"),
        (gus.get(CREATE).await, 405, "method_not_allowed"),
        (gus.patch("/api/services/", json!({})).await, 405, "method_not_allowed"),
        (try_book(&app, GUS, "pod", "2027-01-01", "12:00").await, 403, "outside_window"),
        (gus.get("/api/bookings/availability/").await, 400, "invalid"),
    ] {
        let answer = answer.refused(status, code);
        let problem = answer.body.as_object().expect("an object");
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], status);
        for field in ["title", "detail", "error", "trace_id"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} of {problem:?}");
        }
        assert_eq!(problem["trace_id"], answer.header("x-request-id"));
        assert_eq!(problem.contains_key("errors"), code == "invalid", "{problem:?}");
        if let Some(errors) = problem.get("errors") {
            let all = errors.as_object().expect("by field");
            assert!(!all.is_empty() && all.values().all(Value::is_string), "{problem:?}");
            assert!(all.values().any(|sentence| *sentence == problem["error"]), "{problem:?}");
        }
    }
}

/// Two requests never have the same id.
#[tokio::test]
async fn every_request_has_a_unique_id() {
    let app = TestClub::open().await;
    let mut names = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let answer = app.visitor().get("/api/rooms/").await.expect(200);
        assert_eq!(answer.header("x-request-id").len(), 16);
        assert!(names.insert(answer.header("x-request-id").to_owned()));
    }
}

#[tokio::test]
async fn lists_are_paginated() {
    let app = TestClub::open().await;
    let all = app.visitor().get("/api/services/").await.expect(200);
    assert_eq!((all.header("x-total-count"), all.list("").len()), ("7", 7));
    let mut together = Vec::new();
    for page in 1..=4 {
        let part = app.visitor().get(&format!("/api/services/?page={page}&page_size=2")).await.expect(200);
        assert_eq!(part.header("x-total-count"), "7");
        let link = part.header("link");
        for (name, there) in [("first", true), ("last", true), ("prev", page > 1), ("next", page < 4)] {
            assert_eq!(link.contains(&format!("rel=\"{name}\"")), there, "page {page}: {link}");
        }
        together.extend(part.list("").clone());
    }
    assert_eq!(&together, all.list(""));
    let filtered = app.visitor().get("/api/services/?category=quiet&page_size=1").await.expect(200);
    assert!(
        filtered.header("link").contains("</api/services/?category=quiet&page=2&page_size=1>; rel=\"next\"")
    );
    // The pages of a filtered list, followed one by one, contain the whole list for any filter text.
    for query in
        ["search=every%26thing%20%F0%9F%92%86", "search=everything%20about", "featured=true", "tag=mensuite"]
    {
        let whole = app.visitor().get(&format!("/api/services/?{query}")).await.expect(200);
        let mut followed = Vec::new();
        let mut next = Some(format!("/api/services/?{query}&page_size=1"));
        while let Some(path) = next.take() {
            let part = app.visitor().get(&path).await.expect(200);
            followed.extend(part.list("").clone());
            let link = part
                .header("link")
                .split(", ")
                .find_map(|link| link.strip_suffix(">; rel=\"next\"").map(str::to_owned));
            next = link.map(|link| link.trim_start_matches('<').to_owned());
        }
        assert_eq!(&followed, whole.list(""), "{query}");
    }
    for path in [
        "services/",
        "services/mensuite/",
        "services/featured/",
        "services/categories/",
        "memberships/plans/",
    ] {
        let list = app.visitor().get(&format!("/api/{path}?page_size=1&page=2")).await.expect(200);
        assert_eq!(list.list("").len(), 1, "{path}");
        assert!(list.header("x-total-count").parse::<usize>().is_ok_and(|total| total >= 2), "{path}");
        assert!(
            list.header("link").contains(&format!("</api/{path}?page=1&page_size=1>; rel=\"first\"")),
            "{path}"
        );
        for odd in
            ["page=0", "page=-1", "page=x", "page_size=0", "page_size=501", "page=1000001", "page=1&page=2"]
        {
            app.visitor().get(&format!("/api/{path}?{odd}")).await.refused(400, "invalid");
        }
    }
}

#[tokio::test]
async fn every_response_has_security_headers() {
    let app = TestClub::open().await;
    for path in ["/api/services/", "/api/nothing/", "/health/", "/nothing/", "/api/openapi.json"] {
        let answer = app.visitor().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
    }
    // Personal responses are not stored by proxies. An app may store them, but must revalidate them each time.
    assert_eq!(app.as_(GUS).get(crate::MY_BOOKINGS).await.header("cache-control"), "private, no-cache");
    assert_eq!(app.browser(GUS).get("/dashboard/").await.header("cache-control"), "no-store");
    assert_eq!(app.visitor().get(crate::MY_BOOKINGS).await.header("cache-control"), "no-store");
}

/// A form on another site can't book with this browser's cookie.
#[tokio::test]
async fn cross_site_requests_are_refused() {
    let app = TestClub::open().await;
    let booking_request = crate::request_body(&app, "pod", "2026-11-27", "12:00").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        let crossed = app.browser(GUS).with(name, value).post(CREATE, booking_request.clone()).await;
        crossed.refused(403, "cross_site");
    }
    let foreign = app.browser(GUS).with("origin", "https://evil.test").with("host", "localhost:8080");
    foreign.post(CREATE, booking_request.clone()).await.refused(403, "cross_site");
    let page = app.browser(GUS).with("sec-fetch-site", "cross-site").submit("/dashboard/profile/", "").await;
    let page = page.expect(403).text();
    assert!(
        page.contains("Open the page on our site and try again.") && !page.contains("have access"),
        "{page}"
    );
    app.browser(GUS).with("sec-fetch-site", "same-origin").post(CREATE, booking_request).await.expect(201);
}
