//! Balances, from running sums: no function here reads entries or postings.

use jiff::civil::Date;
use kit::web::Paging;
use kit::{Cents, Id, Result, Tx, args, row, sql};
use people::{Subject, SubjectKind};

use crate::account::Account;

/// The sums of the debits and credits of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountTotals {
    /// The account.
    pub account: Account,
    /// The sum of its debits in cents.
    pub debits: Cents,
    /// The sum of its credits in cents.
    pub credits: Cents,
}

row!(AccountTotals { account, debits, credits });

impl AccountTotals {
    /// Returns the balance in cents: what an asset is worth, what is owed, earned, or spent.
    pub fn balance(&self) -> Cents {
        let balance = self.debits - self.credits;
        if self.account.is_debit_normal() { balance } else { -balance }
    }
}

/// The debits and credits of an account on a business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTotals {
    /// The business day.
    pub day: Date,
    /// The sum of the debits in cents.
    pub debits: Cents,
    /// The sum of the credits in cents.
    pub credits: Cents,
}

row!(DayTotals { day, debits, credits });

/// The sums of all accounts at the end of a business day. Accounts without postings are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// The sums by account, in the order of [`Account::ALL`].
    pub accounts: Vec<AccountTotals>,
}

impl TrialBalance {
    /// Returns the sums of all debits and of all credits. They are equal.
    pub fn totals(&self) -> (Cents, Cents) {
        (self.accounts.iter().map(|one| one.debits).sum(), self.accounts.iter().map(|one| one.credits).sum())
    }

    /// Returns the balance of an account in cents.
    pub fn balance(&self, account: Account) -> Cents {
        self.accounts.iter().find(|one| one.account == account).map_or(Cents::ZERO, AccountTotals::balance)
    }
}

/// Returns the trial balance at the end of a business day. Adds the balances of the last closed day until then and the
/// sums of the days since.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn trial_balance(tx: &mut Tx<'_>, day: Date) -> Result<TrialBalance> {
    let club = tx.club()?;
    let closed = last_closed(tx, day)?;
    let mut accounts: Vec<AccountTotals> = tx.all(
        sql!(
            "SELECT parts.account, CAST(SUM(parts.debit_cents) AS BIGINT), CAST(SUM(parts.credit_cents) AS BIGINT)
             FROM (
               SELECT account, debit_cents, credit_cents FROM ledger_closing_balances
               WHERE club_id = $1 AND day = $2
               UNION ALL SELECT account, debit_cents, credit_cents FROM ledger_day_sums
               WHERE club_id = $1 AND day > $2 AND day <= $3) AS parts GROUP BY parts.account"
        ),
        args![club, closed, day],
    )?;
    accounts.sort_by_key(|totals| totals.account);
    Ok(TrialBalance { accounts })
}

/// Returns the balance of an account at the end of a business day, in cents.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn balance(tx: &mut Tx<'_>, account: Account, day: Date) -> Result<Cents> {
    let club = tx.club()?;
    let closed = last_closed(tx, day)?;
    let sums: Option<(Cents, Cents)> = tx.one(
        sql!(
            "SELECT CAST(COALESCE(SUM(parts.debit_cents), 0) AS BIGINT),
             CAST(COALESCE(SUM(parts.credit_cents), 0) AS BIGINT) FROM (
               SELECT debit_cents, credit_cents FROM ledger_closing_balances
               WHERE club_id = $1 AND day = $2 AND account = $4
               UNION ALL SELECT debit_cents, credit_cents FROM ledger_day_sums
               WHERE club_id = $1 AND day > $2 AND day <= $3 AND account = $4) AS parts"
        ),
        args![club, closed, day, account],
    )?;
    let (debits, credits) = sums.unwrap_or_default();
    Ok(AccountTotals { account, debits, credits }.balance())
}

/// Returns the last closed day that is no later than a date, or an empty text, which is before every date.
fn last_closed(tx: &mut Tx<'_>, day: Date) -> Result<String> {
    let club = tx.club()?;
    let closed: Option<(String,)> = tx.one(
        sql!(
            "SELECT day FROM ledger_days WHERE club_id = $1 AND day <= $2 AND closed_at IS NOT NULL
             ORDER BY day DESC LIMIT 1"
        ),
        args![club, day],
    )?;
    Ok(closed.map_or(String::new(), |(day,)| day))
}

/// Returns the debits and credits of an account by business day, from one date to another. Days without postings are
/// left out.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn account_by_day(tx: &mut Tx<'_>, account: Account, (from, to): (Date, Date)) -> Result<Vec<DayTotals>> {
    let club = tx.club()?;
    tx.all(
        sql!(
            "SELECT day, CAST(SUM(debit_cents) AS BIGINT), CAST(SUM(credit_cents) AS BIGINT) FROM ledger_day_sums
             WHERE club_id = $1 AND account = $2 AND day >= $3 AND day <= $4 GROUP BY day ORDER BY day"
        ),
        args![club, account, from, to],
    )
}

/// Returns the sums of a subject in each of its accounts, in the order of [`Account::ALL`].
///
/// # Errors
/// Returns a fault if the database fails.
pub fn subject_totals(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<AccountTotals>> {
    let club = tx.club()?;
    let mut totals: Vec<AccountTotals> = tx.all(
        sql!(
            "SELECT account, debit_cents, credit_cents FROM ledger_subject_sums
             WHERE club_id = $1 AND subject_id = $2 AND subject_kind = $3"
        ),
        args![club, subject.id, subject.kind],
    )?;
    totals.sort_by_key(|totals| totals.account);
    Ok(totals)
}

/// Returns the balance of a subject in an account, in cents: what was prepaid for a booking (`deposits`), what is left
/// on a gift card (`gift_cards`), what is owed to a technician (`tips`).
///
/// # Errors
/// Returns a fault if the database fails.
pub fn subject_balance(tx: &mut Tx<'_>, account: Account, subject: Subject) -> Result<Cents> {
    let club = tx.club()?;
    let totals: Option<AccountTotals> = tx.one(
        sql!(
            "SELECT account, debit_cents, credit_cents FROM ledger_subject_sums
             WHERE club_id = $1 AND account = $2 AND subject_kind = $3 AND subject_id = $4"
        ),
        args![club, account, subject.kind, subject.id],
    )?;
    Ok(totals.map_or(Cents::ZERO, |totals| totals.balance()))
}

/// Returns the subjects with a balance in an account, in the order of their ids, with that balance in cents: who owes,
/// whose refund is not sent, which disputes are open.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn open_subjects(tx: &mut Tx<'_>, account: Account, paging: Paging) -> Result<Vec<(Subject, Cents)>> {
    let (club, (size, before)) = (tx.club()?, paging.rows());
    let rows: Vec<(SubjectKind, Id, Cents, Cents)> = tx.all(
        sql!(
            "SELECT subject_kind, subject_id, debit_cents, credit_cents FROM ledger_subject_sums
             WHERE club_id = $1 AND account = $2 AND debit_cents <> credit_cents
             ORDER BY subject_id, subject_kind LIMIT $3 OFFSET $4"
        ),
        args![club, account, size, before],
    )?;
    let open = rows.into_iter().map(|(kind, id, debits, credits)| {
        (Subject { kind, id }, AccountTotals { account, debits, credits }.balance())
    });
    Ok(open.collect())
}
