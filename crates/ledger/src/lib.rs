//! The double-entry ledger of the club (docs/ledger.md): accounts, entries of postings, and business days (T12, T14,
//! T15). Each posting moves an amount from one account to another, so nothing unbalanced can be written. An entry is
//! stored under the key of the business event that it records, so an event that is recorded twice is one entry. Nothing
//! is changed or deleted. [`events`] has a function for each business event.

mod account;
mod close;
mod days;
mod entry;
pub mod events;
mod read;
mod record;
mod sums;

pub use account::{Account, AccountKind, RevenueKind};
pub use close::{
    EARLIER_DAY_OPEN, LEDGER_DAY_CLOSED, NOT_OVER, UNEXPLAINED_ENTRIES, UNEXPLAINED_MONEY, close_day,
};
pub use days::{BusinessDay, business_day, business_days, first_open_day};
pub use entry::{BusinessEvent, Entry, EventKey, EventSource, Means, Posting, PostingSide, SubjectAmount};
pub use read::balances::{
    AccountTotals, DayTotals, TrialBalance, account_by_day, balance, open_subjects, subject_balance,
    subject_totals, trial_balance,
};
pub use read::check::{Invariant, LedgerProblem, check};
pub use read::entries::{EntrySpan, RecordedEntry, entries, entries_of, entry, entry_of_event, export};
pub use read::statement::{Statement, StatementLine, statement};
pub use record::{Recorded, record, reverse};
