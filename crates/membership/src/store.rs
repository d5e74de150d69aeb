//! Every statement on the tables of plans and memberships.

use kit::errors::OrRefuse;
use kit::{Fault, Id, Refusal, Result, Tx, args, sql};

use crate::model::{Membership, NewMembership, Plan};
use crate::standing::Standing;

/// A person has one plan at a time.
pub const ALREADY_MEMBER: Refusal =
    Refusal::conflict("already_member", "There is a plan already; change it instead.");
/// Two plans of a club can't share a name in addresses.
pub const SLUG_TAKEN: Refusal = Refusal::conflict("slug_taken", "Another plan has this name in its address.");

/// The columns of a plan, in the order of [`Plan`]'s reader.
macro_rules! plan_columns {
    () => {
        "p.id, p.slug, p.name, p.cents, p.short_description, p.benefits, p.discount_bp, p.tier, p.max_advance_days, \
         p.monthly_credits, p.guest_passes, p.mensuite_access, p.coresync_private_access, p.iot_control_access, \
         p.concierge, p.priority_booking, p.featured, p.position"
    };
}

fn read_plan(row: &kit::db::Row<'_>, at: usize) -> Result<Plan> {
    let benefits: String = row.get(at + 5)?;
    Ok(Plan {
        id: row.get(at)?,
        slug: row.get(at + 1)?,
        name: row.get(at + 2)?,
        price: row.get(at + 3)?,
        short_description: row.get(at + 4)?,
        benefits: serde_json::from_str(&benefits).map_err(Fault::because)?,
        discount_bp: row.get(at + 6)?,
        tier: row.get(at + 7)?,
        max_advance_days: row.get(at + 8)?,
        monthly_credits: row.get(at + 9)?,
        guest_passes: row.get(at + 10)?,
        mensuite_access: row.get(at + 11)?,
        coresync_private_access: row.get(at + 12)?,
        iot_control_access: row.get(at + 13)?,
        concierge: row.get(at + 14)?,
        priority_booking: row.get(at + 15)?,
        featured: row.get(at + 16)?,
        position: row.get(at + 17)?,
    })
}

/// The plans of a club, in its order.
///
/// # Errors
/// A fault of the database.
pub fn plans(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Plan>> {
    let mut plans = Vec::new();
    tx.each(
        sql!(concat!("SELECT ", plan_columns!(), " FROM plans p WHERE p.club_id = $1 ORDER BY p.position")),
        args![club],
        |row| {
            plans.push(read_plan(row, 0)?);
            Ok(())
        },
    )?;
    Ok(plans)
}

/// What a person's plan allows in a club.
///
/// # Errors
/// A fault of the database.
pub fn standing(tx: &mut Tx<'_>, club: Id, person: Id) -> Result<Standing> {
    let mut standing = Standing { person: Some(person), ..Standing::default() };
    let mut next: Option<Id> = None;
    tx.each(
        sql!(concat!(
            "SELECT m.id, m.status, m.started_on, m.paid_until, m.renews, m.auto_credit, m.frozen_from, m.frozen_until,
             m.next_plan_id, pe.birthday, ",
            plan_columns!(),
            " FROM memberships m JOIN plans p ON p.id = m.plan_id JOIN people pe ON pe.id = m.person_id
             WHERE m.person_id = $1 AND m.club_id = $2 AND m.status <> 'ended'"
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
            standing.birthday = row.get(9)?;
            standing.held = Some((membership, read_plan(row, 10)?));
            Ok(())
        },
    )?;
    let Some((membership, plan)) = standing.held.clone() else { return Ok(standing) };
    standing.today = Some(tx.now().to_zoned(catalogue::current(tx)?.club.zone.clone()).date());
    if let Some(next) = next {
        standing.next_plan = plans(tx, club)?.into_iter().find(|plan| plan.id == next);
    }
    if plan.monthly_credits.is_some_and(|credits| credits > 0) {
        standing.credits_used = tx.all(
            sql!("SELECT month, COUNT(*) FROM credit_uses WHERE membership_id = $1 GROUP BY month"),
            args![membership.id],
        )?;
    }
    if plan.guest_passes > 0 {
        standing.passes_used = tx.all(
            sql!("SELECT month, COUNT(*) FROM pass_uses WHERE membership_id = $1 GROUP BY month"),
            args![membership.id],
        )?;
    }
    if standing.birthday.is_some() {
        let years: Vec<(i64,)> =
            tx.all(sql!("SELECT year FROM birthday_uses WHERE person_id = $1"), args![person])?;
        standing.birthdays_used = years.into_iter().map(|(year,)| year).collect();
    }
    Ok(standing)
}

/// Adds a plan; its id is made.
///
/// # Errors
/// `slug_taken`.
pub fn add_plan(tx: &mut Tx<'_>, club: Id, plan: &Plan) -> Result<Id> {
    let id = tx.new_id()?;
    let benefits = serde_json::Value::from(plan.benefits.clone());
    tx.run(
        sql!(
            "INSERT INTO plans (id, club_id, slug, name, cents, short_description, benefits, discount_bp, tier,
             max_advance_days, monthly_credits, guest_passes, mensuite_access, coresync_private_access,
             iot_control_access, concierge, priority_booking, featured, position)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
        ),
        args![
            id,
            club,
            &plan.slug,
            &plan.name,
            plan.price,
            &plan.short_description,
            benefits,
            plan.discount_bp,
            plan.tier.as_str(),
            plan.max_advance_days,
            plan.monthly_credits,
            plan.guest_passes,
            plan.mensuite_access,
            plan.coresync_private_access,
            plan.iot_control_access,
            plan.concierge,
            plan.priority_booking,
            plan.featured,
            plan.position
        ],
    )
    .or_refuse("plans", &SLUG_TAKEN)?;
    kit::versions::bump(tx, catalogue::VERSION)?;
    Ok(id)
}

/// Makes a person a member. Not reachable from outside: joining goes through payment.
///
/// # Errors
/// `already_member`.
pub fn enrol(tx: &mut Tx<'_>, club: Id, new: &NewMembership) -> Result<Id> {
    let id = tx.new_id()?;
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO memberships (id, club_id, person_id, plan_id, status, started_on, paid_until, renews,
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
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
            now
        ],
    )
    .or_refuse("memberships", &ALREADY_MEMBER)?;
    Ok(id)
}

/// Every membership of whoever asks, with what became of it: as it is handed to whom it is of.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn export(tx: &mut Tx<'_>, by: &people::Actor) -> Result<Vec<serde_json::Value>> {
    use serde_json::json;
    let person = by.person()?.id;
    let held: Vec<(Id, String, String, jiff::civil::Date, jiff::civil::Date, bool)> = tx.all(
        sql!(
            "SELECT m.id, p.name, m.status, m.started_on, m.paid_until, m.renews FROM memberships m
             JOIN plans p ON p.id = m.plan_id WHERE m.person_id = $1 ORDER BY m.started_on, m.id"
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
        out.push(json!({"plan": plan, "status": status, "started_on": started_on, "paid_until": paid_until,
            "renews": renews, "events": events}));
    }
    Ok(out)
}
