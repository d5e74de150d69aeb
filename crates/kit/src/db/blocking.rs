//! Runs blocking work outside the threads that serve requests.

use crate::errors::{Fault, Result};

/// Runs blocking work on a thread that may block.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Fault::because(error)))
}
