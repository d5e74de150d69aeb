//! The deadlines of a request: how long it may take to arrive (else 408), and how long the response may take (else
//! 504).

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::{Frame, SizeHint};

/// The deadlines of one request.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// How long a response may take once the request has arrived.
    pub answer: Duration,
    /// How long a body may pause while a handler waits for more of it.
    pub pause: Duration,
    /// How long a body may take in total.
    pub body: Duration,
}

/// Responds with 408 if a body does not arrive in time, and with 504 if the response is not ready in time. The
/// handler is dropped then.
pub async fn deadline(State(limits): State<Deadlines>, mut request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        let answered = tokio::time::timeout(limits.answer, next.run(request)).await;
        return answered.unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response());
    }
    let is_http1 = request.version() <= Version::HTTP_11;
    let arrival = Arc::new(Arrival::begun());
    let body = std::mem::take(request.body_mut());
    *request.body_mut() = Body::new(Arriving { body, arrival: arrival.clone() });
    let mut answering = std::pin::pin!(next.run(request));
    loop {
        // The deadline that applies can change meanwhile, so it is checked again at intervals.
        let check_at = (Instant::now() + limits.pause / 4).min(arrival.due(&limits).0);
        tokio::select! {
            biased;
            response = &mut answering => return response,
            () = tokio::time::sleep_until(check_at.into()) => {}
        }
        let (due, status) = arrival.due(&limits);
        if due > Instant::now() {
            continue;
        }
        let mut response = status.into_response();
        if is_http1 && status == StatusCode::REQUEST_TIMEOUT {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        return response;
    }
}

/// How far a body has arrived.
struct Arrival(Mutex<Progress>);

struct Progress {
    begun: Instant,
    /// When data last arrived, or when a handler began to wait for more.
    moved: Instant,
    /// Whether a handler waits for more data.
    is_awaited: bool,
}

impl Arrival {
    fn begun() -> Arrival {
        let now = Instant::now();
        Arrival(Mutex::new(Progress { begun: now, moved: now, is_awaited: false }))
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the result of a poll for more data.
    fn note(&self, has_come: bool) {
        let mut progress = self.progress();
        if has_come || !progress.is_awaited {
            progress.moved = Instant::now();
        }
        progress.is_awaited = !has_come;
    }

    /// Returns when the current deadline ends, and the status to respond with then.
    fn due(&self, limits: &Deadlines) -> (Instant, StatusCode) {
        let Progress { begun, moved, is_awaited } = *self.progress();
        if is_awaited {
            ((moved + limits.pause).min(begun + limits.body), StatusCode::REQUEST_TIMEOUT)
        } else {
            (moved + limits.answer, StatusCode::GATEWAY_TIMEOUT)
        }
    }
}

/// A body that records its own arrival.
struct Arriving {
    body: Body,
    arrival: Arc<Arrival>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.arrival.note(frame.is_ready());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
