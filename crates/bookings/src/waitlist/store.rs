//! SQL statements on the tables of the waitlist. They make no decisions.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Fault, Id, Result, Tx, args, sql};
use scheduling::Cell;

use crate::waitlist::model::{OfferOutcome, Wait};
use booking_rules::WaitState;

/// The columns of a place that are not read with it.
struct UnreadWait {
    club: Id,
    /// The starts that are already free, as JSON.
    open_starts: String,
}

kit::record! {
    "waits" as "w", columns, insert_text;
    Wait {
        id: "id",
        person: "person_id",
        kind: "kind",
        service: "service_id",
        room: "room_id",
        technician: "technician_id",
        party: "party",
        minutes: "minutes",
        first_day: "first_day",
        last_day: "last_day",
        from_minute: "from_minute",
        to_minute: "to_minute",
        starts_at: "starts_at",
        state: "state",
        passed: "passed",
        joined_at: "joined_at",
    }
    with UnreadWait { club: "club_id", open_starts: "open_starts", }
}

/// Inserts a place and the starts that are already free.
pub(crate) fn insert(tx: &mut Tx<'_>, club: Id, wait: &Wait, open: &[Timestamp]) -> Result<()> {
    let unread = UnreadWait { club, open_starts: written(open)? };
    tx.run(sql!(insert_text!()), [wait.values(), unread.values()].concat()).map(drop)
}

pub(crate) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Wait>> {
    let club = tx.club()?;
    tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM waits w WHERE w.club_id = $2 AND w.id = $1")),
        args![id, club],
    )
}

/// Returns the active places of a person, the oldest first.
pub(crate) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Wait>> {
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM waits w WHERE w.club_id = $2 AND w.person_id = $1 AND w.state IN ('waiting', 'offered') ORDER BY w.joined_at, w.id"
        )),
        args![person, club],
    )
}

pub(crate) fn waiting(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Wait>> {
    tx.all(
        sql!(concat!("SELECT ", columns!(), " FROM waits w WHERE w.club_id = $1 AND w.state = 'waiting'")),
        args![club],
    )
}

/// Returns the active places of a club: those that wait, and those with an offer, which may wait again.
pub(crate) fn counting(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Wait>> {
    tx.all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM waits w WHERE w.club_id = $1 AND w.state IN ('waiting', 'offered')"
        )),
        args![club],
    )
}

/// Returns whether there is any active place.
pub(crate) fn does_anyone_wait(tx: &mut Tx<'_>) -> Result<bool> {
    let club = tx.club()?;
    let any: Option<(Id,)> = tx.one(
        sql!("SELECT id FROM waits WHERE club_id = $1 AND state IN ('waiting', 'offered') LIMIT 1"),
        args![club],
    )?;
    Ok(any.is_some())
}

fn written(starts: &[Timestamp]) -> Result<String> {
    let starts: Vec<i64> = starts.iter().map(|at| at.as_millisecond()).collect();
    serde_json::to_string(&starts).map_err(Fault::because)
}

/// Returns the starts that were free when the person joined and have been free ever since.
pub(crate) fn open_starts(tx: &mut Tx<'_>, wait: Id) -> Result<Vec<Timestamp>> {
    let club = tx.club()?;
    let row: Option<(String,)> =
        tx.one(sql!("SELECT open_starts FROM waits WHERE club_id = $2 AND id = $1"), args![wait, club])?;
    let Some((text,)) = row else { return Ok(Vec::new()) };
    let starts: Vec<i64> = serde_json::from_str(&text).map_err(Fault::because)?;
    starts.into_iter().map(|at| Timestamp::from_millisecond(at).map_err(Fault::because)).collect()
}

pub(crate) fn set_open_starts(tx: &mut Tx<'_>, wait: Id, starts: &[Timestamp]) -> Result<()> {
    let club = tx.club()?;
    let text = written(starts)?;
    tx.run(sql!("UPDATE waits SET open_starts = $1 WHERE club_id = $3 AND id = $2"), args![text, wait, club])
        .map(drop)
}

