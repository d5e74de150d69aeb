//! Staff operations on people: looking people up, and giving and removing roles.

use kit::web::Paging;
use kit::{Error, Id, Refusal, Result, Tx, args, sql};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::{Person, Role};
use crate::permissions::Action;
use crate::search::index::is_search;
use crate::{search::find, store};

/// Nobody can change their own role, so that a club is never left without an owner.
pub const OWN_ROLE: Refusal =
    Refusal::conflict("own_role", "You can’t change your own role. Ask another owner of the club.");

/// Returns a page of people by name, email address, or phone, with the number of all matches.
/// Without words, returns the staff. A search is recorded in the audit log with the number of people found.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, or `Error::Forbidden` unless `by` may see people.
pub fn find_people(tx: &mut Tx<'_>, by: &Actor, search: &str, paging: Paging) -> Result<(Vec<Person>, i64)> {
    by.need(Action::SeePeople)?;
    if is_search(search) {
        let count = find::count_of(tx, search)?;
        let found = find::page_of(tx, search, paging)?;
        note(tx, by, AuditEvent::PeopleSearched, None, json!({"found": count}))?;
        return Ok((found, count));
    }
    if !search.trim().is_empty() {
        // The text is too short for a search.
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

/// Returns a person by id. The access is recorded in the audit log.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` unless `by` may see people, or
/// `Error::NotFound`.
pub fn look_up(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Person> {
    by.need(Action::SeePeople)?;
    let person = store::person(tx, id)?;
    note_view(tx, by, id)?;
    Ok(person)
}

/// Records in the audit log that the actor viewed another person.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn note_view(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    if by.id() == Some(id) { Ok(()) } else { note(tx, by, AuditEvent::ProfileRead, Some(id), json!({})) }
}

/// Gives a person another role. Every session of the person ends, so that their permissions are resolved again.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` unless `by` may manage roles, `Error::NotFound`,
/// or [`OWN_ROLE`].
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
    note_role(tx, by, &before, role)?;
    store::person(tx, id)
}

/// Records that a person received another role.
pub(super) fn note_role(tx: &mut Tx<'_>, by: &Actor, before: &Person, role: Role) -> Result<()> {
    note(tx, by, AuditEvent::RoleChanged, Some(before.id), json!({"from": before.role, "to": role}))
}

/// Gives the person with a verified address another role in the club of this transaction. The operator does this by
/// command, for example to appoint the first owner of a club, so it needs no permission. Every session of the person
/// ends.
///
/// # Errors
/// Returns `Error::NotFound` if no account has verified the address, or a fault if the database fails.
pub fn appoint(tx: &mut Tx<'_>, email: &str, role: Role) -> Result<Person> {
    let before = store::person_by_email(tx, email)?.ok_or(Error::NotFound)?;
    store::hold(tx, before.id)?;
    store::set_role(tx, before.id, role)?;
    store::end_all(tx, before.id)?;
    note_role(tx, &Actor::system(), &before, role)?;
    store::person(tx, before.id)
}

/// Ends every sign-in of a person, after a device was lost or when the person leaves the club. Returns the number
/// of ended sessions.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::NotFound`, or `Error::Forbidden` unless `by` may manage roles
/// and if the person works only in another club.
pub fn sign_out_of_all(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<u64> {
    by.need(Action::ManageRoles)?;
    store::hold(tx, id)?;
    // Whoever works only in another club is signed out by that club.
    if store::person(tx, id)?.role == Role::Account && store::has_any_role(tx, id)? {
        return Err(by.forbidden("ending the sessions of another club's staff"));
    }
    let ended = store::end_all(tx, id)?;
    note(tx, by, AuditEvent::SessionsEnded, Some(id), json!({"sessions": ended}))?;
    Ok(ended)
}
