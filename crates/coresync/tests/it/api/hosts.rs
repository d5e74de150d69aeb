//! Which hosts the program answers for, tested over raw connections with requests that a client library would not send.

use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use kit::config::{Config, Environment};
use kit::web::Hosts;
use testing::{NOW, TestClub};

use crate::whole::WholeProgram as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves the club as configured, and returns the address.
async fn serve(app: &Arc<TestClub>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let page_cache = app.router().for_hosts(Hosts::of(&app.inner().config));
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let service = TowerToHyperService::new(page_cache.for_peer(peer));
            tokio::spawn(async move {
                let _ =
                    Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

/// Returns the status of the response to raw bytes.
async fn status(address: std::net::SocketAddr, request: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.expect("an answer");
    String::from_utf8_lossy(&head[9..12]).parse().expect("a status")
}

#[tokio::test]
async fn requests_need_one_host_and_production_refuses_unknown_hosts() {
    for (env, stranger) in [(Environment::Development, 200), (Environment::Production, 421)] {
        let configure = |config| Config { env, public_url: "https://club.example".to_owned(), ..config };
        let app = Arc::new(TestClub::open_with(NOW, configure).await);
        let address = serve(&app).await;
        let close = "Connection: close\r\n\r\n";
        for (request, expected) in [
            ("GET / HTTP/1.1\r\n".to_owned(), 400),
            ("GET /health/ HTTP/1.1\r\n".to_owned(), 400),
            ("GET / HTTP/1.1\r\nHost: club.example\r\nHost: club.example\r\n".to_owned(), 400),
            ("GET / HTTP/1.1\r\nHost: club.example\r\nHost: evil.test\r\n".to_owned(), 400),
            ("GET / HTTP/1.1\r\nHost: \r\n".to_owned(), 400),
            ("GET http://evil.test/ HTTP/1.1\r\nHost: club.example\r\n".to_owned(), 400),
            ("GET / HTTP/1.1\r\nHost: club.example\r\n".to_owned(), 200),
            ("GET / HTTP/1.1\r\nHost: CLUB.example:443\r\n".to_owned(), 200),
            ("GET / HTTP/1.1\r\nHost: evil.test\r\n".to_owned(), stranger),
            // A cached page is not sent to an unknown host either.
            ("GET / HTTP/1.1\r\nHost: evil.test\r\n".to_owned(), stranger),
            (format!("GET /health/ HTTP/1.1\r\nHost: {address}\r\n"), 200),
            (format!("GET /ready/ HTTP/1.1\r\nHost: {address}\r\n"), 200),
            (format!("GET / HTTP/1.1\r\nHost: {address}\r\n"), stranger),
            ("GET /health/ HTTP/1.0\r\n".to_owned(), 200),
        ] {
            assert_eq!(status(address, &format!("{request}{close}")).await, expected, "{env:?}: {request}");
        }
    }
}
