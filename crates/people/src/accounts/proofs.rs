//! Links in emails, which prove that an address belongs to a person or allow a new password. A request for an email
//! looks nothing up and answers every address alike; a background delivery finds out who has which account. So
//! neither the text nor the timing of a response reveals which addresses the club knows.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::text::plain_name;
use kit::{Id, Refusal, Result, Tx, tokens};
use serde::{Deserialize, Serialize};

use crate::model::{Person, normalized_email};
use crate::requests::client_info::known_device;
use crate::store;
use crate::store::sessions::{self as session_store, EmailKind};

/// The link from an email is no longer valid.
pub const LINK_EXPIRED: Refusal = Refusal::bad_request(
    "link_expired",
    "This link was already used or has expired. Request a new one and use the latest email.",
);
/// The address meanwhile belongs to another account.
pub const ADDRESS_GONE: Refusal = Refusal::conflict(
    "address_gone",
    "That email belongs to another account. Sign in there, or reset its password.",
);

/// How long the link in the email to a new account is valid.
const CONFIRM_TTL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the link that confirms a changed address is valid.
const CHANGE_TTL: SignedDuration = SignedDuration::from_hours(24);
/// How long the link that resets a password is valid.
const RESET_TTL: SignedDuration = SignedDuration::from_mins(30);

/// A new account claims an address, which must be confirmed. A notification.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressClaimed {
    /// The person who claims the address.
    pub person: Id,
    /// Whether the limit of emails to this address is exceeded. If so, a link that was just sent is enough.
    #[serde(default)]
    pub is_over: bool,
}

/// A person forgot the password of an account. A notification.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetRequested {
    /// The address of the account.
    pub email: String,
    /// Whether the limit of emails is reached, as in [`AddressClaimed::is_over`].
    #[serde(default)]
    pub is_over: bool,
}

/// A person wants to change their address. A notification.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressChangeRequested {
    /// The id of the person to whom this happened.
    pub person: Id,
    /// The new address, to which the link is sent.
    pub email: String,
    /// Whether the limit of emails is reached, as in [`AddressClaimed::is_over`].
    #[serde(default)]
    pub is_over: bool,
    /// The origin of the request: the device, if it is one of our names, and the network.
    #[serde(default)]
    pub from: (Option<String>, String),
}

/// A person changed their address, and the old address is informed. A notification.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressChanged {
    /// The id of the person to whom this happened.
    pub person: Id,
    /// The previous address, to which the email is sent.
    pub old: String,
}

/// A password was changed, and its owner is informed. A notification.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// The id of the person to whom this happened.
    pub person: Id,
}

/// A person confirmed their address, so entities that carry the address belong to them. A job.
#[derive(Debug, Serialize, Deserialize)]
pub struct EmailConfirmed {
    /// The id of the person to whom this happened.
    pub person: Id,
    /// Whether it is the person's first confirmed address; until now no other email was sent to them.
    #[serde(default)]
    pub is_first: bool,
}

impl Job for EmailConfirmed {
    const KIND: &'static str = "people.email_confirmed";
}

/// An email about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEmail {
    /// The address of the recipient.
    pub to: String,
    /// What the email reports.
    pub news: News,
}

/// The content of an email. A token is contained in it once and stored nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A request to confirm the address of a new account.
    Confirm {
        /// The token for the link.
        token: String,
        /// The account that would be confirmed.
        account: Claim,
    },
    /// A person signed up with, or asked for, an address that already has an account.
    HasAccount,
    /// Choose a new password.
    Reset {
        /// The token for the link.
        token: String,
    },
    /// A request to confirm a changed address.
    Change {
        /// The token for the link.
        token: String,
        /// The account that would be confirmed.
        account: Claim,
    },
    /// The address of the account was changed.
    AddressChanged,
    /// The password of the account was changed.
    PasswordChanged,
}

/// The description of an account that claims an address, for the email to that address and the page of its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The name on the account; `None` if it could be taken for an address, a link, or a number (N1).
    pub name: Option<String>,
    /// When the address was claimed.
    pub at: Timestamp,
    /// The browser or system, if it is one that we know.
    pub device: Option<String>,
    /// The network of the request.
    pub network: String,
}

impl Claim {
    /// Returns the description of the account that signed up with an address.
    pub(crate) fn of_sign_up(tx: &mut Tx<'_>, person: &Person) -> Result<Claim> {
        let made = session_store::sign_up_of(tx, person.id)?;
        let (device, network, at) = match made {
            Some(made) => (made.device, made.network, made.at),
            None => (String::new(), String::new(), person.created_at),
        };
        let device = known_device(&device).map(str::to_owned);
        Ok(Claim { name: plain_name(&person.full_name()), at, device, network })
    }
}

