//! A person, as the API shows them.

use kit::Id;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Person, Role};

/// Somebody, as their own client sees them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// Their number.
    pub id: Id,
    /// Their address of mail.
    pub email: Option<String>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Both.
    pub full_name: String,
    /// Phone: E.164, with an extension as `;ext=42` behind it.
    pub phone: Option<String>,
    /// What they are to the club.
    pub role: Role,
    /// Whether the address is known to be theirs (true for who has none).
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
