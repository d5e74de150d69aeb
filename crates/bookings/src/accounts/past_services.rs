//! The services that a person had (S5): those they came for themselves, including as a companion.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Id, Result, Tx, args, row, sql};
use people::{Action, Actor};

/// A service that a person had.
#[derive(Debug, Clone)]
pub struct PastService {
    /// The id of the service.
    pub service: Id,
    /// How many times the person had it.
    pub times: i64,
    /// The booking of the last visit.
    pub booking: Id,
    /// The operating day of the last visit.
    pub day: Date,
    /// When the last visit began.
    pub starts_at: Timestamp,
}

row!(PastService { service, times, booking, day, starts_at });

/// Returns the services that a person had, the latest first.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, and `Error::Forbidden` for another person unless `by` may see every
/// booking.
pub fn past_services(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<Vec<PastService>> {
    let club = tx.club()?;
    if by.person()?.id != person {
        by.need(Action::SeeEveryBooking)?;
    }
    tx.all(
        sql!(
            // The plus prevents the use of the index by club and day, which would read every booking of the club.
            "SELECT service_id, times, id, day, starts_at FROM (
               SELECT service_id, id, day, starts_at, COUNT(*) OVER (PARTITION BY service_id) AS times,
                 ROW_NUMBER() OVER (PARTITION BY service_id ORDER BY starts_at DESC, id DESC) AS place
               FROM bookings WHERE +club_id = $2 AND status = 'completed'
                 AND ((person_id = $1 AND guest_name IS NULL) OR companion_id = $1)) AS had
             WHERE place = 1 ORDER BY starts_at DESC, id DESC"
        ),
        args![person, club],
    )
}
