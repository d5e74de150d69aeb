//! The statement of an account: its postings with the balance after each.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::db::{FromRow, Row};
use kit::web::Paging;
use kit::{Cents, Id, Result, Tx, args, sql};

use crate::account::Account;
use crate::entry::{EventKey, Posting};
use crate::read::balances::{AccountTotals, balance};
use crate::read::entries::EntrySpan;

/// A page of the postings of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The balance in cents before the first posting of the page.
    pub opening: Cents,
    /// The postings, the earliest first.
    pub lines: Vec<StatementLine>,
    /// The number of postings on all pages.
    pub total: i64,
}

/// A posting of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The id of the entry.
    pub entry: Id,
    /// What identifies the business event.
    pub key: EventKey,
    /// When it happened.
    pub at: Timestamp,
    /// The business day of the entry.
    pub day: Date,
    /// The posting. One of its accounts is that of the statement.
    pub posting: Posting,
    /// The balance of the account after it, in cents.
    pub balance: Cents,
}

impl FromRow for StatementLine {
    /// Reads the columns of a posting, and then entry_id, day, at, source, source_id, and part.
    fn from_row(row: &Row<'_>) -> Result<StatementLine> {
        Ok(StatementLine {
            posting: Posting::from_row(row)?,
            entry: row.get(8)?,
            day: row.get(9)?,
            at: row.get(10)?,
            key: EventKey { source: row.get(11)?, id: row.get(12)?, part: row.get(13)? },
            balance: Cents::ZERO,
        })
    }
}

/// Returns a page of the postings of an account on some business days.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn statement(tx: &mut Tx<'_>, account: Account, span: EntrySpan, paging: Paging) -> Result<Statement> {
    let (club, (size, before)) = (tx.club()?, paging.rows());
    let total: Option<(i64,)> = tx.one(
        sql!(
            "SELECT CAST(COALESCE(SUM(postings), 0) AS BIGINT) FROM ledger_day_sums
             WHERE club_id = $1 AND account = $2 AND day >= $3 AND day <= $4"
        ),
        args![club, account, span.from, span.to],
    )?;
    let mut lines: Vec<StatementLine> = tx.all(
        sql!(
            "SELECT p.debit, p.debit_kind, p.debit_id, p.credit, p.credit_kind, p.credit_id, p.cents, p.person_id,
             p.entry_id, p.day, e.at, e.source, e.source_id, e.part FROM (
               SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id, entry_id, day,
               position FROM ledger_postings WHERE club_id = $1 AND debit = $2 AND day >= $3 AND day <= $4
               UNION ALL
               SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id, entry_id, day,
               position FROM ledger_postings WHERE club_id = $1 AND credit = $2 AND day >= $3 AND day <= $4
               ORDER BY day, entry_id, position LIMIT $5 OFFSET $6) AS p
             JOIN ledger_entries e ON e.id = p.entry_id ORDER BY p.day, p.entry_id, p.position"
        ),
        args![club, account, span.from, span.to, size, before],
    )?;
    let opening = opening(tx, account, span, before)?;
    let mut so_far = opening;
    for line in &mut lines {
        so_far += effect(account, line.posting);
        line.balance = so_far;
    }
    Ok(Statement { opening, lines, total: total.map_or(0, |(total,)| total) })
}

/// Returns the balance before the posting that follows the first `before` ones.
fn opening(tx: &mut Tx<'_>, account: Account, span: EntrySpan, before: i64) -> Result<Cents> {
    let at_begin = match span.from.yesterday() {
        Ok(eve) => balance(tx, account, eve)?,
        Err(_) => Cents::ZERO,
    };
    if before == 0 {
        return Ok(at_begin);
    }
    let club = tx.club()?;
    let sums: Option<(Cents, Cents)> = tx.one(
        sql!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN earlier.debit = $2 THEN earlier.cents ELSE 0 END), 0) AS BIGINT),
             CAST(COALESCE(SUM(CASE WHEN earlier.debit = $2 THEN 0 ELSE earlier.cents END), 0) AS BIGINT)
             FROM (
               SELECT debit, cents, day, entry_id, position FROM ledger_postings
               WHERE club_id = $1 AND debit = $2 AND day >= $3 AND day <= $4
               UNION ALL SELECT debit, cents, day, entry_id, position FROM ledger_postings
               WHERE club_id = $1 AND credit = $2 AND day >= $3 AND day <= $4
               ORDER BY day, entry_id, position LIMIT $5) AS earlier"
        ),
        args![club, account, span.from, span.to, before],
    )?;
    let (debits, credits) = sums.unwrap_or_default();
    Ok(at_begin + AccountTotals { account, debits, credits }.balance())
}

/// Returns by how many cents a posting changes the balance of one of its accounts.
fn effect(account: Account, posting: Posting) -> Cents {
    let is_increase = (posting.debit.account == account) == account.is_debit_normal();
    if is_increase { posting.amount } else { -posting.amount }
}
