//! Versions of data that is read often and changed seldom. A cached value is keyed by a version that is read in the
//! same transaction, so that two processes never disagree. A version is an id, so a version that was rolled back
//! never occurs again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::db::Tx;
use crate::errors::Result;
use crate::ids::Id;
use crate::{args, sql};

/// The key, in place of a club's id, of the versions that all clubs share. No club has an id as low as this.
const SHARED: Id = Id(-9_223_372_036_854_775_807);

/// Records that the data called `name` of the club of this transaction has changed.
///
/// # Errors
/// Returns a fault if the database fails.
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

/// Records that the data called `name`, which all clubs share, has changed.
///
/// # Errors
/// Returns a fault if the database fails.
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

/// Returns the version of `name` in the club of this transaction; 0 before the first change. The first call in a
/// transaction reads all versions, so that the transaction sees one consistent set of versions whatever others change
/// while it runs.
///
/// # Errors
/// Returns a fault if the database fails.
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

/// Returns the version of `name` as the database has it now, without the copy of the transaction.
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

/// Values cached by key. Each is valid for one version.
#[derive(Debug)]
pub struct Cached<K, T>(Mutex<Answers<K, T>>);

type Answers<K, T> = HashMap<(Id, K), (Id, Arc<T>)>;

impl<K, T> Default for Cached<K, T> {
    fn default() -> Cached<K, T> {
        Cached(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq, T> Cached<K, T> {
    /// Returns this club's value for `key` at the version of `name` in this transaction: the cached value, or else the
    /// result of `load`. A value that was loaded while the version changed is returned but not cached.
    ///
    /// # Errors
    /// Returns the error of `load`, or a fault if the database fails.
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

    /// Like [`Cached::get`], for values that all clubs share.
    ///
    /// # Errors
    /// Returns the error of `load`, or a fault if the database fails.
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
