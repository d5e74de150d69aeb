//! What becomes of a membership without a card: leaving and staying, freezing, changing down, dues taken at the desk, and
//! what the calendar does to it (M5 to M7).

use catalogue::Number;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use kit::jobs::Job;
use kit::{Error, Fault, Id, Refusal, Result, Tx, args, sql};
use people::{Action, Actor};
use serde::{Deserialize, Serialize};

use crate::model::{Membership, Plan, Status};
use crate::standing::Standing;
use crate::store;

/// Days for which benefits stay while dues are unpaid (M7).
pub(crate) const GRACE_DAYS: Number =
    Number::new("grace_days", "Days for which benefits stay while dues are unpaid", 7, 0, 60);
/// Months in a calendar year for which a membership may be frozen (M6).
pub(crate) const FROZEN_MONTHS: Number =
    Number::new("frozen_months", "Months in a year for which a membership may be frozen", 3, 0, 12);
/// Every number of this house.
pub const NUMBERS: [Number; 2] = [GRACE_DAYS, FROZEN_MONTHS];

/// There is no plan to do this with.
pub const NO_PLAN: Refusal = Refusal::conflict("no_plan", "There is no membership to do this with.");
/// Not as the membership stands.
pub const WRONG_STATE: Refusal =
    Refusal::conflict("wrong_state", "This can't be done with this membership as it stands.");
/// Joining or changing up needs a payment.
pub const CARD_NEEDED: Refusal =
    Refusal::conflict("card_needed", "This needs a payment first. Please ask at the desk.");
/// As many months as a year allows.
pub const FROZEN_ENOUGH: Refusal =
    Refusal::conflict("frozen_enough", "A membership can't be frozen for longer this year.");

/// Somebody's plan counts on other days than before: what was booked on those days follows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Changed {
    /// Whose.
    pub person: Id,
}

impl Job for Changed {
    const KIND: &'static str = "membership.changed";
}

/// The work of every night; it asks for the next one itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Turn {}

impl Job for Turn {
    const KIND: &'static str = "membership.turn";
}

