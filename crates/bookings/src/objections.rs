//! What speaks against a start, in the order of the table of refusals. That it is taken is told only to who may
//! book then.

use catalogue::{Catalogue, Technician};
use kit::{Error, Id, Refusal, Result, Tx};
use membership::Tier;
use people::{Action, Actor};

use crate::numbers::{OPEN_ACCOUNT, OPEN_BASE, OPEN_PREMIUM, OPEN_UNLIMITED};
use crate::refusals::{
    CAPACITY, EQUIPMENT, MAINTENANCE, ROOM_CLOSED, SAME_PERSON, SKILL, TAKEN, TECHNICIAN_OFF, TOO_LATE,
    TOO_MANY_OPEN, TURNOVER,
};
use crate::request::{Question, Request};
use crate::search::{plan_refusal, terms_at, window};
use crate::store;
use crate::window::Window;
use crate::wish::Wish;
use scheduling::Days;
use scheduling::begin;
use scheduling::{BlockKind, is_within};
use scheduling::{Busy, Demand, Factors, Field, Offers};

/// Everything that speaks against a request; nothing if it can be had. `fits` says whether the calendars have it.
pub(crate) fn objections(
    tx: &mut Tx<'_>,
    request: &Request<'_>,
    field: &Field,
    fits: bool,
) -> Result<Vec<Error>> {
    let mut found: Vec<Error> = request.window.refusal(request.day).into_iter().collect();
    let kept = if fits { None } else { kept(request, field) };
    let is_kept = kept.is_some();
    found.extend(kept);
    found.extend(plan_refusal(tx, request.catalogue, request.service, request.window, request.day)?);
    // That it is taken is told after what this person may not, for it is no business of theirs.
    if !fits || lacks_skill(request) {
        let blocking = if fits { Vec::new() } else { request.blocking(tx)? };
        found.extend(unfit(request, field, is_kept, &blocking)?.into_iter().map(Error::refused));
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

/// Whether rules or hands keep anything from who asks.
fn has_gates(field: &Field) -> bool {
    field.rooms.iter().any(|room| room.mask.closed.is_some())
}

/// The same field as if no rule and no hand kept anything.
fn without_gates(field: &Field) -> Field {
    let mut open = field.clone();
    open.rooms.iter_mut().for_each(|room| room.mask.closed = None);
    open
}

/// The same field as if nothing were claimed.
fn unclaimed(field: &Field) -> Field {
    let mut empty = without_gates(field);
    let reach = empty.reach;
    let calendars = empty.rooms.iter_mut().chain(&mut empty.technicians).chain(&mut empty.equipment);
    calendars.for_each(|calendar| calendar.busy = Busy::new(calendar.busy.units, Vec::new(), reach));
    empty
}

/// Why rules keep the start, and when it opens (W3): of several rooms, the one that opens first.
fn kept(request: &Request<'_>, field: &Field) -> Option<Error> {
    let Request { catalogue, service, window, day, start, .. } = *request;
    if window.is_unbounded() || !has_gates(field) {
        return None;
    }
    let rooms_of = |field: &Field| Offers::find(request.demand(), field).at(start).map(|offer| offer.rooms);
    let rooms = rooms_of(&without_gates(field)).or_else(|| rooms_of(&unclaimed(field)))?;
    let (asker, tier) = (window.asker(), window.standing().tier_on(day));
    let refused = |(room, _): &(Id, Factors)| {
        let terms = terms_at(catalogue, window, &request.rules, service.id, *room, day, start);
        (terms.refused(tier, asker.now), terms.blocked)
    };
    let reasons: Vec<_> = rooms.iter().map(refused).collect();
    if reasons.iter().any(|(kept, blocked)| kept.is_none() && !blocked) {
        return None;
    }
    let first = reasons.iter().filter_map(|(kept, _)| *kept).min_by_key(|(_, opens_at)| *opens_at);
    first.map(|(refusal, opens_at)| Error::refused(refusal).with("opens_at", window.shown(opens_at)))
}

/// Why the calendars do not have it, in the order of the table; of what is kept by rules that was said.
fn unfit(
    request: &Request<'_>,
    field: &Field,
    is_kept: bool,
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
    if request.candidates.rooms.is_empty() && !request.anybody.rooms.is_empty() {
        found.push(&CAPACITY);
    }
    if blocking.is_empty() {
        found.extend(claimed(request, field, is_kept));
    }
    if blocking.contains(&BlockKind::Room) {
        found.push(&MAINTENANCE);
    }
    if blocking.contains(&BlockKind::Equipment) {
        found.push(&EQUIPMENT);
    }
    Ok(found)
}

/// Why it is not free, if it would be were nothing claimed.
fn claimed(request: &Request<'_>, field: &Field, is_kept: bool) -> Option<&'static Refusal> {
    let demand = request.demand();
    let has = |demand: Demand, field: &Field| Offers::find(demand, field).at(request.start).is_some();
    if demand.equipment && field.equipment.is_empty() {
        return Some(&EQUIPMENT);
    }
    if has(demand, field) || !has(demand, &unclaimed(field)) {
        return None;
    }
    let open = without_gates(field);
    if has_gates(field) && has(demand, &open) {
        // A hand's block and what rules keep are told apart: who is kept out hears when it opens.
        return (!is_kept).then_some(&MAINTENANCE);
    }
    Some(if demand.equipment && has(Demand { equipment: false, ..demand }, &open) {
        &EQUIPMENT
    } else if has(Demand { setup: 0, turnover: 0, ..demand }, &without_pads(&open)) {
        &TURNOVER
    } else {
        &TAKEN
    })
}

/// Whether no room that serves this is open then; where none takes so many, none that serves fewer.
fn is_closed(request: &Request<'_>, days: &Days, wider: &Days) -> bool {
    let span = (request.start, request.end());
    let large = &request.candidates.rooms;
    let rooms = if large.is_empty() { &request.anybody.rooms } else { large };
    !rooms.iter().any(|room| {
        let begins = days.open(&room.hours).iter().any(|open| open.has(request.start));
        begins && is_within(&wider.pieces(&room.hours), span)
    })
}

/// Whether too few of those who can do it work then; of who was named, whether they do not.
fn is_off(request: &Request<'_>, wider: &Days) -> bool {
    let needed = request.demand().technicians;
    let span = (request.start, request.end());
    let works = |one: &&&Technician| is_within(&wider.pieces(&one.hours), span);
    let working: Vec<Id> = request.anybody.technicians.iter().filter(works).map(|one| one.id).collect();
    let named = request.question.technician.filter(|_| !lacks_skill(request));
    needed > 0 && (working.len() < needed || named.is_some_and(|named| !working.contains(&named)))
}

fn without_pads(field: &Field) -> Field {
    let mut bare = field.clone();
    bare.technicians.iter_mut().chain(&mut bare.equipment).for_each(|calendar| calendar.after = 0);
    bare
}

fn lacks_skill(request: &Request<'_>) -> bool {
    let named = request.question.technician.and_then(|id| request.catalogue.technician(id));
    request.service.technicians > 0 && named.is_some_and(|named| !named.is_skilled_for(request.service))
}

/// Whether somebody who would be there is elsewhere then (F6).
fn is_elsewhere(tx: &mut Tx<'_>, request: &Request<'_>) -> Result<bool> {
    let span = (request.start, request.end());
    let moving = request.question.moving.as_ref().map(|moving| moving.booking);
    for person in &request.question.people {
        if scheduling::is_claimed(tx, *person, span, moving)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the person has as many bookings ahead as they may have (F7). A booking that is moved counts already.
fn has_enough(tx: &mut Tx<'_>, request: &Request<'_>) -> Result<bool> {
    let Some(owner) = request.question.owner else { return Ok(false) };
    if request.window.is_unbounded() || request.question.moving.is_some() {
        return Ok(false);
    }
    Ok(store::count_open(tx, owner)? >= most_open(request.catalogue, request.window))
}

/// How many bookings ahead this person may have (F7).
pub(crate) fn most_open(catalogue: &Catalogue, window: &Window) -> i64 {
    catalogue.number(match window.standing().tier() {
        Tier::None => OPEN_ACCOUNT,
        Tier::Base => OPEN_BASE,
        Tier::Premium => OPEN_PREMIUM,
        Tier::Unlimited => OPEN_UNLIMITED,
    })
}

/// An answer to “why not?”.
#[derive(Debug)]
pub struct Verdict {
    /// The refusals, in the order of the table: for staff all, for others the first; none if it can be booked.
    pub refusals: Vec<Error>,
}

/// Says why a wish can't be booked as it is, without booking it. Staff who name a person hear what would refuse that person.
///
/// # Errors
/// `Error::Invalid` for what makes no sense.
pub fn why_not(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<Verdict> {
    let another = wish.person.filter(|person| by.id() != Some(*person));
    if let Some(person) = another.filter(|_| by.may(Action::SeeEveryBooking)) {
        return why_not_for(tx, by, wish, Some(person));
    }
    let owner = wish.person.filter(|_| by.may(Action::BookForOthers));
    let most = if by.may(Action::SeeEveryBooking) { usize::MAX } else { 1 };
    verdict(tx, by, wish, owner.or(by.id()), most)
}

/// Says what would refuse staff who book for someone else: what is reserved for others and the windows of that person do not.
/// Without a person, it is for a guest without an account.
///
/// # Errors
/// `Error::Forbidden` unless `by` books for others; `Error::Invalid` for what makes no sense.
pub fn why_not_by_staff(tx: &mut Tx<'_>, by: &Actor, wish: &Wish, person: Option<Id>) -> Result<Verdict> {
    by.need(Action::BookForOthers)?;
    verdict(tx, by, wish, person, usize::MAX)
}

/// Says everything that would refuse a wish to this person, or to a visitor, if they asked themselves.
///
/// # Errors
/// `Error::Forbidden` unless `by` sees every booking; `Error::NotFound` for an unknown person; `Error::Invalid` for what makes
/// no sense.
pub fn why_not_for(tx: &mut Tx<'_>, by: &Actor, wish: &Wish, person: Option<Id>) -> Result<Verdict> {
    by.need(Action::SeeEveryBooking)?;
    let asker = match person {
        Some(person) => Actor::of(people::person(tx, person)?),
        None => Actor::visitor(),
    };
    verdict(tx, &asker, wish, person, usize::MAX)
}

fn verdict(tx: &mut Tx<'_>, asker: &Actor, wish: &Wish, owner: Option<Id>, most: usize) -> Result<Verdict> {
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, asker, owner)?;
    let request = Request::understand(tx, &catalogue, &window, Question::of(wish, owner))?;
    let field = request.field(tx)?;
    let fits = Offers::find(request.demand(), &field).at(request.start).is_some();
    let found = objections(tx, &request, &field, fits)?.into_iter().take(most);
    let refusals = found.map(|objection| request.told(tx, &field, objection)).collect::<Result<_>>()?;
    Ok(Verdict { refusals })
}
