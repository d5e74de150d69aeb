//! Running sums, written in the transaction of each entry, so that no balance reads history.
//!
//! Nearly every entry changes the sum of the same few accounts on the same day: `stripe`, `deposits`, `receivable`. With
//! one row for each of these sums, every transaction would wait on PostgreSQL for the one before it to commit. So each
//! sum of a day is the total of up to sixteen rows, its shards, and a transaction writes only to the shard of its thread.
//! The database threads of a process have different shards, so they never wait for each other here. We decided against
//! sums that a job brings up to date, because then every reader would have to add the entries since. Sums by subject need
//! no shards: few transactions concern the same booking at once.
//!
//! A transaction first locks the shard of the day ([`enter`]) and then writes sums in ascending order of their keys.
//! Within one entry there is therefore no cycle. Transactions of several entries can wait for each other in one on
//! PostgreSQL (two processes, the same shard or subjects, another order); the server ends one of them, and it is run
//! again.
//!
//! The shards are also what makes closing safe ([`close`]): it locks and closes all shards of the day, so it waits for
//! those who are writing to it, and whoever comes later finds their shard closed. When a day is closed, the sums of all
//! time at its end are stored, so a balance adds the last closing balance and the days since.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::Date;
use kit::{Cents, Result, Tx, args, sql};
use people::Subject;

use crate::account::Account;
use crate::entry::Posting;

/// The number of shards of a day.
const SHARDS: i64 = 16;

/// Returns the shard of this thread.
fn shard() -> i64 {
    static THREADS: AtomicI64 = AtomicI64::new(0);
    thread_local! {
        static SHARD: Cell<Option<i64>> = const { Cell::new(None) };
    }
    SHARD.with(|shard| {
        let number = shard.get().unwrap_or_else(|| THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS);
        shard.set(Some(number));
        number
    })
}

/// Locks the shard of this thread on a day until the end of the transaction. Returns `false` if the day is closed.
pub(crate) fn enter(tx: &mut Tx<'_>, day: Date) -> Result<bool> {
    if tx.is_view() {
        return Ok(true);
    }
    let club = tx.club()?;
    let entered = tx.run(
        sql!(
            "INSERT INTO ledger_shards (club_id, day, shard, is_closed) VALUES ($1, $2, $3, FALSE)
             ON CONFLICT (club_id, day, shard) DO UPDATE SET is_closed = FALSE WHERE ledger_shards.is_closed = FALSE"
        ),
        args![club, day, shard()],
    )?;
    Ok(entered == 1)
}

/// Closes all shards of a day. From here to the end of the transaction, nobody writes to the day.
pub(crate) fn close(tx: &mut Tx<'_>, day: Date) -> Result<()> {
    let club = tx.club()?;
    for shard in 0..SHARDS {
        tx.run(
            sql!(
                "INSERT INTO ledger_shards (club_id, day, shard, is_closed) VALUES ($1, $2, $3, TRUE)
                 ON CONFLICT (club_id, day, shard) DO UPDATE SET is_closed = TRUE"
            ),
            args![club, day, shard],
        )?;
    }
    Ok(())
}

/// Debits and credits in cents, and the number of postings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    debits: Cents,
    credits: Cents,
    postings: i64,
}

impl Sum {
    fn debit(&mut self, amount: Cents) {
        self.debits += amount;
        self.postings += 1;
    }

    fn credit(&mut self, amount: Cents) {
        self.credits += amount;
        self.postings += 1;
    }
}

/// Adds the postings of an entry to the sums of a day and of their subjects.
pub(crate) fn add(tx: &mut Tx<'_>, day: Date, postings: &[Posting]) -> Result<()> {
    let mut by_account: BTreeMap<Account, Sum> = BTreeMap::new();
    let mut by_subject: BTreeMap<(Account, Subject), Sum> = BTreeMap::new();
    for posting in postings {
        by_account.entry(posting.debit.account).or_default().debit(posting.amount);
        by_account.entry(posting.credit.account).or_default().credit(posting.amount);
        if let Some(subject) = posting.debit.subject {
            by_subject.entry((posting.debit.account, subject)).or_default().debit(posting.amount);
        }
        if let Some(subject) = posting.credit.subject {
            by_subject.entry((posting.credit.account, subject)).or_default().credit(posting.amount);
        }
    }
    let (club, shard) = (tx.club()?, shard());
    for (account, Sum { debits, credits, postings }) in by_account {
        tx.run(
            sql!(
                "INSERT INTO ledger_day_sums (club_id, day, account, shard, debit_cents, credit_cents, postings)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (club_id, day, account, shard) DO UPDATE
                 SET debit_cents = ledger_day_sums.debit_cents + excluded.debit_cents,
                 credit_cents = ledger_day_sums.credit_cents + excluded.credit_cents,
                 postings = ledger_day_sums.postings + excluded.postings"
            ),
            args![club, day, account, shard, debits, credits, postings],
        )?;
    }
    for ((account, subject), Sum { debits, credits, .. }) in by_subject {
        tx.run(
            sql!(
                "INSERT INTO ledger_subject_sums (club_id, account, subject_kind, subject_id, debit_cents,
                 credit_cents) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (club_id, account, subject_kind, subject_id) DO UPDATE
                 SET debit_cents = ledger_subject_sums.debit_cents + excluded.debit_cents,
                 credit_cents = ledger_subject_sums.credit_cents + excluded.credit_cents"
            ),
            args![club, account, subject.kind, subject.id, debits, credits],
        )?;
    }
    Ok(())
}

/// Stores the sums of all time at the end of a day that is being closed: those at the end of the day before, which is
/// closed, and those of the day.
pub(crate) fn carry_forward(tx: &mut Tx<'_>, day: Date) -> Result<()> {
    let club = tx.club()?;
    let before = day.yesterday().unwrap_or(day);
    tx.run(
        sql!(
            "INSERT INTO ledger_closing_balances (club_id, day, account, debit_cents, credit_cents)
             SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), parts.account, CAST(SUM(parts.debit_cents) AS BIGINT),
             CAST(SUM(parts.credit_cents) AS BIGINT) FROM (
               SELECT account, debit_cents, credit_cents FROM ledger_closing_balances
               WHERE club_id = $1 AND day = $3
               UNION ALL SELECT account, debit_cents, credit_cents FROM ledger_day_sums
               WHERE club_id = $1 AND day = $2) AS parts GROUP BY parts.account"
        ),
        args![club, day, before],
    )
    .map(drop)
}
