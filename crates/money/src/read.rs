//! Reading what is due, paid, and refunded, for staff and for the person who paid.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::web::Paging;
use kit::{Cents, Error, Id, Result, Tx, args, row, sql};
use people::{Action, Actor, Subject, SubjectKind};

use crate::adjustment::{Adjustment, adjustments_of};
use crate::charge::charge_of;
use crate::line::Line;
use crate::model::Charge;
use crate::payment::Payment;
use crate::refund::Refund;
use crate::store::{find, lines_of, taxes_of};
use crate::tax::TaxShare;

/// The columns of a [`Payment`], in the order in which a row is read.
macro_rules! payment_columns {
    () => {
        "id, number, person_id, method, cents, tip_cents, slip, taken_by, received_at"
    };
}

/// The columns of a [`Refund`], in the order in which a row is read.
macro_rules! refund_columns {
    () => {
        "id, number, payment_id, subject_kind, subject_id, method, cents, slip, sent_by, sent_at"
    };
}

/// Which charges a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenCharges {
    /// What took place, or is a fee, and is due.
    Due,
    /// What is due at a visit ahead.
    Ahead,
    /// What has to be refunded.
    ToRefund,
}

/// A charge of which something is due or has to be refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCharge {
    /// What the charge is for: its kind.
    pub subject_kind: SubjectKind,
    /// What the charge is for: its id.
    pub subject_id: Id,
    /// The person; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The amount in cents that is due or has to be refunded.
    pub amount: Cents,
    /// When the charge last changed.
    pub since: Timestamp,
}

row!(OpenCharge { subject_kind, subject_id, person, amount, since });

impl OpenCharge {
    /// Returns what the charge is for.
    pub fn subject(&self) -> Subject {
        Subject { kind: self.subject_kind, id: self.subject_id }
    }
}

/// The most payments or refunds that a list has.
const MOST: i64 = 10_000;

/// Returns one page of what is due or has to be refunded, the longest open first, and how many there are on all pages.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments.
pub fn open_charges(
    tx: &mut Tx<'_>,
    by: &Actor,
    which: OpenCharges,
    paging: Paging,
) -> Result<(Vec<OpenCharge>, usize)> {
    by.need(Action::TakePayments)?;
    let (club, (limit, offset)) = (tx.club()?, paging.rows());
    let charges = match which {
        OpenCharges::Due => tx.all(
            sql!(
                "SELECT subject_kind, subject_id, person_id, net_cents + tax_cents - comp_cents - written_off_cents -
                 paid_cents + refunded_cents, changed_at FROM charges WHERE club_id = $1 AND status = 'unpaid'
                 AND earned_at IS NOT NULL ORDER BY changed_at, id LIMIT $2 OFFSET $3"
            ),
            args![club, limit, offset],
        )?,
        OpenCharges::Ahead => tx.all(
            sql!(
                "SELECT subject_kind, subject_id, person_id, net_cents + tax_cents - comp_cents - written_off_cents -
                 paid_cents + refunded_cents, changed_at FROM charges WHERE club_id = $1 AND status = 'unpaid'
                 AND earned_at IS NULL ORDER BY changed_at, id LIMIT $2 OFFSET $3"
            ),
            args![club, limit, offset],
        )?,
        OpenCharges::ToRefund => tx.all(
            sql!(
                "SELECT subject_kind, subject_id, person_id, paid_cents - refunded_cents - net_cents - tax_cents +
                 comp_cents + written_off_cents, changed_at FROM charges WHERE club_id = $1
                 AND paid_cents - refunded_cents > net_cents + tax_cents - comp_cents - written_off_cents
                 AND replaced_at IS NULL ORDER BY changed_at, id LIMIT $2 OFFSET $3"
            ),
            args![club, limit, offset],
        )?,
    };
    Ok((charges, count_open(tx, which)?))
}

/// Returns the other charges of a person of which something is due, delivered or not, at most 20, the longest open first.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments.
pub fn due_of_person(tx: &mut Tx<'_>, by: &Actor, person: Id, except: Subject) -> Result<Vec<OpenCharge>> {
    by.need(Action::TakePayments)?;
    let club = tx.club()?;
    let due: Vec<OpenCharge> = tx.all(
        sql!(
            "SELECT subject_kind, subject_id, person_id, net_cents + tax_cents - comp_cents - written_off_cents -
             paid_cents + refunded_cents, changed_at FROM charges WHERE club_id = $1 AND person_id = $2
             AND status = 'unpaid' ORDER BY changed_at, id LIMIT 21"
        ),
        args![club, person],
    )?;
    Ok(due.into_iter().filter(|one| one.subject() != except).take(20).collect())
}

