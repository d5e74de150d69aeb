//! Emails about accounts: what is written when something happens to an account, and what is still to be said of it when the email is
//! sent. Those that keep an account its owner's can't be switched off.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::notifications::OWNER;
use kit::{Fault, Id, Notification, Result, Tx, args, sql, tokens};

use crate::client_info::ClientInfo;
use crate::limits::{self, EmailKind};
use crate::model::kept_email;
use crate::proofs::{
    self, AccountEmail, AddressChangeRequested, AddressChanged, AddressClaimed, News, PasswordChanged,
    ResetRequested, mail_of,
};
use crate::store;

/// For how long a request for a link is worth an email: whoever waited longer has asked again, or has given up.
const REQUEST_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// For how long a new account is asked whether its address is its own.
const CLAIM_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// For how long it is told that an address or a password was changed.
const NEWS_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Something that happened to an account, or was asked of it, and that an email follows from.
pub trait AccountNews: Job {
    /// What it is about. Emails to one address that anybody may have named are one subject, those about one account another: an
    /// address that refuses everything holds up nothing else.
    fn subject(&self) -> (&'static str, Id);
    /// Whose account it concerns, as far as that is known.
    fn person(&self) -> Option<Id> {
        None
    }
}

/// An address as a subject.
fn of_address(email: &str) -> (&'static str, Id) {
    let digest = tokens::digest(&kept_email(email));
    let number = digest.iter().take(6).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    ("address", Id(number))
}

impl AccountNews for AddressClaimed {
    fn subject(&self) -> (&'static str, Id) {
        ("claim", self.person)
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

impl AccountNews for ResetRequested {
    fn subject(&self) -> (&'static str, Id) {
        of_address(&self.email)
    }
}

impl AccountNews for AddressChangeRequested {
    fn subject(&self) -> (&'static str, Id) {
        of_address(&self.email)
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

impl AccountNews for AddressChanged {
    fn subject(&self) -> (&'static str, Id) {
        of_address(&self.old)
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

impl AccountNews for PasswordChanged {
    fn subject(&self) -> (&'static str, Id) {
        ("account", self.person)
    }
    fn person(&self) -> Option<Id> {
        Some(self.person)
    }
}

/// Has an email follow from what happened to an account.
///
/// # Errors
/// A fault of the database.
pub fn notify<N: AccountNews>(tx: &mut Tx<'_>, news: &N) -> Result<()> {
    tx.notify(&Notification::new(N::KIND, news.subject(), news.person(), news)?, &[OWNER])
}

/// The kinds of [`notify`].
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

/// The email that a notification of these kinds calls for now, or why it calls for none any more. Where it has a link, that is made here:
/// the database keeps its digest alone. On a later attempt, a fresh link for the same address is one that an earlier attempt could not
/// send, so it does not stand in the way.
///
/// # Errors
/// A fault of the database or of the data.
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

/// Whether the password of whoever has an address was changed after a moment.
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

/// Asks for the email that shows whose an address is. It is counted here and not where it is sent, so that one that fails to go
/// out is not lost by being tried again.
pub(crate) fn ask_claimant(tx: &mut Tx<'_>, person: Id, email: &str, client_info: &ClientInfo) -> Result<()> {
    let is_over = limits::count_email(tx, EmailKind::Confirm, email, client_info)?;
    notify(tx, &AddressClaimed { person, is_over })
}
