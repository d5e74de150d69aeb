//! Waiting for a time (L1 to L3): when one frees, the first in order gets it held for half an hour, then the next. Nobody
//! is offered what is not truly held.

use booking_rules::refusals::{TOO_MANY_WAITS, WRONG_STATE};
use booking_rules::settings::WAITS;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kit::web::{Input, RawInput};
use kit::{Error, Fault, Fields, Id, Result, Tx};
use membership::Tier;
use people::Actor;
use scheduling::begin;

use crate::booking::expiry::end_hold;
use crate::search::free_times::{Answer, search};
use crate::waitlist::model::{MatchWaitlist, Wait, WaitKind};
use crate::waitlist::store;

/// The most days that one place covers.
const MOST_DAYS: i64 = 31;

/// A wish to wait.
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
        let starts_at = input.opt_moment("starts_at");
        let tell = input.yes("tell");
        let (from, to) = (input.opt_date("from"), input.opt_date("to"));
        if from.is_none() && starts_at.is_none() {
            input.add_error("from", "Enter a start date, like 2026-11-24.");
        }
        let from = from.unwrap_or(Date::ZERO);
        let to = to.unwrap_or(from);
        if !(0..MOST_DAYS).contains(&i64::from((to - from).get_days())) {
            input.add_error("to", format!("Choose a span of 1 to {MOST_DAYS} days, start date first."));
        }
        let minute = |time: jiff::civil::Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let after = input.opt_time("after").map_or(0, minute);
        // Until the end of the night, if nothing else is said.
        let before = input.opt_time("before").map_or(2_880, minute);
        if before <= after {
            input.add_error("before", "This must be later than the earliest start.");
        }
        Waiting {
            kind: if tell { WaitKind::Tell } else { WaitKind::Place },
            service: input.id("service_id"),
            room: input.opt_id("room_id"),
            technician: input.opt_id("technician_id"),
            party: input.opt_number("party", 1, 50),
            minutes: input.opt_number("duration", 5, 1_440),
            days: (from, to),
            span: (after, before),
            starts_at,
        }
    }
}

/// What came of joining the waitlist.
#[derive(Debug)]
pub struct Joined {
    /// The place.
    pub wait: Wait,
    /// The times that are open already: they can be booked now, and nothing of them is held or offered.
    pub open: Answer,
}

/// Joins the waitlist, or asks to be told when a time opens. The times that are open already are answered; offered is only
/// what becomes free afterwards (L1). Whoever waits for the same already has that place.
///
/// # Errors
/// `Error::Unauthorized` for visitors; `Error::Invalid`; `too_many_open`.
pub fn join(tx: &mut Tx<'_>, by: &Actor, request: &Waiting) -> Result<Joined> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let service = crate::search::lookup::service(&catalogue, request.service)?;
    crate::search::lookup::sold_minutes(service, request.minutes)?;
    if request.room.is_some_and(|room| !service.rooms.contains(&room)) {
        return Err(Fields::one("room_id", "This service isn’t offered in that room."));
    }
    if request.technician.is_some_and(|id| catalogue.technician(id).is_none()) {
        return Err(Fields::one("technician_id", "We couldn’t find that therapist."));
    }
    tx.lock_person(person)?;
    let zone = &catalogue.club.zone;
    let (days, span) = match request.starts_at {
        Some(at) => {
            // The operating day may be the day before: a start after midnight belongs to that night.
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
        state: "waiting".to_owned(),
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
    // Its id is made after the search: what was given back before has a lower one, what is given back later a higher one.
    let wait = Wait { id: tx.new_id()?, ..wait };
    store::insert(tx, catalogue.club.id, &wait, &starts)?;
    // What was given back while this was written may not have seen that someone waits.
    tx.enqueue(&MatchWaitlist { joined: Some(wait.id), anyway: false }, tx.now())?;
    Ok(Joined { wait, open })
}

/// The times that are open now to someone who waits for them.
///
/// # Errors
/// A fault of the database.
fn open_times(tx: &mut Tx<'_>, by: &Actor, wait: &Wait) -> Result<Answer> {
    let answer = search(tx, by, &wait.ask())?;
    let offers = answer.offers.iter().filter(|offer| wait.wants(&answer.catalogue.club.zone, offer));
    let offers = offers.cloned().collect();
    Ok(Answer { offers, ..answer })
}

/// A place of whoever asks, with the times that are open to it now.
///
/// # Errors
/// `Error::NotFound` for what is not theirs or does not count any more.
pub fn place(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Joined> {
    let person = by.person()?.id;
    let wait = store::of_person(tx, person)?.into_iter().find(|wait| wait.id == id).ok_or(Error::NotFound)?;
    let open = open_times(tx, by, &wait)?;
    Ok(Joined { wait, open })
}

/// The places of whoever asks that still count, each with how many are before it (L1): those who wait for a time that
/// could be theirs.
///
/// # Errors
/// `Error::Unauthorized` for visitors.
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
    /// What for.
    pub wait: Wait,
    /// How many come before.
    pub before: usize,
    /// The hold that is offered.
    pub offer: Option<Id>,
}

/// The places of whoever asks that still count.
///
/// # Errors
/// `Error::Unauthorized` for visitors.
pub fn waits(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Wait>> {
    store::of_person(tx, by.person()?.id)
}

/// A place, for the club itself.
///
/// # Errors
/// A fault of the database.
pub fn wait(tx: &mut Tx<'_>, id: Id) -> Result<Option<Wait>> {
    store::find(tx, id)
}

/// Gives a place up; what is held for it is let go.
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state` if it does not count any more.
pub fn leave(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    let person = by.person()?.id;
    store::find(tx, id)?.filter(|wait| wait.person == person).ok_or(Error::NotFound)?;
    let held = store::live_offer(tx, id)?;
    if !store::set_state(tx, id, &["waiting", "offered"], "left")? {
        return Err(Error::refused(&WRONG_STATE));
    }
    if let Some(hold) = held {
        end_hold(tx, hold, Some(person), "declined")?;
    }
    Ok(())
}

/// Who waits, the first in order first (L1).
pub(crate) fn in_order(tx: &mut Tx<'_>, club: Id, waiting: Vec<Wait>) -> Result<Vec<Wait>> {
    let mut queue: Vec<(Tier, Wait)> = Vec::new();
    for wait in waiting {
        let tier = membership::entitlements(tx, club, wait.person)?.tier();
        queue.push((tier, wait));
    }
    queue.sort_by_key(|(tier, wait)| (std::cmp::Reverse(*tier), wait.joined_at, wait.id));
    Ok(queue.into_iter().map(|(_, wait)| wait).collect())
}
