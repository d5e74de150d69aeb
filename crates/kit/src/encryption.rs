//! Encryption of text at rest (AES-256-GCM) with the key file. Each encrypted text is bound to its place, so that
//! it cannot be copied to another row or column.

use std::path::Path;
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::errors::{Fault, OrFault, Result};
use crate::{files, tokens};

/// The first byte of every encrypted text. It names the scheme, so that the scheme can change later.
const SCHEME: u8 = 1;

/// Encrypts and decrypts text. Clones share the key.
#[derive(Clone)]
pub struct Encryptor(Arc<LessSafeKey>);

impl std::fmt::Debug for Encryptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encryptor")
    }
}

impl Encryptor {
    /// Reads the key file, or creates it (readable by its owner alone) if it does not exist.
    ///
    /// # Errors
    /// Returns a fault if the file cannot be read or created, if others than its owner can read it, or if it does
    /// not hold a key of 32 bytes.
    pub fn from_file(path: &Path) -> Result<Encryptor> {
        if !path.exists() {
            make_key_file(path)?;
        }
        if let Some(mode) = files::loose_mode(path) {
            let path = path.display();
            return Err(Fault::because(format!(
                "key file {path}: others can read it (mode {mode:04o}), so it was rejected. Run `chmod 600 {path}`, \
                 and consider who may have read it"
            )));
        }
        let key =
            std::fs::read(path).map_err(|e| Fault::because(format!("key file {}: {e}", path.display())))?;
        Encryptor::from_key(&key)
            .map_err(|_| Fault::because(format!("key file {}: it must hold 32 bytes", path.display())))
    }

    /// Builds an encryptor from a key of 32 bytes.
    ///
    /// # Errors
    /// Returns a fault if the key has another length.
    pub fn from_key(key: &[u8]) -> Result<Encryptor> {
        let key = UnboundKey::new(&AES_256_GCM, key)
            .map_err(|_| Fault::because("the key file must hold 32 bytes"))?;
        Ok(Encryptor(Arc::new(LessSafeKey::new(key))))
    }

    /// Encrypts `text` for the place `bound_to` (such as `"people.emergency_contact:17"`).
    ///
    /// # Errors
    /// Returns a fault if the system provides no random bytes.
    pub fn encrypt(&self, bound_to: &str, text: &str) -> Result<Vec<u8>> {
        let nonce = tokens::random_bytes::<NONCE_LEN>()?;
        let mut body = text.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound_to.as_bytes()),
                &mut body,
            )
            .or_fault()?;
        Ok([&[SCHEME][..], &nonce, &body].concat())
    }

    /// Decrypts a text that [`Encryptor::encrypt`] encrypted for the same place.
    ///
    /// # Errors
    /// Returns a fault if the key or the place is a different one, or if the bytes were changed.
    pub fn decrypt(&self, bound_to: &str, encrypted: &[u8]) -> Result<String> {
        let broken = || Fault::because(format!("{bound_to}: encrypted with another key, or damaged"));
        let (&SCHEME, rest) = encrypted.split_first().ok_or_else(broken)? else { return Err(broken()) };
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(broken)?;
        let mut body = body.to_vec();
        let text = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound_to.as_bytes()), &mut body)
            .map_err(|_| broken())?;
        String::from_utf8(text.to_vec()).or_fault()
    }
}

/// Creates the key file. It is written under another name and then linked, so that the key file is either complete
/// or absent, and the first of two processes wins.
fn make_key_file(path: &Path) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let wrong = |error: std::io::Error| Fault::because(format!("key file {}: {error}", path.display()));
    let draft = path.with_extension(format!("draft{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(wrong)?;
    file.write_all(&tokens::random_bytes::<32>()?).map_err(wrong)?;
    file.sync_all().map_err(wrong)?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft).map_err(wrong)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(wrong(error)),
        _ => Ok(()),
    }
}
