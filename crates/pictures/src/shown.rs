//! What hangs where, as pages ask it: kept in memory under the version that pages are kept under, for a picture is part of
//! what they show.

use std::collections::HashMap;
use std::sync::Arc;

use kit::versions::Cached;
use kit::{Id, Result, Tx};

use crate::model::{Picture, PictureState};
use crate::store;

/// What hangs in a club and can be shown, by spot.
#[derive(Debug, Default)]
pub struct Shown(HashMap<String, Picture>);

impl Shown {
    /// The picture at a spot, if there is one that can be shown.
    pub fn at(&self, slot: &str) -> Option<&Picture> {
        self.0.get(slot)
    }
}

/// What can be shown in a club now.
///
/// # Errors
/// A fault of the database.
pub fn shown(tx: &mut Tx<'_>, club: Id) -> Result<Arc<Shown>> {
    tx.caches::<Cached<Id, Shown>>().get(tx, catalogue::VERSION, club, |tx, _| {
        let known = store::pictures(tx, club)?.into_iter();
        Ok(Shown(
            known.filter(|(_, picture)| picture.hangs && picture.state == PictureState::Ready).collect(),
        ))
    })
}

/// Everything of a club, also what is still being made or could not be, by spot.
///
/// # Errors
/// A fault of the database.
pub fn list(tx: &mut Tx<'_>, club: Id) -> Result<Vec<(String, Picture)>> {
    store::pictures(tx, club)
}
