//! Finding someone, for staff.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use kit::db::Value;
use kit::web::Paging;
use kit::{Id, Result, Tx, args, sql};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{What, note};
use crate::model::Person;
use crate::permissions::Action;
use crate::search_index::{MOST_PREFIXES, is_search, prefixes};

/// The most people that one search answers at the desk.
const MOST: usize = 50;

/// People in whose name, email address or phone number each word of `search` begins a word; the first 50, in the
/// order of the word that the longest begins, then by name. Nobody for no word. What was found is written to the audit log.
///
/// # Errors
/// `Error::Forbidden` unless `by` books for others.
pub fn find(tx: &mut Tx<'_>, by: &Actor, search: &str) -> Result<Vec<Person>> {
    by.need(Action::BookForOthers)?;
    if !is_search(search) {
        return Ok(Vec::new());
    }
    let found = page_of(tx, search, Paging { page: 1, size: MOST })?;
    note(tx, by, What::PeopleSearched, None, json!({"found": found.len()}))?;
    Ok(found)
}

/// Where the words of a search begin and end in the index, the longest first; nothing for words that it does not have.
fn ranges(search: &str) -> Vec<Value> {
    let prefixes = prefixes(search);
    let range = |at: usize| match prefixes.get(at) {
        Some(prefix) => {
            let from = prefix.as_bytes().to_vec();
            // No byte of UTF-8 is as large.
            let to = [prefix.as_bytes(), &[0xff]].concat();
            [Some(from), Some(to)]
        }
        None => [None, None],
    };
    (0..MOST_PREFIXES).flat_map(range).map(Value::from).collect()
}

/// Who has a word in each of the ranges. The first is read from the index in its order, each person at their first word in it; the
/// others are looked up person by person. So a page of many is found without looking at all of them. They are counted, not asked
/// whether they exist: PostgreSQL would read everyone who has the other word first.
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

/// A page of those whom a search finds.
pub(crate) fn page_of(tx: &mut Tx<'_>, search: &str, paging: Paging) -> Result<Vec<Person>> {
    let (size, before) = paging.rows();
    let club = tx.club()?;
    let query: Vec<Value> = ranges(search).into_iter().chain(args![size, before, club]).collect();
    tx.all(
        sql!(concat!(
            "SELECT p.id, COALESCE(p.email, p.claimed_email), p.first_name, p.last_name, p.phone,
             COALESCE((SELECT r.role FROM club_roles r WHERE r.club_id = $11 AND r.person_id = p.id), 'account'),
             p.birthday, p.verified_at, p.created_at FROM (SELECT a.word, a.sort_name, a.person_id",
            found!(),
            " ORDER BY a.word, a.sort_name, a.person_id LIMIT $9 OFFSET $10) AS f
             JOIN people p ON p.id = f.person_id ORDER BY f.word, f.sort_name, f.person_id"
        )),
        query,
    )
}

/// The most people that are counted: whoever finds more looks for less.
const MOST_COUNTED: i64 = 1_000;

/// How many people a search finds, at most 1,000.
pub(crate) fn count_of(tx: &mut Tx<'_>, search: &str) -> Result<i64> {
    let query: Vec<Value> = ranges(search).into_iter().chain(args![MOST_COUNTED]).collect();
    let count: Option<(i64,)> = tx
        .one(sql!(concat!("SELECT COUNT(*) FROM (SELECT a.person_id", found!(), " LIMIT $9) AS f")), query)?;
    Ok(count.map_or(0, |(count,)| count))
}

/// The full names of people, for lists of who did what.
///
/// # Errors
/// A fault of the database.
pub fn names(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, String>> {
    let mut names = HashMap::new();
    for id in ids {
        if let Entry::Vacant(place) = names.entry(id) {
            place.insert(crate::store::person(tx, id)?.full_name());
        }
    }
    Ok(names)
}
