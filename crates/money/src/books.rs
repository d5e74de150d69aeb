//! The entries of charges in the ledger (docs/ledger.md).

use kit::{Cents, Id, Result, Tx, args, sql};
use ledger::{BusinessEvent, EventKey, EventSource, SubjectAmount, events};
use people::{Actor, AuditEvent, AuditSubject, Subject, SubjectKind};
use serde_json::{Value, json};

use crate::model::Charge;
use crate::position::{Position, entry};
use crate::store::{current, lines_of, opened, taxes_of, update};

/// Records what a change of a charge moves. `part` says what happened to this version. Dues are not delivered; their
/// entries are those of their payments. `decided` is who decided the change, and the reason, if a person did.
pub(crate) fn moved(
    tx: &mut Tx<'_>,
    (subject, charge): (Subject, &Charge),
    part: &str,
    positions: (&Position, &Position),
    decided: Option<(&Actor, &str)>,
) -> Result<()> {
    if subject.kind == SubjectKind::Membership {
        return Ok(());
    }
    let event = BusinessEvent::new(EventKey::new(EventSource::Charge, charge.id, part), tx.now());
    let entry = entry(&event, (subject, charge.person), positions)?;
    let entry = match decided {
        Some((by, reason)) => entry.by(by, reason),
        None => entry,
    };
    ledger::record(tx, &entry).map(drop)
}

/// Stores a change of a charge that leaves its lines as they are, and records what it moves, as [`moved`] does.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    subject: Subject,
    (before, after): (&Charge, &Charge),
    part: &str,
    decided: Option<(&Actor, &str)>,
) -> Result<()> {
    update(tx, after)?;
    let (lines, taxes) = (lines_of(tx, after.id)?, taxes_of(tx, after.id)?);
    let positions = (Position::of(before, &lines, &taxes), Position::of(after, &lines, &taxes));
    moved(tx, (subject, after), part, (&positions.0, &positions.1), decided)
}

/// Records an operation on a charge in the audit log: its amounts before and after, and `more` about the operation.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    by: &Actor,
    event: AuditEvent,
    subject: Subject,
    (before, after, more): (&Charge, &Charge, &[(&str, Value)]),
) -> Result<()> {
    let amounts = |charge: &Charge| json!({"due": charge.due(), "to_refund": charge.to_refund(), "paid": charge.paid, "refunded": charge.refunded});
    let (before, mut after) = (amounts(before), amounts(after));
    for (name, value) in more {
        after[*name] = value.clone();
    }
    let subject = AuditSubject { kind: subject.kind, id: Some(subject.id), name: "" };
    people::note_change(tx, by, event, subject, (before, after))
}

/// Returns a charge whose opening entry is recorded: a charge that was delivered and due when the ledger began is owed
/// from then on (row 39).
pub(crate) fn open(tx: &mut Tx<'_>, subject: Subject, charge: Charge) -> Result<Charge> {
    if !charge.needs_opening {
        return Ok(charge);
    }
    let event = BusinessEvent::new(EventKey::new(EventSource::Opening, charge.id, ""), tx.now());
    let due = SubjectAmount { subject, person: charge.person, amount: charge.due() };
    ledger::record(tx, &events::receivable_before(event, &[due]))?;
    opened(tx, charge.id)?;
    Ok(Charge { needs_opening: false, ..charge })
}

/// Records the opening entries of charges that were delivered and due before the ledger began, at most `most` of them.
/// Returns how many it recorded.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn record_openings(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let club = tx.club()?;
    let waiting: Vec<(SubjectKind, Id)> = tx.all(
        sql!(
            "SELECT subject_kind, subject_id FROM charges WHERE club_id = $1 AND needs_opening = TRUE
             AND replaced_at IS NULL ORDER BY id LIMIT $2"
        ),
        args![club, most],
    )?;
    let mut recorded = 0;
    for (kind, id) in waiting {
        let subject = Subject { kind, id };
        if let Some(charge) = current(tx, subject)?
            && charge.needs_opening
            && charge.due() > Cents::ZERO
        {
            open(tx, subject, charge)?;
            recorded += 1;
        }
    }
    Ok(recorded)
}
