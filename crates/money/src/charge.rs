//! Charges: what one subject costs one person now (T7). Each change is a version. What was paid stays with the subject.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Cents, Id, Result, Tx, args, sql};
use people::{Actor, Subject, SubjectKind};

use crate::books;
use crate::line::{Line, LineKind, REFUND};
use crate::model::{Bill, Charge, PaymentStatus, by_kind};
use crate::position::Position;
use crate::store::{
    current, current_unless_void, find, insert, insert_lines, lines_of, replaced, taxes_of, update,
};
use crate::tax::{TaxShare, tax_rates_on};

/// Creates the first charge of a subject with its tax and its lines. Charges for fees alone are earned at once (T12).
///
/// # Errors
/// Returns a fault if the subject has a charge, or if the database fails.
pub fn charge(tx: &mut Tx<'_>, bill: &Bill) -> Result<Charge> {
    write(tx, bill, None)
}

/// Replaces the charge of the subject of `bill` by a new version with these lines. What was paid for the subject stays
/// with it: it pays for the new version, and what is not needed has to be sent back (T7). Returns `None` if nothing is
/// charged anymore and nothing was paid.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn replace(tx: &mut Tx<'_>, bill: &Bill) -> Result<Option<Charge>> {
    let current = current(tx, bill.subject)?;
    let was_paid = current.as_ref().is_some_and(|charge| charge.paid > Cents::ZERO);
    match current {
        None if bill.lines.is_empty() => Ok(None),
        Some(charge) if bill.lines.is_empty() && !was_paid && charge.earned_at.is_none() => {
            update(tx, &Charge { status: PaymentStatus::Void, ..charge })?;
            Ok(None)
        }
        Some(charge) => {
            let mut bill = bill.clone();
            let refunded = still_refunded(&lines_of(tx, charge.id)?, &bill.lines);
            bill.lines.extend(refunded);
            write(tx, &bill, Some(charge)).map(Some)
        }
        None => write(tx, bill, None).map(Some),
    }
}

/// Returns the lines with which a manager's refunds lower the next version too (T8): those of the version before, of
/// each kind of sale at most what the next version charges.
fn still_refunded(before: &[Line], next: &[Line]) -> Vec<Line> {
    let mut charged = by_kind(next);
    let mut lines = Vec::new();
    for line in before.iter().filter(|line| line.code == REFUND) {
        let Some(left) = charged.get_mut(&line.kind) else { continue };
        let amount = line.amount.max(-*left).min(Cents::ZERO);
        if amount < Cents::ZERO {
            *left += amount;
            lines.push(Line { amount, ..line.clone() });
        }
    }
    lines
}

/// Makes an earlier version count again, as a new version. Without `earlier`, it is the newest version that was
/// replaced or is void. Returns `false` if there is none.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn reinstate(tx: &mut Tx<'_>, subject: Subject, earlier: Option<Id>) -> Result<bool> {
    let Some(now) = current(tx, subject)? else { return Ok(false) };
    let club = tx.club()?;
    let found: Option<(Id, Date)> = tx.one(
        sql!(
            "SELECT id, taxed_on FROM charges WHERE club_id = $1 AND subject_id = $2 AND subject_kind = $3 AND status = 'void'
             AND (id = $4 OR $4 = 0) ORDER BY version DESC LIMIT 1"
        ),
        args![club, subject.id, subject.kind, earlier.unwrap_or(Id(0))],
    )?;
    let Some((earlier, taxed_on)) = found else { return Ok(false) };
    let bill = Bill { subject, club, person: now.person, lines: lines_of(tx, earlier)? };
    // The tax is that of the earlier version, because its price counts again.
    let taxes = taxes_of(tx, earlier)?;
    let earned_at = earned_at_once(tx, &bill.lines);
    write_version(tx, &bill, (taxes, taxed_on), Some(now), (earned_at, None))?;
    Ok(true)
}

