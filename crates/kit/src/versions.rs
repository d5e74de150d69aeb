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

/// Records that the data called `name` has changed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn bump(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let version = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO versions (name, version) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET version = excluded.version"
        ),
        args![name, version],
    )?;
    if let Some(all) = &mut tx.versions {
        all.insert(name.to_owned(), version);
    }
    Ok(())
}

/// Returns the version of `name`; 0 before the first change. The first call in a transaction reads all versions, so
/// that the transaction sees one consistent set of versions whatever others change while it runs.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn current(tx: &mut Tx<'_>, name: &str) -> Result<Id> {
    if tx.versions.is_none() {
        let all: Vec<(String, Id)> = tx.all(sql!("SELECT name, version FROM versions"), args![])?;
        tx.versions = Some(all.into_iter().collect());
    }
    let known = tx.versions.as_ref().and_then(|all| all.get(name));
    Ok(known.copied().unwrap_or(Id(0)))
}

/// Returns the version of `name` as the database has it now, without the copy of the transaction.
fn at_this_moment(tx: &mut Tx<'_>, name: &str) -> Result<Id> {
    let found: Option<(Id,)> = tx.one(sql!("SELECT version FROM versions WHERE name = $1"), args![name])?;
    Ok(found.map_or(Id(0), |(version,)| version))
}

/// Values cached by key. Each is valid for one version.
#[derive(Debug)]
pub struct Cached<K, T>(Mutex<HashMap<K, (Id, Arc<T>)>>);

impl<K, T> Default for Cached<K, T> {
    fn default() -> Cached<K, T> {
        Cached(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq, T> Cached<K, T> {
    /// Returns the value for `key` at the version of `name` in this transaction: the cached value, or else the
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
        let version = current(tx, name)?;
        if let Some((stored, answer)) = self.lock().get(&key)
            && *stored == version
        {
            return Ok(answer.clone());
        }
        let answer = Arc::new(load(tx, version)?);
        if at_this_moment(tx, name)? == version {
            self.lock().insert(key, (version, answer.clone()));
        }
        Ok(answer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, (Id, Arc<T>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
