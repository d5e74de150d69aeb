//! Waiting for a time (L1 to L3). When a time becomes free, it is held for the first person in order for half an hour
//! by default, then for the next. Only a time that is actually held is offered.

use booking_rules::refusals::{TOO_MANY_WAITS, WRONG_STATE};
use booking_rules::settings::WAITS;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};
use kit::web::{Input, RawInput};
use kit::{Error, Fault, Fields, Id, Result, Tx, input};
use membership::Tier;
use people::Actor;
use scheduling::begin;

use crate::booking::expiry::end_hold;
use crate::search::free_times::{Answer, search};
use crate::waitlist::model::{MatchWaitlist, Wait};
use crate::waitlist::store;
use booking_rules::{HoldEnd, WaitKind, WaitState};

/// The largest number of days that one place can span.
const MOST_DAYS: i64 = 31;

input! {
    /// A request to join the waitlist.
    pub struct WaitInput {
        #[schema(value_type = i64)]
        service_id: Id = id(),
        /// The first business day.
        #[schema(value_type = Option<String>, format = Date)]
        from: Option<Date> = opt_date(),
        /// The last business day, at most 31 days later.
        #[schema(value_type = Option<String>, format = Date)]
        to: Option<Date> = opt_date(),
        /// `HH:MM`: the earliest start.
        #[schema(value_type = Option<String>)]
        after: Option<Time> = opt_time(),
        /// `HH:MM`: starts must be before this.
        #[schema(value_type = Option<String>)]
        before: Option<Time> = opt_time(),
        #[schema(value_type = Option<i64>)]
        room_id: Option<Id> = opt_id(),
        #[schema(value_type = Option<i64>)]
        technician_id: Option<Id> = opt_id(),
        #[schema(value_type = Option<u32>)]
        party: Option<i64> = opt_number(1, 50),
        #[schema(value_type = Option<u32>)]
        duration: Option<i64> = opt_number(5, 1_440),
        /// Notify me when this time opens, instead of `from` and `to`.
        #[schema(value_type = Option<String>, format = DateTime)]
        starts_at: Option<Timestamp> = opt_moment(),
        /// Only notify me; nothing is held.
        #[schema(value_type = Option<bool>)]
        tell: bool = yes(),
    }
}

/// The request to join the waitlist.
#[derive(Debug, Clone)]
pub struct Waiting {
    kind: WaitKind,
    service: Id,
    room: Option<Id>,
    technician: Option<Id>,
    party: Option<i64>,
    minutes: Option<i64>,
    days: (Date, Date),
    span: (i64, i64),
    starts_at: Option<Timestamp>,
}

impl Input for Waiting {
    fn parse(input: &mut RawInput) -> Waiting {
        let sent = WaitInput::parse(input);
        if sent.from.is_none() && sent.starts_at.is_none() {
            input.add_error("from", "Enter a start date, like 2026-11-24.");
        }
        let from = sent.from.unwrap_or(Date::ZERO);
        let to = sent.to.unwrap_or(from);
        if !(0..MOST_DAYS).contains(&i64::from((to - from).get_days())) {
            input.add_error(
                "to",
                format!("Choose an end date on or after the start date, at most {MOST_DAYS} days in all."),
            );
        }
        let minute = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let after = sent.after.map_or(0, minute);
        // The default is the end of the night.
        let before = sent.before.map_or(2_880, minute);
        if before <= after {
            input.add_error("before", "This must be later than the earliest start.");
        }
        Waiting {
            kind: if sent.tell { WaitKind::Tell } else { WaitKind::Place },
            service: sent.service_id,
            room: sent.room_id,
            technician: sent.technician_id,
            party: sent.party,
            minutes: sent.duration,
            days: (from, to),
            span: (after, before),
            starts_at: sent.starts_at,
        }
    }
}

/// The result of joining the waitlist.
#[derive(Debug)]
pub struct Joined {
    /// The place on the waitlist.
    pub wait: Wait,
    /// The matching times that are already free. They can be booked now; none of them is held or offered.
    pub open: Answer,
}

