//! Who may book when: windows (W1, W2) and release rules (W3).

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::calendar::{clock_minute, date_of, midnight};
use crate::model::{Decision, Id, Membership, Moment, Person, Rank, Rule, World};

/// How far ahead a person may book, for one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The window in days.
    pub days: i64,
    /// When the day opens to the person.
    pub opens: Moment,
    /// Whether the day is open.
    pub is_open: bool,
}

/// The terms of one start in one room (W3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The price factor in basis points.
    pub factor: i64,
    /// The reason why the person may not book it now.
    pub reserved: Option<Reserved>,
    /// Until when the start is reserved for Unlimited members, if a rule or an override says so.
    pub vip_until: Option<Moment>,
    /// Until when the start is reserved for members, if a rule or an override says so.
    pub member_until: Option<Moment>,
}

/// Who a time is reserved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Blocked by an override: for no one.
    Blocked,
    /// For Unlimited members, until the moment when it opens to the person.
    Vip(Moment),
    /// For members. Also used if a rule names Premium, which the specification does not cover.
    Members(Moment),
}

impl Membership {
    /// Returns whether the plan is active or in grace today. A plan that does not renew ends when the paid time is over
    /// (M5). One that renews and is unpaid keeps its benefits for seven days (M7).
    fn stands(&self, today: Date) -> bool {
        let late = i64::from((today - self.paid_until).get_days());
        self.counts && (late <= 0 || (self.renews && late <= 7))
    }
}

impl Person {
    /// Returns the plan if it counts on a day (W2): active or in grace now, and paid or set to renew then. Frozen
    /// months have no benefits, now or then (M6).
    pub fn plan_on(&self, day: Date, today: Date) -> Option<&Membership> {
        let plan = self.plan.as_ref()?;
        let frozen = |on: Date| plan.frozen.is_some_and(|(from, to)| from <= on && on <= to);
        let paid = day <= plan.paid_until || plan.renews;
        (plan.stands(today) && paid && !frozen(today) && !frozen(day)).then_some(plan)
    }

    /// Returns the person's tier now: that of a plan that is active or in grace and not frozen (M6).
    pub fn rank_now(&self, today: Date) -> Rank {
        let frozen = |plan: &&Membership| plan.frozen.is_some_and(|(from, to)| from <= today && today <= to);
        let plan = self.plan.as_ref().filter(|plan| plan.stands(today) && !frozen(plan));
        plan.map_or(Rank::None, |plan| plan.rank)
    }

    /// Returns the maximum number of upcoming bookings (F7), by the tier now, because they are counted now.
    pub fn most_ahead(&self, today: Date) -> i64 {
        match self.rank_now(today) {
            Rank::None => 3,
            Rank::Base => 8,
            Rank::Premium => 12,
            Rank::Unlimited => 20,
        }
    }

    /// Returns the person's tier on a day: that of the plan that counts then.
    pub fn rank_on(&self, day: Date, today: Date) -> Rank {
        self.plan_on(day, today).map_or(Rank::None, |plan| plan.rank)
    }
}

impl Membership {
    /// Returns the first day of the billing month of a day. Months are counted from joining; a month without that date
    /// begins on its last day.
    pub fn month_of(&self, day: Date) -> Date {
        let mut begins = self.started;
        let mut months = 0_i64;
        // A day before joining has a month, too.
        while begins > day {
            months -= 1;
            begins = self.started + months.months();
        }
        loop {
            let next = self.started + (months + 1).months();
            if next > day {
                return begins;
            }
            begins = next;
            months += 1;
        }
    }

    /// Returns how many credits are left for a session on a day (M1); `None` means no limit.
    pub fn credits_left(&self, day: Date) -> Option<i64> {
        let given = self.credits?;
        let mut left = given;
        for used in &self.used {
            if self.month_of(*used) == self.month_of(day) {
                left -= 1;
            }
        }
        Some(left.max(0))
    }
}

impl World {
    /// Returns a person's window for a day (W1, W2). A plan's window is never shorter than that of an account.
    pub fn window(&self, person: &Person, day: Date, now: Moment) -> Window {
        let today = date_of(&self.zone, now);
        let plan = person.plan_on(day, today);
        let days = plan.map_or(self.account_days, |plan| plan.days.max(self.account_days));
        let opens = midnight(&self.zone, day - days.days());
        Window { days, opens, is_open: person.staff || day <= today + days.days() }
    }

    /// Returns what the rules and overrides say about one start of an operating day.
    pub fn term(
        &self,
        person: &Person,
        (service, room): (Id, Id),
        day: Date,
        start: Moment,
        now: Moment,
    ) -> Term {
        let kind = &self.room(room).kind;
        let rank = person.rank_on(day, date_of(&self.zone, now));
        let decided = self.overrides.iter().find(|decided| decided.room == room && decided.start == start);
        let decision = decided.map(|decided| decided.decision);

        let minute = clock_minute(&self.zone, day, start);
        let weekday = i64::from(day.weekday().to_monday_one_offset());
        let matches = |rule: &&Rule| {
            (rule.kinds.is_empty() || rule.kinds.contains(kind))
                && (rule.services.is_empty() || rule.services.contains(&service))
                && (rule.weekdays.is_empty() || rule.weekdays.contains(&weekday))
                && rule.from <= minute
                && minute < rule.to
        };
        let matching: Vec<&Rule> = self.rules.iter().filter(matches).collect();

        // Of several factors the largest counts, including 1.00. Without a rule there is no factor.
        let by_rules = matching.iter().map(|rule| rule.factor).max().unwrap_or(10_000);
        let factor = match decision {
            Some(Decision::Open) => 10_000,
            Some(Decision::Reprice(factor)) => factor,
            _ => by_rules,
        };

        // An override of who may book replaces what the rules say about it.
        let keepers: Vec<(Rank, Moment)> = match decision {
            Some(Decision::Open | Decision::Block) => Vec::new(),
            Some(Decision::Keep(rank, hours)) => vec![(rank, start - hours * 3600)],
            Some(Decision::Reprice(_)) | None => {
                matching.iter().map(|rule| (rule.rank, start - rule.hours * 3600)).collect()
            }
        };
        let against: Vec<_> = keepers.iter().filter(|(of, until)| rank < *of && now < *until).collect();
        // Staff may book at any time (W1). Of several rules the one that ends last is reported with its moment, because
        // that is when the person may book. Of two that end at once, the more exclusive one (decision 7).
        let reserved =
            if person.staff {
                None
            } else if decision == Some(Decision::Block) {
                Some(Reserved::Blocked)
            } else {
                let last = against.iter().max_by_key(|(of, until)| (*until, *of));
                last.map(|(of, until)| {
                    if *of == Rank::Unlimited { Reserved::Vip(*until) } else { Reserved::Members(*until) }
                })
            };
        let until = |rank: Rank| {
            let found = keepers.iter().filter(|(of, _)| *of == rank);
            found.map(|(_, until)| *until).max()
        };
        let (vip_until, member_until) = (until(Rank::Unlimited), until(Rank::Base));
        Term { factor, reserved, vip_until, member_until }
    }
}
