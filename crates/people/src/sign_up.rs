//! Signing up, and writing people down by hand.

use std::net::IpAddr;

use kit::replies::{Deed, Reply, once};
use kit::{Error, Fields, House, Result, Tx};

use crate::caller::Caller;
use crate::inputs::SignUp;
use crate::model::{EMAIL_TAKEN, NewPerson, Person, Role, check_of_age};
use crate::sessions::{self, SessionKind, SignedIn};
use crate::{limits, passwords, store};

/// What is said to whoever signs up with an address that has an account.
const CANNOT_BE_USED: &str = "This address can't be used. If it is yours, sign in or reset the password.";

/// Makes an account and signs it in.
///
/// Whoever tries addresses out can still tell a taken one from a free one by the answer, slowly: 50 in 15
/// minutes from one address. A sign-up that is finished by a link in a mail will close that.
///
/// # Errors
/// `Error::Invalid` for an address that is taken or a birthday under 18 years ago,
/// [`crate::TOO_MANY_ATTEMPTS`], a fault.
pub async fn sign_up(house: &House, address: IpAddr, wish: SignUp, kind: SessionKind) -> Result<SignedIn> {
    let new = read(house, wish).await?;
    let made = house.db.tx(move |tx| make(tx, &new, address, kind)).await?;
    made.ok_or_else(taken)
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
    let (address, asker) = (caller.address(), caller.asker());
    let made = caller.house().db.tx(move |tx| {
        once(tx, deed.as_ref(), &asker, |tx| make(tx, &new, address, SessionKind::App)?.map(tell).transpose())
    });
    made.await?.ok_or_else(taken)
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

/// `None` is a no that must be committed: the address is taken, and the attempt is counted.
fn make(tx: &mut Tx<'_>, new: &NewPerson, address: IpAddr, kind: SessionKind) -> Result<Option<SignedIn>> {
    let id = tx.new_id()?;
    if !store::insert(tx, id, new)? {
        limits::count_taken(tx, address)?;
        return Ok(None);
    }
    let tokens = sessions::open(tx, id, kind)?;
    Ok(Some(SignedIn { person: store::person(tx, id)?, tokens }))
}

fn taken() -> Error {
    Fields::one("email", CANNOT_BE_USED)
}

/// Writes a person down: for staff, commands and imports.
///
/// # Errors
/// [`EMAIL_TAKEN`], `Error::Invalid` for a birthday under 18 years ago, a fault.
pub fn add(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person> {
    check_of_age(new.birthday, tx.now())?;
    let id = tx.new_id()?;
    if !store::insert(tx, id, new)? {
        return Err(Error::refused(&EMAIL_TAKEN));
    }
    store::person(tx, id)
}
