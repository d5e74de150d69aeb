//! SQL statements on `allocations`, `claims`, and `resource_versions`. They make no decisions. A claimant is a
//! booking, a hold, or a block.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Id, Result, Tx, args, sql};

use crate::calendar::LONGEST;
use crate::cells::Cell;
use crate::id_lists::id_lists;
use crate::model::Allocation;

/// A claimed span as `[from, to)`, and the moment when it expires if it belongs to a hold.
pub(crate) type Span = (Cell, Cell, Option<Timestamp>);

/// Returns the claimed spans that may overlap `[from, to)`, by resource id. Expired holds (H2) and the claimant
/// `without` are left out.
pub(crate) fn spans(
    tx: &mut Tx<'_>,
    (from, to): (Cell, Cell),
    without: Option<Id>,
) -> Result<HashMap<Id, Vec<(Cell, Cell)>>> {
    let now = tx.now();
    let mut spans: HashMap<Id, Vec<(Cell, Cell)>> = HashMap::new();
    tx.each(
        sql!(
            "SELECT resource_id, from_cell, to_cell FROM allocations
             WHERE live AND from_cell >= $1 AND from_cell < $2 AND (until IS NULL OR until > $3) AND booking_id <> $4"
        ),
        args![from - LONGEST, to, now, without.unwrap_or(Id(0))],
        |row| {
            spans.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(())
        },
    )?;
    Ok(spans)
}

/// Returns the same spans for one resource.
pub(crate) fn spans_of(
    tx: &mut Tx<'_>,
    resource: Id,
    (from, to): (Cell, Cell),
    without: Option<Id>,
) -> Result<Vec<Span>> {
    let now = tx.now();
    tx.all(
        sql!(
            "SELECT from_cell, to_cell, until FROM allocations WHERE live AND resource_id = $1
             AND from_cell >= $2 AND from_cell < $3 AND (until IS NULL OR until > $4) AND booking_id <> $5"
        ),
        args![resource, from - LONGEST, to, now, without.unwrap_or(Id(0))],
    )
}

/// Returns whether another claimant than `without` claims the resource anywhere in `[from, to)`.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn is_claimed(
    tx: &mut Tx<'_>,
    resource: Id,
    (from, to): (Cell, Cell),
    without: Option<Id>,
) -> Result<bool> {
    let spans = spans_of(tx, resource, (from, to), without)?;
    Ok(spans.into_iter().any(|(begins, ends, _)| begins < to && from < ends))
}

/// Returns the version of every resource that was ever claimed or blocked, by resource id.
pub(crate) fn versions(tx: &mut Tx<'_>) -> Result<HashMap<Id, Id>> {
    let versions: Vec<(Id, Id)> =
        tx.all(sql!("SELECT resource_id, version FROM resource_versions"), args![])?;
    Ok(versions.into_iter().collect())
}

/// Gives the resources of a claimant a new version, because their calendars have changed. Rows are written in the
/// order of resource ids, so that two transactions never wait for each other in a cycle.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn bump_versions(tx: &mut Tx<'_>, claimant: Id) -> Result<()> {
    let version = tx.new_id()?;
    tx.run(
        sql!(
            "INSERT INTO resource_versions (resource_id, version)
             SELECT resource_id, CAST($1 AS BIGINT) FROM allocations
             WHERE booking_id = $2 AND kind <> 'person' ORDER BY resource_id
             ON CONFLICT (resource_id) DO UPDATE SET version = excluded.version"
        ),
        args![version, claimant],
    )
    .map(drop)
}

/// Claims every cell of `[from, to)` of a resource with one unit. Returns the number of cells claimed. If it is lower
/// than requested, another claimant has one of the cells.
pub(crate) fn claim(tx: &mut Tx<'_>, claimant: Id, resource: Id, from: Cell, to: Cell) -> Result<u64> {
    tx.run(
        sql!(
            "WITH RECURSIVE s(n) AS (SELECT CAST($3 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n + 1 < $4)
             INSERT INTO claims (resource_id, unit, cell, booking_id) SELECT $1, 0, n, $2 FROM s WHERE true
             ON CONFLICT (resource_id, unit, cell) DO NOTHING"
        ),
        args![resource, claimant, from, to],
    )
}

