//! The time to start on an existing database, and memory. The floor is a bare axum program. The database is in the
//! machine's page cache already, as it is when a program is restarted.

use std::time::Duration;

use kit::Result;

use super::app::App;
use crate::floor::{BareResponse, start_bare};
use crate::http::{Connection, get};
use crate::place::Place;
use crate::process::Process;
use crate::report::{Budget, Report};
use crate::setup::Bench;

/// Measures the time until `/ready/` answers, and the memory at rest.
pub(crate) fn start(bench: &Bench<'_>, report: &mut Report, place: &Place, title: &str) -> Result<()> {
    report.part(
        &format!("start ({title})"),
        "From before the process is started until /ready/ answers 200: the slowest of several. Memory is VmRSS.
         Floor: a bare axum program.",
    );
    let given = BareResponse { headers: Vec::new(), body: b"ready\n".to_vec(), compress: false };
    let folder = bench.folder.join("bare-start");
    let (mut slowest, mut bare_slowest) = (Duration::ZERO, Duration::ZERO);
    let mut last: Option<(Process, Process)> = None;
    for _ in 0..bench.count(3, 10) {
        drop(last.take());
        let bare = start_bare(&given, &folder)?;
        let server = place.serve(bench.server())?;
        slowest = slowest.max(server.start);
        bare_slowest = bare_slowest.max(bare.start);
        last = Some((server, bare));
    }
    let Some((server, bare)) = last else { return Ok(()) };
    let millis = |time: Duration| time.as_nanos() as f64 / 1e6;
    report.row("until ready", "ms", millis(slowest), Some(millis(bare_slowest)), Budget::Under(300.0));
    let rest = Duration::from_secs(if bench.arguments.quick { 1 } else { 5 });
    std::thread::sleep(rest);
    let megabytes = |process: &Process| process.memory() / 1_024.0;
    let name = format!("memory, idle for {} s", rest.as_secs());
    report.row(&name, "MB", megabytes(&server), Some(megabytes(&bare)), Budget::Under(80.0));
    send(&server, true)?;
    send(&bare, false)?;
    report.row(
        "memory, after 1,000 requests",
        "MB",
        megabytes(&server),
        Some(megabytes(&bare)),
        Budget::Under(80.0),
    );
    Ok(())
}

/// Sends a thousand requests of all kinds of reads.
fn send(process: &Process, is_server: bool) -> Result<()> {
    let mut connection = Connection::open(process.addr)?;
    let mut requests =
        vec![get("/", &[("Accept-Encoding", "br")]), get("/api/services/", &[]), get("/ready/", &[])];
    if is_server {
        requests.push(App::of(process, 0)?.ninety_days());
    }
    for request in requests.iter().cycle().take(1_000) {
        connection.send(request)?;
    }
    Ok(())
}
