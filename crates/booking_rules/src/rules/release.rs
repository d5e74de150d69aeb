//! Release rules (W3): some times are kept for some members until so many hours before they begin, and some cost
//! more. A single time can be blocked, opened, repriced or kept by hand; that beats every rule. Pure.

use std::collections::BTreeMap;

use catalogue::Catalogue;
use jiff::{SignedDuration, Timestamp};
use kit::{Id, Refusal};
use membership::{Entitlements, Tier};
use scheduling::{Bits, Cell, Days, Field, Open, ReleaseMask, cell_at};

use crate::refusals::{MEMBERS_ONLY, VIP_ONLY};
use crate::rules::model::{Decision, Override, ReleaseRule, Rules, Start};

/// What rules and overrides say of one start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Nobody books it online.
    pub blocked: bool,
    /// The time's price factor in basis points.
    pub factor_bp: i64,
    /// What kind of time it is.
    pub tags: Vec<String>,
    /// Until when it is kept, by tier, the most exclusive first.
    pub reserved: Vec<(Tier, Timestamp)>,
}

impl Terms {
    /// What holds where no rule matches.
    fn plain() -> Terms {
        Terms { blocked: false, factor_bp: 10_000, tags: Vec::new(), reserved: Vec::new() }
    }

    /// Whether it costs more than usual.
    pub fn is_premium(&self) -> bool {
        self.factor_bp > 10_000
    }

    /// Until when it is kept for this tier; `None` if it is not.
    pub fn reserved_for(&self, tier: Tier) -> Option<Timestamp> {
        self.reserved.iter().find(|(reserved_for, _)| *reserved_for == tier).map(|(_, until)| *until)
    }

    /// Why somebody of this tier may not book it now, and when they may: of all that keep it, what lets go last; of two at
    /// once the more exclusive, which stands first in the table of refusals.
    pub fn refused(&self, tier: Tier, now: Timestamp) -> Option<(&'static Refusal, Timestamp)> {
        let closed =
            self.reserved.iter().filter(|(reserved_for, until)| tier < *reserved_for && now < *until);
        closed.max_by_key(|(reserved_for, until)| (*until, *reserved_for)).map(|(reserved_for, until)| {
            (if *reserved_for == Tier::Unlimited { &VIP_ONLY } else { &MEMBERS_ONLY }, *until)
        })
    }
}

/// What rules and overrides say of a start. Of several factors the largest counts.
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
            // Nothing opens it, so nothing is promised.
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
    /// Keeps the start for a tier until so many hours before; of two such rules the later release counts.
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

/// Who asks, as far as release goes.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'w> {
    /// What their plan allows: rules rank them for each day by the plan that counts then (W2).
    pub entitlements: &'w Entitlements,
    /// The time.
    pub now: Timestamp,
    /// Staff book any time; prices hold for them too.
    pub unbounded: bool,
}

/// Puts before each room of a question what rules and overrides say to whoever asks.
pub fn release_mask(field: &mut Field, catalogue: &Catalogue, rules: &Rules, service: Id, asker: Asker<'_>) {
    let Field { reach, days, rooms, .. } = field;
    for room in rooms {
        let kind = catalogue.room(room.id).map_or("", |room| room.kind.as_str());
        let weekly = rules.weekly.iter().filter(|rule| rule.is_for(kind, service));
        let decided = rules.overrides.iter().filter(|decided| decided.room == room.id);
        let mut mask = Gates::new(*reach, asker);
        weekly.for_each(|rule| mask.add(rule, days, &room.open));
        for decided in decided {
            let start = cell_at(decided.starts_at);
            let open = room.open.iter().find(|open| open.has(start));
            if let Some(day) = open.and_then(|open| days.get(open.day)) {
                mask.decide(decided, asker.entitlements.tier_on(day.date));
            }
        }
        room.mask = mask.done();
    }
}

/// The gate of one room while it is made.
struct Gates<'w> {
    asker: Asker<'w>,
    closed: Bits,
    /// By basis points.
    factors: BTreeMap<i64, Bits>,
    reach: (Cell, Cell),
}

