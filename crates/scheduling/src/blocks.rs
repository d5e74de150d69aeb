//! Blocks: times at which a room, a technician, or a piece of equipment is not available. A block claims every cell that
//! nothing else has, under the key of `claims`. Who may block is decided by the crate above.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Id, Result, Tx, args, row, sql};

use crate::calendar::LONGEST;
use crate::cells::{Cell, begin, cell_at};

/// What kind of resource is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// A room: `maintenance`.
    Room,
    /// A technician: `technician_off`.
    Technician,
    /// A piece of equipment: `equipment`.
    Equipment,
}

impl BlockKind {
    /// All of them.
    pub const ALL: [BlockKind; 3] = [BlockKind::Room, BlockKind::Technician, BlockKind::Equipment];

    /// As it stands in the table and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            BlockKind::Room => "room",
            BlockKind::Technician => "technician",
            BlockKind::Equipment => "equipment",
        }
    }

    /// Reads what [`BlockKind::as_str`] wrote.
    pub fn read(text: String) -> Option<BlockKind> {
        BlockKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(BlockKind, String, BlockKind::read);

/// A block as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its id.
    pub id: Id,
    /// What kind of resource.
    pub kind: BlockKind,
    /// Which room, technician or piece of equipment.
    pub resource: Id,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// Why, for staff alone.
    pub reason: String,
    /// Who made it.
    pub created_by: Option<Id>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub changed_by: Option<Id>,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it was removed, if it was.
    pub removed_at: Option<Timestamp>,
}

row!(Block {
    id,
    kind,
    resource,
    from,
    to,
    reason,
    created_by,
    created_at,
    changed_by,
    changed_at,
    removed_at
});

/// The columns of a block, in the order of its reader.
macro_rules! block_columns {
    () => {
        "id, kind, resource_id, from_at, to_at, reason, created_by, created_at, changed_by, changed_at, removed_at"
    };
}

/// What is blocked in `[from, to)`, by resource: clipped to that, in pieces of at most a day, because no calendar
/// expects longer ones.
pub(crate) type Blocked = HashMap<Id, (BlockKind, Vec<(Cell, Cell)>)>;

/// Everything that is blocked in `[from, to)`.
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

/// Whether anything is blocked in `[from, to)`.
///
/// # Errors
/// A fault of the database.
pub fn has_blocks(tx: &mut Tx<'_>, reach: (Cell, Cell)) -> Result<bool> {
    Ok(!blocked(tx, reach)?.is_empty())
}

/// The cells that a stretch of time touches.
pub fn span((from, to): (Timestamp, Timestamp)) -> (Cell, Cell) {
    let last = cell_at(to);
    (cell_at(from), if begin(last) < to { last + 1 } else { last })
}

/// A block, also one that was removed.
///
/// # Errors
/// A fault of the database.
pub fn find_block(tx: &mut Tx<'_>, id: Id) -> Result<Option<Block>> {
    let club = tx.club()?;
    tx.one(
        sql!(concat!("SELECT ", block_columns!(), " FROM blocks WHERE club_id = $2 AND id = $1")),
        args![id, club],
    )
}

/// The blocks that end after `from` and begin before `to`, in the order of time.
///
/// # Errors
/// A fault of the database.
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

/// The other blocks of a resource that touch a stretch of time.
///
/// # Errors
/// A fault of the database.
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

/// Writes a new block.
///
/// # Errors
/// A fault of the database.
pub fn insert_block(tx: &mut Tx<'_>, club: Id, block: &Block) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO blocks (id, club_id, kind, resource_id, from_at, to_at, reason, created_by, created_at,
             changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)"
        ),
        args![
            block.id,
            club,
            block.kind.as_str(),
            block.resource,
            block.from,
            block.to,
            &block.reason,
            block.created_by,
            block.created_at
        ],
    )
    .map(drop)
}

/// Writes what a block is of, its times and its reason; `false` if it was removed or changed meanwhile.
///
/// # Errors
/// A fault of the database.
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

/// Removes a block; `false` if it was removed already.
///
/// # Errors
/// A fault of the database.
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

/// Claims for a block every cell of every unit that nothing else has. How many it got.
///
/// # Errors
/// A fault of the database.
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

/// Takes back what a block has claimed.
///
/// # Errors
/// A fault of the database.
pub fn unclaim_block(tx: &mut Tx<'_>, block: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![block]).map(drop)
}

/// Gives a resource a new version, because its calendar has changed. Until the transaction ends, nobody else changes it.
///
/// # Errors
/// A fault of the database.
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