/// Does the same for a resource with several units: claims the lowest free unit of each cell.
pub(crate) fn claim_unit(
    tx: &mut Tx<'_>,
    claimant: Id,
    resource: Id,
    units: i64,
    from: Cell,
    to: Cell,
) -> Result<u64> {
    tx.run(
        sql!(
            "WITH RECURSIVE s(n) AS (SELECT CAST($3 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n + 1 < $4),
             u(k) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT k + 1 FROM u WHERE k + 1 < $5)
             INSERT INTO claims (resource_id, unit, cell, booking_id)
             SELECT $1, free.unit, free.cell, $2 FROM (
                 SELECT s.n AS cell, (SELECT MIN(u.k) FROM u WHERE NOT EXISTS (
                     SELECT 1 FROM claims c WHERE c.resource_id = $1 AND c.unit = u.k AND c.cell = s.n)) AS unit
                 FROM s) AS free
             WHERE free.unit IS NOT NULL
             ON CONFLICT (resource_id, unit, cell) DO NOTHING"
        ),
        args![resource, claimant, from, to, units],
    )
}

/// Deletes the claims of a claimant on a resource.
pub(crate) fn unclaim(tx: &mut Tx<'_>, claimant: Id, resource: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM claims WHERE booking_id = $1 AND resource_id = $2"), args![claimant, resource])
        .map(drop)
}

/// Inserts the allocations of a claimant. `until` is the moment when a hold expires. One statement inserts up to four
/// rows, because few claimants have more.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn insert_allocations(
    tx: &mut Tx<'_>,
    claimant: Id,
    allocations: &[Allocation],
    until: Option<Timestamp>,
) -> Result<()> {
    for some in allocations.chunks(4) {
        let mut args = args![claimant, until].to_vec();
        for place in 0..4 {
            let one = some.get(place);
            let (id, kind) = (one.map(|one| one.resource), one.map(|one| one.kind.as_str()));
            args.extend(args![id, kind, one.map(|one| one.from), one.map(|one| one.to)]);
        }
        tx.run(
            sql!(
                "INSERT INTO allocations (booking_id, resource_id, kind, from_cell, to_cell, live, until)
                 SELECT CAST($1 AS BIGINT), w.id, w.kind, w.from_cell, w.to_cell, TRUE, CAST($2 AS BIGINT) FROM (
                     SELECT CAST($3 AS BIGINT) AS id, CAST($4 AS TEXT) AS kind, CAST($5 AS BIGINT) AS from_cell,
                            CAST($6 AS BIGINT) AS to_cell
                     UNION ALL SELECT CAST($7 AS BIGINT), CAST($8 AS TEXT), CAST($9 AS BIGINT), CAST($10 AS BIGINT)
                     UNION ALL SELECT CAST($11 AS BIGINT), CAST($12 AS TEXT), CAST($13 AS BIGINT), CAST($14 AS BIGINT)
                     UNION ALL SELECT CAST($15 AS BIGINT), CAST($16 AS TEXT), CAST($17 AS BIGINT), CAST($18 AS BIGINT)
                 ) AS w WHERE w.id IS NOT NULL"
            ),
            args,
        )?;
    }
    Ok(())
}

/// Deletes the allocations of a claimant.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget_allocations(tx: &mut Tx<'_>, claimant: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM allocations WHERE booking_id = $1"), args![claimant]).map(drop)
}

/// Returns whether a claimant has an allocation of a resource.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn has_resource(tx: &mut Tx<'_>, claimant: Id, resource: Id) -> Result<bool> {
    let found: Option<(Id,)> = tx.one(
        sql!("SELECT booking_id FROM allocations WHERE booking_id = $1 AND resource_id = $2"),
        args![claimant, resource],
    )?;
    Ok(found.is_some())
}

/// Deletes the claims and the allocation of one resource of a claimant.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn release_resource(tx: &mut Tx<'_>, claimant: Id, resource: Id) -> Result<()> {
    unclaim(tx, claimant, resource)?;
    tx.run(
        sql!("DELETE FROM allocations WHERE booking_id = $1 AND resource_id = $2"),
        args![claimant, resource],
    )
    .map(drop)
}

