//! Floors: the least time that any program would need. A bare route that returns given bytes, a flush of the disk, a
//! bare insert, and a bare read.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use kit::errors::OrFault as _;
use kit::{Fault, Result};
use tower_http::compression::CompressionLayer;

use crate::load::Times;
use crate::process::{Process, free_addr};

/// The response of a bare route.
pub(crate) struct BareResponse {
    /// All headers that the product sends, except those that the layers set.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the response is compressed for each request, by the same layer as in the product.
    pub(crate) compress: bool,
}

/// Starts a bare route in a process of its own.
pub(crate) fn start_bare(given: &BareResponse, folder: &Path) -> Result<Process> {
    std::fs::create_dir_all(folder).or_fault()?;
    let lines: String = given.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    std::fs::write(folder.join("headers"), lines).or_fault()?;
    std::fs::write(folder.join("body"), &given.body).or_fault()?;
    std::fs::write(folder.join("compress"), given.compress.to_string()).or_fault()?;
    let addr = free_addr()?;
    let mut command = Command::new(std::env::current_exe().or_fault()?);
    command.arg("bare").arg(addr.to_string()).arg(folder).env_remove("BENCH_DATABASE_URL");
    Process::start(&mut command, addr, "/", &folder.join("log"))
}

/// Runs in that process: one runtime and one route.
pub(crate) fn serve(addr: SocketAddr, folder: &Path) -> Result<()> {
    let mut headers = HeaderMap::new();
    for line in std::fs::read_to_string(folder.join("headers")).or_fault()?.lines() {
        let (name, value) =
            line.split_once(": ").ok_or_else(|| Fault::because("a header is a name and a value"))?;
        headers.append(name.parse::<HeaderName>().or_fault()?, value.parse::<HeaderValue>().or_fault()?);
    }
    let body = Bytes::from(std::fs::read(folder.join("body")).or_fault()?);
    let mut app = Router::new().fallback(move || {
        let answer = (headers.clone(), body.clone());
        async move { answer }
    });
    if std::fs::read_to_string(folder.join("compress")).or_fault()? == "true" {
        app = app.layer(CompressionLayer::new());
    }
    let runtime = tokio::runtime::Runtime::new().or_fault()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(addr).await.or_fault()?;
        axum::serve(listener, app).await.or_fault()
    })
}

/// Measures the time to write and flush four kilobytes to a file. No durable commit can be faster.
pub(crate) fn fsync(folder: &Path, count: usize) -> Result<Times> {
    let path = folder.join("fsync");
    let mut file = std::fs::File::create(&path).or_fault()?;
    let mut times = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        file.write_all(&[7; 4096]).or_fault()?;
        file.sync_data().or_fault()?;
        times.push(begun.elapsed());
    }
    std::fs::remove_file(path).or_fault()?;
    Ok(Times::of(times))
}

/// Measures bare SQLite commits of one small row each, with the product's durability, one after the other.
pub(crate) fn sqlite_commit(folder: &Path, count: usize) -> Result<Times> {
    let path = folder.join("floor.db");
    let conn = rusqlite::Connection::open(&path).or_fault()?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)",
    )
    .or_fault()?;
    let mut times = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        conn.prepare_cached("INSERT INTO t (text) VALUES ('a row')").or_fault()?.execute([]).or_fault()?;
        times.push(begun.elapsed());
    }
    Ok(Times::of(times))
}

/// Measures bare PostgreSQL commits of one small row each that wait for the disk, on one connection.
pub(crate) fn postgres_commit(url: &str, count: usize) -> Result<Times> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).or_fault()?;
    client.batch_execute("CREATE TABLE bench_floor (id BIGSERIAL PRIMARY KEY, text TEXT)").or_fault()?;
    let insert = client.prepare("INSERT INTO bench_floor (text) VALUES ('a row')").or_fault()?;
    let mut times = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        client.execute(&insert, &[]).or_fault()?;
        times.push(begun.elapsed());
    }
    client.batch_execute("DROP TABLE bench_floor").or_fault()?;
    Ok(Times::of(times))
}