/// A person's open membership, for themselves or for staff.
fn held(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<(Standing, Membership, Plan)> {
    if by.person()?.id != person {
        by.need(Action::BookForOthers)?;
        people::person(tx, person)?;
    }
    tx.line_up(person)?;
    let club = catalogue::current(tx)?.club.id;
    let standing = store::standing(tx, club, person)?;
    let (membership, plan) = standing.held.clone().ok_or_else(|| Error::refused(&NO_PLAN))?;
    Ok((standing, membership, plan))
}

fn changed(tx: &mut Tx<'_>, by: Option<Id>, membership: Id, person: Id, what: &str) -> Result<()> {
    let (id, now) = (tx.new_id()?, tx.now());
    tx.run(
        sql!("INSERT INTO membership_events (id, membership_id, at, by_person, what) VALUES ($1, $2, $3, $4, $5)"),
        args![id, membership, now, by, what],
    )?;
    tx.enqueue(&Changed { person }, now)
}

/// Leaves at the end of what is paid (M5).
///
/// # Errors
/// `no_plan`; `wrong_state` if that is so already.
pub fn leave(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<()> {
    set_renews(tx, by, person, false)
}

/// Takes leaving back, as long as it has not happened.
///
/// # Errors
/// `no_plan`; `wrong_state` if nobody is leaving.
pub fn stay(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<()> {
    set_renews(tx, by, person, true)
}

fn set_renews(tx: &mut Tx<'_>, by: &Actor, person: Id, renews: bool) -> Result<()> {
    let (_, membership, _) = held(tx, by, person)?;
    if membership.renews == renews {
        return Err(Error::refused(&WRONG_STATE));
    }
    tx.run(sql!("UPDATE memberships SET renews = $1 WHERE id = $2"), args![renews, membership.id])?;
    changed(tx, Some(by.person()?.id), membership.id, person, if renews { "stays" } else { "leaves" })
}

/// Changes to a plan that costs less from the day after what is paid (M5). One that costs more needs a payment.
///
/// # Errors
/// `no_plan`, `card_needed`; `Error::NotFound` for an unknown plan.
pub fn change_down(tx: &mut Tx<'_>, by: &Actor, person: Id, slug: &str) -> Result<()> {
    let (_, membership, plan) = held(tx, by, person)?;
    let club = catalogue::current(tx)?.club.id;
    let next = store::plans(tx, club)?.into_iter().find(|one| one.slug == slug).ok_or(Error::NotFound)?;
    if next.price > plan.price {
        return Err(Error::refused(&CARD_NEEDED));
    }
    let next_id = (next.id != plan.id).then_some(next.id);
    tx.run(sql!("UPDATE memberships SET next_plan_id = $1 WHERE id = $2"), args![next_id, membership.id])?;
    changed(tx, Some(by.person()?.id), membership.id, person, "changes_down")
}

/// Freezes for so many whole billing months from the next one on: no dues, no benefits (M6).
///
/// # Errors
/// `no_plan`; `wrong_state` while one is frozen or leaves; `frozen_enough`.
pub fn freeze(tx: &mut Tx<'_>, by: &Actor, person: Id, months: i64) -> Result<(Date, Date)> {
    let (_, membership, _) = held(tx, by, person)?;
    let most = catalogue::current(tx)?.number(FROZEN_MONTHS);
    if !membership.renews || membership.frozen.is_some() || membership.status != Status::Active {
        return Err(Error::refused(&WRONG_STATE));
    }
    let from = membership.paid_until.tomorrow().map_err(Fault::because)?;
    let until = after_months(membership.started_on, membership.paid_until, months)?;
    let year = format!("frozen_{}_", from.year());
    let before: Vec<(String,)> = tx.all(
        sql!("SELECT what FROM membership_events WHERE membership_id = $1 AND what LIKE $2"),
        args![membership.id, format!("{year}%")],
    )?;
    let before: i64 = before.iter().filter_map(|(what,)| what.strip_prefix(&year)?.parse::<i64>().ok()).sum();
    if before + months > most {
        return Err(Error::refused(&FROZEN_ENOUGH));
    }
    tx.run(
        sql!("UPDATE memberships SET frozen_from = $1, frozen_until = $2, paid_until = $2 WHERE id = $3"),
        args![from, until, membership.id],
    )?;
    changed(tx, Some(by.person()?.id), membership.id, person, &format!("{year}{months}"))?;
    Ok((from, until))
}

/// The last day of so many billing months after what is paid.
fn after_months(joined: Date, paid_until: Date, months: i64) -> Result<Date> {
    let first = paid_until.tomorrow().map_err(Fault::because)?;
    let month = first.checked_add(months.months()).map_err(Fault::because)?;
    // Months are counted from the day of joining; one without that day begins on its last.
    let day = joined.day().min(month.days_in_month());
    let next = Date::new(month.year(), month.month(), day).map_err(Fault::because)?;
    next.yesterday().map_err(Fault::because)
}

/// Notes that a month's dues were paid at the desk: benefits are back, if they were away.
///
/// # Errors
/// `Error::Forbidden` unless `by` may take payments; `no_plan`.
pub fn take_dues(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<Date> {
    by.need(Action::BookForOthers)?;
    let (_, membership, _) = held(tx, by, person)?;
    let until = after_months(membership.started_on, membership.paid_until, 1)?;
    tx.run(
        sql!("UPDATE memberships SET paid_until = $1, status = 'active' WHERE id = $2"),
        args![until, membership.id],
    )?;
    changed(tx, Some(by.person()?.id), membership.id, person, "dues_taken")?;
    Ok(until)
}

/// Whether credits are used without asking (P3).
///
/// # Errors
/// `no_plan`.
pub fn set_auto_credit(tx: &mut Tx<'_>, by: &Actor, auto: bool) -> Result<()> {
    let (_, membership, _) = held(tx, by, by.person()?.id)?;
    tx.run(sql!("UPDATE memberships SET auto_credit = $1 WHERE id = $2"), args![auto, membership.id])
        .map(drop)
}

/// What the calendar does: unpaid dues bring grace, then suspension (M7); who leaves has left; who changes down has the
/// other plan; who froze is thawed. Safe to run twice, or late. How many changed.
///
/// # Errors
/// A fault of the database.
pub fn turn(tx: &mut Tx<'_>) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let today = tx.now().to_zoned(catalogue.club.zone.clone()).date();
    let last_of_grace = today.checked_sub(catalogue.number(GRACE_DAYS).days()).map_err(Fault::because)?;
    let due: Vec<(Id, Id, Status, Date, bool, Option<Id>)> = tx.all(
        sql!(
            "SELECT id, person_id, status, paid_until, renews, next_plan_id FROM memberships
             WHERE status <> 'ended' AND paid_until < $1 ORDER BY id"
        ),
        args![today],
    )?;
    let mut turned = 0;
    for (id, person, status, paid_until, renews, next) in due {
        let to = match status {
            _ if !renews => Status::Ended,
            Status::Suspended => Status::Suspended,
            _ if paid_until < last_of_grace => Status::Suspended,
            _ => Status::Grace,
        };
        if let Some(next) = next.filter(|_| renews) {
            tx.run(
                sql!("UPDATE memberships SET plan_id = $1, next_plan_id = NULL WHERE id = $2"),
                args![next, id],
            )?;
        }
        if to != status {
            let moved = tx.run(
                sql!("UPDATE memberships SET status = $1 WHERE id = $2 AND status = $3"),
                args![to.as_str(), id, status.as_str()],
            )?;
            turned += moved;
            changed(tx, None, id, person, to.as_str())?;
        }
    }
    tx.run(
        sql!("UPDATE memberships SET frozen_from = NULL, frozen_until = NULL WHERE frozen_until < $1"),
        args![today],
    )?;
    tx.enqueue(&Turn {}, tx.now() + SignedDuration::from_hours(24))?;
    Ok(turned)
}
