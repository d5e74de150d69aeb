//! The outermost service of the program. It names, logs, and times every request, and answers cached pages without
//! going further. It is a service and not a layer, because a layer around a router would make each request copy
//! everything inside the router.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::BoxError;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use metrics::{Histogram, Label};
use primitives::content_coding::normalize;
use tower::{Service, ServiceExt as _};
use tracing::Instrument as _;

use super::cached_pages::{CachedPages, Key, Lookup};
use super::hosts::{self, Hosts};
use crate::clubs::host_table::HostOwner;
use crate::ids::Id;
use crate::tokens;

/// The id of a request in the log. The client receives it as `X-Request-Id`.
#[derive(Debug, Clone, Default)]
pub struct TraceId(pub String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost service. Clones share the same state.
#[derive(Clone)]
pub struct PageCache {
    inner: Router,
    cached_pages: CachedPages,
    times: Arc<Times>,
    /// The address of the client, if the service belongs to a connection.
    peer: Option<SocketAddr>,
    /// The hosts for which the service answers; `None` if hosts are not checked.
    hosts: Option<Arc<Hosts>>,
}

impl PageCache {
    /// Puts a page cache in front of `inner`.
    pub fn new(inner: Router, cached_pages: CachedPages) -> PageCache {
        PageCache { inner, cached_pages, times: Arc::default(), peer: None, hosts: None }
    }

    /// Restricts the service to these hosts.
    #[must_use]
    pub fn for_hosts(self, hosts: Hosts) -> PageCache {
        PageCache { hosts: Some(Arc::new(hosts)), ..self }
    }

    /// Returns a clone of the service for one connection.
    #[must_use]
    pub fn for_peer(&self, peer: SocketAddr) -> PageCache {
        PageCache { peer: Some(peer), ..self.clone() }
    }

    /// Checks the host of a request. A host that is not in the configuration can belong to a club.
    fn check_host<B>(&self, request: &Request<B>) -> HostCheck {
        match self.hosts.as_ref().and_then(|hosts| hosts.refusal(request)) {
            None => HostCheck::Accepted,
            Some(StatusCode::MISDIRECTED_REQUEST) => {
                let Some(host) = hosts::requested_host(request.headers(), request.uri()) else {
                    return HostCheck::Refused(StatusCode::MISDIRECTED_REQUEST);
                };
                match self.cached_pages.known_owner(&host).map(HostOwner::refusal) {
                    Some(None) => HostCheck::Accepted,
                    Some(Some(status)) => HostCheck::Refused(status),
                    None => HostCheck::Unread(host),
                }
            }
            Some(status) => HostCheck::Refused(status),
        }
    }

    async fn answer(self, mut request: Request<Body>, id: String) -> Response {
        request.extensions_mut().insert(TraceId(id));
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let key = Key::of(&request).map(|key| key.owned());
        let method = request.method().clone();
        normalize(&method, request.headers_mut());
        let Some(key) = key else {
            return infallible(self.inner.oneshot(request).await);
        };
        let before = match self.cached_pages.lookup(&key).await {
            Lookup::Good(response) => return response,
            other => other,
        };
        let inner = self.inner;
        self.cached_pages.keep(key, before, async move { infallible(inner.oneshot(request).await) }).await
    }
}

/// Whether the host of a request is accepted.
enum HostCheck {
    Accepted,
    Refused(StatusCode),
    /// The host may belong to a club. The host names of clubs have to be read first.
    Unread(String),
}

fn infallible(answered: Result<Response, Infallible>) -> Response {
    answered.unwrap_or_else(|never| match never {})
}

impl<B> Service<Request<B>> for PageCache
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering {
        let begun = Instant::now();
        let id = tokens::name();
        let unread = match self.check_host(&request) {
            HostCheck::Accepted => None,
            HostCheck::Unread(host) => Some(host),
            HostCheck::Refused(status) => {
                let mut response = hosts::refused(status);
                let head =
                    RequestHead { begun, id: &id, method: request.method(), path: request.uri().path() };
                self.times.record(&head, None, &mut response);
                return Answering::Now(Some(response));
            }
        };
        if unread.is_none()
            && let Some((club, mut response)) =
                Key::of(&request).and_then(|key| self.cached_pages.at_once(&key))
        {
            let head = RequestHead { begun, id: &id, method: request.method(), path: request.uri().path() };
            self.times.record(&head, Some(club), &mut response);
            return Answering::Now(Some(response));
        }
        let host = hosts::requested_host(request.headers(), request.uri());
        let (cache, pages, times) = (self.clone(), self.cached_pages.clone(), self.times.clone());
        Answering::Later(Box::pin(async move {
            let (method, path) = (request.method().clone(), request.uri().path().to_owned());
            let span = tracing::info_span!("request", trace_id = id);
            let refusal = match unread {
                Some(host) => cache.cached_pages.owner(&host).await.refusal(),
                None => None,
            };
            let mut response = match refusal {
                Some(status) => hosts::refused(status),
                None => cache.answer(request.map(Body::new), id.clone()).instrument(span).await,
            };
            let club = if refusal.is_some() { None } else { pages.known_club(host.as_deref()) };
            let head = RequestHead { begun, id: &id, method: &method, path: &path };
            times.record(&head, club, &mut response);
            response
        }))
    }
}

