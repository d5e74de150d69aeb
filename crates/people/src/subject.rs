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
    /// A business day of the ledger.
    BusinessDay,
    /// A dispute of a card payment.
    Dispute,
    /// A gift card.
    GiftCard,
    /// A background job.
    Job,
    /// An entry of the ledger.
    LedgerEntry,
    /// A payment or change of a membership.
    Membership,
    /// A payout to the bank account of the club.
    Payout,
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
    /// A technician.
    Technician,
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [SubjectKind; 17] = [
        SubjectKind::Block,
        SubjectKind::Booking,
        SubjectKind::BusinessDay,
        SubjectKind::Dispute,
        SubjectKind::GiftCard,
        SubjectKind::Job,
        SubjectKind::LedgerEntry,
        SubjectKind::Membership,
        SubjectKind::Payout,
        SubjectKind::Person,
        SubjectKind::Picture,
        SubjectKind::Plan,
        SubjectKind::Room,
        SubjectKind::Rule,
        SubjectKind::Service,
        SubjectKind::Setting,
        SubjectKind::Technician,
    ];

    /// Returns the name of the kind in the tables and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            SubjectKind::Block => "block",
            SubjectKind::Booking => "booking",
            SubjectKind::BusinessDay => "business_day",
            SubjectKind::Dispute => "dispute",
            SubjectKind::GiftCard => "gift_card",
            SubjectKind::Job => "job",
            SubjectKind::LedgerEntry => "ledger_entry",
            SubjectKind::Membership => "membership",
            SubjectKind::Payout => "payout",
            SubjectKind::Person => "person",
            SubjectKind::Picture => "picture",
            SubjectKind::Plan => "plan",
            SubjectKind::Room => "room",
            SubjectKind::Rule => "rule",
            SubjectKind::Service => "service",
            SubjectKind::Setting => "setting",
            SubjectKind::Technician => "technician",
        }
    }

    /// Returns the kind that has a name; `None` for any other text.
    pub fn read(text: String) -> Option<SubjectKind> {
        SubjectKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(SubjectKind, String, SubjectKind::read, |kind| kind.as_str().to_owned());

/// What a charge or a payment is for. The crates below know it only by its kind and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
