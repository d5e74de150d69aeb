//! What a visitor held, or the desk booked for nobody known, becomes the account's of whoever shows that the address on it
//! is theirs.

use booking_rules::SUBJECT;
use kit::{Id, Result, Tx, args, sql};
use money::Subject;
use serde_json::json;

use crate::store;

/// Hands everything over that carries this address and is nobody's. Says how many bookings and holds that were.
///
/// Ask only for an address that is known to be the person's. The time stays claimed as it was: by room and technician, not by the
/// person, for an address says who is written to and not who comes.
///
/// # Errors
/// A fault of the database.
pub fn adopt(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<usize> {
    let club = tx.club()?;
    let found: Vec<(Id,)> = tx.all(
        sql!(
            "UPDATE bookings SET person_id = $1 WHERE club_id = $3 AND person_id IS NULL AND LOWER(guest_email) = $2
             RETURNING id"
        ),
        args![person, email.trim().to_lowercase(), club],
    )?;
    for (id,) in &found {
        money::hand_over(tx, Subject { kind: SUBJECT, id: *id }, person)?;
        store::note(tx, *id, Some(person), "adopted", &json!({}))?;
    }
    Ok(found.len())
}
