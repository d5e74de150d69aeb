//! Secrets that a client holds. A secret has 256 random bits; the database stores only its SHA-256 digest.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

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

/// Returns the SHA-256 digest of a secret, which is stored in its place.
pub fn digest(secret: &str) -> Vec<u8> {
    digest_of(secret.as_bytes())
}

/// Returns the SHA-256 digest of bytes.
pub fn digest_of(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Encodes bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(digits.filter_map(|digit| DIGITS.get(usize::from(digit))));
    text
}

/// Decodes hexadecimal text in either case; returns `None` for any other text.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [first, last] => u8::try_from(digit(first)? << 4 | digit(last)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
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
    fn hex_output_is_lowercase_and_zero_padded() {
        assert_eq!(hex(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
        assert_eq!(hex(&[]), "");
    }

    #[test]
    fn random_names_are_unique() {
        let names: HashSet<String> = (0..1_000).map(|_| name()).collect();
        assert_eq!(names.len(), 1_000);
        assert!(names.iter().all(|name| name.len() == 2 * NAME));
    }
}
