//! The objections to a start, in the order of the table of refusals. Only a person who may book at that time is told
//! that it is taken.

use booking_rules::Window;
use booking_rules::details::OPENS_AT;
use booking_rules::refusals::{
    CAPACITY, EQUIPMENT, MAINTENANCE, ROOM_CLOSED, SAME_PERSON, SKILL, TAKEN, TECHNICIAN_OFF, TOO_LATE,
    TOO_MANY_OPEN, TURNOVER,
};
use booking_rules::settings::{OPEN_ACCOUNT, OPEN_BASE, OPEN_PREMIUM, OPEN_UNLIMITED};
use catalogue::{Catalogue, Technician};
use kit::{Error, Id, Refusal, Result, Tx};
use membership::Tier;
use scheduling::{BlockKind, Busy, Days, Demand, Factors, Field, Offers, begin, is_within};

use crate::search::lookup::{plan_refusal, terms_at};
use crate::search::resolved::ResolvedRequest;
use crate::store;

/// Returns every objection to a request, or nothing if it can be booked. `fits` says whether the calendars permit it.
pub(crate) fn objections(
    tx: &mut Tx<'_>,
    request: &ResolvedRequest<'_>,
    field: &Field,
    fits: bool,
) -> Result<Vec<Error>> {
    let mut found: Vec<Error> = request.window.refusal(request.day).into_iter().collect();
    let reserved = if fits { None } else { reserved(request, field) };
    let is_reserved = reserved.is_some();
    found.extend(reserved);
    found.extend(plan_refusal(tx, request.catalogue, request.service, request.window, request.day)?);
    // That the time is taken comes after the refusals of what the person may not book, because others are not told
    // about it.
    if !fits || lacks_skill(request) {
        let blocking = if fits { Vec::new() } else { request.blocking(tx)? };
        found.extend(unfit(request, field, is_reserved, &blocking)?.into_iter().map(Error::refused));
    }
    if is_elsewhere(tx, request)? {
        found.push(Error::refused(&SAME_PERSON));
    }
    if has_enough(tx, request)? {
        found.push(Error::refused(&TOO_MANY_OPEN));
    }
    if begin(request.start) < request.earliest() {
        found.push(Error::refused(&TOO_LATE));
    }
    Ok(found.into_iter().map(|error| request.window.worded(error)).collect())
}

/// Returns whether release rules or overrides close any start to the person.
fn has_release_masks(field: &Field) -> bool {
    field.rooms.iter().any(|room| room.mask.closed.is_some())
}

/// Returns the same field as if no release rule and no override closed anything.
fn without_release_masks(field: &Field) -> Field {
    let mut open = field.clone();
    open.rooms.iter_mut().for_each(|room| room.mask.closed = None);
    open
}

/// Returns the same field as if nothing were claimed or blocked, and no release rule or override closed anything.
fn unclaimed(field: &Field) -> Field {
    let mut empty = without_release_masks(field);
    let reach = empty.reach;
    let calendars = empty.rooms.iter_mut().chain(&mut empty.technicians).chain(&mut empty.equipment);
    calendars.for_each(|calendar| calendar.busy = Busy::new(calendar.busy.units, Vec::new(), reach));
    empty
}

/// Returns the refusal of a reserved start, with the time at which it opens (W3). Of several rooms, the one that
/// opens first counts.
fn reserved(request: &ResolvedRequest<'_>, field: &Field) -> Option<Error> {
    let ResolvedRequest { catalogue, service, window, day, start, .. } = *request;
    if window.is_unbounded() || !has_release_masks(field) {
        return None;
    }
    let rooms_of = |field: &Field| Offers::find(request.demand(), field).at(start).map(|offer| offer.rooms);
    let rooms = rooms_of(&without_release_masks(field)).or_else(|| rooms_of(&unclaimed(field)))?;
    let (requester, tier) = (window.requester(), window.entitlements().tier_on(day));
    let refused = |(room, _): &(Id, Factors)| {
        let terms = terms_at(catalogue, window, &request.rules, service.id, *room, day, start);
        (terms.refused(tier, requester.now), terms.blocked)
    };
    let reasons: Vec<_> = rooms.iter().map(refused).collect();
    if reasons.iter().any(|(reserved, blocked)| reserved.is_none() && !blocked) {
        return None;
    }
    let first = reasons.iter().filter_map(|(reserved, _)| *reserved).min_by_key(|(_, opens_at)| *opens_at);
    first.map(|(refusal, opens_at)| Error::refused(refusal).with(OPENS_AT, window.shown(opens_at)))
}

