//! The cash drawer and external card terminals.

use kit::Cents;

use crate::account::Account;
use crate::entry::{BusinessEvent, Entry, Posting};

/// Row 36: cash from the bank was put into the drawer.
pub fn float_added(event: BusinessEvent, amount: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::Cash.whole(), Account::Bank.whole(), amount))
}

/// Row 36: cash from the drawer was taken to the bank.
pub fn drawer_banked(event: BusinessEvent, amount: Cents) -> Entry {
    Entry::of(event).posting(Posting::new(Account::Bank.whole(), Account::Cash.whole(), amount))
}

/// Row 36: the drawer was counted. A positive difference is more than the ledger says, a negative one less.
pub fn drawer_counted(event: BusinessEvent, difference: Cents) -> Entry {
    let (cash, over_short) = (Account::Cash.whole(), Account::OverShort.whole());
    Entry::of(event).posting(if difference < Cents::ZERO {
        Posting::new(over_short, cash, -difference)
    } else {
        Posting::new(cash, over_short, difference)
    })
}

/// A batch of an external terminal that the bank credited. The batch was `credited` + `fees` + `missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalBatch {
    /// What the bank credited, in cents.
    pub credited: Cents,
    /// What the provider of the terminal kept as its fee, in cents.
    pub fees: Cents,
    /// What is missing for no known reason, in cents. A negative amount is too much.
    pub missing: Cents,
}

/// Row 37: a batch of an external terminal was credited. Until a manager explains what is missing, its business day does
/// not close.
pub fn terminal_credited(event: BusinessEvent, batch: TerminalBatch) -> Entry {
    let (terminal, reason) = (Account::Terminal.whole(), Account::Unexplained.whole());
    Entry::of(event).postings([
        Posting::new(Account::Bank.whole(), terminal, batch.credited),
        Posting::new(Account::TerminalFees.whole(), terminal, batch.fees),
        if batch.missing < Cents::ZERO {
            Posting::new(terminal, reason, -batch.missing)
        } else {
            Posting::new(reason, terminal, batch.missing)
        },
    ])
}
