//! The bookings of a person, and the details of one of them.

use booking_rules::{SUBJECT, Status, settings::MOVES};
use catalogue::Catalogue;
use jiff::Timestamp;
use kit::web::Paging;
use kit::{Cents, Error, Id, Result, Tx};
use money::PaymentStatus;
use people::Subject;
use people::{Action, Actor, AuditEvent, SubjectKind};
use serde_json::Value;

use crate::model::{BookingFilter, Detail};
use crate::store::{self, BookingRow};

/// The bookings of a person.
#[derive(Debug)]
pub struct MyBookings {
    /// The upcoming bookings, the next one first.
    pub upcoming: Vec<Detail>,
    /// The holds, ordered by their start.
    pub held: Vec<Detail>,
    /// One page of the other bookings, the latest first.
    pub past: Vec<Detail>,
    /// The number of other bookings on all pages.
    pub total_past: i64,
}

/// Returns the bookings of the actor.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
pub fn my_bookings(tx: &mut Tx<'_>, by: &Actor, paging: Paging) -> Result<MyBookings> {
    my_filtered_bookings(tx, by, paging, BookingFilter::default())
}

impl BookingFilter {
    pub(crate) fn holds(self, row: &BookingRow) -> bool {
        let booking = &row.booking;
        self.service.is_none_or(|id| id == booking.service)
            && self.status.is_none_or(|status| status == booking.status)
    }
}

/// Returns the bookings of the actor. `only` filters the upcoming and the past ones.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
pub fn my_filtered_bookings(
    tx: &mut Tx<'_>,
    by: &Actor,
    paging: Paging,
    only: BookingFilter,
) -> Result<MyBookings> {
    let person = by.person()?.id;
    let now = tx.now();
    let catalogue = catalogue::current(tx)?;
    let (size, before) = paging.rows();
    let (held, upcoming): (Vec<BookingRow>, Vec<BookingRow>) =
        store::upcoming(tx, person, now)?.into_iter().partition(|row| row.booking.status == Status::Held);
    let upcoming: Vec<BookingRow> = upcoming.into_iter().filter(|row| only.holds(row)).collect();
    let seen = DetailContext { now, lapses: store::lapses(tx, person)?, moves: catalogue.setting(MOVES) };
    let (past, total_past) = store::past(tx, person, only, (size, before))?;
    let listed = held.iter().chain(&past).map(|row| row.booking.id);
    let listed: Vec<Id> = listed.chain(upcoming.iter().map(|row| row.booking.id)).collect();
    let technicians = scheduling::technicians_of_each(tx, &listed)?;
    let payments = money::statuses(tx, person, SUBJECT)?;
    let detail = |row: BookingRow| {
        let id = row.booking.id;
        let ids = technicians.get(&id).map(Vec::as_slice).unwrap_or_default();
        whole(&catalogue, row, ids, payments.get(&id).copied().unwrap_or(PaymentStatus::Void), seen)
    };
    Ok(MyBookings {
        upcoming: upcoming.into_iter().map(detail).collect(),
        held: held.into_iter().map(detail).collect(),
        past: past.into_iter().map(detail).collect(),
        total_past,
    })
}

/// Returns the details of a booking, for its owner or for staff.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::NotFound` if the actor may not see the booking.
pub fn show(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Detail> {
    let row = own_row(tx, by, id)?;
    detail(tx, row)
}

/// Returns a booking for its owner or for staff. For anyone else it is `Error::NotFound`.
fn own_row(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<BookingRow> {
    let person = by.person()?.id;
    let sees_all = by.may(Action::SeeEveryBooking);
    let row = store::find(tx, id)?.filter(|row| sees_all || row.booking.person == Some(person));
    row.ok_or(Error::NotFound)
}

/// Returns the details of a booking without a permission check, for the system itself.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such booking.
pub fn read(tx: &mut Tx<'_>, id: Id) -> Result<Detail> {
    let row = store::find(tx, id)?.ok_or(Error::NotFound)?;
    detail(tx, row)
}

/// Returns the allergies noted for a booking, to copy them to another booking of the same guest.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::NotFound` if the actor may not see the booking.
pub fn allergies(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Option<String>> {
    let row = own_row(tx, by, id)?;
    store::allergies(tx, row.booking.id)
}

/// Returns the allergies noted for a booking, to show them to its owner or to staff. If staff read another person's
/// allergies, this is written to the audit log, so staff need a transaction that writes.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::NotFound` if the actor may not see the booking.
pub fn read_allergies(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Option<String>> {
    let row = own_row(tx, by, id)?;
    let allergies = store::allergies(tx, row.booking.id)?;
    if allergies.is_some() && by.is_staff() && by.id() != row.booking.person {
        let subject = (SubjectKind::Booking, Some(id));
        people::note_operation(tx, by, AuditEvent::AllergiesRead, subject, serde_json::json!({}))?;
    }
    Ok(allergies)
}

/// Returns the scene chosen for the room of a booking, for its owner or for staff.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::NotFound` if the actor may not see the booking.
pub fn scene(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Option<Value>> {
    let row = own_row(tx, by, id)?;
    store::scene_of(tx, row.booking.id)
}

/// Returns the other confirmed bookings of the same visit (F10), in order.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::NotFound` if the actor may not see one of the bookings.
pub fn together(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Vec<Detail>> {
    let row = own_row(tx, by, id)?;
    let others = store::of_visit(tx, &row.booking, Status::Confirmed)?;
    others.into_iter().map(|other| show(tx, by, other)).collect()
}

fn detail(tx: &mut Tx<'_>, row: BookingRow) -> Result<Detail> {
    detail_and_due(tx, row).map(|(detail, _)| detail)
}

/// Returns the details of a booking, and the amount that is due for it now, with tax.
pub(crate) fn detail_and_due(tx: &mut Tx<'_>, row: BookingRow) -> Result<(Detail, Cents)> {
    let catalogue = catalogue::current(tx)?;
    let id = row.booking.id;
    let technicians = scheduling::technicians_of(tx, id)?;
    let charge = money::charge_of(tx, Subject { kind: SUBJECT, id })?.map(|(charge, _)| charge);
    let payment_status = charge.as_ref().map_or(PaymentStatus::Void, |charge| charge.status);
    let due = charge.as_ref().map(money::Charge::due);
    let lapses = store::lapses_of(tx, &row.booking)?;
    let seen = DetailContext { now: tx.now(), lapses, moves: catalogue.setting(MOVES) };
    let detail = whole(&catalogue, row, &technicians, payment_status, seen);
    Ok((detail, due.unwrap_or(Cents::ZERO)))
}

/// What the details of a booking depend on: the current time, the number of lapses of its person, and the number of
/// times a booking may be rescheduled.
#[derive(Clone, Copy)]
struct DetailContext {
    now: Timestamp,
    lapses: i64,
    moves: i64,
}

fn whole(
    catalogue: &Catalogue,
    row: BookingRow,
    technicians: &[Id],
    payment_status: PaymentStatus,
    seen: DetailContext,
) -> Detail {
    let name = |id: &Id| (*id, catalogue.technician(*id).map(|one| one.name.clone()).unwrap_or_default());
    let booking = row.booking;
    Detail {
        leaving: booking.leaving(seen.now, if booking.is_unlimited() { seen.lapses } else { 0 }),
        can_move: booking.can_move(seen.now, seen.moves),
        booking,
        technicians: technicians.iter().map(name).collect(),
        why: row.why.0,
        payment_status,
    }
}
