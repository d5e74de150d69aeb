//! Signing up, and writing people down by hand.
//!
//! Whoever signs up has nothing but an account that claims its address and waits: it is signed in nowhere until the link of an
//! email shows that the address is theirs ([`crate::confirm_address`]). Signing up does not even look whether the address is
//! somebody's already: no answer and no clock can tell. The email can, and it goes to whoever reads that mail.

use jiff::SignedDuration;
use kit::replies::{Deed, Reply, once};
use kit::{Error, Fault, Id, Result, Tx, tokens};
use serde_json::json;

use crate::account_emails::ask_claimant;
use crate::actor::Actor;
use crate::audit::{What, note};
use crate::caller::Caller;
use crate::inputs::SignUp;
use crate::model::{EMAIL_TAKEN, NewPerson, Person, Role, check_of_age};
use crate::store_doors::{self as doors, Unverified};
use crate::whence::Whence;
use crate::{limits, store};

/// How long an account may wait for its address to be verified.
const UNVERIFIED_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many are pruned in one transaction.
const AT_ONCE: i64 = 200;

/// What a sign-up goes on with once its address is verified.
#[derive(Debug, Clone, Default)]
pub struct Onward {
    /// The path of a page.
    pub next: Option<String>,
    /// The token of what the visitor holds.
    pub carried: Option<String>,
}

/// Makes an account that waits for its address to be verified. Answers the secret by which its browser is known
/// ([`crate::sign_up_cookie`]).
///
/// # Errors
/// `Error::Invalid` for a birthday under 18 years ago, [`crate::TOO_MANY_ATTEMPTS`], a fault.
pub async fn sign_up(caller: &Caller, wish: SignUp, onward: Onward) -> Result<String> {
    let new = read(caller, wish).await?;
    let (browser, whence) = (tokens::secret()?, caller.whence().clone());
    let by_browser = browser.clone();
    caller.house().db.tx(move |tx| make(tx, &new, &whence, Some(&by_browser), &onward)).await?;
    Ok(browser)
}

/// The same for an app, once however often it is sent; `reply` is what is answered.
///
/// # Errors
/// As [`sign_up`], and [`kit::replies::IDEMPOTENCY_MISMATCH`].
pub(crate) async fn sign_up_once(
    caller: &Caller,
    deed: Option<Deed>,
    wish: SignUp,
    reply: fn() -> Result<Reply>,
) -> Result<Reply> {
    let new = read(caller, wish).await?;
    let (whence, asker) = (caller.whence().clone(), caller.asker()?);
    let key = asker.clone();
    let made = caller.house().db.tx(move |tx| {
        once(tx, deed.as_ref(), &key.name, |tx| {
            make(tx, &new, &whence, None, &Onward::default())?;
            reply().map(Some)
        })
    });
    let made = made.await?.ok_or_else(|| Fault::because("a sign-up without an answer"))?;
    Ok(asker.mark(made))
}

async fn read(caller: &Caller, wish: SignUp) -> Result<NewPerson> {
    check_of_age(wish.birthday, caller.house().db.clock().now())?;
    Ok(NewPerson {
        email: Some(wish.email),
        first_name: wish.first_name,
        last_name: wish.last_name,
        phone: wish.phone,
        role: Role::Account,
        birthday: wish.birthday,
        password_hash: Some(caller.hash_turn().await?.hash(wish.password).await?),
        verified: false,
    })
}

fn make(
    tx: &mut Tx<'_>,
    new: &NewPerson,
    whence: &Whence,
    browser: Option<&str>,
    onward: &Onward,
) -> Result<()> {
    limits::count_sign_up(tx, whence.address)?;
    let id = tx.new_id()?;
    store::insert(tx, id, new, true)?;
    let made = Unverified {
        browser: browser.map(tokens::digest),
        network: whence.network(),
        device: whence.device.clone(),
        next: onward.next.clone(),
        carried: onward.carried.as_deref().map(tokens::digest),
        at: tx.now(),
    };
    doors::insert_sign_up(tx, id, &made)?;
    ask_claimant(tx, id, new.email.as_deref().unwrap_or_default(), whence)?;
    let person = store::person(tx, id)?;
    let by = Actor { network: whence.network(), ..Actor::of(person) };
    note(tx, &by, What::SignedUp, Some(id), json!({"device": whence.device}))
}

/// Takes away accounts whose address was not verified within 30 days, at most 200. One that something refers to (`is_needed`: the
/// desk booked for it, say) loses its address and password alone, and stays as a guest whom the desk wrote down. Says how many.
///
/// # Errors
/// A fault of the database, or what `is_needed` answers.
pub fn prune_unverified(
    tx: &mut Tx<'_>,
    is_needed: impl Fn(&mut Tx<'_>, Id) -> Result<bool>,
) -> Result<usize> {
    let before = tx.now() - UNVERIFIED_LIFE;
    let old: Vec<(Id,)> = doors::unverified_before(tx, before, AT_ONCE)?;
    for (id,) in &old {
        store::hold(tx, *id)?;
        doors::forget_unverified(tx, *id)?;
        if is_needed(tx, *id)? {
            store::forget_claim(tx, *id)?;
        } else {
            store::delete(tx, *id)?;
        }
    }
    Ok(old.len())
}

/// Writes a person down: for staff, commands and imports.
///
/// # Errors
/// [`EMAIL_TAKEN`], `Error::Invalid` for a birthday under 18 years ago, a fault.
pub fn add(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person> {
    check_of_age(new.birthday, tx.now())?;
    let id = tx.new_id()?;
    if !store::insert(tx, id, new, false)? {
        return Err(Error::refused(&EMAIL_TAKEN));
    }
    store::person(tx, id)
}
