//! Who asks: handed to every verb that does not do the same for everybody.

use kit::{Error, Id, Refusal, Result};

use crate::model::{Person, Role};
use crate::permissions::{Action, may};

/// No one acts as staff on their own account: it would be a deal with oneself.
pub const OWN_ACCOUNT: Refusal =
    Refusal::forbidden("own_account", "You can’t do this for your own account. Please ask a colleague.");

/// Whoever asks: somebody signed in, or a visitor.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who it is; nobody known for a visitor.
    pub person: Option<Person>,
    /// The session by which they are known; none for a visitor and for commands.
    pub session: Option<Id>,
    /// The network from which they ask; nothing for a command, a job, a test.
    pub network: String,
}

impl Actor {
    /// Nobody in particular.
    pub fn visitor() -> Actor {
        Actor { person: None, session: None, network: String::new() }
    }

    /// A person who needs no session: a command, a job, a test.
    pub fn of(person: Person) -> Actor {
        Actor { person: Some(person), session: None, network: String::new() }
    }

    /// Their id; none for a visitor.
    pub fn id(&self) -> Option<Id> {
        self.person.as_ref().map(|person| person.id)
    }

    /// Whether they work for the club.
    pub fn is_staff(&self) -> bool {
        self.role().is_some_and(|role| role != Role::Account)
    }

    /// Whether they may do it.
    pub fn may(&self, action: Action) -> bool {
        may(self.role(), action)
    }

    /// Goes on only if they may do it.
    ///
    /// # Errors
    /// `Error::Unauthorized` for a visitor, else `Error::Forbidden`.
    pub fn need(&self, action: Action) -> Result<()> {
        self.person()?;
        if self.may(action) {
            return Ok(());
        }
        Err(self.forbidden(&format!("{action:?}")))
    }

    /// `Error::Forbidden`, with a line in the log that names the person, their role, and what was refused to them.
    pub fn forbidden(&self, what: &str) -> Error {
        let person = self.id().map(|id| id.0);
        tracing::warn!(person, role = self.role().map(Role::name), what, "refused: not for this role");
        Error::Forbidden
    }

    /// Continues only if they may do it and it is someone else's account: for staff operations that are worth something to the
    /// person whom they are done for (dues, refunds, gifts, waived fees).
    ///
    /// # Errors
    /// As [`Actor::need`]; [`OWN_ACCOUNT`] for their own.
    pub fn need_for(&self, action: Action, person: Id) -> Result<()> {
        self.need(action)?;
        if self.id() != Some(person) {
            return Ok(());
        }
        tracing::warn!(person = person.0, ?action, "refused: staff do not do this for themselves");
        Err(Error::refused(&OWN_ACCOUNT))
    }

    /// Whether they may do it as staff for `person`: for someone else, or for a guest without an account.
    pub fn may_for(&self, action: Action, person: Option<Id>) -> bool {
        self.may(action) && (person.is_none() || person != self.id())
    }

    /// The person, where one is needed.
    ///
    /// # Errors
    /// `Error::Unauthorized` for a visitor.
    pub fn person(&self) -> Result<&Person> {
        self.person.as_ref().ok_or(Error::Unauthorized)
    }

    /// What they are to the club; nothing for a visitor.
    pub fn role(&self) -> Option<Role> {
        self.person.as_ref().map(|person| person.role)
    }
}
