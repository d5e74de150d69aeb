//! Refunds (T8): money that goes back the way it came, the last payment first.

use jiff::Timestamp;
use kit::{Cents, Error, Fields, Id, Result, Tx, args, row, sql};
use ledger::{BusinessEvent, EventKey, EventSource, SubjectAmount, events};
use people::{Action, Actor, AuditEvent, Subject, SubjectKind};
use serde_json::json;

use crate::adjustment::{AdjustmentKind, note};
use crate::books;
use crate::charge::write_version;
use crate::line::{Line, LineKind, REFUND};
use crate::model::{Bill, Charge, by_kind};
use crate::payment::{PaymentMethod, existing, number, to_decide};
use crate::refusals::{DUES, MOST, NOTHING_TO_REFUND, REFUND_TOO_LARGE};
use crate::store::{lines_of, update};
use crate::tax::{TaxRates, tax_rates_on};

/// Money that was sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The id of the refund.
    pub id: Id,
    /// The number of its receipt (RF-, T13).
    pub number: String,
    /// The payment that was sent back, all or part of it.
    pub payment: Id,
    /// What was paid for: its kind.
    pub subject_kind: SubjectKind,
    /// What was paid for: its id.
    pub subject_id: Id,
    /// How it was sent.
    pub method: PaymentMethod,
    /// The amount in cents.
    pub amount: Cents,
    /// The number of the slip of the terminal, or an empty text.
    pub slip: String,
    /// Who sent it.
    pub sent_by: Option<Id>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

row!(Refund { id, number, payment, subject_kind, subject_id, method, amount, slip, sent_by, sent_at });

/// A part of a payment from which money can go back.
struct Refundable {
    payment: Id,
    position: i64,
    left: Cents,
    method: PaymentMethod,
}

row!(Refundable { payment, position, left, method });

/// Hands back what has to be refunded for a subject: what a rule refunds needs no manager (T20). `slip` is the number of
/// the slip, if a part goes back to a terminal.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments, `own_account` if the subject is their own,
/// `Error::NotFound` if nothing was charged for it, `nothing_due` if nothing has to be refunded, and `Error::Invalid` if
/// a slip number is missing.
pub fn send_refund(tx: &mut Tx<'_>, by: &Actor, subject: Subject, slip: &str) -> Result<Vec<Refund>> {
    let charge = existing(tx, by, (subject, Action::TakePayments))?;
    let amount = charge.to_refund();
    if amount == Cents::ZERO {
        return Err(Error::refused(&NOTHING_TO_REFUND));
    }
    let sent = Charge { refunded: charge.refunded + amount, ..charge.clone() };
    books::note(tx, by, AuditEvent::RefundSent, subject, (&charge, &sent, &[("amount", json!(amount))]))?;
    send(tx, by, (subject, charge), slip)
}

