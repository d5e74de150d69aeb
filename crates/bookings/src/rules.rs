//! Release rules as they are kept: read under their version, changed by who manages the club; single times decided
//! by hand.

use std::sync::Arc;

use jiff::Timestamp;
use kit::versions::{self, Cached};
use kit::{Fault, Id, Result, Tx, args, sql};
use membership::Tier;
use people::{Action, Actor};

use crate::cells::{Cell, begin};
use crate::release::{Decision, Override, ReleaseRule};

/// The name of the rules' version.
const VERSION: &str = "release_rules";

/// What holds for a stretch of time.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Those that repeat every week.
    pub weekly: Arc<Vec<ReleaseRule>>,
    /// What was decided by hand in the stretch.
    pub overrides: Vec<Override>,
}

/// The rules of a club, and what was decided by hand for starts in `[from, to)`.
///
/// # Errors
/// A fault of the database.
pub fn rules(tx: &mut Tx<'_>, club: Id, (from, to): (Cell, Cell)) -> Result<Rules> {
    let weekly =
        tx.shelf::<Cached<Id, Vec<ReleaseRule>>>().get(tx, VERSION, club, |tx, _| weekly(tx, club))?;
    let overrides = tx.all(
        sql!(
            "SELECT room_id, starts_at, decision, tier, number FROM time_overrides
             WHERE starts_at >= $1 AND starts_at < $2 ORDER BY room_id, starts_at"
        ),
        args![begin(from), begin(to)],
    )?;
    Ok(Rules { weekly, overrides })
}

fn weekly(tx: &mut Tx<'_>, club: Id) -> Result<Vec<ReleaseRule>> {
    tx.all(
        sql!(
            "SELECT room_kinds, services, weekdays, from_minute, to_minute, tier, release_hours, factor_bp, tags
             FROM release_rules WHERE club_id = $1 ORDER BY id"
        ),
        args![club],
    )
}

fn list<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    serde_json::from_str(text).map_err(Fault::because)
}

fn text<T: serde::Serialize>(list: &[T]) -> Result<String> {
    serde_json::to_string(list).map_err(Fault::because)
}

impl kit::db::FromRow for ReleaseRule {
    fn from_row(row: &kit::db::Row<'_>) -> Result<ReleaseRule> {
        Ok(ReleaseRule {
            room_kinds: list(&row.get::<String>(0)?)?,
            services: list(&row.get::<String>(1)?)?,
            weekdays: list(&row.get::<String>(2)?)?,
            from: row.get(3)?,
            to: row.get(4)?,
            tier: row.get(5)?,
            release_hours: row.get(6)?,
            factor_bp: row.get(7)?,
            tags: list(&row.get::<String>(8)?)?,
        })
    }
}

impl kit::db::FromRow for Override {
    fn from_row(row: &kit::db::Row<'_>) -> Result<Override> {
        let (decision, tier, number): (String, Tier, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let decision = match decision.as_str() {
            "block" => Decision::Block,
            "open" => Decision::Open,
            "reprice" => Decision::Reprice(number),
            "keep" => Decision::Keep(tier, number),
            other => return Err(Fault::because(format!("no hand decides “{other}”"))),
        };
        Ok(Override { room: row.get(0)?, starts_at: row.get(1)?, decision })
    }
}

/// Adds a rule.
///
/// # Errors
/// `Error::Forbidden` unless `by` may manage the catalogue.
pub fn add_rule(tx: &mut Tx<'_>, by: &Actor, club: Id, rule: &ReleaseRule) -> Result<Id> {
    by.need(Action::ManageCatalogue)?;
    let id = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO release_rules (id, club_id, room_kinds, services, weekdays, from_minute, to_minute, tier,
             release_hours, factor_bp, tags) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        args![
            id,
            club,
            text(&rule.room_kinds)?,
            text(&rule.services)?,
            text(&rule.weekdays)?,
            rule.from,
            rule.to,
            rule.tier.as_str(),
            rule.release_hours,
            rule.factor_bp,
            text(&rule.tags)?
        ],
    )?;
    versions::bump(tx, VERSION)?;
    Ok(id)
}

/// Decides a single time by hand; a later decision replaces an earlier one.
///
/// # Errors
/// `Error::Forbidden` unless `by` may book any time.
pub fn decide(tx: &mut Tx<'_>, by: &Actor, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    by.need(Action::BookAnyTime)?;
    let (word, tier, number) = match decision {
        Decision::Block => ("block", Tier::None, 0),
        Decision::Open => ("open", Tier::None, 0),
        Decision::Reprice(factor_bp) => ("reprice", Tier::None, factor_bp),
        Decision::Keep(tier, hours) => ("keep", tier, hours),
    };
    let (person, now) = (by.person()?.id, tx.now());
    tx.run(
        sql!(
            "INSERT INTO time_overrides (room_id, starts_at, decision, tier, number, decided_by, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (room_id, starts_at) DO UPDATE
             SET decision = excluded.decision, tier = excluded.tier, number = excluded.number,
             decided_by = excluded.decided_by, decided_at = excluded.decided_at"
        ),
        args![room, starts_at, word, tier.as_str(), number, person, now],
    )
    .map(drop)
}
