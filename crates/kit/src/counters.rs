//! Human-readable numbers such as `CS-2026-000017`. Each comes from a counter row in the transaction that needs it,
//! so that numbers are unique and without gaps (H4). An operation takes its number last, because the row stays
//! locked until the commit.

use crate::db::Tx;
use crate::errors::{Fault, Result};
use crate::ids::Id;
use crate::{args, sql};

/// Returns the next number of a kind (such as `CS`) in a club and a year of the club's time. Numbers above 999999
/// have more than six digits.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn next(tx: &mut Tx<'_>, kind: &str, club: Id, year: i16) -> Result<String> {
    let last: Option<(i64,)> = tx.one(
        sql!(
            "INSERT INTO counters (kind, club_id, year, last) VALUES ($1, $2, $3, 1)
             ON CONFLICT (kind, club_id, year) DO UPDATE SET last = counters.last + 1 RETURNING last"
        ),
        args![kind, club, i64::from(year)],
    )?;
    let (last,) = last.ok_or_else(|| Fault::because("a counter answers its number"))?;
    Ok(format!("{kind}-{year}-{last:06}"))
}
