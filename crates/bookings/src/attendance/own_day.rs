//! The visits of a business day that a technician carries out.

use std::collections::HashMap;

use booking_rules::{Booking, Status};
use jiff::civil::Date;
use kit::{Id, Result, Tx};
use people::{Action, Actor};

use crate::attendance::day::{guest, visits_of};

/// A visit of a technician's own day.
#[derive(Debug, Clone)]
pub struct OwnVisit {
    /// The booking that the technician serves.
    pub booking: Booking,
    /// The name of the guest.
    pub guest: String,
    /// The names of the other technicians who serve.
    pub with: Vec<String>,
}

/// The own day of a technician.
#[derive(Debug, Clone)]
pub struct OwnDay {
    /// The business day that is shown.
    pub date: Date,
    /// Whether the account of the actor belongs to a technician of the club.
    pub is_technician: bool,
    /// The visits that begin on the day and were not canceled, ordered by time.
    pub visits: Vec<OwnVisit>,
}

/// Returns the visits that begin on a business day (today's by default) and that the actor carries out.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may see their own visits.
pub fn own_day(tx: &mut Tx<'_>, by: &Actor, date: Option<Date>) -> Result<OwnDay> {
    by.need(Action::SeeOwnVisits)?;
    let catalogue = catalogue::current(tx)?;
    let date = date.unwrap_or_else(|| catalogue.business_day_at(tx.now()));
    let me = by.person()?.id;
    let own: Vec<Id> =
        catalogue.technicians.iter().filter(|one| one.person == Some(me)).map(|one| one.id).collect();
    if own.is_empty() {
        return Ok(OwnDay { date, is_technician: false, visits: Vec::new() });
    }
    let found = visits_of(tx, &catalogue, date)?;
    let ids: Vec<Id> = found.iter().map(|(row, _)| row.booking.id).collect();
    let technicians = scheduling::technicians_of_each(tx, &ids)?;
    let mut names = HashMap::new();
    let mut visits = Vec::new();
    for (row, _) in found {
        let booking = row.booking;
        let serving = technicians.get(&booking.id).map(Vec::as_slice).unwrap_or_default();
        if booking.status == Status::Cancelled || !serving.iter().any(|id| own.contains(id)) {
            continue;
        }
        let guest = guest(tx, &mut names, &booking, None)?.name;
        let others = serving.iter().filter(|id| !own.contains(id));
        let with = others.filter_map(|id| Some(catalogue.technician(*id)?.name.clone())).collect();
        visits.push(OwnVisit { booking, guest, with });
    }
    Ok(OwnDay { date, is_technician: true, visits })
}
