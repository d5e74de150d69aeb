//! How far a photograph is that came: for whoever sent it.

use kit::{Error, Id, Result, Tx};
use people::{Action, Actor};

use crate::model::State;
use crate::store;

/// How far a photograph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it is to be seen.
    pub spot: String,
    /// Whether it is being made, ready, or could not be used.
    pub state: State,
    /// Why it could not be used.
    pub problem: Option<String>,
    /// How many are made before it.
    pub before: i64,
}

/// How far a photograph of the club is.
///
/// # Errors
/// `Error::Forbidden` unless `by` may manage the catalogue; `Error::NotFound` if there is none, or it has been replaced.
pub fn progress(tx: &mut Tx<'_>, by: &Actor, picture: Id) -> Result<Progress> {
    by.need(Action::ManageCatalogue)?;
    let club = catalogue::current(tx)?.club.id;
    store::progress(tx, club, picture)?.ok_or(Error::NotFound)
}
