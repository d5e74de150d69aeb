//! Rescheduling: the same booking at another time with a new price. The fee for canceling that applied before is kept
//! (C4).

use booking_rules::details::{DIFFERENCE, ROOM_ID, TECHNICIAN_IDS, TOTAL};
use booking_rules::refusals::{MOVE_CHANGED, PRICE_CHANGED, TOO_MANY_MOVES, WRONG_STATE};
use booking_rules::{
    Booking, BookingEvent, CancellationState, CancellationTerms, Frozen, Move, Moves, PriceBasis, Status,
    Window, settings::MOVES,
};
use jiff::Timestamp;
use kit::{Cents, Error, Id, Result, Tx};
use people::{Action, Actor, AuditEvent};
use scheduling::{ClaimedResources, begin};
use serde::Serialize;
use serde_json::json;

use crate::booking::charge::{bill, pay_with, priced};
use crate::booking::{audit, place::claim};
use crate::notifications::notify;
use crate::preview::preview;
use crate::search::moving::{Moving, window_of_move};
use crate::search::resolved::{ResolvedRequest, SlotRequest};
use crate::store;
use crate::waitlist::ledger;

/// A difference between a booking before and after it was rescheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The start. Only this counts as rescheduling (D1).
    Start,
    /// The room in which the service takes place.
    Room,
    /// At least one technician.
    Technician,
    /// The total price, tax included.
    Price,
}

/// The result of rescheduling a booking.
#[derive(Debug, Clone)]
pub struct Rescheduled {
    /// The booking after rescheduling.
    pub booking: Booking,
    /// The ids of the technicians who serve it.
    pub technicians: Vec<Id>,
    /// The new total minus the old one.
    pub difference: Cents,
    /// What differs. Empty if nothing changed.
    pub changes: Vec<Change>,
}

/// A booking before it is rescheduled.
struct Before {
    booking: Booking,
    technicians: Vec<Id>,
    /// The id of the actor.
    person: Id,
    by_club: bool,
}

impl Before {
    /// Returns whether the actor owns the booking, regardless of staff rights.
    fn is_own(&self) -> bool {
        self.booking.person == Some(self.person)
    }

    /// Returns whether the booking already has the requested start, room, and technician. Then nothing is done (C6).
    fn is_there(&self, to: &Move, starts_at: Timestamp) -> bool {
        let Before { booking, technicians, .. } = self;
        booking.starts_at == starts_at
            && to.room.is_none_or(|room| room == booking.room)
            && to.technician.is_none_or(|id| technicians.contains(&id))
    }

    /// Returns the result if nothing changes.
    fn stays(self) -> (Before, Rescheduled) {
        let (booking, technicians) = (self.booking.clone(), self.technicians.clone());
        (self, Rescheduled { booking, technicians, difference: Cents::ZERO, changes: Vec::new() })
    }

    /// Returns the booking at its new time, not priced yet. Only another start counts as rescheduling and freezes a
    /// fee (C4, D1).
    fn moved_to(&self, request: &ResolvedRequest<'_>, room: Id, now: Timestamp) -> Booking {
        let before = &self.booking;
        let is_moved = before.starts_at != request.starts_at();
        let counts = is_moved && (!self.by_club || self.is_own());
        Booking {
            room,
            day: request.day,
            starts_at: request.starts_at(),
            ends_at: begin(request.end()),
            moves: Moves {
                count: before.moves.count + i64::from(counts),
                from: if is_moved { Some(before.starts_at) } else { before.moves.from },
            },
            cancellation: CancellationState {
                frozen: if counts { frozen(before, now) } else { before.cancellation.frozen },
                ..before.cancellation
            },
            status: Status::Confirmed,
            ..before.clone()
        }
    }
}

