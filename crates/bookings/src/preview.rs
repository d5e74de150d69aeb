//! Previews: an operation that is run and rolled back.

use kit::{Error, Result, Tx};

/// Returns what an operation would return. Everything it wrote is rolled back.
///
/// # Errors
/// Returns the errors of the operation.
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