impl AccountEmail {
    fn to(person: &Person, news: News) -> Option<AccountEmail> {
        person.email.clone().map(|to| AccountEmail { to, news })
    }
}

fn prove(tx: &mut Tx<'_>, person: Id, kind: EmailKind, email: &str, ttl: SignedDuration) -> Result<String> {
    // Waits for a simultaneous change of the password, which ends existing links.
    store::hold(tx, person)?;
    let token = tokens::secret()?;
    let until = tx.now() + ttl;
    session_store::insert_proof(tx, tokens::digest(&token), (person, kind, email), until)?;
    Ok(token)
}

/// Returns the email to an address that an account claims: with a link if nobody owns the address yet. Returns
/// `None` if no email is needed.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn email_to_claimant(tx: &mut Tx<'_>, claimed: &AddressClaimed) -> Result<Option<AccountEmail>> {
    if !store::person_exists(tx, claimed.person)? {
        return Ok(None);
    }
    let person = store::person(tx, claimed.person)?;
    let Some(email) = person.email.clone().filter(|_| person.verified_at.is_none()) else { return Ok(None) };
    let owner = store::person_by_email(tx, &email)?;
    if owner.is_some_and(|owner| owner.id != person.id) {
        return Ok((!claimed.is_over).then_some(AccountEmail { to: email, news: News::HasAccount }));
    }
    if claimed.is_over && session_store::has_fresh_proof(tx, &email, EmailKind::Confirm)? {
        return Ok(None);
    }
    let account = Claim::of_sign_up(tx, &person)?;
    let token = prove(tx, person.id, EmailKind::Confirm, &email, CONFIRM_TTL)?;
    Ok(AccountEmail::to(&person, News::Confirm { token, account }))
}

/// Returns the email to a person who forgot a password; `None` if there is no account.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn reset_email(tx: &mut Tx<'_>, requested: &ResetRequested) -> Result<Option<AccountEmail>> {
    let email = normalized_email(&requested.email);
    let found = match store::person_by_email(tx, &email)? {
        Some(person) => Some(person),
        None => store::last_claimant(tx, &email)?,
    };
    let Some(person) = found else { return Ok(None) };
    if requested.is_over && session_store::has_fresh_proof(tx, &email, EmailKind::Reset)? {
        return Ok(None);
    }
    let token = prove(tx, person.id, EmailKind::Reset, &email, RESET_TTL)?;
    Ok(AccountEmail::to(&person, News::Reset { token }))
}

/// Returns the email that confirms a changed address; `None` if no email is needed.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn email_to_new_address(
    tx: &mut Tx<'_>,
    requested: &AddressChangeRequested,
) -> Result<Option<AccountEmail>> {
    let (to, person) = (normalized_email(&requested.email), requested.person);
    if !store::person_exists(tx, person)? {
        return Ok(None);
    }
    let owner = store::person_by_email(tx, &to)?;
    if owner.is_some_and(|owner| owner.id != person) {
        return Ok((!requested.is_over).then_some(AccountEmail { to, news: News::HasAccount }));
    }
    if requested.is_over && session_store::has_fresh_proof(tx, &to, EmailKind::Change)? {
        return Ok(None);
    }
    let (device, network) = requested.from.clone();
    let name = plain_name(&store::person(tx, person)?.full_name());
    let account = Claim { name, at: tx.now(), device, network };
    session_store::forget_proofs(tx, person, EmailKind::Change)?;
    session_store::keep_address(tx, person, &to)?;
    let token = prove(tx, person, EmailKind::Change, &to, CHANGE_TTL)?;
    Ok(Some(AccountEmail { to, news: News::Change { token, account } }))
}

/// Returns the email about a changed password; `None` if the person has no verified address.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn password_changed_email(tx: &mut Tx<'_>, person: Id) -> Result<Option<AccountEmail>> {
    let to = mail_of(tx, person)?;
    Ok(to.map(|to| AccountEmail { to, news: News::PasswordChanged }))
}

/// Returns the address for emails to a person: their own. An address that a person only claims may belong to
/// anyone, so it receives only the request to confirm it.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn mail_of(tx: &mut Tx<'_>, person: Id) -> Result<Option<String>> {
    store::own_address(tx, person)
}
