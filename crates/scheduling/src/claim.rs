//! Claiming of resources. The primary key of `claims` lets only one claimant have a cell of a unit, regardless of how
//! many processes write.

use catalogue::Catalogue;
use kit::{Fault, Id, Result, Tx};

use crate::calendar::Factors;
use crate::cells::{Cell, cells};
use crate::field::Demand;
use crate::free::Offer;
use crate::model::{Allocation, ResourceKind};
use crate::store;

/// Ends a claimant that has expired and conflicts with a new claim. Returns whether the claimant had expired.
pub type EndExpired = fn(&mut Tx<'_>, Id) -> Result<bool>;

/// The booking, hold, or block that claims time, with what is needed to claim it.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'c> {
    /// The id of the claimant.
    pub id: Id,
    /// The catalogue of the club, with its resources.
    pub catalogue: &'c Catalogue,
    /// The function that ends other claimants that have expired.
    pub end_expired: EndExpired,
}

/// The time to claim and the people it is for.
#[derive(Debug, Clone, Copy)]
pub struct Requirement<'w> {
    /// What the service needs.
    pub demand: Demand,
    /// When the guest's time begins.
    pub start: Cell,
    /// The technician who was requested by name.
    pub named: Option<Id>,
    /// The people who would be present.
    pub people: &'w [Id],
}

/// The resources that were chosen to serve a booking.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'c> {
    /// The id of the room.
    pub room: Id,
    /// The ids of the technicians.
    pub technicians: &'c [Id],
    /// The id of the piece of equipment, if one is needed.
    pub equipment: Option<Id>,
}

/// The result of claiming the best resources of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The resources are claimed.
    Claimed(ClaimedResources),
    /// The offer no longer has enough free resources.
    Gone,
    /// A person who would be present is elsewhere at that time (F6).
    PersonElsewhere,
}

/// What a claimant has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedResources {
    /// The id of the room.
    pub room: Id,
    /// The factors that multiply the price in the room.
    pub factors: Factors,
    /// Everything that was claimed, ordered by resource id.
    pub allocations: Vec<Allocation>,
}

impl ClaimedResources {
    /// Returns the ids of the technicians who serve.
    pub fn technicians(&self) -> Vec<Id> {
        let serving = self.allocations.iter().filter(|one| one.kind == ResourceKind::Technician);
        serving.map(|one| one.resource).collect()
    }
}

impl Requirement<'_> {
    /// Returns the cells to claim of each resource, ordered by resource id: rooms with set-up and turnover,
    /// technicians with their pad, equipment with its reset, and people for the guest's time only.
    pub fn allocations(&self, catalogue: &Catalogue, chosen: Chosen<'_>) -> Vec<Allocation> {
        let (start, end) = (self.start, self.start + self.demand.duration);
        let one = |resource, kind, from, to| Allocation { resource, kind, from, to };
        let Demand { setup, turnover, .. } = self.demand;
        let mut all = vec![one(chosen.room, ResourceKind::Room, start - setup, end + turnover)];
        for id in chosen.technicians {
            let pad = catalogue.technician(*id).map_or(0, |technician| technician.pad);
            all.push(one(*id, ResourceKind::Technician, start, end + cells(pad)));
        }
        if let Some(id) = chosen.equipment {
            let piece = catalogue.equipment.iter().find(|piece| piece.id == id);
            let reset = piece.map_or(0, |piece| piece.reset);
            all.push(one(id, ResourceKind::Equipment, start, end + cells(reset)));
        }
        all.extend(self.people.iter().map(|person| one(*person, ResourceKind::Person, start, end)));
        all.sort_unstable_by_key(|one| one.resource);
        all
    }
}

/// Claims the best candidates of an offer. If another claimant has just taken one, tries the next (H5).
///
/// # Errors
/// Returns a fault if the database fails.
pub fn claim_offer(
    tx: &mut Tx<'_>,
    by: &Claimant<'_>,
    requirement: &Requirement<'_>,
    offer: Offer,
) -> Result<ClaimOutcome> {
    let demand = requirement.demand;
    let Offer { mut rooms, mut technicians, mut equipment, .. } = offer;
    loop {
        let Some(&(room, factors)) = rooms.first() else { return Ok(ClaimOutcome::Gone) };
        let Some(serving) = technicians.get(..demand.technicians) else { return Ok(ClaimOutcome::Gone) };
        let piece = equipment.first().copied().filter(|_| demand.equipment);
        if demand.equipment && piece.is_none() {
            return Ok(ClaimOutcome::Gone);
        }
        let chosen = Chosen { room, technicians: serving, equipment: piece };
        let allocations = requirement.allocations(by.catalogue, chosen);
        match claim_all(tx, by, &allocations)? {
            None => return Ok(ClaimOutcome::Claimed(ClaimedResources { room, factors, allocations })),
            Some((_, ResourceKind::Person)) => return Ok(ClaimOutcome::PersonElsewhere),
            Some((lost, ResourceKind::Room)) => rooms.retain(|(id, _)| *id != lost),
            Some((lost, ResourceKind::Technician)) if requirement.named == Some(lost) => {
                return Ok(ClaimOutcome::Gone);
            }
            Some((lost, ResourceKind::Technician)) => technicians.retain(|id| *id != lost),
            Some((lost, ResourceKind::Equipment)) => equipment.retain(|id| *id != lost),
        }
    }
}

/// Claims all allocations or none. Returns `None` if all are claimed, otherwise the first resource that was taken.
/// The allocations must be ordered by resource id, so that two transactions never wait for each other in a cycle.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn claim_all(
    tx: &mut Tx<'_>,
    by: &Claimant<'_>,
    allocations: &[Allocation],
) -> Result<Option<(Id, ResourceKind)>> {
    let mut lost = None;
    tx.attempt(|tx| {
        for one in allocations {
            let mut got = claim_one(tx, by, one)?;
            // The cells may still be claimed by a hold that has expired (H2).
            if !got && clear_expired(tx, one.resource, (one.from, one.to), by.end_expired)? {
                store::unclaim(tx, by.id, one.resource)?;
                got = claim_one(tx, by, one)?;
            }
            if !got {
                lost = Some((one.resource, one.kind));
                return Ok(None);
            }
        }
        Ok(Some(()))
    })?;
    Ok(lost)
}

/// Ends the claimants that have expired and claim some of these cells of a resource. Returns whether there were any.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn clear_expired(
    tx: &mut Tx<'_>,
    resource: Id,
    span: (Cell, Cell),
    end_expired: EndExpired,
) -> Result<bool> {
    let mut any = false;
    for claimant in store::expired_on(tx, resource, span)? {
        any |= end_expired(tx, claimant)?;
    }
    Ok(any)
}

/// Claims the cells of one resource. If it has several units, another claimant may take the lowest free unit in the
/// meantime; the next attempt then takes another.
fn claim_one(tx: &mut Tx<'_>, by: &Claimant<'_>, one: &Allocation) -> Result<bool> {
    let Allocation { resource, from, to, .. } = *one;
    let units = by.catalogue.room(resource).map_or(1, |room| room.units);
    let all = u64::try_from(to - from).map_err(Fault::because)?;
    if units == 1 {
        return Ok(store::claim(tx, by.id, resource, from, to)? == all);
    }
    for _ in 0..units {
        let got = tx.attempt(|tx| {
            let got = store::claim_unit(tx, by.id, resource, units, from, to)?;
            Ok((got == all).then_some(()))
        })?;
        if got.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
