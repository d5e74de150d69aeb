//! SQL statements on people and sessions that several operations share. They decide nothing.

pub(crate) mod sessions;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kit::db::{FromRow, Row};
use kit::{Error, Id, Result, Tx, args, sql};

use crate::model::{NewPerson, Person, Role, normalized_email};
use crate::search::index;

/// The columns of a [`Person`], with the role in the club `$1`, and `FROM people p`.
macro_rules! person_columns {
    () => {
        "p.id, COALESCE(p.email, p.claimed_email), p.first_name, p.last_name, p.phone,
         COALESCE((SELECT r.role FROM club_roles r WHERE r.club_id = $1 AND r.person_id = p.id), 'account'),
         p.birthday, p.verified_at, p.created_at FROM people p"
    };
}
pub(crate) use person_columns;

/// Returns a person by id.
///
/// # Errors
/// Returns `Error::NotFound` if there is no person with this id.
pub fn person(tx: &mut Tx<'_>, id: Id) -> Result<Person> {
    let club = tx.club()?;
    let found = tx.one(sql!(concat!("SELECT ", person_columns!(), " WHERE p.id = $2")), args![club, id])?;
    found.ok_or(Error::NotFound)
}

/// Returns whether a person with this id exists and is not erased.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn person_exists(tx: &mut Tx<'_>, id: Id) -> Result<bool> {
    let found: Option<(Id,)> =
        tx.one(sql!("SELECT id FROM people WHERE id = $1 AND erased_at IS NULL"), args![id])?;
    Ok(found.is_some())
}

/// Returns the owner of an email address, in any case of letters. People who only claim the address are not
/// returned.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn person_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<Person>> {
    let club = tx.club()?;
    tx.one(
        sql!(concat!("SELECT ", person_columns!(), " WHERE p.email = $2")),
        args![club, normalized_email(email)],
    )
}

/// Returns the last person who claimed an address and has not confirmed it yet.
pub(crate) fn last_claimant(tx: &mut Tx<'_>, email: &str) -> Result<Option<Person>> {
    let club = tx.club()?;
    tx.one(
        sql!(concat!(
            "SELECT ",
            person_columns!(),
            " WHERE p.claimed_email = $2 AND p.email IS NULL ORDER BY p.id DESC LIMIT 1"
        )),
        args![club, normalized_email(email)],
    )
}

/// Makes an address the verified address of a person, unless another person owns it. Returns whether it was done.
pub(crate) fn own_email(tx: &mut Tx<'_>, person: Id, email: &str) -> Result<bool> {
    let now = tx.now();
    let owned = tx.run(
        sql!(
            "UPDATE people SET email = $1, claimed_email = NULL, verified_at = $2
             WHERE id = $3 AND erased_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM people o WHERE o.email = $1 AND o.id <> $3)"
        ),
        args![email, now, person],
    );
    let is_owned = owned? == 1;
    if is_owned {
        index::index(tx, person)?;
    }
    Ok(is_owned)
}

/// Returns the address that a person owns, not one that they only claim.
pub(crate) fn own_address(tx: &mut Tx<'_>, person: Id) -> Result<Option<String>> {
    let found: Option<(Option<String>,)> =
        tx.one(sql!("SELECT email FROM people WHERE id = $1"), args![person])?;
    Ok(found.and_then(|(email,)| email))
}

/// Gives a person another role in the club of this transaction. Returns the number of changed rows.
pub(crate) fn set_role(tx: &mut Tx<'_>, person: Id, role: Role) -> Result<u64> {
    let club = tx.club()?;
    if role == Role::Account {
        return tx
            .run(sql!("DELETE FROM club_roles WHERE club_id = $1 AND person_id = $2"), args![club, person]);
    }
    tx.run(
        sql!(
            "INSERT INTO club_roles (club_id, person_id, role) VALUES ($1, $2, $3)
             ON CONFLICT (club_id, person_id) DO UPDATE SET role = excluded.role"
        ),
        args![club, person, role.name()],
    )
}

/// Returns whether a person has a role in any club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn has_any_role(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let found: Option<(Id,)> =
        tx.one(sql!("SELECT person_id FROM club_roles WHERE person_id = $1 LIMIT 1"), args![person])?;
    Ok(found.is_some())
}

/// Moves the roles that were given before there was a club to the first club. Returns the number of moved roles.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn adopt_roles(tx: &mut Tx<'_>, club: Id) -> Result<u64> {
    tx.run(sql!("UPDATE club_roles SET club_id = $1 WHERE club_id = 0"), args![club])
}

