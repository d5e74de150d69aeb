//! What a person's plan allows, asked by everybody who sells something.

use jiff::civil::Date;
use kit::Id;

use crate::model::{Membership, MembershipStatus, Plan, Tier};

/// How many days ahead visitors and accounts book (W1), unless a club says otherwise.
pub const ACCOUNT_DAYS: i64 = 3;

/// A person's plan as it stands; nothing for visitors and accounts without one.
#[derive(Debug, Clone, Default)]
pub struct Entitlements {
    /// The open membership and its plan.
    pub held: Option<(Membership, Plan)>,
    /// Credits used, by billing month (its first day).
    pub credits_used: Vec<(Date, i64)>,
    /// Guest passes used, by billing month.
    pub passes_used: Vec<(Date, i64)>,
    /// Whose it is.
    pub person: Option<Id>,
    /// The day they were born.
    pub birthday: Option<Date>,
    /// Months in which a birthday gift was used, counted from year 0 (M3).
    pub birthdays_used: Vec<i64>,
    /// The plan from the day after what is paid (M5).
    pub next_plan: Option<Plan>,
    /// The club's date, as far as it is known.
    pub today: Option<Date>,
}

impl Entitlements {
    /// The plan, if it is active or in grace now.
    pub fn plan(&self) -> Option<&Plan> {
        let (membership, plan) = self.held.as_ref()?;
        let is_frozen = self.today.is_some_and(|today| self.is_frozen(today));
        (matches!(membership.status, MembershipStatus::Active | MembershipStatus::Grace) && !is_frozen)
            .then_some(plan)
    }

    /// Whether a day lies in months without benefits (M6).
    pub fn is_frozen(&self, day: Date) -> bool {
        let frozen = self.held.as_ref().and_then(|(membership, _)| membership.frozen);
        frozen.is_some_and(|(from, until)| (from..=until).contains(&day))
    }

    /// The plan, if it counts for something on `day`: active or in grace now, and paid or set to renew then (W2).
    pub fn plan_on(&self, day: Date) -> Option<&Plan> {
        self.plan().and_then(|_| self.plan_then(day))
    }

    /// The plan that counts on `day` if nothing else changes: what was agreed is held by it. Unlike
    /// [`Entitlements::plan_on`] it does not ask that the plan counts today: a freeze ends by itself.
    pub fn plan_then(&self, day: Date) -> Option<&Plan> {
        let (membership, plan) = self.held.as_ref()?;
        if !matches!(membership.status, MembershipStatus::Active | MembershipStatus::Grace)
            || self.is_frozen(day)
        {
            return None;
        }
        if day <= membership.paid_until {
            return Some(plan);
        }
        membership.renews.then(|| self.next_plan.as_ref().unwrap_or(plan))
    }

    /// How many guest passes are left for a session on `day` (M2).
    pub fn passes_left(&self, day: Date) -> i64 {
        let given = self.plan_on(day).map_or(0, |plan| plan.guest_passes);
        (given - self.passes_used_in(day)).max(0)
    }

    /// How many guest passes are used of the billing month in which `day` falls, whether the plan counts now or not.
    pub fn passes_used_in(&self, day: Date) -> i64 {
        self.used_in(&self.passes_used, day)
    }

    /// How many credits are used of the billing month in which `day` falls; of a plan without limit, services.
    pub fn credits_used_in(&self, day: Date) -> i64 {
        self.used_in(&self.credits_used, day)
    }

    fn used_in(&self, used: &[(Date, i64)], day: Date) -> i64 {
        let month = self.billing_month(day);
        used.iter().find(|(used_in, _)| Some(*used_in) == month).map_or(0, |(_, n)| *n)
    }

    /// Whether the gift of the birthday month can be used for a session on `day` (M3): Premium and Unlimited, once in
    /// twelve months.
    pub fn has_birthday(&self, day: Date) -> bool {
        let gives = self.plan_on(day).is_some_and(|plan| plan.tier >= Tier::Premium);
        gives
            && self.birthday.is_some_and(|born| born.month() == day.month())
            && self.birthdays_used.iter().all(|used| (used - month_number(day)).abs() >= 12)
    }

