//! Placing: claims a time for a resolved request and inserts it as a booking or a hold.

use booking_rules::refusals::{SAME_PERSON, TAKEN};
use booking_rules::{
    BookedParty, BookedPrice, Booking, BookingEvent, BookingGroup, CancellationState, Extras, HoldState,
    Moves, Policy, PriceBasis, SoldAddon, Status, Window, quote,
};
use catalogue::Catalogue;
use kit::{Error, Id, Result, Tx};
use people::{Actor, AuditEvent};
use scheduling::{ClaimOutcome, ClaimedResources, Offer, begin, claim_offer};
use serde_json::json;

use crate::booking::audit;
use crate::booking::charge::{pay_with, settle, sold_addons, write_addons};
use crate::booking::expiry::claimant;
use crate::model::Hold;
use crate::search::resolved::{ResolvedRequest, SlotRequest};
use crate::store;

/// What a claimed time becomes.
pub(crate) enum Placement {
    /// The time is booked at once.
    Book,
    /// The time is only held for some minutes.
    Hold(Hold),
}

/// The context in which a time is placed: the actor, the catalogue, the window, and what the time becomes.
pub(crate) struct Placer<'p> {
    pub(crate) by: &'p Actor,
    pub(crate) catalogue: &'p Catalogue,
    pub(crate) window: &'p Window,
    pub(crate) placement: &'p Placement,
}

impl Placer<'_> {
    /// Claims a time for a slot request and inserts the booking or the hold.
    pub(crate) fn one(
        &self,
        tx: &mut Tx<'_>,
        slot_request: SlotRequest,
        extras: &Extras,
        visit: Option<Id>,
    ) -> Result<Booking> {
        let request = ResolvedRequest::understand(tx, self.catalogue, self.window, slot_request)?;
        let found = request.find_offer(tx)?;
        let sold = sold_addons(self.catalogue, request.service, &extras.addons)?;
        let id = tx.new_id()?;
        let taken = claim(tx, &request, found, id)?;
        self.write(tx, &request, &taken, extras, &sold, Draft { id, visit })
    }

    fn write(
        &self,
        tx: &mut Tx<'_>,
        request: &ResolvedRequest<'_>,
        taken: &ClaimedResources,
        extras: &Extras,
        sold: &[SoldAddon],
        Draft { id, visit }: Draft,
    ) -> Result<Booking> {
        let ResolvedRequest { service, minutes, day, party, .. } = *request;
        let entitlements = self.window.entitlements();
        let basis = PriceBasis::of(service, minutes, entitlements, day, taken.factors);
        let basis = pay_with(tx, basis, extras.benefit, entitlements, (id, day, party))?;
        let quote = quote(&basis, sold);
        let hold = match self.placement {
            Placement::Hold(hold) => Some(hold),
            Placement::Book => None,
        };
        let tax = money::tax_on(tx, self.catalogue.club.id, &quote.lines)?;
        let companion = request.slot_request.companion();
        let party_of = BookedParty { people: party, companion, ..BookedParty::default() };
        let booking = Booking {
            id,
            reference: None,
            person: request.slot_request.owner,
            service: service.id,
            room: taken.room,
            day,
            starts_at: request.starts_at(),
            ends_at: begin(request.end()),
            status: if hold.is_some() { Status::Held } else { Status::Confirmed },
            created_at: tx.now(),
            party: party_of.with(extras),
            price: BookedPrice::of(&quote, tax, basis),
            hold: HoldState { expires_at: hold.map(|hold| hold.until), extended: false },
            group: BookingGroup { visit, series: None },
            moves: Moves::default(),
            cancellation: CancellationState::under(Policy::of(self.catalogue, entitlements)),
        };
        let by = self.by.id();
        store::insert(tx, self.catalogue.club.id, by, &booking, &quote.lines, extras)?;
        scheduling::insert_allocations(tx, id, &taken.allocations, booking.hold.expires_at)?;
        write_addons(tx, id, self.catalogue, &extras.addons)?;
        match hold {
            Some(hold) => {
                store::set_holder(tx, id, hold)?;
                store::note(tx, id, by, BookingEvent::Held, &json!({"total": booking.price.total()}))?;
                scheduling::bump_versions(tx, id)?;
                audit::note_made(tx, self.by, AuditEvent::BookingHeld, &booking)?;
                Ok(booking)
            }
            None => {
                let booking = settle(tx, self.catalogue, by, booking, quote.lines)?;
                audit::note_made(tx, self.by, AuditEvent::BookingMade, &booking)?;
                Ok(booking)
            }
        }
    }
}

/// Claims the best resources of an offer, or the next best if others have been taken in the meantime.
///
/// # Errors
/// Returns `taken` with alternatives if the offer no longer has enough free resources, and `same_person` if a person
/// is elsewhere at that time.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    request: &ResolvedRequest<'_>,
    offer: Offer,
    booking: Id,
) -> Result<ClaimedResources> {
    match claim_offer(tx, &claimant(request.catalogue, booking), &request.requirement(), offer)? {
        ClaimOutcome::Claimed(taken) => Ok(taken),
        ClaimOutcome::Gone => Err(request.lost(tx, &TAKEN)?),
        ClaimOutcome::PersonElsewhere => Err(request.window.worded(Error::refused(&SAME_PERSON))),
    }
}

struct Draft {
    id: Id,
    visit: Option<Id>,
}
