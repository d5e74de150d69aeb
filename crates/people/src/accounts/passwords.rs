//! Passwords: hashed with Argon2id, in turns ([`crate::accounts::hash_queue`]), and never inside a transaction. A hash costs
//! 19 MiB and about 20 ms. Passwords are hashed and compared in Unicode normalization form C, so that accents are
//! the same on every keyboard (N7).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use kit::errors::OrFault as _;
use kit::text::nfc;
use kit::{Fault, Fields, Result, tokens};
use zxcvbn::Score;

use crate::accounts::hash_queue::HashPermit;

/// The least length of a password in characters.
const SHORTEST: usize = 8;
/// The greatest length of a password in characters.
const LONGEST: usize = 128;

/// How many characters of a password are rated for strength. A strong beginning is enough, and the limit bounds the
/// time. From 28 characters on, the number of keyboard patterns would overflow.
const WEIGHED: usize = 24;

/// Characters that stand for letters. A password with more than four kinds of them needs more than a million
/// guesses, and each kind doubles the lookups.
const LIKE_LETTERS: [char; 10] = ['@', '(', '{', '[', '<', '|', '!', '$', '+', '%'];

/// The hash that replaces that of a missing account, so that a check takes equally long.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y29yZXN5bmMtbm9ib2R5$\
                      FzTC0dV7OoTsDdg8oKkVBvBmdWYSfEThZEkQzIdTkuo";

