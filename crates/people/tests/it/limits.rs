//! Tests of the limits for failed sign-ins.

use std::sync::Arc;

use axum::http::Method;
use jiff::SignedDuration;
use kit::{args, sql};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{Answer, App, As, PASSWORD, time};

async fn login_from(app: &App, from: &str, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password}).to_string();
    app.send_request_from(from, Method::POST, "/api/auth/login/", As::Nobody, &body).await
}

#[tokio::test]
async fn ten_failures_lock_an_account_for_this_network_only() {
    let app = App::open().await;
    app.anna().await;
    for _ in 0..10 {
        assert_eq!(app.login("anna@example.com", "wrong-guess").await.status, 401);
        app.later(SignedDuration::from_secs(30));
    }
    let closed = app.login("Anna@example.com", PASSWORD).await;
    assert_eq!((closed.status, closed.text("code")), (429, "too_many_attempts"));
    let wait = closed.body["retry_after"].as_i64().expect("seconds");
    assert!((1..=900).contains(&wait), "{wait}");
    assert_eq!(app.login("bob@example.com", "wrong-guess").await.status, 401);
    // A person who guesses wrong locks out only their own network.
    assert_eq!(login_from(&app, "203.0.113.7", "anna@example.com", PASSWORD).await.status, 200);

    app.later(SignedDuration::from_secs(wait));
    assert_eq!(app.login("anna@example.com", PASSWORD).await.status, 200);
}

/// Guesses from all networks are counted together over a day; networks of the owner are exempt.
#[tokio::test]
async fn failures_from_many_networks_lock_all_but_the_owners_network() {
    let app = App::open().await;
    app.anna().await;
    assert_eq!(login_from(&app, "203.0.113.7", "anna@example.com", PASSWORD).await.status, 200);
    for number in 0..100 {
        let from = format!("198.51.100.{}", number / 5);
        assert_eq!(login_from(&app, &from, "anna@example.com", "wrong-guess").await.status, 401, "{number}");
    }
    assert_eq!(login_from(&app, "198.51.100.99", "anna@example.com", PASSWORD).await.status, 429);
    assert_eq!(login_from(&app, "203.0.113.7", "anna@example.com", PASSWORD).await.status, 200);
    app.later(SignedDuration::from_hours(24));
    assert_eq!(login_from(&app, "198.51.100.99", "anna@example.com", PASSWORD).await.status, 200);
}

/// An account that does not exist is counted like one that does.
#[tokio::test]
async fn an_unknown_account_is_locked_like_a_known_one() {
    let app = App::open().await;
    app.anna().await;
    for _ in 0..10 {
        assert_eq!(app.login("nobody@example.com", "wrong-guess").await.status, 401);
        assert_eq!(app.login("anna@example.com", "wrong-guess").await.status, 401);
    }
    let (unknown, known) = (
        app.login("nobody@example.com", "wrong-guess").await,
        app.login("anna@example.com", "wrong-guess").await,
    );
    assert_eq!((unknown.status, &unknown.body), (known.status, &known.body));
    assert_eq!(known.status, 429);
}

#[tokio::test]
async fn successful_sign_ins_do_not_count_as_failures() {
    let app = App::open().await;
    app.anna().await;
    for _ in 0..12 {
        assert_eq!(app.login("anna@example.com", PASSWORD).await.status, 200);
    }
    let failures = app.state.db.view(|tx| {
        tx.one::<(i64,)>(
            sql!(
                "SELECT CAST(SUM(failures) AS BIGINT) FROM sign_in_failures
                 WHERE key NOT LIKE 'sign_up %' AND key NOT LIKE 'email_request %' AND key NOT LIKE 'confirm %'"
            ),
            args![],
        )
    });
    assert_eq!(failures.await.expect("a sum"), Some((0,)));
}

#[tokio::test]
async fn concurrent_guesses_do_not_exceed_the_limit() {
    let app = Arc::new(App::open().await);
    app.anna().await;
    let mut guesses = JoinSet::new();
    for _ in 0..24 {
        let app = app.clone();
        guesses.spawn(async move { app.login("anna@example.com", "wrong-guess").await.status });
    }
    let looked_at = guesses.join_all().await.into_iter().filter(|status| *status == 401).count();
    assert_eq!(looked_at, 10);
}

#[tokio::test]
async fn one_address_cannot_try_many_accounts() {
    let app = App::open().await;
    app.state
        .db
        .tx(|tx| {
            let start = time("2026-11-24T17:00:00Z");
            tx.run(
                sql!("INSERT INTO sign_in_failures (key, window_start, failures) VALUES ($1, $2, 50)"),
                args!["address:192.0.2.1", start],
            )
        })
        .await
        .expect("fifty failures");
    assert_eq!(app.login("somebody@example.com", "wrong-guess").await.status, 429);
    assert_eq!(login_from(&app, "192.0.2.2", "somebody@example.com", "wrong-guess").await.status, 401);
}

#[tokio::test]
async fn sign_in_failures_are_deleted_after_a_day() {
    let app = App::open().await;
    app.login("somebody@example.com", "wrong-guess").await;
    app.later(SignedDuration::from_hours(25));
    app.login("another@example.com", "wrong-guess").await;
    let count =
        app.state.db.view(|tx| tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM sign_in_failures"), args![]));
    assert_eq!(count.await.expect("a count"), Some((3,)), "of today, by account, by network and by both");
}

/// Requests for one kind of email do not use up those for another (N7).
#[tokio::test]
async fn verification_requests_do_not_use_up_password_resets() {
    let app = App::open().await;
    app.anna().await;
    let request = async |path: &str| {
        let body = json!({"email": "anna@example.com"});
        app.post(path, As::Nobody, body).await.status
    };
    for number in 0..41 {
        let expected = if number < 40 { 202 } else { 429 };
        assert_eq!(request("/api/auth/verify/again/").await, expected, "{number}");
    }
    assert_eq!(request("/api/auth/password-reset/").await, 202);
}

/// Failures that were counted when the clock was ahead end with it.
#[tokio::test]
async fn failures_from_a_clock_that_was_ahead_lock_nobody() {
    let app = App::open().await;
    app.anna().await;
    app.later(SignedDuration::from_hours(365 * 24));
    for _ in 0..10 {
        assert_eq!(app.login("anna@example.com", "wrong-guess").await.status, 401);
    }
    assert_eq!(app.login("anna@example.com", PASSWORD).await.status, 429);
    for _ in 0..40 {
        let body = json!({"email": "anna@example.com"});
        assert_eq!(app.post("/api/auth/password-reset/", As::Nobody, body).await.status, 202);
    }
    // The clock is set back.
    app.later(SignedDuration::from_hours(-365 * 24));
    let body = json!({"email": "anna@example.com"});
    assert_eq!(app.post("/api/auth/password-reset/", As::Nobody, body).await.status, 202);
    assert_eq!(app.login("anna@example.com", PASSWORD).await.status, 200);
    let ahead = app.state.db.view(|tx| {
        let now = tx.now();
        tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM sign_in_failures WHERE window_start > $1"), args![now])
    });
    assert_eq!(ahead.await.expect("a count"), Some((0,)), "no row stays");
}
