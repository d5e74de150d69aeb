//! Operations of the front desk that take a payment: enrolling a person, collecting the dues of a month, and changing
//! to a more expensive plan (M4).

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kit::amounts::half_up;
use kit::web::RawInput;
use kit::{Cents, DetailKey, Error, Fault, Id, Refusal, Result, Tx, args, input, sql};
use money::{Bill, Line, LineKind, NewPayment, PaidPart, Tip};
use people::{Action, Actor, AuditEvent, Subject, SubjectKind};
use serde_json::{Value, json};

use crate::audit;
use crate::entitlements::Entitlements;
use crate::event_kinds::{ChangedFrom, MembershipEventDetail, MembershipEventKind};
use crate::lifecycle::{self, WRONG_STATE, after_months, changed, held};
use crate::model::{Membership, MembershipStatus, NewMembership, Paid, Plan};
use crate::plan_store::{Version, newest_of};
use crate::store;

/// The kind of the subject of charges for memberships. The id of the subject is that of the membership event.
pub const SUBJECT: SubjectKind = SubjectKind::Membership;

/// The refusal for an upgrade to a plan that does not cost more.
pub const NO_UPGRADE: Refusal = Refusal::conflict(
    "no_upgrade",
    "This plan doesn’t cost more than the current one, so it isn’t an upgrade. The member can switch to it in their account, starting next billing month.",
);
/// The refusal for dues of a month that someone else has just taken: the last paid day is not the one that staff saw.
pub const PAID_MEANWHILE: Refusal = Refusal::conflict(
    "edited_meanwhile",
    "Someone just recorded a payment. Check the new paid-through date.",
);
/// The refusal for dues before the last paid day. Dues are collected from that day on (M7).
pub const NOTHING_DUE: Refusal = Refusal::conflict(
    "nothing_due",
    "No dues are owed yet. You can collect them starting on the paid-through date.",
);
/// The refusal for a price that differs from the one that staff saw (G3).
pub const PRICE_CHANGED: Refusal =
    Refusal::conflict("price_changed", "The price has changed. Review the new price.");

/// The current price of the plan.
const TOTAL: DetailKey<String> = DetailKey::new("total");
/// The last paid day.
const PAID_UNTIL: DetailKey<String> = DetailKey::new("paid_until");

input! {
    /// A plan and how it is paid.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Sold {
        /// The slug of the plan.
        pub plan: String = text(100),
        /// How it was paid: `cash` or `terminal`.
        #[schema(value_type = String)]
        pub paid: Paid = read(paid),
        /// The cost you last saw. If it has changed, nothing happens and `price_changed` carries `total`.
        pub expected_total: Option<Cents> = opt_cents(Cents(MOST_EXPECTED)),
    }
}

pub(crate) fn paid(input: &mut RawInput, _: &str) -> Paid {
    Paid::parse(input)
}

impl Sold {
    /// Checks that the price is the one that staff saw.
    ///
    /// # Errors
    /// Returns [`PRICE_CHANGED`] with `total` if it is not.
    fn check(&self, total: Cents) -> Result<()> {
        match self.expected_total {
            Some(expected) if expected != total => {
                Err(Error::refused(&PRICE_CHANGED).with(TOTAL, total.to_string()))
            }
            _ => Ok(()),
        }
    }
}

/// The maximum of `expected_total` in cents.
const MOST_EXPECTED: i64 = 100_000_000;

