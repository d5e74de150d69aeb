//! A club in a database and the same club as plain data. Its calendar is filled through public operations, and each
//! of its bookings is compared with the reference.

use std::collections::BTreeSet;

use bookings::{Benefit, BlockInput, BlockKind, BookingRequest, Extras, Override, ReleaseRule, When};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kit::testing::TestDb;
use kit::{Db, Error, Id, args, sql};
use people::Actor;
use reference::{Booking, Decision, Moment, No, Person, Rule, SearchInput, StartOverride, World, date_of};

use crate::agreed;
use crate::dice::Dice;
use crate::draw;
use crate::found::{Founded, found, tier};

/// The club at one moment.
pub(crate) struct Scene {
    pub(crate) db: Db,
    pub(crate) world: World,
    /// The people who may search. The last one works at the club.
    pub(crate) people: Vec<(Actor, Person)>,
    /// The day that the tests search.
    pub(crate) day: Date,
    pub(crate) now: Moment,
}

/// A random search, without the person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SearchCase {
    pub(crate) service: i64,
    pub(crate) minutes: i64,
    pub(crate) party: i64,
    pub(crate) room: Option<i64>,
    pub(crate) technician: Option<i64>,
}

pub(crate) fn time(at: Moment) -> Timestamp {
    Timestamp::from_second(at).expect("a moment")
}

pub(crate) fn product_rule(rule: &Rule) -> ReleaseRule {
    ReleaseRule {
        room_kinds: rule.kinds.clone(),
        services: rule.services.iter().copied().map(Id).collect(),
        weekdays: rule.weekdays.clone(),
        from: rule.from,
        to: rule.to,
        tier: tier(rule.rank),
        release_hours: rule.hours,
        factor_bp: rule.factor,
        tags: Vec::new(),
    }
}

fn product_decision(decision: Decision) -> bookings::Decision {
    match decision {
        Decision::Block => bookings::Decision::Block,
        Decision::Open => bookings::Decision::Open,
        Decision::Reprice(factor) => bookings::Decision::Reprice(factor),
        Decision::Keep(rank, hours) => bookings::Decision::Keep(tier(rank), hours),
    }
}

/// Returns a refusal of the product: its code, and the moment at which the time opens.
pub(crate) fn outcome(error: &Error) -> (String, Option<Moment>) {
    match error {
        Error::Refused(refusal, details) => {
            let opens = details.get(bookings::details::OPENS_AT).map(|opens| opens.moment.as_second());
            (refusal.code.to_owned(), opens)
        }
        other => (format!("{other:?}"), None),
    }
}

/// Returns the same for a refusal of the reference.
pub(crate) fn named(no: &No) -> (String, Option<Moment>) {
    let (code, opens) = match no {
        No::OutsideWindow { opens, .. } => ("outside_window", Some(*opens)),
        No::VipOnly(opens) => ("vip_only", Some(*opens)),
        No::MembersOnly(opens) => ("members_only", Some(*opens)),
        No::PlanRequired => ("plan_required", None),
        No::RoomClosed => ("room_closed", None),
        No::TechnicianOff => ("technician_off", None),
        No::Skill => ("skill", None),
        No::Turnover => ("turnover", None),
        No::Capacity => ("capacity", None),
        No::Maintenance => ("maintenance", None),
        No::Equipment => ("equipment", None),
        No::Taken => ("taken", None),
        No::SamePerson => ("same_person", None),
        No::TooManyOpen => ("too_many_open", None),
        No::TooLate => ("too_late", None),
    };
    (code.to_owned(), opens)
}

impl SearchCase {
    pub(crate) fn search_input<'p>(&self, person: &'p Person, now: Moment) -> SearchInput<'p> {
        let SearchCase { service, minutes, party, room, technician } = *self;
        SearchInput { person, service, minutes, party, room, technician, now }
    }

    pub(crate) fn request(&self, start: Moment, person: Option<i64>, extras: Extras) -> BookingRequest {
        BookingRequest {
            service: Id(self.service),
            minutes: Some(self.minutes),
            when: When::Moment(time(start)),
            room: self.room.map(Id),
            technician: self.technician.map(Id),
            party: Some(self.party),
            person: person.map(Id),
            companion: None,
            extras,
            then: Vec::new(),
        }
    }
}

