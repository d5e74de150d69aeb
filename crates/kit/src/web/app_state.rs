//! The state that every handler receives.

use std::sync::Arc;

use crate::config::Config;
use crate::db::Db;

/// The state of the program: its database (which carries the clock, ids, and live changes) and its configuration.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The configuration.
    pub config: Arc<Config>,
}