/// Returns how many charges a list has.
fn count_open(tx: &mut Tx<'_>, which: OpenCharges) -> Result<usize> {
    let club = tx.club()?;
    let statement = match which {
        OpenCharges::Due => sql!(
            "SELECT COUNT(*) FROM charges WHERE club_id = $1 AND status = 'unpaid' AND earned_at IS NOT NULL"
        ),
        OpenCharges::Ahead => {
            sql!(
                "SELECT COUNT(*) FROM charges WHERE club_id = $1 AND status = 'unpaid' AND earned_at IS NULL"
            )
        }
        OpenCharges::ToRefund => sql!(
            "SELECT COUNT(*) FROM charges WHERE club_id = $1
             AND paid_cents - refunded_cents > net_cents + tax_cents - comp_cents - written_off_cents
             AND replaced_at IS NULL"
        ),
    };
    let count: Option<(i64,)> = tx.one(statement, args![club])?;
    Ok(count.and_then(|(count,)| usize::try_from(count).ok()).unwrap_or_default())
}

/// Returns the payments received from one moment to another, the latest first, at most 10,000 of them. Those that were
/// received before payments were recorded are left out.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments.
pub fn payments(tx: &mut Tx<'_>, by: &Actor, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Payment>> {
    by.need(Action::TakePayments)?;
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            payment_columns!(),
            " FROM payments
             WHERE club_id = $1 AND received_at >= $2 AND received_at < $3 AND number IS NOT NULL
             ORDER BY received_at DESC, id DESC LIMIT $4"
        )),
        args![club, from, to, MOST],
    )
}

/// Returns the refunds sent from one moment to another, the latest first, at most 10,000 of them.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments.
pub fn refunds(tx: &mut Tx<'_>, by: &Actor, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Refund>> {
    by.need(Action::TakePayments)?;
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            refund_columns!(),
            " FROM refunds
             WHERE club_id = $1 AND sent_at >= $2 AND sent_at < $3 ORDER BY sent_at DESC, id DESC LIMIT $4"
        )),
        args![club, from, to, MOST],
    )
}

/// Returns the payments of the actor, the latest first. Those that were received before payments were recorded are left
/// out.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn my_payments(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Payment>> {
    let (person, club) = (by.person()?.id, tx.club()?);
    tx.all(
        sql!(concat!(
            "SELECT ",
            payment_columns!(),
            " FROM payments
             WHERE club_id = $1 AND person_id = $2 AND number IS NOT NULL ORDER BY received_at DESC, id DESC"
        )),
        args![club, person],
    )
}

/// A part of a payment, with what it paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPart {
    /// What was paid for: its kind.
    pub subject_kind: SubjectKind,
    /// What was paid for: its id.
    pub subject_id: Id,
    /// The amount in cents.
    pub amount: Cents,
    /// What was sent back of it, in cents.
    pub refunded: Cents,
}

row!(PaymentPart { subject_kind, subject_id, amount, refunded });

impl PaymentPart {
    /// Returns what was paid for.
    pub fn subject(&self) -> Subject {
        Subject { kind: self.subject_kind, id: self.subject_id }
    }
}

/// Returns the parts of the payments received from one moment to another, by the id of the payment.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments.
pub fn parts(
    tx: &mut Tx<'_>,
    by: &Actor,
    (from, to): (Timestamp, Timestamp),
) -> Result<HashMap<Id, Vec<PaymentPart>>> {
    by.need(Action::TakePayments)?;
    let club = tx.club()?;
    let rows: Vec<(Id, SubjectKind, Id, Cents, Cents)> = tx.all(
        sql!(
            "SELECT p.payment_id, p.subject_kind, p.subject_id, p.cents, p.refunded_cents FROM payments m
             JOIN payment_parts p ON p.payment_id = m.id
             WHERE m.club_id = $1 AND m.received_at >= $2 AND m.received_at < $3 ORDER BY p.payment_id, p.position"
        ),
        args![club, from, to],
    )?;
    let mut parts: HashMap<Id, Vec<PaymentPart>> = HashMap::new();
    for (payment, subject_kind, subject_id, amount, refunded) in rows {
        parts.entry(payment).or_default().push(PaymentPart { subject_kind, subject_id, amount, refunded });
    }
    Ok(parts)
}

/// Returns the payment that has this receipt number, or of which a refund has it; the case of its letters does not
/// matter.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments.
pub fn payment_by_number(tx: &mut Tx<'_>, by: &Actor, number: &str) -> Result<Option<Id>> {
    by.need(Action::TakePayments)?;
    let (club, number) = (tx.club()?, number.trim().to_uppercase());
    let found: Option<(Id,)> = tx.one(
        sql!(
            "SELECT id FROM payments WHERE club_id = $1 AND number = $2
             UNION ALL SELECT payment_id FROM refunds WHERE club_id = $1 AND number = $2"
        ),
        args![club, &number],
    )?;
    Ok(found.map(|(id,)| id))
}

