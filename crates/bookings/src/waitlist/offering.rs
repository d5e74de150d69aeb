//! Offering free times to the waitlist in order (L1 to L3). The times of all places are searched in one view. Each
//! offer is a short transaction of its own, so that bookings never wait for the search.

use std::collections::HashSet;

use booking_rules::refusals::{MEMBERS_ONLY, SAME_PERSON, TOO_MANY_OPEN, VIP_ONLY};
use booking_rules::settings::{OFFER, OFFER_AHEAD, QUIET_FROM, QUIET_TO};
use booking_rules::{BookingRequest, Extras, Opened, WaitKind, WaitState, When};
use catalogue::Catalogue;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kit::{Db, Error, Id, Result, Tx};
use people::Actor;
use scheduling::{Cell, begin, cell_at};

use crate::booking::place::Placement;
use crate::booking::visit::place_visit;
use crate::model::Hold;
use crate::notifications::notify;
use crate::search::free_times::{BookingFor, SearchContext, prepare};
use crate::waitlist::join::in_order;
use crate::waitlist::model::{MatchWaitlist, OfferOutcome, Wait};
use crate::waitlist::store;

/// The number of places or records that are updated in one transaction.
const AT_ONCE: usize = 50;

/// A place on the waitlist with the times found for it.
#[derive(Debug, Clone)]
struct WaitMatches {
    wait: Wait,
    /// The starts that became free since the person joined and can be offered or announced now, ordered by time.
    times: Vec<Time>,
    /// The starts that were free when the person joined and have been taken or closed since.
    closed: Vec<Timestamp>,
}

/// A start that has become free.
#[derive(Debug, Clone, Copy)]
struct Time {
    starts_at: Timestamp,
    /// Whether everyone is notified of it at the same time instead of it being offered to one person (L2).
    first_come: bool,
}

/// The times found for all places, in order, and the records of freed spans that were taken into account.
#[derive(Debug, Default)]
struct Survey {
    found: Vec<WaitMatches>,
    freed: Vec<Id>,
}

/// Offers free times to the waitlist in order (L1). Returns the number of places that got an offer or a notification.
///
/// # Errors
/// Returns a fault if the database fails.
pub async fn match_waitlist(db: &Db, why: MatchWaitlist) -> Result<u64> {
    let Survey { found, freed } = db.view(move |tx| survey(tx, why)).await?;
    // Starts that are no longer free, for all places with the same request.
    let mut gone: HashSet<WaitlistSearch> = HashSet::new();
    let mut served = 0;
    let mut others = Vec::new();
    for one in found {
        let times: Vec<Time> = one
            .times
            .iter()
            .copied()
            .filter(|time| !gone.contains(&WaitlistSearch::of(&one.wait, *time)))
            .collect();
        if times.is_empty() {
            if !one.closed.is_empty() {
                others.push((one.wait.id, one.closed));
            }
            continue;
        }
        let one = WaitMatches { times, ..one };
        let (done, lost) = db.tx(move |tx| serve(tx, &one)).await?;
        gone.extend(lost);
        served += u64::from(done);
    }
    for some in others.chunks(AT_ONCE) {
        let some = some.to_vec();
        db.tx(move |tx| some.iter().try_for_each(|(id, closed)| close(tx, *id, closed))).await?;
    }
    for some in freed.chunks(AT_ONCE) {
        let some = some.to_vec();
        db.tx(move |tx| some.iter().try_for_each(|event| store::forget_freed(tx, *event))).await?;
    }
    Ok(served)
}

/// A start with the request for it. If it is no longer free, places with the same request cannot have it either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct WaitlistSearch {
    service: Id,
    minutes: Option<i64>,
    party: Option<i64>,
    room: Option<Id>,
    technician: Option<Id>,
    starts_at: Timestamp,
}

impl WaitlistSearch {
    fn of(wait: &Wait, Time { starts_at, .. }: Time) -> WaitlistSearch {
        let Wait { service, minutes, party, room, technician, .. } = *wait;
        WaitlistSearch { service, minutes, party, room, technician, starts_at }
    }
}

