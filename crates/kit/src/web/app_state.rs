//! The state that every handler receives.

use std::sync::Arc;

use crate::config::Config;
use crate::db::Db;

/// The state of the program: its database (which carries the clock, ids, and live changes) and its configuration.
#[derive(Clone)]
pub struct AppState {
    /// The database handle, which carries the club that the transactions belong to.
    pub db: Db,
    /// The configuration with which the program was started.
    pub config: Arc<Config>,
}

impl AppState {
    /// Returns the same state with another database handle, for example the handle of another club.
    #[must_use]
    pub fn with(&self, db: Db) -> AppState {
        AppState { db, config: self.config.clone() }
    }
}
