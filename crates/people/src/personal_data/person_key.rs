//! Encryption keys of single people (S16). Text encrypted with a person's key is readable as long as the key
//! exists. Erasing the person destroys the key, in every copy of the database made from then on. The key itself is
//! encrypted with the key file.

use kit::encryption::Encryptor;
use kit::errors::OrFault as _;
use kit::{Id, Result, Tx, args, sql, tokens};

fn place(person: Id) -> String {
    format!("person_keys.wrapped:{person}")
}

/// Returns the person's key, if there is one.
fn find(tx: &mut Tx<'_>, person: Id) -> Result<Option<Encryptor>> {
    let stored: Option<(Vec<u8>,)> =
        tx.one(sql!("SELECT wrapped FROM person_keys WHERE person_id = $1"), args![person])?;
    let Some((wrapped,)) = stored else { return Ok(None) };
    let key = tokens::unhex(&tx.decrypt(&place(person), &wrapped)?);
    Encryptor::from_key(&key.unwrap_or_default()).map(Some)
}

/// Encrypts a text with the person's key. Creates the key if there is none yet.
///
/// # Errors
/// Returns a fault if the database or the key file fails, or if the system provides no random bytes.
pub fn encrypt_for(tx: &mut Tx<'_>, person: Id, bound_to: &str, text: &str) -> Result<Vec<u8>> {
    let encryptor = match find(tx, person)? {
        Some(encryptor) => encryptor,
        None => make(tx, person)?,
    };
    encryptor.encrypt(bound_to, text)
}

/// Creates a person's key. Of two simultaneous attempts the first wins, and both use its key.
fn make(tx: &mut Tx<'_>, person: Id) -> Result<Encryptor> {
    let key = tokens::hex(&tokens::random_bytes::<32>()?);
    let (wrapped, now) = (tx.encrypt(&place(person), &key)?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO person_keys (person_id, wrapped, made_at) VALUES ($1, $2, $3)
             ON CONFLICT (person_id) DO NOTHING"
        ),
        args![person, wrapped, now],
    )?;
    find(tx, person)?.ok_or("the key of a person is there once it was made").or_fault()
}

/// Decrypts a text that [`encrypt_for`] encrypted. A text from before people had their own keys is decrypted with
/// the key file.
///
/// # Errors
/// Returns a fault if the key is gone or different, or if the bytes were changed.
pub fn decrypt_for(tx: &mut Tx<'_>, person: Id, bound_to: &str, encrypted: &[u8]) -> Result<String> {
    let decrypted = find(tx, person)?.map(|encryptor| encryptor.decrypt(bound_to, encrypted));
    match decrypted {
        Some(Ok(text)) => Ok(text),
        _ => tx.decrypt(bound_to, encrypted),
    }
}

/// Destroys a person's key. Returns the number of deleted keys.
pub(crate) fn destroy(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM person_keys WHERE person_id = $1"), args![person])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_key_round_trips_through_hex() {
        let key = [0x00, 0x7f, 0x80, 0xff, 0x1a];
        assert_eq!(tokens::unhex(&tokens::hex(&key)).expect("digits"), key);
    }
}
