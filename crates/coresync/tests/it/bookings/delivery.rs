//! Random histories of bookings while the mail server greylists, refuses, hangs, and recovers, with two sending
//! processes that are killed. Every recipient gets the emails that the states call for, each once, in the order of the
//! events (N3, decision 19).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bookings::{BookingRequest, Move, Status};
use jiff::{SignedDuration, Timestamp};
use kit::config::Config;
use kit::db::{Place, Width};
use kit::notifications::SubjectRef;
use kit::web::{Input, RawInput};
use kit::{Db, Id, args, sql, tokens};
use messages::{Outbox, Post};
use people::Actor;
use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, PIA, Player, TestClub, Xorshift};

use crate::smtp::{Mode, Smtp};
use crate::whole::WholeProgram as _;

/// A notification as it was written.
#[derive(Debug, Clone)]
struct Written {
    id: i64,
    kind: String,
    /// How often the booking had been placed at that time.
    placed: usize,
    starts_at: Timestamp,
    at: Timestamp,
}

/// What the model knows about a booking.
#[derive(Debug, Clone)]
struct Known {
    by: Player,
    status: &'static str,
    placed: usize,
    starts_at: Timestamp,
    ends_at: Timestamp,
}

/// The id of a booking, and `owner` or `guest`.
type Stream = (i64, String);

/// The two outboxes of a sending process: one with long timeouts while the server answers, so that a slow machine fails
/// no test, and one with short timeouts while the server is silent.
struct Sender {
    patient: Outbox,
    hasty: Outbox,
}

struct World {
    app: TestClub,
    smtp: Smtp,
    senders: Vec<Sender>,
    chance: Xorshift,
    known: BTreeMap<i64, Known>,
    pending: BTreeMap<Stream, Vec<Written>>,
    sent: BTreeMap<Stream, Vec<Written>>,
    seen: BTreeSet<i64>,
    /// The number of emails on the server that have been checked.
    looked_at: usize,
    duplicates: usize,
    modes: BTreeMap<String, usize>,
    log: Vec<String>,
}

const PEOPLE: [Player; 3] = [GUS, BEA, PIA];
/// Longer than any retry delay and any lease.
const PAUSE: SignedDuration = SignedDuration::from_mins(16);

fn parsed<I: Input>(value: &Value) -> I {
    RawInput::from_json(value.to_string().as_bytes()).and_then(RawInput::parse).expect("good words")
}

impl World {
    async fn open(seed: u64) -> World {
        let smtp = Smtp::start(seed);
        let url = smtp.url();
        let app = TestClub::open_with(testing::NOW, |config| Config { smtp_url: Some(url), ..config }).await;
        let place = Place::parse(app.url()).expect("an address");
        let second = Db::open(place, app.db().dependencies().clone(), Width::default())
            .await
            .expect("a second process");
        second.join().await.expect("a node");
        let sender = |db: &Db| {
            let with = |patience| {
                let inner = kit::AppState { db: db.clone(), config: Arc::clone(&app.inner().config) };
                let post = Post::with_patience(&inner.config, patience).expect("a post");
                coresync::reactions::outbox(&inner, &post)
            };
            Sender { patient: with(Duration::from_secs(20)), hasty: with(Duration::from_millis(150)) }
        };
        let senders = vec![sender(app.db()), sender(&second)];
        World {
            app,
            smtp,
            senders,
            chance: Xorshift::new(seed),
            known: BTreeMap::new(),
            pending: BTreeMap::new(),
            sent: BTreeMap::new(),
            seen: BTreeSet::new(),
            looked_at: 0,
            duplicates: 0,
            modes: BTreeMap::new(),
            log: Vec::new(),
        }
    }

    fn now(&self) -> Timestamp {
        self.app.clock().now()
    }

    fn pass(&self, time: SignedDuration) {
        self.app.clock().set(self.now() + time);
    }

    async fn history(&mut self) {
        self.log.clear();
        for _ in 0..4 + self.chance.below(6) {
            match self.chance.below(8) {
                0..=2 => self.book().await,
                3 => self.reschedule().await,
                4 => self.cancel().await,
                5 => self.wait().await,
                _ => self.round(None).await,
            }
            self.learn().await;
        }
        // The server recovers, and in the end no notification is left.
        self.round(Some(Mode::Takes)).await;
        self.check().await;
        self.pass(SignedDuration::from_hours(24 * 5));
        self.app.db().tx(bookings::run_maintenance).await.expect("a sweep");
        self.learn().await;
        self.round(Some(Mode::Takes)).await;
        self.check().await;
    }

