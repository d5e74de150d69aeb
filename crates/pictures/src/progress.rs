//! The processing state of an uploaded photograph, for the person who uploaded it.

use kit::{Error, Id, Result, Tx};
use people::{Action, Actor};

use crate::model::Progress;
use crate::store;

/// Returns the processing state of a photograph of the club.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if there is no such picture
/// or it has been replaced.
pub fn progress(tx: &mut Tx<'_>, by: &Actor, picture: Id) -> Result<Progress> {
    by.need(Action::ManageCatalogue)?;
    let club = catalogue::current(tx)?.club.id;
    store::progress(tx, club, picture)?.ok_or(Error::NotFound)
}