impl Scene {
    /// Creates a random scene.
    pub(crate) async fn new(test: &TestDb, dice: &mut Dice) -> Scene {
        let zone = draw::zone(dice);
        let day = draw::day(dice, &zone);
        let drawn = draw::club(dice, zone);
        let people: Vec<Person> = (0..3).map(|_| draw::person(dice, day)).collect();
        let founding = (drawn.clone(), people);
        // The calendar is filled long before the day.
        let early = reference::midnight(&drawn.zone, day) - 120 * 24 * 3600;
        test.db.clock().set(time(early));
        let founded = test.db.tx(move |tx| found(tx, &founding.0, &founding.1)).await;
        let Founded { world, people, manager } = founded.expect("a club is founded");
        let manager_here =
            (Actor::of(manager.clone()), Person { id: Some(manager.id.0), staff: true, ..Person::default() });
        let mut actors = Vec::new();
        for person in people {
            let id = Id(person.id.expect("an id"));
            let known = test.db.view(move |tx| people::person(tx, id)).await.expect("a person");
            actors.push((Actor::of(known), person));
        }
        actors.push((Actor::visitor(), Person::default()));
        actors.push(manager_here);
        let mut scene = Scene { db: test.db.clone(), world, people: actors, day, now: early };
        scene.world.unroll(day - 2.days(), day + 2.days());
        for _ in 0..dice.of(0..=14) {
            scene.fill(dice).await;
        }
        scene.decide(dice).await;
        scene.block(dice).await;
        let now = scene.draw_now(dice);
        scene.set_time(now);
        scene
    }

    pub(crate) fn set_time(&mut self, now: Moment) {
        self.now = now;
        self.db.clock().set(time(now));
    }

    /// Returns a random moment around the day, often right when something opens.
    fn draw_now(&self, dice: &mut Dice) -> Moment {
        let midnight = reference::midnight(&self.world.zone, self.day);
        match dice.of(0..=5) {
            0 => {
                let days = *dice.pick(&[2, 3, 30, 60, 90]);
                reference::midnight(&self.world.zone, self.day - days.days()) + dice.of(-1..=1)
            }
            1 => {
                midnight + dice.of(0..=1440) * 60 + dice.of(-1..=1)
                    - dice.pick(&[1, 12, 24, 48, 72, 100]) * 3600
            }
            2 => midnight + dice.of(-7_200..=90_000),
            _ => midnight - dice.of(0..=100 * 86_400),
        }
    }

    pub(crate) fn search_case(&self, dice: &mut Dice) -> SearchCase {
        let service = dice.pick(&self.world.services);
        let minutes = match service.least {
            Some(least) => least + dice.of(0..=(service.minutes.max(least) + 60 - least) / 5) * 5,
            None => service.minutes,
        };
        let party = if dice.may(80) { service.party } else { dice.of(1..=3) };
        let working: Vec<i64> =
            self.world.technicians.iter().filter(|one| one.active).map(|one| one.id).collect();
        let technician = (!working.is_empty() && dice.may(20)).then(|| *dice.pick(&working));
        let room = dice.may(20).then(|| *dice.pick(&service.rooms));
        SearchCase { service: service.id, minutes, party, room, technician }
    }

    /// Returns a random start at a multiple of five minutes, mostly inside the hours of a room that serves the
    /// service.
    pub(crate) fn start(&self, dice: &mut Dice, search_case: &SearchCase) -> Moment {
        let rooms = &self.world.service(search_case.service).rooms;
        let room = search_case.room.unwrap_or_else(|| *dice.pick(rooms));
        let day = self.day + dice.of(-1..=1).days();
        let open: Vec<_> =
            self.world.open[&room].iter().filter(|open| open.day == day && open.from < open.to).collect();
        if open.is_empty() || dice.may(8) {
            return reference::midnight(&self.world.zone, day) + dice.of(0..=287) * 300;
        }
        let open = dice.pick(&open);
        open.from + dice.of(-2..=(open.to - open.from) / 300) * 300
    }

    /// Tries a random booking by staff, for a person or for a named guest.
    async fn fill(&mut self, dice: &mut Dice) {
        let search_case = self.search_case(dice);
        let start = self.start(dice, &search_case);
        let whose = dice.may(40).then(|| dice.of(0..=2));
        let owner = whose.map(|at| self.people[usize::try_from(at).expect("a place")].1.clone());
        let person = Person { staff: true, ..owner.unwrap_or_default() };
        let guest_name = person.id.is_none().then(|| "A Guest".to_owned());
        let extras = Extras { guest_name, benefit: Some(Benefit::Nothing), ..Extras::default() };
        self.book(&search_case, start, self.people.len() - 1, &person, extras).await;
    }

