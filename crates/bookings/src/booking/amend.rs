//! Changes to a hold: its add-ons, guest, benefit, and following services, and its owner once a visitor has signed
//! in.

use booking_rules::{
    Booking, BookingEvent, BookingGroup, BookingRequest, CancellationState, Extras, FurtherService, HoldEnd,
    MOST_THEN, Policy, Status, When, refusals::WRONG_STATE, settings::HOLDS,
};
use kit::{Error, Id, Result, Tx, tokens};
use people::{Actor, AuditEvent};
use serde_json::json;

use crate::booking::audit;
use crate::booking::charge::{pay_with, priced, write_addons};
use crate::booking::expiry::end_hold;
use crate::booking::hold::{Holder, theirs};
use crate::booking::place::{Placement, Placer};
use crate::booking::visit;
use crate::model::Hold;
use crate::search::lookup::window;
use crate::store::{self, BookingRow};

/// Locks a hold and returns it. Returns `wrong_state` if it has expired or is no longer a hold.
fn live(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<BookingRow> {
    tx.lock_person(id)?;
    let row = theirs(tx, holder, id)?;
    let lasts = row.booking.hold.lasts(tx.now());
    let is_live = row.booking.status == Status::Held && lasts;
    if is_live { Ok(row) } else { Err(Error::refused(&WRONG_STATE)) }
}

/// Changes the details of a hold and prices it again. Service, time, and room stay the same, and so do the prices
/// (P6). The following services of the visit get the same guests, and their add-ons stay.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's, `wrong_state` if it has expired, and `Error::Invalid`
/// if an add-on does not belong to the service.
pub fn amend(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id, extras: &Extras) -> Result<Booking> {
    let row = live(tx, holder, id)?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, holder.by, row.booking.person)?;
    for other in store::of_visit(tx, &row.booking, Status::Held)? {
        let Some(BookingRow { booking, .. }) = store::find(tx, other)? else { continue };
        store::write_terms(tx, &Booking { party: booking.party.with(extras), ..booking }, Some(extras))?;
    }
    let before = row.booking.clone();
    let mut booking = Booking { party: row.booking.party.with(extras), ..row.booking };
    let missing = || Error::refused(&WRONG_STATE);
    let basis = booking.price.basis.clone().ok_or_else(missing)?;
    membership::return_benefits(tx, id)?;
    let entitlements = window.entitlements();
    let basis = pay_with(
        tx,
        basis.uncovered(),
        extras.benefit,
        entitlements,
        (id, booking.day, booking.party.people),
    )?;
    let why;
    (booking, why) = priced(tx, &catalogue, booking, basis, &extras.addons)?;
    store::write_price(tx, &booking, &why)?;
    store::write_terms(tx, &booking, Some(extras))?;
    store::forget_addons(tx, id)?;
    write_addons(tx, id, &catalogue, &extras.addons)?;
    audit::note_both(tx, holder.by, AuditEvent::HoldChanged, &before, &booking)?;
    Ok(booking)
}

/// Holds one more service directly after the last one of a held visit (F10), for as long as the visit is held.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's, `wrong_state` if it has expired or three services
/// follow already, and the errors of [`crate::book()`].
pub fn add_to_visit(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id, then: &FurtherService) -> Result<()> {
    let row = live(tx, holder, id)?;
    let others = store::of_visit(tx, &row.booking, Status::Held)?;
    if others.len() >= MOST_THEN {
        return Err(Error::refused(&WRONG_STATE));
    }
    let last = match others.last() {
        Some(last) => store::find(tx, *last)?.ok_or(Error::NotFound)?.booking,
        None => row.booking.clone(),
    };
    let (person, companion) = (row.booking.person, row.booking.party.companion);
    let until = row.booking.hold.expires_at.unwrap_or_else(|| tx.now());
    let placement = Placement::Hold(Hold { until, token: row.token, from: store::held_from(tx, id)? });
    let request = BookingRequest {
        service: last.service,
        minutes: None,
        when: When::Moment(last.starts_at),
        room: None,
        technician: None,
        party: None,
        person,
        companion,
        extras: Extras { allergies: store::allergies(tx, id)?, ..last.party.extras() },
        then: vec![then.clone()],
    };
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, holder.by, person)?;
    let place = Placer { by: holder.by, catalogue: &catalogue, window: &window, placement: &placement };
    let visit = Some(row.booking.group.visit.unwrap_or(id));
    let last = Booking { group: BookingGroup { visit, ..last.group }, ..last };
    visit::follow(tx, &place, &request, &last)?;
    // The new hold lasts as long as the first one, so it counts as extended if the first one was.
    if row.booking.hold.extended {
        for other in store::of_visit(tx, &last, Status::Held)? {
            store::mark_extended(tx, other)?;
        }
    }
    Ok(())
}

