//! Charges: what one subject costs one person.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Cents, Error, Id, Result, Tx, args, row, sql};
use people::{Action, Actor, Subject, SubjectKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::line::Line;
use crate::tax::tax_on;

/// The status of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStatus {
    /// Due at the front desk.
    Due,
    /// The charge is paid, or its total is zero.
    Settled,
    /// The charge is no longer owed.
    Void,
}

impl ChargeStatus {
    /// The name of the status in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ChargeStatus::Due => "due",
            ChargeStatus::Settled => "settled",
            ChargeStatus::Void => "void",
        }
    }

    /// Parses a name that [`ChargeStatus::as_str`] returns; `None` for any other text.
    pub fn read(text: String) -> Option<ChargeStatus> {
        [ChargeStatus::Due, ChargeStatus::Settled, ChargeStatus::Void]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

kit::column_as!(ChargeStatus, String, ChargeStatus::read);

/// A charge as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The id of the charge.
    pub id: Id,
    /// The sum of its lines in cents, without tax.
    pub net: Cents,
    /// The tax on its lines in cents.
    pub tax: Cents,
    /// The status of the charge.
    pub status: ChargeStatus,
}

row!(Charge { id, net, tax, status });

/// What [`charge`] needs to create a charge.
#[derive(Debug, Clone)]
pub struct Bill {
    /// What the charge is for.
    pub subject: Subject,
    /// The id of the club that the amount is owed to.
    pub club: Id,
    /// The person who owes the amount; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The amounts with their reasons. Their sum must not be negative.
    pub lines: Vec<Line>,
}

/// Creates a charge with its tax and its lines. A charge whose total is zero is settled at once.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn charge(tx: &mut Tx<'_>, bill: &Bill) -> Result<Charge> {
    let net: Cents = bill.lines.iter().map(|line| line.amount).sum();
    let tax = tax_on(tx, bill.club, &bill.lines)?;
    let status = if net + tax == Cents::ZERO { ChargeStatus::Settled } else { ChargeStatus::Due };
    let charge = Charge { id: tx.new_id()?, net, tax, status };
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO charges (id, club_id, person_id, subject_kind, subject_id, net_cents, tax_cents, status,
             created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)"
        ),
        args![
            charge.id,
            bill.club,
            bill.person,
            bill.subject.kind.as_str(),
            bill.subject.id,
            net,
            tax,
            status.as_str(),
            now
        ],
    )?;
    for (position, line) in (0_i64..).zip(&bill.lines) {
        tx.run(
            sql!(
                "INSERT INTO charge_lines (charge_id, position, kind, code, label, cents)
                 VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            args![charge.id, position, line.kind.as_str(), &line.code, &line.label, line.amount],
        )?;
    }
    Ok(charge)
}

/// Returns the charge of a subject that is not void, with its lines. If there are several, it returns the newest.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn charge_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<(Charge, Vec<Line>)>> {
    let club = tx.club()?;
    let charge: Option<Charge> = tx.one(
        sql!(
            "SELECT id, net_cents, tax_cents, status FROM charges WHERE club_id = $3 AND subject_id = $1 AND
             subject_kind = $2 AND status <> 'void' ORDER BY id DESC LIMIT 1"
        ),
        args![subject.id, subject.kind.as_str(), club],
    )?;
    let Some(charge) = charge else { return Ok(None) };
    let lines = tx.all(
        sql!("SELECT kind, code, label, cents FROM charge_lines WHERE charge_id = $1 ORDER BY position"),
        args![charge.id],
    )?;
    Ok(Some((charge, lines)))
}

/// Voids every charge of the subject of `bill` and creates a new one. Returns `None` if `bill` has no lines, so that
/// nothing is charged.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn replace(tx: &mut Tx<'_>, bill: &Bill) -> Result<Option<Charge>> {
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE charges SET status = 'void', changed_at = $1
             WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND status <> 'void'"
        ),
        args![now, bill.subject.id, bill.subject.kind.as_str(), bill.club],
    )?;
    if bill.lines.is_empty() { Ok(None) } else { charge(tx, bill).map(Some) }
}

/// Reverts [`replace`]: voids every charge of the subject, then restores the charge `earlier` with the status that it
/// had. Without `earlier`, it restores the newest void charge of the subject: as settled if its total is zero,
/// otherwise as due. Returns `false` if there is no charge to restore.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn reinstate(tx: &mut Tx<'_>, subject: Subject, earlier: Option<(Id, ChargeStatus)>) -> Result<bool> {
    let club = tx.club()?;
    let earlier = match earlier {
        Some(earlier) => Some(earlier),
        None => newest_void(tx, subject)?,
    };
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE charges SET status = 'void', changed_at = $1
             WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND status <> 'void'"
        ),
        args![now, subject.id, subject.kind.as_str(), club],
    )?;
    let Some((charge, status)) = earlier else { return Ok(false) };
    let counts = tx.run(
        sql!(
            "UPDATE charges SET status = $1, changed_at = $2 WHERE club_id = $6 AND id = $3 AND subject_id = $4 AND
             subject_kind = $5"
        ),
        args![status.as_str(), now, charge, subject.id, subject.kind.as_str(), club],
    )?;
    Ok(counts == 1)
}

