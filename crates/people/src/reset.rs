//! Asking for emails with links, and setting a password by one.

use kit::{AppState, Error, Fields, Result, Tx, tokens};
use serde_json::json;

use crate::account_emails::{ask_claimant, notify};
use crate::actor::Actor;
use crate::audit::{What, note};
use crate::caller::Caller;
use crate::client_info::{ClientInfo, known_device};
use crate::confirm::{make_own, start_over};
use crate::hash_queue::HashQueue;
use crate::inputs::{NewAddress, NewPassword};
use crate::limits::{self, EmailKind};
use crate::model::kept_email;
use crate::proofs::{AddressChangeRequested, LINK_EXPIRED, PasswordChanged, ResetRequested};
use crate::sign_in::{ask_password, set_password, wrong_password};
use crate::{passwords, store, store::sessions as session_store};

/// Asks anew for the email of a sign-up: that of this browser, else the last for an address. The answer is the same for every
/// address.
///
/// # Errors
/// [`crate::TOO_MANY_ATTEMPTS`].
pub fn ask_again(tx: &mut Tx<'_>, client_info: &ClientInfo, email: Option<&str>) -> Result<()> {
    limits::count_request(tx, client_info)?;
    let own_sign_up = match &client_info.sign_up {
        Some(browser) => session_store::sign_up_by(tx, browser)?,
        None => None,
    };
    let found = match (own_sign_up, email) {
        (Some(person), _) => Some(store::person(tx, person)?),
        (None, Some(email)) => store::last_claimant(tx, email)?,
        (None, None) => None,
    };
    match found.and_then(|person| person.email.clone().map(|email| (person.id, email))) {
        Some((person, email)) => ask_claimant(tx, person, &email, client_info),
        None => Ok(()),
    }
}

/// Asks for an email by which a password can be set anew. The answer is the same for every address.
///
/// # Errors
/// [`crate::TOO_MANY_ATTEMPTS`] from a network that asks too often.
pub fn ask_reset(tx: &mut Tx<'_>, client_info: &ClientInfo, email: &str) -> Result<()> {
    limits::count_request(tx, client_info)?;
    let email = kept_email(email);
    let is_over = limits::count_email(tx, EmailKind::Reset, &email, client_info)?;
    notify(tx, &ResetRequested { email, is_over })
}

/// Asks for an email to another address of whoever asks, who knows their password.
///
/// # Errors
/// `Error::Unauthorized` for a visitor; `Error::Invalid` for `current_password`; [`crate::TOO_MANY_ATTEMPTS`].
pub async fn ask_address(caller: &Caller, request: NewAddress) -> Result<()> {
    let (_, hash) = ask_password(caller, request.current_password).await?;
    let (client_info, email) = (caller.client_info().clone(), request.email);
    caller
        .tx(move |tx, by| {
            let person = by.person()?.id;
            store::hold(tx, person)?;
            if store::password_hash(tx, person)? != hash {
                return Err(wrong_password());
            }
            limits::count_request(tx, &client_info)?;
            let is_over = limits::count_email(tx, EmailKind::Change, &email, &client_info)?;
            let from = (known_device(&client_info.device).map(str::to_owned), client_info.network());
            notify(tx, &AddressChangeRequested { person, email: email.clone(), is_over, from })
        })
        .await
}

/// Sets another password by the link of an email, which shows besides that the address is theirs. Every sign-in and every other
/// link ends.
///
/// # Errors
/// [`LINK_EXPIRED`]; `Error::Invalid` for `password`; [`crate::TOO_MANY_ATTEMPTS`].
pub async fn reset_password(app: &AppState, client_info: &ClientInfo, request: NewPassword) -> Result<()> {
    let NewPassword { token, password } = request;
    let digest = tokens::digest(&token);
    let sent_digest = digest.clone();
    let proof = app.db.view(move |tx| session_store::proof(tx, sent_digest.clone())).await?;
    let proof = proof.filter(|proof| proof.kind == "reset").ok_or(Error::refused(&LINK_EXPIRED))?;
    if let Some(sentence) = passwords::password_error(&password, &proof.email) {
        return Err(Fields::one("password", sentence));
    }
    let queue = app.db.dependencies().caches.get::<HashQueue>();
    let hash = queue.turn(client_info.address).await?.hash(password).await?;
    let network = client_info.network();
    app.db
        .tx(move |tx| {
            let found = session_store::use_proof(tx, digest.clone())?;
            let proof = found.ok_or(Error::refused(&LINK_EXPIRED))?;
            store::hold(tx, proof.person)?;
            let person = store::person(tx, proof.person)?;
            if person.email.as_ref() != Some(&proof.email) {
                return Err(Error::refused(&LINK_EXPIRED));
            }
            if store::own_address(tx, person.id)?.is_none() {
                start_over(tx, person.id, &hash)?;
            } else {
                set_password(tx, person.id, &hash)?;
                // Whoever knew the old password may have left a browser behind that is known.
                session_store::forget_devices(tx, person.id)?;
            }
            if person.verified_at.is_none() {
                make_own(tx, person.id, &proof.email)?;
            }
            session_store::forget_all_proofs(tx, person.id)?;
            notify(tx, &PasswordChanged { person: person.id })?;
            let by = Actor { network: network.clone(), ..Actor::of(person) };
            note(tx, &by, What::PasswordReset, Some(proof.person), json!({}))
        })
        .await
}
