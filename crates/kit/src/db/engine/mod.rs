//! The two engines: their threads, their connections, and the commit marker.

mod commit_marker;
mod postgres;
pub(super) mod postgres_session;
mod sqlite;
pub(super) mod sqlite_connection;

pub(super) use self::postgres::Postgres;
pub use commit_marker::CommitMarker;
pub(super) use sqlite::Sqlite;