/// Refunds an amount that was paid, with a reason: lowers the charge by it and hands the money back. The tax of the
/// refund is the tax before less the tax after, by the rates of the charge, so the refund can be a cent less than
/// `amount`.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may adjust charges, `own_account` if the subject is their own, `confirm_again`
/// if their sign-in is not confirmed, `Error::NotFound` if nothing is charged for it, `wrong_state` for dues, `refund_too_large` with `most` if the amount
/// is more than what was received and is not to be refunded already, or if something is due, and `Error::Invalid` if
/// the amount is 0 or too small to refund anything, or if the reason or a slip number is missing.
pub fn refund(
    tx: &mut Tx<'_>,
    by: &Actor,
    subject: Subject,
    (amount, reason): (Cents, &str),
    slip: &str,
) -> Result<Vec<Refund>> {
    let charge = to_decide(tx, by, subject, reason)?;
    if subject.kind == SubjectKind::Membership {
        return Err(Error::refused(&DUES));
    }
    if amount <= Cents::ZERO {
        return Err(Fields::one("amount", "Enter an amount above 0."));
    }
    let most = if charge.due() > Cents::ZERO { Cents::ZERO } else { charge.received() - charge.to_refund() };
    if amount > most {
        return Err(Error::refused(&REFUND_TOO_LARGE).with(MOST, most.to_string()));
    }
    let mut lines = lines_of(tx, charge.id)?;
    let rates = tax_rates_on(tx, charge.taxed_on)?;
    let less = reduction(&lines, &rates, amount);
    if less.is_empty() {
        return Err(Fields::one("amount", "Enter a larger amount. With tax, nothing would be refunded."));
    }
    lines.extend(less);
    let (taxes, earned_at, club) = (rates.shares(&lines), charge.earned_at, tx.club()?);
    let bill = Bill { subject, club, person: charge.person, lines };
    let (taxed_on, before) = (charge.taxed_on, charge.received() - charge.to_refund());
    let unchanged = charge.clone();
    let lowered = write_version(tx, &bill, (taxes, taxed_on), Some(charge), (earned_at, Some((by, reason))))?;
    let approved = before - (lowered.received() - lowered.to_refund());
    note(tx, by, (lowered.id, AdjustmentKind::Refund), (approved, reason))?;
    let more = [("amount", json!(approved)), ("reason", json!(reason))];
    books::note(tx, by, AuditEvent::RefundApproved, subject, (&unchanged, &lowered, &more))?;
    send(tx, by, (subject, lowered), slip)
}

/// Returns the lines that lower a charge by an amount with its tax, from one kind of sale after another: the most that
/// is not more than `amount`.
fn reduction(lines: &[Line], rates: &TaxRates, amount: Cents) -> Vec<Line> {
    let mut left = amount;
    let mut less = Vec::new();
    for (kind, base) in by_kind(lines) {
        let refunded = |net: i64| {
            let line = |cents| [Line::new(kind, "", "", Cents(cents))];
            Cents(net) + rates.on(&line(base.0)) - rates.on(&line(base.0 - net))
        };
        // The refund grows with its net amount, so the largest one that fits is found by halving.
        let (mut least, mut most) = (0, base.0.max(0));
        while least < most {
            let middle = least + (most - least + 1) / 2;
            if refunded(middle) <= left { least = middle } else { most = middle - 1 }
        }
        if least > 0 {
            left = left - refunded(least);
            less.push(Line::new(kind, REFUND, label(kind), Cents(-least)));
        }
    }
    less
}

fn label(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Fee => "Refund of the fee",
        LineKind::Addon => "Refund of add-ons",
        LineKind::Service | LineKind::Goods | LineKind::Concierge | LineKind::Dues => "Refund",
    }
}

/// Sends back all that has to be refunded of a charge, the last payment first.
fn send(
    tx: &mut Tx<'_>,
    by: &Actor,
    (subject, charge): (Subject, Charge),
    slip: &str,
) -> Result<Vec<Refund>> {
    let (mut left, now) = (charge.to_refund(), tx.now());
    let mut sent = Vec::new();
    for part in refundable(tx, subject)? {
        let amount = part.left.min(left);
        if amount == Cents::ZERO {
            continue;
        }
        left = left - amount;
        let id = tx.new_id()?;
        record(tx, by, (id, subject, charge.person), (&part, amount))?;
        sent.push((id, part, amount));
    }
    if slip.is_empty() && sent.iter().any(|(_, part, _)| part.method == PaymentMethod::Terminal) {
        return Err(Fields::one("slip", "Enter the number of the refund slip."));
    }
    let refunded: Cents = sent.iter().map(|(_, _, amount)| *amount).sum();
    update(tx, &Charge { refunded: charge.refunded + refunded, ..charge }.with_status())?;
    // The receipt numbers come last, because their counter is locked until the commit.
    let mut refunds = Vec::new();
    for (id, part, amount) in sent {
        let refund = Refund {
            id,
            number: number(tx, "RF")?,
            payment: part.payment,
            subject_kind: subject.kind,
            subject_id: subject.id,
            method: part.method,
            amount,
            slip: if part.method == PaymentMethod::Terminal { slip.to_owned() } else { String::new() },
            sent_by: by.id(),
            sent_at: now,
        };
        insert(tx, &refund, part.position)?;
        refunds.push(refund);
    }
    Ok(refunds)
}