/// Makes a person a member from today on and takes the dues of the first month at the front desk. Returns the last paid
/// day.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may run memberships, `own_account` if `by` is the person, `Error::NotFound`
/// if there is no such person or plan, `already_member` if the person has a plan, and `price_changed` if the price is
/// not the expected one.
pub fn join(tx: &mut Tx<'_>, by: &Actor, person: Id, sold: &Sold) -> Result<Date> {
    by.need_for(Action::RunMemberships, person)?;
    people::person(tx, person)?;
    tx.lock_person(person)?;
    lifecycle::bill_person(tx, person)?;
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let Version { plan, n, .. } = newest_of(tx, club, &sold.plan)?;
    sold.check(plan.price)?;
    let paid = sold.paid;
    let today = tx.now().to_zoned(catalogue.club.zone.clone()).date();
    let paid_until = after_months(today, today.yesterday().map_err(Fault::because)?, 1)?;
    let new = NewMembership::active(person, plan.id, (today, paid_until));
    let id = store::enrol(tx, club, &new)?;
    let detail = MembershipEventDetail {
        version: Some(n),
        until: Some(paid_until),
        cents: Some(plan.price.0),
        paid: Some(paid),
        ..MembershipEventDetail::of_plan(&plan.name)
    };
    let event = changed(tx, by.id(), id, person, MembershipEventKind::Joined, &detail)?;
    let label = dues_label(&plan.name, paid_until);
    take(tx, by, (club, person, event), (label, plan.price), paid)?;
    let after = audit::shown_of(&store::entitlements(tx, club, person)?);
    audit::note(
        tx,
        by,
        AuditEvent::MembershipStarted,
        person,
        (Value::Null, with_paid(after, paid, plan.price)),
    )?;
    Ok(paid_until)
}

/// Adds the payment method and the amount to the JSON of a membership for the audit log.
fn with_paid(mut after: Value, paid: Paid, amount: Cents) -> Value {
    if let Some(fields) = after.as_object_mut() {
        fields.insert("paid_by".to_owned(), json!(paid.as_str()));
        fields.insert("amount".to_owned(), json!(amount));
    }
    after
}

/// Takes the dues of a month at the front desk, from the last paid day on (M7). If the membership was suspended, its
/// benefits return. `seen` is the last paid day that staff saw: if several requests take the same month, only one
/// succeeds. Returns the new last paid day.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may run memberships, `own_account` if `by` is the person, `no_plan` if there
/// is no membership, `edited_meanwhile` if the last paid day is not `seen`, and `nothing_due` before that day.
pub fn take_dues(tx: &mut Tx<'_>, by: &Actor, person: Id, paid: Paid, seen: Date) -> Result<Date> {
    let club = tx.club()?;
    by.need_for(Action::RunMemberships, person)?;
    let (entitlements, membership, plan) = held(tx, by, person)?;
    if membership.paid_until != seen {
        return Err(Error::refused(&PAID_MEANWHILE).with(PAID_UNTIL, membership.paid_until.to_string()));
    }
    if entitlements.today.is_some_and(|today| today < seen) {
        return Err(Error::refused(&NOTHING_DUE).with(PAID_UNTIL, seen.to_string()));
    }
    // Store the changes that follow from the date first, because they depend on the old last paid day.
    lifecycle::bill_person(tx, person)?;
    let old = membership.paid_until;
    let until = after_months(membership.started_on, old, 1)?;
    let done = tx.run(
        sql!(
            "UPDATE memberships SET paid_until = $1, status = 'active'
             WHERE club_id = $4 AND id = $2 AND paid_until = $3 AND status <> 'ended'"
        ),
        args![until, membership.id, old, club],
    )?;
    if done == 0 {
        return Err(Error::refused(&PAID_MEANWHILE));
    }
    let club = catalogue::current(tx)?.club.id;
    let detail = MembershipEventDetail {
        until: Some(until),
        cents: Some(plan.price.0),
        paid: Some(paid),
        ..MembershipEventDetail::of_plan(&plan.name)
    };
    let event = changed(tx, by.id(), membership.id, person, MembershipEventKind::DuesTaken, &detail)?;
    let label = dues_label(&plan.name, until);
    take(tx, by, (club, person, event), (label, plan.price), paid)?;
    let after = audit::shown_of(&store::entitlements(tx, club, person)?);
    let change = (audit::shown(&membership, &plan), with_paid(after, paid, plan.price));
    audit::note(tx, by, AuditEvent::DuesTaken, person, change)?;
    Ok(until)
}

