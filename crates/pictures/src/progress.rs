//! How far a photograph is that came: for whoever sent it.

use kit::{Error, Id, Result, Tx};
use people::{Action, Actor};

use crate::model::Progress;
use crate::store;

/// How far a photograph of the club is.
///
/// # Errors
/// `Error::Forbidden` unless `by` may manage the catalogue; `Error::NotFound` if there is none, or it has been replaced.
pub fn progress(tx: &mut Tx<'_>, by: &Actor, picture: Id) -> Result<Progress> {
    by.need(Action::ManageCatalogue)?;
    let club = catalogue::current(tx)?.club.id;
    store::progress(tx, club, picture)?.ok_or(Error::NotFound)
}
