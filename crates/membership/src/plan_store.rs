//! SQL statements that read plans and their versions.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::db::{FromRow, Row};
use kit::{Error, Fault, Id, Result, Tx, args, sql};
use people::{Action, Actor};

use crate::model::Plan;

/// The columns of a version of a plan, in the order that [`read_plan`] expects.
macro_rules! plan_columns {
    () => {
        "p.id, p.slug, p.name, v.cents, v.short_description, v.benefits, v.discount_bp, p.tier, v.max_advance_days, \
         v.monthly_credits, v.guest_passes, v.mensuite_access, v.coresync_private_access, v.iot_control_access, \
         v.concierge, v.priority_booking, p.featured, p.position"
    };
}

pub(crate) use plan_columns;

/// Reads a version of a plan from the columns of a row that begin at `at`.
pub(crate) fn read_plan(row: &Row<'_>, at: usize) -> Result<Plan> {
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

/// A version of a plan.
#[derive(Debug, Clone)]
pub struct Version {
    /// The id of the version.
    pub id: Id,
    /// The version number, counted from 1.
    pub n: i64,
    /// When the version was created; 1970 for versions that are older than this record.
    pub made_at: Timestamp,
    /// The person who created it.
    pub made_by: Option<Id>,
    /// The first day on which people can join with this version; 1970 if it was never scheduled.
    pub effective_on: Date,
    /// The number of current members with this version.
    pub members: i64,
    /// The plan with the terms of this version.
    pub plan: Plan,
}

impl FromRow for Version {
    fn from_row(row: &Row<'_>) -> Result<Version> {
        Ok(Version {
            id: row.get(0)?,
            n: row.get(1)?,
            made_at: row.get(2)?,
            made_by: row.get(3)?,
            effective_on: row.get(4)?,
            members: row.get(5)?,
            plan: read_plan(row, 6)?,
        })
    }
}

impl FromRow for Plan {
    fn from_row(row: &Row<'_>) -> Result<Plan> {
        read_plan(row, 0)
    }
}

/// The FROM clause for the newest version in effect of each plan of a club ($1) on a day ($2), in the order of the club.
macro_rules! of_club {
    () => {
        " FROM plans p JOIN plan_versions v ON v.plan_id = p.id
         AND v.n = (SELECT MAX(n) FROM plan_versions w WHERE w.plan_id = p.id AND w.effective_on <= $2)
         WHERE p.club_id = $1 ORDER BY p.position"
    };
}

/// The columns of a version, before the columns of its plan.
macro_rules! version_columns {
    () => {
        "v.id, v.n, v.made_at, v.made_by, v.effective_on, (SELECT COUNT(*) FROM memberships m WHERE m.version_id = v.id AND m.status <> 'ended'), "
    };
}

/// Returns the current date of the club.
pub(crate) fn today(tx: &mut Tx<'_>) -> Result<Date> {
    Ok(tx.now().to_zoned(catalogue::current(tx)?.club.zone.clone()).date())
}

/// Returns the plans of a club that a person can join now, in the order of the club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn plans(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Plan>> {
    let today = today(tx)?;
    tx.all(sql!(concat!("SELECT ", plan_columns!(), of_club!())), args![club, today])
}

/// Returns the newest version in effect of each plan of a club, in the order of the club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn newest(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Version>> {
    let today = today(tx)?;
    tx.all(sql!(concat!("SELECT ", version_columns!(), plan_columns!(), of_club!())), args![club, today])
}

/// Returns the newest version in effect of the plan with this slug.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such plan.
pub(crate) fn newest_of(tx: &mut Tx<'_>, club: Id, slug: &str) -> Result<Version> {
    newest(tx, club)?.into_iter().find(|one| one.plan.slug == slug).ok_or(Error::NotFound)
}

/// Returns the plan with the terms of a version.
pub(crate) fn plan_at(tx: &mut Tx<'_>, version: Id) -> Result<Plan> {
    let club = tx.club()?;
    let found = tx.one(
        sql!(concat!(
            "SELECT ",
            plan_columns!(),
            " FROM plan_versions v JOIN plans p ON p.id = v.plan_id WHERE p.club_id = $2 AND v.id = $1"
        )),
        args![version, club],
    )?;
    found.ok_or(Error::NotFound)
}

/// Returns the number of the newest version of a plan, including those that are not in effect yet.
pub(crate) fn latest_number(tx: &mut Tx<'_>, plan: Id) -> Result<i64> {
    let found: Option<(i64,)> =
        tx.one(sql!("SELECT MAX(n) FROM plan_versions WHERE plan_id = $1"), args![plan])?;
    found.map(|(n,)| n).ok_or(Error::NotFound)
}

/// Returns all versions of a plan, including those that are not in effect yet, the newest first.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if there is no such plan.
pub fn plan_versions(tx: &mut Tx<'_>, by: &Actor, club: Id, slug: &str) -> Result<Vec<Version>> {
    by.need(Action::ManageCatalogue)?;
    let plan = newest_of(tx, club, slug)?.plan.id;
    tx.all(
        sql!(concat!(
            "SELECT ",
            version_columns!(),
            plan_columns!(),
            " FROM plan_versions v JOIN plans p ON p.id = v.plan_id
             WHERE p.club_id = $2 AND p.id = $1 ORDER BY v.n DESC"
        )),
        args![plan, club],
    )
}
