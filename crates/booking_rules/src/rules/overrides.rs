//! Single times that are decided by hand, and taking that back.

use jiff::Timestamp;
use kit::{Error, Fault, Fields, Id, Refusal, Result, Tx, args, sql};
use membership::Tier;
use people::{Action, Actor, AuditSubject, note_change};
use scheduling::{MINUTES, begin, cell_at};
use serde_json::{Value, json};

use crate::rules::model::{Decision, Override, read_decision, written};

/// There is nothing to take back.
pub const NOTHING_TO_UNDO: Refusal =
    Refusal::conflict("nothing_to_undo", "Nobody has decided anything for this time.");

/// The least and the most that a time's price is multiplied with, in basis points.
pub(crate) const FACTORS: (i64, i64) = (1_000, 50_000);
/// For how many hours before its start a time is kept, at most.
pub(crate) const MOST_HOURS: i64 = 2_160;

/// A decision by hand, with who made it and when.
#[derive(Debug, Clone)]
pub struct DecidedTime {
    /// Where and when, and what.
    pub decided: Override,
    /// By whom.
    pub by: Option<Id>,
    /// When.
    pub at: Timestamp,
}

impl kit::db::FromRow for DecidedTime {
    fn from_row(row: &kit::db::Row<'_>) -> Result<DecidedTime> {
        Ok(DecidedTime { decided: Override::from_row(row)?, by: row.get(5)?, at: row.get(6)? })
    }
}

/// What was decided by hand for starts in `[from, to)`, in the order of time.
///
/// # Errors
/// `Error::Forbidden` unless `by` may book any time.
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

/// Decides a single time by hand; a later decision replaces an earlier one.
///
/// # Errors
/// `Error::Forbidden` unless `by` may book any time; `Error::Invalid` for what makes no sense.
pub fn decide(tx: &mut Tx<'_>, by: &Actor, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    by.need(Action::BookAnyTime)?;
    check(tx, room, starts_at, decision)?;
    let before = decided(tx, room, starts_at)?;
    write(tx, by, room, starts_at, decision)?;
    note(tx, by, (room, starts_at), "decided", before)
}

fn check(tx: &mut Tx<'_>, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    let mut fields = Fields::new();
    if catalogue::current(tx)?.room(room).is_none() {
        fields.add("room_id", "There is no such room.");
    }
    if begin(cell_at(starts_at)) != starts_at {
        fields.add("starts_at", format!("A time begins at a multiple of {MINUTES} minutes."));
    }
    if starts_at < tx.now() {
        fields.add("starts_at", "This time is over.");
    }
    match decision {
        Decision::Reprice(factor) if !(FACTORS.0..=FACTORS.1).contains(&factor) => {
            fields.add("factor", "A factor is from 0.10 to 5.00.");
        }
        Decision::Keep(Tier::None, _) => fields.add("tier", "Say for whom it is kept."),
        Decision::Keep(_, hours) if !(0..=MOST_HOURS).contains(&hours) => {
            fields.add("hours", format!("Hours from 0 to {MOST_HOURS}."));
        }
        _ => {}
    }
    fields.check()
}

fn write(tx: &mut Tx<'_>, by: &Actor, room: Id, starts_at: Timestamp, decision: Decision) -> Result<()> {
    let (word, tier, setting) = written(decision);
    let (person, now) = (by.person()?.id, tx.now());
    tx.run(
        sql!(
            "INSERT INTO time_overrides (room_id, starts_at, decision, tier, number, decided_by, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (room_id, starts_at) DO UPDATE
             SET decision = excluded.decision, tier = excluded.tier, number = excluded.number,
             decided_by = excluded.decided_by, decided_at = excluded.decided_at"
        ),
        args![room, starts_at, word, tier.as_str(), setting, person, now],
    )
    .map(drop)
}

/// What is decided for a time now.
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
    what: &str,
    before: Option<Decision>,
) -> Result<()> {
    let (id, now, club) = (tx.new_id()?, tx.now(), catalogue::current(tx)?.club.id);
    let shown = |decision: Option<Decision>| {
        decision.map(|decision| {
            let (word, tier, setting) = written(decision);
            json!({"decision": word, "tier": tier.as_str(), "number": setting})
        })
    };
    // The log names what the number means.
    let logged = |decision: Option<Decision>| match decision {
        Some(Decision::Reprice(factor_bp)) => json!({"decision": "reprice", "factor_bp": factor_bp}),
        Some(Decision::Keep(tier, hours)) => {
            json!({"decision": "keep", "tier": tier.as_str(), "release_hours": hours})
        }
        Some(other) => json!({"decision": written(other).0}),
        None => Value::Null,
    };
    let subject = AuditSubject { kind: "room", id: Some(room), name: &starts_at.to_string() };
    let kind = if what == "undone" { "time_decision_undone" } else { "time_decided" };
    let after = decided(tx, room, starts_at)?;
    note_change(tx, by, kind, subject, (logged(before), logged(after)))?;
    let before = shown(before).map(|before| before.to_string());
    tx.run(
        sql!(
            "INSERT INTO release_events (id, club_id, room_id, starts_at, at, by_person, what, before)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        args![id, club, room, starts_at, now, by.id(), what, before],
    )
    .map(drop)
}

/// Takes the last decision for a time back: what was decided before it counts again, or nothing.
///
/// # Errors
/// `Error::Forbidden` unless `by` may book any time; `nothing_to_undo`.
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
        // Decided before that was noted.
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
    note(tx, by, (room, starts_at), "undone", now)?;
    Ok(before)
}

fn read_before(text: &str) -> Result<Decision> {
    let stored: Value = serde_json::from_str(text).map_err(Fault::because)?;
    let word = |name: &str| stored.get(name).and_then(Value::as_str).unwrap_or_default();
    let tier = Tier::read(word("tier").to_owned()).unwrap_or(Tier::None);
    read_decision(word("decision"), tier, stored.get("number").and_then(Value::as_i64).unwrap_or_default())
}
