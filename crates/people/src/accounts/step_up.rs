//! Step-up (D10): what must not happen through a browser that was left open needs a sign-in whose password was entered
//! within the last five minutes.

use jiff::SignedDuration;
use kit::{Error, Refusal, Result, Tx, args, sql};

use crate::accounts::sign_in::{verify_current_password, wrong_password};
use crate::actor::Actor;
use crate::requests::caller::Caller;
use crate::store;

/// For how long a confirmation counts.
const COUNTS: SignedDuration = SignedDuration::from_mins(5);

/// The password has to be entered again.
pub const CONFIRM_AGAIN: Refusal =
    Refusal::forbidden("confirm_again", "Confirm that it’s you: enter your password again.");

/// Returns whether the password was entered in the sign-in of the actor within the last five minutes. A command, a job,
/// and a test act without a session and need no confirmation.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn is_confirmed(tx: &mut Tx<'_>, by: &Actor) -> Result<bool> {
    let Some(session) = by.session() else { return Ok(true) };
    let now = tx.now();
    let found: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM sessions WHERE family = (SELECT family FROM sessions WHERE id = $1)
             AND confirmed_at > $2 AND confirmed_at <= $3"
        ),
        args![session, now - COUNTS, now],
    )?;
    Ok(found.is_some_and(|(count,)| count > 0))
}

/// Checks that the sign-in of the actor is confirmed ([`is_confirmed`]).
///
/// # Errors
/// Returns [`CONFIRM_AGAIN`] if it is not.
pub fn need_confirmation(tx: &mut Tx<'_>, by: &Actor) -> Result<()> {
    if is_confirmed(tx, by)? { Ok(()) } else { Err(Error::refused(&CONFIRM_AGAIN)) }
}

/// Confirms the sign-in of the caller for five minutes if the password is right.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Invalid` for `current_password`,
/// [`crate::TOO_MANY_ATTEMPTS`], or a fault.
pub async fn confirm_sign_in(caller: &Caller, password: String) -> Result<()> {
    let (person, hash) = verify_current_password(caller, password).await?;
    let confirmed = caller.tx(move |tx, by| {
        if store::password_hash(tx, person.id)? != hash {
            return Err(wrong_password());
        }
        let now = tx.now();
        tx.run(sql!("UPDATE sessions SET confirmed_at = $1 WHERE id = $2"), args![now, by.session()])
    });
    confirmed.await.map(drop)
}
