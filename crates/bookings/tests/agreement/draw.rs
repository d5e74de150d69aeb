//! Random clubs, calendars, and people as plain data. Ids are indices into their lists until a database assigns
//! others.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use reference::{
    Addon, Equipment, Membership, Person, Rank, Room, Rule, Service, Shift, Technician, World, moment,
};

use crate::dice::Dice;

/// The default zone of the club, and zones with unusual clock changes: by half an hour, at midnight, in the southern
/// hemisphere, and with offsets of quarter hours.
const ZONES: [&str; 14] = [
    "America/New_York",
    "America/New_York",
    "America/New_York",
    "America/New_York",
    "Europe/London",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Pacific/Chatham",
    "Asia/Kathmandu",
];

pub(crate) fn zone(dice: &mut Dice) -> TimeZone {
    let name = dice.pick(&ZONES);
    TimeZone::get(name).expect("a zone that is known")
}

/// Returns a day of 2020 to 2040. About half of them are next to a night on which the clock changes.
pub(crate) fn day(dice: &mut Dice, zone: &TimeZone) -> Date {
    let any = date(2020, 1, 1) + dice.of(0..=7_670).days();
    if dice.may(50) {
        return any;
    }
    let from = Timestamp::from_second(moment(zone, any, 0)).expect("a moment");
    let change = zone.following(from).next().map(|change| zone.to_datetime(change.timestamp()).date());
    let near = change.filter(|change| change.year() <= 2040);
    near.map_or(any, |change| change + dice.of(-1..=1).days())
}

fn five(dice: &mut Dice, from: i64, to: i64) -> i64 {
    dice.of(from / 5..=to / 5) * 5
}

/// Returns random hours of a week. Shifts never overlap, but some touch.
pub(crate) fn hours(dice: &mut Dice) -> Vec<Shift> {
    let of_a_day: Vec<(i64, i64)> = match dice.of(0..=9) {
        0 | 1 => vec![(540, 1260)],
        // Open all night, so that each day touches the next.
        2 => vec![(0, 1440)],
        3 => vec![(360, 1800)],
        // In the early hours, when clocks change.
        4 => vec![(five(dice, 0, 180), five(dice, 240, 720))],
        5 => vec![(five(dice, 1080, 1380), five(dice, 1500, 1800))],
        // Two shifts that touch.
        6 => {
            let (a, b) = (five(dice, 300, 600), five(dice, 700, 1000));
            vec![(a, b), (b, five(dice, 1100, 1500))]
        }
        // Two shifts with a break.
        7 => {
            let (a, b) = (five(dice, 300, 600), five(dice, 700, 900));
            vec![(a, b), (b + five(dice, 5, 120), five(dice, 1100, 1600))]
        }
        _ => {
            let opens = five(dice, 300, 1435);
            vec![(opens, opens + five(dice, 60, 900))]
        }
    };
    let days = if dice.may(60) { (1..=7).collect() } else { dice.some(&[1, 2, 3, 4, 5, 6, 7], 60) };
    let mut shifts = Vec::new();
    for weekday in days {
        shifts.extend(of_a_day.iter().map(|(opens, closes)| Shift {
            weekday,
            opens: *opens,
            closes: *closes,
        }));
    }
    if overlap(&shifts) { vec![Shift { weekday: 5, opens: 720, closes: 1500 }] } else { shifts }
}

fn overlap(shifts: &[Shift]) -> bool {
    let week = 7 * 1440;
    let mut all: Vec<(i64, i64)> = Vec::new();
    for shift in shifts {
        let from = (shift.weekday - 1) * 1440 + shift.opens;
        let to = from + shift.closes - shift.opens;
        all.extend([(from, to), (from + week, to + week)]);
    }
    all.sort_unstable();
    all.windows(2).any(|two| two[1].0 < two[0].1)
}

const KINDS: [&str; 3] = ["massage", "suite", "pod"];
const SKILLS: [&str; 2] = ["massage", "laser"];

fn room(dice: &mut Dice, id: i64) -> Room {
    Room {
        id,
        kind: (*dice.pick(&KINDS)).to_owned(),
        capacity: dice.of(1..=3),
        units: if dice.may(70) { 1 } else { dice.of(2..=3) },
        factor: *dice.pick(&[10_000, 10_000, 10_000, 11_000, 9_000, 12_345]),
        hours: hours(dice),
        active: dice.may(95),
    }
}

