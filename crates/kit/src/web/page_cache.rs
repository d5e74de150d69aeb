//! The front of the program: every request is named, logged and timed here, and what is kept is answered without
//! going further. It is a service of its own and no layer: around a router a layer would make each request copy
//! everything that stands inside it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::BoxError;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use metrics::Histogram;
use tower::{Service, ServiceExt as _};
use tracing::Instrument as _;

use super::cached_pages::{CachedPages, Key, Look};
use super::encoding::normalize;
use super::hosts::{self, Hosts};
use crate::tokens;

/// The name of a request in the log; told to the client as `X-Request-Id`.
#[derive(Debug, Clone, Default)]
pub struct TraceId(pub String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The program, as it is asked. Clones are the same.
#[derive(Clone)]
pub struct PageCache {
    inner: Router,
    kept: CachedPages,
    times: Arc<Times>,
    /// Who asks, where a connection says so.
    peer: Option<SocketAddr>,
    /// For which hosts it answers, where requests come over the network.
    hosts: Option<Arc<Hosts>>,
}

impl PageCache {
    /// In front of `inner`, with what is kept of its answers.
    pub fn new(inner: Router, kept: CachedPages) -> PageCache {
        PageCache { inner, kept, times: Arc::default(), peer: None, hosts: None }
    }

    /// The same, answering for these hosts alone.
    #[must_use]
    pub fn for_hosts(self, hosts: Hosts) -> PageCache {
        PageCache { hosts: Some(Arc::new(hosts)), ..self }
    }

    /// The same for one connection.
    #[must_use]
    pub fn for_peer(&self, peer: SocketAddr) -> PageCache {
        PageCache { peer: Some(peer), ..self.clone() }
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
        let before = match self.kept.look(&key).await {
            Look::Good(response) => return response,
            other => other,
        };
        let inner = self.inner;
        self.kept.keep(key, before, async move { infallible(inner.oneshot(request).await) }).await
    }
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
        let refusal = self.hosts.as_ref().and_then(|hosts| hosts.refusal(&request));
        if refusal == Some(StatusCode::BAD_REQUEST) {
            let mut response = hosts::refused(StatusCode::BAD_REQUEST);
            let query = RequestHead { begun, id: &id, method: request.method(), path: request.uri().path() };
            self.times.record(&query, &mut response);
            return Answering::Now(Some(response));
        }
        // A host that the configuration does not know may be that of a club: that is read first.
        let unknown = refusal.map(|status| (status, hosts::requested_host(request.headers(), request.uri())));
        if unknown.is_none()
            && let Some(mut response) = Key::of(&request).and_then(|key| self.kept.at_once(&key))
        {
            let query = RequestHead { begun, id: &id, method: request.method(), path: request.uri().path() };
            self.times.record(&query, &mut response);
            return Answering::Now(Some(response));
        }
        let (front, times) = (self.clone(), self.times.clone());
        Answering::Later(Box::pin(async move {
            let (method, path) = (request.method().clone(), request.uri().path().to_owned());
            let span = tracing::info_span!("request", trace_id = id);
            let mut response = match unknown {
                Some((status, host)) if !front.kept.is_of_a_club(host.as_deref()).await => {
                    hosts::refused(status)
                }
                _ => front.answer(request.map(Body::new), id.clone()).instrument(span).await,
            };
            times.record(&RequestHead { begun, id: &id, method: &method, path: &path }, &mut response);
            response
        }))
    }
}

/// An answer under way.
pub enum Answering {
    /// It is there.
    Now(Option<Response>),
    /// It is being made.
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

/// What is told of a request.
struct RequestHead<'r> {
    begun: Instant,
    id: &'r str,
    method: &'r Method,
    path: &'r str,
}

/// The fewest hexadecimal digits of a path that are taken for a token.
const TOKEN: usize = 32;

/// A path as the log may have it: what looks like a token, with which others could do the same, is left out.
fn without_tokens(path: &str) -> Cow<'_, str> {
    let is_token = |part: &str| part.len() >= TOKEN && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !path.split('/').any(is_token) {
        return Cow::Borrowed(path);
    }
    let parts: Vec<&str> = path.split('/').map(|part| if is_token(part) { "…" } else { part }).collect();
    Cow::Owned(parts.join("/"))
}

/// How long answers took, by status.
struct Times(Box<[OnceLock<Histogram>]>);

/// Statuses have three digits.
const STATUSES: usize = 1_000;

impl Default for Times {
    fn default() -> Times {
        Times((0..STATUSES).map(|_| OnceLock::new()).collect())
    }
}

impl Times {
    /// Tells the log and the figures of an answer, and the client its name.
    fn record(&self, query: &RequestHead<'_>, response: &mut Response) {
        let took = query.begun.elapsed();
        let status = response.status();
        self.of(status).record(took);
        let (method, path, trace_id) = (query.method.as_str(), without_tokens(query.path), query.id);
        tracing::info!(
            method,
            path = &*path,
            status = status.as_u16(),
            micros = took.as_micros() as u64,
            trace_id,
            "answered"
        );
        if let Ok(value) = HeaderValue::from_str(query.id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }

    fn of(&self, status: StatusCode) -> Histogram {
        let make = || metrics::histogram!("coresync_request_seconds", "status" => status.as_str().to_owned());
        match self.0.get(usize::from(status.as_u16())) {
            Some(place) => place.get_or_init(make).clone(),
            None => make(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
