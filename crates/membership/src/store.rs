//! SQL statements that read memberships as of today, and that insert new ones.

use kit::errors::OrRefuse;
use kit::{Error, Id, Refusal, Result, Tx, args, sql};

use crate::entitlements::{Entitlements, stands};
use crate::model::{Membership, MembershipStatus, NewMembership, Plan};
use crate::plan_store::{plan_at, plan_columns};
use crate::settings::GRACE_DAYS;

/// The refusal for a person who already has a plan. A person has one plan at a time.
pub const ALREADY_MEMBER: Refusal =
    Refusal::conflict("already_member", "This person already has a plan. Change it instead.");
/// Returns what a person's plan allows in a club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn entitlements(tx: &mut Tx<'_>, club: Id, person: Id) -> Result<Entitlements> {
    let mut entitlements = Entitlements { person: Some(person), ..Entitlements::default() };
    let mut next: Option<Id> = None;
    tx.each(
        sql!(concat!(
            "SELECT m.id, m.status, m.started_on, m.paid_until, m.renews, m.auto_credit, m.frozen_from, m.frozen_until,
             m.next_version_id, pe.birthday, ",
            plan_columns!(),
            " FROM memberships m JOIN plan_versions v ON v.id = m.version_id JOIN plans p ON p.id = v.plan_id
             JOIN people pe ON pe.id = m.person_id WHERE m.person_id = $1 AND m.club_id = $2 AND m.status <> 'ended'"
        )),
        args![person, club],
        |row| {
            let (from, until): (Option<_>, Option<_>) = (row.get(6)?, row.get(7)?);
            let membership = Membership {
                id: row.get(0)?,
                status: row.get(1)?,
                started_on: row.get(2)?,
                paid_until: row.get(3)?,
                renews: row.get(4)?,
                auto_credit: row.get(5)?,
                frozen: from.zip(until),
            };
            next = row.get(8)?;
            entitlements.birthday = row.get(9)?;
            entitlements.held = Some((membership, Plan::from_columns(row, 10)?));
            Ok(())
        },
    )?;
    let Some((mut membership, mut plan)) = entitlements.held.take() else { return Ok(entitlements) };
    let catalogue = catalogue::current(tx)?;
    let today = tx.now().to_zoned(catalogue.club.zone.clone()).date();
    entitlements.today = Some(today);
    entitlements.next_plan = next.map(|next| plan_at(tx, next)).transpose()?;
    // Changes that follow from the date take effect at midnight, even before the billing job has stored them.
    membership.status = stands(&membership, today, catalogue.setting(GRACE_DAYS));
    if membership.status == MembershipStatus::Ended {
        return Ok(Entitlements { next_plan: None, ..entitlements });
    }
    if today > membership.paid_until
        && let Some(next) = entitlements.next_plan.take()
    {
        plan = next;
    }
    entitlements.held = Some((membership.clone(), plan.clone()));
    if plan.monthly_credits != Some(0) {
        entitlements.credits_used = tx.all(
            sql!("SELECT month, COUNT(*) FROM credit_uses WHERE membership_id = $1 GROUP BY month"),
            args![membership.id],
        )?;
    }
    if plan.guest_passes > 0 {
        entitlements.passes_used = tx.all(
            sql!("SELECT month, COUNT(*) FROM pass_uses WHERE membership_id = $1 GROUP BY month"),
            args![membership.id],
        )?;
    }
    if entitlements.birthday.is_some() {
        let months: Vec<(i64,)> =
            tx.all(sql!("SELECT month FROM birthday_uses WHERE person_id = $1"), args![person])?;
        entitlements.birthdays_used = months.into_iter().map(|(month,)| month).collect();
    }
    Ok(entitlements)
}

/// Makes a person a member with the newest version in effect of a plan of the club. It does not take a payment and is
/// not reachable from the API or pages: people join through [`crate::join`].
///
/// # Errors
/// Returns the refusal `already_member` if the person has a plan, and `Error::NotFound` if the club has no such plan.
pub fn enrol(tx: &mut Tx<'_>, club: Id, new: &NewMembership) -> Result<Id> {
    let id = tx.new_id()?;
    let now = tx.now();
    let today = catalogue::today(tx)?;
    let made = tx
        .run(
        sql!(
            "INSERT INTO memberships (id, club_id, person_id, version_id, status, started_on, paid_until, renews,
             created_at) SELECT $1, $2, $3, v.id, $5, $6, $7, $8, $9 FROM plan_versions v
             JOIN plans p ON p.id = v.plan_id WHERE p.club_id = $2 AND p.id = $4 AND v.n = (SELECT MAX(n)
             FROM plan_versions w WHERE w.plan_id = $4 AND w.effective_on <= $10)"
        ),
        args![
            id,
            club,
            new.person,
            new.plan,
            new.status.as_str(),
            new.started_on,
            new.paid_until,
            new.renews,
            now,
            today
        ],
    )
    .or_refuse("memberships", &ALREADY_MEMBER)?;
    if made == 1 { Ok(id) } else { Err(Error::NotFound) }
}

/// Returns every membership of the actor with its events and used benefits, for the export of their personal data.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn export(tx: &mut Tx<'_>, by: &people::Actor) -> Result<Vec<serde_json::Value>> {
    use serde_json::json;
    let person = by.person()?.id;
    let held: Vec<(Id, String, String, jiff::civil::Date, jiff::civil::Date, bool)> = tx.all(
        sql!(
            "SELECT m.id, p.name, m.status, m.started_on, m.paid_until, m.renews FROM memberships m
             JOIN plan_versions v ON v.id = m.version_id JOIN plans p ON p.id = v.plan_id
             WHERE m.person_id = $1 ORDER BY m.started_on, m.id"
        ),
        args![person],
    )?;
    let mut out = Vec::new();
    for (id, plan, status, started_on, paid_until, renews) in held {
        let events: Vec<(jiff::Timestamp, String)> = tx.all(
            sql!("SELECT at, what FROM membership_events WHERE membership_id = $1 ORDER BY id"),
            args![id],
        )?;
        let events: Vec<_> = events.into_iter().map(|(at, what)| json!({"at": at, "what": what})).collect();
        let used: Vec<(Id, String)> = tx.all(
            sql!(
                "SELECT booking_id, 'credit' FROM credit_uses WHERE membership_id = $1
                 UNION ALL SELECT booking_id, 'pass' FROM pass_uses WHERE membership_id = $1"
            ),
            args![id],
        )?;
        let used: Vec<_> =
            used.into_iter().map(|(booking, what)| json!({"booking": booking, "what": what})).collect();
        out.push(json!({"plan": plan, "status": status, "started_on": started_on, "paid_until": paid_until,
            "renews": renews, "events": events, "used": used}));
    }
    Ok(out)
}

/// Returns the birthday gifts that the actor has used, with year and booking, for the export of their personal data.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn export_gifts(tx: &mut Tx<'_>, by: &people::Actor) -> Result<Vec<serde_json::Value>> {
    let person = by.person()?.id;
    let used: Vec<(i64, Id)> = tx.all(
        sql!("SELECT year, booking_id FROM birthday_uses WHERE person_id = $1 ORDER BY year"),
        args![person],
    )?;
    Ok(used
        .into_iter()
        .map(|(year, booking)| serde_json::json!({"year": year, "booking": booking}))
        .collect())
}
