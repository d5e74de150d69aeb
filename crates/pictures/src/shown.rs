//! The published pictures for pages. They are cached under the version of the catalogue, which is also the version of
//! cached pages, because pictures are part of what those pages show.

use std::collections::HashMap;
use std::sync::Arc;

use kit::versions::Cached;
use kit::{Id, Result, Tx};

use crate::model::{Picture, PictureState};
use crate::store;

/// The published pictures of a club that can be shown, by slot.
#[derive(Debug, Default)]
pub struct PublishedPictures(HashMap<String, Picture>);

impl PublishedPictures {
    /// Returns the picture in a slot, if one can be shown.
    pub fn at(&self, slot: &str) -> Option<&Picture> {
        self.0.get(slot)
    }
}

/// Returns the pictures that a club shows now.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn shown(tx: &mut Tx<'_>, club: Id) -> Result<Arc<PublishedPictures>> {
    tx.caches::<Cached<Id, PublishedPictures>>().get(tx, catalogue::VERSION, club, |tx, _| {
        let known = store::pictures(tx, club)?.into_iter();
        Ok(PublishedPictures(
            known
                .filter(|(_, picture)| picture.is_published && picture.state == PictureState::Ready)
                .collect(),
        ))
    })
}

/// Returns all pictures of a club with their slots, including those that are being processed or failed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn list(tx: &mut Tx<'_>, club: Id) -> Result<Vec<(String, Picture)>> {
    store::pictures(tx, club)
}
