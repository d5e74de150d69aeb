//! The club under test: a router passed in by the test, on a database of its own, called in process.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use catalogue::Catalogue;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use kit::config::Config;
use kit::jobs::run_due;
use kit::testing::TestDb;
use kit::web::PageCache;
use kit::{Clock, Db, Id};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::answer::{Answer, duplicate_name};
use crate::cast::{CastMember, Player};
use crate::club;
use crate::program::Program;

/// The time that the clock shows when a club is opened: a Tuesday.
pub const NOW: &str = "2026-11-24T10:00:00-05:00";

/// A small, exact club, with the part of the program that a test runs on it.
pub struct TestClub {
    inner: kit::AppState,
    program: Program,
    cast: Vec<CastMember>,
    club: Id,
    // This field is last, because dropping it removes the database.
    test: TestDb,
}

impl TestClub {
    /// Opens a club at a given time, with a configuration and a program. Unless the configuration says otherwise,
    /// requests are not limited, because a test sends many while the clock stands still.
    pub async fn open_around(
        now: &str,
        configure: impl FnOnce(Config) -> Config,
        program: impl FnOnce(&kit::AppState) -> Program,
    ) -> TestClub {
        let test = TestDb::open(time(now)).await;
        let unlimited = Config {
            data: test.folder().to_owned(),
            reads_per_minute: 0,
            writes_per_minute: 0,
            visitor_writes_per_minute: 0,
            ..Config::default()
        };
        let config = configure(unlimited);
        let inner = kit::AppState { db: test.db.clone(), config: Arc::new(config) };
        let founded = inner.db.tx(club::found).await.expect("the club is founded");
        let program = program(&inner);
        TestClub { inner, program, cast: founded.cast, club: founded.club, test }
    }

    /// Returns a client that sends requests as a member of the cast, with an app.
    pub fn as_(&self, player: Player) -> Guest<'_> {
        let bearer = format!("Bearer {}", self.known(player).bearer);
        Guest { app: self, headers: vec![(header::AUTHORIZATION, bearer)] }
    }

    /// Returns a client that sends requests as a member of the cast, with a browser.
    pub fn browser(&self, player: Player) -> Guest<'_> {
        let cookie = people::session_cookie(&self.known(player).page);
        let pair = cookie.split(';').next().unwrap_or_default().to_owned();
        Guest { app: self, headers: vec![(header::COOKIE, pair)] }
    }

    /// Confirms all sessions of a member of the cast now, as if they had entered their password (step-up).
    pub async fn confirm(&self, player: Player) {
        let (person, now) = (self.person(player), self.clock().now());
        let confirm = move |tx: &mut kit::Tx<'_>| {
            tx.run(
                kit::sql!("UPDATE sessions SET confirmed_at = $1 WHERE person_id = $2"),
                kit::args![now, person],
            )
        };
        self.db().tx(confirm).await.expect("the sessions are confirmed");
    }

    /// Returns a client that is not signed in.
    pub fn visitor(&self) -> Guest<'_> {
        Guest { app: self, headers: Vec::new() }
    }

    /// Returns a client that sends this access token.
    pub fn bearer(&self, token: &str) -> Guest<'_> {
        Guest { app: self, headers: vec![(header::AUTHORIZATION, format!("Bearer {token}"))] }
    }

    /// Returns the clock that the test sets.
    pub fn clock(&self) -> &Clock {
        self.inner.db.clock()
    }

    /// Sets the clock to a time such as `2026-11-25T10:00:00-05:00`.
    pub fn set_time(&self, moment: &str) {
        self.clock().set(time(moment));
    }

    /// Returns the database of this test alone.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Returns the address of the database, for a second handle on it.
    pub fn url(&self) -> &str {
        &self.test.url
    }

    /// Returns the state that handlers receive.
    pub fn inner(&self) -> &kit::AppState {
        &self.inner
    }

    /// Returns the router, for direct calls.
    pub fn router(&self) -> PageCache {
        self.program.router.clone()
    }

    /// Returns the id of the club.
    pub fn club(&self) -> Id {
        self.club
    }

    /// Returns the id of a member of the cast.
    pub fn person(&self, player: Player) -> Id {
        self.known(player).id
    }

    /// Returns the catalogue of the club.
    pub async fn catalogue(&self) -> Arc<Catalogue> {
        self.db().view(catalogue::current).await.expect("a catalogue")
    }

    /// Returns the id of a service by its slug: `massage`, `couples`, `suite`, `pod`, `circle`, `laser`, or `lawn`.
    pub async fn service(&self, slug: &str) -> Id {
        let found = self.catalogue().await.services.iter().find(|one| one.slug == slug).map(|one| one.id);
        found.unwrap_or_else(|| panic!("no service {slug}"))
    }

    /// Returns the id of a room by its slug: `stone`, `duet`, `suite`, `pods`, or `lawn`.
    pub async fn room(&self, slug: &str) -> Id {
        let found = self.catalogue().await.rooms.iter().find(|one| one.slug == slug).map(|one| one.id);
        found.unwrap_or_else(|| panic!("no room {slug}"))
    }

    /// Returns the id of a technician by slug: `tom`, `ada`, or `ira`.
    pub async fn technician(&self, slug: &str) -> Id {
        let found = self.catalogue().await.technicians.iter().find(|one| one.slug == slug).map(|one| one.id);
        found.unwrap_or_else(|| panic!("no technician {slug}"))
    }

    /// Returns the id of an add-on by its slug: `led` or `aroma`.
    pub async fn addon(&self, slug: &str) -> Id {
        let found = self.catalogue().await.addons.iter().find(|one| one.slug == slug).map(|one| one.id);
        found.unwrap_or_else(|| panic!("no add-on {slug}"))
    }

    /// Runs every due job and sends every notification, until nothing is due.
    pub async fn run_jobs(&self) {
        settle(self.db(), &self.program).await.expect("every job works out");
    }

    /// Returns the emails that were written to the folder, in the order of sending, in wire format.
    pub fn mails(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.test.folder().join("mail")) else { return Vec::new() };
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).expect("a readable mail")).collect()
    }

    fn known(&self, player: Player) -> &CastMember {
        self.cast.iter().find(|known| known.player == player).expect("everybody of the cast is here")
    }
}

