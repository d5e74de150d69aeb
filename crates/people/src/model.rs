//! The entities of this crate: person, role, and emergency contact; and a refusal for staff.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kit::db::{FromRow, Row};
use kit::{Fields, Id, Refusal, Result};
use serde::{Deserialize, Serialize};

/// Another account has this address. For staff and commands; a guest is told less.
pub const EMAIL_TAKEN: Refusal =
    Refusal::conflict("email_taken", "An account with this email already exists.");

/// The minimum age of guests in years.
const OF_AGE: i64 = 18;

/// A person who is known to the club.
#[derive(Debug, Clone)]
pub struct Person {
    /// The id of the person.
    pub id: Id,
    /// The email address in lower case without surrounding spaces, verified or only claimed. A guest whom the front
    /// desk entered may have none.
    pub email: Option<String>,
    /// The first name, as the person wrote it.
    pub first_name: String,
    /// The last name, as the person wrote it.
    pub last_name: String,
    /// The phone number, normally in the form of [`crate::e164`].
    pub phone: Option<String>,
    /// The role of the person in the club.
    pub role: Role,
    /// The date of birth.
    pub birthday: Option<Date>,
    /// When the person confirmed that the address is theirs.
    pub verified_at: Option<Timestamp>,
    /// When the person was created.
    pub created_at: Timestamp,
}

impl Person {
    /// Returns whether the address is confirmed. A person without an address has nothing to confirm and counts as
    /// verified.
    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some() || self.email.is_none()
    }

    /// Returns the first and last name.
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

/// A person’s role at the club, from the least to the most trusted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A guest with an account, member or not.
    Account,
    /// A technician, who performs services.
    Technician,
    /// Runs the front desk.
    FrontDesk,
    /// A manager, who sets prices, rules, and staff.
    Manager,
    /// An owner, who also gives roles.
    Owner,
}

impl Role {
    /// Every role, in order of rank.
    pub const ALL: [Role; 5] = [Role::Account, Role::Technician, Role::FrontDesk, Role::Manager, Role::Owner];

    /// Returns the name of the role in the table, in the API, and in commands.
    pub fn name(self) -> &'static str {
        match self {
            Role::Account => "account",
            Role::Technician => "technician",
            Role::FrontDesk => "front_desk",
            Role::Manager => "manager",
            Role::Owner => "owner",
        }
    }

    /// Returns the role with this name.
    pub fn named(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// The kind of an actor. Each kind and each role has a column in the permission table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// Someone who is not signed in.
    Visitor,
    /// A person with this role in the club.
    Person(Role),
    /// The program itself: a command of the operator, or a job that acts for nobody.
    System,
}

impl ActorKind {
    /// Returns the name of the kind in the audit log: the role of a person, `visitor`, or `system`.
    pub fn name(self) -> &'static str {
        match self {
            ActorKind::Visitor => "visitor",
            ActorKind::Person(role) => role.name(),
            ActorKind::System => "system",
        }
    }
}

kit::column_as!(Role, String, |name| Role::named(&name));

/// An emergency contact (S18). Stored encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EmergencyContact {
    /// The full name of the contact.
    pub name: String,
    /// The phone number of the contact.
    pub phone: String,
    /// Relationship: partner, mother, friend.
    pub relation: String,
}

/// A person to be created by staff or by a command.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The email address, trimmed and converted to lower case before it is stored.
    pub email: Option<String>,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The phone number, stored as E.164.
    pub phone: Option<String>,
    /// The role in the club.
    pub role: Role,
    /// The date of birth.
    pub birthday: Option<Date>,
    /// The hash from [`crate::hash_password`]. Without it, the person cannot sign in.
    pub password_hash: Option<String>,
    /// Whether the address is known to belong to the person.
    pub verified: bool,
}

/// Returns the form in which an address is stored and looked up.
pub(crate) fn normalized_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Refuses a person under 18. The eighteenth birthday counts once it has begun everywhere on earth, because a
/// person is not bound to the time zone of one club.
///
/// # Errors
/// Returns `Error::Invalid` for `birthday`.
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
    fn roles_are_stored_by_name_and_ordered_by_rank() {
        for role in Role::ALL {
            assert_eq!(Role::named(role.name()), Some(role));
            let spoken = serde_json::to_value(role).expect("a role is a word");
            assert_eq!(spoken, role.name());
        }
        assert!(Role::ALL.is_sorted());
        assert_eq!(Role::named("Owner"), None);
    }

    #[test]
    fn a_person_is_of_age_on_the_eighteenth_birthday() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a time");
        for (birthday, old_enough) in [("2008-11-24", true), ("2008-11-25", false), ("1950-01-01", true)] {
            let birthday = birthday.parse().expect("a date");
            assert_eq!(check_of_age(Some(birthday), now).is_ok(), old_enough, "{birthday}");
        }
        assert!(check_of_age(None, now).is_ok());
    }
}
