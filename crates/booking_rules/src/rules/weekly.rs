//! The stored release rules. They are cached by their version and changed by people who may manage the catalogue.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::versions::{self, Cached};
use kit::{Error, Fields, Id, Result, Tx, args, sql};
use people::{Action, Actor, AuditEvent, AuditSubject, SubjectKind, note_change};
use scheduling::{Cell, begin};
use serde_json::{Value, json};

use crate::rules::model::{Override, ReleaseEvent, ReleaseRule, Rules, read_decision};

/// The name of the version of the release rules.
const VERSION: &str = "release_rules";

/// Returns the release rules of a club, and the overrides of starts in `[from, to)`.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn rules(tx: &mut Tx<'_>, club: Id, (from, to): (Cell, Cell)) -> Result<Rules> {
    let weekly =
        tx.caches::<Cached<Id, Vec<ReleaseRule>>>().get(tx, VERSION, club, |tx, _| weekly(tx, club))?;
    let overrides = tx.all(
        sql!(
            "SELECT room_id, starts_at, decision, tier, number FROM time_overrides WHERE room_id IN (SELECT id FROM
             rooms WHERE club_id = $3) AND starts_at >= $1 AND starts_at < $2 ORDER BY room_id, starts_at"
        ),
        args![begin(from), begin(to), club],
    )?;
    Ok(Rules { weekly, overrides })
}

kit::record! {
    "release_rules" as "r", rule_columns, insert_rule;
    ReleaseRule {
        room_kinds: json "room_kinds",
        services: json "services",
        weekdays: json "weekdays",
        from: "from_minute",
        to: "to_minute",
        tier: "tier",
        release_hours: "release_hours",
        factor_bp: "factor_bp",
        tags: json "tags",
    }
    with "id", "club_id"
}

fn weekly(tx: &mut Tx<'_>, club: Id) -> Result<Vec<ReleaseRule>> {
    tx.all(
        sql!(concat!(
            "SELECT ",
            rule_columns!(),
            " FROM release_rules r WHERE r.club_id = $1 AND r.ended_at IS NULL ORDER BY r.id"
        )),
        args![club],
    )
}

impl kit::db::FromRow for Override {
    fn from_row(row: &kit::db::Row<'_>) -> Result<Override> {
        let decision = read_decision(&row.get::<String>(2)?, row.get(3)?, row.get(4)?)?;
        Ok(Override { room: row.get(0)?, starts_at: row.get(1)?, decision })
    }
}

/// A release rule as it is stored.
#[derive(Debug, Clone)]
pub struct StoredRule {
    /// The id of the rule.
    pub id: Id,
    /// When the rule was ended, if it was.
    pub ended_at: Option<Timestamp>,
    /// When the rule was changed last, and by whom. `None` for rules from before changes were recorded.
    pub changed: Option<(Timestamp, Option<Id>)>,
    /// The content of the rule.
    pub rule: ReleaseRule,
}

/// Returns every rule of a club in the order in which they were added, including ended ones.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue.
pub fn all_rules(tx: &mut Tx<'_>, by: &Actor, club: Id) -> Result<Vec<StoredRule>> {
    by.need(Action::ManageCatalogue)?;
    let changes: Vec<(Id, Timestamp, Option<Id>)> = tx.all(
        sql!(
            "SELECT rule_id, at, by_person FROM release_events WHERE club_id = $1 AND rule_id IS NOT NULL ORDER BY id"
        ),
        args![club],
    )?;
    let changes: HashMap<Id, (Timestamp, Option<Id>)> =
        changes.into_iter().map(|(rule, at, by)| (rule, (at, by))).collect();
    let mut found = Vec::new();
    tx.each(
        sql!(concat!(
            "SELECT r.id, r.ended_at, ",
            rule_columns!(),
            " FROM release_rules r WHERE r.club_id = $1 ORDER BY r.id"
        )),
        args![club],
        |row| {
            let (id, rule) = (row.get(0)?, ReleaseRule::from_columns(row, 2)?);
            found.push(StoredRule { id, ended_at: row.get(1)?, changed: changes.get(&id).copied(), rule });
            Ok(())
        },
    )?;
    Ok(found)
}

