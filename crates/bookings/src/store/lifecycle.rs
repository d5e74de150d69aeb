//! SQL statements that change the state of a booking: holds, rescheduling, and ends.

use booking_rules::{BookedInstead, Booking, BookingEvent, Extras, Status};
use jiff::{SignedDuration, Timestamp};
use kit::db::{Sql, Value};
use kit::{Cents, Fault, Id, Result, Tx, args, sql};
use money::Line;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::bookings::encrypted_allergies;
use super::rows::{BookingRow, PriceLines, columns};
use crate::model::{FeeReason, Hold, Whose};

/// Returns the number of upcoming bookings of a person (F7).
pub(crate) fn count_open(tx: &mut Tx<'_>, person: Id) -> Result<i64> {
    let (club, now) = (tx.club()?, tx.now());
    count(tx.one(
        sql!(
            "SELECT COUNT(*) FROM bookings WHERE +club_id = $3 AND person_id = $1 AND starts_at > $2
             AND status IN ('pending', 'confirmed')"
        ),
        args![person, now, club],
    )?)
}

/// Returns the number of times that a person holds (H1). Offers from the waitlist are not counted.
pub(crate) fn count_held(tx: &mut Tx<'_>, person: Id) -> Result<i64> {
    let (club, now) = (tx.club()?, tx.now());
    count(tx.one(
        sql!(
            "SELECT COUNT(*) FROM bookings b WHERE +b.club_id = $3 AND b.person_id = $1 AND b.starts_at > $2 AND
             b.status = 'held' AND b.expires_at > $2 AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.booking_id = b.id)"
        ),
        args![person, now, club],
    )?)
}

fn count(row: Option<(i64,)>) -> Result<i64> {
    Ok(row.map_or(0, |(count,)| count))
}

/// Returns, of the holds that visitors of a network made within the last hour, the number that are live now and the
/// total (H1).
pub(crate) fn count_held_from(tx: &mut Tx<'_>, network: &str) -> Result<(i64, i64)> {
    let (club, now) = (tx.club()?, tx.now());
    let counts: Option<(i64, i64)> = tx.one(
        sql!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN status = 'held' AND expires_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT),
             CAST(COALESCE(SUM(CASE WHEN created_at > $3 AND created_at <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
             FROM bookings WHERE club_id = $4 AND held_from = $1 AND (created_at > $3 OR (status = 'held' AND expires_at > $2))"
        ),
        args![network, now, now - SignedDuration::from_hours(1), club],
    )?;
    Ok(counts.unwrap_or_default())
}

/// Stores the token and the network of the visitor who holds.
pub(crate) fn set_holder(tx: &mut Tx<'_>, booking: Id, hold: &Hold) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!("UPDATE bookings SET token = $1, held_from = $2 WHERE +club_id = $4 AND id = $3"),
        args![hold.token.clone(), hold.from.clone(), booking, club],
    )
    .map(drop)
}

/// Returns the network from which a visitor holds.
pub(crate) fn held_from(tx: &mut Tx<'_>, booking: Id) -> Result<Option<String>> {
    let club = tx.club()?;
    let row: Option<(Option<String>,)> =
        tx.one(sql!("SELECT held_from FROM bookings WHERE +club_id = $2 AND id = $1"), args![booking, club])?;
    Ok(row.and_then(|(network,)| network))
}

/// Runs an update of one column of a booking: `$1` is its value, `$2` the booking, and `$3` the club.
fn set(tx: &mut Tx<'_>, booking: Id, sql: &'static Sql, value: impl Into<Value>) -> Result<()> {
    let (value, club): (Value, Id) = (value.into(), tx.club()?);
    tx.run(sql, args![value, booking, club]).map(drop)
}

/// Marks a hold as extended.
pub(crate) fn mark_extended(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    set(tx, booking, sql!("UPDATE bookings SET extended = $1 WHERE +club_id = $3 AND id = $2"), true)
}

