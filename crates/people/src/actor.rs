//! The actor: who performs an operation. Passed to every operation whose result depends on it.

use kit::{Error, Id, Refusal, Result};

use crate::model::{Person, Role};
use crate::permissions::{Action, may};

/// Staff cannot perform this operation for their own account, because they would make a deal with themselves.
pub const OWN_ACCOUNT: Refusal =
    Refusal::forbidden("own_account", "You can’t do this for your own account. Please ask a colleague.");

/// The actor of an operation: a signed-in person or a visitor.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The signed-in person; `None` for a visitor.
    pub person: Option<Person>,
    /// The session of the person; `None` for a visitor and for commands.
    pub session: Option<Id>,
    /// The network of the request; empty for a command, a job, or a test.
    pub network: String,
}

impl Actor {
    /// Returns an anonymous visitor.
    pub fn visitor() -> Actor {
        Actor { person: None, session: None, network: String::new() }
    }

    /// Returns an actor for a person without a session: for a command, a job, or a test.
    pub fn of(person: Person) -> Actor {
        Actor { person: Some(person), session: None, network: String::new() }
    }

    /// Returns the id of the person; `None` for a visitor.
    pub fn id(&self) -> Option<Id> {
        self.person.as_ref().map(|person| person.id)
    }

    /// Returns whether the actor works for the club.
    pub fn is_staff(&self) -> bool {
        self.role().is_some_and(|role| role != Role::Account)
    }

    /// Returns whether the actor's role permits the action.
    pub fn may(&self, action: Action) -> bool {
        may(self.role(), action)
    }

    /// Checks that the actor's role permits the action.
    ///
    /// # Errors
    /// Returns `Error::Unauthorized` for a visitor, and `Error::Forbidden` for a role without the permission.
    pub fn need(&self, action: Action) -> Result<()> {
        self.person()?;
        if self.may(action) {
            return Ok(());
        }
        Err(self.forbidden(&format!("{action:?}")))
    }

    /// Returns `Error::Forbidden`, and logs the person, their role, and the refused action.
    pub fn forbidden(&self, what: &str) -> Error {
        let person = self.id().map(|id| id.0);
        tracing::warn!(person, role = self.role().map(Role::name), what, "refused: not for this role");
        Error::Forbidden
    }

    /// Checks that the actor's role permits the action and that `person` is someone else. For staff operations that
    /// have a value for the person concerned (dues, refunds, gifts, waived fees).
    ///
    /// # Errors
    /// Returns the errors of [`Actor::need`], or [`OWN_ACCOUNT`] if `person` is the actor.
    pub fn need_for(&self, action: Action, person: Id) -> Result<()> {
        self.need(action)?;
        if self.id() != Some(person) {
            return Ok(());
        }
        tracing::warn!(person = person.0, ?action, "refused: staff do not do this for themselves");
        Err(Error::refused(&OWN_ACCOUNT))
    }

    /// Returns whether the actor may do this as staff for `person`: for someone else, or for a guest without an
    /// account.
    pub fn may_for(&self, action: Action, person: Option<Id>) -> bool {
        self.may(action) && (person.is_none() || person != self.id())
    }

    /// Returns the signed-in person.
    ///
    /// # Errors
    /// Returns `Error::Unauthorized` for a visitor.
    pub fn person(&self) -> Result<&Person> {
        self.person.as_ref().ok_or(Error::Unauthorized)
    }

    /// Returns the role of the person; `None` for a visitor.
    pub fn role(&self) -> Option<Role> {
        self.person.as_ref().map(|person| person.role)
    }
}
