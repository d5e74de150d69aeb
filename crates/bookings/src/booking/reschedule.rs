//! Moving a booking: the same booking at another time, priced anew; what not coming would have cost stays (C4).

use booking_rules::refusals::{MOVE_CHANGED, PRICE_CHANGED, TOO_MANY_MOVES, WRONG_STATE};
use booking_rules::{Booking, Frozen, Leaving, Move, PriceBasis, ShownMove, Status, Window, settings::MOVES};
use jiff::Timestamp;
use kit::{Cents, Error, Id, Result, Tx};
use people::{Action, Actor};
use scheduling::{Taken, begin};
use serde::Serialize;
use serde_json::json;

use crate::booking::audit;
use crate::booking::charge::{bill, pay_with, priced};
use crate::booking::place::claim;
use crate::notifications::notify;
use crate::preview::preview;
use crate::search::moving::Moving;
use crate::search::moving::window_of_move;
use crate::search::resolved::{ResolvedRequest, SlotRequest};
use crate::store;
use crate::waitlist::ledger;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The start. Only this counts as rescheduling (D1).
    Start,
    /// The room.
    Room,
    /// At least one technician.
    Technician,
    /// The total.
    Price,
}

/// What a move did.
#[derive(Debug, Clone)]
pub struct Rescheduled {
    /// The booking where it is now.
    pub booking: Booking,
    /// The technicians that serve it there.
    pub technicians: Vec<Id>,
    /// The new total less the old one.
    pub difference: Cents,
    /// What differs; nothing if it is where it was.
    pub changes: Vec<Change>,
}

/// A booking before it is moved.
struct Before {
    booking: Booking,
    technicians: Vec<Id>,
    /// The one who moves it.
    person: Id,
    by_club: bool,
}

impl Before {
    /// Whether its own person moves it, whatever else they may do.
    fn is_own(&self) -> bool {
        self.booking.person == Some(self.person)
    }

    /// Whether it has the start, room and technician that are asked for already: then there is nothing to do (C6).
    fn is_there(&self, to: &Move, starts_at: Timestamp) -> bool {
        let Before { booking, technicians, .. } = self;
        booking.starts_at == starts_at
            && to.room.is_none_or(|room| room == booking.room)
            && to.technician.is_none_or(|id| technicians.contains(&id))
    }

    /// Nothing has changed.
    fn stays(self) -> Rescheduled {
        let Before { booking, technicians, .. } = self;
        Rescheduled { booking, technicians, difference: Cents::ZERO, changes: Vec::new() }
    }
}