fn newest_void(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<(Id, ChargeStatus)>> {
    let club = tx.club()?;
    let found: Option<(Id, Cents)> = tx.one(
        sql!(
            "SELECT id, net_cents + tax_cents FROM charges WHERE club_id = $3 AND subject_id = $1 AND subject_kind =
             $2 AND status = 'void' ORDER BY id DESC LIMIT 1"
        ),
        args![subject.id, subject.kind.as_str(), club],
    )?;
    Ok(found.map(|(id, total)| {
        (id, if total == Cents::ZERO { ChargeStatus::Settled } else { ChargeStatus::Due })
    }))
}

/// Marks a charge as paid at the front desk (T3).
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book for others, and `Error::NotFound` if the charge is not due.
pub fn settle(tx: &mut Tx<'_>, by: &Actor, charge: Id) -> Result<()> {
    by.need(Action::BookForOthers)?;
    if record_payment(tx, charge)? { Ok(()) } else { Err(Error::NotFound) }
}

/// Marks a charge as paid without a permission check, for imported records. Returns `false` if the charge is not due.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn record_payment(tx: &mut Tx<'_>, charge: Id) -> Result<bool> {
    let club = tx.club()?;
    let now = tx.now();
    let settled = tx.run(
        sql!(
            "UPDATE charges SET status = 'settled', changed_at = $1 WHERE club_id = $3 AND id = $2 AND status = 'due'"
        ),
        args![now, charge, club],
    )?;
    Ok(settled == 1)
}

/// Marks the charges of a subject that are not void as earned now (T12), because its service is completed. A charge
/// that is already earned keeps its time. Returns the number of charges.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn earn(tx: &mut Tx<'_>, subject: Subject) -> Result<u64> {
    let club = tx.club()?;
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE charges SET earned_at = COALESCE(earned_at, $1)
             WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND status <> 'void'"
        ),
        args![now, subject.id, subject.kind.as_str(), club],
    )
}

/// Reverts [`earn`], because the service is not completed after all. Returns the number of charges.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn revert_earn(tx: &mut Tx<'_>, subject: Subject) -> Result<u64> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE charges SET earned_at = NULL WHERE club_id = $3 AND subject_id = $1 AND subject_kind = $2"
        ),
        args![subject.id, subject.kind.as_str(), club],
    )
}

/// Returns how many cents discounts, credits, and plans have saved a person so far: the negative lines of charges that
/// are earned and not void. Future visits do not count.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn saved(tx: &mut Tx<'_>, person: Id) -> Result<Cents> {
    let club = tx.club()?;
    let sum: Option<(Cents,)> = tx.one(
        sql!(
            "SELECT CAST(COALESCE(-SUM(l.cents), 0) AS BIGINT) FROM charge_lines l JOIN charges c ON c.id =
             l.charge_id WHERE c.club_id = $2 AND c.person_id = $1 AND c.status <> 'void' AND c.earned_at IS NOT NULL
             AND l.cents < 0"
        ),
        args![person, club],
    )?;
    Ok(sum.map_or(Cents::ZERO, |(cents,)| cents))
}

/// Returns the statuses of a person's charges for one kind of subject, by subject id. If a subject has several charges,
/// the newest counts.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn statuses(tx: &mut Tx<'_>, person: Id, kind: SubjectKind) -> Result<HashMap<Id, ChargeStatus>> {
    let club = tx.club()?;
    let rows: Vec<(Id, ChargeStatus)> = tx.all(
        sql!(
            "SELECT subject_id, status FROM charges WHERE club_id = $3 AND person_id = $1 AND subject_kind = $2 ORDER
             BY id"
        ),
        args![person, kind.as_str(), club],
    )?;
    Ok(rows.into_iter().collect())
}
/// Returns every charge of the actor with its lines, for the export of their personal data.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn export(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Value>> {
    let person = by.person()?.id;
    let charges: Vec<(Id, String, Id, Cents, Cents, String, Timestamp)> = tx.all(
        sql!(
            "SELECT id, subject_kind, subject_id, net_cents, tax_cents, status, created_at FROM charges
             WHERE person_id = $1 ORDER BY created_at, id"
        ),
        args![person],
    )?;
    let mut out = Vec::new();
    for (id, kind, subject, net, tax, status, at) in charges {
        let lines: Vec<(String, Cents)> = tx.all(
            sql!("SELECT label, cents FROM charge_lines WHERE charge_id = $1 ORDER BY position"),
            args![id],
        )?;
        let lines: Vec<Value> =
            lines.iter().map(|(label, cents)| json!({"label": label, "amount": cents.to_string()})).collect();
        out.push(json!({"of": kind, "id": subject, "net": net.to_string(), "tax": tax.to_string(), "status": status,
            "created_at": at, "lines": lines}));
    }
    Ok(out)
}

/// Assigns the charges of a subject that have no person to a person. Returns the number of charges.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn hand_over(tx: &mut Tx<'_>, subject: Subject, person: Id) -> Result<u64> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE charges SET person_id = $1 WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND
             person_id IS NULL"
        ),
        args![person, subject.id, subject.kind.as_str(), club],
    )
}
