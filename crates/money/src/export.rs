//! The personal data of a person in this crate, for its export.

use jiff::Timestamp;
use kit::{Cents, Id, Result, Tx, args, row, sql};
use people::Actor;
use serde_json::{Value, json};

use crate::line::Line;
use crate::store::lines_of;

/// Returns every charge of the actor with its lines.
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
        let line = |line: &Line| json!({"label": line.label, "amount": line.amount.to_string()});
        let lines: Vec<Value> = lines_of(tx, id)?.iter().map(line).collect();
        out.push(json!({"of": kind, "id": subject, "net": net.to_string(), "tax": tax.to_string(), "status": status,
            "created_at": at, "lines": lines}));
    }
    Ok(out)
}

/// Returns every refund that the actor received, and every comp, write-off, and approved refund of their charges, without
/// the member of staff who decided it.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn export_refunds(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Value>> {
    let person = by.person()?.id;
    let sent: Vec<(String, String, Cents, String, Timestamp)> = tx.all(
        sql!(
            "SELECT r.number, r.method, r.cents, r.slip, r.sent_at FROM refunds r JOIN payments m ON m.id = r.payment_id
             WHERE m.person_id = $1 ORDER BY r.sent_at, r.id"
        ),
        args![person],
    )?;
    let decided: Vec<(String, Cents, String, Timestamp)> = tx.all(
        sql!(
            "SELECT a.kind, a.cents, a.reason, a.made_at FROM charge_adjustments a JOIN charges c ON c.id = a.charge_id
             WHERE c.person_id = $1 ORDER BY a.made_at, a.id"
        ),
        args![person],
    )?;
    let sent = sent.into_iter().map(|(number, method, amount, slip, at)| {
        json!({"number": number, "method": method, "amount": amount.to_string(), "slip": slip, "sent_at": at})
    });
    let decided = decided.into_iter().map(|(kind, amount, reason, at)| {
        json!({"decision": kind, "amount": amount.to_string(), "reason": reason, "decided_at": at})
    });
    Ok(sent.chain(decided).collect())
}

/// A payment as it is exported.
struct ExportedPayment {
    number: Option<String>,
    method: String,
    amount: Cents,
    tip: Cents,
    slip: String,
    received_at: Timestamp,
    refunded: Cents,
}

row!(ExportedPayment { number, method, amount, tip, slip, received_at, refunded });

/// Returns every payment of the actor with what was sent back of it.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn export_payments(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Value>> {
    let person = by.person()?.id;
    let payments: Vec<ExportedPayment> = tx.all(
        sql!(
            "SELECT m.number, m.method, m.cents, m.tip_cents, m.slip, m.received_at,
             CAST((SELECT COALESCE(SUM(p.refunded_cents), 0) FROM payment_parts p WHERE p.payment_id = m.id) AS BIGINT)
             FROM payments m WHERE m.person_id = $1 ORDER BY m.received_at, m.id"
        ),
        args![person],
    )?;
    let payment = |one: ExportedPayment| {
        json!({"number": one.number, "method": one.method, "amount": one.amount.to_string(),
            "tip": one.tip.to_string(), "slip": one.slip, "received_at": one.received_at,
            "refunded": one.refunded.to_string()})
    };
    Ok(payments.into_iter().map(payment).collect())
}