    /// Books and compares the result with the reference: the refusal, or what was claimed. Returns the booking.
    pub(crate) async fn book(
        &mut self,
        search_case: &SearchCase,
        start: Moment,
        actor: usize,
        person: &Person,
        extras: Extras,
    ) -> Option<bookings::Booking> {
        let search_input = search_case.search_input(person, self.now);
        let day = self.world.day_of(&search_input, start);
        let why_not = self.world.why_not(&search_input, day, start);
        let request = search_case.request(start, person.id.filter(|_| person.staff), extras);
        let by = self.people[actor].0.clone();
        let place = format!("{search_case:?} for {person:?} at {} on {day}", time(start));
        let booked = match self.db.tx(move |tx| bookings::book(tx, &by, &request)).await {
            Err(refused) => {
                let expected = why_not.first().map(named);
                assert_eq!(Some(outcome(&refused)), expected, "the refusal of {place}");
                agreed(&format!("refused to book: {}", outcome(&refused).0), 1);
                return None;
            }
            Ok(booked) => booked,
        };
        assert_eq!(why_not, [], "{place} was booked");
        let slot = self.world.slot(&search_input, day, start);
        assert_eq!((booked.room.0, booked.day), (slot.room, day), "the room of {place}");
        self.world.book(Booking {
            id: booked.id.0,
            service: search_case.service,
            room: slot.room,
            technicians: slot.technicians,
            equipment: slot.equipment,
            people: person.id.into_iter().collect(),
            start,
            minutes: search_case.minutes,
        });
        let expected: BTreeSet<(i64, Moment, Moment)> =
            self.world.claims_of(booked.id.0).into_iter().collect();
        assert_eq!(self.claimed(booked.id).await, expected, "what is claimed by {place}");
        agreed("booked", 1);
        Some(booked)
    }

    /// Returns the cells that a booking has in the database, converted to seconds.
    async fn claimed(&self, booking: Id) -> BTreeSet<(i64, Moment, Moment)> {
        let read = move |tx: &mut kit::Tx<'_>| {
            tx.all(
                sql!("SELECT resource_id, from_cell, to_cell FROM allocations WHERE booking_id = $1"),
                args![booking],
            )
        };
        let rows: Vec<(i64, i64, i64)> = self.db.view(read).await.expect("allocations");
        rows.into_iter().map(|(id, from, to)| (id, from * 300, to * 300)).collect()
    }

    /// Sets a few random overrides of single times.
    async fn decide(&mut self, dice: &mut Dice) {
        for _ in 0..dice.of(0..=4) {
            let search_case = self.search_case(dice);
            let start = self.start(dice, &search_case);
            let room = *dice.pick(&self.world.service(search_case.service).rooms);
            let rank =
                *dice.pick(&[reference::Rank::Base, reference::Rank::Premium, reference::Rank::Unlimited]);
            let decision = match dice.of(0..=3) {
                0 => Decision::Block,
                1 => Decision::Open,
                2 => Decision::Reprice(*dice.pick(&[8_000, 10_000, 13_000])),
                _ => Decision::Keep(rank, dice.of(1..=60)),
            };
            let decided =
                Override { room: Id(room), starts_at: time(start), decision: product_decision(decision) };
            let by = self.people[self.people.len() - 1].0.clone();
            let write = move |tx: &mut kit::Tx<'_>| {
                bookings::decide(tx, &by, decided.room, decided.starts_at, decided.decision)
            };
            self.db.tx(write).await.expect("a decision");
            self.world.overrides.retain(|decided| (decided.room, decided.start) != (room, start));
            self.world.overrides.push(StartOverride { room, start, decision });
        }
    }

    /// Sometimes blocks random rooms, technicians, or equipment, including over existing bookings.
    async fn block(&mut self, dice: &mut Dice) {
        for _ in 0..if dice.may(40) { dice.of(1..=3) } else { 0 } {
            let search_case = self.search_case(dice);
            let service = self.world.service(search_case.service).clone();
            let mut all: Vec<(BlockKind, i64)> = Vec::new();
            all.extend(service.rooms.iter().map(|id| (BlockKind::Room, *id)));
            all.extend(self.world.skilled(&service).iter().map(|one| (BlockKind::Technician, one.id)));
            all.extend(service.equipment.iter().map(|id| (BlockKind::Equipment, *id)));
            let (kind, resource) = *dice.pick(&all);
            let from = self.start(dice, &search_case) + dice.of(-12..=12) * 300;
            let to = from + dice.of(1..=48) * 300;
            let input = BlockInput {
                kind,
                resource: Id(resource),
                from: time(from),
                to: time(to),
                reason: "by chance".to_owned(),
                seen: Vec::new(),
                seen_at: None,
            };
            let by = self.people[self.people.len() - 1].0.clone();
            let write = move |tx: &mut kit::Tx<'_>| {
                let inside = bookings::bookings_inside(tx, &by, None, &input)?;
                let seen = inside.iter().map(|one| one.detail.booking.id).collect();
                bookings::block(tx, &by, &BlockInput { seen, ..input.clone() })
            };
            match self.db.tx(write).await {
                Ok(_) => {
                    self.world.blocks.push((resource, from, to));
                    agreed("blocked", 1);
                }
                // Resources that are not active cannot be blocked.
                Err(Error::Invalid(_)) => {}
                Err(error) => panic!("a block: {error:?}"),
            }
        }
    }

    /// Returns today's date at the club.
    pub(crate) fn today(&self) -> Date {
        date_of(&self.world.zone, self.now)
    }
}
