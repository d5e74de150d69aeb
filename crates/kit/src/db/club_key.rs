//! The key by which the club of a transaction is found (see `kit::clubs`).

use std::sync::Arc;

use crate::ids::Id;

/// The key by which the club of a transaction is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum ClubKey {
    /// The default club, which is the one that was created first.
    #[default]
    Default,
    /// The club with this host name (in lower case, without a port), or the default club if no club has it.
    Host(Arc<str>),
    /// The club with this id.
    Id(Id),
}
