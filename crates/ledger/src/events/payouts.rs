//! Payouts of Stripe to the bank account.

use kit::{Cents, Id};
use people::{Subject, SubjectKind};

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Posting, PostingSide};

fn on_the_way(payout: Id) -> PostingSide {
    Account::InTransit.of(Subject { kind: SubjectKind::Payout, id: payout })
}

/// Row 27: Stripe created a payout.
pub fn payout_created(event: BusinessEvent, payout: Id, amount: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(on_the_way(payout), Account::Stripe.whole(), amount))
}

/// Row 28: a payout reached the bank.
pub fn payout_paid(event: BusinessEvent, payout: Id, amount: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::Bank.whole(), on_the_way(payout), amount))
}

/// Row 29: a payout failed or was canceled, so the money is at Stripe again. If it had been paid, the bank returned it.
pub fn payout_failed(event: BusinessEvent, payout: Id, amount: Cents, was_paid: bool) -> Entry {
    let from = if was_paid { Account::Bank.whole() } else { on_the_way(payout) };
    Entry::of(event).posting(Posting::new(Account::Stripe.whole(), from, amount))
}