fn technician(dice: &mut Dice, id: i64) -> Technician {
    Technician {
        id,
        skills: dice.some(&SKILLS, 60).into_iter().map(str::to_owned).collect(),
        pad: *dice.pick(&[10, 10, 0, 5, 20]),
        hours: hours(dice),
        active: dice.may(95),
    }
}

fn service(dice: &mut Dice, id: i64, rooms: &[i64], pieces: &[i64]) -> Service {
    let list = dice.of(0..=40_000);
    let minutes = five(dice, 15, 150);
    let party = dice.of(1..=2);
    let technicians = if dice.may(45) { dice.of(1..=2) } else { 0 };
    Service {
        id,
        list,
        member: if dice.may(50) { list * dice.of(50..=100) / 100 } else { dice.of(0..=40_000) },
        minutes,
        least: dice.may(25).then(|| five(dice, 15, minutes)),
        setup: *dice.pick(&[0, 5, 10, 15, 30]),
        turnover: *dice.pick(&[0, 5, 15, 20, 30]),
        party,
        most: party + dice.of(0..=1),
        technicians,
        skill: if dice.may(20) { String::new() } else { (*dice.pick(&SKILLS)).to_owned() },
        member_only: dice.may(10),
        rooms: dice.some(rooms, 65),
        equipment: if dice.may(25) { dice.some(pieces, 60) } else { Vec::new() },
    }
}

fn rule(dice: &mut Dice, services: &[i64]) -> Rule {
    let from = dice.of(0..=1800);
    Rule {
        kinds: if dice.may(50) {
            Vec::new()
        } else {
            dice.some(&KINDS, 50).into_iter().map(str::to_owned).collect()
        },
        services: if dice.may(60) { Vec::new() } else { dice.some(services, 50) },
        weekdays: if dice.may(50) { Vec::new() } else { dice.some(&[1, 2, 3, 4, 5, 6, 7], 50) },
        from,
        to: from + dice.of(1..=(2880 - from).min(1000)),
        rank: *dice.pick(&[Rank::None, Rank::Base, Rank::Premium, Rank::Unlimited, Rank::Unlimited]),
        hours: *dice.pick(&[0, 1, 12, 24, 48, 72, 100]),
        factor: *dice.pick(&[10_000, 10_000, 12_000, 9_000, 10_500, 15_000]),
    }
}

/// Returns a random club without bookings.
pub(crate) fn club(dice: &mut Dice, zone: TimeZone) -> World {
    let places = |many: i64| (0..many).collect::<Vec<i64>>();
    let (rooms, pieces) = (places(dice.of(1..=3)), places(dice.of(0..=2)));
    let (technicians, services) = (places(dice.of(0..=4)), places(dice.of(1..=3)));
    World {
        rooms: rooms.iter().map(|id| room(dice, *id)).collect(),
        technicians: technicians.iter().map(|id| technician(dice, *id)).collect(),
        equipment: pieces
            .iter()
            .map(|id| Equipment { id: *id, reset: *dice.pick(&[0, 10, 15]), active: dice.may(95) })
            .collect(),
        services: services.iter().map(|id| service(dice, *id, &rooms, &pieces)).collect(),
        addons: (0..2).map(|id| Addon { id, cents: dice.of(0..=9_999) }).collect(),
        rules: (0..dice.of(0..=3)).map(|_| rule(dice, &services)).collect(),
        overrides: Vec::new(),
        claims: BTreeMap::new(),
        open: BTreeMap::new(),
        account_days: 3,
        lead: 60,
        walk_in: 120,
        blocks: Vec::new(),
        zone,
    }
}

/// Returns a random person: a person without a plan, or a member of any rank whose plan may not apply on the day.
pub(crate) fn person(dice: &mut Dice, day: Date) -> Person {
    if dice.may(25) {
        return Person::default();
    }
    let (rank, days, credits, discount) = *dice.pick(&[
        (Rank::Base, 30, Some(0), 2_500),
        (Rank::Premium, 60, Some(2), 3_500),
        (Rank::Unlimited, 90, None, 10_000),
        (Rank::Base, 2, Some(1), 1_250),
    ]);
    let near = |dice: &mut Dice| day + dice.of(-3..=3).days();
    let frozen = dice.may(10).then(|| {
        let from = near(dice);
        (from, from + dice.of(0..=40).days())
    });
    Person {
        plan: Some(Membership {
            rank,
            discount,
            days,
            credits,
            counts: dice.may(90),
            started: day - dice.of(0..=500).days(),
            paid_until: near(dice),
            renews: dice.may(60),
            auto_credit: dice.may(30),
            frozen,
            used: Vec::new(),
        }),
        ..Person::default()
    }
}
