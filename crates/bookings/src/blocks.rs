//! Blocking a room, a technician, or a piece of equipment for a range of time. A block claims every cell that no
//! booking has, under the same primary key as bookings, so that a block and a booking made at the same time cannot
//! both have a cell (decision 20). Bookings inside a block stay as they are; the actor must have seen them.

use std::collections::BTreeSet;

use booking_rules::details::{AT, BY, FIELDS};
use booking_rules::{LocalMoment, iso};
use jiff::{SignedDuration, Timestamp};
use kit::{DetailKey, Error, Fields, Id, Internal, Refusal, Result, Tx};
use people::{Action, Actor, AuditEvent, SubjectKind};
use scheduling::{self as rows, Block, BlockKind, Cell, MINUTES, begin, cell_at, clear_expired, span};
use serde_json::{Value, json};

use crate::accounts::my_bookings::detail_and_due;
use crate::attendance::day::{DayGuest, guest};
use crate::booking::expiry::end_expired;
use crate::model::Detail;
use crate::store::{self, BookingRow};
use crate::waitlist::ledger;
use catalogue::Catalogue;

/// The range contains bookings that the actor has not seen. Carries [`INSIDE_BLOCK`].
pub const BOOKINGS_INSIDE: Refusal = Refusal::conflict(
    "bookings_inside",
    "There are bookings in this time that you haven’t seen. Review them below, then save again. They won’t change.",
);
/// The bookings that the actor has not seen.
pub const INSIDE_BLOCK: DetailKey<Internal<Vec<InsideBlock>>> = DetailKey::new("bookings");
/// The block was removed in the meantime.
pub const BLOCK_REMOVED: Refusal =
    Refusal::conflict("wrong_state", "This block was already removed. Nothing was changed.");
/// Someone else changed the block in the meantime. Carries `by`, `at`, and `fields`.
pub const BLOCK_EDITED: Refusal = Refusal::conflict(
    "edited_meanwhile",
    "Someone else changed this block in the meantime. Review the current version, then try again.",
);

/// The longest block, in days. A longer absence needs several blocks or different hours.
const MOST_DAYS: i64 = 31;
/// How far in the past a block may begin, in hours.
const BACK_HOURS: i64 = 24;

/// The input for a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockInput {
    /// The kind of the resource.
    pub kind: BlockKind,
    /// The id of the room, technician, or piece of equipment.
    pub resource: Id,
    /// When the block begins.
    pub from: Timestamp,
    /// When the block ends.
    pub to: Timestamp,
    /// The reason for the block, as staff wrote it.
    pub reason: String,
    /// The ids of the bookings in that time that the actor has seen.
    pub seen: Vec<Id>,
    /// For a change: when the block was changed last, as the actor has seen it.
    pub seen_at: Option<Timestamp>,
}

/// A booking in the time of a block.
#[derive(Debug, Clone)]
pub struct InsideBlock {
    /// The booking or hold.
    pub detail: Detail,
    /// The guest of the booking.
    pub guest: DayGuest,
}

/// Returns the blocks that end after `from` and begin before `to`, ordered by time.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time.
pub fn blocks(tx: &mut Tx<'_>, by: &Actor, between: (Timestamp, Timestamp)) -> Result<Vec<Block>> {
    by.need(Action::BookAnyTime)?;
    let club = catalogue::current(tx)?.club.id;
    rows::blocks_between(tx, club, between)
}