/// Returns the holds with the token of this digest, ordered by start. They may have expired, if nothing has ended
/// them yet.
pub(crate) fn held_by_token(tx: &mut Tx<'_>, digest: &[u8]) -> Result<Vec<Id>> {
    let club = tx.club()?;
    let rows: Vec<(Id,)> = tx.all(
        sql!("SELECT id FROM bookings WHERE +club_id = $2 AND status = 'held' AND token = $1 ORDER BY starts_at, id"),
        args![digest.to_vec(), club],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Returns the live hold of a service at a time.
pub(crate) fn held_at(
    tx: &mut Tx<'_>,
    whose: Whose<'_>,
    service: Id,
    starts_at: Timestamp,
) -> Result<Option<Id>> {
    let (club, now) = (tx.club()?, tx.now());
    let row: Option<(Id,)> = match whose {
        Whose::Person(person) => tx.one(
            sql!(
                "SELECT id FROM bookings WHERE +club_id = $5 AND status = 'held' AND person_id = $1 AND service_id = $2
                 AND starts_at = $3 AND expires_at > $4 ORDER BY id LIMIT 1"
            ),
            args![person, service, starts_at, now, club],
        )?,
        Whose::Token(digest) => tx.one(
            sql!(
                "SELECT id FROM bookings WHERE +club_id = $5 AND status = 'held' AND token = $1 AND service_id = $2
                 AND starts_at = $3 AND expires_at > $4 ORDER BY id LIMIT 1"
            ),
            args![digest.to_vec(), service, starts_at, now, club],
        )?,
    };
    Ok(row.map(|(id,)| id))
}

/// Returns the live holds of a service on an operating day that belong to a person or a token, ordered by start.
pub(crate) fn held_on(
    tx: &mut Tx<'_>,
    person: Option<Id>,
    token: Option<Vec<u8>>,
    service: Id,
    day: jiff::civil::Date,
) -> Result<Vec<Booking>> {
    let (club, now) = (tx.club()?, tx.now());
    let rows: Vec<BookingRow> = tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE b.club_id = $6 AND b.status = 'held' AND (b.person_id = $1 OR b.token = $2)
             AND b.service_id = $3 AND b.day = $4 AND b.expires_at > $5 ORDER BY b.starts_at, b.id"
        )),
        args![person, token, service, day, now, club],
    )?;
    Ok(rows.into_iter().map(|row| row.booking).collect())
}

/// Returns the scene chosen for the room of a booking.
pub(crate) fn scene_of(tx: &mut Tx<'_>, booking: Id) -> Result<Option<Json>> {
    let club = tx.club()?;
    let row: Option<(Option<String>,)> =
        tx.one(sql!("SELECT scene FROM bookings WHERE +club_id = $2 AND id = $1"), args![booking, club])?;
    row.and_then(|(text,)| text).map(|text| serde_json::from_str(&text)).transpose().map_err(Fault::because)
}

/// Returns the booking that was made from an expired hold.
pub(crate) fn made_of(tx: &mut Tx<'_>, hold: Id) -> Result<Option<Id>> {
    let event = last_event(tx, hold, BookingEvent::BookedAnew)?;
    Ok(event.and_then(|event| event.detail()).map(|BookedInstead { booking }| booking))
}

/// Extends a hold once. Returns `false` if it has expired or was extended already (H3).
pub(crate) fn extend(tx: &mut Tx<'_>, booking: Id, until: Timestamp) -> Result<bool> {
    let (club, now) = (tx.club()?, tx.now());
    let extended = tx.run(
        sql!(
            "UPDATE bookings SET expires_at = $1, extended = TRUE
             WHERE +club_id = $4 AND id = $2 AND status = 'held' AND expires_at > $3 AND NOT extended"
        ),
        args![until, booking, now, club],
    )?;
    scheduling::keep_until(tx, booking, Some(until))?;
    Ok(extended == 1)
}

