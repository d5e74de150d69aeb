//! How the club of a transaction is found (see `kit::clubs`).

use std::sync::Arc;

use crate::ids::Id;

/// How the club of a transaction is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum ClubKey {
    /// It is the default club.
    #[default]
    Default,
    /// It is the club of this host name, in lower case and without port; else the default club.
    Host(Arc<str>),
    /// It is this one.
    Id(Id),
}
