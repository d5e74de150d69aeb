//! Claiming: the key of `claims` lets one booking have a resource at a time, whatever number of processes write.

use catalogue::Catalogue;
use jiff::Timestamp;
use kit::{Error, Fault, Id, Result, Tx};

use crate::cells::{Cell, cells};
use crate::expiry::clear_expired;
use crate::free::{Factors, Offer};
use crate::refusals::SAME_PERSON;
use crate::request::Request;
use crate::store::{self, Kind};

/// A resource with its kind and its cells.
pub(crate) type Wanted = (Id, Kind, Cell, Cell);

/// What a booking has got.
pub(crate) struct Taken {
    pub(crate) room: Id,
    pub(crate) factors: Factors,
    pub(crate) allocations: Vec<Wanted>,
}

impl Taken {
    /// Writes down what it has, for so long.
    pub(crate) fn keep(&self, tx: &mut Tx<'_>, booking: Id, until: Option<Timestamp>) -> Result<()> {
        store::insert_allocations(tx, booking, &self.allocations, until)
    }
}

/// Claims the best candidates; where one has just gone, the next (H5). `None` when nothing is left.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    request: &Request<'_>,
    found: Offer,
    booking: Id,
) -> Result<Option<Taken>> {
    let demand = request.demand();
    let (start, end) = (request.start, request.end());
    let Offer { mut rooms, mut technicians, mut equipment, .. } = found;
    loop {
        let Some(&(room, factors)) = rooms.first() else { return Ok(None) };
        if technicians.len() < demand.technicians || (demand.equipment && equipment.is_empty()) {
            return Ok(None);
        }
        let mut wanted = vec![(room, Kind::Room, start - demand.setup, end + demand.turnover)];
        for id in technicians.iter().take(demand.technicians) {
            let pad = request.catalogue.technician(*id).map_or(0, |technician| technician.pad);
            wanted.push((*id, Kind::Technician, start, end + cells(pad)));
        }
        if let Some(id) = equipment.first().filter(|_| demand.equipment) {
            let piece = request.candidates.equipment.iter().find(|piece| piece.id == *id);
            wanted.push((*id, Kind::Equipment, start, end + cells(piece.map_or(0, |piece| piece.reset))));
        }
        wanted.extend(request.question.people.iter().map(|person| (*person, Kind::Person, start, end)));
        wanted.sort_unstable_by_key(|(id, ..)| *id);
        match claim_all(tx, request.catalogue, booking, &wanted)? {
            None => return Ok(Some(Taken { room, factors, allocations: wanted })),
            Some((_, Kind::Person)) => return Err(request.window.worded(Error::refused(&SAME_PERSON))),
            Some((lost, Kind::Room)) => rooms.retain(|(id, _)| *id != lost),
            Some((lost, Kind::Technician)) if request.question.technician == Some(lost) => return Ok(None),
            Some((lost, Kind::Technician)) => technicians.retain(|id| *id != lost),
            Some((lost, Kind::Equipment)) => equipment.retain(|id| *id != lost),
        }
    }
}

/// Claims all, in the order of the resources, so that two bookings never wait for each other in a ring; or
/// nothing, and says which was gone.
pub(crate) fn claim_all(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    booking: Id,
    wanted: &[Wanted],
) -> Result<Option<(Id, Kind)>> {
    let mut lost = None;
    tx.attempt(|tx| {
        for (id, kind, from, to) in wanted {
            let units = catalogue.room(*id).map_or(1, |room| room.units);
            let mut got = claim_one(tx, booking, *id, units, *from, *to)?;
            // What stood in the way may be a hold that has run out (H2).
            if !got && clear_expired(tx, *id, (*from, *to))? {
                store::unclaim(tx, booking, *id)?;
                got = claim_one(tx, booking, *id, units, *from, *to)?;
            }
            if !got {
                lost = Some((*id, *kind));
                return Ok(None);
            }
        }
        Ok(Some(()))
    })?;
    Ok(lost)
}

/// Claims one resource. Where it has units, another booking may have taken the lowest meanwhile: then the next.
fn claim_one(tx: &mut Tx<'_>, booking: Id, resource: Id, units: i64, from: Cell, to: Cell) -> Result<bool> {
    let all = u64::try_from(to - from).map_err(Fault::because)?;
    if units == 1 {
        return Ok(store::claim(tx, booking, resource, from, to)? == all);
    }
    for _ in 0..units {
        let got = tx.attempt(|tx| {
            let got = store::claim_unit(tx, booking, resource, units, from, to)?;
            Ok((got == all).then_some(()))
        })?;
        if got.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