/// Makes the allocations of a hold permanent and removes its expiry, token, and network.
pub(crate) fn keep_for_good(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    let club = tx.club()?;
    scheduling::keep_until(tx, booking, None)?;
    tx.run(
        sql!("UPDATE bookings SET expires_at = NULL, token = NULL, held_from = NULL WHERE +club_id = $2 AND id = $1"),
        args![booking, club],
    )
    .map(drop)
}

/// Returns expired holds, at most `most` of them.
pub(crate) fn expired(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Id>> {
    let (club, now) = (tx.club()?, tx.now());
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "SELECT id FROM bookings WHERE +club_id = $3 AND status = 'held' AND expires_at <= $1 ORDER BY id LIMIT
             $2"
        ),
        args![now, most, club],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Makes holds that would end after `latest` end then, at most `most` of them.
pub(crate) fn end_by(tx: &mut Tx<'_>, latest: Timestamp, most: i64) -> Result<()> {
    let club = tx.club()?;
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "UPDATE bookings SET expires_at = $1 WHERE +club_id = $2 AND id IN (SELECT id FROM bookings
             WHERE +club_id = $2 AND status = 'held' AND expires_at > $1 ORDER BY id LIMIT $3) RETURNING id"
        ),
        args![latest, club, most],
    )?;
    for (hold,) in rows {
        scheduling::keep_until(tx, hold, Some(latest))?;
        scheduling::bump_versions(tx, hold)?;
    }
    Ok(())
}

/// The condition for expired holds of the club `$2` that were made before `$1`.
macro_rules! old_holds {
    () => {
        " WHERE +club_id = $2 AND status = 'expired' AND reference IS NULL AND created_at < $1"
    };
}

/// Selects the same holds for a condition on `booking_id`.
macro_rules! of_old_holds {
    () => {
        concat!(" WHERE booking_id IN (SELECT id FROM bookings", old_holds!(), ")")
    };
}

/// Deletes expired holds that were made before a moment, with their allocations, add-ons, and events.
pub(crate) fn forget_holds(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let old = args![before, tx.club()?];
    let holds: Vec<(Id,)> = tx.all(sql!(concat!("SELECT id FROM bookings", old_holds!())), &old)?;
    for (hold,) in holds {
        scheduling::forget_allocations(tx, hold)?;
    }
    tx.run(sql!(concat!("DELETE FROM booking_addons", of_old_holds!())), &old)?;
    tx.run(sql!(concat!("DELETE FROM booking_events", of_old_holds!())), &old)?;
    tx.run(sql!(concat!("DELETE FROM bookings", old_holds!())), &old)
}

/// Stores the price of a booking and its lines.
pub(crate) fn write_price(tx: &mut Tx<'_>, booking: &Booking, why: &[Line]) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE bookings SET base_cents = $1, addons_cents = $2, discount_cents = $3, tax_cents = $4, why = $5,
             price_basis = $6 WHERE +club_id = $8 AND id = $7"
        ),
        args![
            booking.price.base,
            booking.price.addons_total,
            booking.price.discount,
            booking.price.tax,
            PriceLines(why.to_vec()),
            booking.price.basis.clone(),
            booking.id, club
        ],
    )
    .map(drop)
}

/// Stores the owner, the policy, and the details of a booking.
pub(crate) fn write_terms(tx: &mut Tx<'_>, booking: &Booking, extras: Option<&Extras>) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE bookings SET person_id = $1, policy = $2, guest_name = $3, guest_email = $4, companion_name = $5,
             special_requests = $6, created_at = $7 WHERE +club_id = $9 AND id = $8"
        ),
        args![
            booking.person,
            booking.cancellation.policy,
            booking.party.guest_name.clone(),
            booking.party.guest_email.clone(),
            booking.party.companion_name.clone(),
            booking.party.special_requests.clone(),
            booking.created_at,
            booking.id, club
        ],
    )?;
    let Some(extras) = extras else { return Ok(()) };
    let allergies = encrypted_allergies(tx, booking.id, extras)?;
    tx.run(
        sql!(
            "UPDATE bookings SET guest_phone = $1, allergies = $2, ai_program = $3, scene = $4 WHERE +club_id = $6 AND
             id = $5"
        ),
        args![
            extras.guest_phone.clone(),
            allergies,
            extras.ai_program.clone(),
            extras.scene.clone(),
            booking.id, club
        ],
    )
    .map(drop)
}

