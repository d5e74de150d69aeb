//! A person, as the API shows them.

use kit::Id;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Person, Role};

/// A person, as their own client sees them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// The id of the person.
    pub id: Id,
    /// The email address, if the account has one.
    pub email: Option<String>,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// First and last name.
    pub full_name: String,
    /// Phone in E.164, with any extension as `;ext=42` after it.
    pub phone: Option<String>,
    /// Their role at the club.
    pub role: Role,
    /// Whether the email is verified (true if there is none).
    pub is_verified: bool,
}

impl From<&Person> for User {
    fn from(person: &Person) -> User {
        User {
            id: person.id,
            email: person.email.clone(),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            full_name: person.full_name(),
            phone: person.phone.clone(),
            role: person.role,
            is_verified: person.is_verified(),
        }
    }
}