/// Finds the times that have become free for each place. Finds nothing if nothing was freed and no new place has a
/// match.
fn survey(tx: &mut Tx<'_>, why: MatchWaitlist) -> Result<Survey> {
    let catalogue = catalogue::current(tx)?;
    let given_back = store::freed(tx)?;
    let moment = Moment::of(tx, &catalogue);
    match why.joined {
        Some(id) => {
            let wait = store::find(tx, id)?.filter(|wait| wait.state == WaitState::Waiting);
            let found = wait.map(|wait| moment.find(tx, wait, &given_back)).transpose()?;
            if found.is_none_or(|found| found.times.is_empty()) {
                return Ok(Survey::default());
            }
        }
        // Another run has already handled it.
        None if !why.anyway && given_back.is_empty() => return Ok(Survey::default()),
        None => {}
    }
    let mut waiting = store::counting(tx, catalogue.club.id)?;
    waiting.retain(|wait| wait.last_day >= moment.yesterday);
    let queue = in_order(tx, catalogue.club.id, waiting)?;
    let found = queue.into_iter().map(|wait| moment.find(tx, wait, &given_back)).collect::<Result<_>>()?;
    let mut freed: Vec<Id> = given_back.into_iter().map(|(event, ..)| event).collect();
    freed.dedup();
    Ok(Survey { found, freed })
}

/// What depends on the current time.
struct Moment {
    is_night: bool,
    /// Starts before this moment are not offered: they are first come, first served.
    soon: Timestamp,
    yesterday: jiff::civil::Date,
}

impl Moment {
    fn of(tx: &Tx<'_>, catalogue: &Catalogue) -> Moment {
        let local = tx.now().to_zoned(catalogue.club.zone.clone());
        let hour = i64::from(local.hour());
        Moment {
            is_night: hour >= catalogue.setting(QUIET_FROM) || hour < catalogue.setting(QUIET_TO),
            soon: tx.now() + SignedDuration::from_hours(catalogue.setting(OFFER_AHEAD)),
            yesterday: local.date().checked_sub(1.day()).unwrap_or(local.date()),
        }
    }

    /// Searches the times for a place. A start that was free when the person joined counts as newly free only after
    /// it was taken or closed: it is not free now, or it would not be without the spans freed since.
    fn find(&self, tx: &mut Tx<'_>, wait: Wait, given_back: &[(Id, Id, Cell, Cell)]) -> Result<WaitMatches> {
        let by = Actor::of(people::person(tx, wait.person)?);
        let known = store::open_starts(tx, wait.id)?;
        let context = SearchContext::read(tx, &by, BookingFor::Requester, None)?;
        let prepared = prepare(tx, &context, &wait.search_query())?;
        let cells: Vec<Cell> = known.iter().map(|at| cell_at(*at)).collect();
        // Spans freed before the person joined had already made those starts free at that time.
        let since = given_back.iter().filter(|(event, ..)| *event > wait.id);
        let since: Vec<(Id, Cell, Cell)> = since.map(|(_, id, from, to)| (*id, *from, *to)).collect();
        let open = if since.is_empty() { cells } else { prepared.possible_beside(&since, &cells) };
        let open: HashSet<Timestamp> = open.into_iter().map(begin).collect();
        let answer = prepared.answer();
        let zone = &answer.catalogue.club.zone;
        // Offers that have begun are only for walk-ins.
        let now = tx.now();
        let matching = answer.offers.iter().filter(|offer| wait.wants(zone, offer));
        let free: Vec<Timestamp> =
            matching.map(|offer| begin(offer.start)).filter(|starts_at| *starts_at >= now).collect();
        let still: HashSet<Timestamp> = free.iter().copied().filter(|at| open.contains(at)).collect();
        let closed = known.iter().copied().filter(|at| !still.contains(at)).collect();
        let anew = free.into_iter().filter(|at| !known.contains(at) || !still.contains(at));
        let times = if wait.state == WaitState::Waiting {
            let passed = store::passed(tx, wait.id)?;
            let length = SignedDuration::from_mins(answer.minutes);
            let is_new = |at: &Timestamp| !is_passed(&passed, *at, length);
            anew.filter(is_new).filter_map(|at| self.time(&wait, at)).collect()
        } else {
            Vec::new()
        };
        Ok(WaitMatches { wait, times, closed })
    }

    /// Returns how a person gets a start that has become free, or `None` if nothing is offered at night (L2).
    fn time(&self, wait: &Wait, starts_at: Timestamp) -> Option<Time> {
        let first_come = wait.kind == WaitKind::Tell || starts_at < self.soon;
        (first_come || !self.is_night).then_some(Time { starts_at, first_come })
    }
}