/// Stores the room and times of a booking, and the fee that rescheduling froze.
pub(crate) fn write_place(tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "UPDATE bookings SET room_id = $1, day = $2, starts_at = $3, ends_at = $4, moves = $5, moved_from = $6,
             frozen_cents = $7, frozen_late = $8, status = $9 WHERE +club_id = $11 AND id = $10"
        ),
        args![
            booking.room,
            booking.day,
            booking.starts_at,
            booking.ends_at,
            booking.moves.count,
            booking.moves.from,
            booking.cancellation.frozen.fee,
            booking.cancellation.frozen.late,
            booking.status.as_str(),
            booking.id, club
        ],
    )
    .map(drop)
}

/// Sets whether canceling a booking is free regardless of its policy (M5).
pub(crate) fn free_to_cancel(tx: &mut Tx<'_>, booking: Id, free: bool) -> Result<()> {
    set(tx, booking, sql!("UPDATE bookings SET free_to_cancel = $1 WHERE +club_id = $3 AND id = $2"), free)
}

pub(crate) fn set_visit(tx: &mut Tx<'_>, booking: Id, visit: Option<Id>) -> Result<()> {
    set(tx, booking, sql!("UPDATE bookings SET visit_id = $1 WHERE +club_id = $3 AND id = $2"), visit)
}

/// Makes a booking, and the others of its visit, part of a series.
pub(crate) fn set_series(tx: &mut Tx<'_>, booking: Id, series: Id) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!("UPDATE bookings SET series_id = $1 WHERE +club_id = $3 AND (id = $2 OR visit_id = $2)"),
        args![series, booking, club],
    )
    .map(drop)
}

/// Returns the bookings that were made together with `first`, ordered by start: its visit or series.
pub(crate) fn made_together(tx: &mut Tx<'_>, first: Id) -> Result<Vec<Id>> {
    let club = tx.club()?;
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "SELECT id FROM bookings WHERE +club_id = $2 AND (id = $1 OR visit_id = $1 OR series_id = $1) AND reference
             IS NOT NULL ORDER BY starts_at, id"
        ),
        args![first, club],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(crate) fn set_fee(tx: &mut Tx<'_>, booking: Id, fee: Option<Cents>) -> Result<()> {
    set(tx, booking, sql!("UPDATE bookings SET fee_cents = $1 WHERE +club_id = $3 AND id = $2"), fee)
}

/// Returns the other bookings of the same visit with a status, ordered by start.
pub(crate) fn of_visit(tx: &mut Tx<'_>, booking: &Booking, status: Status) -> Result<Vec<Id>> {
    let club = tx.club()?;
    let Some(visit) = booking.group.visit else { return Ok(Vec::new()) };
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "SELECT id FROM bookings WHERE +club_id = $4 AND visit_id = $1 AND id <> $2 AND status = $3 ORDER BY
             starts_at, id"
        ),
        args![visit, booking.id, status.as_str(), club],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Returns bookings that are over but whose status says they are not, the oldest first: those that were checked in,
