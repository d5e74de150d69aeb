//! Attacks: planted sessions, forms from other sites, links to other sites, paths, hosts, guessed passwords, and
//! markup.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::json;
use testing::{Answer, BEA, CAST, DORA, GUS, Guest, MAX, OLA, TOM, TestClub};

use crate::accounts::{PASSWORD, mails_to, register, sign_up, zoe};
use crate::whole::WholeProgram as _;

/// Text that would do harm if it were not escaped.
const MARKUP: &str = "evil<b>\"'&<img src=x onerror=alert(1)></script>{{7*7}}";

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn session(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok());
    let mut found = cookies.filter(|one| one.starts_with("__Host-session="));
    found.next().and_then(|one| one.split(';').next()).unwrap_or_default().to_owned()
}

fn device(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok());
    let mut found = cookies.filter(|one| one.starts_with("__Host-device="));
    found.next().and_then(|one| one.split(';').next()).unwrap_or_default().to_owned()
}

async fn submit_login(guest: &Guest<'_>, password: &str) -> Answer {
    guest.submit("/login/", &format!("email=zoe%40example.com&password={password}")).await
}

#[tokio::test]
async fn signing_in_replaces_a_planted_session() {
    let app = TestClub::open().await;
    sign_up(&app, zoe()).await;
    let planted = "__Host-session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let answer = submit_login(&app.visitor().with("cookie", planted), PASSWORD).await.expect(303);
    assert!(!session(&answer).is_empty() && session(&answer) != planted);
    app.visitor().with("cookie", planted).get("/dashboard/").await.expect(303);
    // A session of Eve's does not become Zoe's either.
    let eve = app.browser(GUS);
    let answer = submit_login(&eve, PASSWORD).await.expect(303);
    eve.get("/dashboard/").await.expect(303);
    app.as_(GUS).get("/api/users/profile/me/").await.expect(200);
    let zoe = app.visitor().with("cookie", &session(&answer));
    assert!(zoe.get("/dashboard/").await.expect(200).text().contains("Zoe"));
}

#[tokio::test]
async fn guesses_elsewhere_do_not_lock_out_a_known_browser() {
    let app = TestClub::open().await;
    sign_up(&app, zoe()).await;
    let answer = submit_login(&app.visitor(), PASSWORD).await.expect(303);
    let known = app.visitor().with("cookie", &device(&answer));
    for _ in 0..10 {
        submit_login(&app.visitor(), "wrong-guess").await.expect(401);
    }
    let locked = submit_login(&app.visitor(), PASSWORD).await.expect(429);
    let seconds: u32 = locked.header("retry-after").parse().expect("seconds");
    assert!((1..=900).contains(&seconds), "{seconds}");
    submit_login(&known, PASSWORD).await.expect(303);
    // A browser is known only to the account that signed in with it: it does not help to guess other passwords, and its
    // guesses are counted.
    let gus = "email=gus%40cast.test&password=wrong-guess";
    for _ in 0..10 {
        known.submit("/login/", gus).await.expect(401);
    }
    known.submit("/login/", gus).await.expect(429);
    for _ in 0..10 {
        submit_login(&known, "wrong-guess").await.expect(401);
    }
    submit_login(&known, PASSWORD).await.expect(429);
}

/// An account that only claims an address learns nothing from guesses with a browser that it has signed in with.
#[tokio::test]
async fn guesses_after_an_unverified_sign_up_do_not_reveal_accounts() {
    let app = TestClub::open().await;
    let mut results = Vec::new();
    for address in ["gus@cast.test", "nobody@cast.test"] {
        let form = format!("email={}&password={PASSWORD}&first_name=Eve&last_name=Roe", encoded(address));
        let made = app.visitor().submit("/signup/", &form).await.expect(303);
        let known = app.visitor().with("cookie", &device(&made));
        let mut statuses = Vec::new();
        for _ in 0..12 {
            let guess = format!("email={}&password=wrong-guess", encoded(address));
            statuses.push(known.submit("/login/", &guess).await.status);
        }
        results.push(statuses);
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0].iter().filter(|status| **status == 429).count(), 2);
}

/// Every form that another site sends is refused before its content is read.
#[tokio::test]
async fn forms_from_other_sites_are_refused() {
    let app = TestClub::open().await;
    let posts: Vec<String> =
        crate::permissions::pages().into_iter().filter(|one| one.starts_with("POST ")).collect();
    assert!(posts.len() > 15, "{posts:?}");
    for route in posts {
        let path = route.trim_start_matches("POST ").replace("{id}", "1");
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.test"),
        ] {
            let guest = app.browser(OLA).with(name, value).with("host", "localhost:8080");
            let refused = guest.submit(&path, "role=owner").await.expect(403);
            assert!(refused.header("set-cookie").is_empty(), "{path}");
        }
    }
    app.browser(OLA).get("/dashboard/").await.expect(200);
}

