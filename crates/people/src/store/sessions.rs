//! Statements on sign-ins, devices and proofs, for whoever needs more than one of them. They decide nothing.

use jiff::{SignedDuration, Timestamp};
use kit::{Id, Result, Tx, args, row, sql};

use crate::client_info::ClientInfo;

/// How long a network counts as one from which a person comes.
const OF_LATE: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How long a sign-in counts as seen just now: within it nothing is written.
pub(crate) const SEEN: SignedDuration = SignedDuration::from_mins(10);

/// Writes a sign-in down.
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

/// Notes that a session was used, from where; at most every ten minutes.
pub(crate) fn see(tx: &mut Tx<'_>, session: Id, network: &str) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE sign_ins SET seen_at = $1, network = $2
             WHERE family = (SELECT family FROM sessions WHERE id = $3) AND seen_at <= $4"
        ),
        args![now, network, session, now - SEEN],
    )
}

/// Forgets the sign-ins of which no session is left.
pub(crate) fn forget_sign_ins(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(
        sql!(
            "DELETE FROM sign_ins WHERE person_id = $1
             AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.family = sign_ins.family)"
        ),
        args![person],
    )
}

/// A sign-in that goes on.
#[derive(Debug, Clone)]
pub struct SignedInHere {
    /// Its number.
    pub id: Id,
    /// With what: `Firefox on Linux`.
    pub device: Option<String>,
    /// From which network it was seen last.
    pub network: Option<String>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it was seen last, to ten minutes.
    pub seen_at: Option<Timestamp>,
}

row!(SignedInHere { id, device, network, opened_at, seen_at });

/// When a sign-in began; nothing for one from before sign-ins were kept.
pub(crate) fn opened_at(tx: &mut Tx<'_>, family: Id) -> Result<Option<Timestamp>> {
    let found: Option<(Timestamp,)> =
        tx.one(sql!("SELECT opened_at FROM sign_ins WHERE family = $1"), args![family])?;
    Ok(found.map(|(opened_at,)| opened_at))
}

/// The sign-ins of a person that go on, the one that was seen last first.
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

/// Whether a person has come from this network of late, and found the way in.
pub(crate) fn has_come_from(tx: &mut Tx<'_>, person: Id, network: &str) -> Result<bool> {
    let since = tx.now() - OF_LATE;
    let found: Option<(i64,)> = tx.one(
        sql!("SELECT family FROM sign_ins WHERE person_id = $1 AND network = $2 AND seen_at > $3 LIMIT 1"),
        args![person, network, since],
    )?;
    Ok(found.is_some())
}

/// Whether a person has signed in with this browser before.
pub(crate) fn is_device_of(tx: &mut Tx<'_>, device: &[u8], person: Id) -> Result<bool> {
    let found: Option<(i64,)> = tx.one(
        sql!("SELECT person_id FROM devices WHERE digest = $1 AND person_id = $2"),
        args![device.to_vec(), person],
    )?;
    Ok(found.is_some())
}

/// Whether anybody has signed in with this browser before.
pub(crate) fn is_device(tx: &mut Tx<'_>, device: &[u8]) -> Result<bool> {
    let found: Option<(i64,)> =
        tx.one(sql!("SELECT person_id FROM devices WHERE digest = $1"), args![device.to_vec()])?;
    Ok(found.is_some())
}

/// Notes that a person has signed in with a browser. One that was another's becomes theirs.
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

/// Forgets every browser of a person.
pub(crate) fn forget_devices(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM devices WHERE person_id = $1"), args![person])
}

/// A proof as it is kept.
pub(crate) struct Proof {
    pub(crate) person: Id,
    pub(crate) kind: String,
    pub(crate) email: String,
}

row!(Proof { person, kind, email });

