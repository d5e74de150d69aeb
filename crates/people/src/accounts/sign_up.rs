//! Signing up, and creating people by hand.
//!
//! A new account only claims its address and waits: it cannot sign in until the link in an email proves that the
//! address belongs to the person ([`crate::confirm_address`]). Signing up does not even look up whether the address
//! has an account, so neither the response nor its timing reveals it. Only the email does, which goes to the person
//! who reads that address.

use jiff::SignedDuration;
use kit::replies::{IdempotencyKey, Reply, once};
use kit::{Error, Fault, Id, Result, Tx, tokens};
use serde_json::json;

use crate::accounts::account_emails::email_claimant;
use crate::accounts::inputs::SignUp;
use crate::accounts::roles::note_role;
use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::{EMAIL_TAKEN, NewPerson, Person, Role, check_of_age};
use crate::requests::caller::Caller;
use crate::requests::client_info::ClientInfo;
use crate::store::sessions::{self as session_store, Unverified};
use crate::{requests::limits, store};

/// How long an account may wait for its address to be verified.
const UNVERIFIED_TTL: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many accounts are pruned in one transaction.
const AT_ONCE: i64 = 200;

/// What a sign-up continues with after its address was verified.
#[derive(Debug, Clone, Default)]
pub struct AfterSignUp {
    /// The path of the next page.
    pub next: Option<String>,
    /// The token of the visitor's hold on a time, if there is one.
    pub carried: Option<String>,
}

/// Creates an account that waits for its address to be verified. Returns the secret that recognizes its browser
/// ([`crate::sign_up_cookie`]).
///
/// # Errors
/// Returns `Error::Invalid` for a birthday under 18 years ago, [`crate::TOO_MANY_ATTEMPTS`], or a fault.
pub async fn sign_up(caller: &Caller, request: SignUp, onward: AfterSignUp) -> Result<String> {
    let new = read(caller, request).await?;
    let (browser, client_info) = (tokens::secret()?, caller.client_info().clone());
    let by_browser = browser.clone();
    caller.app().db.tx(move |tx| make(tx, &new, &client_info, Some(&by_browser), &onward)).await?;
    Ok(browser)
}

/// Creates an account for an app, once however often the request is sent. Returns the response that `reply` builds.
///
/// # Errors
/// Returns the errors of [`sign_up`], or [`kit::replies::IDEMPOTENCY_MISMATCH`].
pub(crate) async fn sign_up_once(
    caller: &Caller,
    idempotency_key: Option<IdempotencyKey>,
    request: SignUp,
    reply: fn() -> Result<Reply>,
) -> Result<Reply> {
    let new = read(caller, request).await?;
    let (client_info, requester) = (caller.client_info().clone(), caller.requester()?);
    let key = requester.clone();
    let made = caller.app().db.tx(move |tx| {
        once(tx, idempotency_key.as_ref(), &key.name, |tx| {
            make(tx, &new, &client_info, None, &AfterSignUp::default())?;
            reply().map(Some)
        })
    });
    let made = made.await?.ok_or_else(|| Fault::because("a sign-up without an answer"))?;
    Ok(requester.mark(made))
}

async fn read(caller: &Caller, request: SignUp) -> Result<NewPerson> {
    check_of_age(request.birthday, caller.app().db.clock().now())?;
    Ok(NewPerson {
        email: Some(request.email),
        first_name: request.first_name,
        last_name: request.last_name,
        phone: request.phone,
        role: Role::Account,
        birthday: request.birthday,
        password_hash: Some(caller.hash_permit().await?.hash(request.password).await?),
        verified: false,
    })
}

fn make(
    tx: &mut Tx<'_>,
    new: &NewPerson,
    client_info: &ClientInfo,
    browser: Option<&str>,
    onward: &AfterSignUp,
) -> Result<()> {
    limits::count_sign_up(tx, client_info.address)?;
    let id = tx.new_id()?;
    store::insert(tx, id, new, true)?;
    let made = Unverified {
        browser: browser.map(tokens::digest),
        network: client_info.network(),
        device: client_info.device.clone(),
        next: onward.next.clone(),
        carried: onward.carried.as_deref().map(tokens::digest),
        at: tx.now(),
    };
    session_store::insert_sign_up(tx, id, &made)?;
    email_claimant(tx, id, new.email.as_deref().unwrap_or_default(), client_info)?;
    let person = store::person(tx, id)?;
    let by = Actor::of(person).on_network(client_info.network());
    note(tx, &by, AuditEvent::SignedUp, Some(id), json!({"device": client_info.device}))
}

/// Deletes accounts whose address was not verified within 30 days, at most 200. An account to which something
/// refers (`is_needed`; for example, the front desk booked for it) only loses its address and password, and stays
/// like a guest whom the front desk entered. Returns the number of accounts.
///
/// # Errors
/// Returns the error of `is_needed`, or a fault if the database fails.
pub fn prune_unverified(
    tx: &mut Tx<'_>,
    is_needed: impl Fn(&mut Tx<'_>, Id) -> Result<bool>,
) -> Result<usize> {
    let before = tx.now() - UNVERIFIED_TTL;
    let old: Vec<(Id,)> = session_store::unverified_before(tx, before, AT_ONCE)?;
    for (id,) in &old {
        store::hold(tx, *id)?;
        session_store::forget_unverified(tx, *id)?;
        if is_needed(tx, *id)? {
            store::forget_claim(tx, *id)?;
        } else {
            store::delete(tx, *id)?;
        }
    }
    Ok(old.len())
}

/// Creates a person, for staff, commands, and imports.
///
/// # Errors
/// Returns [`EMAIL_TAKEN`], `Error::Invalid` for a birthday under 18 years ago, or a fault.
pub fn add(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person> {
    check_of_age(new.birthday, tx.now())?;
    let id = tx.new_id()?;
    if !store::insert(tx, id, new, false)? {
        return Err(Error::refused(&EMAIL_TAKEN));
    }
    store::person(tx, id)
}

/// Creates an account with a role by command. The audit log records both.
///
/// # Errors
/// Returns the same errors as [`add`].
pub fn create(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person> {
    let (person, system) = (add(tx, new)?, Actor::system());
    note(tx, &system, AuditEvent::SignedUp, Some(person.id), json!({}))?;
    if new.role != Role::Account {
        note_role(tx, &system, &Person { role: Role::Account, ..person.clone() }, new.role)?;
    }
    Ok(person)
}