/// Joins the waitlist, or asks to be notified when a time opens. Returns the matching times that are already free;
/// only times that become free afterwards are offered (L1). If the person already waits for the same, that place is
/// returned.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, `Error::Invalid` if the input is not valid, `plan_required` if the
/// service is only for members and the person has no plan, and `too_many_open` if the person has as many places as
/// allowed.
pub fn join(tx: &mut Tx<'_>, by: &Actor, request: &Waiting) -> Result<Joined> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let service = crate::search::lookup::service(&catalogue, request.service)?;
    crate::search::lookup::sold_minutes(service, request.minutes)?;
    if request.room.is_some_and(|room| !service.rooms.contains(&room)) {
        return Err(Fields::one("room_id", "This service isn’t offered in that room."));
    }
    if request.technician.is_some_and(|id| catalogue.technician(id).is_none()) {
        return Err(Fields::one("technician_id", "We couldn’t find that person."));
    }
    tx.lock_person(person)?;
    let zone = &catalogue.club.zone;
    let (days, span) = match request.starts_at {
        Some(at) => {
            // The operating day may be the day before, because a start after midnight belongs to that night.
            let date = at.to_zoned(zone.clone()).date();
            ((date.checked_sub(1.day()).unwrap_or(date), date), (0, 2_880))
        }
        None => (request.days, request.span),
    };
    if days.1 < tx.now().to_zoned(zone.clone()).date() {
        return Err(Fields::one("to", "That day has passed."));
    }
    let window = crate::search::lookup::window(tx, &catalogue, by, Some(person))?;
    if let Some(refusal) = crate::search::lookup::plan_refusal(tx, &catalogue, service, &window, days.1)? {
        return Err(refusal);
    }
    let wait = Wait {
        id: Id(0),
        person,
        kind: request.kind,
        service: request.service,
        room: request.room,
        technician: request.technician,
        party: request.party,
        minutes: request.minutes,
        first_day: days.0,
        last_day: days.1,
        from_minute: span.0,
        to_minute: span.1,
        starts_at: request.starts_at,
        state: WaitState::Waiting,
        passed: 0,
        joined_at: tx.now(),
    };
    let own_waits = store::of_person(tx, person)?;
    if let Some(same) = own_waits.iter().find(|known| known.is_for_the_same(&wait)) {
        let wait = same.clone();
        let open = open_times(tx, by, &wait)?;
        return Ok(Joined { wait, open });
    }
    if i64::try_from(own_waits.len()).map_err(Fault::because)? >= catalogue.setting(WAITS) {
        return Err(Error::refused(&TOO_MANY_WAITS));
    }
    let open = open_times(tx, by, &wait)?;
    let starts: Vec<Timestamp> = open.offers.iter().map(|offer| begin(offer.start)).collect();
    // The id is created after the search, so that spans freed before the search have a lower id and spans freed later
    // a higher one.
    let wait = Wait { id: tx.new_id()?, ..wait };
    store::insert(tx, catalogue.club.id, &wait, &starts)?;
    // An operation that freed something during this transaction may not have seen this place.
    tx.enqueue(&MatchWaitlist { joined: Some(wait.id), anyway: false }, tx.now())?;
    Ok(Joined { wait, open })
}

/// Returns the times that are free now and match a place.
///
/// # Errors
/// Returns a fault if the database fails.
fn open_times(tx: &mut Tx<'_>, by: &Actor, wait: &Wait) -> Result<Answer> {
    let answer = search(tx, by, &wait.search_query())?;
    let offers = answer.offers.iter().filter(|offer| wait.wants(&answer.catalogue.club.zone, offer));
    let offers = offers.cloned().collect();
    Ok(Answer { offers, ..answer })
}

/// Returns a place of the actor, with the matching times that are free now.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::NotFound` if the place is not the actor's or is no longer
/// active.
pub fn place(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Joined> {
    let person = by.person()?.id;
    let wait = store::of_person(tx, person)?.into_iter().find(|wait| wait.id == id).ok_or(Error::NotFound)?;
    let open = open_times(tx, by, &wait)?;
    Ok(Joined { wait, open })
}

/// Returns the active places of the actor, each with the number of places before it (L1). Only those that wait for a
/// time it could get are counted.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
pub fn places(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<WaitlistPlace>> {
    let own_waits = store::of_person(tx, by.person()?.id)?;
    if own_waits.is_empty() {
        return Ok(Vec::new());
    }
    let club = catalogue::current(tx)?.club.id;
    let mut waiting = store::waiting(tx, club)?;
    waiting.retain(|other| own_waits.iter().any(|wait| wait.id == other.id || wait.is_rivalled_by(other)));
    let queue = in_order(tx, club, waiting)?;
    let place = |wait: Wait| {
        let is_rival = |other: &&Wait| wait.is_rivalled_by(other);
        let before = queue.iter().take_while(|other| other.id != wait.id).filter(is_rival).count();
        (wait, before)
    };
    let mut places = Vec::new();
    for (wait, before) in own_waits.into_iter().map(place) {
        let offer = store::live_offer(tx, wait.id)?;
        places.push(WaitlistPlace { wait, before, offer });
    }
    Ok(places)
}

/// A place on the waitlist as its owner sees it.
#[derive(Debug, Clone)]
pub struct WaitlistPlace {
    /// The place as it is stored.
    pub wait: Wait,
    /// The number of places before it.
    pub before: usize,
    /// The hold that is offered, if any.
    pub offer: Option<Id>,
}

/// Returns the active places of the actor.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors.
pub fn waits(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Wait>> {
    store::of_person(tx, by.person()?.id)
}

/// Returns a place without a permission check, for the system itself.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn wait(tx: &mut Tx<'_>, id: Id) -> Result<Option<Wait>> {
    store::find(tx, id)
}

/// Leaves the waitlist. A time that is held for the place is released.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, `Error::NotFound` if the place is not the actor's, and `wrong_state`
/// if it is no longer active.
pub fn leave(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    let person = by.person()?.id;
    store::find(tx, id)?.filter(|wait| wait.person == person).ok_or(Error::NotFound)?;
    let held = store::live_offer(tx, id)?;
    if !store::set_state(tx, id, &[WaitState::Waiting, WaitState::Offered], WaitState::Left)? {
        return Err(Error::refused(&WRONG_STATE));
    }
    if let Some(hold) = held {
        end_hold(tx, hold, Some(person), HoldEnd::Declined)?;
    }
    Ok(())
}

/// Returns places in the order in which they are served: by tier, then by when they joined (L1).
pub(crate) fn in_order(tx: &mut Tx<'_>, club: Id, waiting: Vec<Wait>) -> Result<Vec<Wait>> {
    let mut queue: Vec<(Tier, Wait)> = Vec::new();
    for wait in waiting {
        let tier = membership::entitlements(tx, club, wait.person)?.tier();
        queue.push((tier, wait));
    }
    queue.sort_by_key(|(tier, wait)| (std::cmp::Reverse(*tier), wait.joined_at, wait.id));
    Ok(queue.into_iter().map(|(_, wait)| wait).collect())
}