/// Records that a resource can be booked again in a span of cells.
pub(crate) fn keep_freed_span(
    tx: &mut Tx<'_>,
    event: Id,
    resource: Id,
    (from, to): (Cell, Cell),
) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!("INSERT INTO freed_spans (id, resource_id, from_cell, to_cell, club_id) VALUES ($1, $2, $3, $4, $5)"),
        args![event, resource, from, to, club],
    )
    .map(drop)
}

/// Returns the freed spans that have not been handled, each with its record id, resource, and cells as `[from, to)`.
pub(crate) fn freed(tx: &mut Tx<'_>) -> Result<Vec<(Id, Id, Cell, Cell)>> {
    let club = tx.club()?;
    tx.all(
        sql!(
            "SELECT id, resource_id, from_cell, to_cell FROM freed_spans WHERE club_id = $1 ORDER BY id, resource_id"
        ),
        args![club],
    )
}

/// Deletes a record of freed spans after it was handled.
pub(crate) fn forget_freed(tx: &mut Tx<'_>, event: Id) -> Result<()> {
    let club = tx.club()?;
    tx.run(sql!("DELETE FROM freed_spans WHERE club_id = $2 AND id = $1"), args![event, club]).map(drop)
}

/// Ends the places whose last day is before `before`.
pub(crate) fn end_past(tx: &mut Tx<'_>, before: Date) -> Result<u64> {
    let club = tx.club()?;
    tx.run(
        sql!("UPDATE waits SET state = 'over' WHERE club_id = $2 AND state = 'waiting' AND last_day < $1"),
        args![before, club],
    )
}

/// Changes the state of a place if its state is one of `from`, which has one or two entries. Returns whether it was
/// changed.
pub(crate) fn set_state(tx: &mut Tx<'_>, id: Id, from: &[WaitState], to: WaitState) -> Result<bool> {
    let club = tx.club()?;
    let first = from.first().copied().unwrap_or(to);
    let second = from.get(1).copied().unwrap_or(first);
    let changed = tx.run(
        sql!("UPDATE waits SET state = $1 WHERE club_id = $5 AND id = $2 AND state IN ($3, $4)"),
        args![to, id, first, second, club],
    )?;
    Ok(changed == 1)
}

/// Records that an offer was declined or expired, and changes the state of its place.
pub(crate) fn pass(tx: &mut Tx<'_>, id: Id, state: WaitState) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!("UPDATE waits SET state = $1, passed = passed + 1 WHERE club_id = $3 AND id = $2 AND state = 'offered'"),
        args![state, id, club],
    )
    .map(drop)
}

pub(crate) fn insert_offer(
    tx: &mut Tx<'_>,
    booking: Id,
    wait: Id,
    starts_at: Timestamp,
    outcome: OfferOutcome,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        sql!("INSERT INTO offers (booking_id, wait_id, starts_at, made_at, outcome) VALUES ($1, $2, $3, $4, $5)"),
        args![booking, wait, starts_at, now, outcome.as_str()],
    )
    .map(drop)
}

/// Returns the starts that were offered or announced to a place before.
pub(crate) fn passed(tx: &mut Tx<'_>, wait: Id) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> =
        tx.all(sql!("SELECT starts_at FROM offers WHERE wait_id = $1"), args![wait])?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Returns the open offer of a place.
pub(crate) fn live_offer(tx: &mut Tx<'_>, wait: Id) -> Result<Option<Id>> {
    let row: Option<(Id,)> = tx.one(
        sql!("SELECT booking_id FROM offers WHERE wait_id = $1 AND outcome = 'open' LIMIT 1"),
        args![wait],
    )?;
    Ok(row.map(|(id,)| id))
}

/// Ends an open offer. Returns the place it was for, or `None` if there was none.
pub(crate) fn end_offer(tx: &mut Tx<'_>, hold: Id, outcome: OfferOutcome) -> Result<Option<Wait>> {
    let club = tx.club()?;
    let ended = tx.run(
        sql!("UPDATE offers SET outcome = $1 WHERE booking_id = $2 AND outcome = 'open'"),
        args![outcome.as_str(), hold],
    )?;
    if ended == 0 {
        return Ok(None);
    }
    tx.one(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM offers o JOIN waits w ON w.id = o.wait_id WHERE w.club_id = $2 AND o.booking_id = $1"
        )),
        args![hold, club],
    )
}
