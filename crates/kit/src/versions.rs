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

/// Says that what `name` stands for has changed.
///
/// # Errors
/// A fault of the database.
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

/// The version of `name`; 0 before the first change. All of them are read when the first one is asked for: a
/// transaction sees one catalogue, whatever others change while it runs.
///
/// # Errors
/// A fault of the database.
pub fn current(tx: &mut Tx<'_>, name: &str) -> Result<Id> {
    if tx.versions.is_none() {
        let all: Vec<(String, Id)> = tx.all(sql!("SELECT name, version FROM versions"), args![])?;
        tx.versions = Some(all.into_iter().collect());
    }
    let known = tx.versions.as_ref().and_then(|all| all.get(name));
    Ok(known.copied().unwrap_or(Id(0)))
}

/// The version of `name` at this very moment.
fn at_this_moment(tx: &mut Tx<'_>, name: &str) -> Result<Id> {
    let found: Option<(Id,)> = tx.one(sql!("SELECT version FROM versions WHERE name = $1"), args![name])?;
    Ok(found.map_or(Id(0), |(version,)| version))
}

/// Answers kept by key, each good for one version.
#[derive(Debug)]
pub struct Cached<K, T>(Mutex<HashMap<K, (Id, Arc<T>)>>);

impl<K, T> Default for Cached<K, T> {
    fn default() -> Cached<K, T> {
        Cached(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq, T> Cached<K, T> {
    /// The answer for `key`, as of the version of `name` in this transaction: the kept one, or what `load` reads.
    /// What was read while somebody changed it is answered, but not kept.
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
