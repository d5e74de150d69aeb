//! A person, as the API shows them.

use kit::Id;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Person, Role};

/// A person as their own client sees them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// The id of the person.
    pub id: Id,
    /// The email address.
    pub email: Option<String>,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The first and last name.
    pub full_name: String,
    /// The phone number as E.164, with an extension appended as `;ext=42`.
    pub phone: Option<String>,
    /// The role in the club.
    pub role: Role,
    /// Whether the address is known to belong to the person (true without an address).
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