/// Releases one service of a held visit. The others stay held.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's or `other` is not part of the visit, and `wrong_state`
/// if either is no longer a hold.
pub fn leave_out(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id, other: Id) -> Result<()> {
    let row = live(tx, holder, id)?;
    if !store::of_visit(tx, &row.booking, Status::Held)?.contains(&other) {
        return Err(Error::NotFound);
    }
    if !end_hold(tx, other, holder.by.id(), HoldEnd::LetGo)? {
        return Err(Error::refused(&WRONG_STATE));
    }
    store::set_visit(tx, other, None)?;
    let change = (json!({"with": other}), json!({"with": null}));
    audit::note(tx, holder.by, AuditEvent::HoldChanged, &row.booking, change)
}

/// Makes the actor the owner of the holds that a visitor made with this token, at the actor's own price. Returns the
/// first hold, or `None` if there is none, it has expired, or the actor already holds as many times as allowed.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and a fault if the database fails.
pub fn take_over(tx: &mut Tx<'_>, by: &Actor, token: &str) -> Result<Option<Id>> {
    take_over_carried(tx, by, &tokens::digest(token))
}

/// Does the same with the digest of the token, which a sign-up carries along.
///
/// # Errors
/// Returns the same errors as [`take_over`].
pub fn take_over_carried(tx: &mut Tx<'_>, by: &Actor, digest: &[u8]) -> Result<Option<Id>> {
    let person = by.person()?.id;
    let holds = store::held_by_token(tx, digest)?;
    let Some(first) = holds.first().copied() else { return Ok(None) };
    tx.lock_person(person)?;
    tx.lock_person(first)?;
    let catalogue = catalogue::current(tx)?;
    if store::count_held(tx, person)? >= catalogue.setting(HOLDS) {
        return Ok(None);
    }
    let window = window(tx, &catalogue, by, Some(person))?;
    let entitlements = window.entitlements();
    for id in &holds {
        let Some(BookingRow { booking, .. }) = store::find(tx, *id)? else { continue };
        let lasts = booking.hold.lasts(tx.now());
        if booking.status != Status::Held || booking.person.is_some() || !lasts {
            return Ok(None);
        }
        let Some(basis) = booking.price.basis.clone() else { return Ok(None) };
        let basis = basis.under(entitlements.plan_on(booking.day));
        let basis = pay_with(tx, basis, None, entitlements, (*id, booking.day, booking.party.people))?;
        let policy = Policy::of(&catalogue, entitlements);
        let cancellation = CancellationState { policy, ..booking.cancellation };
        let booking = Booking { person: Some(person), cancellation, ..booking };
        let addons = store::addons_of(tx, *id)?;
        let (booking, why) = priced(tx, &catalogue, booking, basis, &addons)?;
        store::write_price(tx, &booking, &why)?;
        store::write_terms(tx, &booking, None)?;
        store::set_holder(tx, *id, &Hold { until: tx.now(), token: None, from: None })?;
        store::note(tx, *id, Some(person), BookingEvent::Adopted, &json!({"total": booking.price.total()}))?;
    }
    Ok(Some(first))
}
