//! Time cells of five minutes, the unit of every claim (F2). Cells are counted from 1970 in UTC, so a night on which
//! the clock changes has no special cells, only more or fewer of them.

use jiff::Timestamp;
use kit::clock::from_millis;

/// The number of a cell: milliseconds since 1970 in UTC, divided by five minutes.
pub type Cell = i64;

/// The length of a cell in minutes.
pub const MINUTES: i64 = 5;
const MILLIS: i64 = MINUTES * 60_000;

/// Returns the cell that contains a moment.
pub fn cell_at(moment: Timestamp) -> Cell {
    moment.as_millisecond().div_euclid(MILLIS)
}

/// Returns the first cell that begins at or after a moment.
pub fn cell_from(moment: Timestamp) -> Cell {
    (moment.as_millisecond() + MILLIS - 1).div_euclid(MILLIS)
}

/// Returns the moment at which a cell begins.
pub fn begin(cell: Cell) -> Timestamp {
    from_millis(cell.saturating_mul(MILLIS))
}

/// Returns the number of cells that cover this many minutes, rounded up.
pub fn cells(minutes: i64) -> i64 {
    minutes.div_euclid(MINUTES) + i64::from(minutes.rem_euclid(MINUTES) != 0)
}
