//! The statements on charges, their lines, and their tax.

use kit::{Id, Result, Tx, args, sql};
use people::Subject;

use crate::line::Line;
use crate::model::{Bill, Charge, PaymentStatus};
use crate::tax::TaxShare;

pub(crate) fn insert_lines(tx: &mut Tx<'_>, charge: Id, lines: &[Line], taxes: &[TaxShare]) -> Result<()> {
    for (position, line) in (0_i64..).zip(lines) {
        tx.run(
            sql!(
                "INSERT INTO charge_lines (charge_id, position, kind, code, label, cents)
                 VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            args![charge, position, line.kind, &line.code, &line.label, line.amount],
        )?;
    }
    for share in taxes {
        tx.run(
            sql!("INSERT INTO charge_taxes (charge_id, kind, component, cents) VALUES ($1, $2, $3, $4)"),
            args![charge, share.kind, &share.component, share.amount],
        )?;
    }
    Ok(())
}

pub(crate) fn insert(tx: &mut Tx<'_>, bill: &Bill, charge: &Charge) -> Result<()> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO charges (id, club_id, person_id, subject_kind, subject_id, net_cents, tax_cents, status,
             created_at, changed_at, earned_at, version, comp_cents, written_off_cents, paid_cents, refunded_cents,
             taxed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        args![
            charge.id,
            bill.club,
            charge.person,
            bill.subject.kind,
            bill.subject.id,
            charge.net,
            charge.tax,
            charge.status,
            now,
            charge.earned_at,
            charge.version,
            charge.comp,
            charge.written_off,
            charge.paid,
            charge.refunded,
            charge.taxed_on
        ],
    )
    .map(drop)
}

/// Marks a version as replaced.
pub(crate) fn replaced(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let (club, now) = (tx.club()?, tx.now());
    tx.run(
        sql!(
            "UPDATE charges SET status = 'void', replaced_at = $1, changed_at = $1
             WHERE club_id = $2 AND id = $3 AND replaced_at IS NULL"
        ),
        args![now, club, id],
    )
    .map(drop)
}

/// Marks a charge as having its opening entry. It is due since as long as before.
pub(crate) fn opened(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let club = tx.club()?;
    tx.run(sql!("UPDATE charges SET needs_opening = FALSE WHERE club_id = $1 AND id = $2"), args![club, id])
        .map(drop)
}

/// Stores the amounts, the status, and the delivery of the current version of a charge.
pub(crate) fn update(tx: &mut Tx<'_>, charge: &Charge) -> Result<()> {
    let (club, now) = (tx.club()?, tx.now());
    tx.run(
        sql!(
            "UPDATE charges SET status = $1, comp_cents = $2, written_off_cents = $3, paid_cents = $4,
             refunded_cents = $5, earned_at = $6, needs_opening = $7, changed_at = $8 WHERE club_id = $9 AND id = $10"
        ),
        args![
            charge.status,
            charge.comp,
            charge.written_off,
            charge.paid,
            charge.refunded,
            charge.earned_at,
            charge.needs_opening,
            now,
            club,
            charge.id
        ],
    )
    .map(drop)
}

/// Locks the charge of a subject and returns its current version, also if it is void.
pub(crate) fn current(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<Charge>> {
    tx.lock_person(subject.id)?;
    find(tx, subject)
}

/// Locks the charge of a subject and returns its current version, unless it is void.
pub(crate) fn current_unless_void(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<Charge>> {
    Ok(current(tx, subject)?.filter(|charge| charge.status != PaymentStatus::Void))
}

/// Returns the current version of the charge of a subject without locking it, also if it is void.
pub(crate) fn find(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<Charge>> {
    let club = tx.club()?;
    tx.one(
        sql!(
            "SELECT id, version, person_id, net_cents, tax_cents, status, comp_cents, written_off_cents, paid_cents,
             refunded_cents, earned_at, taxed_on, needs_opening FROM charges
             WHERE club_id = $1 AND subject_id = $2 AND subject_kind = $3 AND replaced_at IS NULL"
        ),
        args![club, subject.id, subject.kind],
    )
}

/// Returns the lines of a version.
pub(crate) fn lines_of(tx: &mut Tx<'_>, charge: Id) -> Result<Vec<Line>> {
    tx.all(
        sql!("SELECT kind, code, label, cents FROM charge_lines WHERE charge_id = $1 ORDER BY position"),
        args![charge],
    )
}

/// Returns the tax of a version by kind of sale and component of the rate.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn taxes_of(tx: &mut Tx<'_>, charge: Id) -> Result<Vec<TaxShare>> {
    tx.all(
        sql!("SELECT kind, component, cents FROM charge_taxes WHERE charge_id = $1 ORDER BY kind, component"),
        args![charge],
    )
}
