//! SQL statements on sign-ins, devices, and proofs that several operations share. They decide nothing.

use jiff::{SignedDuration, Timestamp};
use kit::{Id, Result, Tx, args, row, sql};

use crate::requests::client_info::ClientInfo;

/// How long a network counts as one from which a person recently signed in.
const OF_LATE: SignedDuration = SignedDuration::from_hours(60 * 24);
/// The interval at which the use of a sign-in is recorded.
pub(crate) const SEEN: SignedDuration = SignedDuration::from_mins(10);

/// Inserts a sign-in.
pub(crate) fn insert_sign_in(
    tx: &mut Tx<'_>,
    family: Id,
    person: Id,
    client_info: &ClientInfo,
) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO sign_ins (family, person_id, device, network, opened_at, seen_at)
             VALUES ($1, $2, $3, $4, $5, $5)"
        ),
        args![family, person, &client_info.device, client_info.network(), now],
    )
}

/// Records that a session was used and from which network, at most every ten minutes.
pub(crate) fn see(tx: &mut Tx<'_>, session: Id, network: &str) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE sign_ins SET seen_at = $1, network = $2
             WHERE family = (SELECT family FROM sessions WHERE id = $3) AND (seen_at <= $4 OR seen_at > $1)"
        ),
        args![now, network, session, now - SEEN],
    )
}

/// Deletes the sign-ins that have no session left.
pub(crate) fn forget_sign_ins(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(
        sql!(
            "DELETE FROM sign_ins WHERE person_id = $1
             AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.family = sign_ins.family)"
        ),
        args![person],
    )
}

/// An active sign-in, as its owner sees it.
#[derive(Debug, Clone)]
pub struct SignedInHere {
    /// The id of the sign-in.
    pub id: Id,
    /// The browser or app, such as `Firefox on Linux`.
    pub device: Option<String>,
    /// The network from which the sign-in was last used.
    pub network: Option<String>,
    /// When the sign-in began.
    pub opened_at: Timestamp,
    /// When the sign-in was last used, with a precision of ten minutes.
    pub seen_at: Option<Timestamp>,
}

row!(SignedInHere { id, device, network, opened_at, seen_at });

/// Returns when a sign-in began; `None` for one from before sign-ins were recorded.
pub(crate) fn opened_at(tx: &mut Tx<'_>, family: Id) -> Result<Option<Timestamp>> {
    let found: Option<(Timestamp,)> =
        tx.one(sql!("SELECT opened_at FROM sign_ins WHERE family = $1"), args![family])?;
    Ok(found.map(|(opened_at,)| opened_at))
}

/// Returns the active sign-ins of a person, the last used first.
pub(crate) fn sign_ins(tx: &mut Tx<'_>, person: Id) -> Result<Vec<SignedInHere>> {
    let now = tx.now();
    tx.all(
        sql!(
            "SELECT s.family, MIN(i.device), MIN(i.network), COALESCE(MIN(i.opened_at), MIN(s.created_at)),
             MIN(i.seen_at) FROM sessions s LEFT JOIN sign_ins i ON i.family = s.family
             WHERE s.person_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 GROUP BY s.family
             ORDER BY MIN(i.seen_at) DESC NULLS LAST, s.family DESC"
        ),
        args![person, now],
    )
}

/// Returns whether a person recently used a sign-in from this network.
pub(crate) fn has_come_from(tx: &mut Tx<'_>, person: Id, network: &str) -> Result<bool> {
    let since = tx.now() - OF_LATE;
    let found: Option<(i64,)> = tx.one(
        sql!("SELECT family FROM sign_ins WHERE person_id = $1 AND network = $2 AND seen_at > $3 LIMIT 1"),
        args![person, network, since],
    )?;
    Ok(found.is_some())
}

/// Returns whether a person has signed in with this browser before.
pub(crate) fn is_device_of(tx: &mut Tx<'_>, device: &[u8], person: Id) -> Result<bool> {
    let found: Option<(i64,)> = tx.one(
        sql!("SELECT person_id FROM devices WHERE digest = $1 AND person_id = $2"),
        args![device.to_vec(), person],
    )?;
    Ok(found.is_some())
}

