//! The steps of the random histories: what people and the front desk do, and what the model then knows.

use bookings::{BookingRequest, Holder, MatchWaitlist, Move, Repeated, ShownMove, Status, Waiting};
use jiff::{SignedDuration, Timestamp};
use kit::web::{Input, RawInput};
use kit::{Error, Id, Tx, args, sql};
use people::Actor;
use serde_json::{Value, json};
use testing::{BEA, DORA, GUS, MAX, PIA, Player};

use super::{Known, World};

const PEOPLE: [Player; 3] = [GUS, BEA, PIA];

fn parsed<I: Input>(value: &Value) -> I {
    RawInput::from_json(value.to_string().as_bytes()).and_then(RawInput::parse).expect("valid input")
}

impl World {
    /// Runs an operation as a person. A refusal is no failure: the step is then not taken.
    async fn run<T: Send + 'static>(
        &self,
        by: Player,
        operation: impl Fn(&mut Tx<'_>, &Actor) -> kit::Result<T> + Send + Sync + 'static,
    ) -> Option<T> {
        let person = self.app.person(by);
        let run = move |tx: &mut Tx<'_>| {
            let by = Actor::of(people::person(tx, person)?);
            operation(tx, &by)
        };
        match self.app.db().tx(run).await {
            Ok(done) => Some(done),
            Err(Error::Fault(fault)) => panic!("{fault:?}"),
            Err(_) => None,
        }
    }

    fn note(&mut self, step: &'static str, detail: impl std::fmt::Display) {
        *self.steps.entry(step).or_default() += 1;
        self.log.push(format!("{step} {detail}"));
    }

    /// Returns the input of a booking one or two days ahead, sometimes for a guest.
    async fn input(&mut self) -> Value {
        let day = self.now() + SignedDuration::from_hours(24 * (1 + self.rng.below(2) as i64));
        let zone = self.app.catalogue().await.club.zone.clone();
        let (date, hour) = (day.to_zoned(zone).date(), 10 + self.rng.below(9));
        let service = self.app.service(self.rng.of(&["massage", "pod", "suite"])).await;
        let mut input =
            json!({"service_id": service, "date": date.to_string(), "start_time": format!("{hour:02}:00")});
        if self.rng.below(2) == 0 {
            input["guest_name"] = json!("Ann Lee");
            input["guest_email"] = json!(format!("guest{}@example.com", self.rng.below(4)));
        }
        input
    }

    /// Books a single service, or a visit of two.
    pub(super) async fn book(&mut self) {
        let (by, mut input) = (self.rng.of(&PEOPLE), self.input().await);
        let is_visit = self.rng.below(3) == 0;
        if is_visit {
            input["then"] = json!([{"service_id": self.app.service("pod").await}]);
        }
        let request = parsed::<BookingRequest>(&input);
        if let Some(booking) = self.run(by, move |tx, by| bookings::book(tx, by, &request)).await {
            self.note(
                if is_visit { "visit" } else { "book" },
                format!("{} {}", booking.id, booking.starts_at),
            );
            self.add(by, booking.root()).await;
        }
    }

    pub(super) async fn repeat(&mut self) {
        // Only members can book weeks ahead.
        let (by, mut input) = (self.rng.of(&[BEA, PIA]), self.input().await);
        (input["every_weeks"], input["times"]) = (json!(1), json!(2 + self.rng.below(2)));
        input["skip_conflicts"] = json!(true);
        let repeated = parsed::<Repeated>(&input);
        if let Some(series) = self.run(by, move |tx, by| bookings::repeat(tx, by, &repeated)).await {
            let root = series.booked.first().expect("one at least").root();
            self.note("series", root);
            self.add(by, root).await;
        }
    }

    /// Adds the bookings that were made together.
    async fn add(&mut self, by: Player, root: Id) {
        let made = self.app.db().view(move |tx| {
            tx.all::<(i64, Timestamp, Timestamp, Option<i64>, bool, Option<Timestamp>)>(
                sql!(
                    "SELECT id, starts_at, ends_at, series_id, guest_email IS NOT NULL, expires_at FROM bookings
                     WHERE id = $1 OR visit_id = $1 OR series_id = $1"
                ),
                args![root],
            )
        });
        for (id, starts_at, ends_at, series, has_guest, held_until) in made.await.expect("rows") {
            let status = if held_until.is_some() { "held" } else { "confirmed" };
            let (placed, missed) = (i64::from(held_until.is_none()), 0);
            let (root, is_series) = (root.0, series.is_some());
            self.known.insert(
                id,
                Known {
                    by,
                    status,
                    placed,
                    missed,
                    starts_at,
                    ends_at,
                    held_until,
                    root,
                    is_series,
                    has_guest,
                },
            );
        }
    }

    /// Picks a booking for which this is true.
    fn pick(&mut self, fits: impl Fn(&Known) -> bool) -> Option<(i64, Known)> {
        let fitting = self.known.iter().filter(|(_, known)| fits(known));
        let fitting: Vec<_> = fitting.map(|(id, known)| (*id, known.clone())).collect();
        let place = self.rng.below(fitting.len());
        fitting.get(place).cloned()
    }

    fn pick_ahead(&mut self) -> Option<(i64, Known)> {
        let now = self.now();
        self.pick(|known| known.status == "confirmed" && now < known.starts_at)
    }

    pub(super) async fn reschedule(&mut self) {
        let Some((id, known)) = self.pick_ahead() else { return };
        let to = known.starts_at + SignedDuration::from_mins(30 * (1 + self.rng.below(6) as i64));
        let to = parsed::<Move>(&json!({"starts_at": to.to_string()}));
        let moved = self.run(known.by, move |tx, by| {
            let seen = bookings::preview_move(tx, by, Id(id), &to)?;
            let shown =
                ShownMove { total: None, room: Some(seen.booking.room), technicians: Some(seen.technicians) };
            bookings::reschedule(tx, by, Id(id), &Move { shown, ..to.clone() })
        });
        if let Some(moved) = moved.await {
            self.note("move", format!("{id} to {}", moved.booking.starts_at));
            let known = self.known.get_mut(&id).expect("known");
            known.placed += 1;
            (known.starts_at, known.ends_at) = (moved.booking.starts_at, moved.booking.ends_at);
        }
    }

    pub(super) async fn cancel(&mut self) {
        let Some((id, known)) = self.pick_ahead() else { return };
        let by = if self.rng.below(3) == 0 { DORA } else { known.by };
        self.cancel_one(id, by).await;
    }

    async fn cancel_one(&mut self, id: i64, by: Player) {
        let cancelled = self.run(by, move |tx, by| bookings::cancel(tx, by, Id(id)));
        cancelled.await.expect("it can be cancelled");
        self.note("cancel", id);
        self.known.get_mut(&id).expect("known").status = "cancelled";
    }

    pub(super) async fn cancel_series(&mut self) {
        let Some((id, known)) = self.pick(|known| known.is_series) else { return };
        let by = if self.rng.below(3) == 0 { DORA } else { known.by };
        let done = self.run(by, move |tx, by| bookings::cancel_series(tx, by, Id(id), None));
        let Some(done) = done.await else { return };
        self.note("cancel series", known.root);
        for (booking, _) in done.cancelled {
            self.known.get_mut(&booking.id.0).expect("known").status = "cancelled";
        }
    }

    /// The guest of a visit stops its emails with the link in them.
    pub(super) async fn stop_guest(&mut self) {
        let Some((id, known)) = self.pick(|known| known.has_guest) else { return };
        let stopped = self.app.db().tx(move |tx| {
            let booking = bookings::read(tx, Id(id))?.booking;
            let token = bookings::visit_token(tx, &booking)?;
            bookings::stop_guest_emails(tx, &token)
        });
        stopped.await.expect("the link is good");
        self.note("guest stops", known.root);
        self.stopped.insert(known.root);
    }

    /// Somebody waits for the very time of a booking, which is then canceled, so that it is offered to them.
    pub(super) async fn offer(&mut self) {
        let early = self.now() + SignedDuration::from_hours(4);
        let Some((id, known)) = self.pick(|known| known.status == "confirmed" && early < known.starts_at)
        else {
            return;
        };
        let others: Vec<Player> =
            PEOPLE.into_iter().filter(|other| other.first_name != known.by.first_name).collect();
        let by = self.rng.of(&others);
        let booking =
            self.app.db().view(move |tx| bookings::read(tx, Id(id))).await.expect("it is there").booking;
        let input = json!({"service_id": booking.service, "room_id": booking.room,
            "starts_at": known.starts_at.to_string()});
        let waiting = parsed::<Waiting>(&input);
        // Nobody waits any longer whose offer was declined or has expired.
        let leave = |tx: &mut Tx<'_>| {
            tx.run(sql!("UPDATE waits SET state = 'left' WHERE state = 'waiting'"), args![])
        };
        self.app.db().tx(leave).await.expect("left");
        let Some(joined) = self.run(by, move |tx, by| bookings::join(tx, by, &waiting)).await else { return };
        self.cancel_one(id, known.by).await;
        let why = MatchWaitlist { joined: None, anyway: true };
        bookings::match_waitlist(self.app.db(), why).await.expect("matched");
        let wait = joined.wait.id;
        let held = self.app.db().view(move |tx| {
            tx.one::<(i64,)>(
                sql!("SELECT booking_id FROM offers WHERE wait_id = $1 AND outcome = 'open'"),
                args![wait],
            )
        });
        match held.await.expect("rows") {
            Some((held,)) => {
                self.note("offer", held);
                self.add(by, Id(held)).await;
            }
            // At night, or because of another booking of theirs.
            None => drop(self.run(by, move |tx, by| bookings::leave(tx, by, wait)).await),
        }
    }

    /// Somebody books or declines what is offered to them.
    pub(super) async fn answer_offer(&mut self) {
        let Some((id, known)) = self.pick(|known| known.status == "held") else { return };
        let takes = self.rng.below(2) == 0;
        let answered = self.run(known.by, move |tx, by| {
            let holder = Holder { by, token: None };
            if takes {
                return bookings::confirm(tx, holder, Id(id), None).map(drop);
            }
            bookings::release_hold(tx, holder, Id(id))
        });
        if answered.await.is_none() {
            return;
        }
        self.note(if takes { "take the offer" } else { "decline" }, id);
        let known = self.known.get_mut(&id).expect("known");
        (known.status, known.placed) = if takes { ("confirmed", 1) } else { ("expired", 0) };
    }

    /// The front desk marks a visit as missed, or undoes that.
    pub(super) async fn miss_or_undo(&mut self) {
        let since = self.now() - SignedDuration::from_hours(12);
        if let Some((id, _)) = self.pick(|known| known.status == "no_show" && known.starts_at > since) {
            let why = Some("They were in the sauna.");
            let undone =
                self.run(MAX, move |tx, by| bookings::undo_step(tx, by, Id(id), Status::NoShow, why));
            if undone.await.is_some() {
                self.note("undo", id);
                self.known.get_mut(&id).expect("known").status = "confirmed";
            }
            return;
        }
        let Some((id, known)) = self.pick_ahead() else { return };
        if known.starts_at.duration_since(self.now()) > SignedDuration::from_hours(60) {
            return;
        }
        self.app.clock().set(known.starts_at + SignedDuration::from_mins(20));
        self.app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
        if self.run(DORA, move |tx, by| bookings::no_show(tx, by, Id(id))).await.is_some() {
            self.note("miss", id);
        }
    }

    /// Lets time pass: reminders become due, and visits end.
    pub(super) async fn wait(&mut self) {
        let hours = self.rng.of(&[1, 3, 12, 30]);
        self.pass(SignedDuration::from_hours(hours));
        self.app.db().tx(bookings::run_maintenance).await.expect("the maintenance runs");
        self.log.push(format!("wait {hours} h"));
    }
}