/// Writes the first charge of a subject as delivered and paid, without an entry in the ledger.
pub(crate) fn import(tx: &mut Tx<'_>, bill: &Bill) -> Result<Charge> {
    let (today, now) = (catalogue::today(tx)?, tx.now());
    let taxes = tax_rates_on(tx, today)?.shares(&bill.lines);
    let charge = next_version(tx, bill, (&taxes, today), (None, Some(now)))?;
    let charge = Charge { paid: charge.total(), ..charge }.with_status();
    insert(tx, bill, &charge)?;
    insert_lines(tx, charge.id, &bill.lines, &taxes)?;
    Ok(charge)
}

/// Writes a charge: the version after `before`, or the first. Records what moves in the ledger.
fn write(tx: &mut Tx<'_>, bill: &Bill, before: Option<Charge>) -> Result<Charge> {
    let today = catalogue::today(tx)?;
    let taxes = tax_rates_on(tx, today)?.shares(&bill.lines);
    let earned_at = earned_at_once(tx, &bill.lines);
    write_version(tx, bill, (taxes, today), before, (earned_at, None))
}

/// Returns the current time if lines are earned as soon as they are charged: fees alone (T12).
fn earned_at_once(tx: &Tx<'_>, lines: &[Line]) -> Option<Timestamp> {
    let is_fee = !lines.is_empty() && lines.iter().all(|line| line.kind == LineKind::Fee);
    is_fee.then(|| tx.now())
}

/// Writes a version with its lines and its tax by the rates of a day. `earned_at` is when it was delivered, and
/// `decided` who decided it, with the reason, if a person did.
pub(crate) fn write_version(
    tx: &mut Tx<'_>,
    bill: &Bill,
    (taxes, taxed_on): (Vec<TaxShare>, Date),
    before: Option<Charge>,
    (earned_at, decided): (Option<Timestamp>, Option<(&Actor, &str)>),
) -> Result<Charge> {
    let before = before.map(|before| books::open(tx, bill.subject, before)).transpose()?;
    let charge = next_version(tx, bill, (&taxes, taxed_on), (before.as_ref(), earned_at))?.with_status();
    let position_before = match &before {
        Some(before) => {
            replaced(tx, before.id)?;
            let (lines, taxes) = (lines_of(tx, before.id)?, taxes_of(tx, before.id)?);
            Position::of(before, &lines, &taxes)
        }
        None => Position::default(),
    };
    insert(tx, bill, &charge)?;
    insert_lines(tx, charge.id, &bill.lines, &taxes)?;
    let after = Position::of(&charge, &bill.lines, &taxes);
    books::moved(tx, (bill.subject, &charge), "changed", (&position_before, &after), decided)?;
    Ok(charge)
}

/// Returns the version after `before`, with the sums of what was paid, sent back, and given up. What was given up is at
/// most what the new version charges, and nothing is written off before delivery (T18).
fn next_version(
    tx: &mut Tx<'_>,
    bill: &Bill,
    (taxes, taxed_on): (&[TaxShare], Date),
    (before, earned_at): (Option<&Charge>, Option<Timestamp>),
) -> Result<Charge> {
    let net: Cents = bill.lines.iter().map(|line| line.amount).sum();
    let tax: Cents = taxes.iter().map(|share| share.amount).sum();
    let sum = |of: fn(&Charge) -> Cents| before.map_or(Cents::ZERO, of);
    let comp = sum(|before| before.comp).min(net + tax);
    Ok(Charge {
        id: tx.new_id()?,
        version: before.map_or(1, |before| before.version + 1),
        person: bill.person.or_else(|| before.and_then(|before| before.person)),
        net,
        tax,
        status: if bill.lines.is_empty() { PaymentStatus::Void } else { PaymentStatus::Unpaid },
        comp,
        written_off: match earned_at {
            Some(_) => sum(|before| before.written_off).min(net + tax - comp),
            None => Cents::ZERO,
        },
        paid: sum(|before| before.paid),
        refunded: sum(|before| before.refunded),
        earned_at,
        taxed_on,
        needs_opening: false,
    })
}

