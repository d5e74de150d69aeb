//! Overrides of single times, and undoing them.

use jiff::Timestamp;
use kit::{Error, Fault, Fields, Id, Refusal, Result, Tx, args, sql};
use membership::Tier;
use people::{Action, Actor, AuditEvent, AuditSubject, SubjectKind, note_change};
use scheduling::{MINUTES, begin, cell_at};
use serde_json::{Value, json};

use crate::rules::model::{Decision, Override, ReleaseEvent, read_decision, written};

/// There is no decision to undo.
pub const NOTHING_TO_UNDO: Refusal =
    Refusal::conflict("nothing_to_undo", "There’s no override for this time.");

/// The lowest and the highest price factor of a time, in basis points.
pub(crate) const FACTORS: (i64, i64) = (1_000, 50_000);
/// The largest number of hours before its start until which a time can be reserved.
pub(crate) const MOST_HOURS: i64 = 2_160;

/// An override with the person who made it and when.
#[derive(Debug, Clone)]
pub struct DecidedTime {
    /// The room, the start, and the decision.
    pub decided: Override,
    /// The person who made the decision.
    pub by: Option<Id>,
    /// When the decision was made.
    pub at: Timestamp,
}

impl kit::db::FromRow for DecidedTime {
    fn from_row(row: &kit::db::Row<'_>) -> Result<DecidedTime> {
        Ok(DecidedTime { decided: Override::from_row(row)?, by: row.get(5)?, at: row.get(6)? })
    }
}