/// Returns whether anyone has signed in with this browser before.
pub(crate) fn is_device(tx: &mut Tx<'_>, device: &[u8]) -> Result<bool> {
    let found: Option<(i64,)> =
        tx.one(sql!("SELECT person_id FROM devices WHERE digest = $1"), args![device.to_vec()])?;
    Ok(found.is_some())
}

/// Records that a person signed in with a browser. A browser that belonged to another person now belongs to this
/// one.
pub(crate) fn know_device(tx: &mut Tx<'_>, device: &[u8], person: Id) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO devices (digest, person_id, seen_at) VALUES ($1, $2, $3)
             ON CONFLICT (digest) DO UPDATE SET person_id = excluded.person_id, seen_at = excluded.seen_at"
        ),
        args![device.to_vec(), person, now],
    )
}

/// Deletes every recognized browser of a person.
pub(crate) fn forget_devices(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM devices WHERE person_id = $1"), args![person])
}

/// The kinds of email that anyone can trigger by entering an address. Each kind is counted separately (N7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmailKind {
    /// The email that confirms the address of a new account.
    Confirm,
    /// The email that resets a password.
    Reset,
    /// The email that confirms a changed address.
    Change,
}

impl EmailKind {
    /// Returns the name of the kind in the tables of limits and of proofs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            EmailKind::Confirm => "confirm",
            EmailKind::Reset => "reset",
            EmailKind::Change => "change",
        }
    }

    fn read(text: String) -> Option<EmailKind> {
        [EmailKind::Confirm, EmailKind::Reset, EmailKind::Change].into_iter().find(|kind| kind.name() == text)
    }
}

kit::column_as!(EmailKind, String, EmailKind::read, |kind| kind.name().to_owned());

/// A proof as stored.
pub(crate) struct Proof {
    pub(crate) person: Id,
    pub(crate) kind: EmailKind,
    pub(crate) email: String,
}

row!(Proof { person, kind, email });

/// Stores the digest of a token. Earlier tokens stay valid, so that requesting many emails does not invalidate the
/// link in the first.
pub(crate) fn insert_proof(
    tx: &mut Tx<'_>,
    digest: Vec<u8>,
    (person, kind, email): (Id, EmailKind, &str),
    expires_at: Timestamp,
) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO proofs (digest, person_id, kind, email, expires_at, made_at) VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        args![digest, person, kind, email, expires_at, now],
    )
}

/// How long a link counts as just sent to an address: half as long as the shortest-lived link is valid.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// Returns whether a valid link of a kind was just sent to an address.
pub(crate) fn has_fresh_proof(tx: &mut Tx<'_>, email: &str, kind: EmailKind) -> Result<bool> {
    let now = tx.now();
    let found: Option<(i64,)> = tx.one(
        sql!(
            "SELECT person_id FROM proofs WHERE email = $1 AND kind = $2 AND made_at > $3 AND made_at <= $4
             AND expires_at > $4 LIMIT 1"
        ),
        args![email, kind, now - FRESH, now],
    )?;
    Ok(found.is_some())
}

/// Returns what a token proves, if it is valid.
pub(crate) fn proof(tx: &mut Tx<'_>, digest: Vec<u8>) -> Result<Option<Proof>> {
    let now = tx.now();
    tx.one(
        sql!("SELECT person_id, kind, email FROM proofs WHERE digest = $1 AND expires_at > $2"),
        args![digest, now],
    )
}

/// Returns what a token proves, if it is valid, and deletes it. Of two simultaneous calls, only one receives it.
pub(crate) fn use_proof(tx: &mut Tx<'_>, digest: Vec<u8>) -> Result<Option<Proof>> {
    let now = tx.now();
    tx.one(
        sql!("DELETE FROM proofs WHERE digest = $1 AND expires_at > $2 RETURNING person_id, kind, email"),
        args![digest, now],
    )
}

/// Deletes a person's proofs of one kind.
pub(crate) fn forget_proofs(tx: &mut Tx<'_>, person: Id, kind: EmailKind) -> Result<u64> {
    tx.run(sql!("DELETE FROM proofs WHERE person_id = $1 AND kind = $2"), args![person, kind])
}

