//! How often a password may be guessed. It is counted in the database, so that it holds over all processes.
//!
//! | what is counted | in which time | how many |
//! |---|---|---|
//! | one account from one network | 15 minutes | 10 |
//! | all accounts from one network | 15 minutes | 50 |
//! | one account from everywhere | 24 hours | 100 |
//! | a browser in which this person has signed in before, alone, instead of all of these | 15 minutes | 10 |
//!
//! So nobody closes somebody else's account by guessing wrong: its owner comes from another network, or with a browser that is
//! known; and where the account's own day is spent, networks from which its owner has come of late still count only for
//! themselves.
//!
//! Emails with a link that anybody can ask for are counted by kind, address and network ([`count_email`]).
//!
//! An attempt is counted before the password is looked at and taken back when it was right. So attempts
//! that run at the same time can't slip past the limit together.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use kit::clock::from_millis;
use kit::db::containing;
use kit::{Error, Id, Refusal, Result, Tx, args, sql, tokens};

use crate::client_info::ClientInfo;
use crate::model::kept_email;
use crate::network::address_key;
use crate::store::sessions as session_store;

/// Too many failures. Carries `retry_after`: seconds until it is worth another try.
pub const TOO_MANY_ATTEMPTS: Refusal =
    Refusal::too_many("too_many_attempts", "Too many attempts. Please wait a few minutes and try again.");

/// How far back failures count.
const SPAN: SignedDuration = SignedDuration::from_mins(15);
/// How far back those of one account from everywhere count.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Failures are added up in slices of one minute, in milliseconds.
const SLICE: i64 = 60_000;
/// Failures of one account from one network, or with one browser that is known.
const BY_PAIR: i64 = 10;
/// Failures from one network.
const BY_NETWORK: i64 = 50;
/// Failures of one account in a day.
const BY_ACCOUNT: i64 = 100;
/// Accounts that are made from one network.
const SIGN_UPS: i64 = 40;
/// Emails of one kind to one address that one network may ask for in an hour.
const EMAILS: i64 = 3;
/// The same from everywhere.
const EMAILS_IN_ALL: i64 = 10;

/// An attempt that is counted already.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    slice: Timestamp,
    keys: Vec<String>,
}

/// Counts an attempt to guess the password of an account (`person`, if there is one).
///
/// # Errors
/// [`TOO_MANY_ATTEMPTS`].
pub(crate) fn count(
    tx: &mut Tx<'_>,
    email: &str,
    person: Option<Id>,
    client_info: &ClientInfo,
) -> Result<Counted> {
    let slice = slice(tx);
    let old = tx.now() - DAY;
    tx.run(sql!("DELETE FROM sign_in_failures WHERE window_start < $1"), args![old])?;
    let known = match (&client_info.known, person) {
        (Some(device), Some(person)) if session_store::is_device_of(tx, device, person)? => {
            Some(device.clone())
        }
        _ => None,
    };
    if let Some(device) = known {
        let key = format!("device:{}", tokens::hex(&device));
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

/// Takes back what [`count`] counted: the attempt was right.
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

/// Counts an account that is made.
///
/// # Errors
/// [`TOO_MANY_ATTEMPTS`].
pub(crate) fn count_sign_up(tx: &mut Tx<'_>, address: IpAddr) -> Result<()> {
    let slice = slice(tx);
    add(tx, &format!("sign_up {}", address_key(address)), slice, SIGN_UPS, SPAN)
}

/// Counts a request for an email. A browser in which somebody has signed in before counts alone: who floods from its network
/// does not close it out.
///
/// # Errors
/// [`TOO_MANY_ATTEMPTS`].
pub(crate) fn count_request(tx: &mut Tx<'_>, client_info: &ClientInfo) -> Result<()> {
    let slice = slice(tx);
    let known = match &client_info.known {
        Some(device) if session_store::is_device(tx, device)? => {
            Some(format!("device:{}", tokens::hex(device)))
        }
        _ => None,
    };
    let key = known.unwrap_or_else(|| address_key(client_info.address));
    add(tx, &format!("email_request {key}"), slice, SIGN_UPS, SPAN)
}

/// An email that anybody can have sent to an address by naming it. Each kind is counted alone (N7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmailKind {
    /// Whether an address is whose account claims it.
    Confirm,
    /// Another password.
    Reset,
    /// Another address.
    Change,
}

impl EmailKind {
    /// Its name in the tables: of limits and of proofs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            EmailKind::Confirm => "confirm",
            EmailKind::Reset => "reset",
            EmailKind::Change => "change",
        }
    }
}

/// Counts an email to an address. Whether this is more than one network may ask for in an hour, or all together: then it is
/// sent only if no link of the kind went there a moment ago ([`session_store::has_fresh_proof`]). So nobody uses up the emails of an
/// address: there is always one to be had, or one just came.
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

/// Forgets what was counted for an account: its address is erased.
pub(crate) fn forget_account(tx: &mut Tx<'_>, email: &str) -> Result<u64> {
    let key = containing(&account_key(email));
    tx.run(sql!("DELETE FROM sign_in_failures WHERE key LIKE $1 ESCAPE '!'"), args![key])
}

fn slice(tx: &Tx<'_>) -> Timestamp {
    from_millis(tx.now().as_millisecond() / SLICE * SLICE)
}

/// Adds one, then looks at the sum: whoever comes second waits for the first one's row.
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
                 WHERE key = $1 AND window_start > $2 AND failures > 0"
            ),
            args![key, now - span],
        )?
        .unwrap_or_default();
    if sum.unwrap_or(0) <= most {
        return Ok(());
    }
    let wait = (oldest.unwrap_or(now) + span).as_millisecond() - now.as_millisecond();
    Err(Error::refused(&TOO_MANY_ATTEMPTS).with("retry_after", (wait.max(1) + 999) / 1_000))
}

/// The table keeps no addresses of people who only mistyped.
fn account_key(email: &str) -> String {
    format!("account:{}", tokens::hex(&tokens::digest(&kept_email(email))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_one_however_it_is_written_and_a_network_is_one_address() {
        assert_eq!(account_key(" Anna@Example.com"), account_key("anna@example.com"));
        let key = |text: &str| address_key(text.parse().expect("an address"));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "address:192.0.2.1");
    }
}