/// Returns whether the person already had an offer or a notification for a start that overlaps this one. They get no
/// second one; the next person does.
fn is_passed(passed: &[Timestamp], at: Timestamp, length: SignedDuration) -> bool {
    passed.iter().any(|before| at.duration_since(*before).abs() < length)
}

/// Notifies the person of the first start they can still have, or offers it. Returns whether there was one, and which
/// starts are no longer free.
fn serve(tx: &mut Tx<'_>, found: &WaitMatches) -> Result<(bool, Vec<WaitlistSearch>)> {
    let mut gone = Vec::new();
    // Another process may match the same place at the same time.
    tx.lock_person(found.wait.id)?;
    close(tx, found.wait.id, &found.closed)?;
    let Some(wait) = store::find(tx, found.wait.id)?.filter(|wait| wait.state == WaitState::Waiting) else {
        return Ok((false, gone));
    };
    let known = store::passed(tx, wait.id)?;
    let catalogue = catalogue::current(tx)?;
    let service = catalogue.service(wait.service).map_or(0, |service| service.minutes);
    let length = SignedDuration::from_mins(wait.minutes.unwrap_or(service));
    for time in &found.times {
        if is_passed(&known, time.starts_at, length) {
            continue;
        }
        if time.first_come {
            tell(tx, &wait, time.starts_at)?;
            return Ok((true, gone));
        }
        match offer(tx, &wait, time.starts_at)? {
            Offering::Made => return Ok((true, gone)),
            Offering::Gone => gone.push(WaitlistSearch::of(&wait, *time)),
            Offering::NotTheirs => {}
        }
    }
    Ok((false, gone))
}

/// Removes these starts from those that were free when the person joined.
fn close(tx: &mut Tx<'_>, wait: Id, closed: &[Timestamp]) -> Result<()> {
    if closed.is_empty() {
        return Ok(());
    }
    let mut open = store::open_starts(tx, wait)?;
    open.retain(|at| !closed.contains(at));
    store::set_open_starts(tx, wait, &open)
}

/// Notifies a person of a free time, first come, first served (L2).
fn tell(tx: &mut Tx<'_>, wait: &Wait, starts_at: Timestamp) -> Result<()> {
    let mark = tx.new_id()?;
    store::insert_offer(tx, mark, wait.id, starts_at, OfferOutcome::Announced)?;
    if wait.kind == WaitKind::Tell {
        store::set_state(tx, wait.id, &[WaitState::Waiting], WaitState::Done)?;
    }
    notify::opened(tx, wait, Opened { wait: wait.id, starts_at })
}

/// The result of offering a time.
enum Offering {
    Made,
    /// No one can have the time anymore.
    Gone,
    /// The person cannot have the time, for example because they are elsewhere or have as many bookings as allowed.
    NotTheirs,
}

/// Holds a time for a person on the waitlist, for the club's `offer_minutes` (L2).
fn offer(tx: &mut Tx<'_>, wait: &Wait, starts_at: Timestamp) -> Result<Offering> {
    let by = Actor::of(people::person(tx, wait.person)?);
    let until = tx.now() + SignedDuration::from_mins(catalogue::current(tx)?.setting(OFFER));
    let request = BookingRequest {
        service: wait.service,
        minutes: wait.minutes,
        when: When::Moment(starts_at),
        room: wait.room,
        technician: wait.technician,
        party: wait.party,
        person: None,
        companion: None,
        extras: Extras::default(),
        then: Vec::new(),
    };
    let placement = Placement::Hold(Hold { until, token: None, from: None });
    let mut is_gone = false;
    let held = tx.attempt(|tx| {
        // The person may have left or taken another offer in the meantime.
        if !store::set_state(tx, wait.id, &[WaitState::Waiting], WaitState::Offered)? {
            return Ok(None);
        }
        match place_visit(tx, &by, &request, Some(wait.person), &placement) {
            Ok(held) => Ok(Some(held)),
            Err(Error::Refused(refusal, _)) => {
                is_gone = !refusal.is_any(&[&SAME_PERSON, &TOO_MANY_OPEN, &VIP_ONLY, &MEMBERS_ONLY]);
                Ok(None)
            }
            Err(Error::Invalid(_)) => Ok(None),
            Err(error) => Err(error),
        }
    })?;
    let Some(held) = held else {
        return Ok(if is_gone { Offering::Gone } else { Offering::NotTheirs });
    };
    store::insert_offer(tx, held.id, wait.id, starts_at, OfferOutcome::Open)?;
    notify::offered(tx, held.id)?;
    Ok(Offering::Made)
}
