//! Entries as they are stored.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kit::db::{FromRow, Row};
use kit::web::Paging;
use kit::{Id, Result, Tx, args, sql};
use people::{Actor, Subject};
use serde_json::{Value, json};

use crate::entry::{BusinessEvent, EventKey, Posting};

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEntry {
    /// The id of the entry.
    pub id: Id,
    /// What happened, and when.
    pub event: BusinessEvent,
    /// The business day to which it belongs in the ledger.
    pub day: Date,
    /// The business day of the event, if it was closed before the entry was recorded.
    pub concerns: Option<Date>,
    /// The reason of whoever caused the event, or an empty text.
    pub memo: String,
    /// The member of staff who caused the event.
    pub by: Option<Id>,
    /// When the entry was recorded.
    pub recorded_at: Timestamp,
    /// The postings, in the order in which they were recorded.
    pub postings: Vec<Posting>,
}

impl FromRow for RecordedEntry {
    /// Reads id, source, source_id, part, at, day, concerns, memo, by_person, and recorded_at.
    fn from_row(row: &Row<'_>) -> Result<RecordedEntry> {
        let key = EventKey { source: row.get(1)?, id: row.get(2)?, part: row.get(3)? };
        Ok(RecordedEntry {
            id: row.get(0)?,
            event: BusinessEvent { key, at: row.get(4)? },
            day: row.get(5)?,
            concerns: row.get(6)?,
            memo: row.get(7)?,
            by: row.get(8)?,
            recorded_at: row.get(9)?,
            postings: Vec::new(),
        })
    }
}

/// A posting with the entry to which it belongs.
struct OfEntry(Id, Posting);

impl FromRow for OfEntry {
    /// Reads the columns of a posting, and then entry_id.
    fn from_row(row: &Row<'_>) -> Result<OfEntry> {
        Ok(OfEntry(row.get(8)?, Posting::from_row(row)?))
    }
}

/// The business days of which entries are listed, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntrySpan {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Returns an entry of this transaction's club with its postings.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn entry(tx: &mut Tx<'_>, id: Id) -> Result<Option<RecordedEntry>> {
    let club = tx.club()?;
    let found: Option<RecordedEntry> = tx.one(
        sql!(
            "SELECT id, source, source_id, part, at, day, concerns, memo, by_person, recorded_at
             FROM ledger_entries WHERE club_id = $1 AND id = $2"
        ),
        args![club, id],
    )?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(RecordedEntry { postings: postings_of(tx, id)?, ..found }))
}

/// Returns the entry of a business event with its postings; `None` if it is not recorded.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn entry_of_event(tx: &mut Tx<'_>, key: &EventKey) -> Result<Option<RecordedEntry>> {
    match id_of_event(tx, key)? {
        Some(id) => entry(tx, id),
        None => Ok(None),
    }
}

/// Returns the id of the entry of a business event.
pub(crate) fn id_of_event(tx: &mut Tx<'_>, key: &EventKey) -> Result<Option<Id>> {
    let club = tx.club()?;
    let found: Option<(Id,)> = tx.one(
        sql!(
            "SELECT id FROM ledger_entries WHERE club_id = $1 AND source = $2 AND source_id = $3 AND part = $4"
        ),
        args![club, key.source, &key.id, &key.part],
    )?;
    Ok(found.map(|(id,)| id))
}

/// Returns the postings of an entry, in the order in which they were recorded.
pub(crate) fn postings_of(tx: &mut Tx<'_>, id: Id) -> Result<Vec<Posting>> {
    let club = tx.club()?;
    tx.all(
        sql!(
            "SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id
             FROM ledger_postings WHERE club_id = $1 AND entry_id = $2 ORDER BY position"
        ),
        args![club, id],
    )
}

