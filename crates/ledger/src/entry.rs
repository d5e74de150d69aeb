//! Entries and their postings, as operations write them.

use jiff::Timestamp;
use kit::db::{FromRow, Row};
use kit::{Cents, Id, Result};
use people::{Actor, Subject, SubjectKind};

use crate::account::Account;

/// What the id of a business event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventSource {
    /// A balance transaction of Stripe, by Stripe's id.
    BalanceTransaction,
    /// An event that Stripe sent, by Stripe's id.
    StripeEvent,
    /// A payment that was received without Stripe.
    Payment,
    /// A refund.
    Refund,
    /// A charge that was delivered, became a fee, or was waived, written off, or given for free.
    Charge,
    /// A paid month of a membership, or the price of an upgrade.
    Dues,
    /// A gift card.
    GiftCard,
    /// A payment of tips to technicians.
    Tips,
    /// A dispute.
    Dispute,
    /// A movement or a count of the cash drawer.
    Drawer,
    /// A batch of an external card terminal.
    TerminalBatch,
    /// What there was before the ledger began.
    Opening,
    /// The explanation of an unexplained entry, by the id of that entry.
    Explanation,
    /// The reversal of an entry, by the id of that entry.
    Reversal,
}

impl EventSource {
    /// Every source.
    pub const ALL: [EventSource; 14] = [
        EventSource::BalanceTransaction,
        EventSource::StripeEvent,
        EventSource::Payment,
        EventSource::Refund,
        EventSource::Charge,
        EventSource::Dues,
        EventSource::GiftCard,
        EventSource::Tips,
        EventSource::Dispute,
        EventSource::Drawer,
        EventSource::TerminalBatch,
        EventSource::Opening,
        EventSource::Explanation,
        EventSource::Reversal,
    ];

    /// Returns the name of the source in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            EventSource::BalanceTransaction => "balance_transaction",
            EventSource::StripeEvent => "stripe_event",
            EventSource::Payment => "payment",
            EventSource::Refund => "refund",
            EventSource::Charge => "charge",
            EventSource::Dues => "dues",
            EventSource::GiftCard => "gift_card",
            EventSource::Tips => "tips",
            EventSource::Dispute => "dispute",
            EventSource::Drawer => "drawer",
            EventSource::TerminalBatch => "terminal_batch",
            EventSource::Opening => "opening",
            EventSource::Explanation => "explanation",
            EventSource::Reversal => "reversal",
        }
    }

    fn read(text: String) -> Option<EventSource> {
        EventSource::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

kit::column_as!(EventSource, String, EventSource::read, |source| source.as_str().to_owned());

/// What identifies a business event in a club. Two entries never have the same key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey {
    /// What the id comes from.
    pub source: EventSource,
    /// The id there.
    pub id: String,
    /// The part of what has this id, if it causes several entries: a date, `delivered`, `waived`.
    pub part: String,
}

impl EventKey {
    /// Returns the key of what has this id, or of a part of it.
    pub fn new(source: EventSource, id: impl ToString, part: impl ToString) -> EventKey {
        EventKey { source, id: id.to_string(), part: part.to_string() }
    }
}

/// An occurrence of a row of docs/ledger.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessEvent {
    /// What identifies the event.
    pub key: EventKey,
    /// When it happened: for Stripe's money, `created` of the balance transaction (T14).
    pub at: Timestamp,
}

impl BusinessEvent {
    /// Returns an event that happened at a moment.
    pub fn new(key: EventKey, at: Timestamp) -> BusinessEvent {
        BusinessEvent { key, at }
    }
}

/// How money comes in or goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// By card through Stripe.
    Card,
    /// In cash.
    Cash,
    /// On an external card terminal (T17).
    Terminal,
    /// With the gift card that has this id.
    GiftCard(Id),
}

impl Means {
    /// Returns the side of a posting for money of this kind: of the gift card, or of `subject`.
    pub(crate) fn side(self, subject: Option<Subject>) -> PostingSide {
        match self {
            Means::Card => PostingSide { account: Account::Stripe, subject },
            Means::Cash => PostingSide { account: Account::Cash, subject },
            Means::Terminal => PostingSide { account: Account::Terminal, subject },
            Means::GiftCard(card) => Account::GiftCards.of(Subject { kind: SubjectKind::GiftCard, id: card }),
        }
    }
}

