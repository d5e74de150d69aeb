//! Emails while the mail server hangs, refuses, and recovers, and the processes of the program are killed with SIGKILL
//! in the middle and started again. In the end every booking's emails have arrived, in the order of its events (N3). The
//! same email comes twice only if a kill came between its acceptance and the record of it.

#[path = "../../it/emails/smtp.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod smtp;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kit::testing::on_postgres;
use kit::{Db, args, sql, tokens};
use serde_json::{Value, json};

use self::smtp::{Mode, Smtp};
use super::super::club::{NOW, ProofClub};
use super::super::server::Server;
use super::super::{daily_or_long, run_alone};

/// The guests, who book once in each of three rounds.
const GUESTS: usize = 8;
/// Longer than any pause after a failure and any lease: what a killed process has taken is due again.
const PAUSE: SignedDuration = SignedDuration::from_mins(16);
/// The behavior of the mail server in each round, in which every process is killed.
const ROUNDS: [Mode; 9] = [
    Mode::Takes,
    Mode::Hangs,
    Mode::TakesAndHangs,
    Mode::Greylists,
    Mode::Takes,
    Mode::Refuses,
    Mode::Changes,
    Mode::ShutsDown,
    Mode::Takes,
];

/// The last event of a booking that its owner is told of, in the order in which a booking has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Confirmed,
    Moved,
    Cancelled,
}

/// A booking, whose it is, and what has become of it.
struct Known {
    id: i64,
    guest: usize,
    hour: usize,
    last: Event,
}

struct History {
    club: ProofClub,
    smtp: Smtp,
    known: Vec<Known>,
    /// How many emails the server had accepted at the end of each round.
    accepted: Vec<usize>,
}

impl History {
    /// Starts the processes, `round` pauses after the first start: two on one PostgreSQL database, or one on SQLite.
    async fn start(&self, round: usize) -> Vec<Server> {
        let first: Timestamp = NOW.parse().unwrap();
        let (now, url) = ((first + PAUSE * i32::try_from(round).unwrap()).to_string(), self.smtp.url());
        let envs = [("CORESYNC_NOW", now.as_str()), ("CORESYNC_SMTP_URL", url.as_str())];
        let mut servers = Vec::new();
        for _ in 0..if on_postgres() { 2 } else { 1 } {
            servers.push(Server::start_with(&self.club, &envs).await);
        }
        servers
    }

