//! The location of a database.

use std::path::PathBuf;

use crate::errors::{Fault, Result};

/// Which database is used, and how it is reached.
#[derive(Debug, Clone)]
pub enum Place {
    /// The path of an SQLite file.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL server.
    Postgres(String),
}

impl Place {
    /// Parses `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// Returns a fault for any other text.
    pub fn parse(url: &str) -> Result<Place> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Place::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite:").ok_or_else(|| {
            Fault::because(
                "DATABASE_URL must start with sqlite: or postgres:// (for example sqlite:data/club.db)",
            )
        })?;
        Ok(Place::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
    }
}
