//! Importing a booking that was made elsewhere, for demonstrations and imports. No booking window or release rule
//! applies, but nothing is booked twice: upcoming bookings are claimed like any others.

use booking_rules::{
    AddonRequest, BookedParty, BookedPrice, Booking, BookingEvent, BookingGroup, CancellationState, Extras,
    HoldState, Moves, Policy, PriceBasis, Status, quote, refusals::TAKEN,
};
use catalogue::Catalogue;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kit::{Cents, Error, Id, Result, Tx, counters};
use membership::Entitlements;
use money::{Line, LineKind};
use scheduling::{Cell, Chosen, Demand, Factors, Requirement, begin, cells, claim_all};
use serde_json::json;

use crate::booking::charge::{bill, write_addons};
use crate::booking::expiry::claimant;
use crate::model::FeeReason;
use crate::store;

/// A booking to import.
#[derive(Debug, Clone)]
pub struct ImportedBooking {
    /// The person who owns the booking.
    pub person: Option<Id>,
    /// The entitlements that determine the price.
    pub entitlements: Entitlements,
    /// The id of the service.
    pub service: Id,
    /// The id of the room.
    pub room: Id,
    /// The ids of the technicians.
    pub technicians: Vec<Id>,
    /// The id of the piece of equipment, if one is needed.
    pub equipment: Option<Id>,
    /// The operating day to which the start belongs.
    pub day: Date,
    /// When the guest's time begins.
    pub start: Cell,
    /// The status of the booking.
    pub status: Status,
    /// When the booking was made.
    pub created_at: Timestamp,
    /// The special requests of the guest.
    pub special_requests: Option<String>,
    /// The allergies of the guest.
    pub allergies: Option<String>,
    /// The ids of the add-ons.
    pub addons: Vec<Id>,
}

/// Imports a booking and returns its id.
///
/// # Errors
/// Returns `Error::NotFound` if the service or the room is unknown, `taken` if something the booking needs is claimed
/// already, and a fault if the database fails.
pub fn import_booking(tx: &mut Tx<'_>, catalogue: &Catalogue, record: &ImportedBooking) -> Result<Id> {
    let service = catalogue.service(record.service).ok_or(Error::NotFound)?;
    let room = catalogue.room(record.room).ok_or(Error::NotFound)?;
    let id = tx.new_id()?;
    let people: Vec<Id> = record.person.into_iter().collect();
    let demand = Demand::of(service, service.minutes);
    let chosen = Chosen { room: room.id, technicians: &record.technicians, equipment: record.equipment };
    let requirement = Requirement { demand, start: record.start, named: None, people: &people };
    let allocations = requirement.allocations(catalogue, chosen);
    let is_live = !matches!(record.status, Status::Cancelled | Status::Expired);
    let is_ahead = begin(record.start) > tx.now() - SignedDuration::from_hours(24);
    if is_live && is_ahead && claim_all(tx, &claimant(catalogue, id), &allocations)?.is_some() {
        return Err(Error::refused(&TAKEN));
    }
    let addons: Vec<_> = record.addons.iter().filter_map(|id| catalogue.addon(*id)).collect();
    let sold: Vec<_> = addons.iter().map(|addon| (addon.name.clone(), addon.cents, 1)).collect();
    let factors = Factors { room: room.premium_bp, ..Factors::PLAIN };
    let basis = PriceBasis::of(service, service.minutes, &record.entitlements, record.day, factors);
    let quote = quote(&basis, &sold);
    let extras = extras(record);
    let club = catalogue.club.id;
    let year = record.created_at.to_zoned(catalogue.club.zone.clone()).year();
    let booking = Booking {
        id,
        reference: Some(counters::next(tx, "CS", club, year)?),
        person: record.person,
        service: service.id,
        room: room.id,
        day: record.day,
        starts_at: begin(record.start),
        ends_at: begin(record.start + cells(service.minutes)),
        status: record.status,
        created_at: record.created_at,
        party: BookedParty { people: service.party, ..BookedParty::default() }.with(&extras),
        price: BookedPrice::of(&quote, money::tax_on(tx, club, &quote.lines)?, basis),
        hold: HoldState::default(),
        group: BookingGroup::default(),
        moves: Moves::default(),
        cancellation: CancellationState::under(Policy::of(catalogue, &record.entitlements)),
    };
    store::insert(tx, club, record.person, &booking, &quote.lines, &extras)?;
    scheduling::insert_allocations(tx, id, &allocations, None)?;
    write_addons(tx, id, catalogue, &extras.addons)?;
    if is_live {
        charge(tx, club, &booking, quote.lines)?;
        scheduling::bump_versions(tx, id)?;
    } else {
        scheduling::release(tx, id)?;
    }
    store::note(tx, id, record.person, BookingEvent::Recorded, &json!({"status": record.status.as_str()}))?;
    Ok(id)
}

/// Charges an imported booking. What is over was paid elsewhere: a visit, and the full price as the fee of a no-show.
fn charge(tx: &mut Tx<'_>, club: Id, booking: &Booking, lines: Vec<Line>) -> Result<()> {
    match booking.status {
        Status::Completed => money::import_paid(tx, &bill(club, booking, lines)),
        Status::NoShow => {
            let fee: Cents = lines.iter().map(|line| line.amount).sum();
            store::set_fee(tx, booking.id, Some(fee))?;
            if fee == Cents::ZERO {
                return Ok(());
            }
            let (code, label) = (FeeReason::NoShow.as_str(), FeeReason::NoShow.label());
            let lines = vec![Line::new(LineKind::Fee, code, label, fee)];
            money::import_paid(tx, &bill(club, booking, lines))
        }
        _ => money::charge(tx, &bill(club, booking, lines)).map(drop),
    }
}

/// Returns the details of an imported booking.
fn extras(record: &ImportedBooking) -> Extras {
    let addon = |id: &Id| AddonRequest { id: *id, quantity: 1, notes: String::new() };
    Extras {
        special_requests: record.special_requests.clone(),
        allergies: record.allergies.clone(),
        addons: record.addons.iter().map(addon).collect(),
        ..Extras::default()
    }
}