    async fn book(&mut self) {
        let by = self.chance.of(&PEOPLE);
        let day = self.now() + SignedDuration::from_hours(24 * (1 + self.chance.below(2) as i64));
        let zone = self.app.catalogue().await.club.zone.clone();
        let (date, hour) = (day.to_zoned(zone).date(), 10 + self.chance.below(9));
        let service = self.app.service(self.chance.of(&["massage", "pod"])).await;
        let mut input =
            json!({"service_id": service, "date": date.to_string(), "start_time": format!("{hour:02}:00")});
        if self.chance.below(2) == 0 {
            input["guest_name"] = json!("Ann Lee");
            input["guest_email"] = json!(format!("guest{}@example.com", self.chance.below(4)));
        }
        let (request_body, person) = (parsed::<BookingRequest>(&input), self.app.person(by));
        let booked = self.app.db().tx(move |tx| {
            let by = Actor::of(people::person(tx, person)?);
            bookings::book(tx, &by, &request_body)
        });
        if let Ok(booking) = booked.await {
            self.log.push(format!("book {} {}", booking.id, booking.starts_at));
            let (starts_at, ends_at) = (booking.starts_at, booking.ends_at);
            let known = Known { by, status: "confirmed", placed: 1, starts_at, ends_at };
            self.known.insert(booking.id.0, known);
        }
    }

    fn pick(&mut self) -> Option<(i64, Known)> {
        let now = self.now();
        let open =
            self.known.iter().filter(|(_, known)| known.status == "confirmed" && now < known.starts_at);
        let open: Vec<_> = open.map(|(id, known)| (*id, known.clone())).collect();
        let place = self.chance.below(open.len());
        open.get(place).cloned()
    }

    async fn reschedule(&mut self) {
        let Some((id, known)) = self.pick() else { return };
        let to = known.starts_at + SignedDuration::from_mins(30 * (1 + self.chance.below(6) as i64));
        let to = parsed::<Move>(&json!({"starts_at": to.to_string()}));
        let person = self.app.person(known.by);
        let moved = self.app.db().tx(move |tx| {
            let by = Actor::of(people::person(tx, person)?);
            bookings::reschedule(tx, &by, Id(id), &to)
        });
        if let Ok(moved) = moved.await {
            self.log.push(format!("move {id} to {}", moved.booking.starts_at));
            let known = self.known.get_mut(&id).expect("known");
            known.placed += 1;
            (known.starts_at, known.ends_at) = (moved.booking.starts_at, moved.booking.ends_at);
        }
    }

    async fn cancel(&mut self) {
        let Some((id, known)) = self.pick() else { return };
        let by = if self.chance.below(3) == 0 { DORA } else { known.by };
        let person = self.app.person(by);
        let cancelled = self.app.db().tx(move |tx| {
            let by = Actor::of(people::person(tx, person)?);
            bookings::cancel(tx, &by, Id(id))
        });
        cancelled.await.expect("it can be cancelled");
        self.log.push(format!("cancel {id}"));
        self.known.get_mut(&id).expect("known").status = "cancelled";
    }

    /// Lets time pass: reminders become due, and visits end.
    async fn wait(&mut self) {
        let hours = self.chance.of(&[1, 3, 12, 30]);
        self.pass(SignedDuration::from_hours(hours));
        self.app.db().tx(bookings::run_maintenance).await.expect("a sweep");
        self.log.push(format!("wait {hours} h"));
    }

    /// Reads the notifications that were written since, and which visits the maintenance job has ended.
    async fn learn(&mut self) {
        let rows = self.app.db().view(|tx| {
            tx.all::<(i64, i64, String, String, Timestamp)>(
                sql!(
                    "SELECT id, subject_id, recipient, kind, created_at FROM notifications ORDER BY sequence"
                ),
                args![],
            )
        });
        let states = self
            .app
            .db()
            .view(|tx| tx.all::<(i64,)>(sql!("SELECT id FROM bookings WHERE status = 'no_show'"), args![]));
        for (id,) in states.await.expect("states") {
            if let Some(known) = self.known.get_mut(&id) {
                known.status = "no_show";
            }
        }
        for (id, booking, recipient, kind, at) in rows.await.expect("rows") {
            if self.seen.insert(id) {
                let known = &self.known[&booking];
                let (placed, starts_at) = (known.placed, known.starts_at);
                let written = Written { id, kind, placed, starts_at, at };
                self.log.push(format!("  written {id} {} for {booking} {recipient}", written.kind));
                self.pending.entry((booking, recipient)).or_default().push(written);
            }
        }
    }

