//! What is proven by mail: that an address is somebody's, that a password may be set anew. A request for a letter looks nothing
//! up and answers everybody alike; who has which account is found out by the job behind it. So neither the words nor the
//! time of an answer say whose addresses the club knows.

use jiff::SignedDuration;
use kit::jobs::Job;
use kit::{Error, Fields, House, Id, Refusal, Result, Tx, tokens};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account_emails::{AccountNews, notify};
use crate::actor::Actor;
use crate::audit::{What, note};
use crate::caller::Caller;
use crate::inputs::{NewAddress, NewPassword};
use crate::model::{Person, kept_email};
use crate::sign_in::{ask_password, set_password, wrong_password};
use crate::whence::Whence;
use crate::{limits, passwords, sessions, store, store_doors as doors};

/// A link of a letter that is good no more.
pub const LINK_EXPIRED: Refusal = Refusal::bad_request(
    "link_expired",
    "This link has been used or is too old. Ask for a new letter, and use the link in the last one.",
);
/// The address has become another's meanwhile.
pub const ADDRESS_GONE: Refusal = Refusal::conflict(
    "address_gone",
    "This address belongs to another account of the club already. Sign in with that one, or reset its password.",
);

/// How long the letter to a new account is good.
const CONFIRM_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the letter for another address is good.
const CHANGE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long the letter for another password is good.
const RESET_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Somebody claims an address: it is to be asked whether it is theirs; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claimed {
    /// Who.
    pub person: Id,
}

/// Somebody has forgotten the password of an address; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetAsked {
    /// Which.
    pub email: String,
}

/// Somebody wants another address; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressAsked {
    /// Who.
    pub person: Id,
    /// Which.
    pub email: String,
}

/// Somebody has another address: the old one is told; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressChanged {
    /// Who.
    pub person: Id,
    /// Which they had.
    pub old: String,
}

/// Somebody has another password: they are told; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Who.
    pub person: Id,
}

/// An address is known to be somebody's: what carries it is theirs; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Proven {
    /// Who.
    pub person: Id,
    /// Whether it is the first of theirs: until now nothing was written to them.
    #[serde(default)]
    pub is_first: bool,
}

macro_rules! jobs {
    ($($job:ident $kind:literal;)*) => {
        $(impl Job for $job {
            const KIND: &'static str = $kind;
        })*
    };
}

jobs! {
    Claimed "people.claimed";
    ResetAsked "people.reset_asked";
    AddressAsked "people.address_asked";
    AddressChanged "people.address_changed";
    PasswordChanged "people.password_changed";
    Proven "people.proven";
}

/// What somebody is to be told by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// To which address.
    pub to: String,
    /// What.
    pub news: News,
}

/// What a letter is about. A token stands in it once and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Show that the address is yours.
    Confirm {
        /// For the link.
        token: String,
    },
    /// Somebody has signed up with, or asked for, an address that has an account already.
    HasAccount,
    /// Set another password.
    Reset {
        /// For the link.
        token: String,
    },
    /// Show that the new address is yours.
    Change {
        /// For the link.
        token: String,
    },
    /// The account has another address.
    AddressChanged,
    /// The account has another password.
    PasswordChanged,
}

impl Letter {
    fn to(person: &Person, news: News) -> Option<Letter> {
        person.email.clone().map(|to| Letter { to, news })
    }
}

fn prove(
    tx: &mut Tx<'_>,
    person: Id,
    kind: &'static str,
    email: &str,
    life: SignedDuration,
) -> Result<String> {
    let token = tokens::secret()?;
    let until = tx.now() + life;
    doors::insert_proof(tx, tokens::digest(&token), (person, kind, email), until)?;
    Ok(token)
}

/// The letter to an address that somebody claims: a link, if it is nobody's yet.
///
/// # Errors
/// A fault of the database.
pub fn letter_to_claimant(tx: &mut Tx<'_>, person: Id) -> Result<Option<Letter>> {
    let person = store::person(tx, person)?;
    let Some(email) = person.email.clone().filter(|_| person.verified_at.is_none()) else { return Ok(None) };
    let owner = store::person_by_email(tx, &email)?;
    if owner.is_some_and(|owner| owner.id != person.id) {
        return Ok(Some(Letter { to: email, news: News::HasAccount }));
    }
    let token = prove(tx, person.id, "confirm", &email, CONFIRM_LIFE)?;
    Ok(Letter::to(&person, News::Confirm { token }))
}

