//! Connections: taken one by one and watched. Closed when a client is silent, dawdles over a request or does not take its answer;
//! bounded in number, in all and for each network; ended in peace when the program stops.

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

/// How long requests in hand may take after the program was asked to stop.
const FAREWELL: Duration = Duration::from_secs(30);
/// How long to rest where no connection can be taken: the machine is out of handles.
const REST: Duration = Duration::from_millis(50);
/// How often, and how many times, it is looked whether connections that were told to go have gone.
const LOOK: Duration = Duration::from_millis(2);
const MOST_LOOKS: u32 = 100;

/// How much the system keeps of what is sent and not yet taken, in bytes: small enough that a slow client is seen to take some of it.
const SEND_BUFFER: u32 = 256 << 10;
/// How many connections may wait to be taken.
const WAITING: u32 = 1_024;

/// Listens at an address.
///
/// # Errors
/// The system's, if it is taken or not ours.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

type Http = Builder<TokioExecutor>;

/// Answers every connection until `stop` says so; then finishes what is being answered.
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
                    // One that was given up meanwhile is nobody's fault; without descriptors, others have to end first.
                    if error.kind() != io::ErrorKind::ConnectionAborted {
                        registry.make_room();
                        tokio::time::sleep(REST).await;
                    }
                    continue;
                }
            },
            () = stop_requested(&mut stop) => break,
        };
        // Those that were told to go need a moment; whoever comes next waits for it in the system's own line.
        let mut looks = 0;
        while registry.is_crowded() && looks < MOST_LOOKS {
            tokio::time::sleep(LOOK).await;
            looks += 1;
        }
        // One that finds no place is closed at once.
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
        tracing::warn!("some answers took too long and were cut off");
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
    // Small answers leave at once.
    let _ = stream.set_nodelay(true);
    let life: Arc<ConnectionState> = entry.life.clone();
    let service = RequestWatch { page_cache, life: life.clone(), is_reserve: entry.is_reserve };
    let io = TokioIo::new(Watched { stream, life: life.clone() });
    let connection = http.serve_connection(io, TowerToHyperService::new(service)).into_owned();
    let mut connection = std::pin::pin!(watcher.watch(connection));
    loop {
        tokio::select! {
            // A client that hangs up is no fault of ours.
            _ = connection.as_mut() => return,
            () = life.closed() => return,
            () = tokio::time::sleep(life.rest(patience)) => {
                if life.rest(patience).is_zero() {
                    return;
                }
            }
        }
    }
}

async fn stop_requested(stop: &mut signal::Receiver<bool>) {
    // An error means that whoever could ask has gone: that is asking too.
    let _ = stop.wait_for(|stop| *stop).await;
}