    /// Sends a request of a guest to a process, and returns the response.
    async fn post(&self, base: &str, guest: usize, path: &str, body: &Value) -> Value {
        let sent = reqwest::Client::new()
            .post(format!("{base}/api/bookings/{path}/"))
            .bearer_auth(&self.club.guests[guest])
            .json(body);
        let answer = sent.send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert!(status < 300, "{path}: {status}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Books, moves, and cancels, with each process in turn.
    async fn act(&mut self, round: usize, servers: &[Server]) {
        let base = |n: usize| servers[n % servers.len()].base.clone();
        if round.is_multiple_of(3) {
            let hour = 8 + round;
            for guest in 0..GUESTS {
                let body = json!({"service_id": self.club.any_room, "date": "2026-11-27",
                    "start_time": format!("{hour:02}:00")});
                let made = self.post(&base(guest), guest, "create_booking", &body).await;
                let id = made["id"].as_i64().unwrap();
                self.known.push(Known { id, guest, hour, last: Event::Confirmed });
            }
        }
        for n in 0..self.known.len() {
            let Known { id, guest, hour, last } = self.known[n];
            // Each booking meets another fate, at another time.
            let fate = (n * 7 + round * 5) % 11;
            if last == Event::Confirmed && fate < 3 {
                let body = json!({"date": "2026-11-27", "start_time": format!("{hour:02}:30")});
                self.post(&base(n + round), guest, &format!("{id}/reschedule"), &body).await;
                self.known[n].last = Event::Moved;
            } else if last != Event::Cancelled && fate == 5 {
                self.post(&base(n + round), guest, &format!("{id}/cancel_booking"), &json!({})).await;
                self.known[n].last = Event::Cancelled;
            }
        }
    }

    /// Kills one process while it sends, and the other, if there is one, a moment later.
    async fn cut(&mut self, round: usize, servers: Vec<Server>) {
        let mut texts = self.smtp.texts();
        // A different moment each time: when the next email's text arrives, or after up to 0.4 seconds.
        let _ = tokio::time::timeout(Duration::from_millis(400), texts.changed()).await;
        for server in servers {
            server.kill();
            tokio::time::sleep(Duration::from_millis((round as u64 * 7_919) % 150)).await;
        }
        // What was sent whole before the kill may be read after it.
        self.smtp.settled().await;
        self.accepted.push(self.smtp.taken().len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn emails_arrive_in_order_although_every_process_is_killed() {
    let _alone = run_alone().await;
    let mut duplicates = 0;
    for seed in 0..daily_or_long(1, 10) {
        let (club, smtp) = (ProofClub::create(GUESTS).await, Smtp::start(seed + 1));
        let mut history = History { club, smtp, known: Vec::new(), accepted: Vec::new() };
        for (round, mode) in ROUNDS.into_iter().enumerate() {
            history.smtp.set(mode);
            let servers = history.start(round).await;
            history.act(round, &servers).await;
            history.cut(round, servers).await;
        }
        history.smtp.set(Mode::Takes);
        let servers = history.start(ROUNDS.len()).await;
        let db = history.club.db().await;
        until_nothing_waits(&db).await;
        for server in servers {
            server.stop().await;
        }
        let logged = logged(&db).await;
        db.leave().await.unwrap();
        duplicates += check(&history, &logged);
    }
    println!("emails that came twice, because of a kill after their acceptance: {duplicates}");
}

async fn until_nothing_waits(db: &Db) {
    let begun = Instant::now();
    loop {
        let waiting = db.view(|tx| {
            tx.all::<(String, i64, Option<String>)>(
                sql!("SELECT kind, attempt, last_error FROM notifications"),
                args![],
            )
        });
        let waiting = waiting.await.unwrap();
        if waiting.is_empty() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{waiting:?} still wait");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The notifications about bookings that have ended: the booking and the event, by the `Message-ID` of the email, and
/// whether it was sent rather than dropped.
type Logged = BTreeMap<String, (i64, Event, bool)>;

async fn logged(db: &Db) -> Logged {
    let rows = db.view(|tx| {
        tx.all::<(i64, i64, String, String)>(
            sql!(
                "SELECT notification_id, subject_id, kind, how FROM mails WHERE subject_kind = 'booking'
                 AND notification_id IS NOT NULL ORDER BY id"
            ),
            args![],
        )
    });
    let mut logged = Logged::new();
    for (id, booking, kind, how) in rows.await.unwrap() {
        let event = match kind.as_str() {
            "bookings.confirmed" => Event::Confirmed,
            "bookings.moved" => Event::Moved,
            "bookings.cancelled" => Event::Cancelled,
            other => panic!("{other}"),
        };
        let message = format!("<{}@", tokens::hex(&tokens::digest(&id.to_string())[..16]));
        let before = logged.insert(message, (booking, event, how != "dropped"));
        assert_eq!(before, None, "a notification ended twice");
    }
    logged
}

/// Compares what arrived with the log and with the states. Returns how many emails came twice.
fn check(history: &History, logged: &Logged) -> usize {
    let taken = history.smtp.taken();
    let round_of = |place: usize| history.accepted.iter().take_while(|end| **end <= place).count();
    let mut arrived: BTreeMap<i64, Vec<(Event, usize)>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut duplicates = 0;
    for (place, email) in taken.iter().enumerate() {
        let id = email.id.split_inclusive('@').next().unwrap().to_owned();
        let (booking, event, is_sent) = logged[&id];
        // An email whose acceptance was not recorded may no longer hold when its turn comes again.
        let (all, round) = (arrived.entry(booking).or_default(), round_of(place));
        match all.last() {
            Some((last, before)) if *last == event => {
                assert!(*before < round, "{email:?} came twice in a round");
                duplicates += 1;
                all.pop();
            }
            last => {
                assert!(last.is_none_or(|(last, _)| *last < event), "{event:?} after {last:?}: {email:?}");
            }
        }
        assert!(is_sent || round < history.accepted.len(), "{email:?} is logged as dropped");
        all.push((event, round));
        ids.insert(id);
    }
    for (id, (booking, event, is_sent)) in logged {
        assert!(!is_sent || ids.contains(id), "{event:?} of {booking} is logged as sent and never arrived");
    }
    assert!(history.known.iter().any(|known| known.last == Event::Confirmed));
    for known in &history.known {
        let all = arrived.get(&known.id).map_or(&[][..], Vec::as_slice);
        assert_eq!(all.last().map(|(event, _)| *event), Some(known.last), "booking {}: {all:?}", known.id);
        let emails = taken.iter().filter(|email| email.to == format!("{}@proof.test", known.guest));
        assert!(emails.count() > 0);
    }
    for last in [Event::Moved, Event::Cancelled] {
        assert!(history.known.iter().any(|known| known.last == last), "no booking ends as {last:?}");
    }
    assert_eq!(arrived.len(), history.known.len(), "nobody else is told anything");
    duplicates
}
