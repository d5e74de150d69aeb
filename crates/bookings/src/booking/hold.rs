//! Holding a time while a person decides or pays (H1 to H3).

use booking_rules::refusals::{TOO_MANY_HELD, TOO_MANY_HOLDS, WRONG_STATE};
use booking_rules::settings::{HOLD, HOLDS, HOLDS_AN_HOUR, HOLDS_FROM};
use booking_rules::{AddonRequest, Booking, BookingEvent, BookingRequest, HoldEnd, HoldState, Status, When};
use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, RETRY_AFTER, Result, Tx, tokens};
use people::{Action, Actor, AuditEvent};
use serde_json::json;

use crate::booking::audit;
use crate::booking::book::{dry_run, owner};
use crate::booking::expiry::end_hold;
use crate::booking::place::Placement;
use crate::booking::visit::place_visit;
use crate::model::{Detail, Hold, Whose};
use crate::store::{self, BookingRow};

/// A time that was just held, with what its holder needs to book it.
#[derive(Debug)]
pub struct Held {
    /// The hold. For a visit, the hold of its first service.
    pub booking: Booking,
    /// The token with which a visitor proves that the hold is theirs: 256 bits, returned only once (H4 requires at
    /// least 128).
    pub token: Option<String>,
}

/// The proof that a hold belongs to someone: the actor or a token.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'h> {
    /// The caller, to whom the hold belongs if it was made while signed in.
    pub by: &'h Actor,
    /// The token that a visitor received.
    pub token: Option<&'h str>,
}

/// How a visitor who holds a time is identified.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visitor<'v> {
    /// The network of the visitor's address.
    pub network: &'v str,
    /// The token of the visitor's earlier hold.
    pub earlier: Option<&'v str>,
    /// A token supplied by the client. A form contains one, so that submitting it twice holds once.
    pub token: Option<&'v str>,
}

impl Visitor<'_> {
    /// Returns the supplied token if it has the right length, otherwise a new one.
    fn token(&self) -> Result<String> {
        let brought = self.token.filter(|token| token.len() == SECRET);
        brought.map_or_else(tokens::secret, |token| Ok(token.to_owned()))
    }
}

/// The length of a token in characters.
const SECRET: usize = 64;