    /// Returns whether a notification is still true: the rules of decision 19, implemented independently.
    fn holds(&self, booking: i64, written: &Written) -> bool {
        let (known, now) = (&self.known[&booking], self.now());
        let is_news = now < known.ends_at || now < written.at + SignedDuration::from_hours(24 * 7);
        match written.kind.as_str() {
            "bookings.confirmed" | "bookings.moved" => {
                known.status == "confirmed" && now < known.ends_at && known.placed == written.placed
            }
            "bookings.cancelled" => known.status == "cancelled" && is_news,
            "bookings.missed" => known.status == "no_show" && is_news,
            kind => {
                let is_timely = match kind {
                    "bookings.first_reminder" => now < known.starts_at - SignedDuration::from_hours(2),
                    _ => now < known.starts_at,
                };
                known.status == "confirmed" && known.starts_at == written.starts_at && is_timely
            }
        }
    }

    /// Lets both processes send until nothing is due. Sometimes one of them is killed meanwhile.
    async fn round(&mut self, mode: Option<Mode>) {
        let modes = [
            Mode::Takes,
            Mode::Greylists,
            Mode::Refuses,
            Mode::ShutsDown,
            Mode::Changes,
            Mode::TakesAndHangs,
            Mode::Hangs,
        ];
        let is_last = mode.is_some();
        let mode = mode.unwrap_or_else(|| self.chance.of(&modes));
        let kills = !is_last && self.chance.below(3) == 0;
        *self.modes.entry(format!("{mode:?}")).or_default() += 1;
        self.log.push(format!("round {mode:?}{}", if kills { ", one is killed" } else { "" }));
        self.smtp.set(mode);
        self.pass(PAUSE);
        let mut texts = self.smtp.texts();
        texts.mark_unchanged();
        let mut tasks: Vec<_> = self
            .senders
            .iter()
            .map(|Sender { patient, hasty }| {
                let is_silent = matches!(mode, Mode::Hangs | Mode::TakesAndHangs);
                let sender = if is_silent { hasty.clone() } else { patient.clone() };
                tokio::spawn(async move { sender.deliver_due().await })
            })
            .collect();
        if kills {
            let victim = tasks.remove(self.chance.below(2));
            // Either before anything was sent, or once the first email's text has arrived.
            if self.chance.below(2) == 0 {
                let _ = tokio::time::timeout(Duration::from_millis(50), texts.changed()).await;
            }
            victim.abort();
            let _ = victim.await;
        }
        for task in tasks {
            // A failed email is tried again later.
            if let Err(error) = task.await.expect("no panic") {
                self.log.push(format!("  failed: {error}"));
            }
        }
        self.smtp.settled().await;
        self.look(false);
        if mode == Mode::Takes && !kills {
            // The last transaction of a killed process may have been written late and have postponed its email.
            self.pass(PAUSE);
            for Sender { patient, .. } in &self.senders {
                if let Err(error) = patient.deliver_due().await {
                    self.log.push(format!("  failed again: {error}"));
                }
            }
            self.note_what_is_left().await;
            self.look(true);
        }
    }

    /// Adds to the log of this history how the last notifications ended, and which wait until when. It is shown if an
    /// email is missing.
    async fn note_what_is_left(&mut self) {
        let ended = self.app.db().view(|tx| {
            tx.all::<(i64, String, String)>(
                sql!(
                    "SELECT notification_id, kind, how || ' ' || COALESCE(why, to_address) FROM mails
                     WHERE notification_id IS NOT NULL ORDER BY id DESC LIMIT 5"
                ),
                args![],
            )
        });
        for (id, kind, how) in ended.await.expect("the log of emails") {
            self.log.push(format!("  ended {id} {kind}: {how}"));
        }
        let waiting = self.app.db().view(|tx| {
            tx.all::<(i64, Timestamp, Option<Timestamp>, i64)>(
                sql!("SELECT id, due_at, locked_until, attempt FROM notifications ORDER BY sequence"),
                args![],
            )
        });
        for (id, due, locked, attempt) in waiting.await.expect("notifications") {
            self.log.push(format!("  waiting {id}: due {due}, locked until {locked:?}, attempt {attempt}"));
        }
        self.log.push(format!("  now {}", self.now()));
    }

