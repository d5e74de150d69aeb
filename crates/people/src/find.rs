//! Finding somebody, for staff.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use kit::db::containing;
use kit::{Id, Result, Tx, args, sql};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{What, note};
use crate::model::Person;
use crate::permissions::Action;

/// The most people that one search answers.
const MOST: i64 = 50;

/// People whose name, address of mail or phone holds each of the words, by name; nobody for no word. What was found is written
/// down.
///
/// # Errors
/// `Error::Forbidden` unless `by` books for others.
pub fn find(tx: &mut Tx<'_>, by: &Actor, words: &str) -> Result<Vec<Person>> {
    by.need(Action::BookForOthers)?;
    let words: Vec<String> =
        words.split_whitespace().map(|word| containing(&word.to_lowercase())).take(4).collect();
    let Some(first) = words.first() else { return Ok(Vec::new()) };
    let at = |place: usize| words.get(place).unwrap_or(first).clone();
    let found: Vec<Person> = tx.all(
        sql!(
            "SELECT id, COALESCE(email, claimed_email), first_name, last_name, phone, role, birthday, verified_at,
             created_at FROM (SELECT p.*, lower(first_name || ' ' || last_name || ' '
                 || COALESCE(email, claimed_email, '') || ' ' || COALESCE(phone, '')) AS about FROM people p
                 WHERE p.erased_at IS NULL) AS people
             WHERE about LIKE $1 ESCAPE '!' AND about LIKE $2 ESCAPE '!' AND about LIKE $3 ESCAPE '!'
             AND about LIKE $4 ESCAPE '!' ORDER BY lower(last_name), lower(first_name), id LIMIT $5"
        ),
        args![at(0), at(1), at(2), at(3), MOST],
    )?;
    note(tx, by, What::PeopleSearched, None, json!({"found": found.len()}))?;
    Ok(found)
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