impl HashPermit {
    /// Returns whether this password produced this hash. Without a hash, takes equally long and returns false.
    ///
    /// # Errors
    /// Returns a fault if the hash is malformed.
    pub(crate) async fn verify(self, password: String, hash: Option<String>) -> Result<bool> {
        self.compute(move || {
            for form in forms(&password) {
                if is_made_by(&form, hash.clone())? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Hashes a password for the table.
    ///
    /// # Errors
    /// Returns the errors of [`hash_password`].
    pub(crate) async fn hash(self, password: String) -> Result<String> {
        self.compute(move || hash_now(&password)).await
    }

    async fn compute<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = tokio::task::spawn_blocking(move || {
            // The permit ends with the work, even if the caller no longer waits.
            let _permit = self;
            work()
        });
        done.await.unwrap_or_else(|error| Err(Fault::because(error)))
    }
}

/// Returns the forms of a password to compare: normalization form C and, if it differs, the password as typed. The
/// second keeps hashes valid that were made before passwords were normalized.
fn forms(password: &str) -> Vec<String> {
    let normal = nfc(password);
    if normal == password { vec![normal] } else { vec![normal, password.to_owned()] }
}

fn is_made_by(password: &str, hash: Option<String>) -> Result<bool> {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| DUMMY_HASH.to_owned());
    let hash = PasswordHash::new(&hash).or_fault()?;
    Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok() && known)
}

/// Hashes a password for the table, as a PHC string, without waiting for a permit. For commands and the demonstration
/// club. Call [`check_password`] first.
///
/// # Errors
/// Returns a fault if random bytes or memory are not available.
pub async fn hash_password(password: String) -> Result<String> {
    let done = tokio::task::spawn_blocking(move || hash_now(&password));
    done.await.unwrap_or_else(|error| Err(Fault::because(error)))
}

fn hash_now(password: &str) -> Result<String> {
    let salt = tokens::random_bytes::<16>()?;
    let hash: PasswordHash = argon2()?.hash_password_with_salt(nfc(password).as_bytes(), &salt).or_fault()?;
    Ok(hash.to_string())
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).or_fault()?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Checks the rules for a new password: 8 to 128 characters of any kind, not the email address, not the name of the
/// club, and not found within a million guesses (NIST SP 800-63B: length counts, composition does not; ASVS 6.2.4).
///
/// # Errors
/// Returns `Error::Invalid` for `password`.
pub fn check_password(password: &str, email: &str) -> Result<()> {
    password_error(password, email).map_or(Ok(()), |sentence| Err(Fields::one("password", sentence)))
}

/// Names of the club that are no password, whatever digits and marks surround them (ASVS 6.1.2).
const OF_THE_CLUB: [&str; 6] =
    ["coresync", "coresyncprivate", "mensuite", "backyard", "wellness", "wellnessclub"];

fn is_of_the_club(password: &str) -> bool {
    let letters: String = password.chars().filter(|c| c.is_alphabetic()).collect();
    OF_THE_CLUB.contains(&letters.as_str())
}

/// Returns whether a password is found within a million guesses: common passwords, words, names, dates, keyboard
/// patterns, and their combinations. The parts of the email address count as known words.
fn is_soon_guessed(password: &str, email: &str) -> bool {
    let weighed: String = password.chars().take(WEIGHED).collect();
    if LIKE_LETTERS.iter().filter(|mark| weighed.contains(**mark)).count() > 4 {
        return false;
    }
    let words = email.split(['@', '.', '-', '_', '+']).filter(|word| word.len() > 2);
    let known: Vec<&str> = [email].into_iter().chain(email.split('@').next()).chain(words).collect();
    zxcvbn::zxcvbn(&weighed, &known).score() < Score::Two
}

/// Returns the sentence that rejects a new password; `None` if the password is acceptable.
pub(crate) fn password_error(password: &str, email: &str) -> Option<&'static str> {
    let password = &nfc(password);
    let length = password.chars().count();
    let lower = password.to_lowercase();
    if length < SHORTEST {
        Some("Use at least 8 characters.")
    } else if length > LONGEST {
        Some("Use at most 128 characters.")
    } else if !email.is_empty() && lower.trim() == email.trim().to_lowercase() {
        Some("Your email is too easy to guess. Please choose another password.")
    } else if is_of_the_club(&lower) {
        Some("Our name is too easy to guess. Please choose another password.")
    } else if is_soon_guessed(password, email) {
        Some("That password is easy to guess. Try a few unrelated words.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::hash_queue::HashQueue;

    #[test]
    fn passwords_are_judged_by_length_and_not_by_composition() {
        for good in [
            "coresync-demo",
            "correct horse",
            "пароль-пароль",
            "blue lantern",
            "4@8({[<3691!|70$5+%2",
            &"wet olive lantern quince ".repeat(5),
        ] {
            assert_eq!(password_error(good, "anna.lindqvist@example.com"), None, "{good}");
        }
        for bad in [
            "short",
            "1234567",
            "Password1",
            "Anna.Lindqvist@Example.com",
            "CoreSync-2026",
            "!mensuite!",
            "p@ssw0rd!",
            "liverpool1",
            "anna.lindqvist",
            "aaaaaaaaa",
            "Anna1234",
            "qwertyuiopasdfghjkl",
            &"olive ".repeat(22),
        ] {
            assert!(password_error(bad, "Anna.Lindqvist@example.com").is_some(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_account_costs_as_much_to_verify_as_a_known_one() {
        let dummy = PasswordHash::new(DUMMY_HASH).expect("a PHC string");
        assert_eq!(dummy.params.to_string(), "m=19456,t=2,p=1");
        assert_eq!(dummy.hash.expect("a hash").len(), 32);
    }

    #[tokio::test]
    async fn a_password_matches_only_its_own_hash() {
        let hash = hash_password("correct horse".to_owned()).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (password, hash, right) in [
            ("correct horse", Some(hash.clone()), true),
            ("Correct horse", Some(hash), false),
            ("correct horse", None, false),
        ] {
            let permit =
                HashQueue::default().acquire(std::net::Ipv4Addr::LOCALHOST.into()).await.expect("a turn");
            assert_eq!(permit.verify(password.to_owned(), hash).await.expect("a verdict"), right);
        }
    }

    /// The same letters match from another keyboard, and with a hash made before passwords were normalized.
    #[tokio::test]
    async fn composed_and_decomposed_accents_match() {
        let (composed, decomposed) = ("caf\u{e9} cr\u{e8}me", "cafe\u{301} cre\u{300}me");
        let new = hash_password(decomposed.to_owned()).await.expect("a hash");
        let salt = [7; 16];
        let old: PasswordHash =
            argon2().expect("Argon2").hash_password_with_salt(decomposed.as_bytes(), &salt).expect("a hash");
        for (password, hash, right) in [
            (composed, new.clone(), true),
            (decomposed, new, true),
            (decomposed, old.to_string(), true),
            (composed, old.to_string(), false),
        ] {
            let permit =
                HashQueue::default().acquire(std::net::Ipv4Addr::LOCALHOST.into()).await.expect("a turn");
            assert_eq!(
                permit.verify(password.to_owned(), Some(hash)).await.expect("a verdict"),
                right,
                "{password:?}"
            );
        }
    }
}
