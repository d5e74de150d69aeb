//! Signing in and changing the password. The password is checked between two transactions, never inside one.

use kit::{AppState, Error, Fields, Id, Refusal, Result, Tx};
use serde_json::json;

use crate::accounts::account_emails::notify;
use crate::accounts::hash_queue::HashQueue;
use crate::accounts::inputs::{ChangePassword, SignIn};
use crate::accounts::proofs::PasswordChanged;
use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::Person;
use crate::requests::caller::Caller;
use crate::requests::client_info::ClientInfo;
use crate::requests::limits::{self, Counted};
use crate::requests::sessions::{self, SessionKind, SignedIn, Tokens};
use crate::{accounts::passwords, store, store::sessions as session_store};

/// The one answer to every wrong pair, whether there is such an account or not.
pub const WRONG_SIGN_IN: Refusal =
    Refusal { code: "wrong_sign_in", sentence: "That email and password don’t match.", status: 401 };

/// Signs a person in whose address is verified. An account that only claims an address is treated as missing, so
/// that only a person who reads the email of the address learns that it exists.
///
/// # Errors
/// Returns [`WRONG_SIGN_IN`], [`crate::TOO_MANY_ATTEMPTS`], or a fault.
pub async fn sign_in(
    app: &AppState,
    client_info: &ClientInfo,
    attempt: SignIn,
    kind: SessionKind,
) -> Result<SignedIn> {
    let SignIn { email, password } = attempt;
    // The permit comes first, so that waiting requests are not counted yet.
    let permit = app.db.dependencies().caches.get::<HashQueue>().acquire(client_info.address).await?;
    let (address, from) = (email.clone(), client_info.clone());
    let (owner, hash, counted) = app.db.tx(move |tx| begin(tx, &address, &from)).await?;
    let is_right = permit.verify(password, hash.clone()).await?;
    let from = client_info.clone();
    let Some(id) = owner.filter(|_| is_right) else {
        app.db.tx(move |tx| note_failure(tx, owner, &from)).await?;
        return Err(Error::refused(&WRONG_SIGN_IN));
    };
    let enter = move |tx: &mut Tx<'_>| {
        limits::take_back(tx, &counted)?;
        // The password may have changed while it was checked.
        store::hold(tx, id)?;
        if store::password_hash(tx, id)? != hash {
            return Err(Error::refused(&WRONG_SIGN_IN));
        }
        let mut tokens = sessions::open(tx, id, kind, &from)?;
        if kind == SessionKind::Page {
            tokens.device = sessions::know(tx, id, &from)?;
        }
        let person = store::person(tx, id)?;
        let by = Actor::of(person.clone()).on_network(from.network());
        note(tx, &by, AuditEvent::SignedIn, Some(id), json!({"device": from.device}))?;
        Ok(SignedIn { person, tokens })
    };
    app.db.tx(enter).await
}

/// Counts the attempt. Returns the owner of the address, if there is one, and their password hash, if they have
/// one.
fn begin(
    tx: &mut Tx<'_>,
    email: &str,
    client_info: &ClientInfo,
) -> Result<(Option<Id>, Option<String>, Counted)> {
    let owner = store::person_by_email(tx, email)?.map(|person| person.id);
    let counted = limits::count(tx, email, owner, client_info)?;
    let hash = owner.map_or(Ok(None), |owner| store::password_hash(tx, owner))?;
    Ok((owner, hash, counted))
}

fn note_failure(tx: &mut Tx<'_>, owner: Option<Id>, client_info: &ClientInfo) -> Result<()> {
    let by = Actor::visitor().on_network(client_info.network());
    note(tx, &by, AuditEvent::SignInFailed, owner, json!({"device": client_info.device}))
}

/// Checks the caller's password, for operations that must not happen through a browser that was left open. Failures
/// count like failed sign-ins. Returns the person and their hash, so that the following transaction can check that
/// the hash has not changed.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Invalid` for `current_password`,
/// [`crate::TOO_MANY_ATTEMPTS`], or a fault.
pub(crate) async fn verify_current_password(
    caller: &Caller,
    password: String,
) -> Result<(Person, Option<String>)> {
    let read = |tx: &mut Tx<'_>, by: &Actor| {
        let person = by.person()?;
        Ok((person.clone(), store::password_hash(tx, person.id)?))
    };
    let (person, hash) = caller.view(read).await?;
    if !is_password_of(caller, &person, hash.clone(), password).await? {
        return Err(wrong_password());
    }
    Ok((person, hash))
}

/// Returns whether a password is that of an account whose hash was read before. A wrong password counts as a failed
/// sign-in and is recorded in the audit log.
///
/// # Errors
/// Returns [`crate::TOO_MANY_ATTEMPTS`] or a fault.
pub(crate) async fn is_password_of(
    caller: &Caller,
    person: &Person,
    hash: Option<String>,
    password: String,
) -> Result<bool> {
    let permit = caller.hash_permit().await?;
    let (id, email) = (person.id, person.email.clone().unwrap_or_default());
    let client_info = caller.client_info().clone();
    let db = &caller.app().db;
    let counted = db.tx(move |tx| limits::count(tx, &email, Some(id), &client_info)).await?;
    let is_right = permit.verify(password, hash).await?;
    let client_info = caller.client_info().clone();
    let settle = move |tx: &mut Tx<'_>| match is_right {
        true => limits::take_back(tx, &counted),
        false => note_failure(tx, Some(id), &client_info),
    };
    db.tx(settle).await?;
    Ok(is_right)
}

pub(crate) fn wrong_password() -> Error {
    Fields::one("current_password", "That isn’t your current password.")
}

/// Changes the caller's password if they know the current one. All their other sign-ins end; a browser receives a
/// new token.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Invalid` for `current_password` or `new_password`,
/// [`crate::TOO_MANY_ATTEMPTS`], or a fault.
pub async fn change_password(
    caller: &Caller,
    change: ChangePassword,
    kind: SessionKind,
) -> Result<Option<Tokens>> {
    let (person, hash) = verify_current_password(caller, change.current_password).await?;
    let about = person.email.as_deref().unwrap_or_default();
    if let Some(sentence) = passwords::password_error(&change.new_password, about) {
        return Err(Fields::one("new_password", sentence));
    }
    let new_hash = caller.hash_permit().await?.hash(change.new_password).await?;
    let client_info = caller.client_info().clone();
    caller
        .tx(move |tx, by| {
            let id = by.person()?.id;
            store::hold(tx, id)?;
            if store::password_hash(tx, id)? != hash {
                return Err(wrong_password());
            }
            store::set_password_hash(tx, id, &new_hash)?;
            // A link that was requested before is no longer valid (N7).
            session_store::forget_all_proofs(tx, id)?;
            let tokens = match kind {
                SessionKind::Page => {
                    store::end_all(tx, id)?;
                    Some(sessions::open(tx, id, kind, &client_info)?)
                }
                SessionKind::App => {
                    sessions::end_others(tx, by)?;
                    None
                }
            };
            notify(tx, &PasswordChanged { person: id }.into())?;
            note(tx, by, AuditEvent::PasswordChanged, Some(id), json!({}))?;
            Ok(tokens)
        })
        .await
}

/// Stores a new password hash for a person, and ends all their sessions and open links.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn set_password(tx: &mut Tx<'_>, person: Id, hash: &str) -> Result<()> {
    store::set_password_hash(tx, person, hash)?;
    session_store::forget_all_proofs(tx, person)?;
    store::end_all(tx, person).map(drop)
}
