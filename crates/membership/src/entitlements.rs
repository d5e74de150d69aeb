//! What a person's plan allows. Every crate that prices or restricts something reads it from here.

use jiff::civil::Date;
use kit::Id;

use crate::model::{Membership, MembershipStatus, Plan, Tier};

/// The number of days ahead that visitors and accounts without a plan can book (W1), unless the club has changed the
/// setting.
pub const ACCOUNT_DAYS: i64 = 3;

/// What a person's plan allows today; empty for visitors and accounts without a plan.
#[derive(Debug, Clone, Default)]
pub struct Entitlements {
    /// The membership that has not ended, and its plan.
    pub held: Option<(Membership, Plan)>,
    /// The number of used credits per billing month. The date is the first day of the month.
    pub credits_used: Vec<(Date, i64)>,
    /// The number of used guest passes per billing month. The date is the first day of the month.
    pub passes_used: Vec<(Date, i64)>,
    /// The id of the person.
    pub person: Option<Id>,
    /// The date of birth.
    pub birthday: Option<Date>,
    /// The months in which a birthday gift was used, counted from year 0 (M3).
    pub birthdays_used: Vec<i64>,
    /// The plan that applies from the day after the last paid day, if a change is scheduled (M5).
    pub next_plan: Option<Plan>,
    /// The date in the time zone of the club, if it is known.
    pub today: Option<Date>,
}

impl Entitlements {
    /// Returns the plan if the membership is active or in grace, and not frozen today.
    pub fn plan(&self) -> Option<&Plan> {
        let (membership, plan) = self.held.as_ref()?;
        let is_frozen = self.today.is_some_and(|today| self.is_frozen(today));
        (matches!(membership.status, MembershipStatus::Active | MembershipStatus::Grace) && !is_frozen)
            .then_some(plan)
    }

    /// Returns whether the membership is frozen on a day (M6).
    pub fn is_frozen(&self, day: Date) -> bool {
        let frozen = self.held.as_ref().and_then(|(membership, _)| membership.frozen);
        frozen.is_some_and(|(from, until)| (from..=until).contains(&day))
    }

    /// Returns the plan if it applies to a session on `day`: it has to apply today, and `day` has to be paid or the
    /// membership has to renew (W2).
    pub fn plan_on(&self, day: Date) -> Option<&Plan> {
        self.plan().and_then(|_| self.plan_then(day))
    }

    /// Returns the plan that applies on `day` if nothing else changes. Existing bookings are priced by it. Unlike
    /// [`Entitlements::plan_on`], it does not require that the plan applies today, because a freeze ends by itself.
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

    /// Returns whether the scheduled change is to new terms of the same plan, which a manager has scheduled.
    pub fn has_new_terms(&self) -> bool {
        let held = self.held.as_ref().map(|(_, plan)| plan.id);
        self.next_plan.as_ref().is_some_and(|next| Some(next.id) == held)
    }

    /// Returns the number of guest passes that are left for a session on `day` (M2).
    pub fn passes_left(&self, day: Date) -> i64 {
        let given = self.plan_on(day).map_or(0, |plan| plan.guest_passes);
        (given - self.passes_used_in(day)).max(0)
    }

    /// Returns the number of guest passes used in the billing month that contains `day`, whether or not the plan
    /// applies now.
    pub fn passes_used_in(&self, day: Date) -> i64 {
        self.used_in(&self.passes_used, day)
    }

    /// Returns the number of credits used in the billing month that contains `day`. For a plan with unlimited credits,
    /// it is the number of services.
    pub fn credits_used_in(&self, day: Date) -> i64 {
        self.used_in(&self.credits_used, day)
    }

    fn used_in(&self, used: &[(Date, i64)], day: Date) -> i64 {
        let month = self.billing_month(day);
        used.iter().find(|(used_in, _)| Some(*used_in) == month).map_or(0, |(_, n)| *n)
    }

    /// Returns whether the birthday gift can be used for a session on `day` (M3): it requires Premium or Unlimited, a
    /// birthday in that month, and twelve months between two gifts.
    pub fn has_birthday(&self, day: Date) -> bool {
        let gives = self.plan_on(day).is_some_and(|plan| plan.tier >= Tier::Premium);
        gives
            && self.birthday.is_some_and(|born| born.month() == day.month())
            && self.birthdays_used.iter().all(|used| (used - month_number(day)).abs() >= 12)
    }

    /// Returns whether bookings use credits automatically (P3).
    pub fn uses_credits_unasked(&self) -> bool {
        self.held.as_ref().is_some_and(|(membership, _)| membership.auto_credit)
    }

    /// Returns the number of days ahead that a start on `day` can be booked (W1, W2). It is `account_days` without a
    /// plan, and at least `account_days` with one.
    pub fn days_ahead_for(&self, day: Date, account_days: i64) -> i64 {
        self.plan_on(day).map_or(account_days, |plan| plan.max_advance_days.max(account_days))
    }

    /// Returns the tier for a session on `day`, by the plan that applies then (W2).
    pub fn tier_on(&self, day: Date) -> Tier {
        self.plan_on(day).map_or(Tier::None, |plan| plan.tier)
    }

    /// Returns the tier now.
    pub fn tier(&self) -> Tier {
        self.plan().map_or(Tier::None, |plan| plan.tier)
    }

    /// Returns the number of credits that are left for a session on `day` (M1). `None` means unlimited.
    pub fn credits_left(&self, day: Date) -> Option<i64> {
        let Some(plan) = self.plan_on(day) else { return Some(0) };
        Some((plan.monthly_credits? - self.credits_used_in(day)).max(0))
    }

    /// Returns the first day of the billing month that contains `day`. Billing months begin on the day of the month on
    /// which the member joined; in a month without that day, on its last day.
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

/// Returns the status of a membership on a day after all changes that follow from the date (M5, M7), whether or not
/// they are stored yet.
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

/// Returns the number of months since year 0. Between two birthday gifts there are at least twelve months (M3).
pub(crate) fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kit::Id;

    use super::*;

    fn entitlements(status: MembershipStatus, renews: bool) -> Entitlements {
        let plan = Plan::base();
        let (started_on, paid_until) = (date(2026, 1, 31), date(2026, 12, 30));
        let (auto_credit, frozen) = (false, None);
        let membership =
            Membership { id: Id(2), status, started_on, paid_until, renews, auto_credit, frozen };
        let credits_used = vec![(date(2026, 2, 28), 1)];
        Entitlements { held: Some((membership, plan)), credits_used, ..Entitlements::default() }
    }

    #[test]
    fn a_plan_that_does_not_renew_opens_no_day_after_the_paid_period() {
        let leaving = entitlements(MembershipStatus::Active, false);
        assert_eq!(leaving.days_ahead_for(date(2026, 12, 30), ACCOUNT_DAYS), 30);
        assert_eq!(leaving.days_ahead_for(date(2026, 12, 31), ACCOUNT_DAYS), ACCOUNT_DAYS);
        assert_eq!(
            entitlements(MembershipStatus::Active, true).days_ahead_for(date(2027, 1, 5), ACCOUNT_DAYS),
            30
        );
    }

    #[test]
    fn grace_keeps_the_booking_window_and_suspension_removes_it() {
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

    /// A regression test: during a freeze, bookings after the freeze were priced as without a plan.
    #[test]
    fn a_freeze_does_not_affect_the_days_after_it() {
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
    fn grace_suspension_and_end_begin_on_their_dates() {
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
    fn a_billing_month_begins_on_the_join_day_or_the_last_of_the_month() {
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
