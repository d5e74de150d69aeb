//! SQL statements on the tables of bookings that several operations need. They make no decisions.

use booking_rules::{AddonRequest, Booking, BookingEvent, Extras, SUBJECT, Status};
use kit::{Cents, Fault, Id, Result, Tx, args, sql};
use money::Line;
use people::Subject;
use serde::Serialize;

use super::rows::{BookingRow, PriceLines, Unread, columns, insert_text};
use crate::model::BookingFilter;

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    club: Id,
    booked_by: Option<Id>,
    booking: &Booking,
    why: &[Line],
    extras: &Extras,
) -> Result<()> {
    let unread = Unread {
        club,
        booked_by,
        guest_phone: extras.guest_phone.clone(),
        allergies: encrypted_allergies(tx, booking.id, extras)?,
        ai_program: extras.ai_program.clone(),
        scene: extras.scene.clone(),
    };
    let row = BookingRow { booking: booking.clone(), why: PriceLines(why.to_vec()), token: None };
    tx.run(sql!(insert_text!()), [row.values(), unread.values()].concat()).map(drop)
}

pub(crate) fn encrypted_allergies(tx: &Tx<'_>, booking: Id, extras: &Extras) -> Result<Option<Vec<u8>>> {
    extras.allergies.as_deref().map(|text| tx.encrypt(&allergies_place(booking), text)).transpose()
}

fn allergies_place(booking: Id) -> String {
    format!("bookings.allergies:{booking}")
}

/// Returns the decrypted allergies of the guest of a booking.
pub(crate) fn allergies(tx: &mut Tx<'_>, booking: Id) -> Result<Option<String>> {
    let club = tx.club()?;
    let encrypted: Option<(Option<Vec<u8>>,)> =
        tx.one(sql!("SELECT allergies FROM bookings WHERE id = $1 AND club_id = $2"), args![booking, club])?;
    let place = allergies_place(booking);
    encrypted.and_then(|(encrypted,)| encrypted).map(|encrypted| tx.decrypt(&place, &encrypted)).transpose()
}

pub(crate) fn insert_addon(tx: &mut Tx<'_>, booking: Id, request: &AddonRequest, unit: Cents) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO booking_addons (booking_id, addon_id, quantity, notes, unit_cents)
             VALUES ($1, $2, $3, $4, $5)"
        ),
        args![booking, request.id, request.quantity, &request.notes, unit],
    )
    .map(drop)
}

/// Returns the add-ons of a booking.
pub(crate) fn addons_of(tx: &mut Tx<'_>, booking: Id) -> Result<Vec<AddonRequest>> {
    let rows: Vec<(Id, i64, String)> = tx.all(
        sql!("SELECT addon_id, quantity, notes FROM booking_addons WHERE booking_id = $1 ORDER BY addon_id"),
        args![booking],
    )?;
    Ok(rows.into_iter().map(|(id, quantity, notes)| AddonRequest { id, quantity, notes }).collect())
}

/// Deletes the add-ons of a booking before it gets others.
pub(crate) fn forget_addons(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM booking_addons WHERE booking_id = $1"), args![booking]).map(drop)
}

pub(crate) fn set_reference(tx: &mut Tx<'_>, booking: Id, reference: &str) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!("UPDATE bookings SET reference = $1 WHERE +club_id = $3 AND id = $2"),
        args![reference, booking, club],
    )
    .map(drop)
}

/// Changes the status of a booking. Returns `false` if its status is no longer `from`.
pub(crate) fn move_state(tx: &mut Tx<'_>, booking: Id, from: Status, to: Status) -> Result<bool> {
    let club = tx.club()?;
    // The charge is locked before the row, as everywhere, so that no two writers wait for each other.
    tx.lock_person(booking)?;
    let moved = tx.run(
        sql!("UPDATE bookings SET status = $1 WHERE +club_id = $4 AND id = $2 AND status = $3"),
        args![to.as_str(), booking, from.as_str(), club],
    )?;
    // Revenue is recognized when a service is completed (T12).
    let subject = Subject { kind: SUBJECT, id: booking };
    match (moved, from, to) {
        (1, _, Status::Completed) => drop(money::earn(tx, subject)?),
        (1, Status::Completed, _) => drop(money::revert_earn(tx, subject)?),
        _ => {}
    }
    Ok(moved == 1)
}