/// A response that is ready or in progress.
pub enum Answering {
    /// The response is ready.
    Now(Option<Response>),
    /// The response is in progress.
    Later(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answering::Now(response) => {
                Poll::Ready(Ok(response.take().expect("a future is not polled after its answer")))
            }
            Answering::Later(response) => response.as_mut().poll(context).map(Ok),
        }
    }
}

/// The parts of a request that are logged.
struct RequestHead<'r> {
    begun: Instant,
    id: &'r str,
    method: &'r Method,
    path: &'r str,
}

/// The length from which a hexadecimal path segment counts as a token.
const TOKEN: usize = 32;

/// Returns the path for the log. Segments that look like tokens are replaced, because anyone who read them could
/// use them.
fn without_tokens(path: &str) -> Cow<'_, str> {
    let is_token = |part: &str| part.len() >= TOKEN && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !path.split('/').any(is_token) {
        return Cow::Borrowed(path);
    }
    let parts: Vec<&str> = path.split('/').map(|part| if is_token(part) { "…" } else { part }).collect();
    Cow::Owned(parts.join("/"))
}

/// The histograms of response times, by club and status. A request whose host no club answers for, or that came before
/// the clubs were read, has no club.
#[derive(Default)]
struct Times(RwLock<HashMap<(Option<Id>, StatusCode), Histogram>>);

impl Times {
    /// Records a response in the log and in the metrics, and adds its request id for the client.
    fn record(&self, head: &RequestHead<'_>, club: Option<Id>, response: &mut Response) {
        let took = head.begun.elapsed();
        let status = response.status();
        self.of(club, status).record(took);
        let (method, path, trace_id) = (head.method.as_str(), without_tokens(head.path), head.id);
        tracing::info!(
            method,
            path = &*path,
            status = status.as_u16(),
            micros = took.as_micros() as u64,
            trace_id,
            "request finished"
        );
        if let Ok(value) = HeaderValue::from_str(head.id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }

    fn of(&self, club: Option<Id>, status: StatusCode) -> Histogram {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&(club, status)).cloned();
        known.unwrap_or_else(|| {
            let mut labels = vec![Label::new("status", status.as_str().to_owned())];
            labels.extend(club.map(|club| Label::new("club", club.to_string())));
            let made = metrics::histogram!("coresync_request_seconds", labels);
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert((club, status), made.clone());
            made
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;
    use crate::config::{Config, Environment};
    use crate::testing::TestDb;
    use crate::web::SameForAll;
    use crate::{args, clubs, sql};

    fn request(host: &str) -> Request<Body> {
        Request::builder().uri("/").header("host", host).body(Body::empty()).expect("a request")
    }

    /// A page of a club's own host is cached like one of the configured host. A stranger's host is refused at once.
    #[tokio::test]
    async fn a_cached_page_of_a_club_host_needs_no_database_read() {
        let test = TestDb::open("2026-11-24T15:00:00Z".parse().expect("a time")).await;
        let add = test.db.tx(|tx| {
            tx.run(
                sql!(
                    "INSERT INTO clubs (id, slug, name, zone, currency, address, phone, email)
                     VALUES (1, 'main', 'Main', 'UTC', 'USD', '', '', '')"
                ),
                args![],
            )?;
            clubs::added(tx, Id(1))?;
            clubs::add_host(tx, "west.test")
        });
        add.await.expect("a club");
        let page = || async {
            let mut response = Response::new(Body::from("the page"));
            response.extensions_mut().insert(SameForAll { version: "page" });
            response
        };
        let config = Config {
            env: Environment::Production,
            public_url: "https://club.example".to_owned(),
            ..Config::default()
        };
        let mut service =
            PageCache::new(Router::new().route("/", get(page)), CachedPages::new(test.db.clone()))
                .for_hosts(Hosts::of(&config));
        for _ in 0..2 {
            assert_eq!(infallible(service.call(request("west.test")).await).status(), StatusCode::OK);
        }
        let third = service.call(request("west.test"));
        // Only SQLite has commit markers.
        assert_eq!(matches!(third, Answering::Now(_)), test.db.commit_marker().is_some());
        assert_eq!(infallible(third.await).status(), StatusCode::OK);
        let club = service.cached_pages.known_club(Some("west.test"));
        assert_eq!(club, Some(Id(1)), "the metrics name the club without a read");
        assert!(service.times.0.read().expect("times").contains_key(&(club, StatusCode::OK)));
        let refused = service.call(request("evil.test"));
        assert!(matches!(refused, Answering::Now(_)), "the host names are known");
        assert_eq!(infallible(refused.await).status(), StatusCode::MISDIRECTED_REQUEST);
        let unavailable = hosts::refused(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(unavailable.headers()["retry-after"], "5");
    }

    #[test]
    fn tokens_in_a_path_do_not_reach_the_log() {
        let token = "0123456789abcdef0123456789abcdef";
        assert_eq!(without_tokens(&format!("/visit/{token}/stop/")), "/visit/…/stop/");
        for open in
            ["/", "/services/swedish-massage-of-ninety-minutes/", "/dashboard/bookings/247057055182848/"]
        {
            assert_eq!(without_tokens(open), open);
        }
    }
}
