//! Tests of signing up, in, and out; and of tokens and cookies.

use axum::http::Method;
use jiff::SignedDuration;
use kit::{args, sql};
use people::{ClientInfo, SessionKind, SignIn};
use serde_json::json;

use crate::{App, As, PASSWORD, anna};

#[tokio::test]
async fn a_person_signs_up_signs_in_and_signs_out() {
    let app = App::open().await;
    let made = app.anna().await;
    assert_eq!(made.body["user"]["email"], "anna@example.com");
    assert_eq!(made.body["user"]["full_name"], "Anna Kovalenko");
    assert_eq!(made.body["user"]["role"], "account");
    let answer = app.login("ANNA@example.com ", PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let (access, refresh) = (answer.text("access"), answer.text("refresh"));
    assert_eq!(app.get_me(As::Token(access)).await.status, 200);

    let left = app.post("/api/auth/logout/", As::Token(access), json!({})).await;
    assert_eq!(left.status, 204);
    assert_eq!(app.get_me(As::Token(access)).await.status, 401);
    assert_eq!(app.post("/api/auth/refresh/", As::Nobody, json!({"refresh": refresh})).await.status, 401);
    assert_eq!(app.get_me(As::Token(made.text("access"))).await.status, 200, "the other sign-in goes on");

    let by_refresh = json!({"refresh": made.text("refresh")});
    assert_eq!(app.post("/api/auth/logout/", As::Nobody, by_refresh).await.status, 204);
    assert_eq!(app.get_me(As::Token(made.text("access"))).await.status, 401);
    assert_eq!(app.post("/api/auth/logout/", As::Nobody, json!({})).await.status, 401);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_response() {
    let app = App::open().await;
    app.anna().await;
    let wrong = app.login("anna@example.com", "not-my-password").await;
    let unknown = app.login("eve@example.com", "not-my-password").await;
    assert_eq!((wrong.status, wrong.text("code")), (401, "wrong_sign_in"));
    assert_eq!(wrong.text("error"), "That email and password don’t match.");
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
}

#[tokio::test]
async fn reusing_a_refresh_token_ends_its_session() {
    let app = App::open().await;
    let first = app.anna().await;
    let with = |token: &str| json!({"refresh": token});
    let second = app.post("/api/auth/refresh/", As::Nobody, with(first.text("refresh"))).await;
    assert_eq!(second.status, 200, "{second:?}");
    assert_ne!(first.text("refresh"), second.text("refresh"));
    assert_eq!(app.get_me(As::Token(second.text("access"))).await.status, 200);

    let stolen = app.post("/api/auth/refresh/", As::Nobody, with(first.text("refresh"))).await;
    assert_eq!(stolen.status, 401);
    assert_eq!(app.get_me(As::Token(second.text("access"))).await.status, 401);
    assert_eq!(app.post("/api/auth/refresh/", As::Nobody, with(second.text("refresh"))).await.status, 401);
    assert_eq!(app.login("anna@example.com", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn at_most_one_of_several_concurrent_renewals_succeeds() {
    let app = App::open().await;
    let made = app.anna().await;
    let renew = || app.post("/api/auth/refresh/", As::Nobody, json!({"refresh": made.text("refresh")}));
    let (a, b, c, d) = tokio::join!(renew(), renew(), renew(), renew());
    let mut statuses = [a.status, b.status, c.status, d.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401]);
    let alive = app
        .state
        .db
        .view(|tx| tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), args![]));
    assert_eq!(alive.await.expect("a count"), Some((0,)), "it was in several hands, so all of it ended");
}

#[tokio::test]
async fn tokens_expire_by_the_server_clock() {
    let app = App::open().await;
    let made = app.anna().await;
    app.later(SignedDuration::from_secs(30 * 60 - 1));
    assert_eq!(app.get_me(As::Token(made.text("access"))).await.status, 200);
    app.later(SignedDuration::from_secs(1));
    assert_eq!(app.get_me(As::Token(made.text("access"))).await.status, 401);
    app.later(SignedDuration::from_hours(30 * 24));
    let late = app.post("/api/auth/refresh/", As::Nobody, json!({"refresh": made.text("refresh")})).await;
    assert_eq!(late.status, 401);
}

#[tokio::test]
async fn a_token_is_valid_only_for_its_own_purpose() {
    let app = App::open().await;
    let made = app.anna().await;
    let (access, refresh) = (made.text("access"), made.text("refresh"));
    assert_eq!(app.get_me(As::Token(refresh)).await.status, 401);
    assert_eq!(app.get_me(As::Cookie(access)).await.status, 401);
    assert_eq!(app.get_me(As::Token("")).await.status, 401);
    assert_eq!(app.post("/api/auth/refresh/", As::Nobody, json!({"refresh": access})).await.status, 401);
    let digests =
        app.state.db.view(|tx| tx.all::<(Vec<u8>,)>(sql!("SELECT token_digest FROM sessions"), args![]));
    for (digest,) in digests.await.expect("the sessions") {
        assert_eq!(digest.len(), 32, "only a digest is kept");
    }
}

#[tokio::test]
async fn a_valid_cookie_signs_in_and_an_invalid_one_is_a_visitor() {
    let app = App::open().await;
    app.anna().await;
    let attempt = SignIn { email: "anna@example.com".to_owned(), password: PASSWORD.to_owned() };
    let client_info = ClientInfo::address("192.0.2.1".parse().expect("an address"));
    let signed_in =
        people::sign_in(&app.state, &client_info, attempt, SessionKind::Page).await.expect("signed in");
    assert!(signed_in.tokens.refresh.is_none());
    let token = signed_in.tokens.access;
    assert_eq!(app.get_me(As::Cookie(&token)).await.status, 200);
    assert_eq!(app.get_me(As::Token(&token)).await.status, 401);
    assert_eq!(app.post("/api/auth/logout/", As::Cookie(&token), json!({})).await.status, 204);
    assert_eq!(app.get_me(As::Cookie(&token)).await.status, 401);
    assert_eq!(app.post("/api/auth/logout/", As::Cookie(&token), json!({})).await.status, 204, "a visitor");
}

#[tokio::test]
async fn a_password_change_ends_all_other_sessions() {
    let app = App::open().await;
    let (first, second) = (app.anna().await, app.login("anna@example.com", PASSWORD).await);
    let change = |present: &str, new: &str| json!({"current_password": present, "new_password": new});
    let access = As::Token(first.text("access"));
    let wrong = app.post("/api/auth/password/", access, change("not-my-password", "another-one")).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body["errors"]["current_password"].is_string());
    assert_eq!(app.post("/api/auth/password/", access, change(PASSWORD, "short")).await.status, 400);
    let refused = app.post("/api/auth/password/", access, change(PASSWORD, "anna@example.com")).await;
    assert_eq!(refused.status, 400);
    assert_eq!(app.get_me(access).await.status, 200);

    let done = app.post("/api/auth/password/", access, change(PASSWORD, "another-one")).await;
    assert_eq!(done.status, 204, "{done:?}");
    assert_eq!(app.get_me(As::Token(second.text("access"))).await.status, 401);
    let renewal = |made: &crate::Answer| json!({"refresh": made.text("refresh")});
    assert_eq!(app.post("/api/auth/refresh/", As::Nobody, renewal(&second)).await.status, 401);
    assert_eq!(app.get_me(access).await.status, 200, "this one goes on");
    assert_eq!(app.post("/api/auth/refresh/", As::Nobody, renewal(&first)).await.status, 200);
    assert_eq!(app.login("anna@example.com", PASSWORD).await.status, 401);
    assert_eq!(app.login("anna@example.com", "another-one").await.status, 200);
}

#[tokio::test]
async fn an_invalid_sign_up_reports_each_field() {
    let app = App::open().await;
    let long = "x".repeat(10_000);
    let bad = [json!("a\u{0}b"), json!("😀"), json!(long), json!(7), json!([1]), json!({"a": 1}), json!("")];
    for field in ["email", "password", "first_name", "last_name", "phone", "birthday"] {
        for value in &bad {
            let mut body = anna();
            body[field] = value.clone();
            let answer = app.post("/api/auth/register/", As::Nobody, body).await;
            if value == "" && ["phone", "birthday"].contains(&field) {
                assert_eq!(answer.status, 202, "it may be missing");
                app.state
                    .db
                    .tx(|tx| {
                        tx.run(sql!("DELETE FROM sessions"), args![])?;
                        tx.run(sql!("DELETE FROM sign_ins"), args![])?;
                        tx.run(sql!("DELETE FROM sign_ups"), args![])?;
                        tx.run(sql!("DELETE FROM people"), args![])
                    })
                    .await
                    .expect("all forgotten");
                continue;
            }
            assert_eq!(answer.status, 400, "{field} {answer:?}");
            assert!(answer.body["errors"][field].is_string(), "{field} {answer:?}");
        }
    }
    for body in ["", "[]", "nonsense", "{\"email\":", "\u{0}"] {
        for path in ["login", "refresh", "register", "password"] {
            let answer =
                app.send_request(Method::POST, &format!("/api/auth/{path}/"), As::Nobody, body).await;
            assert_eq!(answer.status, 400, "{path} {body:?} {answer:?}");
        }
    }
    for value in &bad {
        let answer =
            app.post("/api/auth/login/", As::Nobody, json!({"email": value, "password": value})).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
}

#[tokio::test]
async fn a_minor_cannot_have_an_account() {
    let app = App::open().await;
    let mut body = anna();
    body["birthday"] = json!("2008-11-25");
    let answer = app.post("/api/auth/register/", As::Nobody, body.clone()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body["errors"]["birthday"].is_string());
    body["birthday"] = json!("2008-11-24");
    assert_eq!(app.post("/api/auth/register/", As::Nobody, body).await.status, 202);
}

#[tokio::test]
async fn a_sign_in_during_a_password_change_does_not_outlive_it() {
    let app = App::open().await;
    app.anna().await;
    let mut password = PASSWORD.to_owned();
    for round in 0..6 {
        let present = app.login("anna@example.com", &password).await;
        let new = format!("another-one-{round}");
        let change = json!({"current_password": password, "new_password": new});
        let renewal = json!({"refresh": present.text("refresh")});
        let (changed, signed_in, renewed) = tokio::join!(
            app.post("/api/auth/password/", As::Token(present.text("access")), change),
            app.login("anna@example.com", &password),
            app.post("/api/auth/refresh/", As::Nobody, renewal),
        );
        assert_eq!(changed.status, 204, "{changed:?}");
        if signed_in.status == 200 {
            assert_eq!(app.get_me(As::Token(signed_in.text("access"))).await.status, 401);
        }
        // The sign-in that changes the password stays active, renewed or not.
        let goes_on = if renewed.status == 200 { renewed.text("access") } else { present.text("access") };
        assert_eq!(app.get_me(As::Token(goes_on)).await.status, 200, "{renewed:?}");
        password = new;
    }
}

/// ASVS 7.3.1: an unused browser is signed out automatically.
#[tokio::test]
async fn a_browser_that_is_not_used_for_two_weeks_is_signed_out() {
    let app = App::open().await;
    app.anna().await;
    let attempt = SignIn { email: "anna@example.com".to_owned(), password: PASSWORD.to_owned() };
    let client_info = ClientInfo::address("192.0.2.1".parse().expect("an address"));
    let signed_in = people::sign_in(&app.state, &client_info, attempt, SessionKind::Page).await.expect("in");
    let cookie = signed_in.tokens.access;
    for _ in 0..2 {
        app.later(SignedDuration::from_hours(13 * 24));
        assert_eq!(app.get_me(As::Cookie(&cookie)).await.status, 200, "each use counts");
    }
    let again = SignIn { email: "anna@example.com".to_owned(), password: PASSWORD.to_owned() };
    let signed_in = people::sign_in(&app.state, &client_info, again, SessionKind::Page).await.expect("in");
    app.later(SignedDuration::from_hours(14 * 24));
    assert_eq!(app.get_me(As::Cookie(&signed_in.tokens.access)).await.status, 401);
}

/// ASVS 7.3.2 and 10.4.8: a sign-in ends eventually, however often an app renews it.
#[tokio::test]
async fn a_sign_in_expires_however_often_it_is_renewed() {
    let app = App::open().await;
    let made = app.anna().await;
    let mut refresh = made.text("refresh").to_owned();
    for day in (20..180).step_by(20) {
        app.later(SignedDuration::from_hours(20 * 24));
        let renewed = app.post("/api/auth/refresh/", As::Nobody, json!({"refresh": refresh})).await;
        assert_eq!(renewed.status, 200, "after {day} days: {renewed:?}");
        refresh = renewed.text("refresh").to_owned();
    }
    app.later(SignedDuration::from_hours(20 * 24));
    assert_eq!(app.post("/api/auth/refresh/", As::Nobody, json!({"refresh": refresh})).await.status, 401);
}
