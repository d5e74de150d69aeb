//! The engines: their threads, their connections, and what tells that something was committed.

mod postgres;
pub(super) mod postgres_session;
mod sqlite;
pub(super) mod sqlite_connection;
mod stamp;

pub(super) use self::postgres::Postgres;
pub(super) use sqlite::Sqlite;
pub use stamp::Stamp;