/// Deletes every open link of a person.
pub(crate) fn forget_all_proofs(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM proofs WHERE person_id = $1"), args![person])
}

/// A sign-up whose address is not verified yet.
#[derive(Debug, Clone)]
pub(crate) struct Unverified {
    /// The digest of the cookie of the browser that signed up.
    pub(crate) browser: Option<Vec<u8>>,
    pub(crate) network: String,
    pub(crate) device: String,
    /// The path at which the sign-up continues.
    pub(crate) next: Option<String>,
    /// The digest of the token of the visitor's hold on a time, if there is one.
    pub(crate) carried: Option<Vec<u8>>,
    pub(crate) at: Timestamp,
}

kit::record! {
    "sign_ups" as "s", sign_up_columns, insert_text;
    Unverified {
        browser: "browser",
        network: "network",
        device: "device",
        next: "next",
        carried: "carried",
        at: "at",
    }
    with "person_id"
}

/// Inserts a sign-up.
pub(crate) fn insert_sign_up(tx: &mut Tx<'_>, person: Id, made: &Unverified) -> Result<u64> {
    tx.run(sql!(insert_text!()), [made.values(), args![person].to_vec()].concat())
}

/// Returns the sign-up of a person until their address is verified.
pub(crate) fn sign_up_of(tx: &mut Tx<'_>, person: Id) -> Result<Option<Unverified>> {
    tx.one(
        sql!(concat!("SELECT ", sign_up_columns!(), " FROM sign_ups s WHERE s.person_id = $1")),
        args![person],
    )
}

/// Returns the person who last signed up with a browser and is not verified yet.
pub(crate) fn sign_up_by(tx: &mut Tx<'_>, browser: &[u8]) -> Result<Option<Id>> {
    let found: Option<(Id,)> = tx.one(
        sql!("SELECT person_id FROM sign_ups WHERE browser = $1 ORDER BY at DESC LIMIT 1"),
        args![browser.to_vec()],
    )?;
    Ok(found.map(|(person,)| person))
}

/// Stores an address that an account had or asked to have.
pub(crate) fn keep_address(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO person_addresses (person_id, email, since) VALUES ($1, $2, $3)
             ON CONFLICT (person_id, email) DO NOTHING"
        ),
        args![person, email, now],
    )
}

/// Deletes the sign-up data of a person.
pub(crate) fn forget_sign_up(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM sign_ups WHERE person_id = $1"), args![person])
}

/// Returns accounts that were created at or before a moment and whose address is only claimed, the oldest first.
pub(crate) fn unverified_before(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<Vec<(Id,)>> {
    tx.all(
        sql!(
            "SELECT id FROM people WHERE claimed_email IS NOT NULL AND email IS NULL AND created_at <= $1
             AND erased_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM club_roles r WHERE r.person_id = people.id) ORDER BY id LIMIT $2"
        ),
        args![before, most],
    )
}

/// Deletes all dependent rows of an account that was never verified.
pub(crate) fn forget_unverified(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    for statement in [
        sql!("DELETE FROM sign_ups WHERE person_id = $1"),
        sql!("DELETE FROM person_addresses WHERE person_id = $1"),
        sql!("DELETE FROM proofs WHERE person_id = $1"),
        sql!("DELETE FROM sessions WHERE person_id = $1"),
        sql!("DELETE FROM sign_ins WHERE person_id = $1"),
        sql!("DELETE FROM devices WHERE person_id = $1"),
        sql!("DELETE FROM preferences WHERE person_id = $1"),
        sql!("DELETE FROM silences WHERE person_id = $1"),
        sql!("DELETE FROM consents WHERE person_id = $1"),
        sql!("DELETE FROM person_keys WHERE person_id = $1"),
    ] {
        tx.run(statement, args![person])?;
    }
    Ok(())
}

/// Deletes expired proofs. Returns how many.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget_old_proofs(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    tx.run(sql!("DELETE FROM proofs WHERE expires_at <= $1"), args![now])
}