/// A payment with its parts and what was sent back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The payment.
    pub payment: Payment,
    /// Its parts.
    pub parts: Vec<PaymentPart>,
    /// What was sent back of it, the earliest first.
    pub refunds: Vec<Refund>,
}

/// Returns a payment with its parts and refunds.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, and `Error::NotFound` if there is no such payment, or if it is neither
/// the actor's own nor may they take payments.
pub fn receipt(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Receipt> {
    let (person, club) = (by.person()?.id, tx.club()?);
    let payment: Option<Payment> = tx.one(
        sql!(concat!(
            "SELECT ",
            payment_columns!(),
            " FROM payments
             WHERE club_id = $1 AND id = $2"
        )),
        args![club, id],
    )?;
    let may_see = |payment: &Payment| payment.person == Some(person) || by.may(Action::TakePayments);
    let payment = payment.filter(may_see).ok_or(Error::NotFound)?;
    let parts = tx.all(
        sql!(
            "SELECT subject_kind, subject_id, cents, refunded_cents FROM payment_parts
             WHERE club_id = $1 AND payment_id = $2 ORDER BY position"
        ),
        args![club, id],
    )?;
    let refunds = tx.all(
        sql!(concat!(
            "SELECT ",
            refund_columns!(),
            " FROM refunds
             WHERE club_id = $1 AND payment_id = $2 ORDER BY sent_at, id"
        )),
        args![club, id],
    )?;
    Ok(Receipt { payment, parts, refunds })
}

/// All that concerns the money of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectAccount {
    /// Its current charge.
    pub charge: Charge,
    /// The lines of the charge.
    pub lines: Vec<Line>,
    /// The tax by kind of sale and component of the rate.
    pub taxes: Vec<TaxShare>,
    /// The payments for it, the earliest first, each with its whole amount.
    pub payments: Vec<Payment>,
    /// The refunds of it, the earliest first.
    pub refunds: Vec<Refund>,
    /// What a manager gave up of it or refunded, the earliest first.
    pub adjustments: Vec<Adjustment>,
}

/// Returns all that concerns the money of a subject.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, and `Error::NotFound` if nothing was ever charged for it, or if it is
/// neither the actor's own nor may they take payments.
pub fn account(tx: &mut Tx<'_>, by: &Actor, subject: Subject) -> Result<SubjectAccount> {
    let person = by.person()?.id;
    let charge = find(tx, subject)?.ok_or(Error::NotFound)?;
    if charge.person != Some(person) && !by.may(Action::TakePayments) {
        return Err(Error::NotFound);
    }
    Ok(SubjectAccount {
        lines: lines_of(tx, charge.id)?,
        taxes: taxes_of(tx, charge.id)?,
        payments: payments_of(tx, subject)?,
        refunds: refunds_of(tx, subject)?,
        adjustments: adjustments_of(tx, subject)?,
        charge,
    })
}

/// Returns the payments for a subject, the earliest first.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn payments_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<Payment>> {
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            payment_columns!(),
            " FROM payments WHERE club_id = $1 AND id IN (SELECT payment_id FROM payment_parts
             WHERE club_id = $1 AND subject_id = $2 AND subject_kind = $3) ORDER BY received_at, id"
        )),
        args![club, subject.id, subject.kind],
    )
}

/// Returns the refunds of a subject, the earliest first.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn refunds_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<Refund>> {
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            refund_columns!(),
            " FROM refunds
             WHERE club_id = $1 AND subject_id = $2 AND subject_kind = $3 ORDER BY sent_at, id"
        )),
        args![club, subject.id, subject.kind],
    )
}

/// Returns whether something was ever charged for a subject.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn was_charged(tx: &mut Tx<'_>, subject: Subject) -> Result<bool> {
    Ok(find(tx, subject)?.is_some())
}

/// Returns what is due for a subject, in cents.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn due(tx: &mut Tx<'_>, subject: Subject) -> Result<Cents> {
    Ok(charge_of(tx, subject)?.map_or(Cents::ZERO, |(charge, _)| charge.due()))
}

/// Returns when the last payment for a subject was received, if nothing is due; `None` otherwise.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn paid_at(tx: &mut Tx<'_>, subject: Subject) -> Result<Option<Timestamp>> {
    if due(tx, subject)? > Cents::ZERO {
        return Ok(None);
    }
    Ok(payments_of(tx, subject)?.last().map(|payment| payment.received_at))
}
