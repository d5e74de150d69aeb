//! Recording entries, and reversing them.

use jiff::civil::Date;
use kit::errors::FaultKind;
use kit::{Error, Fault, Id, Result, Tx, args, sql};
use people::{Actor, Subject, SubjectKind};

use crate::account::Account;
use crate::days::{Located, locate, open_day};
use crate::entry::{BusinessEvent, Entry, EventKey, EventSource, Posting, PostingSide};
use crate::read::entries::{entry, id_of_event, postings_of};
use crate::sums;

/// What became of an entry that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It was written, with this id.
    New(Id),
    /// The business event was recorded before, as the entry with this id. Nothing was written.
    Already(Id),
    /// It has no postings, because nothing moved. Nothing was written.
    Nothing,
}

/// How often a day may be closed by others while an entry looks for an open one.
const ATTEMPTS: usize = 10;

/// Records a business event. If it was recorded before, nothing is written, whoever recorded it and in whatever order.
/// The entry belongs to the business day of the event; if that day is closed, to the first open one, and then it names
/// its own day.
///
/// # Errors
/// Returns a fault if the event was recorded before with other postings, if an amount is negative, if a posting debits
/// and credits the same account, or if the database fails.
pub fn record(tx: &mut Tx<'_>, entry: &Entry) -> Result<Recorded> {
    if entry.postings.is_empty() {
        return Ok(Recorded::Nothing);
    }
    refuse_malformed(entry)?;
    if let Some(id) = id_of_event(tx, &entry.event.key)? {
        return same_as_recorded(tx, id, entry);
    }
    let (day, concerns) = enter_day(tx, &entry.event)?;
    let id = tx.new_id()?;
    if !insert(tx, id, entry, (day, concerns))? {
        // Another transaction recorded it after we looked. It has committed, because the key made us wait.
        let id = id_of_event(tx, &entry.event.key)?.ok_or_else(|| {
            Fault::of(FaultKind::Collision, "the entry of another transaction is not visible")
        })?;
        return same_as_recorded(tx, id, entry);
    }
    let postings = with_items(&entry.postings, id);
    insert_postings(tx, id, day, &postings)?;
    sums::add(tx, day, &postings)?;
    Ok(Recorded::New(id))
}

/// Records the opposite of an entry, on the day of this transaction. An entry is reversed once, however often this is
/// called.
///
/// # Errors
/// Returns `Error::NotFound` if the club has no such entry, or the faults of [`record`].
pub fn reverse(tx: &mut Tx<'_>, by: &Actor, id: Id, memo: &str) -> Result<Recorded> {
    let wrong = entry(tx, id)?.ok_or(Error::NotFound)?;
    let event = BusinessEvent::new(EventKey::new(EventSource::Reversal, id, ""), tx.now());
    let opposite = wrong.postings.into_iter().map(Posting::reversed);
    record(tx, &Entry::of(event).postings(opposite).by(by, memo))
}

fn refuse_malformed(entry: &Entry) -> Result<()> {
    for posting in &entry.postings {
        if posting.amount.0 <= 0 || posting.debit.account == posting.credit.account {
            return Err(Fault::because(format!(
                "{:?} has an impossible posting: {posting:?}",
                entry.event.key
            )));
        }
    }
    Ok(())
}

/// Locks the day on which an event is posted. Returns it with the day of the event, if that is closed.
fn enter_day(tx: &mut Tx<'_>, event: &BusinessEvent) -> Result<(Date, Option<Date>)> {
    let (own, mut is_open) = match locate(tx, event.at)? {
        Located::On(day) => (day.day, day.closed_at.is_none()),
        Located::Before(day) => (day.day, false),
    };
    for _ in 0..ATTEMPTS {
        let day = if is_open { own } else { open_day(tx)?.day };
        if sums::enter(tx, day)? {
            return Ok((day, (day != own).then_some(own)));
        }
        // The day was closed after we looked.
        is_open = false;
    }
    Err(Fault::of(FaultKind::Collision, "every business day was closed while an entry was recorded"))
}

/// Inserts an entry. Returns `false` if the business event is recorded already.
fn insert(tx: &mut Tx<'_>, id: Id, entry: &Entry, (day, concerns): (Date, Option<Date>)) -> Result<bool> {
    let (club, now) = (tx.club()?, tx.now());
    let EventKey { source, id: source_id, part } = &entry.event.key;
    let inserted = tx.run(
        sql!(
            "INSERT INTO ledger_entries (id, club_id, source, source_id, part, at, day, concerns, memo, by_person,
             recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (club_id, source, source_id, part) DO NOTHING"
        ),
        args![id, club, *source, source_id, part, entry.event.at, day, concerns, &entry.memo, entry.by, now],
    )?;
    Ok(inserted == 1)
}

fn insert_postings(tx: &mut Tx<'_>, id: Id, day: Date, postings: &[Posting]) -> Result<()> {
    let club = tx.club()?;
    let parts = |side: &PostingSide| (side.subject.map(|one| one.kind), side.subject.map(|one| one.id));
    for (position, posting) in (0_i64..).zip(postings) {
        let ((debit_kind, debit_id), (credit_kind, credit_id)) =
            (parts(&posting.debit), parts(&posting.credit));
        tx.run(
            sql!(
                "INSERT INTO ledger_postings (entry_id, position, club_id, day, debit, debit_kind, debit_id, credit,
                 credit_kind, credit_id, cents, person_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            ),
            args![
                id,
                position,
                club,
                day,
                posting.debit.account,
                debit_kind,
                debit_id,
                posting.credit.account,
                credit_kind,
                credit_id,
                posting.amount,
                posting.person
            ],
        )?;
    }
    Ok(())
}

/// Returns postings in which every unexplained amount has a subject: the entry itself, unless it names another one. So
/// the sum by this subject shows whether the entry has been explained.
fn with_items(postings: &[Posting], id: Id) -> Vec<Posting> {
    let item = |side: PostingSide| match side {
        PostingSide { account: Account::Unexplained, subject: None } => {
            Account::Unexplained.of(Subject { kind: SubjectKind::LedgerEntry, id })
        }
        other => other,
    };
    let with_item =
        |posting: &Posting| Posting { debit: item(posting.debit), credit: item(posting.credit), ..*posting };
    postings.iter().map(with_item).collect()
}

/// Compares an entry with the one that was recorded for the same business event. The person may differ, because guests
/// get an account later.
fn same_as_recorded(tx: &mut Tx<'_>, id: Id, entry: &Entry) -> Result<Recorded> {
    let comparable = |postings: Vec<Posting>| {
        let mut postings: Vec<Posting> =
            postings.into_iter().map(|posting| Posting { person: None, ..posting }).collect();
        postings.sort_unstable();
        postings
    };
    let recorded = postings_of(tx, id)?;
    if comparable(recorded) == comparable(with_items(&entry.postings, id)) {
        return Ok(Recorded::Already(id));
    }
    Err(Fault::because(format!(
        "{:?} was recorded before with other postings, as entry {id}",
        entry.event.key
    )))
}