/// Returns a page of the entries of some business days with their postings, the latest first, and the number of all of
/// them.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn entries(tx: &mut Tx<'_>, span: EntrySpan, paging: Paging) -> Result<(Vec<RecordedEntry>, i64)> {
    let (club, (size, before)) = (tx.club()?, paging.rows());
    let count: Option<(i64,)> = tx.one(
        sql!("SELECT COUNT(*) FROM ledger_entries WHERE club_id = $1 AND day >= $2 AND day <= $3"),
        args![club, span.from, span.to],
    )?;
    let page = args![club, span.from, span.to, size, before];
    let entries: Vec<RecordedEntry> = tx.all(
        sql!(
            "SELECT id, source, source_id, part, at, day, concerns, memo, by_person, recorded_at
             FROM ledger_entries WHERE club_id = $1 AND day >= $2 AND day <= $3
             ORDER BY day DESC, id DESC LIMIT $4 OFFSET $5"
        ),
        &page,
    )?;
    let postings: Vec<OfEntry> = tx.all(
        sql!(
            "SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id, entry_id
             FROM ledger_postings WHERE club_id = $1 AND entry_id IN (
               SELECT id FROM ledger_entries WHERE club_id = $1 AND day >= $2 AND day <= $3
               ORDER BY day DESC, id DESC LIMIT $4 OFFSET $5) ORDER BY entry_id, position"
        ),
        &page,
    )?;
    Ok((with_postings(entries, postings), count.map_or(0, |(count,)| count)))
}

/// Returns the entries with a posting of a subject, with all their postings, the earliest first.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn entries_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<RecordedEntry>> {
    let club = tx.club()?;
    let of = args![club, subject.id, subject.kind];
    let entries: Vec<RecordedEntry> = tx.all(
        sql!(
            "SELECT id, source, source_id, part, at, day, concerns, memo, by_person, recorded_at
             FROM ledger_entries WHERE club_id = $1 AND id IN (
               SELECT entry_id FROM ledger_postings WHERE debit_id = $2 AND debit_kind = $3
               UNION SELECT entry_id FROM ledger_postings WHERE credit_id = $2 AND credit_kind = $3)
             ORDER BY day, id"
        ),
        &of,
    )?;
    let postings: Vec<OfEntry> = tx.all(
        sql!(
            "SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id, entry_id
             FROM ledger_postings WHERE club_id = $1 AND entry_id IN (
               SELECT entry_id FROM ledger_postings WHERE debit_id = $2 AND debit_kind = $3
               UNION SELECT entry_id FROM ledger_postings WHERE credit_id = $2 AND credit_kind = $3)
             ORDER BY entry_id, position"
        ),
        &of,
    )?;
    Ok(with_postings(entries, postings))
}

fn with_postings(entries: Vec<RecordedEntry>, postings: Vec<OfEntry>) -> Vec<RecordedEntry> {
    let mut by_entry: BTreeMap<Id, Vec<Posting>> = BTreeMap::new();
    for OfEntry(id, posting) in postings {
        by_entry.entry(id).or_default().push(posting);
    }
    let with = |entry: RecordedEntry| RecordedEntry {
        postings: by_entry.remove(&entry.id).unwrap_or_default(),
        ..entry
    };
    entries.into_iter().map(with).collect()
}

/// Returns every posting about the actor in all clubs, the earliest first, for the export of their personal data.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn export(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<Value>> {
    let person = by.person()?.id;
    let postings: Vec<OfEntry> = tx.all(
        sql!(
            "SELECT debit, debit_kind, debit_id, credit, credit_kind, credit_id, cents, person_id, entry_id
             FROM ledger_postings WHERE person_id = $1 ORDER BY entry_id, position"
        ),
        args![person],
    )?;
    let times: Vec<(Id, Timestamp, Date)> = tx.all(
        sql!(
            "SELECT id, at, day FROM ledger_entries
             WHERE id IN (SELECT entry_id FROM ledger_postings WHERE person_id = $1)"
        ),
        args![person],
    )?;
    let times: BTreeMap<Id, (Timestamp, Date)> =
        times.into_iter().map(|(id, at, day)| (id, (at, day))).collect();
    let exported = postings.into_iter().filter_map(|OfEntry(id, posting)| {
        let (at, day) = times.get(&id)?;
        let subject = posting.credit.subject.or(posting.debit.subject);
        Some(json!({
            "at": at,
            "day": day.to_string(),
            "amount": posting.amount.to_string(),
            "from": posting.credit.account.as_str(),
            "to": posting.debit.account.as_str(),
            "of": subject.map(|subject| subject.kind.as_str()),
            "id": subject.map(|subject| subject.id),
        }))
    });
    Ok(exported.collect())
}
