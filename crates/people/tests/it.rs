//! Tests of accounts over HTTP with only the routes of this crate: sign-up, sign-in, sign-out, tokens, limits, and
//! the profile.

#[path = "it/desk.rs"]
mod desk;
#[path = "it/limits.rs"]
mod limits;
#[path = "it/profile.rs"]
mod profile;
#[path = "it/search.rs"]
mod search;
#[path = "it/sessions.rs"]
mod sessions;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use axum::middleware::from_fn;
use axum::{Router, http::header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use kit::config::Config;
use kit::testing::TestDb;
use kit::web::{Page, Problem, speak};
use kit::{AppState, Id, args, sql};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const PASSWORD: &str = "coresync-demo";

/// The routes of this crate alone, with the clock at noon in New York on 24 November 2026.
struct App {
    test: TestDb,
    state: AppState,
    router: Router,
}

/// A response.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
}

/// The credential of a request.
#[derive(Clone, Copy)]
enum As<'a> {
    Nobody,
    Token(&'a str),
    Cookie(&'a str),
}

impl App {
    async fn open() -> App {
        let test = TestDb::open("2026-11-24T17:00:00Z".parse().expect("a time")).await;
        let config = Config { data: test.folder().to_owned(), ..Config::default() };
        let state = AppState { db: test.db.clone(), config: Arc::new(config) };
        let (router, _) = people::routes().split_for_parts();
        let router = router
            .with_state(state.clone())
            .layer(from_fn(|request, next| speak(problem_page, request, next)));
        App { test, state, router }
    }

    async fn send_request(&self, method: Method, path: &str, by: As<'_>, body: &str) -> Answer {
        self.send_request_from("192.0.2.1", method, path, by, body).await
    }

    async fn send_request_from(
        &self,
        from: &str,
        method: Method,
        path: &str,
        by: As<'_>,
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = match by {
            As::Nobody => request,
            As::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            As::Cookie(token) => request.header(header::COOKIE, format!("__Host-session={token}")),
        };
        let mut request = request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let peer = SocketAddr::new(from.parse().expect("an address"), 50_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("a whole body").to_bytes();
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    async fn post(&self, path: &str, by: As<'_>, body: Value) -> Answer {
        self.send_request(Method::POST, path, by, &body.to_string()).await
    }

    async fn get_me(&self, by: As<'_>) -> Answer {
        self.send_request(Method::GET, "/api/users/profile/me/", by, "").await
    }

    /// Anna signs up, follows the link, and signs in.
    async fn anna(&self) -> Answer {
        self.sign_up(anna()).await
    }

    /// A person signs up, follows the link with their password, and signs in.
    async fn sign_up(&self, body: Value) -> Answer {
        let (email, password) = (body["email"].clone(), body["password"].clone());
        let answer = self.post("/api/auth/register/", As::Nobody, body).await;
        assert_eq!((answer.status, answer.text("status")), (202, "check_email"), "{answer:?}");
        let link = self.link().await;
        let proof = json!({"token": link, "password": password});
        assert_eq!(self.post("/api/auth/verify/", As::Nobody, proof).await.status, 204);
        let answer =
            self.login(email.as_str().unwrap_or_default(), password.as_str().unwrap_or_default()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// Returns the token of the link in the email to the person who signed up last.
    async fn link(&self) -> String {
        let written = self.state.db.tx(|tx| {
            let last: Option<(Id,)> = tx.one(
                sql!("SELECT id FROM people WHERE claimed_email IS NOT NULL ORDER BY id DESC LIMIT 1"),
                args![],
            )?;
            let person = last.expect("somebody").0;
            let claimed = people::AddressClaimed { person, is_over: false };
            let now = tx.now();
            people::account_email(tx, claimed.into(), now, 1)
        });
        match written.await.expect("an answer").expect("an email").news {
            people::News::Confirm { token, .. } => token,
            other => panic!("not a link: {other:?}"),
        }
    }

    async fn login(&self, email: &str, password: &str) -> Answer {
        self.post("/api/auth/login/", As::Nobody, json!({"email": email, "password": password})).await
    }

    fn later(&self, by: SignedDuration) {
        let clock = self.test.db.clock();
        clock.set(clock.now() + by);
    }
}

impl Answer {
    fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_else(|| panic!("no {field} in {self:?}"))
    }

    fn id(&self) -> Id {
        Id(self.body["user"]["id"].as_i64().expect("an id"))
    }
}

fn anna() -> Value {
    json!({"email": " Anna@Example.com", "password": PASSWORD, "first_name": "Anna", "last_name": "Kovalenko",
        "phone": "+1 212 555 0100", "birthday": "1990-02-28"})
}

async fn problem_page(problem: Problem) -> Page {
    Page(problem.detail.clone())
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}