#[tokio::test]
async fn signing_in_never_redirects_to_another_site() {
    let app = TestClub::open().await;
    sign_up(&app, zoe()).await;
    for next in [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "\\\\evil.test",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "https:evil.test",
        "///evil.test",
        "/\tevil",
        "%2F%2Fevil.test",
        "http://localhost:8080@evil.test/",
        " //evil.test",
    ] {
        let form = format!("email=zoe%40example.com&password={PASSWORD}&next={}", encoded(next));
        let answer = app.visitor().submit("/login/", &form).await.expect(303);
        let to = answer.header("location");
        let is_local =
            to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') && !to.contains('\r');
        assert!(is_local, "{next}: {to}");
        let page = app.visitor().get(&format!("/login/?next={}", encoded(next))).await.expect(200).text();
        assert!(!page.contains("value=\"https") && !page.contains("value=\"//"), "{next}");
        let inside = app.browser(DORA).get(&format!("/login/?next={}", encoded(next))).await.expect(303);
        assert!(inside.header("location").starts_with('/') && !inside.header("location").starts_with("//"));
    }
}

#[tokio::test]
async fn no_spelling_of_a_path_bypasses_permissions() {
    let app = TestClub::open().await;
    for path in [
        "/dashboard/../staff/people/",
        "//staff/people/",
        "/staff//people/",
        "/staff/people/.",
        "/staff%2Fpeople/",
        "/STAFF/people/",
        "/staff/people/%2e%2e/audit/",
        "/staff/people/;a=1/",
        "/staff/people/%00",
        "/./staff/people/",
        "/assets/..%2f..%2fclub.key",
        "/assets/%2e%2e/%2e%2e/club.key",
        "/staff/people/1/role/",
        "/staff/audit/../audit/audit.csv",
    ] {
        let answer = app.browser(BEA).get(path).await;
        assert!(matches!(answer.status, 403..=405), "{path}: {}", answer.status);
        assert!(!answer.text().contains("Dora Quill"), "{path}");
    }
}

/// Links in emails lead to the configured address, whatever the request's host is.
#[tokio::test]
async fn email_links_ignore_the_host_of_the_request() {
    let app = TestClub::open().await;
    let evil = app
        .visitor()
        .with("host", "evil.test")
        .with("x-forwarded-host", "evil.test")
        .with("x-forwarded-proto", "gopher")
        .with("forwarded", "host=evil.test");
    evil.post("/api/auth/register/", zoe()).await.expect(202);
    evil.post("/api/auth/password-reset/", json!({"email": "zoe@example.com"})).await.expect(202);
    let mails = mails_to(&app, "zoe@example.com").await;
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert!(mail.contains("http://localhost:8080/") && !mail.contains("evil.test"), "{mail}");
    }
}

/// Tokens that are of another kind, cut short, extended, of another person, or used in another place give no access.
#[tokio::test]
async fn altered_or_misused_tokens_give_no_access() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let (access, refresh) =
        (made["access"].as_str().expect("a token"), made["refresh"].as_str().expect("a token"));
    register(&app, crate::and(zoe(), json!({"email": "ida@example.com"}))).await;
    let link = crate::accounts::token(&app, "ida@example.com", crate::accounts::VERIFY).await;
    let me = "/api/users/profile/me/";
    let digest = kit::tokens::hex(&kit::tokens::digest(access));
    for token in [
        refresh,
        &link,
        &access[1..],
        &format!("{access}0"),
        &access.to_uppercase(),
        &digest,
        "",
        "null",
        "' OR '1'='1",
    ] {
        app.bearer(token).get(me).await.expect(401);
        app.visitor().with("cookie", &format!("__Host-session={token}")).get("/dashboard/").await.expect(303);
    }
    for token in [access, refresh, &digest, &link[1..], &link.to_uppercase()] {
        let body = json!({"token": token, "password": PASSWORD});
        app.visitor().post("/api/auth/verify/", body).await.refused(400, "link_expired");
        let body = json!({"token": token, "password": "another-password"});
        app.visitor().post("/api/auth/password-reset/confirm/", body).await.refused(400, "link_expired");
    }
    app.bearer(access).get(me).await.expect(200);
}

/// Returns the forms of a page: the path of each and the names of its fields.
fn forms(page: &str) -> Vec<(String, BTreeSet<String>)> {
    let attribute = |text: &str, name: &str| {
        let rest = text.split(&format!(" {name}=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    };
    let mut found = Vec::new();
    for form in page.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        let Some(action) = attribute(form, "action").filter(|_| form.contains("method=\"post\"")) else {
            continue;
        };
        let names =
            form.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned));
        found.push((action.replace("&amp;", "&"), names.collect()));
    }
    found
}

