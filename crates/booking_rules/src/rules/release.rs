//! Release rules (W3): some times are reserved for some members until a number of hours before they begin, and some
//! cost more. A single time can be blocked, opened, repriced, or reserved by an override, which takes precedence over
//! every rule. The functions here are pure.

use std::collections::BTreeMap;

use catalogue::Catalogue;
use jiff::{SignedDuration, Timestamp};
use kit::{Id, Refusal};
use membership::{Entitlements, Tier};
use scheduling::{Bits, Cell, Days, Field, Open, ReleaseMask, cell_at};

use crate::refusals::{MEMBERS_ONLY, VIP_ONLY};
use crate::rules::model::{Decision, Override, ReleaseRule, Rules, Start};

/// What release rules and overrides decide about one start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Whether no one can book the start online.
    pub blocked: bool,
    /// The price factor of the time in basis points.
    pub factor_bp: i64,
    /// The tags of the time.
    pub tags: Vec<String>,
    /// The moment until which the start is reserved for each tier, the most exclusive tier first.
    pub reserved: Vec<(Tier, Timestamp)>,
}

impl Terms {
    /// Returns the terms of a start to which no rule applies.
    fn plain() -> Terms {
        Terms { blocked: false, factor_bp: 10_000, tags: Vec::new(), reserved: Vec::new() }
    }

    /// Returns whether the start costs more than usual.
    pub fn is_premium(&self) -> bool {
        self.factor_bp > 10_000
    }

    /// Returns the moment until which the start is reserved for this tier, or `None` if it is not.
    pub fn reserved_for(&self, tier: Tier) -> Option<Timestamp> {
        self.reserved.iter().find(|(reserved_for, _)| *reserved_for == tier).map(|(_, until)| *until)
    }

    /// Returns why a person of this tier may not book the start at `now`, and when they may. If several reservations
    /// apply, the one that ends last counts. Of two that end at once, the one for the more exclusive tier counts,
    /// whose refusal comes first in the table of refusals.
    pub fn refused(&self, tier: Tier, now: Timestamp) -> Option<(&'static Refusal, Timestamp)> {
        let closed =
            self.reserved.iter().filter(|(reserved_for, until)| tier < *reserved_for && now < *until);
        closed.max_by_key(|(reserved_for, until)| (*until, *reserved_for)).map(|(reserved_for, until)| {
            (if *reserved_for == Tier::Unlimited { &VIP_ONLY } else { &MEMBERS_ONLY }, *until)
        })
    }
}

/// Returns what release rules and overrides decide about a start. Of several factors, the largest applies.
pub fn terms(rules: &[ReleaseRule], overrides: &[Override], start: &Start<'_>) -> Terms {
    let mut terms = Terms::plain();
    let mut factors = Vec::new();
    for rule in rules.iter().filter(|rule| rule.matches(start)) {
        factors.push(rule.factor_bp);
        terms
            .tags
            .extend(rule.tags.iter().filter(|tag| !terms.tags.contains(tag)).cloned().collect::<Vec<_>>());
        terms.keep(rule.tier, start.at, rule.release_hours);
    }
    terms.factor_bp = factors.into_iter().max().unwrap_or(10_000);
    for decided in
        overrides.iter().filter(|decided| decided.room == start.room && decided.starts_at == start.at)
    {
        match decided.decision {
            // A blocked time is never released, so no reservation with a release time is shown.
            Decision::Block => {
                terms.blocked = true;
                terms.reserved.clear();
            }
            Decision::Open => terms = Terms { tags: terms.tags, ..Terms::plain() },
            Decision::Reprice(factor_bp) => terms.factor_bp = factor_bp,
            Decision::Keep(tier, hours) => {
                terms.reserved.clear();
                terms.keep(tier, start.at, hours);
            }
        }
    }
    terms.reserved.sort_by_key(|(tier, _)| std::cmp::Reverse(*tier));
    terms
}

impl Terms {
    /// Reserves the start for a tier until this many hours before it. Of two such rules, the later release applies.
    fn keep(&mut self, tier: Tier, at: Timestamp, hours: i64) {
        if tier == Tier::None {
            return;
        }
        let until = at - SignedDuration::from_hours(hours);
        match self.reserved.iter_mut().find(|(reserved_for, _)| *reserved_for == tier) {
            Some((_, known)) => *known = (*known).max(until),
            None => self.reserved.push((tier, until)),
        }
    }
}

