//! Requests for emails with links, and setting a password with such a link.

use kit::{AppState, Error, Fields, Id, Result, Tx, tokens};
use serde_json::json;

use crate::accounts::account_emails::{email_claimant, notify};
use crate::accounts::confirm::{make_own, start_over};
use crate::accounts::hash_queue::HashQueue;
use crate::accounts::inputs::{NewAddress, NewPassword};
use crate::accounts::proofs::{AddressChangeRequested, LINK_EXPIRED, PasswordChanged, ResetRequested};
use crate::accounts::sign_in::{set_password, verify_current_password, wrong_password};
use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::normalized_email;
use crate::requests::caller::Caller;
use crate::requests::client_info::{ClientInfo, known_device};
use crate::requests::limits;
use crate::requests::sessions::{self, SessionKind};
use crate::store::sessions::{self as session_store, EmailKind};
use crate::{accounts::passwords, store};

/// Requests the confirmation email of a sign-up again: for the sign-up of this browser, or else for the last
/// sign-up with the address. The response is the same for every address.
///
/// # Errors
/// Returns [`crate::TOO_MANY_ATTEMPTS`] if too many emails were requested, or a fault.
pub fn request_link_again(tx: &mut Tx<'_>, client_info: &ClientInfo, email: Option<&str>) -> Result<()> {
    limits::count_request(tx, EmailKind::Confirm, client_info)?;
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
        Some((person, email)) => email_claimant(tx, person, &email, client_info),
        None => Ok(()),
    }
}

/// Requests an email with a link that resets the password. The response is the same for every address.
///
/// # Errors
/// Returns [`crate::TOO_MANY_ATTEMPTS`] for a network that requests too often, or a fault.
pub fn request_password_reset(tx: &mut Tx<'_>, client_info: &ClientInfo, email: &str) -> Result<()> {
    limits::count_request(tx, EmailKind::Reset, client_info)?;
    let email = normalized_email(email);
    let is_over = limits::count_email(tx, EmailKind::Reset, &email, client_info)?;
    notify(tx, &ResetRequested { email, is_over }.into())
}

/// Requests the email that confirms a new address of the caller, who must know their password.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor; `Error::Invalid` for `current_password`; or
/// [`crate::TOO_MANY_ATTEMPTS`].
pub async fn request_address_change(caller: &Caller, request: NewAddress) -> Result<()> {
    let (_, hash) = verify_current_password(caller, request.current_password).await?;
    let (client_info, email) = (caller.client_info().clone(), request.email);
    caller
        .tx(move |tx, by| {
            let person = by.person()?.id;
            store::hold(tx, person)?;
            if store::password_hash(tx, person)? != hash {
                return Err(wrong_password());
            }
            limits::count_request(tx, EmailKind::Change, &client_info)?;
            let is_over = limits::count_email(tx, EmailKind::Change, &email, &client_info)?;
            let from = (known_device(&client_info.device).map(str::to_owned), client_info.network());
            notify(tx, &AddressChangeRequested { person, email: email.clone(), is_over, from }.into())
        })
        .await
}

/// Sets a new password with the link from an email, which also confirms the address. Every sign-in and every other
/// link ends. The failed sign-ins of the account no longer count, and the new password works at once from this
/// network and, for a page, with this browser. Returns the token that recognizes the browser
/// ([`crate::device_cookie`]), if it had none.
///
/// # Errors
/// Returns [`LINK_EXPIRED`]; `Error::Invalid` for `password`; or [`crate::TOO_MANY_ATTEMPTS`].
pub async fn reset_password(
    app: &AppState,
    client_info: &ClientInfo,
    request: NewPassword,
    kind: SessionKind,
) -> Result<Option<String>> {
    let NewPassword { token, password } = request;
    let digest = tokens::digest(&token);
    let sent_digest = digest.clone();
    let proof = app.db.view(move |tx| session_store::proof(tx, sent_digest.clone())).await?;
    let proof = proof.filter(|proof| proof.kind == EmailKind::Reset).ok_or(Error::refused(&LINK_EXPIRED))?;
    if let Some(sentence) = passwords::password_error(&password, &proof.email) {
        return Err(Fields::one("password", sentence));
    }
    let queue = app.db.dependencies().caches.get::<HashQueue>();
    let hash = queue.acquire(client_info.address).await?.hash(password).await?;
    let client_info = client_info.clone();
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
                // A person who knew the old password may have left a recognized browser behind.
                session_store::forget_devices(tx, person.id)?;
            }
            if person.verified_at.is_none() {
                make_own(tx, person.id, &proof.email)?;
            }
            session_store::forget_all_proofs(tx, person.id)?;
            let device = welcome_back(tx, person.id, &proof.email, &client_info, kind)?;
            notify(tx, &PasswordChanged { person: person.id }.into())?;
            let by = Actor::of(person).on_network(client_info.network());
            note(tx, &by, AuditEvent::PasswordReset, Some(proof.person), json!({}))?;
            Ok(device)
        })
        .await
}

/// Makes the new password work at once where the link was opened, however many wrong guesses there were and will
/// be: whoever reads the email of the address is its owner. Returns the token of a browser that had none.
fn welcome_back(
    tx: &mut Tx<'_>,
    person: Id,
    email: &str,
    client_info: &ClientInfo,
    kind: SessionKind,
) -> Result<Option<String>> {
    limits::forget_failures(tx, email)?;
    // From now on this network is one that the person has used.
    let family = tx.new_id()?;
    session_store::insert_sign_in(tx, family, person, client_info)?;
    match kind {
        SessionKind::Page => {
            limits::forget_device_failures(tx, client_info)?;
            sessions::know(tx, person, client_info)
        }
        SessionKind::App => Ok(None),
    }
}
