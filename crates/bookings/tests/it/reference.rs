//! The engine of free times against a slow one: minute by minute, written from F1 to F5 alone.

use std::collections::{BTreeMap, BTreeSet};

use bookings::{Busy, Cell, Days, Demand, Factors, Field, Offers, Track, begin, cell_at};
use catalogue::{Hours, Shift};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use kit::Id;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::new_york;

/// A minute, counted from 1970.
type Minute = i64;

/// Somebody or something with hours and claims, in minutes.
#[derive(Debug, Clone)]
struct Resource {
    /// Openings in minutes from midnight, on every weekday alike; they never overlap.
    hours: Vec<(i64, i64)>,
    units: usize,
    premium_bp: i64,
    /// Claims as they were drawn: minutes from the first day's midnight, and how long.
    drawn: Vec<(i64, i64)>,
}

#[derive(Debug, Clone)]
struct Scene {
    first: Date,
    days: i64,
    rooms: Vec<Resource>,
    technicians: Vec<Resource>,
    pieces: Vec<Resource>,
    setup: i64,
    duration: i64,
    turnover: i64,
    needed: usize,
    equipped: bool,
    earliest: i64,
}

const PAD: i64 = 10;
const RESET: i64 = 15;

fn five(minutes: std::ops::Range<i64>) -> impl Strategy<Value = i64> {
    (minutes.start / 5..minutes.end / 5).prop_map(|cells| cells * 5)
}

fn resource(units: std::ops::RangeInclusive<usize>, most_claims: usize) -> impl Strategy<Value = Resource> {
    let hours = (five(0..1440), five(60..900), five(5..240), five(60..500), prop::bool::weighted(0.3));
    let claims = prop::collection::vec((five(-120..3 * 1440), five(5..200)), 0..=most_claims);
    (hours, units, prop::sample::select(vec![10_000, 11_000, 12_000]), claims).prop_map(
        |((opens, long, pause, second, has_second), units, premium_bp, drawn)| {
            let mut hours = vec![(opens, opens + long)];
            let (again, until) = (opens + long + pause, opens + long + pause + second);
            if has_second && again < 1440 && until <= opens + 1440 {
                hours.push((again, until));
            }
            Resource { hours, units, premium_bp, drawn }
        },
    )
}

fn scene() -> impl Strategy<Value = Scene> {
    // Plain days, and those around both changes of the clock.
    let firsts = vec![
        date(2026, 11, 24),
        date(2026, 10, 31),
        date(2026, 11, 1),
        date(2026, 3, 7),
        date(2026, 3, 8),
        date(2026, 12, 31),
    ];
    let resources = (
        prop::collection::vec(resource(1..=3, 12), 1..=3),
        prop::collection::vec(resource(1..=1, 6), 0..=4),
        prop::collection::vec(resource(1..=1, 6), 0..=2),
    );
    let demand = (five(0..25), five(15..185), five(0..35), 0_usize..=2, prop::bool::weighted(0.3));
    (prop::sample::select(firsts), 1_i64..=2, resources, demand, five(-60..2000)).prop_map(
        |(
            first,
            days,
            (rooms, technicians, pieces),
            (setup, duration, turnover, needed, equipped),
            earliest,
        )| Scene {
            first,
            days,
            rooms,
            technicians,
            pieces,
            setup,
            duration,
            turnover,
            needed,
            equipped,
            earliest,
        },
    )
}

fn minute(moment: Timestamp) -> Minute {
    moment.as_second() / 60
}

fn midnight(day: Date) -> Minute {
    minute(new_york().to_timestamp(day.at(0, 0, 0, 0)).expect("a midnight"))
}

/// When the club's clock first shows so many minutes past a day's midnight, or more: found by looking at it.
fn first_shown(day: Date, past_midnight: i64) -> Minute {
    let zone = new_york();
    let wanted = day.at(0, 0, 0, 0) + past_midnight.minutes();
    let mut at = midnight(day);
    loop {
        let shown = zone.to_datetime(Timestamp::from_second(at * 60).expect("a time"));
        if shown >= wanted {
            return at;
        }
        at += 1;
    }
}

/// The calendar of one resource: its openings by day, and how many bookings it has at each minute.
struct Calendar {
    openings: Vec<(usize, Minute, Minute)>,
    taken: BTreeMap<Minute, usize>,
    claims: Vec<(Minute, Minute)>,
    units: usize,
}

impl Calendar {
    fn of(resource: &Resource, scene: &Scene) -> Calendar {
        let mut openings = Vec::new();
        for (place, offset) in (0..scene.days).enumerate() {
            let day = scene.first + offset.days();
            for (opens, closes) in &resource.hours {
                openings.push((place, first_shown(day, *opens), first_shown(day, *closes)));
            }
        }
        let mut calendar =
            Calendar { openings, taken: BTreeMap::new(), claims: Vec::new(), units: resource.units };
        for (from, long) in &resource.drawn {
            let from = midnight(scene.first) + from;
            calendar.claim(from, from + long);
        }
        calendar
    }

