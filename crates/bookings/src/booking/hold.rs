//! Holding a time while somebody makes up their mind or pays (H1 to H3).

use booking_rules::refusals::{TOO_MANY_HELD, TOO_MANY_HOLDS, WRONG_STATE};
use booking_rules::settings::{HOLD, HOLDS, HOLDS_AN_HOUR, HOLDS_FROM};
use booking_rules::{AddonRequest, Booking, BookingRequest, Status, When};
use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, Result, Tx, tokens};
use people::{Action, Actor};
use serde_json::json;

use crate::booking::audit;
use crate::booking::book::{dry_run, owner};
use crate::booking::expiry::end_hold;
use crate::booking::place::Placement;
use crate::booking::visit::place_visit;
use crate::model::{Detail, Hold, Whose};
use crate::store::{self, BookingRow};

/// A held time.
#[derive(Debug)]
pub struct Held {
    /// The hold; of a visit, that of its first service.
    pub booking: Booking,
    /// By which a visitor knows it; 256 bits, told once (H4 asks for 128 at least).
    pub token: Option<String>,
}

/// By what somebody shows that a hold is theirs.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'h> {
    /// Who asks.
    pub by: &'h Actor,
    /// What a visitor was told.
    pub token: Option<&'h str>,
}

/// How a visitor is known who holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visitor<'v> {
    /// From which network they ask.
    pub network: &'v str,
    /// What they were told of an earlier hold.
    pub earlier: Option<&'v str>,
    /// By what they are to be known, if they bring it: a form has a secret of its own, so that sent twice it holds once.
    pub token: Option<&'v str>,
}

impl Visitor<'_> {
    /// What they bring, if it is as long as one of ours; else a new one.
    fn token(&self) -> Result<String> {
        let brought = self.token.filter(|token| token.len() == SECRET);
        brought.map_or_else(tokens::secret, |token| Ok(token.to_owned()))
    }
}

/// How long a secret is, in characters.
const SECRET: usize = 64;

/// Holds a time for the club's `hold_minutes`, ten unless it says otherwise (H1). A visitor holds one at a time: the hold
/// whose token they send is let go. Who holds the same time already is answered with that.
///
/// # Errors
/// Those of [`crate::book()`]; `too_many_open` if an account holds three already; `too_many_requests` from a network that
/// holds too much.
pub fn hold(tx: &mut Tx<'_>, by: &Actor, request: &BookingRequest, visitor: &Visitor<'_>) -> Result<Held> {
    let catalogue = catalogue::current(tx)?;
    let until = tx.now() + SignedDuration::from_mins(catalogue.setting(HOLD));
    if by.person.is_none() {
        let token = visitor.token()?;
        let digest = tokens::digest(&token);
        tx.lock_person(place_in_line(&digest))?;
        if let Some(booking) = alike(tx, request, Whose::Token(&digest))? {
            return Ok(Held { booking, token: Some(token) });
        }
        if let Some(earlier) = visitor.earlier {
            let_go_by_token(tx, earlier)?;
        }
        let network = visitor.network;
        let (live, lately) = store::count_held_from(tx, network)?;
        if live >= catalogue.setting(HOLDS_FROM) || lately >= catalogue.setting(HOLDS_AN_HOUR) {
            return Err(Error::refused(&TOO_MANY_HOLDS).with("retry_after", 60));
        }
        let hold = Hold { until, token: Some(digest), from: Some(network.to_owned()) };
        let visitor = request.person.is_none() && request.companion.is_none();
        let request = visitor.then_some(request).ok_or(Error::Unauthorized)?;
        let booking = place_visit(tx, by, request, None, &Placement::Hold(hold))?;
        return Ok(Held { booking, token: Some(token) });
    }
    let owner = owner(tx, by, request)?;
    owner.map_or(Ok(()), |owner| tx.lock_person(owner))?;
    if let Some(owner) = owner.filter(|_| !by.may(Action::BookForOthers))
        && let Some(booking) = alike(tx, request, Whose::Person(owner))?
    {
        return Ok(Held { booking, token: None });
    }
    // A form of the desk that is sent twice holds once, too: it may be for a guest without an account.
    let token = visitor.token.filter(|token| by.may(Action::BookForOthers) && token.len() == SECRET);
    let token = token.map(tokens::digest);
    if let Some(digest) = &token {
        tx.lock_person(place_in_line(digest))?;
        if let Some(booking) = alike(tx, request, Whose::Token(digest))? {
            return Ok(Held { booking, token: None });
        }
    }
    need_few_held(tx, by, owner)?;
    let hold = Hold { until, token, from: None };
    let booking = place_visit(tx, by, request, owner, &Placement::Hold(hold))?;
    Ok(Held { booking, token: None })
}

