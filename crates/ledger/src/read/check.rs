//! Checks what must always hold (docs/ledger.md, A to J), as far as the ledger alone shows it: that the sums are those of
//! the postings, that nothing was posted to a closed day, and that no subject has less than nothing. This reads all of
//! the history.

use std::fmt;

use jiff::civil::Date;
use kit::db::Sql;
use kit::{Cents, Id, Result, Tx, args, sql};
use people::{Subject, SubjectKind};

use crate::account::Account;
use crate::days::{BusinessDay, business_days};
use crate::read::balances::{AccountTotals, trial_balance};

/// An invariant of docs/ledger.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// A. The debits equal the credits, and every sum is that of its postings.
    Balanced,
    /// C. No subject has less than nothing in `deposits`.
    Deposits,
    /// D. No subject has less than nothing in `receivable`.
    Receivable,
    /// E. No gift card has less than nothing.
    GiftCards,
    /// F. No membership has less than nothing in `deferred_dues`.
    DeferredDues,
    /// G. No technician has received more tips than there were.
    Tips,
    /// H. No more refunds were sent than are owed.
    RefundsOwed,
    /// I. No dispute has less than nothing.
    Disputed,
    /// J. Every entry has postings and belongs to one business event.
    Entries,
    /// T14. Business days follow each other, close in order, and take no entry afterward.
    BusinessDays,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerProblem {
    /// The invariant.
    pub invariant: Invariant,
    /// What was found.
    pub what: String,
}

impl fmt::Display for LedgerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The accounts in which no subject has less than nothing.
const NEVER_BELOW_ZERO: [(Account, Invariant); 7] = [
    (Account::Deposits, Invariant::Deposits),
    (Account::Receivable, Invariant::Receivable),
    (Account::GiftCards, Invariant::GiftCards),
    (Account::DeferredDues, Invariant::DeferredDues),
    (Account::Tips, Invariant::Tips),
    (Account::RefundsOwed, Invariant::RefundsOwed),
    (Account::Disputed, Invariant::Disputed),
];

/// Checks the ledger of this transaction's club. B, and what E to J say about rows of other crates, is for those crates
/// to check.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn check(tx: &mut Tx<'_>) -> Result<Vec<LedgerProblem>> {
    let mut problems = Vec::new();
    day_sums(tx, &mut problems)?;
    subject_sums(tx, &mut problems)?;
    entries(tx, &mut problems)?;
    days(tx, &mut problems)?;
    below_zero(tx, &mut problems)?;
    Ok(problems)
}

fn add(problems: &mut Vec<LedgerProblem>, invariant: Invariant, what: String) {
    problems.push(LedgerProblem { invariant, what });
}

/// Compares the sums by account and day, and the balances of closed days, with the postings.
fn day_sums(tx: &mut Tx<'_>, problems: &mut Vec<LedgerProblem>) -> Result<()> {
    let club = tx.club()?;
    let different: Vec<(Date, Account, i64, i64)> = tx.all(
        sql!(
            "SELECT parts.day, parts.account, CAST(SUM(parts.debits) AS BIGINT), CAST(SUM(parts.credits) AS BIGINT)
             FROM (
               SELECT day, account, debit_cents AS debits, credit_cents AS credits, postings FROM ledger_day_sums
               WHERE club_id = $1
               UNION ALL SELECT day, debit, -cents, 0, -1 FROM ledger_postings WHERE club_id = $1
               UNION ALL SELECT day, credit, 0, -cents, -1 FROM ledger_postings WHERE club_id = $1) AS parts
             GROUP BY parts.day, parts.account
             HAVING SUM(parts.debits) <> 0 OR SUM(parts.credits) <> 0 OR SUM(parts.postings) <> 0
             ORDER BY parts.day, parts.account"
        ),
        args![club],
    )?;
    for (day, account, debits, credits) in different {
        let what = format!(
            "the sums of {} on {day} are off by {} and {}",
            account.as_str(),
            Cents(debits),
            Cents(credits)
        );
        add(problems, Invariant::Balanced, what);
    }
    let different: Vec<(Date, Account)> = tx.all(
        sql!(
            "SELECT b.day, b.account FROM ledger_closing_balances b WHERE b.club_id = $1
             AND (b.debit_cents <> (SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM ledger_postings p
                 WHERE p.club_id = b.club_id AND p.debit = b.account AND p.day <= b.day)
               OR b.credit_cents <> (SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM ledger_postings p
                 WHERE p.club_id = b.club_id AND p.credit = b.account AND p.day <= b.day)) ORDER BY b.day, b.account"
        ),
        args![club],
    )?;
    for (day, account) in different {
        let what =
            format!("the closing balance of {} on {day} is not that of its postings", account.as_str());
        add(problems, Invariant::Balanced, what);
    }
    let last: Option<(Date,)> = tx
        .one(sql!("SELECT day FROM ledger_days WHERE club_id = $1 ORDER BY day DESC LIMIT 1"), args![club])?;
    if let Some((last,)) = last {
        let (debits, credits) = trial_balance(tx, last)?.totals();
        if debits != credits {
            add(problems, Invariant::Balanced, format!("the debits are {debits}, but the credits {credits}"));
        }
    }
    Ok(())
}

