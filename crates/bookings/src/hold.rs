//! Holding a time while somebody makes up their mind or pays (H1 to H3).

use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, Result, Tx, tokens};
use people::{Action, Actor};
use serde_json::json;

use crate::book::{Deed, look, owner, place_visit};
use crate::expiry::end_hold;
use crate::model::{Booking, Status};
use crate::numbers::{HOLD, HOLDS, HOLDS_AN_HOUR, HOLDS_FROM};
use crate::refusals::{TOO_MANY_HELD, TOO_MANY_HOLDS, WRONG_STATE};
use crate::store::{self, Kept};
use crate::wish::Wish;

/// How a time is held.
pub(crate) struct Hold {
    /// Until when.
    pub(crate) until: Timestamp,
    /// The digest of the token by which a visitor knows it.
    pub(crate) token: Option<Vec<u8>>,
    /// From which network a visitor holds it.
    pub(crate) from: Option<String>,
}

/// A held time.
#[derive(Debug)]
pub struct Held {
    /// The hold; of a visit, that of its first service.
    pub booking: Booking,
    /// By which a visitor knows it; 128 bits, told once (H4).
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

/// Holds a time for ten minutes (H1). A visitor holds one at a time: the hold whose token they send is let go.
///
/// # Errors
/// Those of [`crate::book()`]; `too_many_open` if an account holds three already; `too_many_requests` from a network that
/// holds too much.
pub fn hold(tx: &mut Tx<'_>, by: &Actor, wish: &Wish, network: &str, earlier: Option<&str>) -> Result<Held> {
    let catalogue = catalogue::current(tx)?;
    let until = tx.now() + SignedDuration::from_mins(catalogue.number(HOLD));
    if by.person.is_none() {
        let token = tokens::secret()?;
        let digest = tokens::digest(&token);
        if let Some(earlier) = earlier {
            let_go_by_token(tx, earlier)?;
        }
        let (live, lately) = store::count_held_from(tx, network)?;
        if live >= catalogue.number(HOLDS_FROM) || lately >= catalogue.number(HOLDS_AN_HOUR) {
            return Err(Error::refused(&TOO_MANY_HOLDS).with("retry_after", 60));
        }
        let hold = Hold { until, token: Some(digest), from: Some(network.to_owned()) };
        let visitor = wish.person.is_none() && wish.companion.is_none();
        let wish = visitor.then_some(wish).ok_or(Error::Unauthorized)?;
        let booking = place_visit(tx, by, wish, None, &Deed::Hold(hold))?;
        return Ok(Held { booking, token: Some(token) });
    }
    let owner = owner(by, wish)?;
    owner.map_or(Ok(()), |owner| tx.line_up(owner))?;
    need_few_held(tx, by, owner)?;
    let hold = Hold { until, token: None, from: None };
    let booking = place_visit(tx, by, wish, owner, &Deed::Hold(hold))?;
    Ok(Held { booking, token: None })
}

/// Whether [`hold`] has a prospect, as [`crate::book::look`] says it of booking. What a visitor held before is let go
/// first, so of them nothing is said.
///
/// # Errors
/// Those of [`hold`].
pub(crate) fn look_to_hold(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<()> {
    if by.person.is_none() {
        return Ok(());
    }
    let owner = owner(by, wish)?;
    need_few_held(tx, by, owner)?;
    look(tx, by, wish)
}

fn need_few_held(tx: &mut Tx<'_>, by: &Actor, owner: Option<Id>) -> Result<()> {
    let Some(owner) = owner.filter(|_| !by.may(Action::BookForOthers)) else { return Ok(()) };
    let most = catalogue::current(tx)?.number(HOLDS);
    if store::count_held(tx, owner)? >= most { Err(Error::refused(&TOO_MANY_HELD)) } else { Ok(()) }
}

fn let_go_by_token(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    for hold in store::held_by_token(tx, &tokens::digest(token))? {
        end_hold(tx, hold, None, "let_go")?;
    }
    Ok(())
}

/// A hold of whoever asks, whatever became of it.
///
/// # Errors
/// `Error::NotFound` for what is not theirs.
pub(crate) fn theirs(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Kept> {
    let kept = store::find(tx, id)?.ok_or(Error::NotFound)?;
    let own = holder.by.id();
    let is_own = own.is_some() && kept.booking.person == own;
    let knows = holder.token.is_some_and(|token| kept.token.as_deref() == Some(&tokens::digest(token)));
    if is_own || knows || holder.by.may(Action::BookForOthers) { Ok(kept) } else { Err(Error::NotFound) }
}

/// Lets a hold go, and what follows it in the same visit.
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state` if it is no hold any more.
pub fn let_go(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<()> {
    let kept = theirs(tx, holder, id)?;
    let by = holder.by.id();
    if !end_hold(tx, id, by, "let_go")? {
        return Err(Error::refused(&WRONG_STATE));
    }
    for other in store::of_visit(tx, &kept.booking)? {
        end_hold(tx, other, by, "let_go")?;
    }
    Ok(())
}

/// Gives a hold ten more minutes from now, once: when somebody starts to pay (H3).
///
/// # Errors
/// `Error::NotFound` for what is not theirs; `wrong_state` if it has run out or was extended before.
pub fn extend(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Booking> {
    let kept = theirs(tx, holder, id)?;
    let minutes = catalogue::current(tx)?.number(HOLD);
    let until = tx.now() + SignedDuration::from_mins(minutes);
    // An offer of the waitlist may have longer than that already.
    let until = kept.booking.expires_at.map_or(until, |before| before.max(until));
    let all = store::of_visit(tx, &kept.booking)?;
    for hold in std::iter::once(id).chain(all) {
        if !store::extend(tx, hold, until)? {
            return Err(Error::refused(&WRONG_STATE));
        }
        store::note(tx, hold, holder.by.id(), "extended", &json!({}))?;
        store::bump_versions(tx, hold)?;
    }
    Ok(Booking { expires_at: Some(until), ..kept.booking })
}

/// A hold as it stands, for who holds it.
///
/// # Errors
/// `Error::NotFound` for what is not theirs or was never a hold.
pub fn held(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id) -> Result<Booking> {
    let kept = theirs(tx, holder, id)?;
    let was_held = matches!(kept.booking.status, Status::Held | Status::Expired);
    if was_held { Ok(kept.booking) } else { Err(Error::NotFound) }
}
