//! Audit log entries for what staff do with the memberships of others.

use kit::{Id, Result, Tx};
use people::{Actor, AuditEvent, AuditSubject, SubjectKind, note_change};
use serde_json::{Value, json};

use crate::entitlements::Entitlements;
use crate::model::{Membership, Plan};

/// Converts a membership into JSON for the audit log.
pub(crate) fn shown(membership: &Membership, plan: &Plan) -> Value {
    json!({"plan": plan.name, "price": plan.price, "status": membership.status.as_str(),
        "paid_until": membership.paid_until, "renews": membership.renews,
        "frozen_from": membership.frozen.map(|(from, _)| from),
        "frozen_until": membership.frozen.map(|(_, until)| until)})
}

/// Converts the membership of a person into JSON for the audit log; null if the person has none.
pub(crate) fn shown_of(entitlements: &Entitlements) -> Value {
    entitlements.held.as_ref().map_or(Value::Null, |(membership, plan)| shown(membership, plan))
}

/// Records what `by` did with the membership of `person`, unless it is their own.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    by: &Actor,
    what: AuditEvent,
    person: Id,
    change: (Value, Value),
) -> Result<()> {
    if by.id() == Some(person) {
        return Ok(());
    }
    note_change(tx, by, what, AuditSubject { kind: SubjectKind::Person, id: Some(person), name: "" }, change)
}
