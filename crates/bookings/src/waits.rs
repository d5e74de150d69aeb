//! Waiting for a time (L1 to L3): when one frees, the first in order gets it held for half an hour, then the next. Nobody
//! is offered what is not truly held.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kit::jobs::Job;
use kit::web::{Input, Words};
use kit::{Error, Fault, Fields, Id, Result, Tx};
use membership::Tier;
use people::Actor;
use serde::{Deserialize, Serialize};

use crate::book::{Deed, place_visit};
use crate::cells::begin;
use crate::days::minute;
use crate::expiry::end_hold;
use crate::free::Offer;
use crate::hold::Hold;
use crate::notify;
use crate::numbers::{OFFER, OFFER_AHEAD, QUIET_FROM, QUIET_TO, WAITS};
use crate::refusals::{TOO_MANY_WAITS, WRONG_STATE};
use crate::search::{Ask, search};
use crate::wait_store as store;
use crate::wish::{Extras, When, Wish};

/// Somebody looks whether a time has become free for who waits.
#[derive(Debug, Serialize, Deserialize)]
pub struct Look {}

impl Job for Look {
    const KIND: &'static str = "bookings.look";
}

/// Somebody is to be told that a time is held for them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Offered {
    /// The hold.
    pub booking: Id,
}

/// Somebody is to be told that a time is free, first come.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    /// Their place.
    pub wait: Id,
    /// The time.
    pub starts_at: Timestamp,
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// A place: the time is held for them.
    Place,
    /// To be told when a time opens to them (priority release).
    Tell,
}

impl WaitKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            WaitKind::Place => "place",
            WaitKind::Tell => "tell",
        }
    }

    fn read(text: String) -> Option<WaitKind> {
        [WaitKind::Place, WaitKind::Tell].into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(WaitKind, String, WaitKind::read);

/// A place on the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub person: Id,
    /// For a held time, or to be told.
    pub kind: WaitKind,
    /// For what.
    pub service: Id,
    /// Where, if that matters.
    pub room: Option<Id>,
    /// By whom, if that matters.
    pub technician: Option<Id>,
    /// For how many.
    pub party: Option<i64>,
    /// For how long, of what is sold by time.
    pub minutes: Option<i64>,
    /// The first operating day.
    pub first_day: Date,
    /// The last.
    pub last_day: Date,
    /// From which minute of the operating day a start may be.
    pub from_minute: i64,
    /// Until before which.
    pub to_minute: i64,
    /// The one start, of who wants to be told of it.
    pub starts_at: Option<Timestamp>,
    /// `waiting`, `offered`, `done`, `left`, `over`.
    pub state: String,
    /// How often an offer was declined or ran out.
    pub passed: i64,
    /// When they joined.
    pub joined_at: Timestamp,
}

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
    fn parse(words: &mut Words) -> Waiting {
        let starts_at = words.opt_moment("starts_at");
        let tell = words.yes("tell");
        let (from, to) = (words.opt_date("from"), words.opt_date("to"));
        if from.is_none() && starts_at.is_none() {
            words.complain("from", "Say from which day, such as 2026-11-24.");
        }
        let from = from.unwrap_or(Date::ZERO);
        let to = to.unwrap_or(from);
        if !(0..MOST_DAYS).contains(&i64::from((to - from).get_days())) {
            words.complain("to", format!("Wait for 1 to {MOST_DAYS} days, the first one first."));
        }
        let minute = |time: jiff::civil::Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let after = words.opt_time("after").map_or(0, minute);
        // Until the end of the night, if nothing else is said.
        let before = words.opt_time("before").map_or(2_880, minute);
        if before <= after {
            words.complain("before", "This must be later than the time after which you can come.");
        }
        Waiting {
            kind: if tell { WaitKind::Tell } else { WaitKind::Place },
            service: words.id("service_id"),
            room: words.opt_id("room_id"),
            technician: words.opt_id("technician_id"),
            party: words.opt_number("party", 1, 50),
            minutes: words.opt_number("duration", 5, 1_440),
            days: (from, to),
            span: (after, before),
            starts_at,
        }
    }
}

