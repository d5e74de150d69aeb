//! Disputes (T19). The subject of each amount is the dispute.

use kit::Cents;

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, SubjectAmount};

/// Row 30: the bank withdrew the disputed amount, and Stripe its fee.
pub fn dispute_opened(event: BusinessEvent, withdrawn: SubjectAmount, fee: Cents) -> Entry {
    Entry::of(event).postings([
        withdrawn.moved(Account::Disputed, Account::Stripe),
        withdrawn.with(fee).moved(Account::DisputeFees, Account::Stripe),
    ])
}

/// Row 31: the dispute was won, so the amount is at Stripe again, and so is the fee if Stripe returned it.
pub fn dispute_won(event: BusinessEvent, returned: SubjectAmount, fee: Cents) -> Entry {
    Entry::of(event).postings([
        returned.moved(Account::Stripe, Account::Disputed),
        returned.with(fee).moved(Account::Stripe, Account::DisputeFees),
    ])
}

/// Row 32: the dispute was lost or accepted. It is a loss, not a new charge.
pub fn dispute_lost(event: BusinessEvent, amount: SubjectAmount) -> Entry {
    Entry::of(event).posting(amount.moved(Account::DisputeLosses, Account::Disputed))
}
