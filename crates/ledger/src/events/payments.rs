//! Payments, and what Stripe takes and adds.

use kit::{Cents, Id};
use people::{Subject, SubjectKind};

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Means, Posting, SubjectAmount};

/// Row 2: subjects were prepaid by card, with the gross amount of each part.
pub fn prepaid_by_card(event: BusinessEvent, parts: &[SubjectAmount]) -> Entry {
    prepaid(event, Means::Card, parts)
}

/// Row 3: Stripe took its fee. The fee is never part of a price.
pub fn stripe_fee(event: BusinessEvent, fee: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::StripeFees.whole(), Account::Stripe.whole(), fee))
}

/// Row 4: subjects were prepaid in cash, on an external terminal, or by gift card. Row 2 if by card.
pub fn prepaid(event: BusinessEvent, means: Means, parts: &[SubjectAmount]) -> Entry {
    received(event, means, Account::Deposits, parts)
}

/// Row 9: subjects were paid after they were delivered.
pub fn paid_after_delivery(event: BusinessEvent, means: Means, parts: &[SubjectAmount]) -> Entry {
    received(event, means, Account::Receivable, parts)
}

fn received(event: BusinessEvent, means: Means, credit: Account, parts: &[SubjectAmount]) -> Entry {
    let posting =
        |part: &SubjectAmount| part.between(means.side(Some(part.subject)), credit.of(part.subject));
    Entry::of(event).postings(parts.iter().map(posting))
}

/// Row 33: Stripe charged a fee that belongs to no payment (`stripe_fee`, `tax_fee`).
pub fn stripe_charged(event: BusinessEvent, fee: Cents) -> Entry {
    stripe_fee(event, fee)
}

/// Row 33: the club added money to its balance at Stripe (`topup`).
pub fn stripe_topped_up(event: BusinessEvent, amount: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::Stripe.whole(), Account::Bank.whole(), amount))
}

/// Row 34: the balance at Stripe changed for a reason that is unknown. A negative amount left Stripe. Until a manager
/// explains the entry, its business day does not close.
pub fn unmatched(event: BusinessEvent, amount: Cents) -> Entry {
    let (stripe, reason) = (Account::Stripe.whole(), Account::Unexplained.whole());
    Entry::of(event).posting(if amount < Cents::ZERO {
        Posting::new(reason, stripe, -amount)
    } else {
        Posting::new(stripe, reason, amount)
    })
}

/// Explains all or part of the unexplained entry with this id (rows 34 and 37): the amount belongs to another account. A
/// positive amount explains money that came in, a negative one money that is missing.
pub fn explained(event: BusinessEvent, entry: Id, account: Account, amount: Cents) -> Entry {
    let item = Account::Unexplained.of(Subject { kind: SubjectKind::LedgerEntry, id: entry });
    Entry::of(event).posting(if amount < Cents::ZERO {
        Posting::new(account.whole(), item, -amount)
    } else {
        Posting::new(item, account.whole(), amount)
    })
}
