//! Random histories of bookings, holds, reschedules, cancellations, and visits, compared with a simple model: every
//! claim belongs to a booking, no claim is missing, nothing overlaps, numbers have no gaps, and credits are conserved.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use kit::{Result, Tx, args, sql};
use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, PIA, Player, TestClub, UMA, Xorshift};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and};

/// What the model knows about a booking: its person, its times, and whether it is held, confirmed, or over.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    by: Player,
    start: Timestamp,
    end: Timestamp,
    room: i64,
    technicians: Vec<i64>,
    held_until: Option<Timestamp>,
    live: bool,
    /// Whether the plan pays for the service, with a credit or without limit.
    used_credit: bool,
    moves: i64,
    /// When it was booked.
    made: Timestamp,
    /// Whether it was rescheduled when a cancellation would have been late. Then it stays late (C4).
    frozen_late: bool,
}

struct Model {
    app: TestClub,
    rng: Xorshift,
    known: BTreeMap<i64, Known>,
    /// Credits that were forfeited by late cancellations.
    forfeited: usize,
    refused: BTreeMap<String, usize>,
    accepted: BTreeMap<&'static str, usize>,
}

const PEOPLE: [Player; 4] = [GUS, BEA, PIA, UMA];
const SERVICES: [&str; 4] = ["massage", "suite", "pod", "laser"];
const HOLD: &str = "/api/bookings/hold/";

impl Model {
    async fn step(&mut self) {
        match self.rng.below(12) {
            0..=3 => self.make(CREATE).await,
            4..=6 => self.make(HOLD).await,
            7 => self.confirm().await,
            8 => self.release_hold().await,
            9 => self.reschedule().await,
            10 => self.cancel().await,
            _ => self.wait().await,
        }
    }

    fn count(&mut self, operation: &'static str, answer: &testing::Answer) -> bool {
        assert!(answer.status < 500, "{operation}: {}", answer.text());
        if answer.status < 300 {
            *self.accepted.entry(operation).or_default() += 1;
            return true;
        }
        let code = answer.body["code"].as_str().unwrap_or_default();
        *self.refused.entry(format!("{operation} {code}")).or_default() += 1;
        false
    }

    fn when(&mut self) -> Value {
        let day = self.rng.of(&["2026-11-25", "2026-11-26", "2026-11-27"]);
        let time = format!("{:02}:{:02}", 12 + self.rng.below(8), 15 * self.rng.below(4));
        json!({"date": day, "start_time": time})
    }

    async fn make(&mut self, path: &'static str) {
        let (by, service) = (self.rng.of(&PEOPLE), self.rng.of(&SERVICES));
        let credit = by == PIA && self.rng.below(2) == 0;
        let input = json!({"service_id": self.app.service(service).await, "use_credit": credit});
        let input = and(input, self.when());
        let answer = self.app.as_(by).post(path, input).await;
        if self.count(if path == HOLD { "hold" } else { "book" }, &answer) {
            self.learn(by, &answer.body, 0);
        }
    }

    /// Records a booking from the response. No live booking may overlap it.
    fn learn(&mut self, by: Player, booking: &Value, moves: i64) {
        let moment = |field: &str| booking[field].as_str().and_then(|text| text.parse().ok());
        let known = Known {
            by,
            start: moment("starts_at").expect("as promised"),
            end: moment("ends_at").expect("as promised"),
            room: booking["room"]["id"].as_i64().expect("as promised"),
            technicians: booking["technicians"]
                .as_array()
                .expect("as promised")
                .iter()
                .map(|one| one["id"].as_i64().expect("as promised"))
                .collect(),
            held_until: moment("expires_at"),
            live: true,
            used_credit: booking["pricing"]["why"]
                .as_array()
                .expect("as promised")
                .iter()
                .any(|line| line["code"] == "credit" || line["code"] == "unlimited"),
            moves,
            made: moment("created_at").expect("as promised"),
            frozen_late: false,
        };
        let id = booking["id"].as_i64().expect("as promised");
        let now = self.app.clock().now();
        for (other, before) in self.known.iter().filter(|(other, known)| **other != id && known.lives(now)) {
            let overlaps = before.start < known.end && known.start < before.end;
            let pod = booking["room"]["type"] == "meditation";
            assert!(!(overlaps && before.by == known.by), "{id} and {other} have the same guest");
            assert!(!(overlaps && before.room == known.room && !pod), "{id} and {other} have the same room");
            let shared = before.technicians.iter().any(|one| known.technicians.contains(one));
            assert!(!(overlaps && shared), "{id} and {other} have the same technician");
        }
        self.known.insert(id, known);
    }

