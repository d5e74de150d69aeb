//! What is proven by mail: that an address is somebody's, that a password may be set anew. A request for an email looks nothing
//! up and answers everybody alike; who has which account is found out by the job behind it. So neither the words nor the
//! time of an answer say whose addresses the club knows.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::{Id, Refusal, Result, Tx, tokens};
use serde::{Deserialize, Serialize};

use crate::client_info::known_device;
use crate::limits::EmailKind;
use crate::model::{Person, kept_email};
use crate::{store, store::sessions as session_store};

/// A link of an email that is good no more.
pub const LINK_EXPIRED: Refusal = Refusal::bad_request(
    "link_expired",
    "This link was already used or has expired. Request a new one and use the latest email.",
);
/// The address has become another's meanwhile.
pub const ADDRESS_GONE: Refusal = Refusal::conflict(
    "address_gone",
    "That email belongs to another account. Sign in there, or reset its password.",
);

/// How long the email to a new account is good.
const CONFIRM_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the email for another address is good.
const CHANGE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long the email for another password is good.
const RESET_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Somebody claims an address: it is to be asked whether it is theirs; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressClaimed {
    /// Who.
    pub person: Id,
    /// Whether more was asked for this address than may be: then a link that just went there is enough.
    #[serde(default)]
    pub is_over: bool,
}

/// Somebody has forgotten the password of an address; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetRequested {
    /// Which.
    pub email: String,
    /// As [`AddressClaimed::is_over`].
    #[serde(default)]
    pub is_over: bool,
}

/// Somebody wants another address; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressChangeRequested {
    /// Who.
    pub person: Id,
    /// Which.
    pub email: String,
    /// As [`AddressClaimed::is_over`].
    #[serde(default)]
    pub is_over: bool,
    /// From where it was asked for: the device, if it has a name of ours, and the network.
    #[serde(default)]
    pub from: (Option<String>, String),
}

/// Somebody has another address: the old one is told; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressChanged {
    /// Who.
    pub person: Id,
    /// Which they had.
    pub old: String,
}

/// Somebody has another password: they are told; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Who.
    pub person: Id,
}

/// An address is known to be somebody's: what carries it is theirs; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Proven {
    /// Who.
    pub person: Id,
    /// Whether it is the first of theirs: until now nothing was written to them.
    #[serde(default)]
    pub is_first: bool,
}

macro_rules! jobs {
    ($($job:ident $kind:literal;)*) => {
        $(impl Job for $job {
            const KIND: &'static str = $kind;
        })*
    };
}

jobs! {
    AddressClaimed "people.claimed";
    ResetRequested "people.reset_asked";
    AddressChangeRequested "people.address_asked";
    AddressChanged "people.address_changed";
    PasswordChanged "people.password_changed";
    Proven "people.proven";
}

/// What somebody is to be told by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEmail {
    /// To which address.
    pub to: String,
    /// What.
    pub news: News,
}

/// What an email is about. A token stands in it once and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Show that the address is yours.
    Confirm {
        /// For the link.
        token: String,
        /// What would be confirmed.
        account: Claim,
    },
    /// Somebody has signed up with, or asked for, an address that has an account already.
    HasAccount,
    /// Choose a new password.
    Reset {
        /// For the link.
        token: String,
    },
    /// Show that the new address is yours.
    Change {
        /// For the link.
        token: String,
        /// What would be confirmed.
        account: Claim,
    },
    /// The account has another address.
    AddressChanged,
    /// The account has another password.
    PasswordChanged,
}

/// An account that claims an address, as the address is told of it and the page of the link shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its name; nothing if that could be taken for an address, a link or a number (N1).
    pub name: Option<String>,
    /// When the address was claimed.
    pub at: Timestamp,
    /// With what, if that is a browser or system that we know.
    pub device: Option<String>,
    /// From which network.
    pub network: String,
}

/// The longest name that stands in an email to somebody else, in characters (N1).
const LONGEST_NAME: usize = 60;

/// A name that somebody typed, as it may stand in an email to somebody else.
fn told_name(name: &str) -> Option<String> {
    let name = kit::text::one_line(name);
    let letters: Vec<char> = name.chars().collect();
    let is_dotted = letters.windows(3).any(
        |three| matches!(three, [before, '.', after] if before.is_alphanumeric() && after.is_alphanumeric()),
    );
    let digits = letters.iter().filter(|one| one.is_numeric()).count();
    let is_plain = !name.contains(['@', '/', ':', '<', '>', '\\']) && !is_dotted && digits < 5;
    let is_name = (1..=LONGEST_NAME).contains(&letters.len()) && is_plain;
    is_name.then_some(name)
}

impl Claim {
    /// The account that signed up with an address.
    pub(crate) fn of_sign_up(tx: &mut Tx<'_>, person: &Person) -> Result<Claim> {
        let made = session_store::sign_up_of(tx, person.id)?;
        let (device, network, at) = match made {
            Some(made) => (made.device, made.network, made.at),
            None => (String::new(), String::new(), person.created_at),
        };
        let device = known_device(&device).map(str::to_owned);
        Ok(Claim { name: told_name(&person.full_name()), at, device, network })
    }
}