/// Whether [`hold`] has a prospect, as [`crate::booking::book::dry_run`] says it of booking. What a visitor held before is let go
/// first, so of them nothing is said.
///
/// # Errors
/// Those of [`hold`].
pub fn dry_run_hold(tx: &mut Tx<'_>, by: &Actor, request: &BookingRequest) -> Result<()> {
    if by.person.is_none() {
        return Ok(());
    }
    let owner = owner(tx, by, request)?;
    // The same hold sent twice is one.
    if let Some(owner) = owner.filter(|_| !by.may(Action::BookForOthers))
        && alike(tx, request, Whose::Person(owner))?.is_some()
    {
        return Ok(());
    }
    need_few_held(tx, by, owner)?;
    dry_run(tx, by, request)
}

fn need_few_held(tx: &mut Tx<'_>, by: &Actor, owner: Option<Id>) -> Result<()> {
    let Some(owner) = owner.filter(|_| !by.may(Action::BookForOthers)) else { return Ok(()) };
    let most = catalogue::current(tx)?.setting(HOLDS);
    if store::count_held(tx, owner)? >= most { Err(Error::refused(&TOO_MANY_HELD)) } else { Ok(()) }
}

/// Where those line up who know the same token: the same form sent twice at once.
fn place_in_line(digest: &[u8]) -> Id {
    let first = digest.iter().take(8);
    Id(first.fold(0, |number, byte| (number << 8) | i64::from(*byte)))
}

/// The live hold of the same service at the same time, in the room that is wished for.
fn alike(tx: &mut Tx<'_>, request: &BookingRequest, whose: Whose<'_>) -> Result<Option<Booking>> {
    let When::Moment(starts_at) = request.when else { return Ok(None) };
    let found = store::held_at(tx, whose, request.service, starts_at)?;
    let Some(row) = found.map(|id| store::find(tx, id)).transpose()?.flatten() else { return Ok(None) };
    Ok(Some(row.booking).filter(|held| request.room.is_none_or(|room| room == held.room)))
}

fn let_go_by_token(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    for hold in store::held_by_token(tx, &tokens::digest(token))? {
        end_hold(tx, hold, None, "let_go")?;
    }
    Ok(())
}

/// The live hold of a service at a time that belongs to whoever asks: to their account, or to their browser by its token.
///
/// # Errors
/// A fault of the database.
pub fn own_hold_at(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    service: Id,
    starts_at: Timestamp,
) -> Result<Option<Id>> {
    if let Some(person) = holder.by.id()
        && let Some(hold) = store::held_at(tx, Whose::Person(person), service, starts_at)?
    {
        return Ok(Some(hold));
    }
    let Some(token) = holder.token else { return Ok(None) };
    store::held_at(tx, Whose::Token(&tokens::digest(token)), service, starts_at)
}

/// The live holds of a service on an operating day that belong to whoever asks, the first to begin first.
///
/// # Errors
/// A fault of the database.
pub fn own_holds_on(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    service: Id,
    day: jiff::civil::Date,
) -> Result<Vec<Booking>> {
    store::held_on(tx, holder.by.id(), holder.token.map(tokens::digest), service, day)
}

/// The hold that a visitor knows by a token.
///
/// # Errors
/// A fault of the database.
pub fn hold_of_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Id>> {
    Ok(store::held_by_token(tx, &tokens::digest(token))?.first().copied())
}