    /// Checks the emails that the server accepted in this round: for each stream the next ones that are true, in order,
    /// and all of them if it accepted everything.
    fn look(&mut self, is_whole: bool) {
        let taken = self.smtp.taken();
        let by_id: BTreeMap<String, (Stream, Written)> = self
            .pending
            .iter()
            .chain(&self.sent)
            .flat_map(|(stream, all)| {
                all.iter().map(|one| (message_id(one.id), (stream.clone(), one.clone())))
            })
            .collect();
        for email in &taken[self.looked_at..] {
            let context = || format!("{email:?}\n{}", self.log.join("\n"));
            let (stream, written) = by_id.get(&email.id).unwrap_or_else(|| panic!("unknown: {}", context()));
            if self.sent.get(stream).is_some_and(|sent| sent.iter().any(|one| one.id == written.id)) {
                // A duplicate, because the sender did not learn that it was accepted. Nothing later may have been sent
                // in between.
                let last = self.sent[stream].last().expect("one");
                assert_eq!(last.id, written.id, "an old email came again\n{}", context());
                self.duplicates += 1;
                continue;
            }
            let pending = self.pending.get(stream).expect("it was written");
            let next = pending.iter().find(|one| self.holds(stream.0, one));
            assert_eq!(next.map(|one| one.id), Some(written.id), "not its turn\n{}", context());
            check_words(email, written);
            let (stream, written) = (stream.clone(), written.clone());
            let place = pending.iter().position(|one| one.id == written.id).expect("it is there");
            self.pending.get_mut(&stream).expect("it is there").drain(..=place);
            self.sent.entry(stream).or_default().push(written);
        }
        self.looked_at = taken.len();
        if is_whole {
            for ((booking, recipient), left) in &self.pending {
                let open: Vec<_> = left.iter().filter(|one| self.holds(*booking, one)).collect();
                assert!(
                    open.is_empty(),
                    "{booking} {recipient} was not told {open:?}\n{}",
                    self.log.join("\n")
                );
            }
            self.pending.clear();
        }
    }

    /// Checks that no notification waits, and that the last email to each recipient says what became of the booking.
    async fn check(&mut self) {
        let left = self.app.db().view(|tx| {
            tx.all::<(i64, String, Option<String>)>(
                sql!("SELECT id, kind, last_error FROM notifications"),
                args![],
            )
        });
        let left = left.await.expect("rows");
        assert!(left.is_empty(), "{left:?}\n{}", self.log.join("\n"));
        let read = self.known.keys().copied().collect::<Vec<_>>();
        let details = self.app.db().view(move |tx| {
            read.iter().map(|id| bookings::read(tx, Id(*id))).collect::<kit::Result<Vec<_>>>()
        });
        for detail in details.await.expect("bookings") {
            let booking = &detail.booking;
            let is_state = |one: &&Written| !one.kind.ends_with("reminder");
            for recipient in ["owner", "guest"] {
                if recipient == "guest" && booking.party.guest_email.is_none() {
                    assert!(!self.sent.contains_key(&(booking.id.0, "guest".to_owned())));
                    continue;
                }
                let sent = self.sent.get(&(booking.id.0, recipient.to_owned()));
                let last = sent.and_then(|sent| sent.iter().rfind(is_state)).map(|one| one.kind.as_str());
                let context = || format!("{} {recipient} {last:?}\n{}", booking.id, self.log.join("\n"));
                match booking.status {
                    Status::Cancelled => assert_eq!(last, Some("bookings.cancelled"), "{}", context()),
                    Status::NoShow => assert_eq!(last, Some("bookings.missed"), "{}", context()),
                    // The visit is over and not missed before the business day ends: an email that could not be sent in
                    // time is not sent any more.
                    Status::Confirmed if self.now() >= booking.ends_at => {
                        let is_placed =
                            last.is_none_or(|kind| matches!(kind, "bookings.confirmed" | "bookings.moved"));
                        assert!(is_placed, "{}", context());
                    }
                    Status::Confirmed if booking.moves.count > 0 => {
                        assert_eq!(last, Some("bookings.moved"), "{}", context())
                    }
                    Status::Confirmed => assert_eq!(last, Some("bookings.confirmed"), "{}", context()),
                    other => panic!("{other:?}"),
                }
            }
        }
        self.known.retain(|_, known| known.status == "confirmed");
    }
}

