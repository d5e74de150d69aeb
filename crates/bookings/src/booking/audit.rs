//! Audit log entries for what staff do with the bookings of others. What people do with their own bookings is
//! recorded only in the events of the booking.

use booking_rules::Booking;
use kit::{Id, Result, Tx, args, sql};
use people::{Action, Actor, AuditEvent, AuditSubject, SubjectKind, note_change};
use serde_json::{Value, json};

/// Returns a booking as JSON for the audit log. Because the log stays when a person is erased, it says only whether
/// there is a guest, never their name.
pub(crate) fn shown(booking: &Booking) -> Value {
    json!({"status": booking.status.as_str(), "person_id": booking.person, "guest": booking.party.guest_name.is_some(),
        "service_id": booking.service, "room_id": booking.room, "starts_at": booking.starts_at,
        "party": booking.party.people, "total": booking.price.total(), "fee": booking.cancellation.fee, "held_until": booking.hold.expires_at})
}

/// Records what `by` has done with a booking, if they acted as staff on someone else's booking.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    by: &Actor,
    what: AuditEvent,
    booking: &Booking,
    change: (Value, Value),
) -> Result<()> {
    if !by.may_for(Action::BookForOthers, booking.person) {
        return Ok(());
    }
    let name = booking.reference.as_deref().unwrap_or_default();
    note_change(tx, by, what, AuditSubject { kind: SubjectKind::Booking, id: Some(booking.id), name }, change)
}

/// Records the same, with the booking before and after the change.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn note_both(
    tx: &mut Tx<'_>,
    by: &Actor,
    what: AuditEvent,
    before: &Booking,
    after: &Booking,
) -> Result<()> {
    let (shown_before, mut shown_after) = (shown(before), shown(after));
    let (was, is) = (&before.party.guest_name, &after.party.guest_name);
    if was.is_some() && is.is_some() && was != is {
        shown_after["guest"] = json!("changed");
    }
    note(tx, by, what, after, (shown_before, shown_after))
}

/// Records the same for a booking that was made.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn note_made(tx: &mut Tx<'_>, by: &Actor, what: AuditEvent, booking: &Booking) -> Result<()> {
    note(tx, by, what, booking, (Value::Null, shown(booking)))
}

/// Returns the id of the booking with a reference such as `CS-2026-000017`, in any letter case, or `None` if there is
/// none.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::Forbidden` unless `by` may see every booking.
pub fn id_by_reference(tx: &mut Tx<'_>, by: &Actor, reference: &str) -> Result<Option<Id>> {
    let club = tx.club()?;
    by.need(Action::SeeEveryBooking)?;
    let found: Option<(Id,)> = tx.one(
        sql!("SELECT id FROM bookings WHERE +club_id = $2 AND reference = $1"),
        args![reference.trim().to_uppercase(), club],
    )?;
    Ok(found.map(|(id,)| id))
}