/// Returns why the calendars do not permit the request, in the order of the table. `is_reserved` says whether the refusal
/// of a reserved start was returned already.
fn unfit(
    request: &ResolvedRequest<'_>,
    field: &Field,
    is_reserved: bool,
    blocking: &[BlockKind],
) -> Result<Vec<&'static Refusal>> {
    let mut found = Vec::new();
    let days = request.days()?;
    let wider = days.wider()?;
    if is_closed(request, &days, &wider) {
        found.push(&ROOM_CLOSED);
    }
    if is_off(request, &wider) || blocking.contains(&BlockKind::Technician) {
        found.push(&TECHNICIAN_OFF);
    }
    if lacks_skill(request) {
        found.push(&SKILL);
    }
    if request.candidates.rooms.is_empty() && !request.unfiltered.rooms.is_empty() {
        found.push(&CAPACITY);
    }
    if blocking.is_empty() {
        found.extend(claimed(request, field, is_reserved));
    }
    if blocking.contains(&BlockKind::Room) {
        found.push(&MAINTENANCE);
    }
    if blocking.contains(&BlockKind::Equipment) {
        found.push(&EQUIPMENT);
    }
    Ok(found)
}

/// Returns why the start is not free, if it would be free without claims, release rules, and overrides.
fn claimed(request: &ResolvedRequest<'_>, field: &Field, is_reserved: bool) -> Option<&'static Refusal> {
    let demand = request.demand();
    let has = |demand: Demand, field: &Field| Offers::find(demand, field).at(request.start).is_some();
    if demand.equipment && field.equipment.is_empty() {
        return Some(&EQUIPMENT);
    }
    if has(demand, field) || !has(demand, &unclaimed(field)) {
        return None;
    }
    let open = without_release_masks(field);
    if has_release_masks(field) && has(demand, &open) {
        // An override that blocks the time is distinguished from a reservation: a person for whom the time is
        // reserved later is told when it opens instead.
        return (!is_reserved).then_some(&MAINTENANCE);
    }
    Some(if demand.equipment && has(Demand { equipment: false, ..demand }, &open) {
        &EQUIPMENT
    } else if has(Demand { setup: 0, turnover: 0, ..demand }, &without_pads(&open)) {
        &TURNOVER
    } else {
        &TAKEN
    })
}

/// Returns whether no room that serves this is open then. If no room is large enough for the party, smaller rooms are
/// considered.
fn is_closed(request: &ResolvedRequest<'_>, days: &Days, wider: &Days) -> bool {
    let span = (request.start, request.end());
    let large = &request.candidates.rooms;
    let rooms = if large.is_empty() { &request.unfiltered.rooms } else { large };
    !rooms.iter().any(|room| {
        let begins = days.open(&room.hours).iter().any(|open| open.has(request.start));
        begins && is_within(&wider.pieces(&room.hours), span)
    })
}

/// Returns whether too few of the skilled technicians work then, or the requested technician does not.
fn is_off(request: &ResolvedRequest<'_>, wider: &Days) -> bool {
    let needed = request.demand().technicians;
    let span = (request.start, request.end());
    let works = |one: &&&Technician| is_within(&wider.pieces(&one.hours), span);
    let working: Vec<Id> = request.unfiltered.technicians.iter().filter(works).map(|one| one.id).collect();
    let named = request.slot_request.technician.filter(|_| !lacks_skill(request));
    needed > 0 && (working.len() < needed || named.is_some_and(|named| !working.contains(&named)))
}

fn without_pads(field: &Field) -> Field {
    let mut bare = field.clone();
    bare.technicians.iter_mut().chain(&mut bare.equipment).for_each(|calendar| calendar.after = 0);
    bare
}

fn lacks_skill(request: &ResolvedRequest<'_>) -> bool {
    let named = request.slot_request.technician.and_then(|id| request.catalogue.technician(id));
    request.service.technicians > 0 && named.is_some_and(|named| !named.is_skilled_for(request.service))
}

/// Returns whether a person who would be present is elsewhere at that time (F6).
fn is_elsewhere(tx: &mut Tx<'_>, request: &ResolvedRequest<'_>) -> Result<bool> {
    let span = (request.start, request.end());
    let moving = request.slot_request.moving.as_ref().map(|moving| moving.booking);
    for person in &request.slot_request.people {
        if scheduling::is_claimed(tx, *person, span, moving)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns whether the person has as many upcoming bookings as allowed (F7). A booking that is rescheduled is already
/// counted.
fn has_enough(tx: &mut Tx<'_>, request: &ResolvedRequest<'_>) -> Result<bool> {
    let Some(owner) = request.slot_request.owner else { return Ok(false) };
    if request.window.is_unbounded() || request.slot_request.moving.is_some() {
        return Ok(false);
    }
    Ok(store::count_open(tx, owner)? >= most_open(request.catalogue, request.window))
}

/// Returns the number of upcoming bookings that this person may have (F7).
pub(crate) fn most_open(catalogue: &Catalogue, window: &Window) -> i64 {
    catalogue.setting(match window.entitlements().tier() {
        Tier::None => OPEN_ACCOUNT,
        Tier::Base => OPEN_BASE,
        Tier::Premium => OPEN_PREMIUM,
        Tier::Unlimited => OPEN_UNLIMITED,
    })
}
