//! How often signing in may fail: 10 times an account and 50 times an address in 15 minutes. It is counted
//! in the database, so that it holds over all processes.
//!
//! An attempt is counted before the password is looked at and taken back when it was right. So attempts
//! that run at the same time can't slip past the limit together.

use std::net::{IpAddr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};
use kit::clock::from_millis;
use kit::{Error, Refusal, Result, Tx, args, sql, tokens};

use crate::model::kept_email;

/// Too many failures. Carries `retry_after`: seconds until it is worth another try.
pub const TOO_MANY_ATTEMPTS: Refusal = Refusal::too_many(
    "too_many_attempts",
    "There were too many attempts. Please wait a few minutes, then try again.",
);

/// How far back failures count.
const SPAN: SignedDuration = SignedDuration::from_mins(15);
/// Failures are added up in slices of one minute, in milliseconds.
const SLICE: i64 = 60_000;
/// How long slices are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Failures of one account in the span.
const BY_ACCOUNT: i64 = 10;
/// Failures from one address in the span.
const BY_ADDRESS: i64 = 50;

/// An attempt that is counted already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted(Timestamp);

/// Counts an attempt to sign in to an account from an address.
///
/// # Errors
/// [`TOO_MANY_ATTEMPTS`].
pub(crate) fn count(tx: &mut Tx<'_>, email: &str, address: IpAddr) -> Result<Counted> {
    let counted = slice(tx);
    let old = tx.now() - KEPT;
    tx.run(sql!("DELETE FROM sign_in_failures WHERE window_start < $1"), args![old])?;
    add(tx, &account_key(email), counted, BY_ACCOUNT)?;
    add(tx, &address_key(address), counted, BY_ADDRESS)?;
    Ok(counted)
}

/// Counts a sign-up with an address of mail that is somebody's already: whoever does that often is
/// trying out who has an account.
///
/// # Errors
/// [`TOO_MANY_ATTEMPTS`].
pub(crate) fn count_taken(tx: &mut Tx<'_>, address: IpAddr) -> Result<()> {
    let counted = slice(tx);
    add(tx, &address_key(address), counted, BY_ADDRESS)
}

/// Takes back what [`count`] counted: the attempt was right.
pub(crate) fn take_back(tx: &mut Tx<'_>, email: &str, address: IpAddr, counted: Counted) -> Result<()> {
    for key in [account_key(email), address_key(address)] {
        tx.run(
            sql!(
                "UPDATE sign_in_failures SET failures = failures - 1
                 WHERE key = $1 AND window_start = $2 AND failures > 0"
            ),
            args![key, counted.0],
        )?;
    }
    Ok(())
}

fn slice(tx: &Tx<'_>) -> Counted {
    Counted(from_millis(tx.now().as_millisecond() / SLICE * SLICE))
}

/// Adds one, then looks at the sum: whoever comes second waits for the first one's row.
fn add(tx: &mut Tx<'_>, key: &str, counted: Counted, limit: i64) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO sign_in_failures (key, window_start, failures) VALUES ($1, $2, 1)
             ON CONFLICT (key, window_start) DO UPDATE SET failures = sign_in_failures.failures + 1"
        ),
        args![key, counted.0],
    )?;
    let now = tx.now();
    let (sum, oldest): (Option<i64>, Option<Timestamp>) = tx
        .one(
            sql!(
                "SELECT CAST(SUM(failures) AS BIGINT), MIN(window_start) FROM sign_in_failures
                 WHERE key = $1 AND window_start > $2 AND failures > 0"
            ),
            args![key, now - SPAN],
        )?
        .unwrap_or_default();
    if sum.unwrap_or(0) <= limit {
        return Ok(());
    }
    let wait = (oldest.unwrap_or(now) + SPAN).as_millisecond() - now.as_millisecond();
    Err(Error::refused(&TOO_MANY_ATTEMPTS).with("retry_after", (wait.max(1) + 999) / 1_000))
}

/// The table keeps no addresses of people who only mistyped.
fn account_key(email: &str) -> String {
    format!("account:{}", tokens::hex(&tokens::digest(&kept_email(email))))
}

pub(crate) fn address_key(address: IpAddr) -> String {
    match network(address) {
        IpAddr::V4(address) => format!("address:{address}"),
        IpAddr::V6(network) => format!("address:{network}/64"),
    }
}

/// The network that counts as one address: whoever has one IPv6 address has 2^64 of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
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
