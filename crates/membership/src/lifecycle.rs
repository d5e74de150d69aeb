//! The lifecycle of a membership: leaving and staying, freezing, changing to a plan that does not cost more, and
//! changes that follow from the date (M5 to M7). Operations that need a payment are in [`crate::desk`].

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use kit::jobs::Job;
use kit::notifications::RecipientRole;
use kit::{Error, Fault, Id, Notification, Refusal, Result, Tx, args, sql, versions};
use people::{Action, Actor, AuditEvent, Subject, SubjectKind};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit;
use crate::entitlements::{Entitlements, stands};
use crate::event_kinds::{ChangedFrom, MembershipEventDetail, MembershipEventKind};
use crate::events::{MembershipEvent, insert_event};
use crate::model::{Membership, MembershipStatus, Plan};
use crate::plan_store::newest_of;
use crate::settings::{FROZEN_MONTHS, GRACE_DAYS};
use crate::store;

/// The refusal for a person without a membership.
pub const NO_PLAN: Refusal = Refusal::conflict("no_plan", "There’s no membership to change.");
/// The refusal for an operation that the state of the membership does not allow.
pub const WRONG_STATE: Refusal =
    Refusal::conflict("wrong_state", "This membership can’t be changed that way right now.");
/// The refusal for joining or changing to a more expensive plan without a payment.
pub const CARD_NEEDED: Refusal =
    Refusal::conflict("card_needed", "A payment is needed first. Please ask at the front desk.");
/// The refusal for freezing more months than a calendar year allows.
pub const FROZEN_ENOUGH: Refusal =
    Refusal::conflict("frozen_enough", "This membership has used all its pause months this year.");

/// A job: the days on which a person's plan applies have changed, so the bookings on those days have to be updated.
#[derive(Debug, Serialize, Deserialize)]
pub struct MembershipChanged {
    /// The id of the person.
    pub person: Id,
}

impl Job for MembershipChanged {
    const KIND: &'static str = "membership.changed";
}

/// A notification about a membership: its kind with its data. The name is in the database.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub(crate) enum MembershipNotification {
    /// The membership has changed.
    #[serde(rename = "membership.notify")]
    Changed(MembershipNews),
}

/// The change of a membership of which a person is notified. Older versions wrote it as a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct MembershipNews {
    /// The id of the membership event.
    pub event: Id,
}

impl Job for MembershipNews {
    const KIND: &'static str = "membership.notify";
}

/// Queues a notification to a person about a change of their membership.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn notify(tx: &mut Tx<'_>, person: Id, news: MembershipNews) -> Result<()> {
    let subject = Subject { kind: SubjectKind::Membership, id: person };
    tx.notify(
        &Notification::new(&MembershipNotification::Changed(news), subject, Some(person))?,
        &[RecipientRole::Owner],
    )
}

/// A daily job, which schedules its next run itself. See [`run_billing_day`].
#[derive(Debug, Serialize, Deserialize)]
pub struct RunBillingDay {}

impl Job for RunBillingDay {
    const KIND: &'static str = "membership.run_billing_day";
}

/// Returns a person's current membership, for themselves or for staff, and locks the person until the commit.
pub(crate) fn held(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<(Entitlements, Membership, Plan)> {
    if by.person()?.id != person {
        by.need(Action::RunMemberships)?;
        people::person(tx, person)?;
    }
    tx.lock_person(person)?;
    let club = catalogue::current(tx)?.club.id;
    let entitlements = store::entitlements(tx, club, person)?;
    let (membership, plan) = entitlements.held.clone().ok_or_else(|| Error::refused(&NO_PLAN))?;
    Ok((entitlements, membership, plan))
}

/// Stores an event of a membership, queues the update of its bookings, and notifies the person. Returns the id of the
/// event.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    by: Option<Id>,
    membership: Id,
    person: Id,
    kind: MembershipEventKind,
    detail: &MembershipEventDetail,
) -> Result<Id> {
    let (id, at) = (tx.new_id()?, tx.now());
    let event = MembershipEvent { id, person, at, by, kind, detail: detail.clone() };
    tx.run(sql!(insert_event!()), [event.values(), args![membership].to_vec()].concat())?;
    tx.enqueue(&MembershipChanged { person }, at)?;
    notify(tx, person, MembershipNews { event: id })?;
    Ok(id)
}

/// Checks that `by` may manage the membership of `person` as staff, which excludes their own.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` unless `by` may run memberships, and `own_account`
/// if `by` is the person.
pub fn as_staff(by: &Actor, person: Id) -> Result<()> {
    by.need_for(Action::RunMemberships, person)
}