impl<'w> Gates<'w> {
    fn new(reach: (Cell, Cell), asker: Asker<'w>) -> Gates<'w> {
        Gates { asker, closed: Bits::none(reach.0, reach.1), factors: BTreeMap::new(), reach }
    }

    /// A rule is for starts of an operating day, which are those of its openings: `00:15` may be Friday's.
    fn add(&mut self, rule: &ReleaseRule, days: &Days, openings: &[Open]) {
        for open in openings {
            let Some(day) = days.get(open.day).filter(|day| rule.is_on(day.date)) else { continue };
            let is_kept = self.asker.entitlements.tier_on(day.date) < rule.tier;
            for (from, to) in days.stretch(open, rule.from, rule.to) {
                self.close(is_kept, rule.release_hours, from, to);
                self.price(rule.factor_bp, from, to);
            }
        }
    }

    /// Keeps starts of `[from, to)` that begin more than so many hours from now.
    fn close(&mut self, is_kept: bool, hours: i64, from: Cell, to: Cell) {
        if is_kept {
            let released = cell_at(self.asker.now + SignedDuration::from_hours(hours)) + 1;
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
        let is_open = self.asker.unbounded || self.closed.is_empty();
        // The largest factor is asked first, and counts (W3).
        let factors = self.factors.into_iter().rev().filter(|(_, starts)| !starts.is_empty()).collect();
        ReleaseMask { closed: (!is_open).then_some(self.closed), factors }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use jiff::tz::TimeZone;

    use super::*;

    /// Friday to Sunday 17:00 to 22:00 in suites: Unlimited until 72 h before, members until 48 h before, factor 1.20.
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

    /// Worked example C of the rules.
    #[test]
    fn an_evening_opens_to_premium_three_days_before_and_to_all_two_days_before() {
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
    fn a_hand_beats_every_rule() {
        let start = saturday_at_seven();
        let decided = |decision| [Override { room: Id(1), starts_at: start.at, decision }];
        let now = at(date(2026, 11, 1), 9, 0, 0);
        assert!(terms(&demo(), &decided(Decision::Block), &start).blocked);
        let open = terms(&demo(), &decided(Decision::Open), &start);
        assert_eq!((open.refused(Tier::None, now), open.factor_bp), (None, 10_000));
        let repriced = terms(&demo(), &decided(Decision::Reprice(9_000)), &start);
        assert_eq!((repriced.factor_bp, repriced.reserved.len()), (9_000, 2));
        let kept_terms = terms(&demo(), &decided(Decision::Keep(Tier::Base, 24)), &start);
        assert_eq!(kept_terms.reserved, [(Tier::Base, at(date(2026, 11, 27), 19, 0, 0))]);
        let elsewhere = [Override { room: Id(9), starts_at: start.at, decision: Decision::Block }];
        assert!(!terms(&demo(), &elsewhere, &start).blocked);
    }

    /// A hand beats every rule: nothing opens a blocked time, so no opening is promised.
    #[test]
    fn a_blocked_time_is_kept_for_nobody() {
        let start = saturday_at_seven();
        let blocked = [Override { room: Id(1), starts_at: start.at, decision: Decision::Block }];
        let terms = terms(&demo(), &blocked, &start);
        assert_eq!((terms.blocked, terms.reserved.len()), (true, 0));
        assert_eq!(terms.refused(Tier::None, at(date(2026, 11, 1), 9, 0, 0)), None);
    }

    /// Of two rules that let go at the same moment the one is told that stands first in the table of refusals.
    #[test]
    fn of_two_that_let_go_at_once_the_more_exclusive_is_told() {
        let [unlimited, mut base] = demo();
        base.release_hours = unlimited.release_hours;
        let terms = terms(&[unlimited, base], &[], &saturday_at_seven());
        let refused = terms.refused(Tier::None, at(date(2026, 11, 1), 9, 0, 0));
        assert_eq!(refused.map(|(refusal, _)| refusal), Some(&VIP_ONLY));
    }

    #[test]
    fn of_several_factors_the_largest_counts() {
        let [one, mut other] = demo();
        other.factor_bp = 15_000;
        assert_eq!(terms(&[one, other], &[], &saturday_at_seven()).factor_bp, 15_000);
    }
}