impl AccountEmail {
    fn to(person: &Person, news: News) -> Option<AccountEmail> {
        person.email.clone().map(|to| AccountEmail { to, news })
    }
}

fn prove(tx: &mut Tx<'_>, person: Id, kind: EmailKind, email: &str, life: SignedDuration) -> Result<String> {
    // In line with a change of the password, which ends the links there are.
    store::hold(tx, person)?;
    let token = tokens::secret()?;
    let until = tx.now() + life;
    session_store::insert_proof(tx, tokens::digest(&token), (person, kind.name(), email), until)?;
    Ok(token)
}

/// The email to an address that somebody claims: a link, if it is nobody's yet.
///
/// # Errors
/// A fault of the database.
pub(crate) fn email_to_claimant(tx: &mut Tx<'_>, claimed: &AddressClaimed) -> Result<Option<AccountEmail>> {
    if !store::is_here(tx, claimed.person)? {
        return Ok(None);
    }
    let person = store::person(tx, claimed.person)?;
    let Some(email) = person.email.clone().filter(|_| person.verified_at.is_none()) else { return Ok(None) };
    let owner = store::person_by_email(tx, &email)?;
    if owner.is_some_and(|owner| owner.id != person.id) {
        return Ok((!claimed.is_over).then_some(AccountEmail { to: email, news: News::HasAccount }));
    }
    if claimed.is_over && session_store::has_fresh_proof(tx, &email, EmailKind::Confirm.name())? {
        return Ok(None);
    }
    let account = Claim::of_sign_up(tx, &person)?;
    let token = prove(tx, person.id, EmailKind::Confirm, &email, CONFIRM_LIFE)?;
    Ok(AccountEmail::to(&person, News::Confirm { token, account }))
}

/// The email to whoever has forgotten a password: none, where there is no account.
///
/// # Errors
/// A fault of the database.
pub(crate) fn reset_email(tx: &mut Tx<'_>, requested: &ResetRequested) -> Result<Option<AccountEmail>> {
    let email = kept_email(&requested.email);
    let found = match store::person_by_email(tx, &email)? {
        Some(person) => Some(person),
        None => store::last_claimant(tx, &email)?,
    };
    let Some(person) = found else { return Ok(None) };
    if requested.is_over && session_store::has_fresh_proof(tx, &email, EmailKind::Reset.name())? {
        return Ok(None);
    }
    let token = prove(tx, person.id, EmailKind::Reset, &email, RESET_LIFE)?;
    Ok(AccountEmail::to(&person, News::Reset { token }))
}

/// The email to an address that somebody wants to have.
///
/// # Errors
/// A fault of the database.
pub(crate) fn email_to_new_address(
    tx: &mut Tx<'_>,
    requested: &AddressChangeRequested,
) -> Result<Option<AccountEmail>> {
    let (to, person) = (kept_email(&requested.email), requested.person);
    if !store::is_here(tx, person)? {
        return Ok(None);
    }
    let owner = store::person_by_email(tx, &to)?;
    if owner.is_some_and(|owner| owner.id != person) {
        return Ok((!requested.is_over).then_some(AccountEmail { to, news: News::HasAccount }));
    }
    if requested.is_over && session_store::has_fresh_proof(tx, &to, EmailKind::Change.name())? {
        return Ok(None);
    }
    let (device, network) = requested.from.clone();
    let name = told_name(&store::person(tx, person)?.full_name());
    let account = Claim { name, at: tx.now(), device, network };
    session_store::forget_proofs(tx, person, EmailKind::Change.name())?;
    session_store::keep_address(tx, person, &to)?;
    let token = prove(tx, person, EmailKind::Change, &to, CHANGE_LIFE)?;
    Ok(Some(AccountEmail { to, news: News::Change { token, account } }))
}

/// The email to who has another password.
///
/// # Errors
/// A fault of the database.
pub(crate) fn password_changed_email(tx: &mut Tx<'_>, person: Id) -> Result<Option<AccountEmail>> {
    let to = mail_of(tx, person)?;
    Ok(to.map(|to| AccountEmail { to, news: News::PasswordChanged }))
}

/// The address to which a person is written: their own. One that they only claim may be anybody's, and gets nothing but the
/// question whether it is theirs.
///
/// # Errors
/// A fault of the database.
pub fn mail_of(tx: &mut Tx<'_>, person: Id) -> Result<Option<String>> {
    store::own_address(tx, person)
}

#[cfg(test)]
mod tests {
    use super::told_name;

    #[test]
    fn a_name_in_an_email_is_a_name_and_nothing_else() {
        for name in ["Zoe Lind", "Zo\u{eb} O\u{2019}Neill", "J. R. Smith", "Louis XIV", "Ann 3"] {
            assert_eq!(told_name(name).as_deref(), Some(name));
        }
        for no_name in
            ["", "win@evil.test", "evil.test", "http://x", "Call 212 555 0100", &"a".repeat(61), "<b>x</b>"]
        {
            assert_eq!(told_name(no_name), None, "{no_name}");
        }
    }
}
