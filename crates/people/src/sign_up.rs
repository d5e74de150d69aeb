//! Signing up, and writing people down by hand.

use std::net::IpAddr;

use kit::{Error, Fields, House, Result, Tx};

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
    check_of_age(wish.birthday, house.db.clock().now())?;
    let new = NewPerson {
        email: Some(wish.email),
        first_name: wish.first_name,
        last_name: wish.last_name,
        phone: wish.phone,
        role: Role::Account,
        birthday: wish.birthday,
        password_hash: Some(passwords::hash_password(wish.password).await?),
        verified: false,
    };
    let made = house
        .db
        .tx(move |tx| {
            let id = tx.new_id()?;
            if !store::insert(tx, id, &new)? {
                limits::count_taken(tx, address)?;
                return Ok(None);
            }
            let tokens = sessions::open(tx, id, kind)?;
            Ok(Some(SignedIn { person: store::person(tx, id)?, tokens }))
        })
        .await?;
    made.ok_or_else(|| Fields::one("email", CANNOT_BE_USED))
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
