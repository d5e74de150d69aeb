//! Time cells of five minutes, in which everything is claimed (F2). Cells are counted from 1970 in UTC, so a night on
//! which the clock changes has no special cells, only more or fewer of them.

use jiff::Timestamp;
use kit::clock::from_millis;

/// A cell's number: milliseconds since 1970 divided by five minutes.
pub type Cell = i64;

/// Minutes of a cell.
pub const MINUTES: i64 = 5;
const MILLIS: i64 = MINUTES * 60_000;

/// The cell in which a moment lies.
pub fn cell_at(moment: Timestamp) -> Cell {
    moment.as_millisecond().div_euclid(MILLIS)
}

/// The first cell that begins at or after a moment.
pub fn cell_from(moment: Timestamp) -> Cell {
    (moment.as_millisecond() + MILLIS - 1).div_euclid(MILLIS)
}

/// When a cell begins.
pub fn begin(cell: Cell) -> Timestamp {
    from_millis(cell.saturating_mul(MILLIS))
}

/// How many cells so many minutes fill.
pub fn cells(minutes: i64) -> i64 {
    minutes.div_euclid(MINUTES) + i64::from(minutes.rem_euclid(MINUTES) != 0)
}
