//! What is taken out of bookings when somebody is erased, and what they are handed before. The bookings stay, for the books
//! must be kept; what was said in them does not.

use jiff::Timestamp;
use kit::{Error, Id, Result, Tx, args, sql};
use people::Actor;
use serde::Serialize;

use crate::{guests, store};

/// A booking as it is handed to whom it is of.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// Its id.
    pub id: Id,
    /// `CS-2026-000017`.
    pub reference: Option<String>,
    /// Where it stands.
    pub status: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// For whom, if that is somebody else.
    pub guest_name: Option<String>,
    /// How they are called.
    pub guest_phone: Option<String>,
    /// How they are written to.
    pub guest_email: Option<String>,
    /// What was asked for.
    pub special_requests: Option<String>,
    /// What must not be met.
    pub allergies: Option<String>,
    /// Who comes along.
    pub companion_name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Every booking of whoever asks, with everything that was said in it.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn export(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Exported>> {
    let person = by.person()?.id;
    let mut found: Vec<Exported> = Vec::new();
    tx.each(
        sql!(
            "SELECT id, reference, status, starts_at, ends_at, guest_name, guest_phone, guest_email, special_requests,
             companion_name, created_at FROM bookings WHERE person_id = $1 ORDER BY starts_at, id"
        ),
        args![person],
        |row| {
            found.push(Exported {
                id: row.get(0)?,
                reference: row.get(1)?,
                status: row.get(2)?,
                starts_at: row.get(3)?,
                ends_at: row.get(4)?,
                guest_name: row.get(5)?,
                guest_phone: row.get(6)?,
                guest_email: row.get(7)?,
                special_requests: row.get(8)?,
                allergies: None,
                companion_name: row.get(9)?,
                created_at: row.get(10)?,
            });
            Ok(())
        },
    )?;
    for one in &mut found {
        one.allergies = store::allergies(tx, one.id)?;
    }
    Ok(found)
}

/// Whether a person has a booking to come or a time that is held.
///
/// # Errors
/// A fault of the database.
pub fn has_ahead(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let now = tx.now();
    Ok(!store::upcoming(tx, person, now)?.is_empty())
}

/// Takes everything out of a person's bookings and places on the waitlist that says who they are or what they asked for.
///
/// # Errors
/// A fault of the database; `Error::Forbidden` as long as a booking lies ahead.
pub fn forget_person(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    if has_ahead(tx, person)? {
        return Err(Error::Forbidden);
    }
    tx.run(
        sql!(
            "UPDATE bookings SET guest_name = NULL, guest_phone = NULL, guest_email = NULL, special_requests = NULL,
             allergies = NULL, companion_name = NULL, ai_program = NULL, scene = NULL, token = NULL, held_from = NULL
             WHERE person_id = $1"
        ),
        args![person],
    )?;
    tx.run(
        sql!(
            "UPDATE booking_addons SET notes = '' WHERE booking_id IN (SELECT id FROM bookings WHERE person_id = $1)"
        ),
        args![person],
    )?;
    guests::forget(tx, person)?;
    tx.run(sql!("UPDATE waits SET state = 'left' WHERE person_id = $1 AND state = 'waiting'"), args![person])
        .map(drop)
}
