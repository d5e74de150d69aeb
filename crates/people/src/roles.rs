//! Who is what to the club: looking people up, giving and taking roles.

use kit::web::Paging;
use kit::{Error, Id, Refusal, Result, Tx, args, sql};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{What, note};
use crate::model::{Person, Role};
use crate::permissions::Action;
use crate::search_index::is_search;
use crate::{find, store};

/// Nobody takes their own role away: a club would be left without an owner.
pub const OWN_ROLE: Refusal =
    Refusal::conflict("own_role", "You can't change your own role. Ask another owner of the club to do it.");

/// People by name, email address or phone, and how many there are (see [`crate::find`]). Without words, those who work here. That somebody
/// searched, and how many were found, is written down.
///
/// # Errors
/// `Error::Unauthorized`, `Error::Forbidden`.
pub fn find_people(tx: &mut Tx<'_>, by: &Actor, words: &str, paging: Paging) -> Result<(Vec<Person>, i64)> {
    by.need(Action::SeePeople)?;
    if is_search(words) {
        let count = find::count_of(tx, words)?;
        let found = find::page_of(tx, words, paging)?;
        note(tx, by, What::PeopleSearched, None, json!({"found": count}))?;
        return Ok((found, count));
    }
    if !words.trim().is_empty() {
        // Too little to look for anyone.
        return Ok((Vec::new(), 0));
    }
    let (size, before) = paging.rows();
    let club = tx.club()?;
    let count: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM club_roles r JOIN people p ON p.id = r.person_id
             WHERE r.club_id = $1 AND p.erased_at IS NULL"
        ),
        args![club],
    )?;
    let found: Vec<Person> = tx.all(
        sql!(concat!(
            "SELECT ",
            store::person_columns!(),
            " WHERE p.erased_at IS NULL AND p.id IN (SELECT person_id FROM club_roles WHERE club_id = $1)
             ORDER BY p.last_name, p.first_name, p.id LIMIT $2 OFFSET $3"
        )),
        args![club, size, before],
    )?;
    Ok((found, count.map_or(0, |(count,)| count)))
}

/// Somebody by number, for who may look people up; it is written down that they were looked at.
///
/// # Errors
/// `Error::Unauthorized`, `Error::Forbidden`, `Error::NotFound`.
pub fn look_up(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Person> {
    by.need(Action::SeePeople)?;
    let person = store::person(tx, id)?;
    note_look(tx, by, id)?;
    Ok(person)
}

/// Writes down that whoever asks has looked at somebody else.
///
/// # Errors
/// A fault of the database.
pub fn note_look(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    if by.id() == Some(id) { Ok(()) } else { note(tx, by, What::ProfileRead, Some(id), json!({})) }
}

/// Gives somebody another role in the club of this transaction. Every session of theirs ends: what they may do is decided anew.
///
/// # Errors
/// `Error::Unauthorized`, `Error::Forbidden`, `Error::NotFound`, [`OWN_ROLE`].
pub fn set_role(tx: &mut Tx<'_>, by: &Actor, id: Id, role: Role) -> Result<Person> {
    by.need(Action::ManageRoles)?;
    if by.id() == Some(id) {
        return Err(Error::refused(&OWN_ROLE));
    }
    store::hold(tx, id)?;
    let before = store::person(tx, id)?;
    if before.role == role {
        return Ok(before);
    }
    store::set_role(tx, id, role)?;
    store::end_all(tx, id)?;
    note(tx, by, What::RoleChanged, Some(id), json!({"from": before.role, "to": role}))?;
    store::person(tx, id)
}

/// Gives whoever has an address another role in the club of this transaction, by the word of whoever runs the program: the
/// first owner of a club. Every session of theirs ends.
///
/// # Errors
/// `Error::NotFound` if nobody has the address.
pub fn appoint(tx: &mut Tx<'_>, email: &str, role: Role) -> Result<Person> {
    let before = store::person_by_email(tx, email)?.ok_or(Error::NotFound)?;
    store::hold(tx, before.id)?;
    store::set_role(tx, before.id, role)?;
    store::end_all(tx, before.id)?;
    let details = json!({"from": before.role, "to": role});
    note(tx, &Actor::visitor(), What::RoleChanged, Some(before.id), details)?;
    store::person(tx, before.id)
}

/// Ends every sign-in of somebody: a device is lost, or somebody leaves the club. Says how many sessions that were.
///
/// # Errors
/// `Error::Unauthorized`, `Error::Forbidden`, `Error::NotFound`.
pub fn sign_out_of_all(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<u64> {
    by.need(Action::ManageRoles)?;
    store::hold(tx, id)?;
    let ended = store::end_all(tx, id)?;
    note(tx, by, What::SessionsEnded, Some(id), json!({"sessions": ended}))?;
    Ok(ended)
}
