//! Secrets that a client holds. A secret has 256 random bits; the database stores only its SHA-256 digest.

use std::cell::RefCell;

pub use primitives::digest::{digest, digest_of, hex, unhex};

use crate::errors::{OrFault, Result};

/// Returns random bytes from the operating system.
///
/// # Errors
/// Returns a fault if the operating system provides none.
#[allow(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
pub fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).or_fault()?;
    Ok(bytes)
}

/// Returns a new secret of 256 random bits in hexadecimal.
///
/// # Errors
/// Returns a fault if the operating system provides no random bytes.
pub fn secret() -> Result<String> {
    Ok(hex(&random_bytes::<32>()?))
}

/// The number of bytes in a name. `NAMES` is the number of bytes fetched at once.
const NAME: usize = 8;
const NAMES: usize = 64 * NAME;

/// Returns a unique name of 64 random bits in hexadecimal. It is not a secret, because random bytes are fetched for
/// many names at once. The name is empty if the operating system provides no random bytes.
pub fn name() -> String {
    thread_local! {
        static RANDOM: RefCell<([u8; NAMES], usize)> = const { RefCell::new(([0; NAMES], NAMES)) };
    }
    RANDOM.with_borrow_mut(|(bytes, used)| {
        if *used == NAMES {
            let Ok(new) = random_bytes() else { return String::new() };
            (*bytes, *used) = (new, 0);
        }
        let name = bytes.get(*used..*used + NAME).map(hex).unwrap_or_default();
        *used += NAME;
        name
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn random_names_are_unique() {
        let names: HashSet<String> = (0..1_000).map(|_| name()).collect();
        assert_eq!(names.len(), 1_000);
        assert!(names.iter().all(|name| name.len() == 2 * NAME));
    }
}
