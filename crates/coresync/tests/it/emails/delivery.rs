//! Random histories of bookings, series, visits, and offers to the waitlist while the mail server greylists, refuses,
//! hangs, and recovers, with two sending processes that are killed. Every recipient gets the emails that the states call
//! for, each once, in the order of the events (N3, decision 19).

#[path = "delivery/steps.rs"]
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bookings::{Booking, Status};
use jiff::{SignedDuration, Timestamp};
use kit::config::Config;
use kit::db::{Place, Width};
use kit::notifications::SubjectRef;
use kit::{Db, Id, args, sql, tokens};
use messages::{Outbox, Post};
use serde_json::{Value, json};
use testing::{BEA, GUS, Player, TestClub, Xorshift};

use crate::smtp::{Mode, Smtp};
use crate::whole::WholeProgram as _;

/// A booking of a notification at the time when it was written.
#[derive(Debug, Clone, Copy)]
struct Item {
    booking: i64,
    /// How often the booking had been placed and missed at that time.
    placed: i64,
    missed: i64,
    starts_at: Timestamp,
}

/// A notification as it was written. Once it was sent, its items are only those that it told of.
#[derive(Debug, Clone)]
struct Written {
    id: i64,
    kind: String,
    items: Vec<Item>,
    at: Timestamp,
}

impl Written {
    fn is_reminder(&self) -> bool {
        self.kind.ends_with("reminder")
    }
}

/// What the model knows about a booking.
#[derive(Debug, Clone)]
struct Known {
    by: Player,
    status: &'static str,
    placed: i64,
    missed: i64,
    starts_at: Timestamp,
    ends_at: Timestamp,
    /// The end of an offer that is not booked yet.
    held_until: Option<Timestamp>,
    /// The first booking of the visit or series.
    root: i64,
    is_series: bool,
    has_guest: bool,
}

/// The id of the first booking of a visit or series, and `owner` or `guest`.
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
    rng: Xorshift,
    known: BTreeMap<i64, Known>,
    pending: BTreeMap<Stream, Vec<Written>>,
    sent: BTreeMap<Stream, Vec<Written>>,
    seen: BTreeSet<i64>,
    /// The visits and series whose guest has stopped the emails.
    stopped: BTreeSet<i64>,
    /// The number of emails on the server that have been checked.
    checked_count: usize,
    duplicates: usize,
    modes: BTreeMap<String, usize>,
    /// How often each kind of step was taken with success.
    steps: BTreeMap<&'static str, usize>,
    log: Vec<String>,
}