/// Records an event of a booking at the current time.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    booking: Id,
    by: Option<Id>,
    event: BookingEvent,
    detail: &impl Serialize,
) -> Result<()> {
    let (id, now) = (tx.new_id()?, tx.now());
    let detail = serde_json::to_value(detail).map_err(Fault::because)?;
    tx.run(
        sql!(
            "INSERT INTO booking_events (id, booking_id, at, by_person, what, detail)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        args![id, booking, now, by, event.as_str(), detail],
    )
    .map(drop)
}

/// Returns the club of a booking, whatever the club of this transaction is; `None` if there is no such booking.
pub(crate) fn club_of(tx: &mut Tx<'_>, booking: Id) -> Result<Option<Id>> {
    let found: Option<(Id,)> = tx.one(sql!("SELECT club_id FROM bookings WHERE id = $1"), args![booking])?;
    Ok(found.map(|(club,)| club))
}

pub(crate) fn find(tx: &mut Tx<'_>, booking: Id) -> Result<Option<BookingRow>> {
    let club = tx.club()?;
    tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM bookings b WHERE +b.club_id = $2 AND b.id = $1")),
        args![booking, club],
    )
}

/// Returns the bookings with these ids, in no particular order.
pub(crate) fn find_all(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<BookingRow>> {
    let (mut found, club) = (Vec::new(), tx.club()?);
    for ids in scheduling::id_lists(ids) {
        let rows: Vec<BookingRow> = tx.all(
            sql!(concat!(
                "SELECT ",
                columns!(),
                " FROM bookings b WHERE b.id IN (",
                scheduling::id_list!(),
                ") AND b.club_id = $129"
            )),
            [&ids[..], &args![club][..]].concat(),
        )?;
        found.extend(rows);
    }
    Ok(found)
}

/// Returns a person's bookings and live holds that end after `now`, ordered by start.
pub(crate) fn upcoming(tx: &mut Tx<'_>, person: Id, now: jiff::Timestamp) -> Result<Vec<BookingRow>> {
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE +b.club_id = $3 AND b.person_id = $1 AND b.ends_at > $2
             AND (b.status IN ('pending', 'confirmed', 'checked_in', 'in_progress')
                  OR (b.status = 'held' AND b.expires_at > $2)) ORDER BY b.starts_at, b.id"
        )),
        args![person, now, club],
    )
}

/// Returns one page of a person's other bookings, the latest first, and their total number.
pub(crate) fn past(
    tx: &mut Tx<'_>,
    person: Id,
    only: BookingFilter,
    (limit, offset): (i64, i64),
) -> Result<(Vec<BookingRow>, i64)> {
    let (club, now) = (tx.club()?, tx.now());
    let (service, status) = (only.service.unwrap_or(Id(0)), only.status.map_or("", Status::as_str));
    let count: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM bookings WHERE +club_id = $5 AND person_id = $1 AND reference IS NOT NULL
             AND (ends_at <= $2 OR status IN ('completed', 'cancelled', 'no_show', 'expired'))
             AND (service_id = $3 OR $3 = 0) AND (status = $4 OR $4 = '')"
        ),
        args![person, now, service, status, club],
    )?;
    let page = tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE +b.club_id = $7 AND b.person_id = $1 AND b.reference IS NOT NULL
             AND (b.ends_at <= $2 OR b.status IN ('completed', 'cancelled', 'no_show', 'expired'))
             AND (b.service_id = $3 OR $3 = 0) AND (b.status = $4 OR $4 = '')
             ORDER BY b.starts_at DESC, b.id DESC LIMIT $5 OFFSET $6"
        )),
        args![person, now, service, status, limit, offset, club],
    )?;
    Ok((page, count.map_or(0, |(count,)| count)))
}
