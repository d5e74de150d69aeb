//! Limits for guessing passwords and for requesting emails. They are counted in the database, so that they hold
//! across all processes.
//!
//! | what is counted | period | limit |
//! |---|---|---|
//! | failures of one account from one network | 15 minutes | 10 |
//! | failures of all accounts from one network | 15 minutes | 50 |
//! | failures of one account from everywhere | 24 hours | 100 |
//! | failures in a browser that this person has signed in with (instead of all others) | 15 minutes | 10 |
//!
//! So nobody can lock another person out by guessing wrong: the owner comes from another network, or with a known
//! browser. When the daily limit of the account is reached, networks from which its owner recently signed in still
//! count only for themselves. Resetting the password, or confirming the address, by email ends the count: the new
//! password works at once in the browser and from the network of the reset, whatever is guessed elsewhere.
//!
//! Emails with a link that anyone can request are counted by kind, address, and network ([`count_email`]).
//!
//! An attempt is counted before the password is checked, and taken back if the password was right. So simultaneous
//! attempts cannot exceed the limit together.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use kit::clock::from_millis;
use kit::db::containing;
use kit::{Error, Id, RETRY_AFTER, Refusal, Result, Tx, args, sql, tokens};

use crate::model::normalized_email;
use crate::requests::client_info::ClientInfo;
use crate::requests::network::address_key;
use crate::store::sessions::{self as session_store, EmailKind};

/// Too many failures. Carries `retry_after`: seconds until it is worth another try.
pub const TOO_MANY_ATTEMPTS: Refusal =
    Refusal::too_many("too_many_attempts", "Too many attempts. Please wait a few minutes and try again.");

/// The period in which failures count.
const SPAN: SignedDuration = SignedDuration::from_mins(15);
/// The period in which the failures of one account from everywhere count.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Failures are summed in slices of one minute. The length is in milliseconds.
const SLICE: i64 = 60_000;
/// The limit for failures of one account from one network, or with one known browser.
const BY_PAIR: i64 = 10;
/// The limit for failures from one network.
const BY_NETWORK: i64 = 50;
/// The limit for failures of one account in a day.
const BY_ACCOUNT: i64 = 100;
/// The limit for new accounts from one network, and for requests for one kind of email from one network or known
/// browser.
const SIGN_UPS: i64 = 40;
/// The limit for emails of one kind to one address that one network may request in an hour.
const EMAILS: i64 = 3;
/// The limit for emails of one kind to one address that all networks may request in an hour.
const EMAILS_IN_ALL: i64 = 10;

/// An attempt that has been counted.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    slice: Timestamp,
    keys: Vec<String>,
}

/// Counts an attempt to guess the password of an account (`person`, if it exists).
///
/// # Errors
/// Returns [`TOO_MANY_ATTEMPTS`] if a limit is exceeded, or a fault.
pub(crate) fn count(
    tx: &mut Tx<'_>,
    email: &str,
    person: Option<Id>,
    client_info: &ClientInfo,
) -> Result<Counted> {
    let slice = slice(tx);
    let (old, now) = (tx.now() - DAY, tx.now());
    // A count after now is from a clock that was ahead and has come back.
    tx.run(
        sql!("DELETE FROM sign_in_failures WHERE window_start < $1 OR window_start > $2"),
        args![old, now],
    )?;
    let known = match (&client_info.known, person) {
        (Some(device), Some(person)) if session_store::is_device_of(tx, device, person)? => {
            Some(device.clone())
        }
        _ => None,
    };
    if let Some(device) = known {
        let key = device_key(&device);
        add(tx, &key, slice, BY_PAIR, SPAN)?;
        return Ok(Counted { slice, keys: vec![key] });
    }
    let network = address_key(client_info.address);
    let mut keys = vec![(format!("{} {network}", account_key(email)), BY_PAIR, SPAN)];
    keys.push((network, BY_NETWORK, SPAN));
    let comes_often = match person {
        Some(person) => session_store::has_come_from(tx, person, &client_info.network())?,
        None => false,
    };
    if !comes_often {
        keys.push((account_key(email), BY_ACCOUNT, DAY));
    }
    for (key, most, span) in &keys {
        add(tx, key, slice, *most, *span)?;
    }
    Ok(Counted { slice, keys: keys.into_iter().map(|(key, _, _)| key).collect() })
}

/// Takes back an attempt that [`count`] counted, because the password was right.
pub(crate) fn take_back(tx: &mut Tx<'_>, counted: &Counted) -> Result<()> {
    for key in &counted.keys {
        tx.run(
            sql!(
                "UPDATE sign_in_failures SET failures = failures - 1
                 WHERE key = $1 AND window_start = $2 AND failures > 0"
            ),
            args![key, counted.slice],
        )?;
    }
    Ok(())
}

/// Counts the creation of an account.
///
/// # Errors
/// Returns [`TOO_MANY_ATTEMPTS`] if the limit is exceeded, or a fault.
pub(crate) fn count_sign_up(tx: &mut Tx<'_>, address: IpAddr) -> Result<()> {
    let slice = slice(tx);
    add(tx, &format!("sign_up {}", address_key(address)), slice, SIGN_UPS, SPAN)
}