    /// Claims, unless every unit is taken already somewhere in it.
    fn claim(&mut self, from: Minute, to: Minute) {
        if self.free(from, to) > 0 {
            (from..to).for_each(|at| *self.taken.entry(at).or_default() += 1);
            self.claims.push((from, to));
        }
    }

    /// F5: how many more fit into all of `[from, to)`, each in any unit at any minute.
    fn free(&self, from: Minute, to: Minute) -> usize {
        let most = self.taken.range(from..to).map(|(_, count)| *count).max().unwrap_or(0);
        self.units - most
    }

    /// F1: the guest's own time lies inside one opening. Which day's.
    fn hosts(&self, from: Minute, to: Minute) -> Option<usize> {
        self.openings.iter().find(|(_, opens, closes)| *opens <= from && to <= *closes).map(|(day, ..)| *day)
    }
}

/// What the slow engine finds at one start.
#[derive(Debug, PartialEq, Eq)]
struct Slow {
    rooms: BTreeSet<Id>,
    technicians: BTreeSet<Id>,
    spots: i64,
}

struct Club {
    rooms: Vec<Calendar>,
    technicians: Vec<Calendar>,
    pieces: Vec<Calendar>,
}

fn id(kind: i64, place: usize) -> Id {
    Id(kind * 100 + i64::try_from(place).expect("a place"))
}

impl Club {
    fn of(scene: &Scene) -> Club {
        let all = |resources: &[Resource]| resources.iter().map(|one| Calendar::of(one, scene)).collect();
        let mut club = Club {
            rooms: all(&scene.rooms),
            technicians: all(&scene.technicians),
            pieces: all(&scene.pieces),
        };
        // A piece is there whenever any of the rooms is open.
        let open: Vec<_> = club.rooms.iter().flat_map(|room| room.openings.clone()).collect();
        club.pieces.iter_mut().for_each(|piece| piece.openings.clone_from(&open));
        club
    }

    /// Who of them can serve from `start`, with so much time after it; `ever`: if nothing were claimed.
    fn serving(all: &[Calendar], scene: &Scene, start: Minute, after: i64, ever: bool) -> Vec<usize> {
        let end = start + scene.duration;
        let can =
            |one: &Calendar| one.hosts(start, end).is_some() && (ever || one.free(start, end + after) > 0);
        all.iter().enumerate().filter(|(_, one)| can(one)).map(|(place, _)| place).collect()
    }

    fn staffed(&self, scene: &Scene, start: Minute, ever: bool) -> bool {
        let technicians = Club::serving(&self.technicians, scene, start, PAD, ever).len() >= scene.needed;
        let equipped = !scene.equipped || !Club::serving(&self.pieces, scene, start, RESET, ever).is_empty();
        technicians && equipped
    }

    /// Whether a booking could begin in a room; `ever`: if nothing were claimed.
    fn possible(&self, scene: &Scene, room: &Calendar, start: Minute, ever: bool) -> bool {
        let end = start + scene.duration;
        room.hosts(start, end).is_some()
            && (ever || room.free(start - scene.setup, end + scene.turnover) > 0)
            && self.staffed(scene, start, ever)
    }

    /// F2: every fifteen minutes from opening, the first after a neighbour and the last before the next.
    fn offered(&self, scene: &Scene, room: &Calendar, start: Minute) -> bool {
        let on_grid = room
            .openings
            .iter()
            .any(|(_, opens, closes)| (*opens..*closes).contains(&start) && (start - opens) % 15 == 0);
        let neighbour =
            |at: Minute| self.possible(scene, room, at, true) && !self.possible(scene, room, at, false);
        self.possible(scene, room, start, false) && (on_grid || neighbour(start - 5) || neighbour(start + 5))
    }

    /// Every offered start by day, in order.
    fn all(&self, scene: &Scene) -> BTreeMap<(usize, Minute), Slow> {
        let mut found = BTreeMap::new();
        for room in &self.rooms {
            for (_, opens, closes) in &room.openings {
                for start in (*opens..*closes).step_by(5).filter(|start| *start >= earliest(scene)) {
                    if self.offered(scene, room, start) {
                        let day = room.hosts(start, start + scene.duration).expect("it is possible");
                        found.entry((day, start)).or_insert_with(|| self.at(scene, day, start));
                    }
                }
            }
        }
        found
    }

    /// F3 and F5 at one start of a day.
    fn at(&self, scene: &Scene, day: usize, start: Minute) -> Slow {
        let end = start + scene.duration;
        let fits = |room: &&(usize, &Calendar)| {
            room.1.hosts(start, end) == Some(day) && self.possible(scene, room.1, start, false)
        };
        let rooms: Vec<(usize, &Calendar)> = self.rooms.iter().enumerate().collect();
        let rooms: Vec<&(usize, &Calendar)> = rooms.iter().filter(fits).collect();
        let mut spots: usize =
            rooms.iter().map(|(_, room)| room.free(start - scene.setup, end + scene.turnover)).sum();
        let technicians = Club::serving(&self.technicians, scene, start, PAD, false);
        if let Some(teams) = technicians.len().checked_div(scene.needed) {
            spots = spots.min(teams);
        }
        if scene.equipped {
            spots = spots.min(Club::serving(&self.pieces, scene, start, RESET, false).len());
        }
        Slow {
            rooms: rooms.iter().map(|(place, _)| id(1, *place)).collect(),
            technicians: technicians.into_iter().map(|place| id(2, place)).collect(),
            spots: i64::try_from(spots).expect("a count"),
        }
    }
}

