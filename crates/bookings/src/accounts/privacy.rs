//! Exporting and erasing the personal data in bookings. When a person is erased, the bookings stay because accounting
//! records must be kept, but their personal content is removed.

use jiff::Timestamp;
use kit::{Error, Id, Result, Tx, args, row, sql};
use people::Actor;
use serde::Serialize;

use crate::notifications::guests;
use crate::store;

/// A booking in the export of a person's data.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// The id of the booking.
    pub id: Id,
    /// The reference, such as `CS-2026-000017`.
    pub reference: Option<String>,
    /// The status of the booking.
    pub status: String,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// When the guest's time ends.
    pub ends_at: Timestamp,
    /// The name of the guest, if the booking is for someone else.
    pub guest_name: Option<String>,
    /// The phone number of that guest.
    pub guest_phone: Option<String>,
    /// The email address of that guest.
    pub guest_email: Option<String>,
    /// The special requests of the guest.
    pub special_requests: Option<String>,
    /// The allergies of the guest.
    pub allergies: Option<String>,
    /// The name of the companion.
    pub companion_name: Option<String>,
    /// The program of the massage bed.
    pub ai_program: Option<String>,
    /// The scene for the room.
    pub scene_preferences: Option<serde_json::Value>,
    /// The add-ons, with their notes.
    pub addons: Vec<ExportedAddon>,
    /// The events of the booking.
    pub events: Vec<ExportedEvent>,
    /// The role of the person: the guest (`guest`), the companion (`companion`), or the one who booked it for someone
    /// else (`booked_by`).
    pub part: &'static str,
    /// When the booking was made.
    pub created_at: Timestamp,
}

/// An add-on of an exported booking.
#[derive(Debug, Serialize)]
pub struct ExportedAddon {
    /// The name of the add-on.
    pub name: String,
    /// How many of the add-on were booked.
    pub quantity: i64,
    /// The notes about the add-on.
    pub notes: String,
}

row!(ExportedAddon { name, quantity, notes });

/// An event of an exported booking.
#[derive(Debug, Serialize)]
pub struct ExportedEvent {
    /// When the event occurred.
    pub at: Timestamp,
    /// The kind of event.
    pub what: String,
    /// The details of the event as JSON.
    pub detail: String,
}

row!(ExportedEvent { at, what, detail });

/// A place on the waitlist in the export of a person's data.
#[derive(Debug, Serialize)]
pub struct ExportedWait {
    /// The name of the service.
    pub service: String,
    /// The first requested day.
    pub first_day: String,
    /// The last requested day.
    pub last_day: String,
    /// The state of the place.
    pub state: String,
    /// When the person joined the waitlist.
    pub joined_at: Timestamp,
}

row!(ExportedWait { service, first_day, last_day, state, joined_at });

/// A lapse in the export of a person's data: a late cancellation or a missed visit that a plan had paid for.
#[derive(Debug, Serialize)]
pub struct ExportedLapse {
    /// The id of the booking.
    pub booking: Id,
    /// When the lapse occurred.
    pub at: Timestamp,
    /// The kind of lapse.
    pub what: String,
}

row!(ExportedLapse { booking, at, what });

/// Returns every place on the waitlist that the actor has or had.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
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

/// Returns every lapse of the actor: the late cancellations and missed visits that count against their plan.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
pub fn export_lapses(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<ExportedLapse>> {
    let person = by.person()?.id;
    tx.all(sql!("SELECT booking_id, at, what FROM lapses WHERE person_id = $1 ORDER BY at"), args![person])
}

/// Returns every booking of the actor with all its content. For bookings in which the actor is the companion or that
/// they made for someone else, only the id, reference, times, and status are included.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
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

/// Returns the distinct guest email addresses that a person entered in their bookings, in lower case.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn guest_addresses(tx: &mut Tx<'_>, person: Id) -> Result<Vec<String>> {
    let found: Vec<(String,)> = tx.all(
        sql!(
            "SELECT DISTINCT LOWER(guest_email) FROM bookings WHERE person_id = $1 AND guest_email IS NOT NULL"
        ),
        args![person],
    )?;
    Ok(found.into_iter().map(|(email,)| email).collect())
}

/// Returns whether a person has an upcoming booking or a hold.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn has_ahead(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let now = tx.now();
    let ahead = tx.in_each_club(|tx| store::upcoming(tx, person, now))?;
    Ok(ahead.iter().any(|bookings| !bookings.is_empty()))
}

/// Removes from a person's bookings and places on the waitlist everything that identifies them or that they
/// requested.
///
/// # Errors
/// Returns `Error::Forbidden` while the person has an upcoming booking or a hold, and a fault if the database fails.
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

/// Removes the personal content of all bookings and holds without an owner that have this email address, because the
/// person with that address is being erased. Returns the number of changed rows.
///
/// # Errors
/// Returns a fault if the database fails.
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
