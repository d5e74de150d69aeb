//! Offering what has become free to those who wait, the first in order first (L1 to L3). Everyone's times are searched for in
//! one view; each offer is a short transaction of its own, so that whoever books never waits for the search.

use std::collections::HashSet;

use booking_rules::settings::{OFFER, OFFER_AHEAD, QUIET_FROM, QUIET_TO};
use booking_rules::{BookingRequest, Extras, When};
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
use crate::waitlist::model::{MatchWaitlist, Offered, Opened, Wait, WaitKind};
use crate::waitlist::store;

/// How many places are brought up to date in one transaction.
const AT_ONCE: usize = 50;

/// Someone who waits, with what the search found for them.
#[derive(Debug, Clone)]
struct Found {
    wait: Wait,
    /// The starts that have become free since they joined and can be offered or told now, in order.
    times: Vec<Time>,
    /// The starts that were open when they joined and have been taken or closed since.
    closed: Vec<Timestamp>,
}

/// A start that has become free.
#[derive(Debug, Clone, Copy)]
struct Time {
    starts_at: Timestamp,
    /// Whether everyone is told of it at once instead of one being offered it (L2).
    first_come: bool,
}

/// What was found for everyone who waits, in order, and which records of what was given back that took account of.
#[derive(Debug, Default)]
struct Survey {
    found: Vec<Found>,
    freed: Vec<Id>,
}

