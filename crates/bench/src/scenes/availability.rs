//! Free times of ninety days over HTTP, requested by a member's app. The floor is a bare route that returns the same
//! bytes and compresses them in the same way.

use std::time::Instant;

use kit::Result;

use super::app::App;
use crate::floor::{BareResponse, start_bare};
use crate::http::Connection;
use crate::load::{Load, Times, repeat};
use crate::process::Process;
use crate::report::{Budget, Report};
use crate::rng::Rng;
use crate::setup::Bench;

/// Headers that the layers of a bare route set by themselves.
pub(super) const SET_BY_LAYERS: [&str; 5] =
    ["content-encoding", "content-length", "transfer-encoding", "vary", "date"];

/// Measures the request warm (nothing has changed since the last one) and after a booking.
pub(crate) fn availability(
    bench: &mut Bench<'_>,
    report: &mut Report,
    server: &Process,
    rooms: usize,
    title: &str,
) -> Result<()> {
    let app = App::of(server, 0)?;
    let request = app.ninety_days();
    report.part(
        &format!("availability ({title}, 90 days, br)"),
        "As a client sees it, and processor time of the server a request. Floor: a bare axum route, same bytes,
         same compression.",
    );
    let mut connection = Connection::open(server.addr)?;
    let begun = Instant::now();
    let bytes = connection.send(&request)?.body().len();
    let first = begun.elapsed();
    let budget = if rooms == 8 { Budget::Under(5_000.0) } else { Budget::None };
    for connections in [1, 8] {
        let bare = bare(bench, &app, server, rooms, connections)?;
        let load = repeat(server, connections, bench.spell, &request)?;
        let name = |what: &str| format!("warm, {connections} connections, {what}");
        report.row(
            &name("p50"),
            "µs",
            load.times.percentile(50),
            Some(bare.times.percentile(50)),
            Budget::None,
        );
        report.row(&name("p99"), "µs", load.times.percentile(99), Some(bare.times.percentile(99)), budget);
        report.row(&name("processor"), "µs", load.cpu, Some(bare.cpu), Budget::None);
        report.row(&name("requests"), "/s", load.rate, Some(bare.rate), Budget::None);
    }
    let mut rng = Rng(7);
    let mut times = Vec::new();
    for n in 0..bench.count(60, 400) {
        // Another member each time, so that none reaches the limit of upcoming bookings.
        app.of_member(1 + n).book_something(&mut connection, &mut rng)?;
        let begun = Instant::now();
        connection.send(&request)?;
        times.push(begun.elapsed());
    }
    let cold = Times::of(times);
    let bare = bare(bench, &app, server, rooms, 1)?;
    report.row(
        "after a booking, p50",
        "µs",
        cold.percentile(50),
        Some(bare.times.percentile(50)),
        Budget::None,
    );
    report.row("after a booking, p99", "µs", cold.percentile(99), Some(bare.times.percentile(99)), budget);
    let first = first.as_nanos() as f64 / 1_000.0;
    report.row(&format!("the first question of a process ({bytes} bytes)"), "µs", first, None, Budget::None);
    Ok(())
}

/// Measures a bare route with the same bytes, once a run for each size of club.
fn bare(
    bench: &mut Bench<'_>,
    app: &App,
    server: &Process,
    rooms: usize,
    connections: usize,
) -> Result<Load> {
    if let Some(known) = bench.bare.get(&(rooms, connections)) {
        return Ok(known.clone());
    }
    let request = String::from_utf8_lossy(&app.ninety_days()).replace("Accept-Encoding: br\r\n", "");
    let mut connection = Connection::open(server.addr)?;
    let answer = connection.send(request.as_bytes())?;
    let headers = answer.headers().filter(|(name, _)| !SET_BY_LAYERS.contains(name));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let given = BareResponse { headers, body: answer.body(), compress: true };
    let bare = start_bare(&given, &bench.folder.join(format!("bare-availability-{rooms}")))?;
    let load = repeat(&bare, connections, bench.spell, &app.ninety_days())?;
    bench.bare.insert((rooms, connections), load.clone());
    Ok(load)
}