fn earliest(scene: &Scene) -> Minute {
    midnight(scene.first) + scene.earliest
}

/// The same scene as the fast engine wants it.
fn field(scene: &Scene, club: &Club) -> (Demand, Field) {
    let last = scene.first + (scene.days - 1).days();
    let days = Days::new(&new_york(), scene.first, last).expect("days");
    let reach = days.reach();
    let cell = |minute: Minute| minute.div_euclid(5);
    let track = |kind: i64, place: usize, resource: &Resource, calendar: &Calendar, after: i64| {
        let shifts = (1..=7).flat_map(|weekday| {
            resource.hours.iter().map(move |(opens, closes)| Shift {
                weekday,
                opens: *opens,
                closes: *closes,
            })
        });
        let spans = calendar.claims.iter().map(|(from, to)| (cell(*from), cell(*to))).collect();
        Track {
            id: id(kind, place),
            open: days.open(&Hours(shifts.collect())),
            busy: Busy::new(i64::try_from(resource.units).expect("units"), spans, reach),
            after: after / 5,
            premium_bp: resource.premium_bp,
            shortest: 6,
            gate: bookings::Gate::default(),
        }
    };
    let tracks = |kind: i64, resources: &[Resource], calendars: &[Calendar], after: i64| -> Vec<Track> {
        let both = resources.iter().zip(calendars).enumerate();
        both.map(|(place, (resource, calendar))| track(kind, place, resource, calendar, after)).collect()
    };
    let rooms = tracks(1, &scene.rooms, &club.rooms, 0);
    let always: Vec<_> = rooms.iter().flat_map(|room| room.open.clone()).collect();
    let mut equipment = tracks(3, &scene.pieces, &club.pieces, RESET);
    equipment.iter_mut().for_each(|piece| piece.open.clone_from(&always));
    let technicians = tracks(2, &scene.technicians, &club.technicians, PAD);
    let demand = Demand {
        setup: scene.setup / 5,
        duration: scene.duration / 5,
        turnover: scene.turnover / 5,
        technicians: scene.needed,
        equipment: scene.equipped,
    };
    (demand, Field { reach, days, rooms, technicians, named: None, equipment })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(0x5eed_c10c),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_fast_engine_finds_what_the_slow_one_finds(scene in scene()) {
        let club = Club::of(&scene);
        let slow = club.all(&scene);
        let (demand, field) = field(&scene, &club);
        let engine = Offers::find(demand, &field);
        let from: Cell = earliest(&scene).div_euclid(5);

        let offers = engine.all(from);
        let day_of = |day: Date| usize::try_from((day - scene.first).get_days()).expect("a day of the scene");
        let fast: Vec<(usize, Minute)> =
            offers.iter().map(|offer| (day_of(offer.date), minute(begin(offer.start)))).collect();
        let wanted: Vec<(usize, Minute)> = slow.keys().copied().collect();
        prop_assert_eq!(&fast, &wanted, "the starts");
        for (offer, slow) in offers.iter().zip(slow.values()) {
            let found = Slow {
                rooms: offer.rooms.iter().map(|(room, _)| *room).collect(),
                technicians: offer.technicians.iter().copied().collect(),
                spots: offer.spots,
            };
            prop_assert_eq!(&found, slow, "at {}", begin(offer.start));
            prop_assert!(offer.spots >= 1, "what is offered can be had");
            let premium = |(id, _): &(Id, Factors)| field.rooms.iter().find(|room| room.id == *id).map(|room| room.premium_bp);
            prop_assert!(offer.rooms.iter().map(premium).is_sorted(), "the least factor first (F3)");
        }

        for (place, count) in engine.counts(from).into_iter().enumerate() {
            let of_day: Vec<Minute> = wanted.iter().filter(|(day, _)| *day == place).map(|(_, start)| *start).collect();
            prop_assert_eq!(count.count, of_day.len(), "the count of {}", count.date);
            prop_assert_eq!(count.first.map(|cell| minute(begin(cell))), of_day.first().copied());
        }

        // Beyond what is shown: `at` answers wherever a booking would fit, and nowhere else.
        for at in (midnight(scene.first)..midnight(scene.first) + scene.days * 1440 + 600).step_by(25) {
            let fits = club.rooms.iter().any(|room| club.possible(&scene, room, at, false));
            let cell = cell_at(Timestamp::from_second(at * 60).expect("a time"));
            prop_assert_eq!(engine.at(cell).is_some(), fits, "at {}", begin(cell));
        }
    }
}
