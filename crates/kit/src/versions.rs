//! Versions of what is read often and changed seldom. A cached answer is keyed by a version read in the
//! same transaction, so that two processes never disagree. A version is an id: one that was
//! rolled back never comes again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::db::Tx;
use crate::errors::Result;
use crate::ids::Id;
use crate::{args, sql};

/// Stands for what all clubs share, where versions are told apart by club; no id of a club is as low.
const SHARED: Id = Id(-9_223_372_036_854_775_807);

/// Says that what `name` stands for has changed in the club of this transaction.
///
/// # Errors
/// A fault of the database.
pub fn bump(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let (version, club) = (tx.new_id()?, tx.club()?);
    tx.run(
        sql!(
            "INSERT INTO club_versions (club_id, name, version) VALUES ($1, $2, $3)
             ON CONFLICT (club_id, name) DO UPDATE SET version = excluded.version"
        ),
        args![club, name, version],
    )?;
    note(tx, club, name, version);
    Ok(())
}

/// Says that what `name` stands for has changed, of what all clubs share.
///
/// # Errors
/// A fault of the database.
pub fn bump_shared(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let version = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO versions (name, version) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET version = excluded.version"
        ),
        args![name, version],
    )?;
    note(tx, SHARED, name, version);
    Ok(())
}

fn note(tx: &mut Tx<'_>, club: Id, name: &str, version: Id) {
    if let Some(all) = &mut tx.versions {
        all.entry(club).or_default().insert(name.to_owned(), version);
    }
}

/// The version of `name` in the club of this transaction; 0 before the first change. All of them are read when the first
/// one is asked for: a transaction sees one catalogue, whatever others change while it runs.
///
/// # Errors
/// A fault of the database.
pub fn current(tx: &mut Tx<'_>, name: &str) -> Result<Id> {
    let club = tx.club()?;
    known(tx, club, name)
}

fn known(tx: &mut Tx<'_>, club: Id, name: &str) -> Result<Id> {
    if tx.versions.is_none() {
        let mut all: HashMap<Id, HashMap<String, Id>> = HashMap::new();
        tx.each(
            sql!(
                "SELECT CAST(-9223372036854775807 AS BIGINT), name, version FROM versions
                 UNION ALL SELECT club_id, name, version FROM club_versions"
            ),
            args![],
            |row| {
                all.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get(2)?);
                Ok(())
            },
        )?;
        tx.versions = Some(all);
    }
    let known = tx.versions.as_ref().and_then(|all| all.get(&club)?.get(name));
    Ok(known.copied().unwrap_or(Id(0)))
}

/// The version of `name` at this very moment.
fn at_this_moment(tx: &mut Tx<'_>, club: Id, name: &str) -> Result<Id> {
    let found: Option<(Id,)> = tx.one(
        sql!(
            "SELECT version FROM club_versions WHERE club_id = $1 AND name = $2
             UNION ALL SELECT version FROM versions WHERE $1 = -9223372036854775807 AND name = $2"
        ),
        args![club, name],
    )?;
    Ok(found.map_or(Id(0), |(version,)| version))
}

/// Answers kept by club and key, each good for one version.
#[derive(Debug)]
pub struct Cached<K, T>(Mutex<Answers<K, T>>);

type Answers<K, T> = HashMap<(Id, K), (Id, Arc<T>)>;

impl<K, T> Default for Cached<K, T> {
    fn default() -> Cached<K, T> {
        Cached(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq, T> Cached<K, T> {
    /// The answer for `key` in the club of this transaction, as of the version of `name` in it: the kept one, or what
    /// `load` reads. What was read while somebody changed it is answered, but not kept.
    ///
    /// # Errors
    /// What `load` answers.
    pub fn get(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        key: K,
        load: impl FnOnce(&mut Tx<'_>, Id) -> Result<T>,
    ) -> Result<Arc<T>> {
        let club = tx.club()?;
        self.get_in(tx, (club, name), key, load)
    }

    /// The same of what all clubs share.
    ///
    /// # Errors
    /// What `load` answers.
    pub fn get_shared(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        key: K,
        load: impl FnOnce(&mut Tx<'_>, Id) -> Result<T>,
    ) -> Result<Arc<T>> {
        self.get_in(tx, (SHARED, name), key, load)
    }

    fn get_in(
        &self,
        tx: &mut Tx<'_>,
        (club, name): (Id, &str),
        key: K,
        load: impl FnOnce(&mut Tx<'_>, Id) -> Result<T>,
    ) -> Result<Arc<T>> {
        let (version, key) = (known(tx, club, name)?, (club, key));
        if let Some((stored, answer)) = self.lock().get(&key)
            && *stored == version
        {
            return Ok(answer.clone());
        }
        let answer = Arc::new(load(tx, version)?);
        if at_this_moment(tx, club, name)? == version {
            self.lock().insert(key, (version, answer.clone()));
        }
        Ok(answer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Answers<K, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