/// Counts a request for an email of one kind, so that requests of another kind do not use it up (N7). A browser with which someone has signed in before is counted by itself, so that a
/// flood from its network does not lock it out.
///
/// # Errors
/// Returns [`TOO_MANY_ATTEMPTS`] if the limit is exceeded, or a fault.
pub(crate) fn count_request(tx: &mut Tx<'_>, kind: EmailKind, client_info: &ClientInfo) -> Result<()> {
    let slice = slice(tx);
    let known = match &client_info.known {
        Some(device) if session_store::is_device(tx, device)? => Some(device_key(device)),
        _ => None,
    };
    let key = known.unwrap_or_else(|| address_key(client_info.address));
    add(tx, &format!("email_request {} {key}", kind.name()), slice, SIGN_UPS, SPAN)
}

/// Counts an email to an address. Returns whether the limit of the network or of all networks for an hour is
/// exceeded. If so, the email is sent only if no link of this kind was recently sent to the address
/// ([`session_store::has_fresh_proof`]). So nobody can use up the emails of an address: either a new one is sent,
/// or one has just arrived.
pub(crate) fn count_email(
    tx: &mut Tx<'_>,
    kind: EmailKind,
    email: &str,
    client_info: &ClientInfo,
) -> Result<bool> {
    let slice = slice(tx);
    let (kind, account, network) = (kind.name(), account_key(email), address_key(client_info.address));
    let mut is_over = false;
    for (key, most) in
        [(format!("{kind} {account} {network}"), EMAILS), (format!("{kind} {account}"), EMAILS_IN_ALL)]
    {
        match add(tx, &key, slice, most, SignedDuration::from_hours(1)) {
            Err(Error::Refused(_, _)) => is_over = true,
            counted => counted?,
        }
    }
    Ok(is_over)
}

/// Deletes the failed sign-ins of an account from all networks, because a person has shown that they read the email
/// of its address. The counts of emails and of networks stay. Returns how many.
pub(crate) fn forget_failures(tx: &mut Tx<'_>, email: &str) -> Result<u64> {
    let key = account_key(email);
    let with_network = format!("{key} _%");
    tx.run(sql!("DELETE FROM sign_in_failures WHERE key = $1 OR key LIKE $2"), args![key, with_network])
}

/// Deletes the failed sign-ins with the browser of a request.
pub(crate) fn forget_device_failures(tx: &mut Tx<'_>, client_info: &ClientInfo) -> Result<u64> {
    let Some(device) = &client_info.known else { return Ok(0) };
    tx.run(sql!("DELETE FROM sign_in_failures WHERE key = $1"), args![device_key(device)])
}

/// Deletes the counts of an account whose address is erased. Returns how many.
pub(crate) fn forget_account(tx: &mut Tx<'_>, email: &str) -> Result<u64> {
    let key = containing(&account_key(email));
    tx.run(sql!("DELETE FROM sign_in_failures WHERE key LIKE $1 ESCAPE '!'"), args![key])
}

fn slice(tx: &Tx<'_>) -> Timestamp {
    from_millis(tx.now().as_millisecond() / SLICE * SLICE)
}

/// Adds one and then checks the sum. A simultaneous transaction waits for the row of the first.
fn add(tx: &mut Tx<'_>, key: &str, slice: Timestamp, most: i64, span: SignedDuration) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO sign_in_failures (key, window_start, failures) VALUES ($1, $2, 1)
             ON CONFLICT (key, window_start) DO UPDATE SET failures = sign_in_failures.failures + 1"
        ),
        args![key, slice],
    )?;
    let now = tx.now();
    let (sum, oldest): (Option<i64>, Option<Timestamp>) = tx
        .one(
            sql!(
                "SELECT CAST(SUM(failures) AS BIGINT), MIN(window_start) FROM sign_in_failures
                 WHERE key = $1 AND window_start > $2 AND window_start <= $3 AND failures > 0"
            ),
            args![key, now - span, now],
        )?
        .unwrap_or_default();
    if sum.unwrap_or(0) <= most {
        return Ok(());
    }
    let wait = (oldest.unwrap_or(now) + span).as_millisecond() - now.as_millisecond();
    Err(Error::refused(&TOO_MANY_ATTEMPTS).with(RETRY_AFTER, (wait.max(1) + 999) / 1_000))
}

/// Returns the key of an account. It holds a digest, so that the table does not store the addresses of people who
/// only mistyped.
fn account_key(email: &str) -> String {
    format!("account:{}", tokens::hex(&tokens::digest(&normalized_email(email))))
}

fn device_key(device: &[u8]) -> String {
    format!("device:{}", tokens::hex(device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_ignore_email_case_and_treat_a_network_as_one_address() {
        assert_eq!(account_key(" Anna@Example.com"), account_key("anna@example.com"));
        let key = |text: &str| address_key(text.parse().expect("an address"));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "address:192.0.2.1");
    }
}
