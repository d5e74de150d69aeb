//! Consents, and the erasure of a person.

use jiff::Timestamp;
use kit::replies::forget_replies_of;
use kit::{Id, Result, Tx, args, row, sql};
use serde::Serialize;
use serde_json::json;

use crate::accounts::sign_in::{verify_current_password, wrong_password};
use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::requests::caller::{Caller, requester_name};
use crate::{
    personal_data::person_key, requests::limits, search::index, store, store::sessions as session_store,
};

/// A subject of consent, with the current version of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// The identifier of the agreement.
    pub kind: &'static str,
    /// The version of the text.
    pub version: &'static str,
    /// The text to which the person agrees.
    pub text: &'static str,
}

/// The available agreements. None of them is required for an account.
pub const AGREEMENTS: [Agreement; 3] = [
    Agreement {
        kind: "face",
        version: "2026-11",
        text: "Recognize my face at the door. My face template stays on the club’s own server, encrypted with my own key.",
    },
    Agreement { kind: "history", version: "2026-11", text: "Suggest services based on my visits." },
    Agreement { kind: "news", version: "2026-11", text: "Email me news from the club." },
];

/// A consent with its period.
#[derive(Debug, Clone, Serialize)]
pub struct Consent {
    /// The id of the consent.
    pub id: Id,
    /// The identifier of the agreement.
    pub kind: String,
    /// The version of the text.
    pub version: String,
    /// When the consent was given.
    pub given_at: Timestamp,
    /// When the consent was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
}

row!(Consent { id, kind, version, given_at, withdrawn_at });

/// Returns every consent that the actor has ever given, the oldest first.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn my_consents(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Consent>> {
    let person = by.person()?.id;
    tx.all(
        sql!(
            "SELECT id, kind, version, given_at, withdrawn_at FROM consents WHERE person_id = $1 ORDER BY id"
        ),
        args![person],
    )
}

/// Returns whether a person consents to the current version of an agreement. For the code that acts on the consent.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn consents_to(tx: &mut Tx<'_>, person: Id, agreement: &Agreement) -> Result<bool> {
    let found: Option<(i64,)> = tx.one(
        sql!(
            "SELECT person_id FROM consents WHERE person_id = $1 AND kind = $2 AND version = $3 AND withdrawn_at IS
             NULL LIMIT 1"
        ),
        args![person, agreement.kind, agreement.version],
    )?;
    Ok(found.is_some())
}

/// Records that the actor consents to the current versions of these agreements and withdraws all others.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn agree_to(tx: &mut Tx<'_>, by: &Actor, kinds: &[String]) -> Result<()> {
    let person = by.person()?.id;
    store::hold(tx, person)?;
    let now = tx.now();
    for agreement in &AGREEMENTS {
        let (is_checked, is_given) =
            (kinds.iter().any(|kind| kind == agreement.kind), consents_to(tx, person, agreement)?);
        let details = json!({"kind": agreement.kind, "version": agreement.version});
        if is_checked && !is_given {
            let id = tx.new_id()?;
            tx.run(
                sql!("INSERT INTO consents (id, person_id, kind, version, given_at) VALUES ($1, $2, $3, $4, $5)"),
                args![id, person, agreement.kind, agreement.version, now],
            )?;
            note(tx, by, AuditEvent::ConsentGiven, Some(person), details)?;
        } else if !is_checked {
            let withdrawn = tx.run(
                sql!(
                    "UPDATE consents SET withdrawn_at = $1 WHERE person_id = $2 AND kind = $3 AND withdrawn_at IS
                     NULL"
                ),
                args![now, person, agreement.kind],
            )?;
            if withdrawn > 0 {
                note(tx, by, AuditEvent::ConsentWithdrawn, Some(person), details)?;
            }
        }
    }
    Ok(())
}

/// Returns every address that the actor had before the current one or asked to have, with the time since when.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn my_addresses(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<(String, Timestamp)>> {
    let person = by.person()?.id;
    tx.all(
        sql!("SELECT email, since FROM person_addresses WHERE person_id = $1 ORDER BY since, email"),
        args![person],
    )
}

/// Returns the browsers that are recognized as the actor's, and the open email links, each with the time of last
/// use or creation. The tokens themselves are stored only as digests, which reveal nothing.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn my_devices(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<(String, Timestamp)>> {
    let person = by.person()?.id;
    tx.all(
        sql!(
            "SELECT 'browser', seen_at FROM devices WHERE person_id = $1
             UNION ALL SELECT kind, made_at FROM proofs WHERE person_id = $1 ORDER BY 2"
        ),
        args![person],
    )
}

/// A person who has confirmed with their password that they want to be erased.
#[derive(Debug, Clone)]
pub struct ConfirmedErasure {
    person: Id,
    hash: Option<String>,
}

/// Checks the password of the caller who wants to be erased.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Invalid` for `current_password`,
/// [`crate::TOO_MANY_ATTEMPTS`], or a fault.
pub async fn confirm_erasure(caller: &Caller, password: String) -> Result<ConfirmedErasure> {
    let (person, hash) = verify_current_password(caller, password).await?;
    Ok(ConfirmedErasure { person: person.id, hash })
}

/// Erases the actor: clears everything that identifies the person or describes their preferences, destroys their
/// key, and deletes every session. The row stays under a pseudonym, because records that must be kept for seven
/// years refer to it.
///
/// Other crates clear their own data about the person in the same transaction, before this.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` for staff, or `Error::Invalid` if the password
/// was changed meanwhile.
pub fn erase(tx: &mut Tx<'_>, by: &Actor, leaver: &ConfirmedErasure) -> Result<()> {
    let person = by.person()?.id;
    store::hold(tx, person)?;
    if store::has_any_role(tx, person)? {
        return Err(by.forbidden("erasing a colleague"));
    }
    if person != leaver.person || store::password_hash(tx, person)? != leaver.hash {
        return Err(wrong_password());
    }
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE people SET email = NULL, claimed_email = NULL, first_name = 'Former', last_name = 'guest', phone =
             NULL, password_hash = NULL, birthday = NULL, emergency_contact = NULL, verified_at = NULL, erased_at = $1
             WHERE id = $2"
        ),
        args![now, person],
    )?;
    index::forget(tx, person)?;
    person_key::destroy(tx, person)?;
    for statement in [
        sql!("DELETE FROM preferences WHERE person_id = $1"),
        sql!("DELETE FROM silences WHERE person_id = $1"),
        sql!("DELETE FROM proofs WHERE person_id = $1"),
        sql!("DELETE FROM sessions WHERE person_id = $1"),
        sql!("DELETE FROM sign_ins WHERE person_id = $1"),
        sql!("DELETE FROM sign_ups WHERE person_id = $1"),
        sql!("DELETE FROM person_addresses WHERE person_id = $1"),
    ] {
        tx.run(statement, args![person])?;
    }
    tx.run(
        sql!("UPDATE consents SET withdrawn_at = $1 WHERE person_id = $2 AND withdrawn_at IS NULL"),
        args![now, person],
    )?;
    session_store::forget_devices(tx, person)?;
    forget_replies_of(tx, &requester_name(person))?;
    if let Some(email) = &by.person()?.email {
        limits::forget_account(tx, email)?;
    }
    note(tx, by, AuditEvent::Erased, Some(person), json!({}))
}
