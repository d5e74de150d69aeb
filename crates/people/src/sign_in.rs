//! Signing in, and changing the password that opens the door. The password is looked at between two
//! transactions, never inside one.

use std::net::IpAddr;

use kit::{Error, Fields, House, Id, Refusal, Result, Tx};

use crate::caller::Caller;
use crate::inputs::{ChangePassword, SignIn};
use crate::limits::{self, Counted};
use crate::sessions::{self, SessionKind, SignedIn};
use crate::{passwords, store};

/// The one answer to every wrong pair, whether there is such an account or not.
pub const WRONG_SIGN_IN: Refusal = Refusal {
    code: "wrong_sign_in",
    sentence: "This address and password don't belong together.",
    status: 401,
};

/// Signs somebody in from an address.
///
/// # Errors
/// [`WRONG_SIGN_IN`], [`crate::TOO_MANY_ATTEMPTS`], a fault.
pub async fn sign_in(house: &House, address: IpAddr, attempt: SignIn, kind: SessionKind) -> Result<SignedIn> {
    let SignIn { email, password } = attempt;
    // The turn comes first: whoever waits for it is not counted yet.
    let turn = passwords::turn().await?;
    let asked = email.clone();
    let (known, counted) = house.db.tx(move |tx| begin(tx, &asked, address)).await?;
    let (id, hash) = known.unzip();
    let right = turn.verify(password, hash.clone()).await?;
    let (Some(id), Some(hash), true) = (id, hash, right) else { return Err(Error::refused(&WRONG_SIGN_IN)) };
    house
        .db
        .tx(move |tx| {
            limits::take_back(tx, &email, address, counted)?;
            // The password may have been changed while we looked at it.
            store::hold(tx, id)?;
            if store::password_hash(tx, id)?.as_ref() != Some(&hash) {
                return Err(Error::refused(&WRONG_SIGN_IN));
            }
            let tokens = sessions::open(tx, id, kind)?;
            Ok(SignedIn { person: store::person(tx, id)?, tokens })
        })
        .await
}

/// Counts the attempt; answers who it may be and their hash.
fn begin(tx: &mut Tx<'_>, email: &str, address: IpAddr) -> Result<(Option<(Id, String)>, Counted)> {
    let counted = limits::count(tx, email, address)?;
    let Some(person) = store::person_by_email(tx, email)? else { return Ok((None, counted)) };
    let hash = store::password_hash(tx, person.id)?;
    Ok((hash.map(|hash| (person.id, hash)), counted))
}

/// Changes the caller's password, if they know the present one. Every session of theirs ends, this one too.
///
/// # Errors
/// `Error::Unauthorized` for a visitor, `Error::Invalid` for `current_password`,
/// [`crate::TOO_MANY_ATTEMPTS`], a fault.
pub async fn change_password(caller: &Caller, change: ChangePassword) -> Result<()> {
    let address = caller.address();
    let turn = passwords::turn().await?;
    let (person, hash, counted) = caller
        .tx(move |tx, by| {
            let person = by.person()?.clone();
            let hash = store::password_hash(tx, person.id)?;
            let counted = limits::count(tx, person.email.as_deref().unwrap_or_default(), address)?;
            Ok((person, hash, counted))
        })
        .await?;
    let email = person.email.unwrap_or_default();
    let wrong = || Fields::one("current_password", "This is not your present password.");
    if !turn.verify(change.current_password, hash.clone()).await? {
        return Err(wrong());
    }
    if let Some(sentence) = passwords::complaint(&change.new_password, &email) {
        return Err(Fields::one("new_password", sentence));
    }
    let new_hash = passwords::hash_password(change.new_password).await?;
    caller
        .tx(move |tx, by| {
            let id = by.person()?.id;
            limits::take_back(tx, &email, address, counted)?;
            store::hold(tx, id)?;
            if store::password_hash(tx, id)? != hash {
                return Err(wrong());
            }
            set_password(tx, id, &new_hash)
        })
        .await
}

/// Keeps another password's hash for a person and ends every session of theirs.
///
/// # Errors
/// A fault of the database.
pub fn set_password(tx: &mut Tx<'_>, person: Id, hash: &str) -> Result<()> {
    store::set_password_hash(tx, person, hash)?;
    store::end_all(tx, person).map(drop)
}
