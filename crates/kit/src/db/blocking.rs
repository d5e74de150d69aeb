//! Work that blocks, away from the threads that answer requests.

use crate::errors::{Fault, Result};

/// Runs what blocks on a thread where it may.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Fault::because(error)))
}
