//! Rate limits: by account, for visitors by their network, and for failed sign-ins.

use jiff::SignedDuration;
use kit::config::Config;
use serde_json::json;
use testing::{Answer, BEA, GUS, Guest, NOW, PIA, TestClub};

use crate::accounts::{PASSWORD, RESET, VERIFY, register, sign_up, token, zoe};
use crate::whole::WholeProgram as _;

const ME: &str = "/api/users/profile/me/";
const LOGIN: &str = "/api/auth/login/";

/// Opens a club that allows four reads and two writes of an account, and three writes of the visitors of a network,
/// behind a trusted proxy.
async fn open_with_limits() -> TestClub {
    TestClub::open_with(NOW, |config| Config {
        reads_per_minute: 4,
        writes_per_minute: 2,
        visitor_writes_per_minute: 3,
        trusted_proxies: vec!["192.0.2.1".parse().expect("an address")],
        ..config
    })
    .await
}

async fn rename(guest: &Guest<'_>) -> Answer {
    guest.patch(ME, json!({"first_name": "Pia"})).await
}

/// Sends a visitor's write that has no effect.
async fn send_visitor_write(guest: &Guest<'_>) -> Answer {
    guest.post(LOGIN, json!({})).await
}

fn later(app: &TestClub, seconds: i64) {
    app.clock().set(app.clock().now() + SignedDuration::from_secs(seconds));
}

#[tokio::test]
async fn a_rate_limited_account_can_continue_after_waiting() {
    let app = open_with_limits().await;
    let pia = app.as_(PIA);
    // With the first request, the process learns the account.
    for _ in 0..3 {
        rename(&pia).await.expect(200);
    }
    let refused = rename(&pia).await.refused(429, "too_many_requests");
    let wait = refused.number("retry_after");
    assert_eq!((wait, refused.header("retry-after")), (30, "30"));
    pia.get(ME).await.expect(200);
    later(&app, wait - 1);
    rename(&pia).await.expect(429);
    later(&app, 1);
    rename(&pia).await.expect(200);
    rename(&pia).await.expect(429);
}

#[tokio::test]
async fn a_rate_limited_account_does_not_affect_others() {
    let app = open_with_limits().await;
    let gus = app.as_(GUS);
    for _ in 0..3 {
        rename(&gus).await;
    }
    for _ in 0..20 {
        rename(&gus).await.expect(429);
    }
    // A browser of the same account shares its limit.
    app.browser(GUS).get("/dashboard/").await.expect(200);
    rename(&app.browser(GUS)).await.expect(429);
    for _ in 0..2 {
        rename(&app.as_(BEA)).await.expect(200);
    }
    // The first request of each account used up one of the network's three.
    send_visitor_write(&app.visitor()).await.expect(400);
    send_visitor_write(&app.visitor()).await.expect(429);
}

#[tokio::test]
async fn visitors_are_limited_by_network_without_affecting_accounts() {
    let app = open_with_limits().await;
    let from = |address: &str| app.visitor().with("x-forwarded-for", address);
    for host in 1..=3 {
        send_visitor_write(&from(&format!("2001:db8::{host}"))).await.expect(400);
    }
    send_visitor_write(&from("2001:db8::ffff")).await.refused(429, "too_many_requests");
    send_visitor_write(&from("2001:db8:0:1::1")).await.expect(400);
    send_visitor_write(&from("198.51.100.7")).await.expect(400);
    // Addresses further to the left in the header could be written by anyone.
    send_visitor_write(&from("198.51.100.9, 2001:db8::4")).await.expect(429);
    // An account in the same network that this process does not know yet.
    for _ in 0..2 {
        rename(&app.as_(PIA).with("x-forwarded-for", "2001:db8::5")).await.expect(200);
    }
    rename(&app.as_(PIA).with("x-forwarded-for", "198.51.100.8")).await.expect(429);
}

#[tokio::test]
async fn invalid_credentials_count_as_visitor_requests() {
    let app = open_with_limits().await;
    for number in 0..3 {
        rename(&app.bearer(&format!("made-up-{number}"))).await.expect(401);
    }
    rename(&app.bearer("made-up-4")).await.expect(429);
    // The same for a token that was valid and was ended.
    let ended = app.as_(PIA);
    rename(&ended).await.expect(200);
    ended.post("/api/auth/logout/", json!({})).await.expect(204);
    later(&app, 60);
    rename(&ended).await.expect(401);
    // The token is no longer known, so its requests count for the network.
    for _ in 0..3 {
        rename(&ended).await.expect(401);
    }
    rename(&ended).await.expect(429);
}

#[tokio::test]
async fn reads_are_limited_except_cached_pages_assets_and_health_checks() {
    let app = open_with_limits().await;
    let visitor = app.visitor();
    let page = visitor.get("/services/").await.expect(200).text();
    let css = page.split('"').find(|text| text.starts_with("/assets/") && text.ends_with(".css"));
    let css = css.expect("a stylesheet").to_owned();
    // The page is cached from the second time on.
    visitor.get("/services/").await.expect(200);
    for _ in 0..2 {
        visitor.get("/api/services/").await.expect(200);
    }
    visitor.get("/api/services/").await.refused(429, "too_many_requests");
    let page = visitor.get("/signup/").await.expect(429);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
    assert!(page.text().contains("Please wait a moment"), "{}", page.text());
    assert_eq!(page.header("retry-after"), "15");
    for path in ["/health/", "/ready/", &css, "/services/"] {
        for _ in 0..10 {
            visitor.get(path).await.expect(200);
        }
    }
    let elsewhere = visitor.with("x-forwarded-for", "198.51.100.7");
    elsewhere.get("/api/services/").await.expect(200);
}

