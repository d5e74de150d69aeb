//! Wrappers between a connection and the program that record what happens: bytes that are written, requests that begin,
//! and pieces of responses that are taken.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::{Frame, SizeHint};
use kit::web::{Answering, PageCache, plain_answer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::Service;

use super::connection_state::ConnectionState;

/// A stream that records whether its client reads what is written.
pub(super) struct Watched {
    pub(super) stream: TcpStream,
    pub(super) state: Arc<ConnectionState>,
}

impl Watched {
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(bytes)) => self.state.written(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.state.write_blocks(),
        }
        written
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The service that answers the requests of one connection.
#[derive(Clone)]
pub(super) struct RequestWatch {
    pub(super) page_cache: PageCache,
    pub(super) state: Arc<ConnectionState>,
    /// Whether the connection is beyond the limit. Then only health checks are answered.
    pub(super) is_reserve: bool,
}

/// The paths that are answered even when there are too many connections.
const ALWAYS: [&str; 2] = ["/health/", "/ready/"];

impl<B> Service<Request<B>> for RequestWatch
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response<WatchedBody>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        let hand = InHand::take(&self.state);
        let answering = if self.is_reserve && !ALWAYS.contains(&request.uri().path()) {
            Answering::Now(Some(too_many()))
        } else {
            self.page_cache.call(request)
        };
        Answer { answering, hand: Some(hand) }
    }
}

fn too_many() -> Response<Body> {
    let text = "The server is very busy. Please try again in a moment.\n";
    let mut response = plain_answer(StatusCode::SERVICE_UNAVAILABLE, text);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// A request that is being answered, until it is dropped.
struct InHand(Arc<ConnectionState>);

impl InHand {
    fn take(state: &Arc<ConnectionState>) -> InHand {
        state.request_begins();
        InHand(state.clone())
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.request_ends();
    }
}

/// The future of a response.
pub(super) struct Answer {
    answering: Answering,
    hand: Option<InHand>,
}

impl Future for Answer {
    type Output = Result<Response<WatchedBody>, std::convert::Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answered = ready!(Pin::new(&mut self.answering).poll(context));
        let hand = self.hand.take();
        Poll::Ready(
            answered.map(|response| response.map(|body| WatchedBody { body, hand, is_handed: false })),
        )
    }
}

/// A response body that records how it is taken.
pub(super) struct WatchedBody {
    body: Body,
    hand: Option<InHand>,
    /// Whether a piece was handed over and the next one has not been requested yet.
    is_handed: bool,
}

impl WatchedBody {
    fn note_taken(&mut self) {
        if std::mem::take(&mut self.is_handed)
            && let Some(InHand(state)) = &self.hand
        {
            state.piece_taken();
        }
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.note_taken();
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let (Poll::Ready(Some(Ok(_))), Some(InHand(state))) = (&frame, &self.hand) {
            state.piece_handed();
            self.is_handed = true;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.note_taken();
    }
}
