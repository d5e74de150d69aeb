//! Subjects: what a charge, an audit row, or a notification refers to.

use kit::Id;
use kit::notifications::SubjectRef;

/// The kinds of entities that other crates refer to by kind and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A block of a room, a technician, or equipment.
    Block,
    /// A booking of a service.
    Booking,
    /// A background job.
    Job,
    /// A payment or change of a membership.
    Membership,
    /// A person, with or without an account.
    Person,
    /// A picture that the club uploaded.
    Picture,
    /// A plan of membership.
    Plan,
    /// A room of the club.
    Room,
    /// A release rule of the booking rules.
    Rule,
    /// A service of the catalogue.
    Service,
    /// A setting of the club.
    Setting,
}

impl SubjectKind {
    /// Returns the name of the kind in the tables and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            SubjectKind::Block => "block",
            SubjectKind::Booking => "booking",
            SubjectKind::Job => "job",
            SubjectKind::Membership => "membership",
            SubjectKind::Person => "person",
            SubjectKind::Picture => "picture",
            SubjectKind::Plan => "plan",
            SubjectKind::Room => "room",
            SubjectKind::Rule => "rule",
            SubjectKind::Service => "service",
            SubjectKind::Setting => "setting",
        }
    }
}

/// What a charge or a payment is for. The crates below know it only by its kind and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The kind of the subject.
    pub kind: SubjectKind,
    /// The id of the subject.
    pub id: Id,
}

impl From<Subject> for SubjectRef {
    fn from(subject: Subject) -> SubjectRef {
        SubjectRef { kind: subject.kind.as_str(), id: subject.id }
    }
}