fn assert_escaped(page: &str, place: &str) {
    // If the braces had been evaluated, their place would hold a number.
    for raw in ["evil<b>", "<img src=x", "onerror=alert(1)>", "</script>{{", "script&gt;49", "</script>49"] {
        assert!(!page.contains(raw), "{place}: {raw}");
    }
}

/// Visits the club as every person, fills every field of every form with markup, and checks the responses and,
/// afterwards, every page.
#[tokio::test]
async fn markup_in_any_form_field_is_escaped_on_every_page() {
    let app = TestClub::open().await;
    let me = "/api/users/profile/me/";
    // Markup is allowed in names, emergency contacts, and special requests.
    let contact = json!({"name": MARKUP, "phone": "2125550199", "relation": MARKUP});
    let profile = json!({"first_name": MARKUP, "last_name": MARKUP, "emergency_contact": contact});
    for player in CAST {
        app.as_(player).patch(me, profile.clone()).await.expect(200);
    }
    let request_body = crate::request_body(&app, "massage", "2026-11-26", "14:00").await;
    let more = json!({"special_requests": MARKUP, "guest_name": MARKUP, "allergies_notes": MARKUP, "companion_name": MARKUP});
    let booked =
        app.as_(GUS).post(crate::CREATE, crate::and(request_body, more)).await.expect(201).number("id");
    let held = crate::request_body(&app, "pod", "2026-11-26", "12:00").await;
    let held = app.as_(GUS).post("/api/bookings/hold/", held).await.expect(201).number("id");
    app.visitor().with("user-agent", MARKUP).post("/api/auth/register/", zoe()).await.expect(202);
    app.run_jobs().await;
    for mail in app.mails() {
        assert_escaped(
            crate::accounts::plain(&mail).split("text/html").nth(1).unwrap_or_default(),
            "a character",
        );
    }

    let mut paths: Vec<String> = crate::permissions::pages()
        .into_iter()
        .filter_map(|route| route.strip_prefix("GET ").map(str::to_owned))
        .filter(|path| !path.contains("{name}"))
        .map(|path| {
            let id = if path.contains("held") { held } else { booked };
            path.replace("{id}", &id.to_string()).replace("{slug}", "massage")
        })
        .collect();
    let queries: Vec<String> = [
        "/services/?q=",
        "/book/?service=",
        "/staff/people/?q=",
        "/staff/audit/?network=",
        "/login/?next=",
        "/verify/?token=",
        "/password-reset/new/?token=",
        "/unsubscribe/?token=",
        "/api/docs/?q=",
        "/staff/audit/?person=",
    ]
    .iter()
    .map(|start| format!("{start}{}", encoded(MARKUP)))
    .collect();
    paths.extend(queries);
    let walkers = [
        app.visitor(),
        app.browser(GUS),
        app.browser(TOM),
        app.browser(DORA),
        app.browser(MAX),
        app.browser(OLA),
    ];
    let mut sent = BTreeSet::new();
    for round in 0..2 {
        for walker in &walkers {
            for path in &paths {
                let page = walker.get(path).await;
                assert!(page.status < 500, "{path}: {}", page.text());
                if !page.header("content-type").starts_with("text/html") {
                    continue;
                }
                assert_escaped(&page.text(), path);
                for (action, names) in forms(&page.text()) {
                    // Signing out would end the walk. Booking what is reviewed changes what others see, which does no
                    // harm.
                    if round > 0 || action == "/logout/" {
                        continue;
                    }
                    let form: Vec<String> =
                        names.iter().map(|name| format!("{name}={}", encoded(MARKUP))).collect();
                    let answer = walker.submit(&action, &form.join("&")).await;
                    assert!(answer.status < 500, "{action}: {}", answer.text());
                    if answer.header("content-type").starts_with("text/html") {
                        assert_escaped(&answer.text(), &action);
                    }
                    sent.insert(action);
                }
            }
        }
    }
    assert!(sent.len() >= 14, "{sent:?}");
}

/// A browser never renders a response of the API as a page.
#[tokio::test]
async fn api_responses_are_never_rendered_as_pages() {
    let app = TestClub::open().await;
    for path in ["/api/services/?search=%3Cb%3E", "/api/%3Cscript%3E/", "/api/staff/people/?q=%3Cb%3E"] {
        let answer = app.as_(OLA).send(Method::GET, path, None, Vec::new()).await;
        assert!(answer.header("content-type").contains("json"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}