/// Returns a rule that has not been ended.
fn rule(tx: &mut Tx<'_>, club: Id, id: Id) -> Result<ReleaseRule> {
    let found = tx.one(
        sql!(concat!(
            "SELECT ",
            rule_columns!(),
            " FROM release_rules r WHERE r.club_id = $1 AND r.id = $2 AND r.ended_at IS NULL"
        )),
        args![club, id],
    )?;
    found.ok_or(Error::NotFound)
}

/// Adds a rule and returns its id.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::Invalid` if a service of the rule is
/// unknown.
pub fn add_rule(tx: &mut Tx<'_>, by: &Actor, club: Id, rule: &ReleaseRule) -> Result<Id> {
    by.need(Action::ManageCatalogue)?;
    check(tx, rule)?;
    let id = tx.new_id()?;
    tx.run(sql!(insert_rule!()), [rule.values(), args![id, club].to_vec()].concat())?;
    note_rule(tx, by, club, id, (None, Some(rule)))?;
    Ok(id)
}

/// Returns an error unless the club has every service of the rule.
fn check(tx: &mut Tx<'_>, rule: &ReleaseRule) -> Result<()> {
    let catalogue = catalogue::current(tx)?;
    if rule.services.iter().all(|service| catalogue.service(*service).is_some()) {
        return Ok(());
    }
    Err(Fields::one("services", "We couldn’t find that service."))
}

/// Replaces the content of a rule.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, `Error::NotFound` if the rule is unknown or was
/// ended, and `Error::Invalid` if a service of the new content is unknown.
pub fn edit_rule(tx: &mut Tx<'_>, by: &Actor, club: Id, id: Id, to: &ReleaseRule) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    let before = rule(tx, club, id)?;
    check(tx, to)?;
    tx.run(
        sql!(
            "UPDATE release_rules SET room_kinds = $1, services = $2, weekdays = $3, from_minute = $4, to_minute = $5,
             tier = $6, release_hours = $7, factor_bp = $8, tags = $9 WHERE club_id = $11 AND id = $10 AND ended_at IS
             NULL"
        ),
        [to.values(), args![id, club].to_vec()].concat(),
    )?;
    note_rule(tx, by, club, id, (Some(&before), Some(to)))
}

/// Ends a rule. It no longer applies but stays readable.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if the rule is unknown or
/// was ended.
pub fn end_rule(tx: &mut Tx<'_>, by: &Actor, club: Id, id: Id) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    let before = rule(tx, club, id)?;
    let now = tx.now();
    tx.run(
        sql!("UPDATE release_rules SET ended_at = $1 WHERE club_id = $3 AND id = $2 AND ended_at IS NULL"),
        args![now, id, club],
    )?;
    note_rule(tx, by, club, id, (Some(&before), None))
}

/// Returns a rule as JSON, for the record of a change.
fn shown(rule: &ReleaseRule) -> Value {
    json!({"room_kinds": rule.room_kinds, "services": rule.services, "weekdays": rule.weekdays, "from": rule.from,
        "to": rule.to, "tier": rule.tier.as_str(), "release_hours": rule.release_hours,
        "factor_bp": rule.factor_bp, "tags": rule.tags})
}

fn note_rule(
    tx: &mut Tx<'_>,
    by: &Actor,
    club: Id,
    rule: Id,
    (before, after): (Option<&ReleaseRule>, Option<&ReleaseRule>),
) -> Result<()> {
    let (id, now) = (tx.new_id()?, tx.now());
    let before = before.map(shown);
    let (event, audited) = match (&before, after) {
        (None, _) => (ReleaseEvent::Added, AuditEvent::RuleAdded),
        (Some(_), Some(_)) => (ReleaseEvent::Edited, AuditEvent::RuleChanged),
        (Some(_), None) => (ReleaseEvent::Ended, AuditEvent::RuleEnded),
    };
    let subject = AuditSubject { kind: SubjectKind::Rule, id: Some(rule), name: "" };
    note_change(tx, by, audited, subject, (json!(before), json!(after.map(shown))))?;
    tx.run(
        sql!(
            "INSERT INTO release_events (id, club_id, rule_id, at, by_person, what, before)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![id, club, rule, now, by.id(), event.as_str(), before.map(|before| before.to_string())],
    )?;
    versions::bump(tx, VERSION)
}