/// Ends a membership after the last paid day (M5).
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` is the person or may run memberships, `no_plan` if there is no membership,
/// and `wrong_state` if it is ending already.
pub fn leave(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<()> {
    set_renews(tx, by, person, false)
}

/// Reverts [`leave`], as long as the membership has not ended.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` is the person or may run memberships, `no_plan` if there is no membership,
/// and `wrong_state` if it is not ending.
pub fn stay(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<()> {
    set_renews(tx, by, person, true)
}

fn set_renews(tx: &mut Tx<'_>, by: &Actor, person: Id, renews: bool) -> Result<()> {
    let club = tx.club()?;
    let (_, membership, plan) = held(tx, by, person)?;
    let before = audit::shown(&membership, &plan);
    let done = tx.run(
        sql!("UPDATE memberships SET renews = $1 WHERE club_id = $3 AND id = $2 AND renews <> $1"),
        args![renews, membership.id, club],
    )?;
    if done == 0 {
        return Err(Error::refused(&WRONG_STATE));
    }
    let until = Some(membership.paid_until);
    let detail = MembershipEventDetail { until, ..MembershipEventDetail::of_plan(&plan.name) };
    let kind = if renews { MembershipEventKind::Stays } else { MembershipEventKind::Leaves };
    changed(tx, Some(by.person()?.id), membership.id, person, kind, &detail)?;
    let after = audit::shown(&Membership { renews, ..membership }, &plan);
    audit::note(
        tx,
        by,
        if renews { AuditEvent::MembershipContinued } else { AuditEvent::MembershipEnding },
        person,
        (before, after),
    )
}

/// Schedules a change to a plan that does not cost more, at its newest version, from the day after the last paid day
/// (M5). A more expensive plan needs a payment. If `slug` is the current plan, a scheduled change to another plan is
/// canceled instead. New terms of the current plan, for which a manager has scheduled the member, are not: the member
/// can leave or change to another plan until then (decision 16).
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` is the person or may run memberships, `Error::NotFound` if there is no such
/// plan, `no_plan` if there is no membership, `card_needed` if the plan is more expensive, and `wrong_state` for the
/// current plan if its new terms are scheduled.
pub fn change_down(tx: &mut Tx<'_>, by: &Actor, person: Id, slug: &str) -> Result<()> {
    let (entitlements, membership, plan) = held(tx, by, person)?;
    let club = catalogue::current(tx)?.club.id;
    let next = newest_of(tx, club, slug)?;
    let is_own = next.plan.id == plan.id;
    if is_own && entitlements.has_new_terms() {
        return Err(Error::refused(&WRONG_STATE));
    }
    if !is_own && next.plan.price > plan.price {
        return Err(Error::refused(&CARD_NEEDED));
    }
    let version = (!is_own).then_some(next.id);
    tx.run(
        sql!("UPDATE memberships SET next_version_id = $1 WHERE club_id = $3 AND id = $2"),
        args![version, membership.id, club],
    )?;
    let detail = MembershipEventDetail {
        from: Some(ChangedFrom::Plan(plan.name.clone())),
        until: Some(membership.paid_until),
        cents: Some(next.plan.price.0),
        ..MembershipEventDetail::of_plan(&next.plan.name)
    };
    let kind = if is_own { MembershipEventKind::KeepsPlan } else { MembershipEventKind::ChangesDown };
    changed(tx, Some(by.person()?.id), membership.id, person, kind, &detail)?;
    let change = (json!({"plan": plan.name}), json!({"plan": next.plan.name}));
    audit::note(tx, by, AuditEvent::MembershipChangesDown, person, change)
}

/// Freezes a membership for whole billing months from the next one on: no dues and no benefits (M6). Returns the first
/// and the last day.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` is the person or may run memberships, `no_plan` if there is no membership,
/// `frozen_enough` if the calendar year does not allow so many months, and `wrong_state` if the membership is frozen
/// already, is ending, or has unpaid dues.
pub fn freeze(tx: &mut Tx<'_>, by: &Actor, person: Id, months: i64) -> Result<(Date, Date)> {
    let club = tx.club()?;
    let (_, membership, plan) = held(tx, by, person)?;
    if !may_rest(&membership) {
        return Err(Error::refused(&WRONG_STATE));
    }
    let from = membership.paid_until.tomorrow().map_err(Fault::because)?;
    let until = after_months(membership.started_on, membership.paid_until, months)?;
    if !(1..=left_of_year(tx, membership.id, from)?).contains(&months) {
        return Err(Error::refused(&FROZEN_ENOUGH));
    }
    let done = tx.run(
        sql!(
            "UPDATE memberships SET frozen_from = $1, frozen_until = $2, paid_until = $2
             WHERE club_id = $5 AND id = $3 AND frozen_from IS NULL AND paid_until = $4"
        ),
        args![from, until, membership.id, membership.paid_until, club],
    )?;
    if done == 0 {
        return Err(Error::refused(&WRONG_STATE));
    }
    let detail = MembershipEventDetail {
        from: Some(ChangedFrom::Day(from)),
        until: Some(until),
        months: Some(months),
        ..MembershipEventDetail::of_plan(&plan.name)
    };
    let kind = MembershipEventKind::Frozen { year: from.year(), months };
    changed(tx, Some(by.person()?.id), membership.id, person, kind, &detail)?;
    let after = Membership { frozen: Some((from, until)), paid_until: until, ..membership.clone() };
    let change = (audit::shown(&membership, &plan), audit::shown(&after, &plan));
    audit::note(tx, by, AuditEvent::MembershipFrozen, person, change)?;
    Ok((from, until))
}

/// Returns the maximum number of months for which the membership can be frozen now (M6); 0 if it cannot be frozen.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn freezable(tx: &mut Tx<'_>, entitlements: &Entitlements) -> Result<i64> {
    let Some((membership, _)) = entitlements.held.as_ref().filter(|(held, _)| may_rest(held)) else {
        return Ok(0);
    };
    left_of_year(tx, membership.id, membership.paid_until.tomorrow().map_err(Fault::because)?)
}

