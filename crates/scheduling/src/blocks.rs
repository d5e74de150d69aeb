//! Blocks: times at which a room, a technician, or a piece of equipment is not available. A block claims every cell
//! that no other claimant has, protected by the primary key of `claims`. The crate that calls this one decides who
//! may block.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Id, Result, Tx, args, sql};

use crate::calendar::LONGEST;
use crate::cells::{Cell, begin, cell_at};

/// The kind of resource that is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// A room. The refusal at a blocked time is `maintenance`.
    Room,
    /// A technician. The refusal at a blocked time is `technician_off`.
    Technician,
    /// A piece of equipment. The refusal at a blocked time is `equipment`.
    Equipment,
}

impl BlockKind {
    /// Every kind, in the order in which pages list them.
    pub const ALL: [BlockKind; 3] = [BlockKind::Room, BlockKind::Technician, BlockKind::Equipment];

    /// Returns the name of the kind as it is stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            BlockKind::Room => "room",
            BlockKind::Technician => "technician",
            BlockKind::Equipment => "equipment",
        }
    }

    /// Parses a name that [`BlockKind::as_str`] returned.
    pub fn read(text: String) -> Option<BlockKind> {
        BlockKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(BlockKind, String, BlockKind::read, |kind| kind.as_str().to_owned());

/// A block as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The id of the block.
    pub id: Id,
    /// The kind of the blocked resource.
    pub kind: BlockKind,
    /// The id of the blocked room, technician, or piece of equipment.
    pub resource: Id,
    /// When the block begins.
    pub from: Timestamp,
    /// When the block ends.
    pub to: Timestamp,
    /// Why the resource is blocked. Only staff see it.
    pub reason: String,
    /// The person who created the block.
    pub created_by: Option<Id>,
    /// When the block was created.
    pub created_at: Timestamp,
    /// The person who changed the block last.
    pub changed_by: Option<Id>,
    /// When the block was changed last.
    pub changed_at: Timestamp,
    /// When the block was removed, if it was.
    pub removed_at: Option<Timestamp>,
}

/// The column of a block that is not read with it.
struct OfClub {
    club: Id,
}

kit::record! {
    "blocks" as "blocks", block_columns, insert_text;
    Block {
        id: "id",
        kind: "kind",
        resource: "resource_id",
        from: "from_at",
        to: "to_at",
        reason: "reason",
        created_by: "created_by",
        created_at: "created_at",
        changed_by: "changed_by",
        changed_at: "changed_at",
        removed_at: "removed_at",
    }
    with OfClub { club: "club_id", }
}

/// The blocked spans inside `[from, to)` for each resource. They are clipped to `[from, to)` and split into pieces of
/// at most a day, because a calendar expects no longer span.
pub(crate) type Blocked = HashMap<Id, (BlockKind, Vec<(Cell, Cell)>)>;

/// Returns every blocked span inside `[from, to)`.
pub(crate) fn blocked(tx: &mut Tx<'_>, (from, to): (Cell, Cell)) -> Result<Blocked> {
    let club = tx.club()?;
    let mut found = Blocked::new();
    tx.each(
        sql!(
            "SELECT kind, resource_id, from_at, to_at FROM blocks
             WHERE club_id = $3 AND removed_at IS NULL AND to_at > $1 AND from_at < $2"
        ),
        args![begin(from), begin(to), club],
        |row| {
            let (kind, resource): (BlockKind, Id) = (row.get(0)?, row.get(1)?);
            let (begins, ends) = span((row.get(2)?, row.get(3)?));
            let spans = &mut found.entry(resource).or_insert_with(|| (kind, Vec::new())).1;
            let (mut at, ends) = (begins.max(from), ends.min(to));
            while at < ends {
                spans.push((at, ends.min(at + LONGEST)));
                at += LONGEST;
            }
            Ok(())
        },
    )?;
    Ok(found)
}

/// Returns whether any resource is blocked in `[from, to)`.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn has_blocks(tx: &mut Tx<'_>, reach: (Cell, Cell)) -> Result<bool> {
    Ok(!blocked(tx, reach)?.is_empty())
}

/// Returns the cells that a time range overlaps, as `[from, to)`.
pub fn span((from, to): (Timestamp, Timestamp)) -> (Cell, Cell) {
    let last = cell_at(to);
    (cell_at(from), if begin(last) < to { last + 1 } else { last })
}