/// Creates a person. A claim (`is_claim`) succeeds even if another person owns the address; otherwise an owned
/// address prevents the insert. Returns whether it was done.
pub(crate) fn insert(tx: &mut Tx<'_>, id: Id, new: &NewPerson, is_claim: bool) -> Result<bool> {
    let now = tx.now();
    let address = new.email.as_deref().map(normalized_email);
    let (own, claimed) = if is_claim { (None, address) } else { (address, None) };
    let written = tx.run(
        sql!(
            "INSERT INTO people (id, email, claimed_email, first_name, last_name, phone, password_hash,
             birthday, verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (email) DO NOTHING"
        ),
        args![
            id,
            own,
            claimed,
            &new.first_name,
            &new.last_name,
            new.phone.clone(),
            new.password_hash.clone(),
            new.birthday,
            (new.verified && !is_claim).then_some(now),
            now
        ],
    )?;
    if written == 1 {
        set_role(tx, id, new.role)?;
        index::index(tx, id)?;
    }
    Ok(written == 1)
}

/// Updates the fields that a person may change themselves.
pub(crate) fn update(tx: &mut Tx<'_>, person: &Person) -> Result<u64> {
    let changed = tx.run(
        sql!("UPDATE people SET first_name = $1, last_name = $2, phone = $3, birthday = $4 WHERE id = $5"),
        args![&person.first_name, &person.last_name, person.phone.clone(), person.birthday, person.id],
    )?;
    index::index(tx, person.id)?;
    Ok(changed)
}

/// Returns whether a person's birthday is fixed because its gift was used.
pub(crate) fn is_birthday_fixed(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let found: Option<(Option<Timestamp>,)> =
        tx.one(sql!("SELECT birthday_fixed_at FROM people WHERE id = $1"), args![person])?;
    Ok(found.is_some_and(|(fixed_at,)| fixed_at.is_some()))
}

/// Fixes a birthday if it is still the given one. Returns whether it was done.
pub(crate) fn fix_birthday(tx: &mut Tx<'_>, person: Id, birthday: Date) -> Result<bool> {
    let now = tx.now();
    let fixed = tx.run(
        sql!(
            "UPDATE people SET birthday_fixed_at = COALESCE(birthday_fixed_at, $1)
             WHERE id = $2 AND birthday = $3 AND erased_at IS NULL"
        ),
        args![now, person, birthday],
    )?;
    Ok(fixed == 1)
}

/// Locks the person's row until the commit, so that two changes of the same person's data are serialized: neither
/// misses what the other opens or ends, and nothing is stored for a person who is being erased.
///
/// # Errors
/// Returns `Error::NotFound` if the person is erased or does not exist.
pub(crate) fn hold(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    let held = tx.run(
        sql!("UPDATE people SET created_at = created_at WHERE id = $1 AND erased_at IS NULL"),
        args![person],
    )?;
    if held == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Returns the password hash of a person, if they have one.
pub(crate) fn password_hash(tx: &mut Tx<'_>, person: Id) -> Result<Option<String>> {
    let found: Option<(Option<String>,)> =
        tx.one(sql!("SELECT password_hash FROM people WHERE id = $1"), args![person])?;
    Ok(found.and_then(|(hash,)| hash))
}

/// Stores a new password hash.
pub(crate) fn set_password_hash(tx: &mut Tx<'_>, person: Id, hash: &str) -> Result<u64> {
    tx.run(sql!("UPDATE people SET password_hash = $1 WHERE id = $2"), args![hash, person])
}

/// Deletes the details other than the name that the creator of an account entered.
pub(crate) fn forget_details(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("UPDATE people SET phone = NULL, birthday = NULL WHERE id = $1"), args![person])
}

/// Removes the claimed address and the password of a person.
pub(crate) fn forget_claim(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("UPDATE people SET claimed_email = NULL, password_hash = NULL WHERE id = $1"), args![person])
}

/// Deletes a person without a verified address. Nothing may refer to the person.
pub(crate) fn delete(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM people WHERE id = $1 AND email IS NULL"), args![person])
}

/// Returns the encrypted emergency contact.
pub(crate) fn contact(tx: &mut Tx<'_>, person: Id) -> Result<Option<Vec<u8>>> {
    let found: Option<(Option<Vec<u8>>,)> =
        tx.one(sql!("SELECT emergency_contact FROM people WHERE id = $1"), args![person])?;
    Ok(found.and_then(|(encrypted,)| encrypted))
}

/// Stores a new emergency contact, or removes it.
pub(crate) fn set_contact(tx: &mut Tx<'_>, person: Id, encrypted: Option<Vec<u8>>) -> Result<u64> {
    tx.run(sql!("UPDATE people SET emergency_contact = $1 WHERE id = $2"), args![encrypted, person])
}

