//! Moving a booking: the same booking at another time, priced anew; what not coming would have cost stays (C4).

use jiff::Timestamp;
use kit::{Cents, Error, Id, Result, Tx};
use people::{Action, Actor};
use serde_json::json;

use crate::book::{bill, pay_with, priced};
use crate::cells::begin;
use crate::claim::take;
use crate::model::{Booking, Frozen, Status};
use crate::numbers::MOVES;
use crate::policy::Leaving;
use crate::price::{Cover, Sale};
use crate::refusals::{TAKEN, TOO_MANY_MOVES, WRONG_STATE};
use crate::request::{Question, Request};
use crate::search::window;
use crate::wish::{Move, Perk, When};
use crate::{notify, store, waits};

/// What a move did.
#[derive(Debug, Clone)]
pub struct Rescheduled {
    /// The booking where it is now.
    pub booking: Booking,
    /// The new total less the old one.
    pub difference: Cents,
}

/// Moves a booking: same id, same reference. At most twice by its owner; staff are not counted. A move inside a fee step
/// freezes that fee. The same move sent twice is one.
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state`, `too_many_moves`; those of [`crate::book()`].
pub fn reschedule(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<Rescheduled> {
    let person = by.person()?.id;
    let by_club = by.may(Action::BookForOthers);
    // Whoever else changes this booking comes before or after, not meanwhile.
    tx.line_up(id)?;
    let kept = store::find(tx, id)?.filter(|kept| by_club || kept.booking.person == Some(person));
    let kept = kept.ok_or(Error::NotFound)?;
    let (before, old_total) = (kept.booking.clone(), kept.booking.total());
    let own = before.person == Some(person);
    let catalogue = catalogue::current(tx)?;
    let (now, most) = (tx.now(), catalogue.number(MOVES));
    // The same move sent twice is one.
    if before.moves > 0 && is_there(tx, &before, to)? {
        return Ok(Rescheduled { booking: before, difference: Cents::ZERO });
    }
    if !before.can_move(now, i64::MAX) {
        return Err(Error::refused(&WRONG_STATE));
    }
    if !by_club && before.moves >= most {
        return Err(Error::refused(&TOO_MANY_MOVES));
    }
    let window = window(tx, &catalogue, by, before.person)?;
    let people = store::people_of(tx, id)?;
    store::release(tx, id)?;
    let question = Question {
        service: before.service,
        minutes: before.sale.as_ref().map(|sale| sale.minutes),
        when: to.when,
        room: to.room,
        technician: to.technician,
        party: Some(before.party),
        owner: before.person,
        people,
        ignoring: Some(id),
    };
    let request = Request::understand(tx, &catalogue, &window, question)?;
    let found = request.look(tx)?;
    let Some(taken) = take(tx, &request, found, id)? else { return Err(request.lost(tx, &TAKEN)?) };

    let perk = match before.sale.as_ref().map(|sale| sale.cover) {
        Some(Cover::Credit) => Some(Perk::Credit),
        Some(Cover::Pass(_)) => Some(Perk::Pass),
        Some(Cover::Birthday(_)) => Some(Perk::Birthday),
        _ => None,
    };
    membership::return_perks(tx, id)?;
    let standing = window.standing();
    let sale = Sale::of(request.service, request.minutes, standing, request.day, taken.factors);
    let sale = pay_with(tx, sale, perk, standing, (id, request.day, request.party))?;
    let addons = store::addons_of(tx, id)?;
    let frozen = if by_club && !own { before.frozen } else { frozen(&before, now) };
    let booking = Booking {
        room: taken.room,
        day: request.day,
        starts_at: request.starts_at(),
        ends_at: begin(request.end()),
        moves: before.moves + i64::from(!by_club || own),
        moved_from: Some(before.starts_at),
        frozen,
        status: Status::Confirmed,
        ..before.clone()
    };
    let (booking, why) = priced(tx, &catalogue, booking, sale, &addons)?;
    store::forget_allocations(tx, id)?;
    taken.keep(tx, id, None)?;
    store::write_place(tx, &booking)?;
    store::write_price(tx, &booking, &why)?;
    money::replace(tx, &bill(catalogue.club.id, &booking, why))?;
    let difference = booking.total() - old_total;
    let told = json!({"from": window.shown(before.starts_at), "room": before.room, "difference": difference,
        "frozen": frozen.fee});
    store::note(tx, id, Some(person), "rescheduled", &told)?;
    store::bump_versions(tx, id)?;
    notify::moved(tx, &booking)?;
    waits::freed(tx)?;
    Ok(Rescheduled { booking, difference })
}

/// Whether a booking is already where it is to be moved.
fn is_there(tx: &mut Tx<'_>, booking: &Booking, to: &Move) -> Result<bool> {
    let serving = to.technician.map(|id| store::has(tx, booking.id, id)).transpose()?.unwrap_or(true);
    let in_room = to.room.is_none_or(|room| room == booking.room);
    Ok(serving && in_room && to.when == When::Moment(booking.starts_at))
}

/// What the move would mean, without moving: everything is undone again.
///
/// # Errors
/// As [`reschedule`].
pub fn preview_move(tx: &mut Tx<'_>, by: &Actor, id: Id, to: &Move) -> Result<Rescheduled> {
    let mut seen = None;
    tx.attempt::<()>(|tx| match reschedule(tx, by, id, to) {
        Err(error @ Error::Fault(_)) => Err(error),
        other => {
            seen = Some(other);
            Ok(None)
        }
    })?;
    seen.unwrap_or(Err(Error::NotFound))
}

/// The fee step in which a booking stands now, kept if it is worse than what was frozen before. What a lapse costs is
/// counted when it is cancelled.
fn frozen(booking: &Booking, now: Timestamp) -> Frozen {
    let Leaving { fee, late, .. } = booking.leaving(now, 0);
    Frozen { fee: fee.max(booking.frozen.fee), late }
}