/// Returns the overrides of starts in `[from, to)`, ordered by time.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time.
pub fn decided_times(
    tx: &mut Tx<'_>,
    by: &Actor,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<DecidedTime>> {
    let club = tx.club()?;
    by.need(Action::BookAnyTime)?;
    tx.all(
        sql!(
            "SELECT room_id, starts_at, decision, tier, number, decided_by, decided_at FROM time_overrides WHERE
             room_id IN (SELECT id FROM rooms WHERE club_id = $3) AND starts_at >= $1 AND starts_at < $2 ORDER BY
             starts_at, room_id"
        ),
        args![from, to, club],
    )
}

/// Sets the override of a single time. A later decision replaces an earlier one.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, and `Error::Invalid` if the room is unknown, the start
/// is in the past or not at a multiple of five minutes, or the factor, tier, or hours are not permitted.
pub fn decide(tx: &mut Tx<'_>, by: &Actor, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    by.need(Action::BookAnyTime)?;
    check(tx, room, starts_at, decision)?;
    let before = decided(tx, room, starts_at)?;
    write(tx, by, room, starts_at, decision)?;
    note(tx, by, (room, starts_at), (ReleaseEvent::Decided, AuditEvent::TimeDecided), before)
}

fn check(tx: &mut Tx<'_>, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    let mut fields = Fields::new();
    if catalogue::current(tx)?.room(room).is_none() {
        fields.add("room_id", "We couldn’t find that room.");
    }
    if begin(cell_at(starts_at)) != starts_at {
        fields.add("starts_at", format!("Start times must be on a {MINUTES}-minute mark."));
    }
    if starts_at < tx.now() {
        fields.add("starts_at", "That time has passed.");
    }
    match decision {
        Decision::Reprice(factor) if !(FACTORS.0..=FACTORS.1).contains(&factor) => {
            fields.add("factor", "Enter a percentage from 10% to 500%.");
        }
        Decision::Keep(Tier::None, _) => fields.add("tier", "Choose who it’s reserved for."),
        Decision::Keep(_, hours) if !(0..=MOST_HOURS).contains(&hours) => {
            fields.add("hours", format!("Enter hours from 0 to {MOST_HOURS}."));
        }
        _ => {}
    }
    fields.check()
}

fn write(tx: &mut Tx<'_>, by: &Actor, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    let (word, tier, number) = written(decision);
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

/// Returns the decision that currently applies to a time.
fn decided(tx: &mut Tx<'_>, room: Id, starts_at: Timestamp) -> Result<Option<Decision>> {
    let club = tx.club()?;
    let found: Option<Override> = tx.one(
        sql!(
            "SELECT room_id, starts_at, decision, tier, number FROM time_overrides
             WHERE room_id IN (SELECT id FROM rooms WHERE club_id = $3) AND room_id = $1 AND starts_at = $2"
        ),
        args![room, starts_at, club],
    )?;
    Ok(found.map(|found| found.decision))
}

fn note(
    tx: &mut Tx<'_>,
    by: &Actor,
    (room, starts_at): (Id, Timestamp),
    (event, audited): (ReleaseEvent, AuditEvent),
    before: Option<Decision>,
) -> Result<()> {
    let (id, now, club) = (tx.new_id()?, tx.now(), catalogue::current(tx)?.club.id);
    let shown = |decision: Option<Decision>| {
        decision.map(|decision| {
            let (word, tier, number) = written(decision);
            json!({"decision": word, "tier": tier.as_str(), "number": number})
        })
    };
    // The audit log stores the number under a name that says what it means.
    let logged = |decision: Option<Decision>| match decision {
        Some(Decision::Reprice(factor_bp)) => json!({"decision": "reprice", "factor_bp": factor_bp}),
        Some(Decision::Keep(tier, hours)) => {
            json!({"decision": "keep", "tier": tier.as_str(), "release_hours": hours})
        }
        Some(other) => json!({"decision": written(other).0}),
        None => Value::Null,
    };
    let subject = AuditSubject { kind: SubjectKind::Room, id: Some(room), name: &starts_at.to_string() };
    let after = decided(tx, room, starts_at)?;
    note_change(tx, by, audited, subject, (logged(before), logged(after)))?;
    let before = shown(before).map(|before| before.to_string());
    tx.run(
        sql!(
            "INSERT INTO release_events (id, club_id, room_id, starts_at, at, by_person, what, before)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        args![id, club, room, starts_at, now, by.id(), event.as_str(), before],
    )
    .map(drop)
}

/// Undoes the last change of the override of a time. The decision before it applies again, or none. Undoing twice
/// restores the decision. Returns the decision that now applies.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, and `nothing_to_undo` if no decision was ever made for
/// the time.
pub fn undo(tx: &mut Tx<'_>, by: &Actor, room: Id, starts_at: Timestamp) -> Result<Option<Decision>> {
    let club = tx.club()?;
    by.need(Action::BookAnyTime)?;
    let last: Option<(String, Option<String>)> = tx.one(
        sql!(
            "SELECT what, before FROM release_events WHERE club_id = $3 AND room_id = $1 AND starts_at = $2 ORDER BY
             id DESC LIMIT 1"
        ),
        args![room, starts_at, club],
    )?;
    let now = decided(tx, room, starts_at)?;
    let before = match last {
        Some((_, before)) => before.as_deref().map(read_before).transpose()?,
        // The decision was made before decisions were recorded in `release_events`.
        None if now.is_some() => None,
        None => return Err(Error::refused(&NOTHING_TO_UNDO)),
    };
    match before {
        Some(before) => write(tx, by, room, starts_at, before)?,
        None => {
            tx.run(
                sql!(
                    "DELETE FROM time_overrides WHERE room_id IN (SELECT id FROM rooms WHERE club_id = $3) AND room_id
                     = $1 AND starts_at = $2"
                ),
                args![room, starts_at, club],
            )?;
        }
    }
    note(tx, by, (room, starts_at), (ReleaseEvent::Undone, AuditEvent::TimeDecisionUndone), now)?;
    Ok(before)
}

fn read_before(text: &str) -> Result<Decision> {
    let stored: Value = serde_json::from_str(text).map_err(Fault::because)?;
    let word = |name: &str| stored.get(name).and_then(Value::as_str).unwrap_or_default();
    let tier = Tier::read(word("tier").to_owned()).unwrap_or(Tier::None);
    read_decision(word("decision"), tier, stored.get("number").and_then(Value::as_i64).unwrap_or_default())
}