/// Returns the `Message-ID` of the email of a notification, which is the same for every attempt.
fn message_id(id: i64) -> String {
    format!("<{}@demo.coresync.test>", tokens::hex(&tokens::digest(&id.to_string())[..16]))
}

/// Checks that the text of an email fits its notification.
fn check_words(email: &crate::smtp::Taken, written: &Written) {
    let begins = match written.kind.as_str() {
        "bookings.confirmed" => ["Confirmed: "].as_slice(),
        "bookings.moved" => &["Rescheduled: "],
        "bookings.cancelled" => &["Canceled: "],
        "bookings.missed" => &["Missed: "],
        _ => &["Today: ", "Tomorrow: ", "On "],
    };
    assert!(begins.iter().any(|begin| email.subject.starts_with(begin)), "{written:?}: {}", email.subject);
    assert!(email.raw.contains("Eastern Time"), "{}", email.raw);
    let starts = written.starts_at.strftime("DTSTART:%Y%m%dT%H%M%SZ").to_string();
    if matches!(written.kind.as_str(), "bookings.confirmed" | "bookings.moved") {
        assert!(email.raw.contains(&starts), "{starts}\n{}", email.raw);
    }
}

/// `CORESYNC_LONG=1` runs a thousand histories, and `CORESYNC_SEED` selects others.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_history_ends_with_the_emails_that_its_states_call_for_in_order() {
    let is_long = std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty());
    let seed = std::env::var("CORESYNC_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1_u64);
    let (worlds, histories) = if is_long { (40, 25) } else { (2, 12) };
    let (mut emails, mut duplicates, mut modes) = (0, 0, BTreeMap::<String, usize>::new());
    for world in 0..worlds {
        let mut world = World::open(seed + world).await;
        for _ in 0..histories {
            world.history().await;
        }
        emails += world.looked_at;
        duplicates += world.duplicates;
        for (mode, count) in world.modes {
            *modes.entry(mode).or_default() += count;
        }
    }
    println!(
        "{} histories, {emails} emails, {duplicates} of them twice, rounds {modes:?}",
        worlds * histories
    );
    assert!(emails > 50 && modes.len() == 7, "{emails} {modes:?}");
}

/// An address that refuses everything, and a notification that can't be composed, delay nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poisoned_message_holds_up_nothing_else() {
    let world = World::open(7).await;
    world.smtp.refuse("gus@cast.test");
    let broken = world.app.db().tx(|tx| {
        let notification = kit::Notification::new(
            "bookings.confirmed",
            SubjectRef { kind: "booking", id: Id(1) },
            None,
            &json!({"x": 1}),
        )?;
        tx.notify(&notification, &["owner"])
    });
    broken.await.expect("written");
    crate::book(&world.app, GUS, "massage", "2026-11-27", "10:00").await;
    crate::book(&world.app, BEA, "massage", "2026-11-27", "12:00").await;
    for _ in 0..20 {
        let _ = world.senders[0].patient.deliver_due().await;
        world.pass(PAUSE);
    }
    let to: Vec<String> = world.smtp.taken().into_iter().map(|email| email.to).collect();
    assert_eq!(to, ["bea@cast.test"]);
    let waiting = world.app.db().view(|tx| {
        tx.all::<(String, i64)>(sql!("SELECT kind, attempt FROM notifications ORDER BY id"), args![])
    });
    let waiting = waiting.await.expect("rows");
    assert!(
        waiting.len() == 2 && waiting.iter().all(|(_, attempt)| *attempt >= 20),
        "never given up: {waiting:?}"
    );
    let clear = world.app.db().tx(|tx| tx.run(sql!("DELETE FROM notifications"), args![]));
    clear.await.expect("gone");
}