/// Offers what has become free to those who wait, in order (L1). How many were offered or told something.
///
/// # Errors
/// A fault of the database.
pub async fn match_waitlist(db: &Db, why: MatchWaitlist) -> Result<u64> {
    let Survey { found, freed } = db.view(move |tx| survey(tx, why)).await?;
    // Starts that are gone again, for everyone who wants the same.
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
        let one = Found { times, ..one };
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

/// A start as somebody wants it: who wants the same can't have it either when it is gone.
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

/// What has become free to whom. Nothing, if nothing was given back and nobody new waits for it.
fn survey(tx: &mut Tx<'_>, why: MatchWaitlist) -> Result<Survey> {
    let catalogue = catalogue::current(tx)?;
    let given_back = store::freed(tx)?;
    let moment = Moment::of(tx, &catalogue);
    match why.joined {
        Some(id) => {
            let wait = store::find(tx, id)?.filter(|wait| wait.state == "waiting");
            let found = wait.map(|wait| moment.find(tx, wait, &given_back)).transpose()?;
            if found.is_none_or(|found| found.times.is_empty()) {
                return Ok(Survey::default());
            }
        }
        // Another look has seen to it already.
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

/// What counts of the present moment.
struct Moment {
    is_night: bool,
    /// Before this, nothing is offered: it is first come, first served.
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

    /// Searches for someone who waits. A start that was open when they joined counts as free anew only once it has been
    /// taken or closed: it is not there now, or it would not be there without what was given back since.
    fn find(&self, tx: &mut Tx<'_>, wait: Wait, given_back: &[(Id, Id, Cell, Cell)]) -> Result<Found> {
        let by = Actor::of(people::person(tx, wait.person)?);
        let known = store::open_starts(tx, wait.id)?;
        let context = SearchContext::read(tx, &by, BookingFor::Asker, None)?;
        let prepared = prepare(tx, &context, &wait.ask())?;
        let cells: Vec<Cell> = known.iter().map(|at| cell_at(*at)).collect();
        // What was given back before they joined made those starts open when they did.
        let since = given_back.iter().filter(|(event, ..)| *event > wait.id);
        let since: Vec<(Id, Cell, Cell)> = since.map(|(_, id, from, to)| (*id, *from, *to)).collect();
        let open = if since.is_empty() { cells } else { prepared.possible_beside(&since, &cells) };
        let open: HashSet<Timestamp> = open.into_iter().map(begin).collect();
        let answer = prepared.answer();
        let zone = &answer.catalogue.club.zone;
        // Only walk-ins are entered once their time has begun.
        let now = tx.now();
        let matching = answer.offers.iter().filter(|offer| wait.wants(zone, offer));
        let free: Vec<Timestamp> =
            matching.map(|offer| begin(offer.start)).filter(|starts_at| *starts_at >= now).collect();
        let still: HashSet<Timestamp> = free.iter().copied().filter(|at| open.contains(at)).collect();
        let closed = known.iter().copied().filter(|at| !still.contains(at)).collect();
        let anew = free.into_iter().filter(|at| !known.contains(at) || !still.contains(at));
        let times = if wait.state == "waiting" {
            let passed = store::passed(tx, wait.id)?;
            let length = SignedDuration::from_mins(answer.minutes);
            let is_new = |at: &Timestamp| !is_passed(&passed, *at, length);
            anew.filter(is_new).filter_map(|at| self.time(&wait, at)).collect()
        } else {
            Vec::new()
        };
        Ok(Found { wait, times, closed })
    }

    /// How a start that has become free reaches someone now; nothing at night (L2).
    fn time(&self, wait: &Wait, starts_at: Timestamp) -> Option<Time> {
        let first_come = wait.kind == WaitKind::Tell || starts_at < self.soon;
        (first_come || !self.is_night).then_some(Time { starts_at, first_come })
    }
}

/// Whether someone passed a start over: they are not asked again for the same hours, the next person is.
fn is_passed(passed: &[Timestamp], at: Timestamp, length: SignedDuration) -> bool {
    passed.iter().any(|before| at.duration_since(*before).abs() < length)
}

/// Tells or offers someone the first start that they can still have. Whether there was one, and which are gone again.
fn serve(tx: &mut Tx<'_>, found: &Found) -> Result<(bool, Vec<WaitlistSearch>)> {
    let mut gone = Vec::new();
    // Another process may look at the same time.
    tx.lock_person(found.wait.id)?;
    close(tx, found.wait.id, &found.closed)?;
    let Some(wait) = store::find(tx, found.wait.id)?.filter(|wait| wait.state == "waiting") else {
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

/// These starts are no longer among those that were open when someone joined.
fn close(tx: &mut Tx<'_>, wait: Id, closed: &[Timestamp]) -> Result<()> {
    if closed.is_empty() {
        return Ok(());
    }
    let mut open = store::open_starts(tx, wait)?;
    open.retain(|at| !closed.contains(at));
    store::set_open_starts(tx, wait, &open)
}

/// Tells somebody of a free time, first come (L2).
fn tell(tx: &mut Tx<'_>, wait: &Wait, starts_at: Timestamp) -> Result<()> {
    let mark = tx.new_id()?;
    store::insert_offer(tx, mark, wait.id, starts_at, "told")?;
    if wait.kind == WaitKind::Tell {
        store::set_state(tx, wait.id, &["waiting"], "done")?;
    }
    notify::opened(tx, wait, &Opened { wait: wait.id, starts_at })
}

/// What came of offering a time.
enum Offering {
    Made,
    /// Nobody can have it any more.
    Gone,
    /// They can't have it: they are elsewhere then, or have as many bookings as they may.
    NotTheirs,
}

/// Holds a time for somebody who waited, for the club's minutes of an offer (L2).
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
        // They may have left, or taken another offer, a moment ago.
        if !store::set_state(tx, wait.id, &["waiting"], "offered")? {
            return Ok(None);
        }
        match place_visit(tx, &by, &request, Some(wait.person), &placement) {
            Ok(held) => Ok(Some(held)),
            Err(Error::Refused(refusal, _)) => {
                is_gone =
                    !["same_person", "too_many_open", "vip_only", "members_only"].contains(&refusal.code);
                Ok(None)
            }
            Err(Error::Invalid(_)) => Ok(None),
            Err(error) => Err(error),
        }
    })?;
    let Some(held) = held else {
        return Ok(if is_gone { Offering::Gone } else { Offering::NotTheirs });
    };
    store::insert_offer(tx, held.id, wait.id, starts_at, "open")?;
    notify::offered(tx, &Offered { booking: held.id })?;
    Ok(Offering::Made)
}