    fn pick(&mut self, is_wanted: impl Fn(&Known, Timestamp) -> bool) -> Option<(i64, Known)> {
        let now = self.app.clock().now();
        let fit: Vec<_> = self.known.iter().filter(|(_, known)| is_wanted(known, now)).collect();
        let place = self.rng.below(fit.len());
        fit.get(place).map(|(id, known)| (**id, (*known).clone()))
    }

    async fn confirm(&mut self) {
        let Some((id, known)) = self.pick(|known, _| known.live && known.held_until.is_some()) else {
            return;
        };
        let input = json!({"hold_id": id, "use_credit": known.used_credit && known.by == PIA});
        let answer = self.app.as_(known.by).post(CREATE, input).await;
        if self.count("confirm", &answer) {
            // A hold that expired and was deleted is booked under another id.
            self.known.remove(&id);
            self.learn(known.by, &answer.body, 0);
        }
    }

    async fn release_hold(&mut self) {
        let Some((id, known)) = self.pick(|known, now| known.held_until.is_some() && known.lives(now)) else {
            return;
        };
        let path = format!("{HOLD}{id}/");
        let answer = self.app.as_(known.by).send(Method::DELETE, &path, None, Vec::new()).await;
        assert!(self.count("let go", &answer), "{}", answer.text());
        self.known.remove(&id);
    }

    async fn reschedule(&mut self) {
        let Some((id, known)) =
            self.pick(|known, now| known.held_until.is_none() && known.start > now && known.live)
        else {
            return;
        };
        let input = self.when();
        let answer = self.app.as_(known.by).post(&format!("/api/bookings/{id}/reschedule/"), input).await;
        let is_moved = self.count("move", &answer);
        if is_moved && answer.body["booking"]["moves"] == known.moves {
            // The time that it has already: nothing is moved, and nothing is counted (C6).
            let starts_at = answer.body["booking"]["starts_at"].as_str().expect("a time").parse();
            assert_eq!(starts_at.ok(), Some(known.start));
        } else if is_moved {
            assert!(known.moves < 2, "moved a third time");
            let booking = answer.body["booking"].clone();
            let late = known.is_late(self.app.clock().now());
            self.learn(known.by, &booking, known.moves + 1);
            self.known.get_mut(&id).expect("as promised").frozen_late = late;
        } else if answer.body["code"] == "too_many_moves" {
            assert_eq!(known.moves, 2);
        }
    }

    async fn cancel(&mut self) {
        let Some((id, known)) =
            self.pick(|known, now| known.held_until.is_none() && known.end > now && known.live)
        else {
            return;
        };
        let by = if self.rng.below(4) == 0 { DORA } else { known.by };
        let answer = self.app.as_(by).post(&format!("/api/bookings/{id}/cancel_booking/"), json!({})).await;
        assert!(self.count("cancel", &answer), "{}", answer.text());
        self.known.remove(&id);
        // A late cancellation forfeits the credit (C2). Otherwise, and whenever the club cancels (C3), it is given
        // back.
        if known.used_credit && by != DORA && known.is_late(self.app.clock().now()) {
            self.forfeited += 1;
        }
    }

    /// Lets time pass. Sometimes the maintenance job runs.
    async fn wait(&mut self) {
        let minutes = self.rng.of(&[1, 5, 11, 30]);
        let now = self.app.clock().now() + SignedDuration::from_mins(minutes);
        self.app.clock().set(now);
        if self.rng.below(2) == 0 {
            self.app.db().tx(bookings::run_maintenance).await.expect("maintained");
            self.known.retain(|_, known| known.held_until.is_none_or(|until| now < until));
        }
    }