/// Compares the sums by account and subject with the postings.
fn subject_sums(tx: &mut Tx<'_>, problems: &mut Vec<LedgerProblem>) -> Result<()> {
    let club = tx.club()?;
    let different: Vec<(Account, SubjectKind, Id)> = tx.all(
        sql!(
            "SELECT parts.account, parts.kind, parts.id FROM (
               SELECT account, subject_kind AS kind, subject_id AS id, debit_cents AS debits,
               credit_cents AS credits FROM ledger_subject_sums WHERE club_id = $1
               UNION ALL SELECT debit, debit_kind, debit_id, -cents, 0 FROM ledger_postings
               WHERE club_id = $1 AND debit_id IS NOT NULL
               UNION ALL SELECT credit, credit_kind, credit_id, 0, -cents FROM ledger_postings
               WHERE club_id = $1 AND credit_id IS NOT NULL) AS parts
             GROUP BY parts.account, parts.kind, parts.id
             HAVING SUM(parts.debits) <> 0 OR SUM(parts.credits) <> 0 ORDER BY parts.account, parts.kind, parts.id"
        ),
        args![club],
    )?;
    for (account, kind, id) in different {
        let what = format!(
            "the sums of {} {id} in {} are not those of its postings",
            kind.as_str(),
            account.as_str()
        );
        add(problems, Invariant::Balanced, what);
    }
    Ok(())
}

/// Finds entries without postings, and postings on another day than their entry.
fn entries(tx: &mut Tx<'_>, problems: &mut Vec<LedgerProblem>) -> Result<()> {
    const EMPTY: &str = "has no postings";
    const ELSEWHERE: &str = "has a posting of another day or club";
    let queries: [(&'static Sql, &str); 2] = [
        (
            sql!(
                "SELECT e.id FROM ledger_entries e WHERE e.club_id = $1
                 AND NOT EXISTS (SELECT 1 FROM ledger_postings p WHERE p.entry_id = e.id) ORDER BY e.id"
            ),
            EMPTY,
        ),
        (
            sql!(
                "SELECT DISTINCT e.id FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id
                 WHERE e.club_id = $1 AND (p.club_id <> e.club_id OR p.day <> e.day) ORDER BY e.id"
            ),
            ELSEWHERE,
        ),
    ];
    let club = tx.club()?;
    for (query, what) in queries {
        let found: Vec<(Id,)> = tx.all(query, args![club])?;
        for (id,) in found {
            add(problems, Invariant::Entries, format!("entry {id} {what}"));
        }
    }
    Ok(())
}

/// Checks the business days: that they follow each other, that they close in order, and that each entry is on its own day
/// or names it.
fn days(tx: &mut Tx<'_>, problems: &mut Vec<LedgerProblem>) -> Result<()> {
    let all: Vec<BusinessDay> = business_days(tx, jiff::civil::date(1, 1, 1), Date::MAX)?;
    for pair in all.windows(2) {
        if let [one, next] = pair {
            if one.ends_at != next.begins_at || one.day.tomorrow().ok() != Some(next.day) {
                let what = format!("{} does not begin when {} ends", next.day, one.day);
                add(problems, Invariant::BusinessDays, what);
            }
            if one.closed_at.is_none() && next.closed_at.is_some() {
                let what = format!("{} is closed, but {} before it is open", next.day, one.day);
                add(problems, Invariant::BusinessDays, what);
            }
        }
    }
    let club = tx.club()?;
    let misplaced: Vec<(Id, Date)> = tx.all(
        sql!(
            "SELECT e.id, e.day FROM ledger_entries e LEFT JOIN ledger_days d
             ON d.club_id = e.club_id AND d.day = e.day WHERE e.club_id = $1
             AND (d.day IS NULL OR (e.concerns IS NULL AND (e.at < d.begins_at OR e.at >= d.ends_at))
               OR e.concerns >= e.day) ORDER BY e.id"
        ),
        args![club],
    )?;
    for (id, day) in misplaced {
        add(problems, Invariant::BusinessDays, format!("entry {id} is not of {day}, its business day"));
    }
    Ok(())
}

/// Finds subjects that have less than nothing where that cannot be.
fn below_zero(tx: &mut Tx<'_>, problems: &mut Vec<LedgerProblem>) -> Result<()> {
    let club = tx.club()?;
    for (account, invariant) in NEVER_BELOW_ZERO {
        let open: Vec<(SubjectKind, Id, Cents, Cents)> = tx.all(
            sql!(
                "SELECT subject_kind, subject_id, debit_cents, credit_cents FROM ledger_subject_sums
                 WHERE club_id = $1 AND account = $2 AND debit_cents <> credit_cents
                 ORDER BY subject_kind, subject_id"
            ),
            args![club, account],
        )?;
        for (kind, id, debits, credits) in open {
            let (subject, totals) = (Subject { kind, id }, AccountTotals { account, debits, credits });
            if totals.balance() < Cents::ZERO {
                let (kind, id) = (subject.kind.as_str(), subject.id);
                let what = format!("{kind} {id} has {} in {}", totals.balance(), account.as_str());
                add(problems, invariant, what);
            }
        }
    }
    Ok(())
}