/// Returns the label of dues or of an upgrade, which receipts show: `Premium, through January 3, 2027`.
fn dues_label(what: &str, until: Date) -> String {
    format!("{what}, through {}", ui::format::date(until))
}

/// Creates the charge of dues or of an upgrade and takes its payment at the front desk. The slip number of a terminal is
/// not recorded here.
fn take(
    tx: &mut Tx<'_>,
    by: &Actor,
    (club, person, event): (Id, Id, Id),
    (label, amount): (String, Cents),
    paid: Paid,
) -> Result<()> {
    let subject = Subject { kind: SUBJECT, id: event };
    let lines = vec![Line::new(LineKind::Dues, "dues", label, amount)];
    let charge = money::charge(tx, &Bill { subject, club, person: Some(person), lines })?;
    if charge.due() == Cents::ZERO {
        return Ok(());
    }
    let (parts, method) = (vec![PaidPart::whole(subject)], paid.method());
    let payment = NewPayment { parts, method, slip: String::new(), tip: Tip::default() };
    money::take(tx, by, &payment).map(drop)
}

/// The cost of changing to a more expensive plan now (M4). The remaining paid time is counted by the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The name of the current plan.
    pub from: String,
    /// The name of the new plan.
    pub to: String,
    /// The last day for which both plans are counted, which is the last paid day.
    pub until: Date,
    /// The price of the new plan for the remaining time in cents.
    pub charge: Cents,
    /// The amount in cents that was paid for the current plan for the remaining time.
    pub credit: Cents,
    /// The amount that is due now in cents, which is not negative.
    pub total: Cents,
}

/// Computes a monthly price for the remaining paid time: `whole` months, and `rest` seconds of the current month, which
/// has `length` seconds.
fn prorated(price: Cents, whole: i64, rest: i64, length: i64) -> Cents {
    let seconds = i128::from(whole) * i128::from(length) + i128::from(rest);
    Cents(half_up(i128::from(price.0) * seconds, i128::from(length.max(1))))
}

