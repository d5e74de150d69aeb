//! What there was before the ledger began.

use kit::Cents;

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Posting, SubjectAmount};

/// Row 35: the balance at Stripe on the first day.
pub fn stripe_before(event: BusinessEvent, balance: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::Stripe.whole(), Account::Opening.whole(), balance))
}

/// Row 38: the drawer as it was counted on the first day. Charges that were settled before get no entry.
pub fn cash_before(event: BusinessEvent, counted: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::Cash.whole(), Account::Opening.whole(), counted))
}

/// Row 39: charges that were due on the first day.
pub fn receivable_before(event: BusinessEvent, due: &[SubjectAmount]) -> Entry {
    let posting = |amount: &SubjectAmount| {
        amount.between(Account::Receivable.of(amount.subject), Account::Opening.whole())
    };
    Entry::of(event).postings(due.iter().map(posting))
}

/// Row 39: the unearned days of dues that were paid before the first day.
pub fn dues_before(event: BusinessEvent, unearned: &[SubjectAmount]) -> Entry {
    let posting = |amount: &SubjectAmount| {
        amount.between(Account::Opening.whole(), Account::DeferredDues.of(amount.subject))
    };
    Entry::of(event).postings(unearned.iter().map(posting))
}