/// Holds a time for the club's `hold_minutes`, ten by default (H1). A visitor can hold one time: the hold whose token
/// they send is released. If the actor already holds the same time, that hold is returned.
///
/// # Errors
/// Returns the errors of [`crate::book()`], `too_many_open` if the account holds as many times as allowed, and
/// `too_many_requests` if the network holds too many.
pub fn hold(tx: &mut Tx<'_>, by: &Actor, request: &BookingRequest, visitor: &Visitor<'_>) -> Result<Held> {
    let catalogue = catalogue::current(tx)?;
    let until = tx.now() + SignedDuration::from_mins(catalogue.setting(HOLD));
    if by.signed_in().is_none() {
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
            return Err(Error::refused(&TOO_MANY_HOLDS).with(RETRY_AFTER, 60));
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
    // A front desk form that is submitted twice also holds once. The token is needed because the guest may have no
    // account.
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

/// Checks whether [`hold`] would be refused now, as [`crate::booking::book::dry_run`] does for booking. Nothing is
/// checked for visitors, because [`hold`] first releases what they held before.
///
/// # Errors
/// Returns the errors of [`hold`].
pub fn dry_run_hold(tx: &mut Tx<'_>, by: &Actor, request: &BookingRequest) -> Result<()> {
    if by.signed_in().is_none() {
        return Ok(());
    }
    let owner = owner(tx, by, request)?;
    // Sending the same hold twice is not refused.
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

/// Returns the lock id for a token, so that two submissions of the same form are handled one after the other.
fn place_in_line(digest: &[u8]) -> Id {
    let first = digest.iter().take(8);
    Id(first.fold(0, |number, byte| (number << 8) | i64::from(*byte)))
}

/// Returns the live hold of the same service at the same moment, if it is in the requested room or none was
/// requested.
fn alike(tx: &mut Tx<'_>, request: &BookingRequest, whose: Whose<'_>) -> Result<Option<Booking>> {
    let When::Moment(starts_at) = request.when else { return Ok(None) };
    let found = store::held_at(tx, whose, request.service, starts_at)?;
    let Some(row) = found.map(|id| store::find(tx, id)).transpose()?.flatten() else { return Ok(None) };
    Ok(Some(row.booking).filter(|held| request.room.is_none_or(|room| room == held.room)))
}

fn let_go_by_token(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    for hold in store::held_by_token(tx, &tokens::digest(token))? {
        end_hold(tx, hold, None, HoldEnd::LetGo)?;
    }
    Ok(())
}

/// Returns the live hold of a service at a time that belongs to the holder: to their account, or to their browser by
/// its token.
///
/// # Errors
/// Returns a fault if the database fails.
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

/// Returns the live holds of a service on an operating day that belong to the holder, ordered by start.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn own_holds_on(
    tx: &mut Tx<'_>,
    holder: Holder<'_>,
    service: Id,
    day: jiff::civil::Date,
) -> Result<Vec<Booking>> {
    let (person, token) = (holder.by.id(), holder.token.map(tokens::digest));
    if person.is_none() && token.is_none() {
        return Ok(Vec::new());
    }
    store::held_on(tx, person, token, service, day)
}

/// Returns the hold that a visitor made with a token.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn hold_of_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Id>> {
    Ok(store::held_by_token(tx, &tokens::digest(token))?.first().copied())
}

/// Returns a hold of the holder, or what has become of it. Staff who may book for others can read any.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's.
pub(crate) fn theirs(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<BookingRow> {
    let row = store::find(tx, id)?.ok_or(Error::NotFound)?;
    let person = holder.by.id();
    let is_own = person.is_some() && row.booking.person == person;
    let knows = holder.token.is_some_and(|token| row.token.as_deref() == Some(&tokens::digest(token)));
    if is_own || knows || holder.by.may(Action::BookForOthers) { Ok(row) } else { Err(Error::NotFound) }
}

/// Releases a hold and the holds that follow it in the same visit.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's, and `wrong_state` if it is no longer a hold.
pub fn release_hold(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<()> {
    let row = theirs(tx, holder, id)?;
    let by = holder.by.id();
    if !end_hold(tx, id, by, HoldEnd::LetGo)? {
        return Err(Error::refused(&WRONG_STATE));
    }
    for other in store::of_visit(tx, &row.booking, Status::Held)? {
        end_hold(tx, other, by, HoldEnd::LetGo)?;
    }
    let ended = Booking { status: Status::Expired, ..row.booking.clone() };
    audit::note_both(tx, holder.by, AuditEvent::HoldReleased, &row.booking, &ended)
}

/// Extends a hold once, so that it lasts for the club's `hold_minutes` from now. Used when a person starts to pay
/// (H3).
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's, and `wrong_state` if it has expired or was extended
/// before.
pub fn extend(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Booking> {
    let row = theirs(tx, holder, id)?;
    let minutes = catalogue::current(tx)?.setting(HOLD);
    let until = tx.now() + SignedDuration::from_mins(minutes);
    // An offer from the waitlist may already last longer than that.
    let until = row.booking.hold.expires_at.map_or(until, |before| before.max(until));
    let all = store::of_visit(tx, &row.booking, Status::Held)?;
    for hold in std::iter::once(id).chain(all) {
        if !store::extend(tx, hold, until)? {
            return Err(Error::refused(&WRONG_STATE));
        }
        store::note(tx, hold, holder.by.id(), BookingEvent::Extended, &json!({}))?;
        scheduling::bump_versions(tx, hold)?;
    }
    let hold = HoldState { expires_at: Some(until), ..row.booking.hold };
    let extended = Booking { hold, ..row.booking.clone() };
    audit::note_both(tx, holder.by, AuditEvent::HoldExtended, &row.booking, &extended)?;
    Ok(extended)
}

/// Returns the details of the holds of a visit, ordered by start, for their holder.
///
/// # Errors
/// Returns the same errors as [`held`].
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

/// Returns the notes of a hold for its holder: allergies, scene, phone number, and add-ons.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's.
pub fn held_notes(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<HeldNotes> {
    let row = theirs(tx, holder, id)?;
    let (allergies, scene) = (store::allergies(tx, id)?, store::scene_of(tx, id)?);
    let guest_phone = store::guest_phone_of(tx, id)?;
    Ok(HeldNotes { allergies, scene, guest_phone, addons: store::addons_of(tx, row.booking.id)? })
}

/// Details of a hold that are stored besides the booking.
#[derive(Debug, Clone, Default)]
pub struct HeldNotes {
    /// The allergies of the guest.
    pub allergies: Option<String>,
    /// The scene for the room.
    pub scene: Option<serde_json::Value>,
    /// The phone number of the guest, if the visit is for someone else.
    pub guest_phone: Option<String>,
    /// The requested add-ons with their quantities.
    pub addons: Vec<AddonRequest>,
}

/// Returns a hold for its holder. It may have expired.
///
/// # Errors
/// Returns `Error::NotFound` if the hold is not the holder's, or if it was booked.
pub fn held(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Booking> {
    let row = theirs(tx, holder, id)?;
    let was_held = matches!(row.booking.status, Status::Held | Status::Expired);
    if was_held { Ok(row.booking) } else { Err(Error::NotFound) }
}
