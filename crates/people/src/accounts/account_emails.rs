//! Emails about accounts: which events cause an email, and what the email still needs to say at the time of
//! sending. Emails that protect an account cannot be switched off.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::notifications::{RecipientRole, SubjectRef};
use kit::{Id, Notification, Result, Tx, args, sql, tokens};
use serde::{Deserialize, Serialize};

use crate::accounts::proofs::{
    self, AccountEmail, AddressChangeRequested, AddressChanged, AddressClaimed, News, PasswordChanged,
    ResetRequested, mail_of,
};
use crate::model::normalized_email;
use crate::requests::client_info::ClientInfo;
use crate::requests::limits;
use crate::store;
use crate::store::sessions::EmailKind;

/// How long a request for a link may wait for its email. After that, the person has asked again or given up.
const REQUEST_TTL: SignedDuration = SignedDuration::from_hours(24);
/// How long a new account may wait for the email that confirms its address.
const CLAIM_TTL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an email about a changed address or password may wait.
const NEWS_TTL: SignedDuration = SignedDuration::from_hours(30 * 24);

macro_rules! account_notifications {
    ($($(#[$doc:meta])* $name:ident $kind:literal;)*) => {
        /// A notification of an event or a request that concerns an account: its kind with its data. The names are in
        /// the database.
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "data")]
        pub enum AccountNotification {
            $($(#[$doc])*
            #[serde(rename = $kind)]
            $name($name),)*
        }

        $(impl From<$name> for AccountNotification {
            fn from(data: $name) -> AccountNotification {
                AccountNotification::$name(data)
            }
        }

        // Older versions wrote these notifications as jobs.
        impl Job for $name {
            const KIND: &'static str = $kind;
        })*
    };
}

account_notifications! {
    /// A new account claims an address.
    AddressClaimed "people.claimed";
    /// A person forgot the password.
    ResetRequested "people.reset_requested";
    /// A person wants to change the address.
    AddressChangeRequested "people.address_change_requested";
    /// The address was changed.
    AddressChanged "people.address_changed";
    /// The password was changed.
    PasswordChanged "people.password_changed";
}

impl AccountNotification {
    /// Returns the subject of the notification. Emails to an address that anyone may have entered have a subject of
    /// their own for each address; emails about a known account have the account as subject. So an address that
    /// rejects all email delays no other email.
    fn subject(&self) -> SubjectRef {
        match self {
            AccountNotification::AddressClaimed(claimed) => SubjectRef { kind: "claim", id: claimed.person },
            AccountNotification::ResetRequested(requested) => of_address(&requested.email),
            AccountNotification::AddressChangeRequested(requested) => of_address(&requested.email),
            AccountNotification::AddressChanged(changed) => of_address(&changed.old),
            AccountNotification::PasswordChanged(changed) => {
                SubjectRef { kind: "account", id: changed.person }
            }
        }
    }

    /// Returns the person whose account is concerned, if it is known.
    fn person(&self) -> Option<Id> {
        match self {
            AccountNotification::AddressClaimed(claimed) => Some(claimed.person),
            AccountNotification::ResetRequested(_) => None,
            AccountNotification::AddressChangeRequested(requested) => Some(requested.person),
            AccountNotification::AddressChanged(changed) => Some(changed.person),
            AccountNotification::PasswordChanged(changed) => Some(changed.person),
        }
    }

    /// Returns how long the notification may wait for its email.
    fn ttl(&self) -> SignedDuration {
        match self {
            AccountNotification::AddressClaimed(_) => CLAIM_TTL,
            AccountNotification::ResetRequested(_) | AccountNotification::AddressChangeRequested(_) => {
                REQUEST_TTL
            }
            AccountNotification::AddressChanged(_) | AccountNotification::PasswordChanged(_) => NEWS_TTL,
        }
    }
}

/// Returns the notification subject of an email address.
fn of_address(email: &str) -> SubjectRef {
    let digest = tokens::digest(&normalized_email(email));
    let number = digest.iter().take(6).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    SubjectRef { kind: "address", id: Id(number) }
}

/// Queues the email for an account event.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn notify(tx: &mut Tx<'_>, news: &AccountNotification) -> Result<()> {
    tx.notify(&Notification::new(news, news.subject(), news.person())?, &[RecipientRole::Owner])
}

/// Returns the email that a notification requires now, or the reason why none is required anymore. If the email has
/// a link, its token is made here, because the database stores only the token's digest. On a later attempt, a fresh
/// link for the same address comes from an earlier attempt that failed to send, so it does not prevent a new one.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn account_email(
    tx: &mut Tx<'_>,
    news: AccountNotification,
    at: Timestamp,
    attempt: i64,
) -> Result<std::result::Result<AccountEmail, &'static str>> {
    if tx.now().duration_since(at) > news.ttl() {
        return Ok(Err("too old"));
    }
    let is_first = attempt <= 1;
    let email = match news {
        AccountNotification::AddressClaimed(claimed) => {
            let is_over = claimed.is_over && is_first;
            proofs::email_to_claimant(tx, &AddressClaimed { is_over, ..claimed })?
        }
        AccountNotification::ResetRequested(requested) => {
            if is_password_new(tx, &requested.email, at)? {
                return Ok(Err("the password was changed"));
            }
            let is_over = requested.is_over && is_first;
            proofs::reset_email(tx, &ResetRequested { is_over, ..requested })?
        }
        AccountNotification::AddressChangeRequested(requested) => {
            if mail_of(tx, requested.person)?.as_ref() == Some(&normalized_email(&requested.email)) {
                return Ok(Err("confirmed"));
            }
            let is_over = requested.is_over && is_first;
            proofs::email_to_new_address(tx, &AddressChangeRequested { is_over, ..requested })?
        }
        AccountNotification::AddressChanged(changed) => {
            Some(AccountEmail { to: changed.old, news: News::AddressChanged })
        }
        AccountNotification::PasswordChanged(changed) => proofs::password_changed_email(tx, changed.person)?,
    };
    Ok(email.ok_or("nobody to tell"))
}

/// Returns whether the password of the account with this address was changed after `since`.
fn is_password_new(tx: &mut Tx<'_>, email: &str, since: Timestamp) -> Result<bool> {
    let Some(person) = store::person_by_email(tx, email)? else { return Ok(false) };
    let now = tx.now();
    let found: Option<(Id,)> = tx.one(
        sql!(
            "SELECT id FROM audit WHERE subject_id = $1 AND at > $2 AND at <= $3
             AND what IN ('password_changed', 'password_reset') LIMIT 1"
        ),
        args![person.id, since, now],
    )?;
    Ok(found.is_some())
}

/// Queues the email that confirms the address of a new account. The email is counted here and not when it is sent,
/// so that retries after a failed delivery do not use up the limit.
pub(crate) fn email_claimant(
    tx: &mut Tx<'_>,
    person: Id,
    email: &str,
    client_info: &ClientInfo,
) -> Result<()> {
    let is_over = limits::count_email(tx, EmailKind::Confirm, email, client_info)?;
    notify(tx, &AddressClaimed { person, is_over }.into())
}