/// Releases everything that a claimant claims. Cells inside a block go to the block, so that every cell of a block
/// stays claimed. The allocations stay readable.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn release(tx: &mut Tx<'_>, claimant: Id) -> Result<()> {
    let club = tx.club()?;
    bump_versions(tx, claimant)?;
    // A cell lasts 300,000 milliseconds.
    tx.run(
        sql!(
            "UPDATE claims SET booking_id = (
                 SELECT MIN(k.id) FROM blocks k WHERE k.club_id = $2 AND k.removed_at IS NULL
                 AND k.resource_id = claims.resource_id AND k.from_at < (claims.cell + 1) * 300000
                 AND k.to_at > claims.cell * 300000)
             WHERE booking_id = $1 AND EXISTS (
                 SELECT 1 FROM blocks k WHERE k.club_id = $2 AND k.removed_at IS NULL
                 AND k.resource_id = claims.resource_id AND k.from_at < (claims.cell + 1) * 300000
                 AND k.to_at > claims.cell * 300000)"
        ),
        args![claimant, club],
    )?;
    tx.run(sql!("DELETE FROM claims WHERE booking_id = $1"), args![claimant])?;
    tx.run(sql!("UPDATE allocations SET live = FALSE WHERE booking_id = $1"), args![claimant]).map(drop)
}

/// Deletes the claims of cells before `before`, because no one can book the past. Returns the number of deleted rows.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget_claims(tx: &mut Tx<'_>, before: Cell) -> Result<u64> {
    tx.run(sql!("DELETE FROM claims WHERE cell < $1"), args![before])
}

/// Returns the technicians allocated to a claimant, ordered by id.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn technicians_of(tx: &mut Tx<'_>, claimant: Id) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = tx.all(
        sql!("SELECT resource_id FROM allocations WHERE booking_id = $1 AND kind = 'technician' ORDER BY resource_id"),
        args![claimant],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Returns the people whose time a claimant has allocated, ordered by id.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn people_of(tx: &mut Tx<'_>, claimant: Id) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = tx.all(
        sql!("SELECT resource_id FROM allocations WHERE booking_id = $1 AND kind = 'person' ORDER BY resource_id"),
        args![claimant],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Returns the claimants that have expired and claim some of these cells of a resource, ordered by id.
pub(crate) fn expired_on(tx: &mut Tx<'_>, resource: Id, (from, to): (Cell, Cell)) -> Result<Vec<Id>> {
    let now = tx.now();
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "SELECT booking_id FROM allocations WHERE live AND resource_id = $1 AND from_cell >= $2
             AND from_cell < $3 AND to_cell > $4 AND until <= $5 ORDER BY booking_id"
        ),
        args![resource, from - LONGEST, to, from, now],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Returns the technicians allocated to each of these claimants, ordered by id.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn technicians_of_each(tx: &mut Tx<'_>, claimants: &[Id]) -> Result<HashMap<Id, Vec<Id>>> {
    let mut technicians: HashMap<Id, Vec<Id>> = HashMap::new();
    for ids in id_lists(claimants) {
        tx.each(
            sql!(concat!(
                "SELECT booking_id, resource_id FROM allocations WHERE booking_id IN (",
                crate::id_list!(),
                ") AND kind = 'technician' ORDER BY resource_id"
            )),
            ids,
            |row| {
                technicians.entry(row.get(0)?).or_default().push(row.get(1)?);
                Ok(())
            },
        )?;
    }
    Ok(technicians)
}

/// Returns the rooms, technicians, and equipment that a claimant has or had, each with its cells as `[from, to)`.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn resources_of(tx: &mut Tx<'_>, claimant: Id) -> Result<Vec<(Id, Cell, Cell)>> {
    tx.all(
        sql!(
            "SELECT resource_id, from_cell, to_cell FROM allocations
             WHERE booking_id = $1 AND kind <> 'person' ORDER BY resource_id"
        ),
        args![claimant],
    )
}

/// Returns the claimants that have a resource anywhere in `[from, to)`, ordered by id. Expired claimants that have
/// not been released are included.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn claimants_on(tx: &mut Tx<'_>, resource: Id, (from, to): (Cell, Cell)) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = tx.all(
        sql!(
            "SELECT booking_id FROM allocations
             WHERE live AND resource_id = $1 AND from_cell >= $2 AND from_cell < $3 AND to_cell > $4
             ORDER BY booking_id"
        ),
        args![resource, from - LONGEST, to, from],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Changes the moment until which a claimant has its resources. `None` means permanently.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn keep_until(tx: &mut Tx<'_>, claimant: Id, until: Option<Timestamp>) -> Result<()> {
    tx.run(sql!("UPDATE allocations SET until = $1 WHERE booking_id = $2"), args![until, claimant]).map(drop)
}