/// Records that a part of a payment goes back, in the ledger and with the part.
fn record(
    tx: &mut Tx<'_>,
    by: &Actor,
    (id, subject, person): (Id, Subject, Option<Id>),
    (part, amount): (&Refundable, Cents),
) -> Result<()> {
    let event = BusinessEvent::new(EventKey::new(EventSource::Refund, id, ""), tx.now());
    let sent = events::refund_sent(event, part.method.means(), &[SubjectAmount { subject, person, amount }]);
    ledger::record(tx, &sent.by(by, ""))?;
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE payment_parts SET refunded_cents = refunded_cents + $1
             WHERE club_id = $2 AND payment_id = $3 AND position = $4"
        ),
        args![amount, club, part.payment, part.position],
    )
    .map(drop)
}

/// Returns the parts of payments for a subject from which money can go back, the last payment first.
fn refundable(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<Refundable>> {
    let club = tx.club()?;
    tx.all(
        sql!(
            "SELECT p.payment_id, p.position, p.cents - p.refunded_cents, m.method FROM payment_parts p
             JOIN payments m ON m.id = p.payment_id
             WHERE p.club_id = $1 AND p.subject_id = $2 AND p.subject_kind = $3 AND p.refunded_cents < p.cents
             ORDER BY m.received_at DESC, m.id DESC, p.position"
        ),
        args![club, subject.id, subject.kind],
    )
}

fn insert(tx: &mut Tx<'_>, refund: &Refund, part: i64) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "INSERT INTO refunds (id, club_id, number, payment_id, part, subject_kind, subject_id, method, cents, slip,
             sent_by, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        args![
            refund.id,
            club,
            &refund.number,
            refund.payment,
            part,
            refund.subject_kind,
            refund.subject_id,
            refund.method,
            refund.amount,
            &refund.slip,
            refund.sent_by,
            refund.sent_at
        ],
    )
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T8: the tax of a refund is the tax before less the tax after.
    #[test]
    fn a_refund_includes_the_tax_that_is_no_longer_charged() {
        let rates = TaxRates::single(LineKind::Goods, 800);
        let lines = [
            Line::new(LineKind::Goods, "item", "Serum", Cents(12_000)),
            Line::new(LineKind::Goods, "item", "Mask", Cents(3_600)),
        ];
        let total = |lines: &[Line]| lines.iter().map(|line| line.amount).sum::<Cents>() + rates.on(lines);
        // Example T of the rules: 168.48 less 129.60 is 38.88.
        let less = reduction(&lines, &rates, Cents(3_888));
        assert_eq!(less.iter().map(|line| line.amount).collect::<Vec<_>>(), [Cents(-3_600)]);
        for amount in [1, 2, 13, 14, 999, 16_847, 16_848] {
            let after = [lines.to_vec(), reduction(&lines, &rates, Cents(amount))].concat();
            let refunded = total(&lines) - total(&after);
            assert!((amount - 1..=amount).contains(&refunded.0), "{refunded} of {amount}");
        }
        let mixed = [
            Line::new(LineKind::Service, "list", "Guest price", Cents(5_000)),
            Line::new(LineKind::Addon, "addon", "LED", Cents(2_000)),
        ];
        let less = reduction(&mixed, &TaxRates::default(), Cents(6_000));
        let amounts: Vec<_> = less.iter().map(|line| (line.kind, line.amount.0)).collect();
        assert_eq!(amounts, [(LineKind::Service, -5_000), (LineKind::Addon, -1_000)]);
    }
}
