//! Reading the ledger: balances, entries, statements, and the check of its invariants.

pub(crate) mod balances;
pub(crate) mod check;
pub(crate) mod entries;
pub(crate) mod statement;