/// A hold of whoever asks, whatever became of it.
///
/// # Errors
/// `Error::NotFound` for what is not theirs.
pub(crate) fn theirs(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<BookingRow> {
    let row = store::find(tx, id)?.ok_or(Error::NotFound)?;
    let person = holder.by.id();
    let is_own = person.is_some() && row.booking.person == person;
    let knows = holder.token.is_some_and(|token| row.token.as_deref() == Some(&tokens::digest(token)));
    if is_own || knows || holder.by.may(Action::BookForOthers) { Ok(row) } else { Err(Error::NotFound) }
}

/// Lets a hold go, and what follows it in the same visit.
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state` if it is no hold any more.
pub fn let_go(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<()> {
    let row = theirs(tx, holder, id)?;
    let by = holder.by.id();
    if !end_hold(tx, id, by, "let_go")? {
        return Err(Error::refused(&WRONG_STATE));
    }
    for other in store::of_visit(tx, &row.booking, Status::Held)? {
        end_hold(tx, other, by, "let_go")?;
    }
    let ended = Booking { status: Status::Expired, ..row.booking.clone() };
    audit::note_both(tx, holder.by, "hold_released", &row.booking, &ended)
}

/// Gives a hold the club's `hold_minutes` from now, once: when somebody starts to pay (H3).
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state` if it has run out or was extended before.
pub fn extend(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Booking> {
    let row = theirs(tx, holder, id)?;
    let minutes = catalogue::current(tx)?.setting(HOLD);
    let until = tx.now() + SignedDuration::from_mins(minutes);
    // An offer of the waitlist may have longer than that already.
    let until = row.booking.expires_at.map_or(until, |before| before.max(until));
    let all = store::of_visit(tx, &row.booking, Status::Held)?;
    for hold in std::iter::once(id).chain(all) {
        if !store::extend(tx, hold, until)? {
            return Err(Error::refused(&WRONG_STATE));
        }
        store::note(tx, hold, holder.by.id(), "extended", &json!({}))?;
        scheduling::bump_versions(tx, hold)?;
    }
    let extended = Booking { expires_at: Some(until), ..row.booking.clone() };
    audit::note_both(tx, holder.by, "hold_extended", &row.booking, &extended)?;
    Ok(extended)
}

/// The holds of a visit as they stand, the first one first, for who holds them.
///
/// # Errors
/// As [`held`].
pub fn held_visit(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Vec<Detail>> {
    let first = held(tx, holder, id)?;
    let others = store::of_visit(tx, &first, first.status)?;
    let mut all: Vec<Detail> = std::iter::once(id)
        .chain(others)
        .map(|id| crate::accounts::my_bookings::read(tx, id))
        .collect::<Result<_>>()?;
    all.sort_by_key(|detail| (detail.booking.starts_at, detail.booking.id));
    Ok(all)
}

/// What was said of allergies while it is held, for who holds it.
///
/// # Errors
/// `Error::NotFound` for what is not theirs.
pub fn held_notes(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<HeldNotes> {
    let row = theirs(tx, holder, id)?;
    let (allergies, scene) = (store::allergies(tx, id)?, store::scene_of(tx, id)?);
    let guest_phone = store::guest_phone_of(tx, id)?;
    Ok(HeldNotes { allergies, scene, guest_phone, addons: store::addons_of(tx, row.booking.id)? })
}

/// What is kept beside a hold.
#[derive(Debug, Clone, Default)]
pub struct HeldNotes {
    /// What the guest must not meet.
    pub allergies: Option<String>,
    /// The scene for the room.
    pub scene: Option<serde_json::Value>,
    /// The phone number of the guest, if the visit is for someone else.
    pub guest_phone: Option<String>,
    /// What goes with it.
    pub addons: Vec<AddonRequest>,
}

/// A hold as it stands, for who holds it.
///
/// # Errors
/// `Error::NotFound` for what is not theirs or was never a hold.
pub fn held(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Booking> {
    let row = theirs(tx, holder, id)?;
    let was_held = matches!(row.booking.status, Status::Held | Status::Expired);
    if was_held { Ok(row.booking) } else { Err(Error::NotFound) }
}
