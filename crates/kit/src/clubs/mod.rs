//! Which club a transaction belongs to. Several clubs live in one database; every transaction carries one of them
//! ([`Tx::club`]), found by the host name of the request, by the row of a job, or by name. Where nothing else is said it
//! is the default club: the first one that was created. To this crate a club is an id and nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use crate::db::{ClubKey, Tx};
use crate::errors::{Error, Refusal, Result};
use crate::ids::Id;
use crate::versions::{self, Cached};
use crate::{args, sql};

/// Another club is found by this host name.
pub const HOST_TAKEN: Refusal =
    Refusal::conflict("host_taken", "This host name belongs to another club. Remove it there first.");

/// The shared version that changes with every club and host name that is added.
const VERSION: &str = "clubs";

/// The clubs of the database and their host names.
#[derive(Debug, Default, Clone)]
pub struct Clubs {
    ids: Vec<Id>,
    hosts: HashMap<String, Id>,
}

impl Clubs {
    /// Every club, in the order in which they were created.
    pub fn all(&self) -> &[Id] {
        &self.ids
    }

    /// The default club: the first one that was created. `Id(0)` before there is one.
    pub fn default_club(&self) -> Id {
        self.ids.first().copied().unwrap_or(Id(0))
    }

    /// The club of a host name, which is in lower case and without port.
    pub fn of_host(&self, host: &str) -> Option<Id> {
        self.hosts.get(host).copied()
    }

    pub(crate) fn find(&self, key: &ClubKey) -> Id {
        match key {
            ClubKey::Id(id) => *id,
            ClubKey::Host(host) => self.of_host(host).unwrap_or_else(|| self.default_club()),
            ClubKey::Default => self.default_club(),
        }
    }
}

/// The clubs of the database and their host names, as they are in this transaction.
///
/// # Errors
/// A fault of the database.
pub fn clubs(tx: &mut Tx<'_>) -> Result<Arc<Clubs>> {
    tx.caches::<Cached<(), Clubs>>().get_shared(tx, VERSION, (), |tx, _| {
        let ids: Vec<(Id,)> = tx.all(sql!("SELECT id FROM clubs ORDER BY id"), args![])?;
        let hosts: Vec<(String, Id)> = tx.all(sql!("SELECT host, club_id FROM club_hosts"), args![])?;
        Ok(Clubs { ids: ids.into_iter().map(|(id,)| id).collect(), hosts: hosts.into_iter().collect() })
    })
}

/// Says that a club was added. The rest of the transaction belongs to it.
///
/// # Errors
/// A fault of the database.
pub fn added(tx: &mut Tx<'_>, club: Id) -> Result<()> {
    versions::bump_shared(tx, VERSION)?;
    tx.enter_club(club);
    Ok(())
}

/// Has the club of this transaction be found by a host name as well, which is in lower case and without port.
///
/// # Errors
/// [`HOST_TAKEN`]; a fault of the database.
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

/// The host names of the club of this transaction, the one that links lead to first.
///
/// # Errors
/// A fault of the database.
pub fn hosts(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let club = tx.club()?;
    let hosts: Vec<(String,)> =
        tx.all(sql!("SELECT host FROM club_hosts WHERE club_id = $1 ORDER BY position, host"), args![club])?;
    Ok(hosts.into_iter().map(|(host,)| host).collect())
}

impl Tx<'_> {
    /// The club that this transaction belongs to. `Id(0)` before any club is set up.
    ///
    /// # Errors
    /// A fault of the database.
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

    /// The ids under which rows of this club stand in tables that were filled before there was a club: its own, and 0 if
    /// it is the default club, else its own again.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn club_ids(&mut self) -> Result<(Id, Id)> {
        let club = self.club()?;
        Ok((club, if clubs(self)?.default_club() == club { Id(0) } else { club }))
    }

    /// Does something in a club; then the transaction belongs to its own again.
    ///
    /// # Errors
    /// What `work` answers.
    pub fn in_club<T>(&mut self, club: Id, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = (self.club_key.clone(), self.club);
        self.enter_club(club);
        let done = work(self);
        (self.club_key, self.club) = before;
        done
    }

    /// Does something in each club, in the order in which they were created: for what concerns a person wherever they are
    /// known. What each answered.
    ///
    /// # Errors
    /// What `work` answers.
    pub fn in_each_club<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let all = clubs(self)?;
        all.all().iter().map(|club| self.in_club(*club, &mut work)).collect()
    }

    /// Has the rest of the transaction belong to a club.
    pub fn enter_club(&mut self, club: Id) {
        self.club_key = ClubKey::Id(club);
        self.club = None;
    }
}