#[tokio::test]
async fn a_limit_of_zero_means_no_limit() {
    let app = TestClub::open().await;
    for _ in 0..700 {
        app.as_(PIA).get("/api/rooms/").await.expect(200);
    }
    for _ in 0..130 {
        send_visitor_write(&app.visitor()).await.expect(400);
    }
}

const ZOE: &str = "zoe@example.com";
const NEW_PASSWORD: &str = "another-password";

/// Opens a club without rate limits, behind a proxy, so that people have different networks.
async fn proxied() -> TestClub {
    TestClub::open_with(NOW, |config| Config {
        trusted_proxies: vec!["192.0.2.1".parse().expect("an address")],
        ..config
    })
    .await
}

/// Sends ten wrong guesses from each of ten networks.
async fn guess_a_hundred_times(app: &TestClub) {
    for guess in 0..100 {
        let visitor = app.visitor().with("x-forwarded-for", &format!("198.51.100.{}", guess / 10));
        let body = json!({"email": ZOE, "password": "wrong-guess"});
        visitor.post(LOGIN, body).await.refused(401, "wrong_sign_in");
    }
}

async fn sign_in_over_api(visitor: &Guest<'_>, password: &str) -> Answer {
    visitor.post(LOGIN, json!({"email": ZOE, "password": password})).await
}

async fn sign_in_by_page(visitor: &Guest<'_>, password: &str) -> Answer {
    visitor.submit("/login/", &format!("email=zoe%40example.com&password={password}")).await
}

/// A hundred wrong guesses close an account to unknown browsers for a day, until its owner resets the password.
#[tokio::test]
async fn a_reset_lets_the_owner_in_at_once_whatever_was_guessed() {
    let app = proxied().await;
    sign_up(&app, zoe()).await;
    for is_page in [false, true] {
        later(&app, 3_600 * 25);
        guess_a_hundred_times(&app).await;
        let abroad =
            app.visitor().with("x-forwarded-for", if is_page { "203.0.113.8" } else { "203.0.113.9" });
        let right = if is_page { NEW_PASSWORD } else { PASSWORD };
        sign_in_over_api(&abroad, right).await.refused(429, "too_many_attempts");
        sign_in_by_page(&abroad, right).await.expect(429);
        abroad.post("/api/auth/password-reset/", json!({"email": ZOE})).await.expect(202);
        let link = token(&app, ZOE, RESET).await;

        if is_page {
            let form = format!("token={link}&password={NEW_PASSWORD}");
            let set = abroad.submit("/password-reset/new/", &form).await.expect(303);
            let cookie = set.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
            assert!(cookie.starts_with("__Host-device="), "{cookie}");
            // The guesses go on. The browser of the reset is counted alone, wherever it is next.
            guess_a_hundred_times(&app).await;
            sign_in_over_api(&abroad, NEW_PASSWORD).await.expect(200);
            let browser = app.visitor().with("x-forwarded-for", "203.0.113.77").with("cookie", &cookie);
            sign_in_by_page(&browser, NEW_PASSWORD).await.expect(303);
        } else {
            let body = json!({"token": link, "password": NEW_PASSWORD});
            abroad.post("/api/auth/password-reset/confirm/", body).await.expect(204);
            guess_a_hundred_times(&app).await;
        }
        // An app has no cookie: the network of the reset is one that the person has used.
        sign_in_over_api(&abroad, NEW_PASSWORD).await.expect(200);
        sign_in_by_page(&abroad, NEW_PASSWORD).await.expect(303);
        // Another network is as closed as before.
        let elsewhere = app.visitor().with("x-forwarded-for", "203.0.113.99");
        sign_in_over_api(&elsewhere, NEW_PASSWORD).await.refused(429, "too_many_attempts");
    }
}

/// A reset ends the failures from all networks, so that the password works in any.
#[tokio::test]
async fn a_reset_ends_the_failures_of_the_account_in_every_network() {
    let app = proxied().await;
    sign_up(&app, zoe()).await;
    guess_a_hundred_times(&app).await;
    let [one, other] =
        ["203.0.113.70", "203.0.113.71"].map(|from| app.visitor().with("x-forwarded-for", from));
    sign_in_over_api(&one, PASSWORD).await.refused(429, "too_many_attempts");
    app.visitor().post("/api/auth/password-reset/", json!({"email": ZOE})).await.expect(202);
    let body = json!({"token": token(&app, ZOE, RESET).await, "password": NEW_PASSWORD});
    app.visitor().post("/api/auth/password-reset/confirm/", body).await.expect(204);
    sign_in_over_api(&one, NEW_PASSWORD).await.expect(200);
    sign_in_by_page(&other, NEW_PASSWORD).await.expect(303);
    // The guesses of a network count for the network as before.
    let guesser = app.visitor().with("x-forwarded-for", "198.51.100.1");
    for _ in 0..10 {
        sign_in_over_api(&guesser, "wrong-guess").await.refused(401, "wrong_sign_in");
    }
    sign_in_over_api(&guesser, NEW_PASSWORD).await.refused(429, "too_many_attempts");
}

/// Whoever guesses at an address before its owner has confirmed it does not lock them out.
#[tokio::test]
async fn a_confirmed_address_has_no_failed_sign_ins() {
    let app = proxied().await;
    register(&app, zoe()).await;
    guess_a_hundred_times(&app).await;
    let abroad = app.visitor().with("x-forwarded-for", "203.0.113.8");
    let link = token(&app, ZOE, VERIFY).await;
    // The link with a new password, because the old one can no longer be checked.
    let body = json!({"token": link, "new_password": NEW_PASSWORD});
    abroad.post("/api/auth/verify/", body).await.expect(204);
    sign_in_over_api(&abroad, NEW_PASSWORD).await.expect(200);
}
