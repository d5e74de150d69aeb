//! Signing up, and writing people down by hand.
//!
//! Whoever signs up has an account at once, and only claims the address until a letter shows that it is theirs. Signing up does not
//! even look whether the address is somebody's already: no answer and no clock can tell. The letter can, and it goes to
//! whoever reads that mail.

use kit::replies::{Deed, Reply, once};
use kit::{Error, Fault, House, Result, Tx};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{What, note};
use crate::caller::Caller;
use crate::inputs::SignUp;
use crate::model::{EMAIL_TAKEN, NewPerson, Person, Role, check_of_age};
use crate::proofs::ask_claimant;
use crate::sessions::{self, SessionKind, SignedIn};
use crate::whence::Whence;
use crate::{limits, passwords, store};

/// Makes an account and signs it in.
///
/// # Errors
/// `Error::Invalid` for a birthday under 18 years ago, [`crate::TOO_MANY_ATTEMPTS`], a fault.
pub async fn sign_up(house: &House, whence: &Whence, wish: SignUp, kind: SessionKind) -> Result<SignedIn> {
    let new = read(house, wish).await?;
    let whence = whence.clone();
    house.db.tx(move |tx| make(tx, &new, &whence, kind)).await
}

/// The same for an app, once however often it is sent; `tell` says what is answered.
///
/// # Errors
/// As [`sign_up`], and [`kit::replies::IDEMPOTENCY_MISMATCH`].
pub(crate) async fn sign_up_once(
    caller: &Caller,
    deed: Option<Deed>,
    wish: SignUp,
    tell: fn(SignedIn) -> Result<Reply>,
) -> Result<Reply> {
    let new = read(caller.house(), wish).await?;
    let (whence, asker) = (caller.whence().clone(), caller.asker());
    let made = caller.house().db.tx(move |tx| {
        once(tx, deed.as_ref(), &asker, |tx| {
            make(tx, &new, &whence, SessionKind::App).and_then(tell).map(Some)
        })
    });
    made.await?.ok_or_else(|| Fault::because("a sign-up without an answer"))
}

async fn read(house: &House, wish: SignUp) -> Result<NewPerson> {
    check_of_age(wish.birthday, house.db.clock().now())?;
    Ok(NewPerson {
        email: Some(wish.email),
        first_name: wish.first_name,
        last_name: wish.last_name,
        phone: wish.phone,
        role: Role::Account,
        birthday: wish.birthday,
        password_hash: Some(passwords::hash_password(wish.password).await?),
        verified: false,
    })
}

fn make(tx: &mut Tx<'_>, new: &NewPerson, whence: &Whence, kind: SessionKind) -> Result<SignedIn> {
    limits::count_sign_up(tx, whence.address)?;
    let id = tx.new_id()?;
    store::insert(tx, id, new, true)?;
    let mut tokens = sessions::open(tx, id, kind, whence)?;
    if kind == SessionKind::Page {
        tokens.device = sessions::know(tx, id, whence)?;
    }
    ask_claimant(tx, id, new.email.as_deref().unwrap_or_default())?;
    let person = store::person(tx, id)?;
    let by = Actor { network: whence.network(), ..Actor::of(person.clone()) };
    note(tx, &by, What::SignedUp, Some(id), json!({"device": whence.device}))?;
    Ok(SignedIn { person, tokens })
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
