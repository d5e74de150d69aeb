//! Previews: an operation that is done and undone again.

use kit::{Error, Result, Tx};

/// What an operation would answer. Everything that it wrote is undone.
///
/// # Errors
/// Those of the operation.
pub(crate) fn preview<T>(tx: &mut Tx<'_>, operation: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
    let mut seen = None;
    tx.attempt::<()>(|tx| match operation(tx) {
        Err(error @ Error::Fault(_)) => Err(error),
        other => {
            seen = Some(other);
            Ok(None)
        }
    })?;
    seen.unwrap_or(Err(Error::NotFound))
}
