//! Connections are accepted one by one and watched. A connection is closed when its client sends no request, is slow to
//! send one, or does not read the response. Their number is limited, in total and for each network. When the program
//! stops, requests in progress are finished.

mod connection_state;
mod limits;
mod registry;
mod watch;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use kit::web::PageCache;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch as signal;

use connection_state::{ConnectionState, Patience};
pub use limits::ConnectionLimits;
use limits::RESERVE;
use registry::{Entry, Registry};
use watch::{RequestWatch, Watched};

/// How long requests in progress may take after the program was asked to stop.
const FAREWELL: Duration = Duration::from_secs(30);
/// How long to pause when no connection can be accepted because the machine is out of file descriptors.
const REST: Duration = Duration::from_millis(50);
/// How often, and at most how many times, the server checks whether connections that were told to close have closed.
const CHECK_INTERVAL: Duration = Duration::from_millis(2);
const MOST_CHECKS: u32 = 100;

/// The size of the socket's send buffer in bytes. It is small enough that a slow client is seen to make progress.
const SEND_BUFFER: u32 = 256 << 10;
/// The listen backlog: how many connections may wait to be accepted.
const WAITING: u32 = 1_024;

/// Listens at an address.
///
/// # Errors
/// Returns the system's error if the address is taken or may not be used.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

type Http = Builder<TokioExecutor>;

/// Serves every connection until `stop` is true, and then finishes the requests in progress.
pub async fn serve(
    listener: TcpListener,
    app: PageCache,
    limits: ConnectionLimits,
    mut stop: signal::Receiver<bool>,
) {
    let patience = limits.patience;
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(patience.idle);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(patience.idle);
    let open = GracefulShutdown::new();
    let registry = Registry::new(limits, RESERVE);
    loop {
        let (stream, peer): (_, SocketAddr) = tokio::select! {
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    // A client that gave up meanwhile is not an error here. Without file descriptors, other connections
                    // have to end first.
                    if error.kind() != io::ErrorKind::ConnectionAborted {
                        registry.make_room();
                        tokio::time::sleep(REST).await;
                    }
                    continue;
                }
            },
            () = stop_requested(&mut stop) => break,
        };
        // Connections that were told to close need a moment. New ones wait meanwhile in the listen backlog.
        let mut checks = 0;
        while registry.is_crowded() && checks < MOST_CHECKS {
            tokio::time::sleep(CHECK_INTERVAL).await;
            checks += 1;
        }
        // A connection that gets no place is closed at once.
        if let Some(entry) = registry.enter(peer.ip()) {
            tokio::spawn(serve_connection(
                http.clone(),
                stream,
                entry,
                app.for_peer(peer),
                patience,
                open.watcher(),
            ));
        }
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("some responses took too long and were cut off");
    }
}

/// Serves one connection until it ends or its time is up.
async fn serve_connection(
    http: Http,
    stream: TcpStream,
    entry: Entry,
    page_cache: PageCache,
    patience: Patience,
    watcher: Watcher,
) {
    // Send small responses without delay.
    let _ = stream.set_nodelay(true);
    let state: Arc<ConnectionState> = entry.state.clone();
    let service = RequestWatch { page_cache, state: state.clone(), is_reserve: entry.is_reserve };
    let io = TokioIo::new(Watched { stream, state: state.clone() });
    let connection = http.serve_connection(io, TowerToHyperService::new(service)).into_owned();
    let mut connection = std::pin::pin!(watcher.watch(connection));
    loop {
        tokio::select! {
            // A client that disconnects is not an error of the server.
            _ = connection.as_mut() => return,
            () = state.closed() => return,
            () = tokio::time::sleep(state.rest(patience)) => {
                if state.rest(patience).is_zero() {
                    return;
                }
            }
        }
    }
}

async fn stop_requested(stop: &mut signal::Receiver<bool>) {
    // An error means that the sender is gone, which also means that the program is to stop.
    let _ = stop.wait_for(|stop| *stop).await;
}
