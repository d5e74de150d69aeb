//! Claiming: the key of `claims` lets one claimant have a resource at a time, whatever number of processes write.

use catalogue::Catalogue;
use kit::{Fault, Id, Result, Tx};

use crate::calendar::Factors;
use crate::cells::{Cell, cells};
use crate::field::Demand;
use crate::free::Offer;
use crate::model::{Allocation, ResourceKind};
use crate::store;

/// Ends a claimant that has run out and stands in the way. Whether it was one.
pub type EndExpired = fn(&mut Tx<'_>, Id) -> Result<bool>;

/// Whoever claims time.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'c> {
    /// Its id.
    pub id: Id,
    /// The club's resources.
    pub catalogue: &'c Catalogue,
    /// Ends others that have run out.
    pub end_expired: EndExpired,
}

/// The time that is claimed, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Requirement<'w> {
    /// What the service needs.
    pub demand: Demand,
    /// When the guest's time begins.
    pub start: Cell,
    /// The technician who was asked for by name.
    pub named: Option<Id>,
    /// The people who would be there.
    pub people: &'w [Id],
}

/// The resources that were chosen to serve.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'c> {
    /// The room.
    pub room: Id,
    /// The technicians.
    pub technicians: &'c [Id],
    /// The piece of equipment, if one is needed.
    pub equipment: Option<Id>,
}

/// What came of claiming the best of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// It is claimed.
    Taken(Taken),
    /// Nothing of the offer is left.
    Gone,
    /// Somebody who would be there is elsewhere at that time (F6).
    PersonElsewhere,
}

/// What a claimant has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The room.
    pub room: Id,
    /// What multiplies the price there.
    pub factors: Factors,
    /// Everything that was claimed, by resource.
    pub allocations: Vec<Allocation>,
}

impl Taken {
    /// The technicians that serve.
    pub fn technicians(&self) -> Vec<Id> {
        let serving = self.allocations.iter().filter(|one| one.kind == ResourceKind::Technician);
        serving.map(|one| one.resource).collect()
    }
}

impl Requirement<'_> {
    /// The cells of each resource that is to be claimed, by resource: rooms with set-up and turnover, technicians with
    /// their pad, equipment with its reset, people for their own time.
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

/// Claims the best candidates of an offer; where one has just gone, the next (H5).
///
/// # Errors
/// A fault of the database.
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
            None => return Ok(ClaimOutcome::Taken(Taken { room, factors, allocations })),
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

/// Claims all, in the order of the resources, so that two transactions never wait for each other in a cycle; or nothing,
/// and says which was gone.
///
/// # Errors
/// A fault of the database.
pub fn claim_all(
    tx: &mut Tx<'_>,
    by: &Claimant<'_>,
    allocations: &[Allocation],
) -> Result<Option<(Id, ResourceKind)>> {
    let mut lost = None;
    tx.attempt(|tx| {
        for one in allocations {
            let mut got = claim_one(tx, by, one)?;
            // What stood in the way may be a hold that has run out (H2).
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

/// Ends those that have run out and claim some of these cells of a resource. Whether there were any.
///
/// # Errors
/// A fault of the database.
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

/// Claims one resource. Where it has units, another claimant may have taken the lowest meanwhile: then the next.
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