/// How many kinds of steps a history has, besides waiting and sending.
const STEPS: usize = 12;
/// Longer than any retry delay and any lease.
const PAUSE: SignedDuration = SignedDuration::from_mins(16);

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
            rng: Xorshift::new(seed),
            known: BTreeMap::new(),
            pending: BTreeMap::new(),
            sent: BTreeMap::new(),
            seen: BTreeSet::new(),
            stopped: BTreeSet::new(),
            checked_count: 0,
            duplicates: 0,
            modes: BTreeMap::new(),
            steps: BTreeMap::new(),
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
        for _ in 0..5 + self.rng.below(8) {
            match self.rng.below(16) {
                0..=3 => self.book().await,
                4 => self.repeat().await,
                5 => self.reschedule().await,
                6 => self.cancel().await,
                7 => self.cancel_series().await,
                8 => self.stop_guest().await,
                // What follows from a step is taken at once every other time, because it is rare otherwise.
                9 => {
                    self.offer().await;
                    if self.rng.below(2) == 0 {
                        self.learn().await;
                        self.answer_offer().await;
                    }
                }
                10 => self.answer_offer().await,
                11 => {
                    self.miss_or_undo().await;
                    if self.rng.below(2) == 0 {
                        self.learn().await;
                        self.miss_or_undo().await;
                    }
                }
                12 => self.wait().await,
                _ => self.round(None).await,
            }
            self.learn().await;
        }
        // The server recovers, and in the end no notification is left.
        self.round(Some(Mode::Takes)).await;
        self.check().await;
        self.pass(SignedDuration::from_hours(24 * 5));
        self.app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
        self.learn().await;
        self.round(Some(Mode::Takes)).await;
        self.check().await;
    }

    /// Reads the notifications that were written since, which visits were missed, and which offers have expired.
    async fn learn(&mut self) {
        let rows = self.app.db().view(|tx| {
            tx.all::<(i64, i64, String, String, String, Timestamp)>(
                sql!(
                    "SELECT id, subject_id, recipient, kind, data, created_at FROM notifications ORDER BY sequence"
                ),
                args![],
            )
        });
        let missed = self.app.db().view(|tx| {
            tx.all::<(i64, String, i64)>(
                sql!(
                    "SELECT b.id, b.status, COUNT(*) FROM bookings b JOIN booking_events e ON e.booking_id = b.id
                     WHERE e.what = 'no_show' GROUP BY b.id, b.status"
                ),
                args![],
            )
        });
        for (id, status, times) in missed.await.expect("states") {
            if let Some(known) = self.known.get_mut(&id) {
                known.missed = times;
                known.status = if status == "no_show" { "no_show" } else { known.status };
            }
        }
        let now = self.now();
        for known in self.known.values_mut() {
            if known.status == "held" && known.held_until.is_some_and(|until| until <= now) {
                known.status = "expired";
            }
        }
        for (id, root, recipient, kind, data, at) in rows.await.expect("rows") {
            if self.seen.insert(id) {
                let items = self.items(&data);
                let written = Written { id, kind, items, at };
                self.log.push(format!("  written {id} {} for {root} {recipient}: {data}", written.kind));
                self.pending.entry((root, recipient)).or_default().push(written);
            }
        }
    }

    /// Returns the bookings that the data of a notification names, as the model knows them now.
    fn items(&self, data: &str) -> Vec<Item> {
        let data: Value = serde_json::from_str(data).expect("JSON");
        let named = data["bookings"].as_array().expect("bookings").iter();
        named
            .map(|item| {
                let booking = item["booking"].as_i64().expect("an id");
                let known = self.known.get(&booking).unwrap_or_else(|| panic!("{booking}: {:?}", self.log));
                let Known { placed, missed, starts_at, .. } = *known;
                Item { booking, placed, missed, starts_at }
            })
            .collect()
    }

    /// Returns the bookings for which a notification is still true.
    fn holding(&self, (root, recipient): &Stream, written: &Written) -> Vec<Item> {
        if recipient == "guest" && self.stopped.contains(root) {
            return Vec::new();
        }
        written.items.iter().copied().filter(|item| self.holds(*item, written)).collect()
    }

    /// Returns whether a notification is still true for a booking: the rules of decision 19, implemented independently.
    fn holds(&self, item: Item, written: &Written) -> bool {
        let Some(known) = self.known.get(&item.booking) else { return false };
        let now = self.now();
        let is_news = now < known.ends_at || now < written.at + SignedDuration::from_hours(24 * 7);
        match written.kind.as_str() {
            "bookings.confirmed" | "bookings.moved" => {
                known.status == "confirmed" && now < known.ends_at && known.placed == item.placed
            }
            "bookings.cancelled" => known.status == "cancelled" && is_news,
            "bookings.missed" => known.status == "no_show" && known.missed == item.missed && is_news,
            "bookings.offered" => known.status == "held" && known.held_until.is_none_or(|until| now < until),
            kind => {
                let is_timely = match kind {
                    "bookings.first_reminder" => now < known.starts_at - SignedDuration::from_hours(2),
                    _ => now < known.starts_at,
                };
                known.status == "confirmed" && known.starts_at == item.starts_at && is_timely
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
        let mode = mode.unwrap_or_else(|| self.rng.of(&modes));
        let kills = !is_last && self.rng.below(3) == 0;
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
            let victim = tasks.remove(self.rng.below(2));
            // Either before anything was sent, or once the first email's text has arrived.
            if self.rng.below(2) == 0 {
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
        self.check_accepted(false);
        if mode == Mode::Takes && !kills {
            // The last transaction of a killed process may have been written late and have postponed its email.
            self.pass(PAUSE);
            for Sender { patient, .. } in &self.senders {
                if let Err(error) = patient.deliver_due().await {
                    self.log.push(format!("  failed again: {error}"));
                }
            }
            self.log_remaining_notifications().await;
            self.check_accepted(true);
        }
    }

    /// Adds to the log of this history how the last notifications ended, and which wait until when. It is shown if an
    /// email is missing.
    async fn log_remaining_notifications(&mut self) {
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
    fn check_accepted(&mut self, is_whole: bool) {
        let taken = self.smtp.taken();
        let by_id: BTreeMap<String, (Stream, Written)> = self
            .pending
            .iter()
            .chain(&self.sent)
            .flat_map(|(stream, all)| {
                all.iter().map(|one| (message_id(one.id), (stream.clone(), one.clone())))
            })
            .collect();
        for email in &taken[self.checked_count..] {
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
            let next = pending.iter().find(|one| !self.holding(stream, one).is_empty());
            assert_eq!(next.map(|one| one.id), Some(written.id), "not its turn\n{}", context());
            let written = Written { items: self.holding(stream, written), ..written.clone() };
            check_email_text(email, &written);
            let stream = stream.clone();
            let place = pending.iter().position(|one| one.id == written.id).expect("it is there");
            self.pending.get_mut(&stream).expect("it is there").drain(..=place);
            self.sent.entry(stream).or_default().push(written);
        }
        self.checked_count = taken.len();
        if is_whole {
            for (stream, left) in &self.pending {
                let open: Vec<_> = left.iter().filter(|one| !self.holding(stream, one).is_empty()).collect();
                assert!(open.is_empty(), "{stream:?} was not told {open:?}\n{}", self.log.join("\n"));
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
        let booked = self.known.iter().filter(|(_, known)| !matches!(known.status, "held" | "expired"));
        let read = booked.map(|(id, _)| *id).collect::<Vec<_>>();
        let details = self.app.db().view(move |tx| {
            read.iter().map(|id| bookings::read(tx, Id(*id))).collect::<kit::Result<Vec<_>>>()
        });
        let details = details.await.expect("bookings");
        let bookings: Vec<&Booking> = details.iter().map(|detail| &detail.booking).collect();
        for &booking in &bookings {
            // As long as another service of the visit is expected, no email says that one was missed (N4).
            let is_with = |other: &&Booking| {
                let visit = |one: &Booking| one.group.visit.unwrap_or(one.id);
                other.status == Status::Confirmed && visit(other) == visit(booking)
            };
            if booking.status == Status::NoShow && bookings.iter().copied().any(|other| is_with(&other)) {
                continue;
            }
            for recipient in ["owner", "guest"] {
                self.check_last(booking, recipient);
            }
        }
        self.known.retain(|_, known| matches!(known.status, "confirmed" | "held" | "no_show"));
    }

    /// Checks that the last email to a recipient that tells of this booking says what became of it.
    fn check_last(&self, booking: &Booking, recipient: &str) {
        let stream = (booking.root().0, recipient.to_owned());
        let known = &self.known[&booking.id.0];
        if recipient == "guest" && (!known.has_guest || self.stopped.contains(&stream.0)) {
            assert!(known.has_guest || !self.sent.contains_key(&stream));
            return;
        }
        let tells =
            |one: &&Written| !one.is_reminder() && one.items.iter().any(|item| item.booking == booking.id.0);
        let sent = self.sent.get(&stream);
        let last = sent.and_then(|sent| sent.iter().rfind(tells)).map(|one| one.kind.as_str());
        let context = || format!("{} {recipient} {last:?}\n{}", booking.id, self.log.join("\n"));
        match booking.status {
            Status::Cancelled => assert_eq!(last, Some("bookings.cancelled"), "{}", context()),
            Status::NoShow => assert_eq!(last, Some("bookings.missed"), "{}", context()),
            // No email says that a missed visit was undone.
            Status::Confirmed if known.missed > 0 && last == Some("bookings.missed") => {}
            // The visit is over and not missed before the business day ends: an email that could not be sent in time is
            // not sent any more.
            Status::Confirmed if self.now() >= booking.ends_at => {
                let is_placed = last.is_none_or(|kind| {
                    matches!(kind, "bookings.confirmed" | "bookings.moved" | "bookings.offered")
                });
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

/// Returns the `Message-ID` of the email of a notification, which is the same for every attempt.
fn message_id(id: i64) -> String {
    format!("<{}@demo.coresync.test>", tokens::hex(&tokens::digest(&id.to_string())[..16]))
}

/// Checks that the text of an email fits its notification.
fn check_email_text(email: &crate::smtp::Taken, written: &Written) {
    let begins = match written.kind.as_str() {
        "bookings.confirmed" => ["Confirmed: "].as_slice(),
        "bookings.moved" => &["Rescheduled: "],
        "bookings.cancelled" => &["Canceled: "],
        "bookings.missed" => &["Missed: "],
        "bookings.offered" => &["Held for you: "],
        _ => &["Today: ", "Tomorrow: ", "On "],
    };
    assert!(begins.iter().any(|begin| email.subject.starts_with(begin)), "{written:?}: {}", email.subject);
    assert!(email.raw.contains("Eastern Time"), "{}", email.raw);
    if matches!(written.kind.as_str(), "bookings.confirmed" | "bookings.moved" | "bookings.cancelled") {
        for item in &written.items {
            let starts = item.starts_at.strftime("DTSTART:%Y%m%dT%H%M%SZ").to_string();
            assert!(email.raw.contains(&starts), "{starts}\n{}", email.raw);
        }
        // The calendar is in the email twice, and contains only what still holds.
        let events = email.raw.matches("BEGIN:VEVENT").count();
        assert_eq!(events, 2 * written.items.len(), "{written:?}\n{}", email.raw);
    }
}

/// `CORESYNC_LONG=1` runs a thousand histories, and `CORESYNC_SEED` selects others.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_histories_deliver_the_expected_emails_in_order() {
    let is_long = std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty());
    let seed = std::env::var("CORESYNC_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1_u64);
    let (worlds, histories) = if is_long { (40, 25) } else { (3, 14) };
    let (mut emails, mut duplicates, mut modes) = (0, 0, BTreeMap::<String, usize>::new());
    let mut steps = BTreeMap::<&str, usize>::new();
    for world in 0..worlds {
        let mut world = World::open(seed + world).await;
        for _ in 0..histories {
            world.history().await;
        }
        emails += world.checked_count;
        duplicates += world.duplicates;
        for (mode, count) in world.modes {
            *modes.entry(mode).or_default() += count;
        }
        for (step, count) in world.steps {
            *steps.entry(step).or_default() += count;
        }
    }
    println!(
        "{} histories, {emails} emails, {duplicates} of them twice, rounds {modes:?}, steps {steps:?}",
        worlds * histories
    );
    assert!(emails > 50 && modes.len() == 7, "{emails} {modes:?}");
    // A few histories take nearly every kind of step, whatever the seed.
    let least = if is_long { STEPS } else { STEPS - 2 };
    assert!(steps.len() >= least, "every kind of step was taken: {steps:?}");
}

/// An address that refuses everything, and a notification that can't be composed, delay nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_email_does_not_delay_others() {
    let world = World::open(7).await;
    world.smtp.refuse("gus@cast.test");
    let broken = world.app.db().tx(|tx| {
        let notification = kit::Notification::new(
            &json!({"kind": "bookings.confirmed", "data": {"x": 1}}),
            SubjectRef { kind: "booking", id: Id(1) },
            None,
        )?;
        tx.notify(&notification, &[kit::notifications::RecipientRole::Owner])
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
