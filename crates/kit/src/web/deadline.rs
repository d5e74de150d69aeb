//! How long a request may take to arrive, and an answer to be made: whoever sends too slowly is told so (408), and where we are too
//! slow that is said too (504).

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
    /// How long an answer may take once the request has arrived.
    pub answer: Duration,
    /// How long a body may pause while a handler waits for more of it.
    pub pause: Duration,
    /// How long a body may take in all.
    pub body: Duration,
}

/// Answers 408 where a body does not arrive in time and 504 where an answer is not made in time; what was being done is dropped then.
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
        // What is waited for may change meanwhile, so it is looked at now and then.
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

/// How far a body has come.
struct Arrival(Mutex<Progress>);

struct Progress {
    begun: Instant,
    /// When something last arrived or was asked for.
    moved: Instant,
    /// Whether a handler waits for more of it.
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

    /// Notes what a handler found when it asked for more.
    fn note(&self, has_come: bool) {
        let mut progress = self.progress();
        if has_come || !progress.is_awaited {
            progress.moved = Instant::now();
        }
        progress.is_awaited = !has_come;
    }

    /// When time is up as things stand, and what is answered then.
    fn due(&self, limits: &Deadlines) -> (Instant, StatusCode) {
        let Progress { begun, moved, is_awaited } = *self.progress();
        if is_awaited {
            ((moved + limits.pause).min(begun + limits.body), StatusCode::REQUEST_TIMEOUT)
        } else {
            (moved + limits.answer, StatusCode::GATEWAY_TIMEOUT)
        }
    }
}

/// A body that notes how it arrives.
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
