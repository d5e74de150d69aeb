//! Finding people, for staff.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use kit::db::Value;
use kit::web::Paging;
use kit::{Id, Result, Tx, args, sql};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::Person;
use crate::permissions::Action;
use crate::search::index::{MOST_PREFIXES, is_search, prefixes};

/// The most people that one search at the front desk returns.
const MOST: usize = 50;

/// Returns the first 50 people for whom each word of `search` is the beginning of a word in their name, email
/// address, or phone number. They are ordered by the word that the longest search word matches, then by name. An
/// empty search returns nobody. The search is recorded in the audit log.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, and `Error::Forbidden` unless `by` may book for others.
pub fn find(tx: &mut Tx<'_>, by: &Actor, search: &str) -> Result<Vec<Person>> {
    by.need(Action::BookForOthers)?;
    if !is_search(search) {
        return Ok(Vec::new());
    }
    let found = page_of(tx, search, Paging { page: 1, size: MOST })?;
    note(tx, by, AuditEvent::PeopleSearched, None, json!({"found": found.len()}))?;
    Ok(found)
}

/// Returns the range of index words for each search word, the longest first; a missing search word yields NULL.
fn ranges(search: &str) -> Vec<Value> {
    let prefixes = prefixes(search);
    let range = |at: usize| match prefixes.get(at) {
        Some(prefix) => {
            let from = prefix.as_bytes().to_vec();
            // No byte of UTF-8 is this large.
            let to = [prefix.as_bytes(), &[0xff]].concat();
            [Some(from), Some(to)]
        }
        None => [None, None],
    };
    (0..MOST_PREFIXES).flat_map(range).map(Value::from).collect()
}

/// The people who have a word in each of the ranges. The first range is read in the order of the index, with each
/// person at their first matching word; the other ranges are looked up for each person. So a page of a large result
/// is found without reading all of it. `COUNT` is used instead of `EXISTS` because PostgreSQL would otherwise first
/// read everyone who has the other word.
macro_rules! found {
    () => {
        " FROM people_words a WHERE a.word >= $1 AND a.word < $2
         AND NOT EXISTS (SELECT 1 FROM people_words b
             WHERE b.person_id = a.person_id AND b.word >= $1 AND b.word < a.word)
         AND (CAST($3 AS BYTEA) IS NULL OR (SELECT COUNT(*) FROM people_words b
             WHERE b.person_id = a.person_id AND b.word >= $3 AND b.word < $4) > 0)
         AND (CAST($5 AS BYTEA) IS NULL OR (SELECT COUNT(*) FROM people_words b
             WHERE b.person_id = a.person_id AND b.word >= $5 AND b.word < $6) > 0)
         AND (CAST($7 AS BYTEA) IS NULL OR (SELECT COUNT(*) FROM people_words b
             WHERE b.person_id = a.person_id AND b.word >= $7 AND b.word < $8) > 0)"
    };
}

/// Returns one page of the people whom a search finds.
pub(crate) fn page_of(tx: &mut Tx<'_>, search: &str, paging: Paging) -> Result<Vec<Person>> {
    let (size, before) = paging.rows();
    let club = tx.club()?;
    let arguments: Vec<Value> = ranges(search).into_iter().chain(args![size, before, club]).collect();
    tx.all(
        sql!(concat!(
            "SELECT p.id, COALESCE(p.email, p.claimed_email), p.first_name, p.last_name, p.phone,
             COALESCE((SELECT r.role FROM club_roles r WHERE r.club_id = $11 AND r.person_id = p.id), 'account'),
             p.birthday, p.verified_at, p.created_at FROM (SELECT a.word, a.sort_name, a.person_id",
            found!(),
            " ORDER BY a.word, a.sort_name, a.person_id LIMIT $9 OFFSET $10) AS f
             JOIN people p ON p.id = f.person_id ORDER BY f.word, f.sort_name, f.person_id"
        )),
        arguments,
    )
}

/// The most people that are counted. For larger results, the search must be narrowed.
const MOST_COUNTED: i64 = 1_000;

/// Returns the number of people whom a search finds, at most 1,000.
pub(crate) fn count_of(tx: &mut Tx<'_>, search: &str) -> Result<i64> {
    let arguments: Vec<Value> = ranges(search).into_iter().chain(args![MOST_COUNTED]).collect();
    let count: Option<(i64,)> = tx.one(
        sql!(concat!("SELECT COUNT(*) FROM (SELECT a.person_id", found!(), " LIMIT $9) AS f")),
        arguments,
    )?;
    Ok(count.map_or(0, |(count,)| count))
}

/// Returns the ids of everyone whom [`find`] would find, up to 1,000. The search is recorded in the audit log.
///
/// # Errors
/// Returns the same errors as [`find`].
pub fn find_ids(tx: &mut Tx<'_>, by: &Actor, search: &str) -> Result<HashSet<Id>> {
    by.need(Action::BookForOthers)?;
    if !is_search(search) {
        return Ok(HashSet::new());
    }
    let arguments: Vec<Value> = ranges(search).into_iter().chain(args![MOST_COUNTED]).collect();
    let found: Vec<(Id,)> = tx.all(sql!(concat!("SELECT a.person_id", found!(), " LIMIT $9")), arguments)?;
    note(tx, by, AuditEvent::PeopleSearched, None, json!({"found": found.len()}))?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Returns the full names of people by id, for lists of who did what.
///
/// # Errors
/// Returns `Error::NotFound` if an id does not exist, or a fault if the database fails.
pub fn names(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, String>> {
    let mut names = HashMap::new();
    for id in ids {
        if let Entry::Vacant(place) = names.entry(id) {
            place.insert(crate::store::person(tx, id)?.full_name());
        }
    }
    Ok(names)
}
