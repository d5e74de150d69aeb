//! Compares the release masks of all starts with the release rules applied to each start.

use std::collections::HashMap;
use std::sync::Arc;

use bookings::{
    Busy, Decision, Demand, Field, Offers, Override, ReleaseMask, ReleaseRule, Requester, ResourceCalendar,
    Rules, Start, begin, release_mask, terms,
};
use catalogue::{Brand, Catalogue, Club, Room};
use jiff::ToSpan as _;
use jiff::civil::date;
use kit::Id;
use membership::{MembershipStatus, Tier};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::new_york;

const TIERS: [Tier; 4] = [Tier::None, Tier::Base, Tier::Premium, Tier::Unlimited];
const ROOM: Id = Id(1);
const SERVICE: Id = Id(2);

fn rule() -> impl Strategy<Value = ReleaseRule> {
    let weekdays = prop::collection::vec(1_i64..=7, 0..4);
    (0..4_usize, any::<bool>(), any::<bool>(), weekdays, 0_i64..30, 1_i64..20, 0_i64..100, 0..3_usize)
        .prop_map(|(tier, elsewhere, other, weekdays, from, hours, release_hours, factor)| ReleaseRule {
            room_kinds: if elsewhere { vec!["pod".to_owned()] } else { Vec::new() },
            services: if other { vec![Id(9)] } else { Vec::new() },
            weekdays,
            from: from * 45,
            to: from * 45 + hours * 60,
            tier: TIERS[tier],
            release_hours,
            factor_bp: [10_000, 12_000, 9_000][factor],
            tags: Vec::new(),
        })
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        Just(Decision::Block),
        Just(Decision::Open),
        Just(Decision::Reprice(8_000)),
        (0..4_usize, 0_i64..60).prop_map(|(tier, hours)| Decision::Keep(TIERS[tier], hours)),
    ]
}

fn catalogue() -> Catalogue {
    let room = Room {
        id: ROOM,
        slug: "suite".to_owned(),
        name: "Suite".to_owned(),
        kind: "suite".to_owned(),
        brand: Brand::Private,
        capacity: 2,
        units: 1,
        premium_bp: 10_000,
        features: Vec::new(),
        has_iot: false,
        description: String::new(),
        hours: "mon-sun 12:00-03:00".parse().expect("hours"),
        active: true,
    };
    let club = Club {
        slug: "main".to_owned(),
        hosts: Vec::new(),
        id: Id(7),
        name: String::new(),
        zone: new_york(),
        currency: "USD".to_owned(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    };
    Catalogue::of(
        Id(1),
        club,
        Vec::new(),
        Vec::new(),
        Vec::new(),
        vec![room],
        Vec::new(),
        Vec::new(),
        HashMap::new(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(0x5eed_9a7e),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn release_masks_agree_with_the_terms_of_each_start(
        rules in prop::collection::vec(rule(), 0..5),
        decided in prop::collection::vec((0_i64..600, decision()), 0..4),
        first in prop_oneof![Just(date(2026, 10, 30)), Just(date(2026, 11, 24)), Just(date(2027, 3, 12))],
        ahead in 0_i64..5, tier in 0..4_usize
    ) {
        let catalogue = catalogue();
        let last = first.checked_add(3.days()).expect("a date");
        let days = bookings::Days::new(&new_york(), first, last).expect("days");
        let reach = days.reach();
        let open = days.open(&catalogue.rooms[0].hours);
        let base = open[0].from;
        let now = begin(base) - jiff::SignedDuration::from_hours(ahead * 24);
        let mut overrides: Vec<Override> = decided
            .into_iter()
            .map(|(cell, decision)| Override { room: ROOM, starts_at: begin(base + cell), decision })
            .collect();
        overrides.dedup_by_key(|decided| decided.starts_at);
        overrides.sort_by_key(|decided| decided.starts_at);
        overrides.dedup_by_key(|decided| decided.starts_at);
        let busy = Busy::new(1, Vec::new(), reach);
        let (after, premium_bp, shortest) = (0, 10_000, 6);
        let there = days.wider().expect("days").pieces(&catalogue.rooms[0].hours);
        let calendar = ResourceCalendar { id: ROOM, open, there, busy, after, premium_bp, shortest, mask: ReleaseMask::default() };
        let mut field = Field { reach, days, rooms: vec![calendar], technicians: Vec::new(), named: None, preferred: Default::default(), equipment: Vec::new() };
        let demand = Demand { setup: 0, duration: 6, turnover: 0, technicians: 0, equipment: false };
        let plain = Offers::find(demand, &field).all(0);

        let rules = Rules { weekly: Arc::new(rules), overrides };
        let entitlements = crate::rules_examples::member(TIERS[tier], MembershipStatus::Active, date(2030, 1, 1), true);
        let requester = Requester { entitlements: &entitlements, now, unbounded: false };
        release_mask(&mut field, &catalogue, &rules, SERVICE, requester);
        let gated = Offers::find(demand, &field).all(0);
        let expected: Vec<_> = plain
            .iter()
            .filter_map(|offer| {
                let at = begin(offer.start);
                let minute = bookings::minute(&new_york(), offer.date, at);
                let start = Start { room: ROOM, kind: "suite", service: SERVICE, day: offer.date, minute, at };
                let terms = terms(&rules.weekly, &rules.overrides, &start);
                let open = !terms.blocked && terms.refused(TIERS[tier], now).is_none();
                open.then_some((offer.start, terms.factor_bp))
            })
            .collect();
        let found: Vec<_> = gated.iter().map(|offer| (offer.start, offer.rooms[0].1.time)).collect();
        prop_assert_eq!(found, expected);
    }
}
