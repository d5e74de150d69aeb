//! Confirming an email address with the link in an email.
//!
//! The link proves only that a person reads the email of the address, not that they created the account. An account
//! that someone else created with the address must not be shared by both. So besides the link, one of these is
//! required: the account's password, the browser that signed up, or (for a changed address) a sign-in to the
//! account. Alternatively, a new password ends everything that existed before.

use kit::{Error, Fields, Id, Result, Tx, tokens};
use serde_json::json;

use crate::accounts::account_emails::notify;
use crate::accounts::inputs::ConfirmAddress;
use crate::accounts::proofs::{ADDRESS_GONE, AddressChanged, Claim, EmailConfirmed, LINK_EXPIRED};
use crate::accounts::sign_in::is_password_of;
use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::Person;
use crate::requests::caller::Caller;
use crate::requests::client_info::ClientInfo;
use crate::requests::limits;
use crate::requests::sessions::{self, SessionKind, Tokens};
use crate::store::sessions::{self as session_store, EmailKind, Proof};
use crate::{accounts::passwords, store};

/// The purpose of the link in an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm the address of a new account.
    Address,
    /// To confirm the new address of an existing account.
    OtherAddress,
    /// To set a new password.
    Password,
}

/// A valid link from an email: its purpose, and the account that it is for.
#[derive(Debug, Clone)]
pub struct EmailLink {
    /// The purpose of the link.
    pub purpose: Purpose,
    /// The email address that the link is about.
    pub email: String,
    /// The account, as the email describes it.
    pub account: Claim,
    /// Whether the account's password is required, too.
    pub needs_password: bool,
}

/// Returns what a link is for, without using it up.
///
/// # Errors
/// Returns [`LINK_EXPIRED`] if the link is invalid.
pub fn describe_link(
    tx: &mut Tx<'_>,
    by: &Actor,
    client_info: &ClientInfo,
    token: &str,
) -> Result<EmailLink> {
    let proof = session_store::proof(tx, tokens::digest(token))?.ok_or(Error::refused(&LINK_EXPIRED))?;
    let person = store::person(tx, proof.person)?;
    Ok(EmailLink {
        purpose: match proof.kind {
            EmailKind::Reset => Purpose::Password,
            EmailKind::Change => Purpose::OtherAddress,
            EmailKind::Confirm => Purpose::Address,
        },
        account: Claim::of_sign_up(tx, &person)?,
        needs_password: proof.kind != EmailKind::Reset && !is_known(tx, by, client_info, &proof)?,
        email: proof.email,
    })
}

/// Returns whether the person who opens a link is known to own the account: by the browser that signed up, or by
/// their sign-in.
fn is_known(tx: &mut Tx<'_>, by: &Actor, client_info: &ClientInfo, proof: &Proof) -> Result<bool> {
    if proof.kind == EmailKind::Change {
        return Ok(by.id() == Some(proof.person));
    }
    let signed_up_by = session_store::sign_up_of(tx, proof.person)?.and_then(|made| made.browser);
    Ok(signed_up_by.is_some() && signed_up_by == client_info.sign_up)
}

/// What a person presents, besides the link, to prove that an account is theirs.
#[derive(Debug, Clone)]
enum Evidence {
    /// The browser that signed up, or a sign-in to the account.
    Known,
    /// The password, with the hash against which it was checked.
    Password(Option<String>),
    /// Nothing. The account receives a new password with this hash.
    NewPassword(String),
}

/// The result of confirming an address.
#[derive(Clone)]
pub struct Confirmed {
    /// The owner of the address.
    pub person: Person,
    /// The session tokens of a browser, if the link was for a new account.
    pub tokens: Option<Tokens>,
    /// The path at which the sign-up continues.
    pub next: Option<String>,
    /// The digest of the token of the hold that the visitor placed before signing up. `None` if a new password was
    /// set, because it is unknown whether this is the same person.
    pub carried: Option<Vec<u8>>,
}

/// Confirms with the link from an email that the address belongs to the account. The link works once. A browser
/// (`kind` is a page) is signed in if the link is for a new account.
///
/// # Errors
/// Returns [`LINK_EXPIRED`]; [`ADDRESS_GONE`]; [`crate::TOO_MANY_ATTEMPTS`]; or `Error::Invalid` for a missing or
/// wrong `password`, or for a rejected `new_password`.
pub async fn confirm_address(caller: &Caller, input: ConfirmAddress, kind: SessionKind) -> Result<Confirmed> {
    let digest = tokens::digest(&input.token);
    let (sent_digest, client_info) = (digest.clone(), caller.client_info().clone());
    let (proof, person, hash, is_known) = caller
        .view(move |tx, by| {
            let found =
                session_store::proof(tx, sent_digest.clone())?.filter(|proof| proof.kind != EmailKind::Reset);
            let proof = found.ok_or(Error::refused(&LINK_EXPIRED))?;
            let person = store::person(tx, proof.person)?;
            let hash = store::password_hash(tx, proof.person)?;
            let is_known = is_known(tx, by, &client_info, &proof)?;
            Ok((proof, person, hash, is_known))
        })
        .await?;
    let shown = show(caller, (&proof, &person), hash, is_known, input).await?;
    let client_info = caller.client_info().clone();
    caller.tx(move |tx, by| confirm(tx, (by, &client_info), &digest, &shown, kind)).await
}