/// Returns whether a membership can be frozen: it is paid, renews, and has no freeze that is running or scheduled.
fn may_rest(membership: &Membership) -> bool {
    membership.renews && membership.frozen.is_none() && membership.status == MembershipStatus::Active
}

/// Returns how many months can still be frozen in the calendar year of `from`.
fn left_of_year(tx: &mut Tx<'_>, membership: Id, from: Date) -> Result<i64> {
    let most = catalogue::current(tx)?.setting(FROZEN_MONTHS);
    let before: Vec<(MembershipEventKind,)> =
        tx.all(sql!("SELECT what FROM membership_events WHERE membership_id = $1"), args![membership])?;
    let counted = |(kind,): &(MembershipEventKind,)| match *kind {
        MembershipEventKind::Frozen { year, months } if year == from.year() => Some(months),
        _ => None,
    };
    let before: i64 = before.iter().filter_map(counted).sum();
    Ok((most - before).max(0))
}

/// Returns the last day of the billing month that is `months` after the last paid day.
pub(crate) fn after_months(joined: Date, paid_until: Date, months: i64) -> Result<Date> {
    let first = paid_until.tomorrow().map_err(Fault::because)?;
    let month = first.checked_add(months.months()).map_err(Fault::because)?;
    // Billing months begin on the day of the month on which the member joined; in a month without that day, on its last
    // day.
    let day = joined.day().min(month.days_in_month());
    let next = Date::new(month.year(), month.month(), day).map_err(Fault::because)?;
    next.yesterday().map_err(Fault::because)
}

/// Returns the last day of the billing month that contains `day`, for a member who joined on `joined`. It is the last
/// paid day of a member who has paid every month and nothing in advance (M7).
///
/// # Errors
/// Returns a fault if a date is out of range.
pub fn paid_through(joined: Date, day: Date) -> Result<Date> {
    let mut paid = joined.yesterday().map_err(Fault::because)?;
    while paid < day {
        paid = after_months(joined, paid, 1)?;
    }
    Ok(paid)
}

/// Sets whether the actor's bookings use credits automatically (P3).
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, and `no_plan` if there is no membership.
pub fn set_auto_credit(tx: &mut Tx<'_>, by: &Actor, auto: bool) -> Result<()> {
    let club = tx.club()?;
    let (_, membership, _) = held(tx, by, by.person()?.id)?;
    tx.run(
        sql!("UPDATE memberships SET auto_credit = $1 WHERE club_id = $3 AND id = $2"),
        args![auto, membership.id, club],
    )
    .map(drop)
}

/// A membership whose last paid day has passed.
struct Due {
    id: Id,
    person: Id,
    membership: Membership,
    next: Option<Id>,
}

impl kit::db::FromRow for Due {
    fn from_row(row: &kit::db::Row<'_>) -> Result<Due> {
        let membership = Membership {
            id: row.get(0)?,
            status: row.get(2)?,
            started_on: row.get(3)?,
            paid_until: row.get(4)?,
            renews: row.get(5)?,
            auto_credit: false,
            frozen: None,
        };
        Ok(Due { id: membership.id, person: row.get(1)?, membership, next: row.get(6)? })
    }
}

