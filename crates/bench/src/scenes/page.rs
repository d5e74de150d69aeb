//! Pages, requested by a visitor. Each has two floors: a bare route that compresses the same bytes each time, and one
//! that holds them compressed. Cached pages are compared with the second one.

use kit::Result;

use super::availability::SET_BY_LAYERS;
use crate::floor::{BareResponse, start_bare};
use crate::http::{Connection, get};
use crate::load::repeat;
use crate::process::Process;
use crate::report::{Budget, Report};
use crate::setup::Bench;

/// Each page, and the path that is measured instead if the page does not exist.
const PATHS: [(&str, &str); 2] = [("/", "/api/rooms/"), ("/services/", "/api/services/")];
const CONNECTIONS: usize = 8;
/// The maximum ratio to the floor.
const BUDGET: f64 = 1.5;

/// Measures pages uncompressed and compressed.
pub(crate) fn page(bench: &Bench<'_>, report: &mut Report, server: &Process) -> Result<()> {
    report.part(
        "pages (a visitor, 8 connections)",
        "Processor time of the server a request, and requests a second. Floor: a bare axum route that answers the
         same bytes and headers as they go over the wire.",
    );
    for (page, instead) in PATHS {
        let is_there = Connection::open(server.addr)?.send(&get(page, &[]))?.status == 200;
        let path = if is_there { page } else { instead };
        for encoding in ["br", "identity"] {
            one(bench, report, server, path, encoding)?;
        }
    }
    // Where the time goes: the layers around every response, and the additional cost of one read transaction.
    layers(bench, report, server, "/health/", "of it what stands around every answer: /health/")?;
    layers(bench, report, server, "/ready/", "the same and one view: /ready/")
}

fn layers(bench: &Bench<'_>, report: &mut Report, server: &Process, path: &str, name: &str) -> Result<()> {
    let request = get(path, &[("Accept-Encoding", "br")]);
    let given = BareResponse { headers: Vec::new(), body: b"ok\n".to_vec(), compress: false };
    let bare = start_bare(&given, &bench.folder.join("bare-layers"))?;
    let bare = repeat(&bare, CONNECTIONS, bench.spell, &request)?;
    let load = repeat(server, CONNECTIONS, bench.spell, &request)?;
    report.row(&format!("{name}, processor"), "µs", load.cpu, Some(bare.cpu), Budget::None);
    Ok(())
}

fn one(bench: &Bench<'_>, report: &mut Report, server: &Process, path: &str, encoding: &str) -> Result<()> {
    let request = get(path, &[("Accept-Encoding", encoding)]);
    let mut connection = Connection::open(server.addr)?;
    // Two requests before, so that a page that is cached is in the cache by now.
    for _ in 0..2 {
        connection.send(&request)?;
    }
    let answer = connection.send(&request)?;
    let own_headers = ["content-length", "transfer-encoding", "date"];
    let headers = answer.headers().filter(|(name, _)| !own_headers.contains(name));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let given = BareResponse { headers, body: answer.body(), compress: false };
    let size = given.body.len();
    let folder = bench.folder.join(format!("bare{}{encoding}", path.replace('/', "-")));
    let bare = repeat(&start_bare(&given, &folder)?, CONNECTIONS, bench.spell, &request)?;
    let load = repeat(server, CONNECTIONS, bench.spell, &request)?;
    let name = |what: &str| format!("{path} {encoding} ({size} bytes), {what}");
    report.row(&name("processor"), "µs", load.cpu, Some(bare.cpu), Budget::Within(BUDGET));
    report.row(&name("requests"), "/s", load.rate, Some(bare.rate), Budget::NotBelow(BUDGET));
    report.row(&name("p50"), "µs", load.times.percentile(50), Some(bare.times.percentile(50)), Budget::None);
    report.row(&name("p99"), "µs", load.times.percentile(99), Some(bare.times.percentile(99)), Budget::None);
    if encoding == "br" {
        compressing(bench, report, server, path, load.cpu)?;
    }
    Ok(())
}

/// Measures the other floor: the same layer compresses the same bytes each time.
fn compressing(bench: &Bench<'_>, report: &mut Report, server: &Process, path: &str, cpu: f64) -> Result<()> {
    let mut connection = Connection::open(server.addr)?;
    let answer = connection.send(&get(path, &[]))?;
    let headers = answer.headers().filter(|(name, _)| !SET_BY_LAYERS.contains(name));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let given = BareResponse { headers, body: answer.body(), compress: true };
    let folder = bench.folder.join(format!("bare{}compressing", path.replace('/', "-")));
    let request = get(path, &[("Accept-Encoding", "br")]);
    let bare = repeat(&start_bare(&given, &folder)?, CONNECTIONS, bench.spell, &request)?;
    report.row(
        &format!("{path} br, processor, against one that compresses each time"),
        "µs",
        cpu,
        Some(bare.cpu),
        Budget::None,
    );
    Ok(())
}