async fn show(
    caller: &Caller,
    (proof, person): (&Proof, &Person),
    hash: Option<String>,
    is_known: bool,
    input: ConfirmAddress,
) -> Result<Evidence> {
    match (input.password, input.new_password) {
        (_, Some(new)) if proof.kind == EmailKind::Confirm => {
            if let Some(sentence) = passwords::password_error(&new, &proof.email) {
                return Err(Fields::one("new_password", sentence));
            }
            caller.hash_permit().await?.hash(new).await.map(Evidence::NewPassword)
        }
        _ if is_known => Ok(Evidence::Known),
        (Some(password), _) => match is_password_of(caller, person, hash.clone(), password).await? {
            true => Ok(Evidence::Password(hash)),
            false => Err(Fields::one("password", "That isn’t this account’s password.")),
        },
        _ => Err(Fields::one("password", "Enter this account’s password.")),
    }
}

fn confirm(
    tx: &mut Tx<'_>,
    (by, client_info): (&Actor, &ClientInfo),
    digest: &[u8],
    shown: &Evidence,
    kind: SessionKind,
) -> Result<Confirmed> {
    let proof = session_store::use_proof(tx, digest.to_vec())?.ok_or(Error::refused(&LINK_EXPIRED))?;
    store::hold(tx, proof.person)?;
    let before = store::person(tx, proof.person)?;
    let is_change = proof.kind == EmailKind::Change;
    // What was checked before this transaction may have changed since: the known browser or sign-in, or the
    // password.
    let is_overtaken = match shown {
        Evidence::Known => !is_known(tx, by, client_info, &proof)?,
        Evidence::Password(hash) => store::password_hash(tx, before.id)? != *hash,
        Evidence::NewPassword(_) => false,
    };
    if is_overtaken || (!is_change && before.email.as_ref() != Some(&proof.email)) {
        return Err(Error::refused(&LINK_EXPIRED));
    }
    if is_change {
        change_address(tx, by, &before, &proof.email)?;
        return Ok(Confirmed {
            person: store::person(tx, before.id)?,
            tokens: None,
            next: None,
            carried: None,
        });
    }
    let made = session_store::sign_up_of(tx, before.id)?;
    let is_theirs = !matches!(shown, Evidence::NewPassword(_));
    if let Evidence::NewPassword(hash) = shown {
        start_over(tx, before.id, hash)?;
    }
    make_own(tx, before.id, &proof.email)?;
    session_store::forget_proofs(tx, before.id, EmailKind::Confirm)?;
    let tokens = match kind {
        SessionKind::Page => {
            let mut tokens = sessions::open(tx, before.id, kind, client_info)?;
            tokens.device = sessions::know(tx, before.id, client_info)?;
            Some(tokens)
        }
        SessionKind::App => None,
    };
    let person = store::person(tx, before.id)?;
    let owner = Actor::of(person.clone()).on_network(client_info.network());
    note(tx, &owner, AuditEvent::AddressConfirmed, Some(before.id), json!({"started_over": !is_theirs}))?;
    let made = made.filter(|_| is_theirs);
    let (next, carried) = made.map_or((None, None), |made| (made.next, made.carried));
    Ok(Confirmed { person, tokens, next, carried })
}

/// Replaces the address of an account: links to the old address become invalid, other sign-ins end, and the old
/// address is notified.
fn change_address(tx: &mut Tx<'_>, by: &Actor, before: &Person, email: &str) -> Result<()> {
    make_own(tx, before.id, email)?;
    session_store::forget_all_proofs(tx, before.id)?;
    if by.id() == Some(before.id) {
        sessions::end_others(tx, by)?;
    } else {
        store::end_all(tx, before.id)?;
    }
    if let Some(old) = before.email.clone().filter(|old| old != email) {
        session_store::keep_address(tx, before.id, &old)?;
        notify(tx, &AddressChanged { person: before.id, old }.into())?;
    }
    let owner = Actor::of(before.clone()).on_network(by.network());
    note(tx, &owner, AuditEvent::AddressChanged, Some(before.id), json!({}))
}

/// Makes an address the verified address of an account.
pub(crate) fn make_own(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<()> {
    use kit::errors::OrRefuse as _;
    let is_first = store::own_address(tx, person)?.is_none();
    if !store::own_email(tx, person, email).or_refuse("people", &ADDRESS_GONE)? {
        return Err(Error::refused(&ADDRESS_GONE));
    }
    session_store::forget_sign_up(tx, person)?;
    // Nobody can have locked out the owner by guessing at the address before it was confirmed.
    limits::forget_failures(tx, email)?;
    tx.enqueue(&EmailConfirmed { person, is_first }, tx.now())
}

/// Gives an account that someone else may have created to the person who reads the email of its address. Sets a new
/// password and deletes the sign-ins, known browsers, links, phone, birthday, and emergency contact.
pub(crate) fn start_over(tx: &mut Tx<'_>, person: Id, hash: &str) -> Result<()> {
    crate::accounts::sign_in::set_password(tx, person, hash)?;
    session_store::forget_devices(tx, person)?;
    store::forget_details(tx, person)?;
    store::set_contact(tx, person, None).map(drop)
}