/// Returns the remaining paid time: the whole billing months after the current one, the seconds left of the current
/// one, and its length in seconds.
///
/// # Errors
/// Returns a fault if a date is out of range.
fn rest(
    entitlements: &Entitlements,
    paid_until: Date,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(i64, i64, i64)> {
    let at = |day: Date| zone.to_timestamp(day.to_datetime(Time::midnight())).map_err(Fault::because);
    let today = now.to_zoned(zone.clone()).date();
    let begins = entitlements.billing_month(today).unwrap_or(today);
    let joined = entitlements.held.as_ref().map_or(begins, |(membership, _)| membership.started_on);
    let mut ends = after_months(joined, begins.yesterday().map_err(Fault::because)?, 1)?;
    let end = at(ends.tomorrow().map_err(Fault::because)?)?;
    let length = end.duration_since(at(begins)?).as_secs();
    let left = end.duration_since(now).as_secs();
    let mut whole = 0;
    while ends < paid_until {
        ends = after_months(joined, ends, 1)?;
        whole += 1;
    }
    Ok((whole, left, length))
}

fn invoice(entitlements: &Entitlements, to: &Plan, zone: &TimeZone, now: Timestamp) -> Result<Invoice> {
    let (membership, plan) = entitlements.held.as_ref().ok_or_else(|| Error::refused(&lifecycle::NO_PLAN))?;
    if membership.status != MembershipStatus::Active || membership.frozen.is_some() {
        return Err(Error::refused(&WRONG_STATE));
    }
    if to.price <= plan.price || to.id == plan.id {
        return Err(Error::refused(&NO_UPGRADE));
    }
    let (whole, left, length) = rest(entitlements, membership.paid_until, zone, now)?;
    let (charge, credit) =
        (prorated(to.price, whole, left, length), prorated(plan.price, whole, left, length));
    let (from, to) = (plan.name.clone(), to.name.clone());
    Ok(Invoice { from, to, until: membership.paid_until, charge, credit, total: charge - credit })
}

/// Returns what changing to a more expensive plan would cost now.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` is the person or may run memberships, `Error::NotFound` if there is no such
/// plan, `no_plan` if there is no membership, `no_upgrade` if the plan does not cost more, and `wrong_state` while dues
/// are unpaid or a freeze is running or scheduled.
pub fn preview_upgrade(tx: &mut Tx<'_>, by: &Actor, person: Id, slug: &str) -> Result<Invoice> {
    if by.person()?.id != person {
        by.need(Action::RunMemberships)?;
    }
    let catalogue = catalogue::current(tx)?;
    let entitlements = store::entitlements(tx, catalogue.club.id, person)?;
    let next = newest_of(tx, catalogue.club.id, slug)?;
    invoice(&entitlements, &next.plan, &catalogue.club.zone, tx.now())
}

/// Changes to a more expensive plan at once and takes the payment at the front desk (M4). Credits that were used this
/// month stay used, and existing bookings keep their price.
///
/// # Errors
/// Returns the same errors as [`preview_upgrade`], but `Error::Forbidden` unless `by` may run memberships,
/// `own_account` if `by` is the person, and `price_changed` if the cost is not the expected one.
pub fn upgrade(tx: &mut Tx<'_>, by: &Actor, person: Id, sold: &Sold) -> Result<Invoice> {
    by.need_for(Action::RunMemberships, person)?;
    let paid = sold.paid;
    let (entitlements, membership, plan) = held(tx, by, person)?;
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let next = newest_of(tx, club, &sold.plan)?;
    let invoice = invoice(&entitlements, &next.plan, &catalogue.club.zone, tx.now())?;
    sold.check(invoice.total)?;
    let before = audit::shown(&membership, &plan);
    let Membership { id, paid_until, .. } = membership;
    let done = tx.run(
        sql!(
            "UPDATE memberships SET version_id = $1, next_version_id = NULL
             WHERE club_id = $5 AND id = $2 AND status = 'active' AND paid_until = $3
             AND version_id IN (SELECT id FROM plan_versions WHERE plan_id = $4)"
        ),
        args![next.id, id, paid_until, plan.id, club],
    )?;
    if done == 0 {
        return Err(Error::refused(&WRONG_STATE));
    }
    let detail = MembershipEventDetail {
        from: Some(ChangedFrom::Plan(invoice.from.clone())),
        until: Some(paid_until),
        cents: Some(invoice.total.0),
        paid: Some(paid),
        ..MembershipEventDetail::of_plan(&invoice.to)
    };
    let event = changed(tx, by.id(), id, person, MembershipEventKind::Upgraded, &detail)?;
    let label = dues_label(&format!("From {} to {}", invoice.from, invoice.to), paid_until);
    take(tx, by, (club, person, event), (label, invoice.total), paid)?;
    let after = audit::shown_of(&store::entitlements(tx, club, person)?);
    audit::note(
        tx,
        by,
        AuditEvent::MembershipUpgraded,
        person,
        (before, with_paid(after, paid, invoice.total)),
    )?;
    Ok(invoice)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M4: counted by the second, rounded half up.
    #[test]
    fn the_remaining_time_is_prorated_by_the_second() {
        const DAY: i64 = 86_400;
        for (price, whole, rest, length, amount) in [
            (70_000, 0, 30 * DAY, 30 * DAY, 70_000),
            (70_000, 0, 15 * DAY, 30 * DAY, 35_000),
            (37_500, 0, 15 * DAY, 30 * DAY, 18_750),
            (70_000, 0, 0, 30 * DAY, 0),
            (70_000, 0, 1, 30 * DAY, 0),
            (70_000, 0, 19, 30 * DAY, 1),
            (70_000, 2, 15 * DAY, 30 * DAY, 175_000),
            // A month in which the clock goes back is an hour longer.
            (70_000, 0, 15 * DAY, 30 * DAY + 3_600, 34_951),
        ] {
            assert_eq!(prorated(Cents(price), whole, rest, length), Cents(amount), "{whole} {rest}/{length}");
        }
    }
}