/// A valid session with its owner.
pub(crate) struct ActiveSession {
    pub(crate) session: Id,
    pub(crate) person: Person,
}

impl FromRow for ActiveSession {
    fn from_row(row: &Row<'_>) -> Result<ActiveSession> {
        Ok(ActiveSession { session: row.get(0)?, person: Person::at(row, 1)? })
    }
}

/// How long a browser stays signed in without use (ASVS 7.3.1): for staff, and for everyone else.
const IDLE: (SignedDuration, SignedDuration) =
    (SignedDuration::from_hours(12), SignedDuration::from_hours(14 * 24));

/// Returns the session and the owner of a token, if the token is of this kind, has not ended or expired, and was
/// not unused for too long.
pub(crate) fn signed_in(tx: &mut Tx<'_>, digest: &[u8], kind: &str) -> Result<Option<ActiveSession>> {
    let (now, club) = (tx.now(), tx.club()?);
    tx.one(
        sql!(
            "SELECT s.id, p.id, COALESCE(p.email, p.claimed_email), p.first_name, p.last_name, p.phone,
             COALESCE((SELECT r.role FROM club_roles r WHERE r.club_id = $6 AND r.person_id = p.id), 'account'),
             p.birthday, p.verified_at, p.created_at FROM sessions s JOIN people p ON p.id = s.person_id
             LEFT JOIN sign_ins i ON i.family = s.family
             WHERE s.token_digest = $1 AND s.kind = $2 AND s.ended_at IS NULL AND s.expires_at > $3
             AND (p.email IS NOT NULL OR p.claimed_email IS NULL)
             AND (s.kind <> 'page' OR i.seen_at IS NULL OR i.seen_at > $4
                  OR (i.seen_at > $5 AND NOT EXISTS (SELECT 1 FROM club_roles r WHERE r.person_id = p.id)))"
        ),
        args![digest.to_vec(), kind, now, now - IDLE.0, now - IDLE.1, club],
    )
}

/// A session as stored, valid or not.
pub(crate) struct Session {
    pub(crate) id: Id,
    pub(crate) person: Id,
    pub(crate) family: Id,
    pub(crate) expires_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

kit::record! {
    "sessions" as "s", session_columns, insert_text;
    Session {
        id: "id",
        person: "person_id",
        family: "family",
        expires_at: "expires_at",
        ended_at: "ended_at",
    }
    with "kind", "token_digest", "created_at"
}

/// Returns the session of a refresh token.
pub(crate) fn refresh_session(tx: &mut Tx<'_>, digest: Vec<u8>) -> Result<Option<Session>> {
    tx.one(
        sql!(concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.token_digest = $1 AND s.kind = 'refresh'"
        )),
        args![digest],
    )
}

/// Returns the sign-in to which a session belongs.
pub(crate) fn family_of(tx: &mut Tx<'_>, session: Id) -> Result<Option<Id>> {
    let found: Option<(Id,)> = tx.one(sql!("SELECT family FROM sessions WHERE id = $1"), args![session])?;
    Ok(found.map(|(family,)| family))
}

/// Inserts a session.
pub(crate) fn insert_session(
    tx: &mut Tx<'_>,
    session: &Session,
    kind: &'static str,
    digest: Vec<u8>,
) -> Result<u64> {
    let now = tx.now();
    tx.run(sql!(insert_text!()), [session.values(), args![kind, digest, now].to_vec()].concat())
}

/// Ends one session. Returns whether it had not ended before.
pub(crate) fn end_session(tx: &mut Tx<'_>, session: Id) -> Result<bool> {
    let now = tx.now();
    let ended = tx.run(
        sql!("UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL"),
        args![now, session],
    )?;
    Ok(ended == 1)
}

/// Ends every session of one sign-in.
pub(crate) fn end_family(tx: &mut Tx<'_>, family: Id) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!("UPDATE sessions SET ended_at = $1 WHERE family = $2 AND ended_at IS NULL"),
        args![now, family],
    )
}

/// Ends every session of a person.
pub(crate) fn end_all(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!("UPDATE sessions SET ended_at = $1 WHERE person_id = $2 AND ended_at IS NULL"),
        args![now, person],
    )
}

/// Ends every session of a person except those of one sign-in.
pub(crate) fn end_others(tx: &mut Tx<'_>, person: Id, family: Id) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!("UPDATE sessions SET ended_at = $1 WHERE person_id = $2 AND family <> $3 AND ended_at IS NULL"),
        args![now, person, family],
    )
}

/// Deletes the expired sessions of a person.
pub(crate) fn forget_expired(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    let now = tx.now();
    tx.run(sql!("DELETE FROM sessions WHERE person_id = $1 AND expires_at <= $2"), args![person, now])
}
