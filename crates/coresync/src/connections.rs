//! Connections: taken one by one, closed when a client dawdles over its request's head, ended in peace when the
//! program stops.

use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use kit::web::Front;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a client may take for the head of a request, and how long an idle connection stays.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests in hand may take after the program was asked to stop.
const FAREWELL: Duration = Duration::from_secs(30);
/// How long to rest where no connection can be taken: the machine is out of handles.
const REST: Duration = Duration::from_millis(50);

/// Answers every connection until `stop` says so; then finishes what is being answered.
pub async fn serve(listener: TcpListener, app: Front, mut stop: watch::Receiver<bool>) {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD);
    let open = GracefulShutdown::new();
    loop {
        let (stream, peer): (_, SocketAddr) = tokio::select! {
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(REST).await;
                    continue;
                }
            },
            () = asked(&mut stop) => break,
        };
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(app.for_peer(peer));
        let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // A client that hangs up is no fault of ours.
            let _ = connection.await;
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("some answers took too long and were cut off");
    }
}

async fn asked(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever could ask has gone: that is asking too.
    let _ = stop.wait_for(|stop| *stop).await;
}
