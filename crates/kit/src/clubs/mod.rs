//! The club of a transaction. Several clubs share one database, and every transaction belongs to one of them
//! ([`Tx::club`]): the club of the request's host name, of the job, or of a command's `--club` option; otherwise the
//! default club, which is the first one that was created. This crate knows only the ids and host names of clubs.

pub(crate) mod host_table;

use std::collections::HashMap;
use std::sync::Arc;

use crate::db::{ClubKey, Tx};
use crate::errors::{Error, Refusal, Result};
use crate::ids::Id;
use crate::versions::{self, Cached};
use crate::{args, sql};

/// The refusal for a host name that belongs to another club.
pub const HOST_TAKEN: Refusal =
    Refusal::conflict("host_taken", "This host name belongs to another club. Choose a different one.");

/// The name of the shared version that changes whenever a club or a host name is added.
const VERSION: &str = "clubs";

/// The ids and host names of all clubs in the database.
#[derive(Debug, Default, Clone)]
pub struct Clubs {
    ids: Vec<Id>,
    hosts: HashMap<String, Id>,
}

impl Clubs {
    /// Returns the ids of all clubs, in the order in which they were created.
    pub fn all(&self) -> &[Id] {
        &self.ids
    }

    /// Returns the default club, which is the first one that was created, or `Id(0)` if there is no club yet.
    pub fn default_club(&self) -> Id {
        self.ids.first().copied().unwrap_or(Id(0))
    }

    /// Returns the club with a host name. `host` must be in lower case and without a port.
    pub fn of_host(&self, host: &str) -> Option<Id> {
        self.hosts.get(host).copied()
    }

    /// Returns the club that answers for a host name: the one that has it, otherwise the default club.
    pub(crate) fn answering(&self, host: Option<&str>) -> Id {
        host.and_then(|host| self.of_host(host)).unwrap_or_else(|| self.default_club())
    }

    pub(crate) fn find(&self, key: &ClubKey) -> Id {
        match key {
            ClubKey::Id(id) => *id,
            ClubKey::Host(host) => self.answering(Some(host)),
            ClubKey::Default => self.answering(None),
        }
    }
}

/// Returns the ids and host names of all clubs, as this transaction sees them.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn clubs(tx: &mut Tx<'_>) -> Result<Arc<Clubs>> {
    tx.caches::<Cached<(), Clubs>>().get_shared(tx, VERSION, (), |tx, _| {
        let ids: Vec<(Id,)> = tx.all(sql!("SELECT id FROM clubs ORDER BY id"), args![])?;
        let hosts: Vec<(String, Id)> = tx.all(sql!("SELECT host, club_id FROM club_hosts"), args![])?;
        Ok(Clubs { ids: ids.into_iter().map(|(id,)| id).collect(), hosts: hosts.into_iter().collect() })
    })
}

/// Records that a club was added. The rest of the transaction belongs to the new club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn added(tx: &mut Tx<'_>, club: Id) -> Result<()> {
    versions::bump_shared(tx, VERSION)?;
    tx.switch_club(club);
    Ok(())
}

/// Adds a host name to the club of this transaction. `host` must be in lower case and without a port.
///
/// # Errors
/// Returns [`HOST_TAKEN`] if another club has the host name, or a fault if the database fails.
pub fn add_host(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "INSERT INTO club_hosts (host, club_id, position) VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1
             FROM club_hosts WHERE club_id = $2)) ON CONFLICT (host) DO NOTHING"
        ),
        args![host, club],
    )?;
    let owner: Option<(Id,)> = tx.one(sql!("SELECT club_id FROM club_hosts WHERE host = $1"), args![host])?;
    if owner != Some((club,)) {
        return Err(Error::refused(&HOST_TAKEN));
    }
    versions::bump_shared(tx, VERSION)
}

/// Returns the host names of the club of this transaction in the order in which they were added.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn hosts(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let club = tx.club()?;
    let hosts: Vec<(String,)> =
        tx.all(sql!("SELECT host FROM club_hosts WHERE club_id = $1 ORDER BY position, host"), args![club])?;
    Ok(hosts.into_iter().map(|(host,)| host).collect())
}

impl Tx<'_> {
    /// Returns the club that this transaction belongs to, or `Id(0)` if there is no club yet.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub fn club(&mut self) -> Result<Id> {
        if let Some(club) = self.club {
            return Ok(club);
        }
        let club = match self.club_key.clone() {
            ClubKey::Id(club) => club,
            key => clubs(self)?.find(&key),
        };
        self.club = Some(club);
        Ok(club)
    }

    /// Returns the two values of `club_id` that the rows of this club can have. For the default club, these are its id
    /// and 0, which rows have that are older than the first club or than the column. Otherwise, both are the club's id.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub fn club_ids(&mut self) -> Result<(Id, Id)> {
        let club = self.club()?;
        Ok((club, if clubs(self)?.default_club() == club { Id(0) } else { club }))
    }

    /// Runs `work` in another club. After that, the transaction belongs to its previous club again.
    ///
    /// # Errors
    /// Returns the error of `work`.
    pub fn in_club<T>(&mut self, club: Id, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = (self.club_key.clone(), self.club);
        self.switch_club(club);
        let done = work(self);
        (self.club_key, self.club) = before;
        done
    }

    /// Runs `work` in each club, in the order in which the clubs were created, and returns all results. This is for
    /// operations on a person that affect every club.
    ///
    /// # Errors
    /// Returns the first error of `work`, or a fault if the database fails.
    pub fn in_each_club<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let all = clubs(self)?;
        all.all().iter().map(|club| self.in_club(*club, &mut work)).collect()
    }

    /// Makes the rest of the transaction belong to a club.
    pub fn switch_club(&mut self, club: Id) {
        self.club_key = ClubKey::Id(club);
        self.club = None;
    }
}
