//! The database layer: SQLite and PostgreSQL behind one SQL text, one transaction type, and one entry point.
//!
//! - [`Db::tx`] runs a plain function in a transaction, on a thread that owns its connection. There is no await
//!   inside a transaction, so a caller that is dropped cannot leave one half done.
//! - [`Db::view`] is the read-only counterpart: it reads one snapshot, and the engine itself refuses a write.
//! - Commits are grouped on both engines: many transactions share one flush to the disk, and none is acknowledged
//!   before that flush.

mod blocking;
mod caches;
mod club_key;
mod database;
mod dependencies;
mod engine;
mod health;
mod maintenance;
mod place;
mod record;
mod sql;
mod tx;
mod value;
mod writable;

pub use caches::Caches;
pub(crate) use club_key::ClubKey;
pub use database::{Db, with_low_priority};
pub use dependencies::{Dependencies, Width};
pub use engine::CommitMarker;
pub use maintenance::{
    Copied, Inspection, Migrated, OTHER_KEY, State, copy_into_file, copy_out_of_file, inspect,
};
pub use place::Place;
pub use rusqlite::types::ValueRef;
pub use sql::{Registered, Sql, containing};
pub use tx::Tx;
pub use value::{Column, FromRow, Row, Value};

#[doc(hidden)]
pub use ::postgres::{Error as PostgresError, Row as PostgresRow};

pub use crate::errors::BUSY;
