//! The actor: who performs an operation. Passed to every operation whose result depends on it.

use kit::{Error, Id, Refusal, Result};

use crate::model::{ActorKind, Person, Role};
use crate::permissions::{Action, may};

/// Staff cannot perform this operation for their own account, because they would make a deal with themselves.
pub const OWN_ACCOUNT: Refusal =
    Refusal::forbidden("own_account", "You can’t do this for your own account. Please ask a colleague.");

/// The actor of an operation: a visitor, a signed-in person, or the system. There are no devices yet; a device gets its
/// kind together with its credential.
#[derive(Debug, Clone)]
pub struct Actor {
    identity: Identity,
    network: String,
}

/// The kind of caller: a visitor, a signed-in person, or the system.
#[derive(Debug, Clone)]
enum Identity {
    Visitor,
    /// A person, with the session of the request. Commands, jobs, and tests act for a person without a session.
    Person {
        person: Box<Person>,
        session: Option<Id>,
    },
    System,
}

impl Actor {
    /// Returns an anonymous visitor.
    pub fn visitor() -> Actor {
        Actor { identity: Identity::Visitor, network: String::new() }
    }

    /// Returns an actor for a person without a session: for a command, a job, or a test.
    pub fn of(person: Person) -> Actor {
        Actor::with_session(person, None)
    }

    /// Returns an actor for a person who sent a request in a session.
    pub fn in_session(person: Person, session: Id) -> Actor {
        Actor::with_session(person, Some(session))
    }

    fn with_session(person: Person, session: Option<Id>) -> Actor {
        Actor { identity: Identity::Person { person: Box::new(person), session }, network: String::new() }
    }

    /// Returns the system: for a command or a job that acts for nobody.
    pub fn system() -> Actor {
        Actor { identity: Identity::System, network: String::new() }
    }

    /// Returns the actor with the network of the request.
    #[must_use]
    pub fn on_network(self, network: impl Into<String>) -> Actor {
        Actor { network: network.into(), ..self }
    }

    /// Returns the kind of the actor.
    pub fn kind(&self) -> ActorKind {
        match &self.identity {
            Identity::Visitor => ActorKind::Visitor,
            Identity::Person { person, .. } => ActorKind::Person(person.role),
            Identity::System => ActorKind::System,
        }
    }

    /// Returns the id of the person; `None` for a visitor and the system.
    pub fn id(&self) -> Option<Id> {
        self.signed_in().map(|person| person.id)
    }

    /// Returns the session of the request; `None` for a visitor, for the system, and for a person who acts without one.
    pub fn session(&self) -> Option<Id> {
        match self.identity {
            Identity::Person { session, .. } => session,
            Identity::Visitor | Identity::System => None,
        }
    }

    /// Returns the network of the request; empty for a command, a job, or a test.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// Returns whether the actor works for the club.
    pub fn is_staff(&self) -> bool {
        self.role().is_some_and(|role| role != Role::Account)
    }

    /// Returns whether the actor's kind and role permit the action.
    pub fn may(&self, action: Action) -> bool {
        may(self.kind(), action)
    }

    /// Checks that the actor's kind and role permit the action.
    ///
    /// # Errors
    /// Returns `Error::Unauthorized` for a visitor, and `Error::Forbidden` for the system or a role without the
    /// permission.
    pub fn need(&self, action: Action) -> Result<()> {
        match self.kind() {
            ActorKind::Visitor => Err(Error::Unauthorized),
            kind if may(kind, action) => Ok(()),
            ActorKind::Person(_) | ActorKind::System => Err(self.forbidden(&format!("{action:?}"))),
        }
    }

    /// Returns `Error::Forbidden`, and logs the person, their role or the kind of actor, and the refused action.
    pub fn forbidden(&self, what: &str) -> Error {
        let person = self.id().map(|id| id.0);
        tracing::warn!(person, role = self.kind().name(), what, "refused: not for this role");
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
    /// Returns `Error::Unauthorized` for a visitor and the system.
    pub fn person(&self) -> Result<&Person> {
        self.signed_in().ok_or(Error::Unauthorized)
    }

    /// Returns the signed-in person; `None` for a visitor and the system.
    pub fn signed_in(&self) -> Option<&Person> {
        match &self.identity {
            Identity::Person { person, .. } => Some(person),
            Identity::Visitor | Identity::System => None,
        }
    }

    /// Returns the role of the person; `None` for a visitor and the system.
    pub fn role(&self) -> Option<Role> {
        self.signed_in().map(|person| person.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_must_sign_in_and_the_system_is_refused() {
        for action in Action::ALL {
            assert!(matches!(Actor::visitor().need(action), Err(Error::Unauthorized)), "{action:?}");
            assert!(matches!(Actor::system().need(action), Err(Error::Forbidden)), "{action:?}");
        }
        for nobody in [Actor::visitor(), Actor::system()] {
            assert!(nobody.person().is_err() && nobody.id().is_none() && nobody.session().is_none());
            assert!(!nobody.is_staff());
        }
        assert_eq!(Actor::visitor().on_network("192.0.2.0/24").network(), "192.0.2.0/24");
    }
}
