//! Adoption: bookings and holds without an owner, made by a visitor or by the front desk, become those of the account
//! that proves it owns their email address.

use booking_rules::{BookingEvent, SUBJECT};
use kit::{Id, Result, Tx, args, sql};
use people::Subject;
use serde_json::json;

use crate::store;

/// Makes a person the owner of all bookings and holds that have this email address and no owner. Returns their
/// number.
///
/// Call this only for an address that is proven to be the person's. The claims stay on the room and technician, and
/// the person's own time is not claimed, because the address says who gets the emails and not who comes.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn adopt(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<usize> {
    let club = tx.club()?;
    let found: Vec<(Id,)> = tx.all(
        sql!(
            "UPDATE bookings SET person_id = $1 WHERE +club_id = $3 AND person_id IS NULL AND LOWER(guest_email) = $2
             RETURNING id"
        ),
        args![person, email.trim().to_lowercase(), club],
    )?;
    for (id,) in &found {
        money::hand_over(tx, Subject { kind: SUBJECT, id: *id }, person)?;
        store::note(tx, *id, Some(person), BookingEvent::Adopted, &json!({}))?;
    }
    Ok(found.len())
}
