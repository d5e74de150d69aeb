//! Refunds of what was delivered, and refunds on their way.

use kit::{Cents, Id};
use people::Subject;

use crate::account::{Account, RevenueKind};
use crate::entry::{BusinessEvent, Entry, Means, SubjectAmount};

/// Delivered lines that are refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundedLines {
    /// What was delivered.
    pub subject: Subject,
    /// The person who paid; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The refunded share of the lines by kind, without tax, in cents.
    pub lines: Vec<(RevenueKind, Cents)>,
    /// The tax before less the tax after, by kind (T8), in cents.
    pub tax: Vec<Cents>,
}

/// Row 13: lines are to be refunded after they were delivered.
pub fn refund_owed(event: BusinessEvent, refund: &RefundedLines) -> Entry {
    let moved = |amount: Cents, from: Account| {
        SubjectAmount { subject: refund.subject, person: refund.person, amount }
            .moved(from, Account::RefundsOwed)
    };
    let lines = refund.lines.iter().map(|(kind, cents)| moved(*cents, kind.account()));
    Entry::of(event).postings(lines).postings(refund.tax.iter().map(|cents| moved(*cents, Account::Tax)))
}

/// Row 14: a refund was sent by card, in cash, or onto a gift card. Row 42 if to a terminal.
pub fn refund_sent(event: BusinessEvent, means: Means, parts: &[SubjectAmount]) -> Entry {
    let posting = |part: &SubjectAmount| {
        part.between(Account::RefundsOwed.of(part.subject), means.side(Some(part.subject)))
    };
    Entry::of(event).postings(parts.iter().map(posting))
}

/// Row 15: a refund that was sent by card failed, so it is owed again.
pub fn refund_failed(event: BusinessEvent, parts: &[SubjectAmount]) -> Entry {
    Entry::of(event).postings(parts.iter().map(|part| part.moved(Account::Stripe, Account::RefundsOwed)))
}

/// Row 42: a refund was sent on an external terminal.
pub fn refund_sent_to_terminal(event: BusinessEvent, parts: &[SubjectAmount]) -> Entry {
    refund_sent(event, Means::Terminal, parts)
}
