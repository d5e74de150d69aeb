//! Signatures of webhook requests (`Stripe-Signature: t=…,v1=…`): HMAC-SHA256 over the time, a dot, and the raw body.

use std::fmt;

use ring::hmac;

/// How far the time of a signature may be from the current time, in seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The secrets that sign the requests of a webhook: one, or two while one replaces the other. It has no `Debug`.
#[derive(Clone)]
pub struct WebhookSecrets(Vec<hmac::Key>);

/// Why a signature does not prove that Stripe sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadSignature {
    /// The header is missing, or has no time or no signature of version 1.
    Malformed,
    /// The time of the signature is too long ago, or in the future.
    Outdated,
    /// No signature matches.
    Mismatch,
}

impl WebhookSecrets {
    /// Reads secrets that are separated by commas; returns `None` if there is none, or more than two.
    pub fn parse(text: &str) -> Option<WebhookSecrets> {
        let secrets: Vec<&str> = text.split(',').map(str::trim).filter(|secret| !secret.is_empty()).collect();
        (1..=2).contains(&secrets.len()).then(|| {
            let key = |secret: &&str| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            WebhookSecrets(secrets.iter().map(key).collect())
        })
    }

    /// Verifies the signature of a request over its raw body. Each signature of version 1 is compared with each secret,
    /// in constant time. `now` is the time of the machine in unix seconds.
    ///
    /// # Errors
    /// Returns why the request may not be from Stripe.
    pub fn verify(&self, header: &str, body: &[u8], now: i64) -> Result<(), BadSignature> {
        let (mut time, mut signatures) = (None, Vec::new());
        for part in header.split(',') {
            match part.trim().split_once('=') {
                Some(("t", value)) if time.is_none() => time = Some(value),
                Some(("t", _)) => return Err(BadSignature::Malformed),
                Some(("v1", value)) => signatures.extend(unhex(value)),
                _ => {}
            }
        }
        let time = time.ok_or(BadSignature::Malformed)?;
        let second: i64 = time.parse().map_err(|_| BadSignature::Malformed)?;
        if signatures.is_empty() {
            return Err(BadSignature::Malformed);
        }
        let signed = [time.as_bytes(), b".", body].concat();
        let is_signed_with =
            |key: &hmac::Key| signatures.iter().any(|one| hmac::verify(key, &signed, one).is_ok());
        if !self.0.iter().any(is_signed_with) {
            return Err(BadSignature::Mismatch);
        }
        if second.abs_diff(now) > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(BadSignature::Outdated);
        }
        Ok(())
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| if let [a, b] = *pair { Some(digit(a)? << 4 | digit(b)?) } else { None }).collect()
}

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadSignature::Malformed => "the signature cannot be read",
            BadSignature::Outdated => "the signature is too old, or its time is in the future",
            BadSignature::Mismatch => "the signature does not match",
        })
    }
}

impl std::error::Error for BadSignature {}