/// Returns a block, even if it was removed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn find_block(tx: &mut Tx<'_>, id: Id) -> Result<Option<Block>> {
    let club = tx.club()?;
    tx.one(
        sql!(concat!("SELECT ", block_columns!(), " FROM blocks WHERE club_id = $2 AND id = $1")),
        args![id, club],
    )
}

/// Returns the club's blocks that end after `from` and begin before `to`, ordered by time.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn blocks_between(tx: &mut Tx<'_>, club: Id, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Block>> {
    tx.all(
        sql!(concat!(
            "SELECT ",
            block_columns!(),
            " FROM blocks WHERE removed_at IS NULL AND to_at > $1 AND from_at < $2 AND club_id = $3
             ORDER BY from_at, id"
        )),
        args![from, to, club],
    )
}

/// Returns the other blocks of the same resource that overlap this block.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn blocks_beside(tx: &mut Tx<'_>, block: &Block) -> Result<Vec<Block>> {
    let club = tx.club()?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            block_columns!(),
            " FROM blocks WHERE club_id = $5 AND removed_at IS NULL AND resource_id = $1 AND to_at > $2 AND from_at < $3 AND id <> $4
             ORDER BY id"
        )),
        args![block.resource, block.from, block.to, block.id, club],
    )
}

/// Inserts a new block.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn insert_block(tx: &mut Tx<'_>, club: Id, block: &Block) -> Result<()> {
    tx.run(sql!(insert_text!()), [block.values(), OfClub { club }.values()].concat()).map(drop)
}

/// Updates the resource, the times, and the reason of a block. Returns `false` if the block was removed or changed in
/// the meantime.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn change_block(tx: &mut Tx<'_>, before: &Block, after: &Block) -> Result<bool> {
    let club = tx.club()?;
    let changed = tx.run(
        sql!(
            "UPDATE blocks SET kind = $1, resource_id = $2, from_at = $3, to_at = $4, reason = $5, changed_by = $6,
             changed_at = $7 WHERE club_id = $10 AND id = $8 AND removed_at IS NULL AND changed_at = $9"
        ),
        args![
            after.kind.as_str(),
            after.resource,
            after.from,
            after.to,
            &after.reason,
            after.changed_by,
            after.changed_at,
            before.id,
            before.changed_at, club
        ],
    )?;
    Ok(changed == 1)
}

/// Marks a block as removed. Returns `false` if it was removed already.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn mark_removed(tx: &mut Tx<'_>, id: Id, by: Id) -> Result<bool> {
    let club = tx.club()?;
    let now = tx.now();
    let removed = tx.run(
        sql!(
            "UPDATE blocks SET removed_by = $1, removed_at = $2 WHERE club_id = $4 AND id = $3 AND removed_at IS NULL"
        ),
        args![by, now, id, club],
    )?;
    Ok(removed == 1)
}

/// Claims for a block every cell of every unit that no other claimant has. Returns the number of cells claimed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn claim_block(
    tx: &mut Tx<'_>,
    block: Id,
    resource: Id,
    units: i64,
    (from, to): (Cell, Cell),
) -> Result<u64> {
    tx.run(
        sql!(
            "WITH RECURSIVE s(n) AS (SELECT CAST($3 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n + 1 < $4),
             u(k) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT k + 1 FROM u WHERE k + 1 < $5)
             INSERT INTO claims (resource_id, unit, cell, booking_id)
             SELECT $1, u.k, s.n, $2 FROM s CROSS JOIN u WHERE true
             ON CONFLICT (resource_id, unit, cell) DO NOTHING"
        ),
        args![resource, block, from, to, units],
    )
}

/// Deletes the claims of a block.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn unclaim_block(tx: &mut Tx<'_>, block: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![block]).map(drop)
}

/// Gives a resource a new version, because its calendar has changed. Until the transaction ends, no other transaction
/// can change the version.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn bump_resource(tx: &mut Tx<'_>, resource: Id) -> Result<()> {
    let version = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO resource_versions (resource_id, version) VALUES ($1, $2)
             ON CONFLICT (resource_id) DO UPDATE SET version = excluded.version"
        ),
        args![resource, version],
    )
    .map(drop)
}
