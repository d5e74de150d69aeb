//! Closing business days (T15).

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{DetailKey, Error, Id, Refusal, Result, Tx, args, sql};
use people::{Action, Actor, AuditEvent, SubjectKind, note_operation};
use serde_json::json;

use crate::account::Account;
use crate::days::{BusinessDay, business_day, business_days, first_open_day};
use crate::sums;

/// The business day is closed. Carries `first_open`.
pub const LEDGER_DAY_CLOSED: Refusal =
    Refusal::conflict("day_closed", "This business day is closed already. Choose a day that is open.");
/// An earlier business day is open. Carries `first_open`.
pub const EARLIER_DAY_OPEN: Refusal =
    Refusal::conflict("earlier_day_open", "An earlier business day is still open. Close it first.");
/// The business day has not ended. Carries `ends_at`.
pub const NOT_OVER: Refusal =
    Refusal::conflict("day_not_over", "This business day isn’t over yet. Close it after it ends.");
/// An amount is unexplained. Carries `entries`, the ids of the entries.
pub const UNEXPLAINED_MONEY: Refusal = Refusal::conflict(
    "unexplained_money",
    "Some money on or before this business day isn’t explained. Explain it, then close the day.",
);

const ENDS_AT: DetailKey<Timestamp> = DetailKey::new("ends_at");
const FIRST_OPEN: DetailKey<String> = DetailKey::new("first_open");
/// The entries with an unexplained amount, which [`UNEXPLAINED_MONEY`] carries.
pub const UNEXPLAINED_ENTRIES: DetailKey<Vec<Id>> = DetailKey::new("entries");

/// Closes a business day. From then on, an entry for it is posted to the first open day. What else has to be settled
/// before a day closes (T15) is for the caller to check, in the same transaction.
///
/// # Errors
/// Returns `Error::Unauthorized` or `Error::Forbidden` unless `by` may close days; `Error::NotFound` if the ledger has no
/// such day; [`LEDGER_DAY_CLOSED`], [`NOT_OVER`], [`EARLIER_DAY_OPEN`], or [`UNEXPLAINED_MONEY`].
pub fn close_day(tx: &mut Tx<'_>, by: &Actor, day: Date) -> Result<()> {
    by.need(Action::CloseDays)?;
    let now = tx.now();
    business_day(tx, now)?;
    let found = stored(tx, day)?;
    if now < found.ends_at {
        return Err(Error::refused(&NOT_OVER).with(ENDS_AT, found.ends_at));
    }
    // What follows is decided after everyone who was writing to the day has ended.
    sums::close(tx, day)?;
    let first_open = first_open_day(tx)?.map(|first| first.day);
    if stored(tx, day)?.closed_at.is_some() {
        return Err(refused(&LEDGER_DAY_CLOSED, first_open));
    }
    if first_open != Some(day) {
        return Err(refused(&EARLIER_DAY_OPEN, first_open));
    }
    let items = unexplained(tx, day)?;
    if !items.is_empty() {
        return Err(Error::refused(&UNEXPLAINED_MONEY).with(UNEXPLAINED_ENTRIES, items));
    }
    let club = tx.club()?;
    let closed = tx.run(
        sql!(
            "UPDATE ledger_days SET closed_at = $1, closed_by = $2
             WHERE club_id = $3 AND day = $4 AND closed_at IS NULL"
        ),
        args![now, by.id(), club, day],
    )?;
    if closed == 0 {
        return Err(refused(&LEDGER_DAY_CLOSED, first_open));
    }
    sums::carry_forward(tx, day)?;
    note_operation(
        tx,
        by,
        AuditEvent::DayClosed,
        (SubjectKind::BusinessDay, None),
        json!({"name": day.to_string()}),
    )
}

fn stored(tx: &mut Tx<'_>, day: Date) -> Result<BusinessDay> {
    business_days(tx, day, day)?.into_iter().next().ok_or(Error::NotFound)
}

fn refused(refusal: &'static Refusal, first_open: Option<Date>) -> Error {
    let error = Error::refused(refusal);
    match first_open {
        Some(day) => error.with(FIRST_OPEN, day.to_string()),
        None => error,
    }
}

/// Returns the entries with an unexplained amount until the end of a day that no later entry has explained.
fn unexplained(tx: &mut Tx<'_>, day: Date) -> Result<Vec<Id>> {
    let club = tx.club()?;
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "SELECT s.subject_id FROM ledger_subject_sums s JOIN ledger_entries e ON e.id = s.subject_id
             WHERE s.club_id = $1 AND s.account = $2 AND s.subject_kind = $3 AND s.debit_cents <> s.credit_cents
             AND e.day <= $4 ORDER BY s.subject_id"
        ),
        args![club, Account::Unexplained, SubjectKind::LedgerEntry, day],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