/// Reschedules a booking. It keeps its id and reference. Its owner may do this twice by default (`moves`); staff are
/// not limited. Rescheduling inside a fee step freezes that fee. The booking keeps its room and technicians if they
/// are free and no others are requested. Rescheduling to the same place changes nothing, so a repeated request counts
/// once, regardless of how it specifies the time (C6). Another room or technician at the same start is not counted
/// and freezes nothing (D1).
///
/// # Errors
/// Returns `Error::NotFound` if the actor may not reschedule the booking, `wrong_state` if its status does not permit
/// it, `too_many_moves` if it was rescheduled as many times as allowed, `move_changed` for another room or technician
/// that is neither requested nor in [`Move::shown`], `price_changed` for another total than there, and the errors of
/// [`crate::book()`].
pub fn reschedule(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<Rescheduled> {
    let (before, moved) = carry_out(tx, by, id, to)?;
    check_shown(&before, to, &moved)?;
    Ok(moved)
}

/// Reschedules a booking, whatever the person was shown.
fn carry_out(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<(Before, Rescheduled)> {
    let (person, by_club) = (by.person()?.id, by.may(Action::BookForOthers));
    // The lock makes concurrent changes of this booking wait for each other.
    tx.lock_person(id)?;
    let row = store::find(tx, id)?.filter(|row| by_club || row.booking.person == Some(person));
    let booking = row.ok_or(Error::NotFound)?.booking;
    let before = Before { technicians: scheduling::technicians_of(tx, id)?, booking, person, by_club };
    if matches!(before.booking.status, Status::Held | Status::Cancelled | Status::Expired) {
        return Err(Error::refused(&WRONG_STATE));
    }
    let catalogue = catalogue::current(tx)?;
    let moving = Moving::of(tx, &catalogue, &before.booking, before.technicians.clone())?;
    let window = window_of_move(tx, &catalogue, by, &moving)?;
    let slot_request = SlotRequest {
        service: before.booking.service,
        minutes: before.booking.price.minutes(),
        when: to.when,
        room: to.room,
        technician: to.technician,
        party: Some(before.booking.party.people),
        owner: before.booking.person,
        people: scheduling::people_of(tx, id)?,
        moving: Some(moving),
    };
    let request = ResolvedRequest::understand(tx, &catalogue, &window, slot_request)?;
    if before.is_there(to, request.starts_at()) {
        return Ok(before.stays());
    }
    if !before.booking.can_move(tx.now(), i64::MAX) {
        return Err(Error::refused(&WRONG_STATE));
    }
    let is_moved = before.booking.starts_at != request.starts_at();
    // Staff are limited only for their own bookings.
    if is_moved && (!by_club || before.is_own()) && before.booking.moves.count >= catalogue.setting(MOVES) {
        return Err(Error::refused(&TOO_MANY_MOVES));
    }
    ledger::freed(tx, id)?;
    scheduling::release(tx, id)?;
    let found = request.find_offer(tx)?;
    let taken = claim(tx, &request, found, id)?;
    let moved = settle_there(tx, &before, &request, &taken, &window)?;
    audit::note_both(tx, by, AuditEvent::BookingMoved, &before.booking, &moved.booking)?;
    Ok((before, moved))
}

/// Prices and updates a booking whose new time is claimed.
fn settle_there(
    tx: &mut Tx<'_>,
    before: &Before,
    request: &ResolvedRequest<'_>,
    taken: &ClaimedResources,
    window: &Window,
) -> Result<Rescheduled> {
    let (id, now, entitlements) = (before.booking.id, tx.now(), window.entitlements());
    let benefit = request.slot_request.moving.as_ref().and_then(|moving| moving.benefit);
    membership::return_benefits(tx, id)?;
    let basis = PriceBasis::of(request.service, request.minutes, entitlements, request.day, taken.factors);
    let basis = pay_with(tx, basis, benefit, entitlements, (id, request.day, request.party))?;
    let addons = store::addons_of(tx, id)?;
    let booking = before.moved_to(request, taken.room, now);
    let (booking, why) = priced(tx, request.catalogue, booking, basis, &addons)?;
    let technicians = taken.technicians();
    let changes = changes(before, &booking, &technicians);
    let moved = Rescheduled {
        difference: booking.price.total() - before.booking.price.total(),
        booking,
        technicians,
        changes,
    };
    let booking = &moved.booking;
    scheduling::forget_allocations(tx, id)?;
    scheduling::insert_allocations(tx, id, &taken.allocations, None)?;
    store::write_place(tx, booking)?;
    store::write_price(tx, booking, &why)?;
    money::replace(tx, &bill(request.catalogue.club.id, booking, why))?;
    let detail = json!({"from": window.shown(before.booking.starts_at), "room": before.booking.room,
        "difference": moved.difference, "frozen": booking.cancellation.frozen.fee});
    store::note(tx, id, Some(before.person), BookingEvent::Rescheduled, &detail)?;
    scheduling::bump_versions(tx, id)?;
    notify::moved(tx, booking, !moved.changes.contains(&Change::Start))?;
    Ok(moved)
}

/// Returns what differs between a booking before and after.
fn changes(before: &Before, after: &Booking, technicians: &[Id]) -> Vec<Change> {
    let serves_still = |id: &Id| technicians.contains(id);
    let serve_still =
        before.technicians.len() == technicians.len() && before.technicians.iter().all(serves_still);
    let differs = [
        (Change::Start, before.booking.starts_at != after.starts_at),
        (Change::Room, before.booking.room != after.room),
        (Change::Technician, !serve_still),
        (Change::Price, before.booking.price.total() != after.price.total()),
    ];
    differs.into_iter().filter_map(|(change, differs)| differs.then_some(change)).collect()
}

/// Refuses a rescheduling that differs from what the person was shown or requested. The refusal carries what it would
/// be now (C6).
///
/// # Errors
/// Returns `move_changed` if the room or a technician differs, and `price_changed` if only the total does.
fn check_shown(before: &Before, to: &Move, moved: &Rescheduled) -> Result<()> {
    let (booking, shown) = (&moved.booking, &to.shown);
    let room = shown.room.or(to.room).unwrap_or(before.booking.room);
    let serves_as_shown = |id: &Id| match &shown.technicians {
        Some(shown) => shown.contains(id) && shown.len() == moved.technicians.len(),
        None => before.technicians.contains(id) || to.technician == Some(*id),
    };
    let refusal = if moved.changes.is_empty() {
        return Ok(());
    } else if room != booking.room || !moved.technicians.iter().all(serves_as_shown) {
        &MOVE_CHANGED
    } else if shown.total.is_some_and(|total| total != booking.price.total()) {
        &PRICE_CHANGED
    } else {
        return Ok(());
    };
    let technicians: Vec<i64> = moved.technicians.iter().map(|id| id.0).collect();
    let (total, difference) = (booking.price.total().to_string(), moved.difference.to_string());
    let refused = Error::refused(refusal).with(TOTAL, total).with(DIFFERENCE, difference);
    Err(refused.with(ROOM_ID, booking.room.0).with(TECHNICIAN_IDS, technicians))
}

/// Returns what rescheduling would mean, whatever the person was shown before, and rolls everything back.
///
/// # Errors
/// Returns the same errors as [`reschedule`], except `move_changed` and `price_changed`.
pub fn preview_move(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<Rescheduled> {
    preview(tx, |tx| carry_out(tx, by, id, to).map(|(_, moved)| moved))
}

/// Returns the fee step that applies now, but at least the fee frozen before. The lapse fee is not included, because
/// it is determined when the booking is canceled.
fn frozen(booking: &Booking, now: Timestamp) -> Frozen {
    let CancellationTerms { fee, late, .. } = booking.leaving(now, 0);
    Frozen { fee: fee.max(booking.cancellation.frozen.fee), late }
}
