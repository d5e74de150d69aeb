//! The minute in which an evening opens: two thousand members request it within a second. The first to reach the
//! program get the times, and everyone else is told at once, with the times that are left.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::club::ProofClub;
use super::race::count_overlaps;
use super::run_alone;
use super::server::Server;

/// The number of members who send a request.
const MEMBERS: usize = 2_000;
/// Eight seconds before the club's midnight.
const BEFORE: &str = "2026-11-24T23:59:52.000-05:00";
/// The evening that accounts may book from that midnight on: three days ahead.
const EVENING: jiff::civil::Date = date(2026, 11, 28);
/// Three rooms and three times: nine places.
const TIMES: [&str; 3] = ["18:00", "19:30", "21:00"];
const ROOMS: usize = 3;
/// How far behind the first in the queue a winner may be: requests that are processed at the same time have no order
/// (two threads read requests, and three look at calendars or sixteen book).
const IN_HAND: usize = 32;

/// The response to a member.
struct Answer {
    status: u16,
    /// The id of the request in the log.
    name: String,
    body: Value,
    took: Duration,
}

/// A member's connection, opened before the evening can be booked.
struct Member {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Member {
    async fn connect(server: &Server, token: &str) -> Member {
        let stream = TcpStream::connect(server.base.trim_start_matches("http://")).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Member { stream: BufReader::new(stream), token: token.to_owned() }
    }

    async fn book(&mut self, request_body: &Value) -> Answer {
        let body = request_body.to_string();
        let head = format!(
            "POST /api/bookings/create_booking/ HTTP/1.1\r\nHost: proof\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        let begun = Instant::now();
        self.stream.write_all(head.as_bytes()).await.unwrap();
        let (mut status, mut name, mut length) = (0, String::new(), 0);
        loop {
            let mut line = String::new();
            assert!(self.stream.read_line(&mut line).await.unwrap() > 0, "the program closed the connection");
            let line = line.trim_end();
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            } else if let Some(value) = line.strip_prefix("x-request-id: ") {
                value.clone_into(&mut name);
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        Answer { status, name, body: serde_json::from_slice(&body).unwrap(), took: begun.elapsed() }
    }
}

/// Returns when each request reached the program, in microseconds, by request id, from the program's log.
fn arrivals(club: &ProofClub) -> HashMap<String, i64> {
    let log = std::fs::read_to_string(club.place.folder.join("log")).unwrap();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let arrival = |line: Value| {
        let at: Timestamp = line["timestamp"].as_str()?.parse().ok()?;
        Some((line["trace_id"].as_str()?.to_owned(), at.as_microsecond() - line["micros"].as_i64()?))
    };
    lines.filter(|line| line["message"] == "request finished").filter_map(arrival).collect()
}

impl Member {
    /// Returns whether the evening is open. Until midnight, the request is refused with the moment when it opens. It
    /// books another room at another hour, so that it takes none of the places.
    async fn is_evening_open(&mut self, club: &ProofClub) -> bool {
        let elsewhere = json!({"service_id": club.any_room, "room_id": club.rooms[20], "date": EVENING, "start_time": "12:00"});
        let answer = self.book(&elsewhere).await;
        if answer.status == 201 {
            return true;
        }
        assert_eq!(answer.body["code"], "outside_window", "{}", answer.body);
        assert_eq!(answer.body["opens_at"], "2026-11-25T00:00:00-05:00", "{}", answer.body);
        false
    }
}

/// Requests one of the times for each member at once. Returns the responses with the index of the requested time.
async fn all_ask(club: &ProofClub, members: Vec<Member>) -> Vec<(usize, Answer)> {
    let service = club.three_rooms;
    let start = Arc::new(tokio::sync::Barrier::new(members.len()));
    let book = |(n, mut member): (usize, Member)| {
        let start = start.clone();
        tokio::spawn(async move {
            let time = n % TIMES.len();
            let request_body = json!({"service_id": service, "date": EVENING, "start_time": TIMES[time]});
            start.wait().await;
            (time, member.book(&request_body).await)
        })
    };
    let asking: Vec<_> = members.into_iter().enumerate().map(book).collect();
    let mut answers = Vec::new();
    for one in asking {
        answers.push(one.await.unwrap());
    }
    answers
}

/// Checks the responses: the winners got a booking, and everyone else is told that the time is taken, with alternatives
/// if there are any.
fn check(answers: &[(usize, Answer)]) {
    for (time, answer) in answers {
        match (answer.status, answer.body["code"].as_str()) {
            (201, _) => {}
            (409, Some("taken" | "turnover")) => {
                let others = answer.body["alternatives"].as_array().unwrap();
                assert!(others.iter().all(|one| one["starts_at"].is_string()), "{}", answer.body);
            }
            (status, _) => panic!("{} was answered {status}: {}", TIMES[*time], answer.body),
        }
    }
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent).div_ceil(100) - 1]
}

#[tokio::test(flavor = "multi_thread")]
async fn when_times_open_the_first_requests_win_and_others_get_alternatives() {
    let _alone = run_alone().await;
    let club = ProofClub::create(MEMBERS + 1).await;
    // Members connect before the evening opens, and send no request earlier.
    let settings =
        [("CORESYNC_NOW", BEFORE), ("CORESYNC_LOG", "info"), ("CORESYNC_FIRST_REQUEST_SECONDS", "120")];
    let server = Server::start_with(&club, &settings).await;
    // Midnight may have passed before all members are connected, so the closed state is checked first.
    let mut early = Member::connect(&server, &club.guests[MEMBERS]).await;
    let is_open = early.is_evening_open(&club).await;
    assert!(!is_open, "it is open before it opens");
    let mut members = Vec::new();
    for token in &club.guests[..MEMBERS] {
        members.push(Member::connect(&server, token).await);
    }
    while !early.is_evening_open(&club).await {}
    let begun = Instant::now();
    let answers = all_ask(&club, members).await;
    let took = begun.elapsed();
    check(&answers);
    let won = answers.iter().filter(|(_, answer)| answer.status == 201).count();
    assert_eq!(won, TIMES.len() * ROOMS, "exactly as many have a place as there are");
    server.stop().await;
    let arrivals = arrivals(&club);
    let mut last = Vec::new();
    for (time, name) in TIMES.iter().enumerate() {
        let mut row: Vec<(i64, bool)> = answers
            .iter()
            .filter(|(query, _)| *query == time)
            .map(|(_, answer)| (arrivals[&answer.name], answer.status == 201))
            .collect();
        row.sort_unstable();
        let winners: Vec<usize> = (0..row.len()).filter(|place| row[*place].1).collect();
        assert_eq!(winners.len(), ROOMS, "{name}");
        last.push(winners);
    }
    let furthest = last.iter().flatten().max().unwrap();
    let mut times: Vec<Duration> = answers.iter().map(|(_, answer)| answer.took).collect();
    println!(
        "{MEMBERS} asked at once, answered in {took:?}: p50 {:?}, p99 {:?}; places in the row of those who have it: {last:?}",
        percentile(&mut times, 50),
        percentile(&mut times, 99),
    );
    assert!(*furthest < ROOMS + IN_HAND, "somebody was passed over: {last:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");
    let (bookings, overlaps) = club.db().await.view(count_overlaps).await.unwrap();
    assert_eq!((bookings, overlaps), (i64::try_from(won).unwrap() + 1, 0));
}