/// Keeps the digest of a token. Earlier ones stay good: whoever asks for many emails does not end the link in the first.
pub(crate) fn insert_proof(
    tx: &mut Tx<'_>,
    digest: Vec<u8>,
    (person, kind, email): (Id, &'static str, &str),
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

/// How long a link counts as one that just went to an address. Half as long as the shortest-lived link is good.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// Whether a link of a kind went to an address a moment ago and is good.
pub(crate) fn has_fresh_proof(tx: &mut Tx<'_>, email: &str, kind: &str) -> Result<bool> {
    let now = tx.now();
    let found: Option<(i64,)> = tx.one(
        sql!(
            "SELECT person_id FROM proofs WHERE email = $1 AND kind = $2 AND made_at > $3 AND expires_at > $4 LIMIT 1"
        ),
        args![email, kind, now - FRESH, now],
    )?;
    Ok(found.is_some())
}

/// What a token proves, if it is good.
pub(crate) fn proof(tx: &mut Tx<'_>, digest: Vec<u8>) -> Result<Option<Proof>> {
    let now = tx.now();
    tx.one(
        sql!("SELECT person_id, kind, email FROM proofs WHERE digest = $1 AND expires_at > $2"),
        args![digest, now],
    )
}

/// The same, and it is good no more: of two at once, one gets it.
pub(crate) fn use_proof(tx: &mut Tx<'_>, digest: Vec<u8>) -> Result<Option<Proof>> {
    let now = tx.now();
    tx.one(
        sql!("DELETE FROM proofs WHERE digest = $1 AND expires_at > $2 RETURNING person_id, kind, email"),
        args![digest, now],
    )
}

/// Forgets a person's proofs of one kind.
pub(crate) fn forget_proofs(tx: &mut Tx<'_>, person: Id, kind: &str) -> Result<u64> {
    tx.run(sql!("DELETE FROM proofs WHERE person_id = $1 AND kind = $2"), args![person, kind])
}

/// Forgets every open link of a person.
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
    /// The path on which it goes on.
    pub(crate) next: Option<String>,
    /// The digest of the token of what the visitor holds.
    pub(crate) carried: Option<Vec<u8>>,
    pub(crate) at: Timestamp,
}

row!(Unverified { browser, network, device, next, carried, at });

/// Writes a sign-up down.
pub(crate) fn insert_sign_up(tx: &mut Tx<'_>, person: Id, made: &Unverified) -> Result<u64> {
    tx.run(
        sql!(
            "INSERT INTO sign_ups (person_id, browser, network, device, next, carried, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![
            person,
            made.browser.clone(),
            &made.network,
            &made.device,
            made.next.clone(),
            made.carried.clone(),
            made.at
        ],
    )
}

/// The sign-up of a person, until their address is verified.
pub(crate) fn sign_up_of(tx: &mut Tx<'_>, person: Id) -> Result<Option<Unverified>> {
    tx.one(
        sql!("SELECT browser, network, device, next, carried, at FROM sign_ups WHERE person_id = $1"),
        args![person],
    )
}

/// Who signed up with a browser last and is not verified yet.
pub(crate) fn sign_up_by(tx: &mut Tx<'_>, browser: &[u8]) -> Result<Option<Id>> {
    let found: Option<(Id,)> = tx.one(
        sql!("SELECT person_id FROM sign_ups WHERE browser = $1 ORDER BY at DESC LIMIT 1"),
        args![browser.to_vec()],
    )?;
    Ok(found.map(|(person,)| person))
}

/// Keeps an address that an account had or asked to have.
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

/// Forgets from where somebody signed up.
pub(crate) fn forget_sign_up(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM sign_ups WHERE person_id = $1"), args![person])
}

/// Accounts made before a moment whose address is only claimed, the oldest first.
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

/// Forgets everything that an account has which never was anybody's for sure.
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

/// Forgets what nobody can use any more. Says how many.
///
/// # Errors
/// A fault of the database.
pub fn forget_old_proofs(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    tx.run(sql!("DELETE FROM proofs WHERE expires_at <= $1"), args![now])
}
