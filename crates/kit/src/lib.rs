//! The foundation of every crate: database layer, jobs, errors, clock, ids, amounts, encryption, configuration,
//! live changes, and web infrastructure. It contains no concept of a spa.

pub mod clubs;
pub mod config;
pub mod counters;
pub mod db;
pub mod encryption;
pub mod errors;
pub mod files;
pub mod ids;
pub mod jobs;
pub mod notifications;
pub mod replies;
pub mod tokens;
pub mod versions;
pub mod web;

#[cfg(feature = "testing")]
pub mod testing;

pub use db::{Db, Tx};
pub use errors::{DetailKey, Error, Fault, Fields, Internal, RETRY_AFTER, Refusal, RefusalDetails, Result};
pub use ids::Id;
pub use notifications::Notification;
pub use primitives::amounts::Cents;
pub use primitives::clock::Clock;
pub use primitives::{amounts, clock, fold, live, phones, rate_limit, text};
pub use web::AppState;

#[doc(hidden)]
pub use {inventory, serde_json};
