//! The nouns: a person, a role, an emergency contact; and the ways this crate says no to staff.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kit::db::{FromRow, Row};
use kit::{Fields, Id, Refusal, Result};
use serde::{Deserialize, Serialize};

/// Somebody else has this address. For staff and commands; a guest is told less (see [`crate::sign_up()`]).
pub const EMAIL_TAKEN: Refusal =
    Refusal::conflict("email_taken", "An account with this address exists already.");

/// The youngest age that the club serves, in years.
const OF_AGE: i64 = 18;

/// Somebody the club knows.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their number.
    pub id: Id,
    /// Lower case, without spaces around it. Somebody whom the desk wrote down may have none.
    pub email: Option<String>,
    /// As they wrote it.
    pub first_name: String,
    /// As they wrote it.
    pub last_name: String,
    /// As they wrote it.
    pub phone: Option<String>,
    /// What they are to the club.
    pub role: Role,
    /// The day they were born.
    pub birthday: Option<Date>,
    /// When it was shown that the address is theirs.
    pub verified_at: Option<Timestamp>,
    /// When they were written down.
    pub created_at: Timestamp,
}

impl Person {
    /// Whether it was shown that the address is theirs. Somebody without an address has nothing that could be shown.
    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some() || self.email.is_none()
    }

    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// Reads a person from nine columns, the first of which is at `from`.
    pub(crate) fn at(row: &Row<'_>, from: usize) -> Result<Person> {
        Ok(Person {
            id: row.get(from)?,
            email: row.get(from + 1)?,
            first_name: row.get(from + 2)?,
            last_name: row.get(from + 3)?,
            phone: row.get(from + 4)?,
            role: row.get(from + 5)?,
            birthday: row.get(from + 6)?,
            verified_at: row.get(from + 7)?,
            created_at: row.get(from + 8)?,
        })
    }
}

impl FromRow for Person {
    fn from_row(row: &Row<'_>) -> Result<Person> {
        Person::at(row, 0)
    }
}

/// What somebody is to the club, from the least to the most trusted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A guest who signed up, member or not.
    Account,
    /// Gives the services.
    Technician,
    /// Runs the day.
    FrontDesk,
    /// Runs the club.
    Manager,
    /// Owns it.
    Owner,
}

impl Role {
    /// Every role, in order of rank.
    pub const ALL: [Role; 5] = [Role::Account, Role::Technician, Role::FrontDesk, Role::Manager, Role::Owner];

    /// Its name in the table, in the API and in commands.
    pub fn name(self) -> &'static str {
        match self {
            Role::Account => "account",
            Role::Technician => "technician",
            Role::FrontDesk => "front_desk",
            Role::Manager => "manager",
            Role::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

kit::column_as!(Role, String, |name| Role::named(&name));

/// Whom to call when something happens to a person (S18). Sealed in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EmergencyContact {
    /// Who it is.
    pub name: String,
    /// How they are reached.
    pub phone: String,
    /// What they are to the person: partner, mother, friend.
    pub relation: String,
}

/// A person who is to be written down by staff or a command.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Trimmed and lower-cased before it is kept.
    pub email: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone: Option<String>,
    /// What they are to the club.
    pub role: Role,
    /// The day they were born.
    pub birthday: Option<Date>,
    /// From [`crate::hash_password`]; without it they can't sign in.
    pub password_hash: Option<String>,
    /// Whether the address is known to be theirs.
    pub verified: bool,
}

/// An address as it is kept and looked up.
pub(crate) fn kept_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Refuses who is under 18. The eighteenth birthday counts once it has begun everywhere on earth, for
/// a person is not bound to one club's time.
///
/// # Errors
/// `Error::Invalid` for `birthday`.
pub(crate) fn check_of_age(birthday: Option<Date>, now: Timestamp) -> Result<()> {
    let last_to_begin = jiff::tz::Offset::constant(-12);
    let today = last_to_begin.to_datetime(now).date();
    let too_young = |birthday: Date| birthday.saturating_add(OF_AGE.years()) > today;
    if birthday.is_some_and(too_young) {
        return Err(Fields::one("birthday", "The club is for adults: you must be 18 or older."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_kept_by_name_and_ordered_by_rank() {
        for role in Role::ALL {
            assert_eq!(Role::named(role.name()), Some(role));
            let spoken = serde_json::to_value(role).expect("a role is a word");
            assert_eq!(spoken, role.name());
        }
        assert!(Role::ALL.is_sorted());
        assert_eq!(Role::named("Owner"), None);
    }

    #[test]
    fn somebody_is_of_age_on_the_eighteenth_birthday() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a time");
        for (birthday, old_enough) in [("2008-11-24", true), ("2008-11-25", false), ("1950-01-01", true)] {
            let birthday = birthday.parse().expect("a date");
            assert_eq!(check_of_age(Some(birthday), now).is_ok(), old_enough, "{birthday}");
        }
        assert!(check_of_age(None, now).is_ok());
    }
}