/// The person who searches or books, as release rules see them.
#[derive(Debug, Clone, Copy)]
pub struct Requester<'w> {
    /// The person's entitlements. Rules rank the person for each day by the plan that applies on that day (W2).
    pub entitlements: &'w Entitlements,
    /// The current time, which determines what is still reserved.
    pub now: Timestamp,
    /// Whether the person is staff and may book any time. Price factors apply to staff too.
    pub unbounded: bool,
}

/// Sets the release mask of each room in a search to what release rules and overrides decide for this person.
pub fn release_mask(
    field: &mut Field,
    catalogue: &Catalogue,
    rules: &Rules,
    service: Id,
    requester: Requester<'_>,
) {
    let Field { reach, days, rooms, .. } = field;
    for room in rooms {
        let kind = catalogue.room(room.id).map_or("", |room| room.kind.as_str());
        let weekly = rules.weekly.iter().filter(|rule| rule.is_for(kind, service));
        let decided = rules.overrides.iter().filter(|decided| decided.room == room.id);
        let mut mask = MaskBuilder::new(*reach, requester);
        weekly.for_each(|rule| mask.add(rule, days, &room.open));
        for decided in decided {
            let start = cell_at(decided.starts_at);
            let open = room.open.iter().find(|open| open.has(start));
            if let Some(day) = open.and_then(|open| days.get(open.day)) {
                mask.decide(decided, requester.entitlements.tier_on(day.date));
            }
        }
        room.mask = mask.done();
    }
}

/// The release mask of one room while it is built.
struct MaskBuilder<'w> {
    requester: Requester<'w>,
    closed: Bits,
    /// The starts of each price factor, keyed by basis points.
    factors: BTreeMap<i64, Bits>,
    reach: (Cell, Cell),
}