/// Joins the waitlist, or asks to be told when a time opens. What is free already is offered at once. Who waits for the
/// same already has that place.
///
/// # Errors
/// `Error::Unauthorized` for visitors; `Error::Invalid`; `too_many_open`.
pub fn join(tx: &mut Tx<'_>, by: &Actor, wish: &Waiting) -> Result<Wait> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let service = crate::search::service(&catalogue, wish.service)?;
    crate::request::sold_minutes(service, wish.minutes)?;
    if wish.room.is_some_and(|room| !service.rooms.contains(&room)) {
        return Err(Fields::one("room_id", "This room does not serve this."));
    }
    if wish.technician.is_some_and(|id| catalogue.technician(id).is_none()) {
        return Err(Fields::one("technician_id", "There is no such technician."));
    }
    tx.line_up(person)?;
    let zone = &catalogue.club.zone;
    let (days, span) = match wish.starts_at {
        Some(at) => {
            // The operating day may be the day before: a start after midnight belongs to that night.
            let date = at.to_zoned(zone.clone()).date();
            ((date.checked_sub(1.day()).unwrap_or(date), date), (0, 2_880))
        }
        None => (wish.days, wish.span),
    };
    if days.1 < tx.now().to_zoned(zone.clone()).date() {
        return Err(Fields::one("to", "This day is over."));
    }
    let window = crate::search::window(tx, &catalogue, by, Some(person))?;
    if let Some(refusal) = crate::search::plan_refusal(tx, &catalogue, service, &window, days.1)? {
        return Err(refusal);
    }
    let wait = Wait {
        id: tx.new_id()?,
        person,
        kind: wish.kind,
        service: wish.service,
        room: wish.room,
        technician: wish.technician,
        party: wish.party,
        minutes: wish.minutes,
        first_day: days.0,
        last_day: days.1,
        from_minute: span.0,
        to_minute: span.1,
        starts_at: wish.starts_at,
        state: "waiting".to_owned(),
        passed: 0,
        joined_at: tx.now(),
    };
    let mine = store::of_person(tx, person)?;
    if let Some(same) = mine.iter().find(|known| known.is_for_the_same(&wait)) {
        return Ok(same.clone());
    }
    if i64::try_from(mine.len()).map_err(Fault::because)? >= catalogue.number(WAITS) {
        return Err(Error::refused(&TOO_MANY_WAITS));
    }
    store::insert(tx, catalogue.club.id, &wait)?;
    tx.enqueue(&Look {}, tx.now())?;
    Ok(wait)
}

impl Wait {
    /// Whether both are for the same.
    fn is_for_the_same(&self, other: &Wait) -> bool {
        let told = |wait: &Wait| {
            let what = (wait.kind, wait.service, wait.room, wait.technician, wait.party, wait.minutes);
            let when = (wait.first_day, wait.last_day, wait.from_minute, wait.to_minute, wait.starts_at);
            (what, when)
        };
        told(self) == told(other)
    }

    /// Whether another waits for a time that could be this one's.
    fn is_rivalled_by(&self, other: &Wait) -> bool {
        other.service == self.service
            && other.kind == WaitKind::Place
            && other.first_day <= self.last_day
            && self.first_day <= other.last_day
    }
}

/// The places of whoever asks that still count, each with how many are before it (L1): those who wait for a time that
/// could be theirs.
///
/// # Errors
/// `Error::Unauthorized` for visitors.
pub fn places(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Place>> {
    let mine = store::of_person(tx, by.person()?.id)?;
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let club = catalogue::current(tx)?.club.id;
    let mut waiting = store::waiting(tx, club)?;
    waiting.retain(|other| mine.iter().any(|wait| wait.id == other.id || wait.is_rivalled_by(other)));
    let queue = in_order(tx, club, waiting)?;
    let place = |wait: Wait| {
        let is_rival = |other: &&Wait| wait.is_rivalled_by(other);
        let before = queue.iter().take_while(|other| other.id != wait.id).filter(is_rival).count();
        (wait, before)
    };
    let mut places = Vec::new();
    for (wait, before) in mine.into_iter().map(place) {
        let offer = store::live_offer(tx, wait.id)?;
        places.push(Place { wait, before, offer });
    }
    Ok(places)
}

/// A place on the waitlist as its owner sees it.
#[derive(Debug, Clone)]
pub struct Place {
    /// What for.
    pub wait: Wait,
    /// How many come before.
    pub before: usize,
    /// The hold that is offered.
    pub offer: Option<Id>,
}

/// Who waits, the first in order first (L1).
fn in_order(tx: &mut Tx<'_>, club: Id, waiting: Vec<Wait>) -> Result<Vec<Wait>> {
    let mut queue: Vec<(Tier, Wait)> = Vec::new();
    for wait in waiting {
        let tier = membership::standing(tx, club, wait.person)?.tier();
        queue.push((tier, wait));
    }
    queue.sort_by_key(|(tier, wait)| (std::cmp::Reverse(*tier), wait.joined_at, wait.id));
    Ok(queue.into_iter().map(|(_, wait)| wait).collect())
}

/// The places of whoever asks that still count.
///
/// # Errors
/// `Error::Unauthorized` for visitors.
pub fn waits(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Wait>> {
    store::of_person(tx, by.person()?.id)
}

/// A place, for the house itself.
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

/// Something has become free: somebody looks who waits for it.
pub(crate) fn freed(tx: &mut Tx<'_>) -> Result<()> {
    if store::is_anybody_waiting(tx)? { tx.enqueue(&Look {}, tx.now()) } else { Ok(()) }
}

/// A hold has ended: if it was an offer, who waited keeps their place once (L3), and the next is asked.
pub(crate) fn passed_over(tx: &mut Tx<'_>, hold: Id, why: &str) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, why)? {
        let state = if wait.passed >= 1 { "left" } else { "waiting" };
        store::pass(tx, wait.id, state)?;
    }
    freed(tx)
}

/// A hold was booked: if it was an offer, the waiting is over.
pub(crate) fn taken(tx: &mut Tx<'_>, hold: Id) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, "booked")? {
        store::set_state(tx, wait.id, &["offered", "waiting"], "done")?;
    }
    Ok(())
}

