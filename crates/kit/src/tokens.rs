//! Secrets that a client carries: 256 bits of chance outside, their SHA-256 in the database.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::errors::{OrFault, Result};

/// Fills an array from the operating system's source of chance.
///
/// # Errors
/// A fault if the operating system has none.
#[allow(clippy::disallowed_methods, reason = "the one place that asks for chance")]
pub fn chance<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).or_fault()?;
    Ok(bytes)
}

/// A new secret of 256 bits in hexadecimal.
///
/// # Errors
/// A fault if the operating system has no chance to give.
pub fn secret() -> Result<String> {
    Ok(hex(&chance::<32>()?))
}

/// What is stored of a secret: its SHA-256.
pub fn digest(secret: &str) -> Vec<u8> {
    digest_of(secret.as_bytes())
}

/// The SHA-256 of some bytes.
pub fn digest_of(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
