//! Request limits. A signed-in person is counted alone, and a visitor with their network, so that an account that
//! sends too many requests blocks only itself.
//!
//! A credential is trusted here only after it was valid in a transaction, so that an invented one does not bypass
//! the limit of its network.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kit::rate_limit::RateLimiter;
use kit::{AppState, Error, Id, RETRY_AFTER, Refusal, Result};

use crate::accounts::known_credentials::KnownCredentials;
use crate::requests::caller::{Credential, address, credential, resolve};
use crate::requests::network::network;

/// Too many requests. Carries `retry_after`: the number of seconds after which a retry makes sense.
pub const TOO_MANY_REQUESTS: Refusal = Refusal::too_many(
    "too_many_requests",
    "Too many requests this minute. Please wait a moment and try again.",
);

/// The state of [`limit`]. Clones share the same counts.
#[derive(Clone)]
pub struct RateLimits {
    app: AppState,
    known: Arc<KnownCredentials>,
    limiter: Arc<RateLimiter<(Who, Kind)>>,
    uncounted: &'static [&'static str],
}

/// The person or network that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Person(Id),
    Network(IpAddr),
}

/// The kind of request that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Read,
    Write,
}

impl RateLimits {
    /// Returns the limits of the configuration. Paths that begin with one of `uncounted` are not limited.
    pub fn new(app: AppState, uncounted: &'static [&'static str]) -> RateLimits {
        let limiter = Arc::new(RateLimiter::new(app.db.clock().clone()));
        RateLimits { known: app.db.dependencies().caches.get(), limiter, app, uncounted }
    }

    /// Returns the kind of a request if it may be limited.
    fn kind(&self, request: &Request) -> Option<Kind> {
        let config = &self.app.config;
        let (kind, is_limited) = match *request.method() {
            Method::GET | Method::HEAD | Method::OPTIONS => (Kind::Read, config.reads_per_minute > 0),
            _ => (Kind::Write, config.writes_per_minute > 0 || config.visitor_writes_per_minute > 0),
        };
        let path = request.uri().path();
        (is_limited && !self.uncounted.iter().any(|one| path.starts_with(one))).then_some(kind)
    }

    /// Counts a request. Only if the limit of a network is reached is an unknown credential looked up, so that
    /// visitors cannot use up the limit of an account.
    async fn count(&self, kind: Kind, credential: Credential, address: IpAddr) -> Result<()> {
        let known = credential.digest().and_then(|digest| self.known.whose(digest));
        if let Some(person) = known {
            return self.take(Who::Person(person), kind);
        }
        let counted = self.take(Who::Network(network(address)), kind);
        if counted.is_ok() || credential == Credential::None {
            return counted;
        }
        let met = self.app.db.view(move |tx| resolve(tx, &credential, "")).await;
        match met.ok().and_then(|by| by.id()) {
            Some(person) => self.take(Who::Person(person), kind),
            None => counted,
        }
    }

    fn take(&self, who: Who, kind: Kind) -> Result<()> {
        let config = &self.app.config;
        let per_minute = match (kind, who) {
            (Kind::Read, _) => config.reads_per_minute,
            (Kind::Write, Who::Person(_)) => config.writes_per_minute,
            (Kind::Write, Who::Network(_)) => config.visitor_writes_per_minute,
        };
        if per_minute == 0 {
            return Ok(());
        }
        self.limiter.take(&(who, kind), per_minute).map_err(|seconds| {
            metrics::counter!("coresync_requests_refused_total").increment(1);
            Error::refused(&TOO_MANY_REQUESTS).with(RETRY_AFTER, seconds)
        })
    }
}

/// Passes a request on, or responds with [`TOO_MANY_REQUESTS`].
pub async fn limit(State(limits): State<RateLimits>, request: Request, next: Next) -> Response {
    if let Some(kind) = limits.kind(&request) {
        let from = address(request.extensions(), request.headers(), &limits.app.config);
        let counted = limits.count(kind, credential(request.headers()), from).await;
        if let Err(refusal) = counted {
            return refusal.into_response();
        }
    }
    next.run(request).await
}
