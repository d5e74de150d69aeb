//! The minute in which an evening opens: two thousand members request it at once, far more than there are places. The
//! order of their requests comes from the program's log, which says when each reached it.

use std::collections::HashMap;
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kit::errors::OrFault as _;
use kit::{Clock, Fault, Id, Result};
use serde_json::{Value, json};

use super::app::App;
use crate::club::MEMBERS;
use crate::http::{Connection, post};
use crate::load::Times;
use crate::place::Place;
use crate::process::Process;
use crate::report::{Budget, Report};
use crate::setup::Bench;

/// Starts that do not overlap; each has a place in every room.
const STARTS: [&str; 3] = ["18:00", "19:30", "21:00"];
/// How long before midnight the server's clock begins.
const BEFORE: SignedDuration = SignedDuration::from_millis(1_500);
/// How many days ahead members book.
const AHEAD: i64 = 90;
/// The stack size of each member's thread.
const STACK: usize = 256 << 10;
/// How long the log may take to be complete.
const PATIENCE: Duration = Duration::from_secs(10);

/// The response to a member.
struct MemberResponse {
    start: usize,
    status: u16,
    name: String,
    took: Duration,
}

/// Opens an evening. Returns whether exactly as many bookings were made as there are places, without overlaps and other
/// errors.
pub(crate) fn opening(
    bench: &Bench<'_>,
    report: &mut Report,
    place: &Place,
    rooms: usize,
    title: &str,
) -> Result<bool> {
    let places = rooms * STARTS.len();
    report.part(
        &format!("opening ({title}: {MEMBERS} members ask at once for {places} places)"),
        "From the request to the answer: booked, or refused with what is left. The last winner's place is counted among
         those who asked for the same start, by the moments at which they reached the program.",
    );
    let zone = TimeZone::get("America/New_York").or_fault()?;
    let today = Clock::system().now().to_zoned(zone.clone()).date();
    let midnight = today.tomorrow().or_fault()?;
    let evening = midnight.checked_add(AHEAD.days()).or_fault()?;
    let opens = zone.to_timestamp(midnight.to_datetime(time(0, 0, 0, 0))).or_fault()?;
    let server = place.serve_at(bench.server(), Some(opens - BEFORE))?;
    let app = App::of(&server, 0)?;
    let service = |n: usize| app.services.get(n).copied().unwrap_or(Id(0));
    until_it_opens(&server, &app, service(1), evening)?;
    let answers = request_all_at_once(&server, &app, service(0), evening)?;
    let arrivals = arrivals(place, &answers)?;
    drop(server);

    let won = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    let times = Times::of(answers.iter().map(|answer| answer.took).collect());
    for percent in [50, 99] {
        let figure = times.percentile(percent) / 1_000.0;
        report.row(&format!("an answer of either kind, p{percent}"), "ms", figure, None, Budget::None);
    }
    let last = (0..STARTS.len()).map(|start| last_winner(&answers, &arrivals, start)).max().unwrap_or(0);
    report.row("the last winner's place in the row", "", last as f64, Some(rooms as f64), Budget::None);
    let (_, overlaps) = place.overlaps(&bench.runtime)?;
    report.say(&format!(
        "{won} booked, {refused} refused, {} otherwise; overlaps: {overlaps}",
        answers.len() - won - refused
    ));
    Ok(won == places && won + refused == answers.len() && overlaps == 0)
}

/// Requests another service at noon until it is booked: then midnight has passed.
fn until_it_opens(server: &Process, app: &App, service: Id, evening: Date) -> Result<()> {
    let mut connection = Connection::open(server.addr)?;
    let begun = Instant::now();
    let booking_request = json!({"service_id": service, "date": evening, "start_time": "12:00"});
    let request =
        post("/api/bookings/create_booking/", &[("Authorization", &app.authorization)], &booking_request);
    while begun.elapsed() < PATIENCE {
        if connection.send(&request)?.status == 201 {
            return Ok(());
        }
    }
    Err(Fault::because("the evening did not open"))
}

fn request_all_at_once(
    server: &Process,
    app: &App,
    service: Id,
    evening: Date,
) -> Result<Vec<MemberResponse>> {
    let start = Barrier::new(MEMBERS - 1);
    let answers = Mutex::new(Vec::new());
    let failed = Mutex::new(None);
    std::thread::scope(|threads| {
        for n in 1..MEMBERS {
            let (start, answers, failed, app) = (&start, &answers, &failed, app.of_member(n));
            let send = move || {
                let connection = Connection::open(server.addr);
                start.wait();
                match connection.and_then(|mut connection| send(&mut connection, &app, service, evening, n)) {
                    Ok(answer) => answers.lock().expect("nobody panics with it").push(answer),
                    Err(error) => *failed.lock().expect("nobody panics with it") = Some(error),
                }
            };
            let spawned = std::thread::Builder::new().stack_size(STACK).spawn_scoped(threads, send);
            spawned.expect("the machine has room for two thousand threads");
        }
    });
    match failed.into_inner().expect("nobody panics with it") {
        Some(error) => Err(error),
        None => Ok(answers.into_inner().expect("nobody panics with it")),
    }
}

fn send(
    connection: &mut Connection,
    app: &App,
    service: Id,
    evening: Date,
    n: usize,
) -> Result<MemberResponse> {
    let start = n % STARTS.len();
    let booking_request = json!({"service_id": service, "date": evening, "start_time": STARTS[start]});
    let request =
        post("/api/bookings/create_booking/", &[("Authorization", &app.authorization)], &booking_request);
    let begun = Instant::now();
    let answer = connection.send(&request)?;
    let took = begun.elapsed();
    let name = answer.headers().find(|(name, _)| *name == "x-request-id").map(|(_, id)| id.to_owned());
    Ok(MemberResponse { start, status: answer.status, name: name.unwrap_or_default(), took })
}

/// Returns when each request reached the program, in microseconds, by request id.
fn arrivals(place: &Place, answers: &[MemberResponse]) -> Result<HashMap<String, i64>> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let log = std::fs::read_to_string(place.log()).or_fault()?;
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let arrivals: HashMap<String, i64> = lines.filter_map(|line| arrival(&line)).collect();
        if answers.iter().all(|answer| arrivals.contains_key(&answer.name)) {
            return Ok(arrivals);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(Fault::because("the log does not tell of every request"))
}

fn arrival(line: &Value) -> Option<(String, i64)> {
    let at: Timestamp = line["timestamp"].as_str()?.parse().ok()?;
    Some((line["trace_id"].as_str()?.to_owned(), at.as_microsecond() - line["micros"].as_i64()?))
}

/// Returns the place of the last winner in the order of arrival, the first being 1.
fn last_winner(answers: &[MemberResponse], arrivals: &HashMap<String, i64>, start: usize) -> usize {
    let of_start = answers.iter().filter(|answer| answer.start == start);
    let mut row: Vec<(Option<&i64>, bool)> =
        of_start.map(|answer| (arrivals.get(&answer.name), answer.status == 201)).collect();
    row.sort_unstable();
    row.iter().rposition(|(_, has_it)| *has_it).map_or(0, |place| place + 1)
}