/// Moves a booking: same id, same reference. At most twice by its owner; staff are not counted. A move inside a fee step
/// freezes that fee. It keeps its room and technicians where they are free and no others are asked for. A move to where it
/// is already changes nothing, so the same request sent again is one move, however it says the time (C6). Another room or
/// technician at the same start is not counted and freezes nothing (D1).
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state`, `too_many_moves`; `price_changed` or `move_changed` where it is
/// not what [`Move::shown`] says; those of [`crate::book()`].
pub fn reschedule(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<Rescheduled> {
    let (person, by_club) = (by.person()?.id, by.may(Action::BookForOthers));
    // Whoever else changes this booking comes before or after, not meanwhile.
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
        minutes: before.booking.basis.as_ref().map(|basis| basis.minutes),
        when: to.when,
        room: to.room,
        technician: to.technician,
        party: Some(before.booking.party),
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
    // Staff are not counted, except for a booking of their own.
    if is_moved && (!by_club || before.is_own()) && before.booking.moves >= catalogue.setting(MOVES) {
        return Err(Error::refused(&TOO_MANY_MOVES));
    }
    ledger::freed(tx, id)?;
    scheduling::release(tx, id)?;
    let found = request.find_offer(tx)?;
    let taken = claim(tx, &request, found, id)?;
    let moved = settle_there(tx, &before, &request, &taken, &window, &to.shown)?;
    audit::note_both(tx, by, "booking_moved", &before.booking, &moved.booking)?;
    Ok(moved)
}

/// Prices and writes a booking whose new place is claimed.
fn settle_there(
    tx: &mut Tx<'_>,
    before: &Before,
    request: &ResolvedRequest<'_>,
    taken: &Taken,
    window: &Window,
    shown: &ShownMove,
) -> Result<Rescheduled> {
    let (id, now, entitlements) = (before.booking.id, tx.now(), window.entitlements());
    let benefit = request.slot_request.moving.as_ref().and_then(|moving| moving.benefit);
    membership::return_perks(tx, id)?;
    let basis = PriceBasis::of(request.service, request.minutes, entitlements, request.day, taken.factors);
    let basis = pay_with(tx, basis, benefit, entitlements, (id, request.day, request.party))?;
    let addons = store::addons_of(tx, id)?;
    let booking = before.moved_to(request, taken.room, now);
    let (booking, why) = priced(tx, request.catalogue, booking, basis, &addons)?;
    let technicians = taken.technicians();
    let changes = changes(before, &booking, &technicians);
    let moved =
        Rescheduled { difference: booking.total() - before.booking.total(), booking, technicians, changes };
    still_as_shown(shown, &moved)?;
    let booking = &moved.booking;
    scheduling::forget_allocations(tx, id)?;
    scheduling::insert_allocations(tx, id, &taken.allocations, None)?;
    store::write_place(tx, booking)?;
    store::write_price(tx, booking, &why)?;
    money::replace(tx, &bill(request.catalogue.club.id, booking, why))?;
    let detail = json!({"from": window.shown(before.booking.starts_at), "room": before.booking.room,
        "difference": moved.difference, "frozen": booking.frozen.fee});
    store::note(tx, id, Some(before.person), "rescheduled", &detail)?;
    scheduling::bump_versions(tx, id)?;
    notify::moved(tx, booking)?;
    Ok(moved)
}

impl Before {
    /// The booking at its new place, not yet priced. Only another start is a move: it counts, and freezes a fee (C4, D1).
    fn moved_to(&self, request: &ResolvedRequest<'_>, room: Id, now: Timestamp) -> Booking {
        let before = &self.booking;
        let is_moved = before.starts_at != request.starts_at();
        let counts = is_moved && (!self.by_club || self.is_own());
        Booking {
            room,
            day: request.day,
            starts_at: request.starts_at(),
            ends_at: begin(request.end()),
            moves: before.moves + i64::from(counts),
            moved_from: if is_moved { Some(before.starts_at) } else { before.moved_from },
            frozen: if counts { frozen(before, now) } else { before.frozen },
            status: Status::Confirmed,
            ..before.clone()
        }
    }
}

/// What differs between a booking and where it was.
fn changes(before: &Before, after: &Booking, technicians: &[Id]) -> Vec<Change> {
    let sorted = |ids: &[Id]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids
    };
    let differs = [
        (Change::Start, before.booking.starts_at != after.starts_at),
        (Change::Room, before.booking.room != after.room),
        (Change::Technician, sorted(&before.technicians) != sorted(technicians)),
        (Change::Price, before.booking.total() != after.total()),
    ];
    differs.into_iter().filter_map(|(change, differs)| differs.then_some(change)).collect()
}

/// Refuses a move that is not what the person was shown; the refusal carries what it would be now (C6).
///
/// # Errors
/// `move_changed`, `price_changed`.
fn still_as_shown(shown: &ShownMove, moved: &Rescheduled) -> Result<()> {
    let booking = &moved.booking;
    let serve_as_shown = |shown: &Vec<Id>| {
        shown.len() == moved.technicians.len() && shown.iter().all(|id| moved.technicians.contains(id))
    };
    let refusal = if shown.room.is_some_and(|room| room != booking.room)
        || shown.technicians.as_ref().is_some_and(|shown| !serve_as_shown(shown))
    {
        &MOVE_CHANGED
    } else if shown.total.is_some_and(|total| total != booking.total()) {
        &PRICE_CHANGED
    } else {
        return Ok(());
    };
    let technicians: Vec<i64> = moved.technicians.iter().map(|id| id.0).collect();
    let refused = Error::refused(refusal).with("total", booking.total().to_string());
    Err(refused
        .with("difference", moved.difference.to_string())
        .with("room_id", booking.room.0)
        .with("technician_ids", technicians))
}

/// What the move would mean, without moving: everything is undone again.
///
/// # Errors
/// As [`reschedule`].
pub fn preview_move(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<Rescheduled> {
    preview(tx, |tx| reschedule(tx, by, id, to))
}

/// The fee step in which a booking stands now, kept if it is worse than what was frozen before. What a lapse costs is
/// counted when it is cancelled.
fn frozen(booking: &Booking, now: Timestamp) -> Frozen {
    let Leaving { fee, late, .. } = booking.leaving(now, 0);
    Frozen { fee: fee.max(booking.frozen.fee), late }
}