    /// Whether credits are used without asking (P3).
    pub fn uses_credits_unasked(&self) -> bool {
        self.held.as_ref().is_some_and(|(membership, _)| membership.auto_credit)
    }

    /// How many days ahead a start on `day` may be booked (W1, W2); `account_days` without a plan, and at least.
    pub fn days_ahead_for(&self, day: Date, account_days: i64) -> i64 {
        self.plan_on(day).map_or(account_days, |plan| plan.max_advance_days.max(account_days))
    }

    /// How rules rank the person for a day: by the plan that counts then (W2).
    pub fn tier_on(&self, day: Date) -> Tier {
        self.plan_on(day).map_or(Tier::None, |plan| plan.tier)
    }

    /// How rules rank the person now.
    pub fn tier(&self) -> Tier {
        self.plan().map_or(Tier::None, |plan| plan.tier)
    }

    /// How many credits are left for a session on `day` (M1); `None` is without limit.
    pub fn credits_left(&self, day: Date) -> Option<i64> {
        let Some(plan) = self.plan_on(day) else { return Some(0) };
        Some((plan.monthly_credits? - self.credits_used_in(day)).max(0))
    }

    /// The first day of the billing month in which `day` falls: months are counted from the day of joining,
    /// and a month without that day begins on its last.
    pub fn billing_month(&self, day: Date) -> Option<Date> {
        let (membership, _) = self.held.as_ref()?;
        let joined = membership.started_on;
        let begins = |year: i16, month: i8| {
            let first = Date::new(year, month, 1).ok()?;
            Date::new(year, month, joined.day().min(first.days_in_month())).ok()
        };
        let this = begins(day.year(), day.month())?;
        if this <= day {
            return Some(this);
        }
        let before = Date::new(day.year(), day.month(), 1).ok()?.yesterday().ok()?;
        begins(before.year(), before.month())
    }
}

/// How a membership stands on a day, after all that the calendar does to it (M5, M7): written down or not.
pub(crate) fn stands(membership: &Membership, today: Date, grace_days: i64) -> MembershipStatus {
    let Membership { status, paid_until, renews, .. } = *membership;
    let late = i64::from((today - paid_until).get_days());
    match status {
        MembershipStatus::Ended => MembershipStatus::Ended,
        _ if late <= 0 => status,
        _ if !renews => MembershipStatus::Ended,
        MembershipStatus::Active | MembershipStatus::Grace if late <= grace_days => MembershipStatus::Grace,
        _ => MembershipStatus::Suspended,
    }
}