/// An amount for a subject, and the person concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectAmount {
    /// What the amount is for.
    pub subject: Subject,
    /// The person; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The amount in cents, not negative.
    pub amount: Cents,
}

impl SubjectAmount {
    /// Returns the same subject and person with another amount.
    #[must_use]
    pub fn with(self, amount: Cents) -> SubjectAmount {
        SubjectAmount { amount, ..self }
    }

    /// Returns a posting of this amount whose sides both belong to the subject.
    pub(crate) fn moved(self, debit: Account, credit: Account) -> Posting {
        self.between(debit.of(self.subject), credit.of(self.subject))
    }

    /// Returns a posting of this amount between two sides.
    pub(crate) fn between(self, debit: PostingSide, credit: PostingSide) -> Posting {
        Posting { debit, credit, amount: self.amount, person: self.person }
    }
}

/// One side of a posting: an account, and the subject whose sum in this account changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostingSide {
    /// The account.
    pub account: Account,
    /// The subject, if there is one.
    pub subject: Option<Subject>,
}

impl Account {
    /// Returns the side of a posting for a subject.
    pub const fn of(self, subject: Subject) -> PostingSide {
        PostingSide { account: self, subject: Some(subject) }
    }

    /// Returns the side of a posting without a subject.
    pub const fn whole(self) -> PostingSide {
        PostingSide { account: self, subject: None }
    }
}

/// An amount that moves from the credited account to the debited one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// The debited side.
    pub debit: PostingSide,
    /// The credited side. Its account is another one.
    pub credit: PostingSide,
    /// The amount in cents, above 0.
    pub amount: Cents,
    /// The person concerned; `None` if there is none, or for a guest without an account.
    pub person: Option<Id>,
}

impl Posting {
    /// Returns a posting without a person.
    pub fn new(debit: PostingSide, credit: PostingSide, amount: Cents) -> Posting {
        Posting { debit, credit, amount, person: None }
    }

    /// Returns the posting that undoes this one.
    #[must_use]
    pub fn reversed(self) -> Posting {
        Posting { debit: self.credit, credit: self.debit, ..self }
    }
}

impl FromRow for Posting {
    /// Reads debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, and person_id.
    fn from_row(row: &Row<'_>) -> Result<Posting> {
        let side = |from: usize| -> Result<PostingSide> {
            let (kind, id): (Option<SubjectKind>, Option<Id>) = (row.get(from + 1)?, row.get(from + 2)?);
            let subject = kind.zip(id).map(|(kind, id)| Subject { kind, id });
            Ok(PostingSide { account: row.get(from)?, subject })
        };
        Ok(Posting { debit: side(0)?, credit: side(3)?, amount: row.get(6)?, person: row.get(7)? })
    }
}

/// An entry to record: the postings of one business event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: BusinessEvent,
    /// The postings. None of them has the amount 0.
    pub postings: Vec<Posting>,
    /// The reason of whoever caused the event, or an empty text. It stays when a person is erased, so it must not name
    /// one.
    pub memo: String,
    /// The member of staff who caused the event.
    pub by: Option<Id>,
}

impl Entry {
    /// Returns an entry without postings.
    pub fn of(event: BusinessEvent) -> Entry {
        Entry { event, postings: Vec::new(), memo: String::new(), by: None }
    }

    /// Adds a posting. An amount of 0 adds nothing.
    #[must_use]
    pub fn posting(mut self, posting: Posting) -> Entry {
        if posting.amount != Cents::ZERO {
            self.postings.push(posting);
        }
        self
    }

    /// Adds postings. Those with an amount of 0 are left out.
    #[must_use]
    pub fn postings(self, postings: impl IntoIterator<Item = Posting>) -> Entry {
        postings.into_iter().fold(self, Entry::posting)
    }

    /// Adds the postings of another row of docs/ledger.md that the same business event causes, such as the fee of a
    /// balance transaction. Key and time stay those of this entry.
    #[must_use]
    pub fn and(self, other: Entry) -> Entry {
        self.postings(other.postings)
    }

    /// Sets who caused the event and why.
    #[must_use]
    pub fn by(self, by: &Actor, memo: impl Into<String>) -> Entry {
        Entry { by: by.id(), memo: memo.into(), ..self }
    }
}
