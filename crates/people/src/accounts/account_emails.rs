//! Emails about accounts: which events cause an email, and what the email still needs to say at the time of
//! sending. Emails that protect an account cannot be switched off.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::notifications::{OWNER, SubjectRef};
use kit::{Fault, Id, Notification, Result, Tx, args, sql, tokens};

use crate::accounts::proofs::{
    self, AccountEmail, AddressChangeRequested, AddressChanged, AddressClaimed, News, PasswordChanged,
    ResetRequested, mail_of,
};
use crate::model::kept_email;
use crate::requests::client_info::ClientInfo;
use crate::requests::limits;
use crate::store;
use crate::store::sessions::EmailKind;

/// How long a request for a link may wait for its email. After that, the person has asked again or given up.
const REQUEST_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long a new account may wait for the email that confirms its address.
const CLAIM_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an email about a changed address or password may wait.
const NEWS_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An event or a request that concerns an account and causes an email.
pub trait AccountNews: Job {
    /// Returns the subject of the notification. Emails to an address that anyone may have entered have a subject of
    /// their own for each address; emails about a known account have the account as subject. So an address that
    /// rejects all email delays no other email.
    fn subject(&self) -> SubjectRef;
    /// Returns the person whose account is concerned, if it is known.
    fn person(&self) -> Option<Id> {
        None
    }
}

/// Returns the notification subject of an email address.
fn of_address(email: &str) -> SubjectRef {
    let digest = tokens::digest(&kept_email(email));
    let number = digest.iter().take(6).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    SubjectRef { kind: "address", id: Id(number) }
}

impl AccountNews for AddressClaimed {
    fn subject(&self) -> SubjectRef {
        SubjectRef { kind: "claim", id: self.person }
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

impl AccountNews for ResetRequested {
    fn subject(&self) -> SubjectRef {
        of_address(&self.email)
    }
}

impl AccountNews for AddressChangeRequested {
    fn subject(&self) -> SubjectRef {
        of_address(&self.email)
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

impl AccountNews for AddressChanged {
    fn subject(&self) -> SubjectRef {
        of_address(&self.old)
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

impl AccountNews for PasswordChanged {
    fn subject(&self) -> SubjectRef {
        SubjectRef { kind: "account", id: self.person }
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

/// Queues the email for an account event.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn notify<N: AccountNews>(tx: &mut Tx<'_>, news: &N) -> Result<()> {
    tx.notify(&Notification::new(N::KIND, news.subject(), news.person(), news)?, &[OWNER])
}

/// The kinds of notification that [`notify`] writes.
pub const ACCOUNT_KINDS: [&str; 5] = [
    AddressClaimed::KIND,
    ResetRequested::KIND,
    AddressChangeRequested::KIND,
    AddressChanged::KIND,
    PasswordChanged::KIND,
];

fn read<N: AccountNews>(data: &str) -> Result<N> {
    serde_json::from_str(data).map_err(Fault::because)
}

/// Returns the email that a notification of these kinds requires now, or the reason why none is required anymore.
/// If the email has a link, its token is made here, because the database stores only the token's digest. On a later
/// attempt, a fresh link for the same address comes from an earlier attempt that failed to send, so it does not
/// prevent a new one.
///
/// # Errors
/// Returns a fault if the database fails or the data cannot be parsed.
pub fn account_email(
    tx: &mut Tx<'_>,
    (kind, data): (&str, &str),
    at: Timestamp,
    attempt: i64,
) -> Result<std::result::Result<AccountEmail, &'static str>> {
    let (age, is_first) = (tx.now().duration_since(at), attempt <= 1);
    let life = match kind {
        k if k == AddressClaimed::KIND => CLAIM_LIFE,
        k if k == ResetRequested::KIND || k == AddressChangeRequested::KIND => REQUEST_LIFE,
        _ => NEWS_LIFE,
    };
    if age > life {
        return Ok(Err("too old"));
    }
    let email = match kind {
        k if k == AddressClaimed::KIND => {
            let claimed: AddressClaimed = read(data)?;
            proofs::email_to_claimant(
                tx,
                &AddressClaimed { is_over: claimed.is_over && is_first, ..claimed },
            )?
        }
        k if k == ResetRequested::KIND => {
            let requested: ResetRequested = read(data)?;
            if is_password_new(tx, &requested.email, at)? {
                return Ok(Err("the password was changed"));
            }
            proofs::reset_email(tx, &ResetRequested { is_over: requested.is_over && is_first, ..requested })?
        }
        k if k == AddressChangeRequested::KIND => {
            let requested: AddressChangeRequested = read(data)?;
            if mail_of(tx, requested.person)?.as_ref() == Some(&kept_email(&requested.email)) {
                return Ok(Err("confirmed"));
            }
            proofs::email_to_new_address(
                tx,
                &AddressChangeRequested { is_over: requested.is_over && is_first, ..requested },
            )?
        }
        k if k == AddressChanged::KIND => {
            let changed: AddressChanged = read(data)?;
            Some(AccountEmail { to: changed.old, news: News::AddressChanged })
        }
        _ => proofs::password_changed_email(tx, read::<PasswordChanged>(data)?.person)?,
    };
    Ok(email.ok_or("nobody to tell"))
}

/// Returns whether the password of the account with this address was changed after `since`.
fn is_password_new(tx: &mut Tx<'_>, email: &str, since: Timestamp) -> Result<bool> {
    let Some(person) = store::person_by_email(tx, email)? else { return Ok(false) };
    let found: Option<(Id,)> = tx.one(
        sql!(
            "SELECT id FROM audit WHERE subject_id = $1 AND at > $2
             AND what IN ('password_changed', 'password_reset') LIMIT 1"
        ),
        args![person.id, since],
    )?;
    Ok(found.is_some())
}

/// Queues the email that confirms the address of a new account. The email is counted here and not when it is sent,
/// so that retries after a failed delivery do not use up the limit.
pub(crate) fn ask_claimant(tx: &mut Tx<'_>, person: Id, email: &str, client_info: &ClientInfo) -> Result<()> {
    let is_over = limits::count_email(tx, EmailKind::Confirm, email, client_info)?;
    notify(tx, &AddressClaimed { person, is_over })
}
