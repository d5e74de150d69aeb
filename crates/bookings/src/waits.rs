//! Waiting for a time (L1 to L3): when one frees, the first in order gets it held for half an hour, then the next. Nobody
//! is offered what is not truly held.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use kit::jobs::Job;
use kit::web::{Input, Words};
use kit::{Error, Fault, Fields, Id, Result, Tx};
use membership::Tier;
use people::Actor;
use serde::{Deserialize, Serialize};

use crate::expiry::end_hold;
use crate::numbers::WAITS;
use crate::refusals::{TOO_MANY_WAITS, WRONG_STATE};
use crate::search::{Answer, Ask, search};
use crate::wait_store as store;
use scheduling::Offer;
use scheduling::minute;
use scheduling::{Cell, begin};

/// Looks whether a time has become free for someone who waits. Without anything said, because a booking or a hold gave
/// something back.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Look {
    /// Because someone has just joined: their place.
    #[serde(default)]
    pub joined: Option<Id>,
    /// Because time alone may have opened something.
    #[serde(default)]
    pub anyway: bool,
}

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
pub fn join(tx: &mut Tx<'_>, by: &Actor, wish: &Waiting) -> Result<Joined> {
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
        id: Id(0),
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
        let wait = same.clone();
        let open = open_times(tx, by, &wait)?;
        return Ok(Joined { wait, open });
    }
    if i64::try_from(mine.len()).map_err(Fault::because)? >= catalogue.number(WAITS) {
        return Err(Error::refused(&TOO_MANY_WAITS));
    }
    let open = open_times(tx, by, &wait)?;
    let starts: Vec<Timestamp> = open.offers.iter().map(|offer| begin(offer.start)).collect();
    // Its id is made after the search: what was given back before has a lower one, what is given back later a higher one.
    let wait = Wait { id: tx.new_id()?, ..wait };
    store::insert(tx, catalogue.club.id, &wait, &starts)?;
    // What was given back while this was written may not have seen that someone waits.
    tx.enqueue(&Look { joined: Some(wait.id), anyway: false }, tx.now())?;
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

    /// The question for its times.
    pub(crate) fn ask(&self) -> Ask {
        Ask {
            service: self.service,
            minutes: self.minutes,
            from: Some(self.first_day),
            to: Some(self.last_day),
            party: self.party,
            room: self.room,
            room_type: None,
            technician: self.technician,
            ignoring: None,
            addons: Vec::new(),
            one_day: false,
            slots: true,
        }
    }

    /// Whether an offer lies in its hours.
    pub(crate) fn wants(&self, zone: &TimeZone, offer: &Offer) -> bool {
        let at = begin(offer.start);
        (self.from_minute..self.to_minute).contains(&minute(zone, offer.date, at))
            && self.starts_at.is_none_or(|wanted| wanted == at)
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
pub(crate) fn in_order(tx: &mut Tx<'_>, club: Id, waiting: Vec<Wait>) -> Result<Vec<Wait>> {
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

/// A booking or a hold gives back what it has: what that opens is offered to whoever waits.
pub(crate) fn freed(tx: &mut Tx<'_>, booking: Id) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let event = tx.new_id()?;
    for (resource, from, to) in scheduling::resources_of(tx, booking)? {
        store::keep_freed_span(tx, event, resource, (from, to))?;
    }
    tx.enqueue(&Look::default(), tx.now())
}

/// A resource can be booked again from cell to cell, for a block of it was removed: what that opens is offered to those
/// who wait.
pub(crate) fn freed_span(tx: &mut Tx<'_>, resource: Id, span: (Cell, Cell)) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let event = tx.new_id()?;
    store::keep_freed_span(tx, event, resource, span)?;
    tx.enqueue(&Look::default(), tx.now())
}

/// Time alone may have opened something to whoever waits; what they waited for may be over.
pub(crate) fn opened_by_time(tx: &mut Tx<'_>) -> Result<()> {
    if !store::does_anyone_wait(tx)? {
        return Ok(());
    }
    let today = tx.now().to_zoned(catalogue::current(tx)?.club.zone.clone()).date();
    store::end_past(tx, today.checked_sub(1.day()).unwrap_or(today))?;
    tx.enqueue(&Look { joined: None, anyway: true }, tx.now())
}

/// A hold has ended: if it was an offer, who waited keeps their place once (L3), and the next is asked.
pub(crate) fn passed_over(tx: &mut Tx<'_>, hold: Id, why: &str) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, why)? {
        let state = if wait.passed >= 1 { "left" } else { "waiting" };
        store::pass(tx, wait.id, state)?;
    }
    freed(tx, hold)
}

/// A hold was booked: if it was an offer, the waiting is over.
pub(crate) fn taken(tx: &mut Tx<'_>, hold: Id) -> Result<()> {
    if let Some(wait) = store::end_offer(tx, hold, "booked")? {
        store::set_state(tx, wait.id, &["offered", "waiting"], "done")?;
    }
    Ok(())
}