/// Offers what has become free to who waits, in order (L1). How many were offered or told something.
///
/// # Errors
/// A fault of the database.
pub fn look(tx: &mut Tx<'_>) -> Result<u64> {
    let catalogue = catalogue::current(tx)?;
    let local = tx.now().to_zoned(catalogue.club.zone.clone());
    store::end_past(tx, local.date().checked_sub(1.day()).unwrap_or(local.date()))?;
    let hour = i64::from(local.hour());
    let is_night = hour >= catalogue.number(QUIET_FROM) || hour < catalogue.number(QUIET_TO);
    let waiting = store::waiting(tx, catalogue.club.id)?;
    let queue = in_order(tx, catalogue.club.id, waiting)?;
    let soon = tx.now() + SignedDuration::from_hours(catalogue.number(OFFER_AHEAD));
    let until = tx.now() + SignedDuration::from_mins(catalogue.number(OFFER));
    let mut served = 0;
    for wait in queue {
        let by = Actor::of(people::person(tx, wait.person)?);
        for offer in free(tx, &by, &wait)? {
            let starts_at = begin(offer.start);
            let first_come = wait.kind == WaitKind::Tell || starts_at < soon;
            if !first_come && is_night {
                continue;
            }
            let done = if first_come {
                tell(tx, &wait, starts_at)?
            } else {
                offer_to(tx, &by, &wait, starts_at, until)?
            };
            if done {
                served += 1;
                break;
            }
        }
    }
    Ok(served)
}

/// The free times that somebody waits for and has not passed over.
fn free(tx: &mut Tx<'_>, by: &Actor, wait: &Wait) -> Result<Vec<Offer>> {
    let ask = Ask {
        service: wait.service,
        minutes: wait.minutes,
        from: Some(wait.first_day),
        to: Some(wait.last_day),
        party: wait.party,
        room: wait.room,
        room_type: None,
        technician: wait.technician,
        ignoring: None,
        one_day: false,
        slots: true,
    };
    let answer = search(tx, by, &ask)?;
    let passed = store::passed(tx, wait.id)?;
    let zone = &answer.catalogue.club.zone;
    // Whoever passed a time over is not asked again for the same hours: the next person is.
    let length = SignedDuration::from_mins(answer.minutes);
    let is_wanted = |offer: &Offer| {
        let at = begin(offer.start);
        (wait.from_minute..wait.to_minute).contains(&minute(zone, offer.date, at))
            && wait.starts_at.is_none_or(|wanted| wanted == at)
            && passed.iter().all(|before| at.duration_since(*before).abs() >= length)
    };
    Ok(answer.offers.into_iter().filter(is_wanted).collect())
}

/// Tells somebody of a free time, first come (L2).
fn tell(tx: &mut Tx<'_>, wait: &Wait, starts_at: Timestamp) -> Result<bool> {
    let mark = tx.new_id()?;
    store::insert_offer(tx, mark, wait.id, starts_at, "told")?;
    if wait.kind == WaitKind::Tell {
        store::set_state(tx, wait.id, &["waiting"], "done")?;
    }
    notify::opened(tx, wait, &Opened { wait: wait.id, starts_at })?;
    Ok(true)
}

/// Holds a time for somebody who waited (L2). `false` if it can't be had by them after all.
fn offer_to(
    tx: &mut Tx<'_>,
    by: &Actor,
    wait: &Wait,
    starts_at: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let wish = Wish {
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
    let deed = Deed::Hold(Hold { until, token: None, from: None });
    let held = tx.attempt(|tx| match place_visit(tx, by, &wish, Some(wait.person), &deed) {
        Ok(held) => Ok(Some(held)),
        Err(Error::Refused(..) | Error::Invalid(_)) => Ok(None),
        Err(error) => Err(error),
    })?;
    let Some(held) = held else { return Ok(false) };
    store::insert_offer(tx, held.id, wait.id, starts_at, "open")?;
    store::set_state(tx, wait.id, &["waiting"], "offered")?;
    notify::offered(tx, &Offered { booking: held.id })?;
    Ok(true)
}