    /// Checks that the tables agree with the model.
    async fn check(&self) {
        let now = self.app.clock().now();
        let found = self.app.db().view(read).await.expect("as promised");
        // An expired hold may still have claims: they count as free and block no one.
        let claimed: BTreeSet<i64> = found.claims.keys().copied().collect();
        for (id, known) in self.known.iter().filter(|(_, known)| known.lives(now)) {
            assert!(claimed.contains(id), "booking {id} has lost its claims: {known:?}");
        }
        assert_eq!(
            found.claims, found.allocated,
            "a claim for each cell that is allocated, and none besides"
        );
        let numbers: Vec<String> = (1..=found.numbers.len()).map(|n| format!("CS-2026-{n:06}")).collect();
        assert_eq!(found.numbers, numbers, "numbers without gaps");
        // An expired hold keeps its credit until it is deleted.
        let used = self.known.values().filter(|known| known.used_credit).count() + self.forfeited;
        let sure = self.known.values().filter(|known| known.used_credit && known.lives(now)).count();
        assert_eq!(found.beyond, 0, "more credits than a month has");
        assert!(
            (sure + self.forfeited..=used).contains(&found.credits),
            "{} credits, {sure} to {used} are used",
            found.credits
        );
        assert_eq!(found.overlaps, 0, "two bookings have the same at once");
    }
}

impl Known {
    fn lives(&self, now: Timestamp) -> bool {
        self.live && self.held_until.is_none_or(|until| now < until)
    }

    /// Returns whether a member's cancellation now is late: less than 24 hours before the start, unless it is within an
    /// hour of booking and more than 12 hours before the start (C1, C2).
    fn is_late(&self, now: Timestamp) -> bool {
        let ahead = self.start.duration_since(now);
        let hours = SignedDuration::from_hours;
        let regrets = now.duration_since(self.made) <= hours(1) && ahead > hours(12);
        self.frozen_late || (ahead < hours(24) && !regrets)
    }
}

struct Found {
    /// The number of claimed cells of each booking.
    claims: BTreeMap<i64, i64>,
    /// The number of cells that each booking should have claimed.
    allocated: BTreeMap<i64, i64>,
    numbers: Vec<String>,
    credits: usize,
    /// The number of used credits beyond those that the plan gives for a month.
    beyond: i64,
    /// Pairs of bookings that overlap on a resource that takes only one.
    overlaps: i64,
}

fn read(tx: &mut Tx<'_>) -> Result<Found> {
    let claims: Vec<(i64, i64)> =
        tx.all(sql!("SELECT booking_id, COUNT(*) FROM claims GROUP BY booking_id"), args![])?;
    let allocated: Vec<(i64, i64)> = tx.all(
        sql!(
            "SELECT booking_id, CAST(SUM(to_cell - from_cell) AS BIGINT) FROM allocations WHERE live
             GROUP BY booking_id"
        ),
        args![],
    )?;
    let numbers: Vec<(String,)> = tx.all(
        sql!("SELECT reference FROM bookings WHERE reference IS NOT NULL ORDER BY reference"),
        args![],
    )?;
    let credits: Option<(i64,)> = tx.one(sql!("SELECT COUNT(*) FROM credit_uses"), args![])?;
    let beyond: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM credit_uses c JOIN memberships m ON m.id = c.membership_id
             JOIN plan_versions v ON v.id = m.version_id WHERE c.n > v.monthly_credits"
        ),
        args![],
    )?;
    let overlaps: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM allocations a JOIN allocations b ON b.resource_id = a.resource_id
             AND b.booking_id > a.booking_id AND b.from_cell < a.to_cell AND a.from_cell < b.to_cell
             WHERE a.live AND b.live AND a.resource_id NOT IN (SELECT id FROM rooms WHERE units > 1)"
        ),
        args![],
    )?;
    Ok(Found {
        claims: claims.into_iter().collect(),
        allocated: allocated.into_iter().collect(),
        numbers: numbers.into_iter().map(|(number,)| number).collect(),
        credits: usize::try_from(credits.map_or(0, |(count,)| count)).expect("as promised"),
        beyond: beyond.map_or(0, |(count,)| count),
        overlaps: overlaps.map_or(0, |(count,)| count),
    })
}

#[tokio::test]
async fn random_histories_never_overlap_or_lose_claims() {
    let (seeds, steps) = if std::env::var_os("CORESYNC_LONG").is_some() { (40, 400) } else { (3, 200) };
    for seed in 1..=seeds {
        let mut model = Model {
            app: TestClub::open().await,
            rng: Xorshift::new(seed),
            known: BTreeMap::new(),
            forfeited: 0,
            refused: BTreeMap::new(),
            accepted: BTreeMap::new(),
        };
        for _ in 0..steps {
            model.step().await;
            model.check().await;
        }
        println!("seed {seed}: {:?}, refused {:?}", model.accepted, model.refused);
        let all = ["book", "hold", "confirm", "let go", "move", "cancel"];
        assert!(
            all.iter().all(|operation| model.accepted.contains_key(operation)),
            "every action was done: {:?}",
            model.accepted
        );
    }
}
