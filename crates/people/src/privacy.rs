//! What somebody agreed to, and how they leave altogether.

use jiff::Timestamp;
use kit::replies::forget_replies_of;
use kit::{Id, Result, Tx, args, row, sql};
use serde::Serialize;
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{What, note};
use crate::caller::{Caller, asker_name};
use crate::sign_in::{ask_password, wrong_password};
use crate::{limits, person_key, search_index, store, store::sessions as session_store};

/// Something that can be agreed to, and the version of the words that are agreed to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Its name.
    pub kind: &'static str,
    /// The version of its words.
    pub version: &'static str,
    /// What is agreed to.
    pub words: &'static str,
}

/// What can be agreed to. Nothing of it is needed for an account.
pub const AGREEMENTS: [Agreement; 3] = [
    Agreement {
        kind: "face",
        version: "2026-11",
        words: "You may greet me by my face at the door. The template is kept encrypted with my own key, on the club's own machine.",
    },
    Agreement {
        kind: "history",
        version: "2026-11",
        words: "You may suggest things by what I have had before.",
    },
    Agreement {
        kind: "news",
        version: "2026-11",
        words: "You may write to me about what is new in the club.",
    },
];

/// What was agreed to, when, until when.
#[derive(Debug, Clone, Serialize)]
pub struct Consent {
    /// Its number.
    pub id: Id,
    /// To what.
    pub kind: String,
    /// To which version of its words.
    pub version: String,
    /// Since when.
    pub given_at: Timestamp,
    /// Until when.
    pub withdrawn_at: Option<Timestamp>,
}

row!(Consent { id, kind, version, given_at, withdrawn_at });

/// Everything that whoever asks has ever agreed to, the oldest first.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn my_consents(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Consent>> {
    let person = by.person()?.id;
    tx.all(
        sql!(
            "SELECT id, kind, version, given_at, withdrawn_at FROM consents WHERE person_id = $1 ORDER BY id"
        ),
        args![person],
    )
}

/// Whether a person agrees to something as its words are now: for whoever acts on it.
///
/// # Errors
/// A fault of the database.
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

/// Has whoever asks agree to these, as their words are now, and to nothing else.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn agree_to(tx: &mut Tx<'_>, by: &Actor, kinds: &[String]) -> Result<()> {
    let person = by.person()?.id;
    store::hold(tx, person)?;
    let now = tx.now();
    for agreement in &AGREEMENTS {
        let (is_wanted, is_given) =
            (kinds.iter().any(|kind| kind == agreement.kind), consents_to(tx, person, agreement)?);
        let details = json!({"kind": agreement.kind, "version": agreement.version});
        if is_wanted && !is_given {
            let id = tx.new_id()?;
            tx.run(
                sql!("INSERT INTO consents (id, person_id, kind, version, given_at) VALUES ($1, $2, $3, $4, $5)"),
                args![id, person, agreement.kind, agreement.version, now],
            )?;
            note(tx, by, What::ConsentGiven, Some(person), details)?;
        } else if !is_wanted {
            let withdrawn = tx.run(
                sql!(
                    "UPDATE consents SET withdrawn_at = $1 WHERE person_id = $2 AND kind = $3 AND withdrawn_at IS
                     NULL"
                ),
                args![now, person, agreement.kind],
            )?;
            if withdrawn > 0 {
                note(tx, by, What::ConsentWithdrawn, Some(person), details)?;
            }
        }
    }
    Ok(())
}

/// Every address that whoever asks had before the present one, or asked to have, and since when.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn my_addresses(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<(String, Timestamp)>> {
    let person = by.person()?.id;
    tx.all(
        sql!("SELECT email, since FROM person_addresses WHERE person_id = $1 ORDER BY since, email"),
        args![person],
    )
}

/// The browsers by which whoever asks is known, and the links that are open: when each was seen or made. What they open with is
/// kept as a digest, which says nothing to anybody.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
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

/// Somebody who has shown, with their password, that they want to be erased.
#[derive(Debug, Clone)]
pub struct Leaver {
    person: Id,
    hash: Option<String>,
}

/// Asks for the password of who wants to be erased.
///
/// # Errors
/// `Error::Unauthorized` for a visitor, `Error::Invalid` for `current_password`, [`crate::TOO_MANY_ATTEMPTS`], a fault.
pub async fn ask_leaver(caller: &Caller, password: String) -> Result<Leaver> {
    let (person, hash) = ask_password(caller, password).await?;
    Ok(Leaver { person: person.id, hash })
}

/// Erases whoever asks: everything that says who they are or what they like is emptied, their own key destroyed, every session
/// ended. Their row stays under a pseudonym, for what must be kept for seven years refers to it.
///
/// Other houses empty what they hold of the person in the same transaction, before this.
///
/// # Errors
/// `Error::Unauthorized` for a visitor; `Error::Forbidden` for who works for a club; `Error::Invalid` for a password that was
/// changed meanwhile.
pub fn erase(tx: &mut Tx<'_>, by: &Actor, leaver: &Leaver) -> Result<()> {
    let person = by.person()?.id;
    if store::works_anywhere(tx, person)? {
        return Err(by.forbidden("erasing a colleague"));
    }
    store::hold(tx, person)?;
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
    search_index::forget(tx, person)?;
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
    forget_replies_of(tx, &asker_name(person))?;
    if let Some(email) = &by.person()?.email {
        limits::forget_account(tx, email)?;
    }
    note(tx, by, What::Erased, Some(person), json!({}))
}