/// if their last step is older than `undone_until`, and confirmed ones that began before the current business day
/// (C5).
pub(crate) fn over(
    tx: &mut Tx<'_>,
    (day_begins, undone_until): (Timestamp, Timestamp),
    most: i64,
) -> Result<Vec<BookingRow>> {
    let (club, now) = (tx.club()?, tx.now());
    tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM bookings b WHERE +b.club_id = $5 AND b.status IN ('pending', 'confirmed', 'checked_in', 'in_progress')
             AND b.ends_at <= $1 AND (
                 (b.status = 'confirmed' AND b.starts_at < $2 AND NOT EXISTS (
                     SELECT 1 FROM booking_events e WHERE e.booking_id = b.id AND e.what = 'no_show_undone'))
                 OR (b.status IN ('checked_in', 'in_progress') AND NOT EXISTS (
                     SELECT 1 FROM booking_events e WHERE e.booking_id = b.id AND e.at > $3 AND e.at <= $1
                     AND e.what IN ('checked_in', 'in_progress', 'start_undone', 'completion_undone'))))
             ORDER BY b.ends_at, b.id LIMIT $4"
        )),
        args![now, day_begins, undone_until, most, club],
    )
}

/// An event of a booking.
pub(crate) struct LastEvent {
    pub(crate) at: Timestamp,
    pub(crate) by: Option<Id>,
    detail: Json,
}

kit::row!(LastEvent { at, by, detail });

impl LastEvent {
    /// Returns what the event recorded, or `None` if an older version of the program recorded something else.
    pub(crate) fn detail<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.detail.clone()).ok()
    }
}

/// Returns the last event of this kind of a booking.
pub(crate) fn last_event(tx: &mut Tx<'_>, booking: Id, event: BookingEvent) -> Result<Option<LastEvent>> {
    tx.one(
        sql!(
            "SELECT at, by_person, detail FROM booking_events WHERE booking_id = $1 AND what = $2
             ORDER BY at DESC, id DESC LIMIT 1"
        ),
        args![booking, event.as_str()],
    )
}

/// Returns the number of lapses of the person of an Unlimited booking that still count, and 0 for other bookings
/// (C2).
pub(crate) fn lapses_of(tx: &mut Tx<'_>, booking: &Booking) -> Result<i64> {
    let Some(person) = booking.person.filter(|_| booking.is_unlimited()) else { return Ok(0) };
    lapses(tx, person)
}

/// Returns the number of lapses of a person that still count (C2).
pub(crate) fn lapses(tx: &mut Tx<'_>, person: Id) -> Result<i64> {
    let club = tx.club()?;
    let days = catalogue::current(tx)?.setting(booking_rules::settings::LAPSE_DAYS);
    let since = tx.now() - SignedDuration::from_hours(24 * days);
    count(tx.one(sql!(
        "SELECT COUNT(*) FROM lapses l WHERE l.person_id = $1 AND l.at > $2 AND EXISTS (SELECT 1 FROM bookings b
         WHERE b.id = l.booking_id AND b.club_id = $3)"
    ), args![person, since, club])?)
}

/// Records a lapse of a person (C2).
pub(crate) fn note_lapse(tx: &mut Tx<'_>, booking: Id, person: Id, reason: FeeReason) -> Result<()> {
    let now = tx.now();
    tx.run(
        sql!("INSERT INTO lapses (booking_id, person_id, at, what) VALUES ($1, $2, $3, $4)"),
        args![booking, person, now, reason.as_str()],
    )
    .map(drop)
}

/// Deletes the lapse of a booking.
pub(crate) fn forget_lapse(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM lapses WHERE booking_id = $1"), args![booking]).map(drop)
}

/// Returns the phone number that was given for the guest of a booking.
pub(crate) fn guest_phone_of(tx: &mut Tx<'_>, booking: Id) -> Result<Option<String>> {
    let club = tx.club()?;
    let row: Option<(Option<String>,)> = tx.one(
        sql!("SELECT guest_phone FROM bookings WHERE +club_id = $2 AND id = $1"),
        args![booking, club],
    )?;
    Ok(row.and_then(|(phone,)| phone))
}