/// Months since year 0: between two gifts of the birthday month lie twelve (M3).
pub(crate) fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kit::{Cents, Id};

    use super::*;

    fn entitlements(status: MembershipStatus, renews: bool) -> Entitlements {
        let plan = Plan {
            id: Id(1),
            slug: "base".to_owned(),
            name: "Base".to_owned(),
            price: Cents(37_500),
            short_description: String::new(),
            benefits: Vec::new(),
            discount_bp: 2_500,
            tier: Tier::Base,
            max_advance_days: 30,
            monthly_credits: Some(2),
            guest_passes: 0,
            mensuite_access: true,
            coresync_private_access: false,
            iot_control_access: true,
            concierge: false,
            priority_booking: false,
            featured: false,
            position: 1,
        };
        let (started_on, paid_until) = (date(2026, 1, 31), date(2026, 12, 30));
        let (auto_credit, frozen) = (false, None);
        let membership =
            Membership { id: Id(2), status, started_on, paid_until, renews, auto_credit, frozen };
        let credits_used = vec![(date(2026, 2, 28), 1)];
        Entitlements { held: Some((membership, plan)), credits_used, ..Entitlements::default() }
    }

    #[test]
    fn a_plan_that_does_not_renew_opens_no_day_after_it_is_paid() {
        let leaving = entitlements(MembershipStatus::Active, false);
        assert_eq!(leaving.days_ahead_for(date(2026, 12, 30), ACCOUNT_DAYS), 30);
        assert_eq!(leaving.days_ahead_for(date(2026, 12, 31), ACCOUNT_DAYS), ACCOUNT_DAYS);
        assert_eq!(
            entitlements(MembershipStatus::Active, true).days_ahead_for(date(2027, 1, 5), ACCOUNT_DAYS),
            30
        );
    }

    #[test]
    fn grace_keeps_the_window_and_suspension_takes_it() {
        assert_eq!(
            entitlements(MembershipStatus::Grace, true).days_ahead_for(date(2026, 6, 1), ACCOUNT_DAYS),
            30
        );
        let suspended = entitlements(MembershipStatus::Suspended, true);
        assert_eq!(
            (suspended.days_ahead_for(date(2026, 6, 1), ACCOUNT_DAYS), suspended.tier()),
            (ACCOUNT_DAYS, Tier::None)
        );
    }

    /// The defect that this mends: while a freeze ran, what was booked for after it was priced as without a plan.
    #[test]
    fn a_freeze_takes_nothing_from_the_days_after_it() {
        let mut frozen = entitlements(MembershipStatus::Active, true);
        let months = (date(2026, 6, 30), date(2026, 7, 30));
        frozen.held.as_mut().expect("a plan").0.frozen = Some(months);
        frozen.today = Some(date(2026, 7, 10));
        for (day, now, then) in [
            (date(2026, 7, 12), false, false),
            (date(2026, 7, 30), false, false),
            (date(2026, 7, 31), false, true),
            (date(2027, 2, 1), false, true),
        ] {
            assert_eq!(
                (frozen.plan_on(day).is_some(), frozen.plan_then(day).is_some()),
                (now, then),
                "{day}"
            );
        }
        for (status, renews, day, counts) in [
            (MembershipStatus::Suspended, true, date(2026, 8, 1), false),
            (MembershipStatus::Grace, true, date(2026, 8, 1), true),
            (MembershipStatus::Active, false, date(2026, 12, 30), true),
            (MembershipStatus::Active, false, date(2026, 12, 31), false),
        ] {
            assert_eq!(entitlements(status, renews).plan_then(day).is_some(), counts, "{status:?} {day}");
        }
    }

    #[test]
    fn the_calendar_brings_grace_suspension_and_the_end() {
        for (stored, renews, today, expected) in [
            (MembershipStatus::Active, true, date(2026, 12, 30), MembershipStatus::Active),
            (MembershipStatus::Active, true, date(2026, 12, 31), MembershipStatus::Grace),
            (MembershipStatus::Active, true, date(2027, 1, 6), MembershipStatus::Grace),
            (MembershipStatus::Grace, true, date(2027, 1, 7), MembershipStatus::Suspended),
            (MembershipStatus::Active, false, date(2026, 12, 30), MembershipStatus::Active),
            (MembershipStatus::Active, false, date(2026, 12, 31), MembershipStatus::Ended),
            (MembershipStatus::Suspended, true, date(2026, 12, 31), MembershipStatus::Suspended),
            (MembershipStatus::Suspended, true, date(2026, 12, 1), MembershipStatus::Suspended),
            (MembershipStatus::Ended, true, date(2026, 12, 1), MembershipStatus::Ended),
        ] {
            let (membership, _) = entitlements(stored, renews).held.expect("a plan");
            assert_eq!(stands(&membership, today, 7), expected, "{stored:?} {renews} {today}");
        }
    }

    #[test]
    fn a_billing_month_begins_on_the_day_of_joining_or_the_months_last() {
        let entitlements = entitlements(MembershipStatus::Active, true);
        for (day, month) in [
            (date(2026, 2, 27), date(2026, 1, 31)),
            (date(2026, 2, 28), date(2026, 2, 28)),
            (date(2026, 3, 30), date(2026, 2, 28)),
            (date(2026, 3, 31), date(2026, 3, 31)),
        ] {
            assert_eq!(entitlements.billing_month(day), Some(month), "{day}");
        }
        assert_eq!(entitlements.credits_left(date(2026, 3, 1)), Some(1));
        assert_eq!(entitlements.credits_left(date(2026, 4, 1)), Some(2));
    }
}