/// Returns a block that was not removed.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, and `Error::NotFound` if there is no such block or it
/// was removed.
pub fn one_block(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Block> {
    by.need(Action::BookAnyTime)?;
    rows::find_block(tx, id)?.filter(|block| block.removed_at.is_none()).ok_or(Error::NotFound)
}

/// Returns the bookings and live holds that have the resource in that time, which are shown before it is blocked.
/// `changed` is the block that is changed, if any.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, and `Error::Invalid` if the input is not permitted.
pub fn bookings_inside(
    tx: &mut Tx<'_>,
    by: &Actor,
    changed: Option<Id>,
    input: &BlockInput,
) -> Result<Vec<InsideBlock>> {
    by.need(Action::BookAnyTime)?;
    let catalogue = catalogue::current(tx)?;
    let changed = changed.map(|id| rows::find_block(tx, id)).transpose()?.flatten();
    check(&catalogue, input, tx.now(), changed.map(|block| block.from))?;
    inside(tx, input)
}

fn inside(tx: &mut Tx<'_>, input: &BlockInput) -> Result<Vec<InsideBlock>> {
    let mut names = std::collections::HashMap::new();
    let mut found = Vec::new();
    for row in bookings_on(tx, input.resource, span((input.from, input.to)))? {
        let guest = guest(tx, &mut names, &row.booking, None)?;
        found.push(InsideBlock { detail: detail_and_due(tx, row)?.0, guest });
    }
    Ok(found)
}

/// Returns the bookings and live holds that have a resource anywhere in these cells, ordered by time.
fn bookings_on(tx: &mut Tx<'_>, resource: Id, span: (Cell, Cell)) -> Result<Vec<BookingRow>> {
    let now = tx.now();
    let claimants = rows::claimants_on(tx, resource, span)?;
    let mut found = store::find_all(tx, &claimants)?;
    found.retain(|row| row.booking.is_live(now));
    found.sort_by_key(|row| (row.booking.starts_at, row.booking.id));
    Ok(found)
}

/// Blocks a resource for a range of time. Bookings in it stay as they are.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, `Error::Invalid` if the input is not permitted, and
/// `bookings_inside` if the range contains bookings that the actor has not seen.
pub fn block(tx: &mut Tx<'_>, by: &Actor, input: &BlockInput) -> Result<Block> {
    by.need(Action::BookAnyTime)?;
    let (catalogue, now, person) = (catalogue::current(tx)?, tx.now(), by.person()?.id);
    check(&catalogue, input, now, None)?;
    tx.lock_person(input.resource)?;
    let block = Block {
        id: tx.new_id()?,
        kind: input.kind,
        resource: input.resource,
        from: input.from,
        to: input.to,
        reason: input.reason.clone(),
        created_by: Some(person),
        created_at: now,
        changed_by: Some(person),
        changed_at: now,
        removed_at: None,
    };
    rows::insert_block(tx, catalogue.club.id, &block)?;
    take(tx, &catalogue, block.id, input)?;
    let details = json!({"before": null, "after": described(&catalogue, &block)});
    people::note_operation(tx, by, AuditEvent::TimeBlocked, (SubjectKind::Block, Some(block.id)), details)?;
    Ok(block)
}

/// Changes the resource, the times, or the reason of a block.
///
/// # Errors
/// Returns the same errors as [`block`], `Error::NotFound` if there is no such block, `wrong_state` if it was
/// removed, and `edited_meanwhile` if someone else changed it.
pub fn edit_block(tx: &mut Tx<'_>, by: &Actor, id: Id, input: &BlockInput) -> Result<Block> {
    by.need(Action::BookAnyTime)?;
    let (catalogue, now, person) = (catalogue::current(tx)?, tx.now(), by.person()?.id);
    tx.lock_person(id)?;
    let before = rows::find_block(tx, id)?.ok_or(Error::NotFound)?;
    if before.removed_at.is_some() {
        return Err(Error::refused(&BLOCK_REMOVED));
    }
    check(&catalogue, input, now, Some(before.from))?;
    let after = Block {
        kind: input.kind,
        resource: input.resource,
        from: input.from,
        to: input.to,
        reason: input.reason.clone(),
        changed_by: Some(person),
        changed_at: now,
        ..before.clone()
    };
    if input.seen_at.is_some_and(|seen| seen != before.changed_at)
        || !rows::change_block(tx, &before, &after)?
    {
        return Err(edited(tx, &catalogue, &before, input)?);
    }
    // Resources are locked in ascending id order, as bookings do, so that two transactions never wait for each other
    // in a cycle.
    let mut resources = [before.resource, input.resource];
    resources.sort_unstable();
    for resource in resources {
        tx.lock_person(resource)?;
    }
    release(tx, &catalogue, &before)?;
    take(tx, &catalogue, id, input)?;
    let details = json!({"before": described(&catalogue, &before), "after": described(&catalogue, &after)});
    people::note_operation(tx, by, AuditEvent::BlockChanged, (SubjectKind::Block, Some(id)), details)?;
    ledger::freed_span(tx, before.resource, span((before.from, before.to)))?;
    Ok(after)
}

/// Removes a block. Its time can be booked again immediately.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book any time, `Error::NotFound` if there is no such block, and
/// `wrong_state` if it was removed already.
pub fn remove_block(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<()> {
    by.need(Action::BookAnyTime)?;
    let (catalogue, person) = (catalogue::current(tx)?, by.person()?.id);
    tx.lock_person(id)?;
    let before = rows::find_block(tx, id)?.ok_or(Error::NotFound)?;
    if !rows::mark_removed(tx, id, person)? {
        return Err(Error::refused(&BLOCK_REMOVED));
    }
    tx.lock_person(before.resource)?;
    release(tx, &catalogue, &before)?;
    let details = json!({"before": described(&catalogue, &before), "after": null});
    people::note_operation(tx, by, AuditEvent::BlockRemoved, (SubjectKind::Block, Some(id)), details)?;
    ledger::freed_span(tx, before.resource, span((before.from, before.to)))
}

/// Claims every cell that no booking has, and checks that the actor has seen the bookings in the range. The cells are
/// claimed twice: the second claim and the check cover what was released or booked while this transaction waited for
/// the version row. From then on, no one else can change the calendar until the transaction ends.
fn take(tx: &mut Tx<'_>, catalogue: &Catalogue, id: Id, input: &BlockInput) -> Result<()> {
    let (resource, cells) = (input.resource, span((input.from, input.to)));
    let units = catalogue.room(resource).map_or(1, |room| room.units);
    clear_expired(tx, resource, cells, end_expired)?;
    rows::claim_block(tx, id, resource, units, cells)?;
    rows::bump_resource(tx, resource)?;
    rows::claim_block(tx, id, resource, units, cells)?;
    let inside = inside(tx, input)?;
    let seen: BTreeSet<Id> = input.seen.iter().copied().collect();
    if inside.iter().all(|one| seen.contains(&one.detail.booking.id)) {
        return Ok(());
    }
    Err(Error::refused(&BOOKINGS_INSIDE).with(INSIDE_BLOCK, Internal(inside)))
}

/// Releases the claims of a block. Cells that another block also covers are claimed for that block.
fn release(tx: &mut Tx<'_>, catalogue: &Catalogue, block: &Block) -> Result<()> {
    rows::bump_resource(tx, block.resource)?;
    rows::unclaim_block(tx, block.id)?;
    let units = catalogue.room(block.resource).map_or(1, |room| room.units);
    for other in rows::blocks_beside(tx, block)? {
        rows::claim_block(tx, other.id, other.resource, units, span((other.from, other.to)))?;
    }
    Ok(())
}

/// Checks the input for a block. `began_at` is the start of the block that is changed: it may stay, however long ago it
/// was.
fn check(
    catalogue: &Catalogue,
    input: &BlockInput,
    now: Timestamp,
    began_at: Option<Timestamp>,
) -> Result<()> {
    let mut fields = Fields::new();
    if named(catalogue, input.kind, input.resource).is_none() {
        fields.add(
            field_of(input.kind),
            "Choose one of the club’s rooms, technicians, or pieces of equipment.",
        );
    }
    for (field, at) in [("starts_at", input.from), ("ends_at", input.to)] {
        if begin(cell_at(at)) != at {
            fields.add(field, format!("Choose a time on a {MINUTES}-minute mark."));
        }
    }
    if input.to <= input.from {
        fields.add("ends_at", "The end must be after the start.");
    }
    let is_too_early =
        input.from < now - SignedDuration::from_hours(BACK_HOURS) && began_at != Some(input.from);
    for (field, has_passed) in [("starts_at", is_too_early), ("ends_at", input.to <= now)] {
        if has_passed {
            fields.add(field, "That time has passed. Choose a later one.");
        }
    }
    if input.to > input.from + SignedDuration::from_hours(24 * MOST_DAYS + 1) {
        fields.add("ends_at", format!("Block at most {MOST_DAYS} days at a time."));
    }
    fields.check()
}

/// Returns the name of the input field for a kind of resource.
pub fn field_of(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Room => "room_id",
        BlockKind::Technician => "technician_id",
        BlockKind::Equipment => "equipment_id",
    }
}

/// Returns the name of an active room, technician, or piece of equipment.
fn named(catalogue: &Catalogue, kind: BlockKind, resource: Id) -> Option<&str> {
    match kind {
        BlockKind::Room => catalogue.room(resource).filter(|one| one.active).map(|one| one.name.as_str()),
        BlockKind::Technician => {
            catalogue.technician(resource).filter(|one| one.active).map(|one| one.name.as_str())
        }
        BlockKind::Equipment => {
            let mut all = catalogue.equipment.iter();
            all.find(|one| one.id == resource && one.active).map(|one| one.name.as_str())
        }
    }
}

/// Returns a block as JSON for the audit log.
fn described(catalogue: &Catalogue, block: &Block) -> Value {
    let zone = &catalogue.club.zone;
    json!({"kind": block.kind.as_str(), "resource": block.resource, "starts_at": iso(zone, block.from),
        "ends_at": iso(zone, block.to), "reason": block.reason})
}

/// Returns the refusal of overwriting someone else's change. It carries who made the change, when, and which fields
/// differ.
fn edited(tx: &mut Tx<'_>, catalogue: &Catalogue, now: &Block, input: &BlockInput) -> Result<Error> {
    let by = now.changed_by.map(|by| people::person(tx, by)).transpose()?.map(|person| person.full_name());
    let differs = [
        ("resource", now.resource != input.resource),
        ("starts_at", now.from != input.from),
        ("ends_at", now.to != input.to),
        ("reason", now.reason != input.reason),
    ];
    let fields: Vec<&str> = differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    Ok(Error::refused(&BLOCK_EDITED)
        .with(BY, by)
        .with(AT, LocalMoment::new(&catalogue.club.zone, now.changed_at))
        .with(FIELDS, fields))
}
