//! SQL statements that read plans and their versions.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::db::{FromRow, Row};
use kit::{Error, Id, Result, Tx, args, sql};
use people::{Action, Actor};

use crate::model::Plan;

/// What is stored of a version besides the terms of its plan.
pub(crate) struct NewVersion {
    pub(crate) id: Id,
    pub(crate) plan: Id,
    /// The version number, counted from 1.
    pub(crate) n: i64,
    pub(crate) made_at: Timestamp,
    pub(crate) made_by: Option<Id>,
    pub(crate) effective_on: Date,
}

kit::record! {
    "plan_versions" as "v", plan_columns, insert_version;
    Plan {
        id: read "p.id",
        slug: read "p.slug",
        name: read "p.name",
        price: "cents",
        short_description: "short_description",
        benefits: json "benefits",
        discount_bp: "discount_bp",
        tier: read "p.tier",
        max_advance_days: "max_advance_days",
        monthly_credits: "monthly_credits",
        guest_passes: "guest_passes",
        mensuite_access: "mensuite_access",
        coresync_private_access: "coresync_private_access",
        iot_control_access: "iot_control_access",
        concierge: "concierge",
        priority_booking: "priority_booking",
        featured: read "p.featured",
        position: read "p.position",
    }
    with NewVersion {
        id: "id",
        plan: "plan_id",
        n: "n",
        made_at: "made_at",
        made_by: "made_by",
        effective_on: "effective_on",
    }
}

#[allow(clippy::single_component_path_imports, reason = "they make the macros paths for other files")]
pub(crate) use {insert_version, plan_columns};

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
            plan: Plan::from_columns(row, 6)?,
        })
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

/// Returns the plans of a club that a person can join now, in the order of the club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn plans(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Plan>> {
    let today = catalogue::today(tx)?;
    tx.all(sql!(concat!("SELECT ", plan_columns!(), of_club!())), args![club, today])
}

/// Returns the newest version in effect of each plan of a club, in the order of the club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn newest(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Version>> {
    let today = catalogue::today(tx)?;
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
