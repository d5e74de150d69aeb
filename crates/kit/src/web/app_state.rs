//! The state that every handler receives.

use std::sync::Arc;

use crate::config::Config;
use crate::db::Db;

/// The state of the program: its database (which carries the clock, ids, and live changes) and its configuration.
#[derive(Clone)]
pub struct AppState {
    /// The database, as the club that is asked uses it.
    pub db: Db,
    /// The configuration.
    pub config: Arc<Config>,
}

impl AppState {
    /// The same with another handle of the database: for another club.
    #[must_use]
    pub fn with(&self, db: Db) -> AppState {
        AppState { db, config: self.config.clone() }
    }
}