/// Returns the current charge of a subject with its lines, unless it is void.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn charge_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<(Charge, Vec<Line>)>> {
    let Some(charge) = find(tx, subject)?.filter(|charge| charge.status != PaymentStatus::Void) else {
        return Ok(None);
    };
    let lines = lines_of(tx, charge.id)?;
    Ok(Some((charge, lines)))
}

/// Marks the charge of a subject as earned now (T12), because its service is completed. If it is already earned, it
/// keeps its time. Returns whether there is a charge.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn earn(tx: &mut Tx<'_>, subject: Subject) -> Result<bool> {
    let Some(charge) = current_unless_void(tx, subject)? else { return Ok(false) };
    if charge.earned_at.is_none() {
        let earned = Charge { earned_at: Some(tx.now()), ..charge.clone() };
        books::changed(tx, subject, (&charge, &earned), "delivered", None)?;
    }
    Ok(true)
}

/// Reverts [`earn`], because the service is not completed after all: writes the same charge as a new version that is
/// not earned. Returns whether there is a charge that was earned.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn revert_earn(tx: &mut Tx<'_>, subject: Subject) -> Result<bool> {
    let earned = current(tx, subject)?.filter(|charge| charge.earned_at.is_some());
    let Some(charge) = earned else { return Ok(false) };
    let (lines, taxes, club) = (lines_of(tx, charge.id)?, taxes_of(tx, charge.id)?, tx.club()?);
    let bill = Bill { subject, club, person: charge.person, lines };
    let taxed_on = charge.taxed_on;
    write_version(tx, &bill, (taxes, taxed_on), Some(charge), (None, None))?;
    Ok(true)
}

/// Returns how many cents discounts, credits, and plans have saved a person so far: the negative lines of charges that
/// are earned and not void, without refunds. Future visits do not count.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn saved(tx: &mut Tx<'_>, person: Id) -> Result<Cents> {
    let club = tx.club()?;
    let sum: Option<(Cents,)> = tx.one(
        sql!(
            "SELECT CAST(COALESCE(-SUM(l.cents), 0) AS BIGINT) FROM charge_lines l JOIN charges c ON c.id =
             l.charge_id WHERE c.club_id = $2 AND c.person_id = $1 AND c.status <> 'void' AND c.earned_at IS NOT NULL
             AND l.cents < 0 AND l.code <> 'refund'"
        ),
        args![person, club],
    )?;
    Ok(sum.map_or(Cents::ZERO, |(cents,)| cents))
}

/// Returns the payment statuses of a person's subjects of one kind, by subject id.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn statuses(tx: &mut Tx<'_>, person: Id, kind: SubjectKind) -> Result<HashMap<Id, PaymentStatus>> {
    let club = tx.club()?;
    let rows: Vec<(Id, PaymentStatus)> = tx.all(
        sql!(
            "SELECT subject_id, status FROM charges WHERE club_id = $3 AND person_id = $1 AND subject_kind = $2
             AND replaced_at IS NULL"
        ),
        args![person, kind, club],
    )?;
    Ok(rows.into_iter().collect())
}

/// Assigns the charges and payments of a subject that have no person to a person.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn hand_over(tx: &mut Tx<'_>, subject: Subject, person: Id) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE charges SET person_id = $1 WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND
             person_id IS NULL"
        ),
        args![person, subject.id, subject.kind, club],
    )?;
    tx.run(
        sql!(
            "UPDATE payments SET person_id = $1 WHERE club_id = $4 AND person_id IS NULL AND id IN
             (SELECT payment_id FROM payment_parts WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3)"
        ),
        args![person, subject.id, subject.kind, club],
    )
    .map(drop)
}