/// Stores the changes of memberships that follow from the date: unpaid dues lead to grace, then to suspension (M7),
/// memberships that do not renew end, scheduled plans and versions take effect, and freezes end. It can run twice or
/// late, because `entitlements` computes the state of today in any case. Returns how many memberships changed
/// their status.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn run_billing_day(tx: &mut Tx<'_>) -> Result<u64> {
    let club = tx.club()?;
    let catalogue = catalogue::current(tx)?;
    let zone = &catalogue.club.zone;
    let today = tx.now().to_zoned(zone.clone()).date();
    let due: Vec<Due> = tx.all(
        sql!(
            "SELECT id, person_id, status, started_on, paid_until, renews, next_version_id FROM memberships
             WHERE club_id = $2 AND status <> 'ended' AND paid_until < $1 ORDER BY id"
        ),
        args![today, club],
    )?;
    let mut turned = 0;
    for due in due {
        turned += bill_membership(tx, due, today, catalogue.setting(GRACE_DAYS))?;
    }
    tx.run(
        sql!(
            "UPDATE memberships SET frozen_from = NULL, frozen_until = NULL WHERE club_id = $2 AND frozen_until < $1"
        ),
        args![today, club],
    )?;
    // A version of a plan may have begun. Pages that show plans are cached under the version of the catalogue.
    versions::bump(tx, catalogue::VERSION)?;
    // Run again when the club's next day begins.
    let tomorrow = today.tomorrow().map_err(Fault::because)?.to_datetime(Time::midnight());
    tx.enqueue(&RunBillingDay {}, zone.to_timestamp(tomorrow).map_err(Fault::because)?)?;
    Ok(turned)
}

fn bill_membership(tx: &mut Tx<'_>, due: Due, today: Date, grace_days: i64) -> Result<u64> {
    let club = tx.club()?;
    let Due { id, person, membership, next } = due;
    let to = stands(&membership, today, grace_days);
    if next.is_some() && membership.renews {
        tx.run(
            sql!(
                "UPDATE memberships SET version_id = next_version_id, next_version_id = NULL
                 WHERE club_id = $2 AND id = $1 AND next_version_id IS NOT NULL"
            ),
            args![id, club],
        )?;
    }
    if to == membership.status {
        return Ok(0);
    }
    let moved = tx.run(
        sql!("UPDATE memberships SET status = $1 WHERE club_id = $4 AND id = $2 AND status = $3"),
        args![to.as_str(), id, membership.status.as_str(), club],
    )?;
    if moved == 1
        && let Some(kind) = MembershipEventKind::reached(to)
    {
        let until = Some(membership.paid_until);
        let detail =
            MembershipEventDetail { until, days: Some(grace_days), ..MembershipEventDetail::default() };
        changed(tx, None, id, person, kind, &detail)?;
    }
    Ok(moved)
}

/// Stores the changes of one person's membership that follow from the date, before an operation that depends on them.
pub(crate) fn bill_person(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    let club = tx.club()?;
    let catalogue = catalogue::current(tx)?;
    let today = tx.now().to_zoned(catalogue.club.zone.clone()).date();
    let due: Option<Due> = tx.one(
        sql!(
            "SELECT id, person_id, status, started_on, paid_until, renews, next_version_id FROM memberships
             WHERE club_id = $3 AND status <> 'ended' AND paid_until < $1 AND person_id = $2"
        ),
        args![today, person, club],
    )?;
    due.map_or(Ok(0), |due| bill_membership(tx, due, today, catalogue.setting(GRACE_DAYS))).map(drop)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn monthly_payments_pay_through_the_current_billing_month() {
        for (joined, day, until) in [
            (date(2026, 5, 10), date(2026, 11, 29), date(2026, 12, 9)),
            (date(2026, 5, 10), date(2026, 12, 9), date(2026, 12, 9)),
            (date(2026, 5, 10), date(2026, 12, 10), date(2027, 1, 9)),
            (date(2026, 1, 31), date(2026, 2, 27), date(2026, 2, 27)),
            (date(2026, 11, 29), date(2026, 11, 29), date(2026, 12, 28)),
        ] {
            assert_eq!(paid_through(joined, day).ok(), Some(until), "{joined} {day}");
        }
    }

    /// M1: members who joined on the 29th, 30th, or 31st.
    #[test]
    fn a_month_without_the_join_day_begins_on_its_last_day() {
        for (joined, paid_until, months, until) in [
            (date(2027, 1, 31), date(2027, 1, 30), 1, date(2027, 2, 27)),
            (date(2027, 1, 31), date(2027, 2, 27), 1, date(2027, 3, 30)),
            (date(2027, 1, 31), date(2027, 3, 30), 1, date(2027, 4, 29)),
            (date(2027, 1, 29), date(2027, 1, 28), 1, date(2027, 2, 27)),
            (date(2028, 1, 29), date(2028, 1, 28), 1, date(2028, 2, 28)),
            (date(2028, 1, 30), date(2028, 1, 29), 1, date(2028, 2, 28)),
            (date(2027, 8, 30), date(2028, 1, 29), 2, date(2028, 3, 29)),
            (date(2026, 5, 10), date(2026, 12, 9), 3, date(2027, 3, 9)),
        ] {
            assert_eq!(after_months(joined, paid_until, months).ok(), Some(until), "{joined} {paid_until}");
        }
    }
}
