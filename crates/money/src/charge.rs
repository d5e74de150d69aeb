//! Charges: what one subject costs one person.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Cents, Error, Id, Result, Tx, args, row, sql};
use people::{Action, Actor};
use serde_json::{Value, json};

use crate::line::Line;
use crate::tax::tax_on;

/// What a charge is for, known by kind and id alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// `booking`, later `order` and `request`.
    pub kind: &'static str,
    /// Its id.
    pub id: Id,
}

/// Where a charge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeStatus {
    /// To be paid at the desk.
    Due,
    /// Paid, or nothing to pay.
    Settled,
    /// Not owed any more.
    Void,
}

impl ChargeStatus {
    /// As it stands in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ChargeStatus::Due => "due",
            ChargeStatus::Settled => "settled",
            ChargeStatus::Void => "void",
        }
    }

    /// Reads what [`ChargeStatus::as_str`] wrote.
    pub fn read(text: String) -> Option<ChargeStatus> {
        [ChargeStatus::Due, ChargeStatus::Settled, ChargeStatus::Void]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

kit::column_as!(ChargeStatus, String, ChargeStatus::read);

/// A charge as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its id.
    pub id: Id,
    /// The sum of its lines.
    pub net: Cents,
    /// The tax on them.
    pub tax: Cents,
    /// Where it stands.
    pub status: ChargeStatus,
}

row!(Charge { id, net, tax, status });

/// What is to be charged.
#[derive(Debug, Clone)]
pub struct Bill {
    /// For what.
    pub subject: Subject,
    /// Which club's.
    pub club: Id,
    /// To whom; nobody for a guest without an account.
    pub person: Option<Id>,
    /// Why. The sum is not below zero.
    pub lines: Vec<Line>,
}

/// Writes a charge. What costs nothing is settled at once.
///
/// # Errors
/// A fault of the database.
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
            bill.subject.kind,
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

/// The charge of a subject that counts, with its lines; void ones do not.
///
/// # Errors
/// A fault of the database.
pub fn charge_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<(Charge, Vec<Line>)>> {
    let club = tx.club()?;
    let charge: Option<Charge> = tx.one(
        sql!(
            "SELECT id, net_cents, tax_cents, status FROM charges WHERE club_id = $3 AND subject_id = $1 AND
             subject_kind = $2 AND status <> 'void' ORDER BY id DESC LIMIT 1"
        ),
        args![subject.id, subject.kind, club],
    )?;
    let Some(charge) = charge else { return Ok(None) };
    let lines = tx.all(
        sql!("SELECT kind, code, label, cents FROM charge_lines WHERE charge_id = $1 ORDER BY position"),
        args![charge.id],
    )?;
    Ok(Some((charge, lines)))
}

/// Voids what was due for a subject and charges `bill` instead, if it has lines.
///
/// # Errors
/// A fault of the database.
pub fn replace(tx: &mut Tx<'_>, bill: &Bill) -> Result<Option<Charge>> {
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE charges SET status = 'void', changed_at = $1
             WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND status <> 'void'"
        ),
        args![now, bill.subject.id, bill.subject.kind, bill.club],
    )?;
    if bill.lines.is_empty() { Ok(None) } else { charge(tx, bill).map(Some) }
}

/// Takes back what [`replace`] did: voids the charge that counts now and lets the one before it count again, with the status
/// that it had. Without `earlier`, the newest void charge of the subject counts again. `false` if there is none.
///
/// # Errors
/// A fault of the database.
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
        args![now, subject.id, subject.kind, club],
    )?;
    let Some((charge, status)) = earlier else { return Ok(false) };
    let counts = tx.run(
        sql!(
            "UPDATE charges SET status = $1, changed_at = $2 WHERE club_id = $6 AND id = $3 AND subject_id = $4 AND
             subject_kind = $5"
        ),
        args![status.as_str(), now, charge, subject.id, subject.kind, club],
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
        args![subject.id, subject.kind, club],
    )?;
    Ok(found.map(|(id, total)| {
        (id, if total == Cents::ZERO { ChargeStatus::Settled } else { ChargeStatus::Due })
    }))
}

/// Notes that a charge was paid at the desk, by whom it was taken (T3).
///
/// # Errors
/// `Error::Forbidden` unless `by` may take payment; `Error::NotFound` if nothing is due.
pub fn settle(tx: &mut Tx<'_>, by: &Actor, charge: Id) -> Result<()> {
    by.need(Action::BookForOthers)?;
    if note_paid(tx, charge)? { Ok(()) } else { Err(Error::NotFound) }
}

/// Notes that a charge was paid, by the club's own word: for records of the past. `false` if nothing is due.
///
/// # Errors
/// A fault of the database.
pub fn note_paid(tx: &mut Tx<'_>, charge: Id) -> Result<bool> {
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

/// Marks what is charged for a subject as earned from now on (T12): a service that is completed.
///
/// # Errors
/// A fault of the database.
pub fn earn(tx: &mut Tx<'_>, subject: Subject) -> Result<u64> {
    let club = tx.club()?;
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE charges SET earned_at = COALESCE(earned_at, $1)
             WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND status <> 'void'"
        ),
        args![now, subject.id, subject.kind, club],
    )
}

/// Takes that back: the service is not completed after all.
///
/// # Errors
/// A fault of the database.
pub fn unearn(tx: &mut Tx<'_>, subject: Subject) -> Result<u64> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE charges SET earned_at = NULL WHERE club_id = $3 AND subject_id = $1 AND subject_kind = $2"
        ),
        args![subject.id, subject.kind, club],
    )
}

/// What discounts, credits and plans have saved a person so far: on what is earned, so not on visits that are still to come.
///
/// # Errors
/// A fault of the database.
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

/// How the charges of a person's subjects of one kind stand, by subject.
///
/// # Errors
/// A fault of the database.
pub fn statuses(tx: &mut Tx<'_>, person: Id, kind: &str) -> Result<HashMap<Id, ChargeStatus>> {
    let club = tx.club()?;
    let rows: Vec<(Id, ChargeStatus)> = tx.all(
        sql!(
            "SELECT subject_id, status FROM charges WHERE club_id = $3 AND person_id = $1 AND subject_kind = $2 ORDER
             BY id"
        ),
        args![person, kind, club],
    )?;
    Ok(rows.into_iter().collect())
}
/// Every charge of whoever asks, with its lines: as it is handed to whom it is of.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
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

/// Makes the charge of a subject that is nobody's a person's.
///
/// # Errors
/// A fault of the database.
pub fn hand_over(tx: &mut Tx<'_>, subject: Subject, person: Id) -> Result<u64> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE charges SET person_id = $1 WHERE club_id = $4 AND subject_id = $2 AND subject_kind = $3 AND
             person_id IS NULL"
        ),
        args![person, subject.id, subject.kind, club],
    )
}
