//! Who is what to the club: looking people up, giving and taking roles.

use kit::db::containing;
use kit::web::Paging;
use kit::{Error, Id, Refusal, Result, Tx, args, sql};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{What, note};
use crate::model::{Person, Role};
use crate::permissions::Action;
use crate::store;

/// Nobody takes their own role away: a club would be left without an owner.
pub const OWN_ROLE: Refusal =
    Refusal::conflict("own_role", "You can't change your own role. Ask another owner of the club to do it.");

/// The fewest letters of a search.
const SHORTEST: usize = 2;

/// People by name, address or phone, and how many there are. Without words, those who work here. What was looked for is
/// written down.
///
/// # Errors
/// `Error::Unauthorized`, `Error::Forbidden`.
pub fn find_people(tx: &mut Tx<'_>, by: &Actor, words: &str, paging: Paging) -> Result<(Vec<Person>, i64)> {
    by.need(Action::SeePeople)?;
    let (size, before) = paging.rows();
    let words = words.trim().to_lowercase();
    let is_search = words.chars().count() >= SHORTEST;
    let like = containing(&words);
    let asked = args![is_search, like];
    let count: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM people WHERE erased_at IS NULL
             AND ((NOT $1 AND role <> 'account') OR ($1 AND (LOWER(first_name || ' ' || last_name) LIKE $2 ESCAPE '!'
             OR email LIKE $2 ESCAPE '!' OR claimed_email LIKE $2 ESCAPE '!' OR phone LIKE $2 ESCAPE '!')))"
        ),
        &asked,
    )?;
    let asked: Vec<_> = asked.into_iter().chain(args![size, before]).collect();
    let found: Vec<Person> = tx.all(
        sql!(
            "SELECT id, COALESCE(email, claimed_email), first_name, last_name, phone, role, birthday, verified_at,
             created_at FROM people WHERE erased_at IS NULL
             AND ((NOT $1 AND role <> 'account') OR ($1 AND (LOWER(first_name || ' ' || last_name) LIKE $2 ESCAPE '!'
             OR email LIKE $2 ESCAPE '!' OR claimed_email LIKE $2 ESCAPE '!' OR phone LIKE $2 ESCAPE '!')))
             ORDER BY last_name, first_name, id LIMIT $3 OFFSET $4"
        ),
        asked,
    )?;
    if is_search {
        note(tx, by, What::PeopleSearched, None, json!({"found": count.map_or(0, |(count,)| count)}))?;
    }
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

/// Gives somebody another role. Every session of theirs ends: what they may do is decided anew.
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
    store::set_role(tx, id, role.name())?;
    store::end_all(tx, id)?;
    note(tx, by, What::RoleChanged, Some(id), json!({"from": before.role, "to": role}))?;
    store::person(tx, id)
}