impl<'w> MaskBuilder<'w> {
    fn new(reach: (Cell, Cell), requester: Requester<'w>) -> MaskBuilder<'w> {
        MaskBuilder { requester, closed: Bits::none(reach.0, reach.1), factors: BTreeMap::new(), reach }
    }

    /// Adds a rule. It applies to the starts of an operating day, which are those in its openings: `00:15` may belong
    /// to Friday.
    fn add(&mut self, rule: &ReleaseRule, days: &Days, openings: &[Open]) {
        for open in openings {
            let Some(day) = days.get(open.day).filter(|day| rule.is_on(day.date)) else { continue };
            let is_reserved = self.requester.entitlements.tier_on(day.date) < rule.tier;
            for (from, to) in days.stretch(open, rule.from, rule.to) {
                self.close(is_reserved, rule.release_hours, from, to);
                self.price(rule.factor_bp, from, to);
            }
        }
    }

    /// If `is_reserved`, closes the starts of `[from, to)` that begin more than this many hours from now.
    fn close(&mut self, is_reserved: bool, hours: i64, from: Cell, to: Cell) {
        if is_reserved {
            let released = cell_at(self.requester.now + SignedDuration::from_hours(hours)) + 1;
            self.closed.set(from.max(released), to);
        }
    }

    fn price(&mut self, factor_bp: i64, from: Cell, to: Cell) {
        let (first, last) = self.reach;
        self.factors.entry(factor_bp).or_insert_with(|| Bits::none(first, last)).set(from, to);
    }

    fn decide(&mut self, decided: &Override, tier: Tier) {
        let start = cell_at(decided.starts_at);
        let (from, to) = (start, start + 1);
        match decided.decision {
            Decision::Block => self.closed.set(from, to),
            Decision::Open => {
                self.closed.clear(from, to);
                self.factors.values_mut().for_each(|starts| starts.clear(from, to));
            }
            Decision::Reprice(factor_bp) => {
                self.factors.values_mut().for_each(|starts| starts.clear(from, to));
                self.price(factor_bp, from, to);
            }
            Decision::Keep(reserved_for, hours) => {
                self.closed.clear(from, to);
                self.close(tier < reserved_for, hours, from, to);
            }
        }
    }

    fn done(self) -> ReleaseMask {
        let is_open = self.requester.unbounded || self.closed.is_empty();
        // The largest factor comes first, because the first one found applies (W3).
        let factors = self.factors.into_iter().rev().filter(|(_, starts)| !starts.is_empty()).collect();
        ReleaseMask { closed: (!is_open).then_some(self.closed), factors }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use jiff::tz::TimeZone;

    use super::*;

    /// Friday to Sunday, 17:00 to 22:00, in suites: reserved for Unlimited members until 72 hours before and for
    /// members until 48 hours before, with factor 1.20.
    fn demo() -> [ReleaseRule; 2] {
        let rule = |tier, release_hours| ReleaseRule {
            room_kinds: vec!["suite".to_owned()],
            services: Vec::new(),
            weekdays: vec![5, 6, 7],
            from: 17 * 60,
            to: 22 * 60,
            tier,
            release_hours,
            factor_bp: 12_000,
            tags: vec!["peak_hour".to_owned(), "weekend".to_owned()],
        };
        [rule(Tier::Unlimited, 72), rule(Tier::Base, 48)]
    }

    fn at(day: Date, hour: i8, minute: i8, second: i8) -> Timestamp {
        let zone = TimeZone::get("America/New_York").expect("a zone");
        zone.to_timestamp(day.at(hour, minute, second, 0)).expect("a moment")
    }

    fn saturday_at_seven() -> Start<'static> {
        let day = date(2026, 11, 28);
        Start { room: Id(1), kind: "suite", service: Id(2), day, minute: 19 * 60, at: at(day, 19, 0, 0) }
    }

    /// This is worked example C of the booking rules.
    #[test]
    fn an_evening_opens_to_premium_at_three_days_and_to_all_at_two() {
        let terms = terms(&demo(), &[], &saturday_at_seven());
        let wednesday = date(2026, 11, 25);
        let opens = at(wednesday, 19, 0, 0);
        assert_eq!(terms.refused(Tier::Premium, at(wednesday, 18, 59, 0)), Some((&VIP_ONLY, opens)));
        assert_eq!(terms.refused(Tier::Premium, opens), None);
        let thursday = at(date(2026, 11, 26), 19, 0, 0);
        assert_eq!(terms.refused(Tier::None, opens), Some((&MEMBERS_ONLY, thursday)));
        assert_eq!(terms.refused(Tier::None, thursday), None);
        assert_eq!(terms.refused(Tier::Unlimited, at(date(2026, 11, 1), 9, 0, 0)), None);
        assert!(terms.is_premium());
        assert_eq!(terms.tags, ["peak_hour", "weekend"]);
    }

    #[test]
    fn an_override_takes_precedence_over_every_rule() {
        let start = saturday_at_seven();
        let decided = |decision| [Override { room: Id(1), starts_at: start.at, decision }];
        let now = at(date(2026, 11, 1), 9, 0, 0);
        assert!(terms(&demo(), &decided(Decision::Block), &start).blocked);
        let open = terms(&demo(), &decided(Decision::Open), &start);
        assert_eq!((open.refused(Tier::None, now), open.factor_bp), (None, 10_000));
        let repriced = terms(&demo(), &decided(Decision::Reprice(9_000)), &start);
        assert_eq!((repriced.factor_bp, repriced.reserved.len()), (9_000, 2));
        let reserved_terms = terms(&demo(), &decided(Decision::Keep(Tier::Base, 24)), &start);
        assert_eq!(reserved_terms.reserved, [(Tier::Base, at(date(2026, 11, 27), 19, 0, 0))]);
        let elsewhere = [Override { room: Id(9), starts_at: start.at, decision: Decision::Block }];
        assert!(!terms(&demo(), &elsewhere, &start).blocked);
    }

    /// An override takes precedence over every rule. A blocked time is never released, so no release time is shown.
    #[test]
    fn a_blocked_time_has_no_release_time() {
        let start = saturday_at_seven();
        let blocked = [Override { room: Id(1), starts_at: start.at, decision: Decision::Block }];
        let terms = terms(&demo(), &blocked, &start);
        assert_eq!((terms.blocked, terms.reserved.len()), (true, 0));
        assert_eq!(terms.refused(Tier::None, at(date(2026, 11, 1), 9, 0, 0)), None);
    }

    /// Of two rules that release at the same moment, the refusal that comes first in the table of refusals is
    /// returned.
    #[test]
    fn rules_releasing_at_once_return_the_more_exclusive_refusal() {
        let [unlimited, mut base] = demo();
        base.release_hours = unlimited.release_hours;
        let terms = terms(&[unlimited, base], &[], &saturday_at_seven());
        let refused = terms.refused(Tier::None, at(date(2026, 11, 1), 9, 0, 0));
        assert_eq!(refused.map(|(refusal, _)| refusal), Some(&VIP_ONLY));
    }

    #[test]
    fn the_largest_of_several_factors_applies() {
        let [one, mut other] = demo();
        other.factor_bp = 15_000;
        assert_eq!(terms(&[one, other], &[], &saturday_at_seven()).factor_bp, 15_000);
    }
}
