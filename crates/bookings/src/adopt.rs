//! What a visitor held, or the desk booked for nobody known, becomes the account's of whoever shows that the address on it
//! is theirs.

use kit::{Id, Result, Tx, args, sql};
use money::Subject;
use serde_json::json;

use crate::book::{Booked, SUBJECT};
use crate::model::{Booking, Status};
use crate::store;

/// Hands everything over that carries this address and is nobody's. Says how many bookings and holds that were.
///
/// Ask only for an address that is known to be the person's. The time stays claimed as it was: by room and technician, not by the
/// person, for an address says who is written to and not who comes.
///
/// # Errors
/// A fault of the database.
pub fn adopt(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<usize> {
    let found: Vec<(Id,)> = tx.all(
        sql!(
            "UPDATE bookings SET person_id = $1 WHERE person_id IS NULL AND LOWER(guest_email) = $2 RETURNING id"
        ),
        args![person, email.trim().to_lowercase()],
    )?;
    for (id,) in &found {
        money::hand_over(tx, Subject { kind: SUBJECT, id: *id }, person)?;
        store::note(tx, *id, Some(person), "adopted", &json!({}))?;
    }
    Ok(found.len())
}

/// Has a person be told of every booking of theirs that lies ahead: until now no address was known to be theirs.
///
/// # Errors
/// A fault of the database.
pub fn tell_upcoming(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    let now = tx.now();
    for booking in store::upcoming(tx, person, now)? {
        let Booking { id, status, ref guest_email, .. } = booking.booking;
        if status == Status::Confirmed && guest_email.is_none() {
            tx.enqueue(&Booked { booking: id }, now)?;
        }
    }
    Ok(())
}