/// Runs jobs and sends notifications until nothing is due.
async fn settle(db: &Db, program: &Program) -> kit::Result<()> {
    run_due(db, &program.handlers).await?;
    while (program.deliver)().await? > 0 {
        run_due(db, &program.handlers).await?;
    }
    Ok(())
}

impl Drop for TestClub {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let (db, program) = (self.inner.db.clone(), self.program.clone());
        // The runtime of the test cannot be blocked on here.
        let last = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(settle(&db, &program))
        });
        if let Err(error) = last.join().expect("the last jobs end") {
            panic!("a job was left that does not work out: {error}");
        }
    }
}

/// A client that sends requests to the club.
#[derive(Clone)]
pub struct Guest<'h> {
    app: &'h TestClub,
    headers: Vec<(header::HeaderName, String)>,
}

impl Guest<'_> {
    /// Adds a header to all requests.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((header::HeaderName::from_static(name), value.to_owned()));
        self
    }

    /// Sends a GET request.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// Sends a POST request with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some("application/json"), body.to_string().into_bytes()).await
    }

    /// Sends a PATCH request with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some("application/json"), body.to_string().into_bytes()).await
    }

    /// Sends a form, as a button of a page does.
    pub async fn submit(&self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.send(Method::POST, path, Some(kind), form.as_bytes().to_vec()).await
    }

    /// Sends any request. Panics if the response is JSON in which an object contains a name twice.
    pub async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
        let sent = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let mut request = request.body(Body::from(body)).unwrap_or_else(|error| panic!("{sent}: {error}"));
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 50_000))));
        let response =
            self.app.program.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes().to_vec();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if !body.is_null() {
            let text = String::from_utf8_lossy(&bytes);
            let twice = duplicate_name(&text);
            assert!(twice.is_none(), "{sent}: {twice:?} is in one object twice: {text}");
        }
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes, body, sent }
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
