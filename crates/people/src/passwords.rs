//! Passwords: Argon2id, two at a time in one process and never inside a transaction. A hash costs 19 MiB
//! and about 20 ms; a storm of sign-ins waits its turn instead of taking the machine.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use kit::errors::OrFault as _;
use kit::{Fault, Fields, Result, tokens};
use tokio::sync::{Semaphore, SemaphorePermit};
use zxcvbn::Score;

/// The shortest password, in characters.
const SHORTEST: usize = 8;
/// The longest password, in characters.
const LONGEST: usize = 128;

/// How much of a password is weighed, in characters: what begins so well needs no more, and the time it takes stays short.
/// From 28 on the number of ways along a keypad would overflow.
const WEIGHED: usize = 24;

/// Marks that stand for letters. Whoever uses more than four kinds of them is beyond a million guesses, and each kind
/// doubles what there would be to look up.
const LIKE_LETTERS: [char; 10] = ['@', '(', '{', '[', '<', '|', '!', '$', '+', '%'];

/// Stands in for the hash of an account that does not exist, so that its absence takes as long to find out.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y29yZXN5bmMtbm9ib2R5$\
                      FzTC0dV7OoTsDdg8oKkVBvBmdWYSfEThZEkQzIdTkuo";

/// Two hashes at once.
static TURNS: Semaphore = Semaphore::const_new(2);

/// A turn to compute one hash.
pub(crate) struct Turn(SemaphorePermit<'static>);

/// Waits for a turn.
///
/// # Errors
/// A fault, which can't be: the turns are never closed.
pub(crate) async fn turn() -> Result<Turn> {
    TURNS.acquire().await.map(Turn).or_fault()
}

impl Turn {
    /// Whether this password made this hash. Without a hash it takes as long, and is false.
    ///
    /// # Errors
    /// A fault if the hash is none.
    pub(crate) async fn verify(self, password: String, hash: Option<String>) -> Result<bool> {
        self.compute(move || is_made_by(&password, hash)).await
    }

    /// Which of two hashes this password made, the first if both. A wrong password takes as long whether there are such
    /// hashes or not.
    ///
    /// # Errors
    /// A fault if one of them is none.
    pub(crate) async fn find(self, password: String, hashes: [Option<String>; 2]) -> Result<Option<usize>> {
        self.compute(move || {
            for (at, hash) in hashes.into_iter().enumerate() {
                if is_made_by(&password, hash)? {
                    return Ok(Some(at));
                }
            }
            Ok(None)
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, even if nobody waits for it any more.
            let _turn = self.0;
            work()
        });
        done.await.unwrap_or_else(|error| Err(Fault::because(error)))
    }
}

fn is_made_by(password: &str, hash: Option<String>) -> Result<bool> {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let hash = PasswordHash::new(&hash).or_fault()?;
    Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok() && known)
}

/// Hashes a password for the table, as a PHC string. Ask [`check_password`] first.
///
/// # Errors
/// A fault if there is no chance or no memory to be had.
pub async fn hash_password(password: String) -> Result<String> {
    let salt = tokens::chance::<16>()?;
    let hash = move || {
        let hash: PasswordHash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).or_fault()?;
        Ok(hash.to_string())
    };
    turn().await?.compute(hash).await
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).or_fault()?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The rules for a new password: 8 to 128 characters of any kind, not the address, not what a million guesses
/// would find (NIST SP 800-63B: length counts, composition does not; ASVS 6.2.4).
///
/// # Errors
/// `Error::Invalid` for `password`.
pub fn check_password(password: &str, email: &str) -> Result<()> {
    complaint(password, email).map_or(Ok(()), |sentence| Err(Fields::one("password", sentence)))
}

/// Words of the house that are no password, whatever digits and marks stand around them (ASVS 6.1.2).
const OF_THE_HOUSE: [&str; 6] =
    ["coresync", "coresyncprivate", "mensuite", "backyard", "wellness", "wellnessclub"];

fn is_of_the_house(password: &str) -> bool {
    let letters: String = password.chars().filter(|c| c.is_alphabetic()).collect();
    OF_THE_HOUSE.contains(&letters.as_str())
}

/// Whether fewer than a million guesses find it: what everybody takes, words, names, dates, rows of keys, and what is
/// made of them. Known words are tried first, and those of the address.
fn is_soon_guessed(password: &str, email: &str) -> bool {
    let weighed: String = password.chars().take(WEIGHED).collect();
    if LIKE_LETTERS.iter().filter(|mark| weighed.contains(**mark)).count() > 4 {
        return false;
    }
    let words = email.split(['@', '.', '-', '_', '+']).filter(|word| word.len() > 2);
    let known: Vec<&str> = [email].into_iter().chain(email.split('@').next()).chain(words).collect();
    zxcvbn::zxcvbn(&weighed, &known).score() < Score::Two
}

/// What is wrong with a new password.
pub(crate) fn complaint(password: &str, email: &str) -> Option<&'static str> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    if length < SHORTEST {
        Some("At least 8 characters, please.")
    } else if length > LONGEST {
        Some("At most 128 characters, please.")
    } else if !email.is_empty() && lower.trim() == email.trim().to_lowercase() {
        Some("Your address is too easy to guess as a password.")
    } else if is_of_the_house(&lower) {
        Some("This is the name of the house, which anybody would try. Please take another.")
    } else if is_soon_guessed(password, email) {
        Some("This one is soon guessed. A few words that have nothing to do with each other are better.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_composition_does_not() {
        for good in [
            "coresync-demo",
            "correct horse",
            "пароль-пароль",
            "blue lantern",
            "4@8({[<3691!|70$5+%2",
            &"wet olive lantern quince ".repeat(5),
        ] {
            assert_eq!(complaint(good, "anna.lindqvist@example.com"), None, "{good}");
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
            assert!(complaint(bad, "Anna.Lindqvist@example.com").is_some(), "{bad}");
        }
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let nobody = PasswordHash::new(NOBODY).expect("a PHC string");
        assert_eq!(nobody.params.to_string(), "m=19456,t=2,p=1");
        assert_eq!(nobody.hash.expect("a hash").len(), 32);
    }

    #[tokio::test]
    async fn a_password_opens_its_own_hash_and_no_other() {
        let hash = hash_password("correct horse".to_owned()).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (password, hash, right) in [
            ("correct horse", Some(hash.clone()), true),
            ("Correct horse", Some(hash), false),
            ("correct horse", None, false),
        ] {
            let verified = turn().await.expect("a turn").verify(password.to_owned(), hash).await;
            assert_eq!(verified.expect("a verdict"), right);
        }
    }
}