/// The letter to whoever has forgotten a password: none, where there is no account.
///
/// # Errors
/// A fault of the database.
pub(crate) fn letter_of_reset(tx: &mut Tx<'_>, email: &str) -> Result<Option<Letter>> {
    let found = match store::person_by_email(tx, email)? {
        Some(person) => Some(person),
        None => store::last_claimant(tx, email)?,
    };
    let Some(person) = found else { return Ok(None) };
    let token = prove(tx, person.id, "reset", &kept_email(email), RESET_LIFE)?;
    Ok(Letter::to(&person, News::Reset { token }))
}

/// The letter to an address that somebody wants to have.
///
/// # Errors
/// A fault of the database.
pub(crate) fn letter_to_new_address(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<Option<Letter>> {
    let to = kept_email(email);
    let owner = store::person_by_email(tx, &to)?;
    if owner.is_some_and(|owner| owner.id != person) {
        return Ok(Some(Letter { to, news: News::HasAccount }));
    }
    let token = prove(tx, person, "change", &to, CHANGE_LIFE)?;
    Ok(Some(Letter { to, news: News::Change { token } }))
}

/// The letter to who has another password.
///
/// # Errors
/// A fault of the database.
pub(crate) fn letter_of_change(tx: &mut Tx<'_>, person: Id) -> Result<Option<Letter>> {
    let to = mail_of(tx, person)?;
    Ok(to.map(|to| Letter { to, news: News::PasswordChanged }))
}

/// The address to which a person is written: their own. One that they only claim may be anybody's, and gets nothing but the
/// question whether it is theirs.
///
/// # Errors
/// A fault of the database.
pub fn mail_of(tx: &mut Tx<'_>, person: Id) -> Result<Option<String>> {
    store::own_address(tx, person)
}

/// Has a letter be written to an address that anybody may have named, unless it has had three within the hour. It is counted
/// here and not where it is sent, so that one that fails to go out is not lost by being tried again.
fn ask_for<N: AccountNews>(tx: &mut Tx<'_>, email: &str, letter: &N) -> Result<()> {
    if limits::may_write_to(tx, email)? { notify(tx, letter) } else { Ok(()) }
}

/// Has an address be asked whether it is whose account claims it.
pub(crate) fn ask_claimant(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<()> {
    ask_for(tx, email, &Claimed { person })
}

/// Asks anew for the letter that shows whose an address is.
///
/// # Errors
/// `Error::Unauthorized` for a visitor; [`crate::TOO_MANY_ATTEMPTS`].
pub fn ask_again(tx: &mut Tx<'_>, by: &Actor, whence: &Whence) -> Result<()> {
    let person = by.person()?;
    limits::count_request(tx, whence.address)?;
    match person.email.as_deref().filter(|_| person.verified_at.is_none()) {
        Some(email) => ask_claimant(tx, person.id, email),
        None => Ok(()),
    }
}

/// Asks for a letter by which a password can be set anew. The answer is the same for every address.
///
/// # Errors
/// [`crate::TOO_MANY_ATTEMPTS`] from a network that asks too often.
pub fn ask_reset(tx: &mut Tx<'_>, whence: &Whence, email: &str) -> Result<()> {
    limits::count_request(tx, whence.address)?;
    let email = kept_email(email);
    ask_for(tx, &email, &ResetAsked { email: email.clone() })
}

/// Asks for a letter to another address of whoever asks, who knows their password.
///
/// # Errors
/// `Error::Unauthorized` for a visitor; `Error::Invalid` for `current_password`; [`crate::TOO_MANY_ATTEMPTS`].
pub async fn ask_address(caller: &Caller, wish: NewAddress) -> Result<()> {
    let (_, hash) = ask_password(caller, wish.current_password).await?;
    let (address, email) = (caller.address(), wish.email);
    caller
        .tx(move |tx, by| {
            let person = by.person()?.id;
            if store::password_hash(tx, person)? != hash {
                return Err(wrong_password());
            }
            limits::count_request(tx, address)?;
            ask_for(tx, &email, &AddressAsked { person, email: email.clone() })
        })
        .await
}

/// What the link of a letter would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Show whose an address is.
    Address,
    /// Set a password.
    Password,
}

/// What a link is for and which address it is about, if it is good.
///
/// # Errors
/// [`LINK_EXPIRED`].
pub fn look_at(tx: &mut Tx<'_>, token: &str) -> Result<(Purpose, String)> {
    let proof = doors::proof(tx, tokens::digest(token))?.ok_or(Error::refused(&LINK_EXPIRED))?;
    let purpose = if proof.kind == "reset" { Purpose::Password } else { Purpose::Address };
    Ok((purpose, proof.email))
}

/// Takes the link of a letter as the proof that the address is whose account it is; it is good once.
///
/// # Errors
/// [`LINK_EXPIRED`]; [`ADDRESS_GONE`].
pub fn confirm_address(tx: &mut Tx<'_>, by: &Actor, token: &str) -> Result<()> {
    let found = doors::use_proof(tx, tokens::digest(token))?.filter(|proof| proof.kind != "reset");
    let proof = found.ok_or(Error::refused(&LINK_EXPIRED))?;
    store::hold(tx, proof.person)?;
    let before = store::person(tx, proof.person)?;
    let is_change = proof.kind == "change";
    // A letter that was overtaken by a change of the claim proves something else.
    if !is_change && before.email.as_ref() != Some(&proof.email) {
        return Err(Error::refused(&LINK_EXPIRED));
    }
    own(tx, before.id, &proof.email)?;
    let owner = Actor { network: by.network.clone(), ..Actor::of(before.clone()) };
    if is_change {
        doors::forget_proofs(tx, before.id, "reset")?;
        doors::forget_proofs(tx, before.id, "confirm")?;
        if by.id() == Some(before.id) {
            sessions::end_others(tx, by)?;
        } else {
            store::end_all(tx, before.id)?;
        }
        if let Some(old) = before.email.filter(|old| *old != proof.email) {
            notify(tx, &AddressChanged { person: before.id, old })?;
        }
        return note(tx, &owner, What::AddressChanged, Some(before.id), json!({}));
    }
    note(tx, &owner, What::AddressConfirmed, Some(before.id), json!({}))
}

fn own(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<()> {
    use kit::errors::OrRefuse as _;
    let is_first = store::own_address(tx, person)?.is_none();
    if !store::own_email(tx, person, email).or_refuse("people", &ADDRESS_GONE)? {
        return Err(Error::refused(&ADDRESS_GONE));
    }
    tx.enqueue(&Proven { person, is_first }, tx.now())
}

/// Sets another password by the link of a letter, which shows besides that the address is theirs. Every sign-in ends.
///
/// # Errors
/// [`LINK_EXPIRED`]; `Error::Invalid` for `password`.
pub async fn reset_password(house: &House, whence: &Whence, wish: NewPassword) -> Result<()> {
    let NewPassword { token, password } = wish;
    let digest = tokens::digest(&token);
    let asked = digest.clone();
    let proof = house.db.view(move |tx| doors::proof(tx, asked.clone())).await?;
    let proof = proof.filter(|proof| proof.kind == "reset").ok_or(Error::refused(&LINK_EXPIRED))?;
    if let Some(sentence) = passwords::complaint(&password, &proof.email) {
        return Err(Fields::one("password", sentence));
    }
    let hash = passwords::hash_password(password).await?;
    let network = whence.network();
    house
        .db
        .tx(move |tx| {
            let found = doors::use_proof(tx, digest.clone())?;
            let proof = found.ok_or(Error::refused(&LINK_EXPIRED))?;
            store::hold(tx, proof.person)?;
            let person = store::person(tx, proof.person)?;
            if person.email.as_ref() != Some(&proof.email) {
                return Err(Error::refused(&LINK_EXPIRED));
            }
            if person.verified_at.is_none() {
                own(tx, person.id, &proof.email)?;
            }
            set_password(tx, person.id, &hash)?;
            // Whoever knew the old password may have left a browser behind that is known.
            doors::forget_devices(tx, person.id)?;
            doors::forget_proofs(tx, person.id, "change")?;
            notify(tx, &PasswordChanged { person: person.id })?;
            let by = Actor { network: network.clone(), ..Actor::of(person) };
            note(tx, &by, What::PasswordReset, Some(proof.person), json!({}))
        })
        .await
}
