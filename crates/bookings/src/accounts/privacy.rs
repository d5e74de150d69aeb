//! What is taken out of bookings when somebody is erased, and what they are handed before. The bookings stay, for the books
//! must be kept; what was said in them does not. People are shared, so all of this concerns their bookings in every club.

use jiff::Timestamp;
use kit::{Error, Id, Result, Tx, args, row, sql};
use people::Actor;
use serde::Serialize;

use crate::notifications::guests;
use crate::store;

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
    /// Which program the massage bed was to run.
    pub ai_program: Option<String>,
    /// What the room was to be set to.
    pub scene_preferences: Option<serde_json::Value>,
    /// What goes with it, with what was noted.
    pub addons: Vec<ExportedAddon>,
    /// What happened to it.
    pub events: Vec<ExportedEvent>,
    /// Whether the person is the guest (`guest`), comes along (`companion`) or booked it for another (`booked_by`).
    pub part: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An add-on of a booking.
#[derive(Debug, Serialize)]
pub struct ExportedAddon {
    /// Its name.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// What was noted.
    pub notes: String,
}

row!(ExportedAddon { name, quantity, notes });

/// Something that happened to a booking.
#[derive(Debug, Serialize)]
pub struct ExportedEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
    /// How, as JSON.
    pub detail: String,
}

row!(ExportedEvent { at, what, detail });

/// A place on the waitlist.
#[derive(Debug, Serialize)]
pub struct ExportedWait {
    /// For which service.
    pub service: String,
    /// From which day.
    pub first_day: String,
    /// To which day.
    pub last_day: String,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub joined_at: Timestamp,
}

row!(ExportedWait { service, first_day, last_day, state, joined_at });

/// A late cancellation or a missed visit that a plan had paid for.
#[derive(Debug, Serialize)]
pub struct ExportedLapse {
    /// Of which booking.
    pub booking: Id,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

row!(ExportedLapse { booking, at, what });

/// Every place on the waitlist that whoever asks has or had.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn export_waits(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<ExportedWait>> {
    let person = by.person()?.id;
    tx.all(
        sql!(
            "SELECT s.name, w.first_day, w.last_day, w.state, w.joined_at FROM waits w
             JOIN services s ON s.id = w.service_id WHERE w.person_id = $1 ORDER BY w.id"
        ),
        args![person],
    )
}

/// Every late cancellation and missed visit of whoever asks that counts against their plan.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn export_lapses(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<ExportedLapse>> {
    let person = by.person()?.id;
    tx.all(sql!("SELECT booking_id, at, what FROM lapses WHERE person_id = $1 ORDER BY at"), args![person])
}

/// Every booking of whoever asks, with everything that was said in it; of those in which they come along or that they made for
/// another person, when and where they stand alone.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn export(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Exported>> {
    let person = by.person()?.id;
    let mut found: Vec<Exported> = Vec::new();
    tx.each(
        sql!(
            "SELECT id, reference, status, starts_at, ends_at, guest_name, guest_phone, guest_email, special_requests,
             companion_name, created_at, ai_program, scene, person_id, companion_id FROM bookings
             WHERE person_id = $1 OR companion_id = $1 OR booked_by = $1 ORDER BY starts_at, id"
        ),
        args![person],
        |row| {
            let (owner, companion): (Option<Id>, Option<Id>) = (row.get(13)?, row.get(14)?);
            let part = match (owner == Some(person), companion == Some(person)) {
                (true, _) => "guest",
                (_, true) => "companion",
                _ => "booked_by",
            };
            let is_own = part == "guest";
            found.push(Exported {
                id: row.get(0)?,
                reference: row.get(1)?,
                status: row.get(2)?,
                starts_at: row.get(3)?,
                ends_at: row.get(4)?,
                guest_name: row.get::<Option<String>>(5)?.filter(|_| is_own),
                guest_phone: row.get::<Option<String>>(6)?.filter(|_| is_own),
                guest_email: row.get::<Option<String>>(7)?.filter(|_| is_own),
                special_requests: row.get::<Option<String>>(8)?.filter(|_| is_own),
                allergies: None,
                companion_name: row.get::<Option<String>>(9)?.filter(|_| is_own),
                created_at: row.get(10)?,
                ai_program: row.get::<Option<String>>(11)?.filter(|_| is_own),
                scene_preferences: row.get::<Option<serde_json::Value>>(12)?.filter(|_| is_own),
                addons: Vec::new(),
                events: Vec::new(),
                part,
            });
            Ok(())
        },
    )?;
    for one in found.iter_mut().filter(|one| one.part == "guest") {
        let club = store::club_of(tx, one.id)?.ok_or(Error::NotFound)?;
        one.allergies = tx.in_club(club, |tx| store::allergies(tx, one.id))?;
        one.addons = tx.all(
            sql!(
                "SELECT a.name, b.quantity, b.notes FROM booking_addons b JOIN addons a ON a.id = b.addon_id
                 WHERE b.booking_id = $1 ORDER BY a.id"
            ),
            args![one.id],
        )?;
        one.events = tx.all(
            sql!("SELECT at, what, detail FROM booking_events WHERE booking_id = $1 ORDER BY id"),
            args![one.id],
        )?;
    }
    Ok(found)
}

/// The addresses of guests that a person named in their bookings.
///
/// # Errors
/// A fault of the database.
pub fn guest_addresses(tx: &mut Tx<'_>, person: Id) -> Result<Vec<String>> {
    let found: Vec<(String,)> = tx.all(
        sql!(
            "SELECT DISTINCT LOWER(guest_email) FROM bookings WHERE person_id = $1 AND guest_email IS NOT NULL"
        ),
        args![person],
    )?;
    Ok(found.into_iter().map(|(email,)| email).collect())
}

/// Whether a person has a booking to come or a time that is held, in any club.
///
/// # Errors
/// A fault of the database.
pub fn has_ahead(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let now = tx.now();
    let ahead = tx.in_each_club(|tx| store::upcoming(tx, person, now))?;
    Ok(ahead.iter().any(|bookings| !bookings.is_empty()))
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
    tx.run(sql!("UPDATE bookings SET companion_name = NULL WHERE companion_id = $1"), args![person])?;
    guests::forget(tx, person)?;
    tx.run(sql!("UPDATE waits SET state = 'left' WHERE person_id = $1 AND state = 'waiting'"), args![person])
        .map(drop)
}

/// Takes everything out of the holds of visitors that carries an address: whose it is, is erased.
///
/// # Errors
/// A fault of the database.
pub fn forget_address(tx: &mut Tx<'_>, email: &str) -> Result<u64> {
    tx.run(
        sql!(
            "UPDATE bookings SET guest_name = NULL, guest_phone = NULL, guest_email = NULL, special_requests = NULL,
             allergies = NULL, companion_name = NULL, ai_program = NULL, scene = NULL, held_from = NULL
             WHERE person_id IS NULL AND LOWER(guest_email) = $1"
        ),
        args![email.trim().to_lowercase()],
    )
}
