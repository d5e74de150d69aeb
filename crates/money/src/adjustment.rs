//! What the club gives up: comps and write-offs, by a manager, with a reason (T18). A price never changes for this.

use jiff::Timestamp;
use kit::{Cents, Error, Fields, Id, Result, Tx, args, row, sql};
use people::{Actor, AuditEvent, Subject};
use serde_json::json;

use crate::books;
use crate::model::Charge;
use crate::payment::to_decide;
use crate::refusals::{NOT_DELIVERED, NOTHING_DUE};

/// Why an amount is no longer charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentKind {
    /// The club gave it for free.
    Comp,
    /// The club gave up collecting it.
    WriteOff,
    /// A manager refunded it.
    Refund,
}

impl AdjustmentKind {
    /// The name of the kind in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            AdjustmentKind::Comp => "comp",
            AdjustmentKind::WriteOff => "write_off",
            AdjustmentKind::Refund => "refund",
        }
    }

    fn read(text: String) -> Option<AdjustmentKind> {
        [AdjustmentKind::Comp, AdjustmentKind::WriteOff, AdjustmentKind::Refund]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(AdjustmentKind, String, AdjustmentKind::read, |kind| kind.as_str().to_owned());

/// A comp, a write-off, or an approved refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Why the amount is no longer charged.
    pub kind: AdjustmentKind,
    /// The amount in cents.
    pub amount: Cents,
    /// The reason that the manager gave.
    pub reason: String,
    /// Who decided it.
    pub made_by: Option<Id>,
    /// When it was decided.
    pub made_at: Timestamp,
}

row!(Adjustment { kind, amount, reason, made_by, made_at });

/// Gives all or part of what is due for free. `None` is all of it.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may adjust charges, `own_account` if the subject is their own, `confirm_again`
/// if their sign-in is not confirmed, `Error::NotFound` if nothing is charged for it, `nothing_due` if nothing is due, and `Error::Invalid` if the amount
/// is 0 or more than what is due, or if the reason is missing.
pub fn comp(
    tx: &mut Tx<'_>,
    by: &Actor,
    subject: Subject,
    (amount, reason): (Option<Cents>, &str),
) -> Result<Charge> {
    give_up(tx, by, subject, AdjustmentKind::Comp, (amount, reason))
}

/// Writes off all or part of what is due for something that took place. `None` is all of it.
///
/// # Errors
/// Returns the same errors as [`comp`], and `wrong_state` before delivery.
pub fn write_off(
    tx: &mut Tx<'_>,
    by: &Actor,
    subject: Subject,
    (amount, reason): (Option<Cents>, &str),
) -> Result<Charge> {
    give_up(tx, by, subject, AdjustmentKind::WriteOff, (amount, reason))
}

fn give_up(
    tx: &mut Tx<'_>,
    by: &Actor,
    subject: Subject,
    kind: AdjustmentKind,
    (amount, reason): (Option<Cents>, &str),
) -> Result<Charge> {
    let charge = to_decide(tx, by, subject, reason)?;
    let due = charge.due();
    if due == Cents::ZERO {
        return Err(Error::refused(&NOTHING_DUE));
    }
    let charge = books::open(tx, subject, charge)?;
    let amount = amount.unwrap_or(due);
    if amount <= Cents::ZERO || amount > due {
        return Err(Fields::one("amount", format!("Enter an amount up to ${due}.")));
    }
    let is_comp = kind == AdjustmentKind::Comp;
    if !is_comp && charge.earned_at.is_none() {
        return Err(Error::refused(&NOT_DELIVERED));
    }
    let (comp, written_off) = if is_comp { (amount, Cents::ZERO) } else { (Cents::ZERO, amount) };
    let after =
        Charge { comp: charge.comp + comp, written_off: charge.written_off + written_off, ..charge.clone() }
            .with_status();
    let id = note(tx, by, (after.id, kind), (amount, reason))?;
    let part = format!("{} {id}", kind.as_str());
    books::changed(tx, subject, (&charge, &after), &part, Some((by, reason)))?;
    let event = if is_comp { AuditEvent::CompGiven } else { AuditEvent::AmountWrittenOff };
    let more = [("amount", json!(amount)), ("reason", json!(reason))];
    books::note(tx, by, event, subject, (&charge, &after, &more))?;
    Ok(after)
}

/// Stores an adjustment of a charge with its reason. Returns its id.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    by: &Actor,
    (charge, kind): (Id, AdjustmentKind),
    (amount, reason): (Cents, &str),
) -> Result<Id> {
    let (id, club, now) = (tx.new_id()?, tx.club()?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO charge_adjustments (id, club_id, charge_id, kind, cents, reason, made_by, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        args![id, club, charge, kind, amount, reason, by.id(), now],
    )?;
    Ok(id)
}

/// Returns the comps, write-offs, and approved refunds of a subject, the earliest first.
pub(crate) fn adjustments_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<Adjustment>> {
    let club = tx.club()?;
    tx.all(
        sql!(
            "SELECT a.kind, a.cents, a.reason, a.made_by, a.made_at FROM charge_adjustments a
             JOIN charges c ON c.id = a.charge_id
             WHERE c.club_id = $1 AND c.subject_id = $2 AND c.subject_kind = $3 ORDER BY a.made_at, a.id"
        ),
        args![club, subject.id, subject.kind],
    )
}
