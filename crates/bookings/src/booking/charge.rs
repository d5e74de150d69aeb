//! What a person owes for a booking: its price basis with the benefit that pays for it, its price with add-ons, and
//! its charge.

use booking_rules::{
    AddonRequest, Benefit, BookedPrice, Booking, BookingEvent, CancellationTerms, Coverage, PriceBasis,
    SUBJECT, SoldAddon, quote, settings::BIRTHDAY,
};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use kit::{Cents, Error, Fields, Id, Result, Tx, counters};
use membership::Entitlements;
use money::{Bill, Line, LineKind};
use people::Subject;
use serde_json::json;

use crate::model::FeeReason;
use crate::store;

/// Makes a claimed time a booking: charges it, records the event, and assigns its reference (H4). The caller must
/// send the notifications.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: Option<Id>,
    booking: Booking,
    lines: Vec<Line>,
) -> Result<Booking> {
    let club = catalogue.club.id;
    money::charge(tx, &bill(club, &booking, lines))?;
    store::note(tx, booking.id, by, BookingEvent::Booked, &json!({"total": booking.price.total()}))?;
    scheduling::bump_versions(tx, booking.id)?;
    // The reference comes last, because its counter is locked until the commit.
    let year = booking.created_at.to_zoned(catalogue.club.zone.clone()).year();
    let reference = counters::next(tx, "CS", club, year)?;
    store::set_reference(tx, booking.id, &reference)?;
    Ok(Booking { reference: Some(reference), ..booking })
}

/// Returns the price basis with the benefit that pays for it, and uses that benefit if the person has it. Credits are
/// also used without a request if the person has allowed this (P3). What an Unlimited plan covers is only counted.
pub(crate) fn pay_with(
    tx: &mut Tx<'_>,
    basis: PriceBasis,
    benefit: Option<Benefit>,
    entitlements: &Entitlements,
    (booking, day, party): (Id, Date, i64),
) -> Result<PriceBasis> {
    if basis.coverage == Coverage::Unlimited {
        membership::use_credit(tx, entitlements, day, booking)?;
        return Ok(basis);
    }
    let unasked = entitlements.uses_credits_unasked().then_some(Benefit::Credit);
    let coverage = match benefit.or(unasked) {
        Some(Benefit::Credit) if membership::use_credit(tx, entitlements, day, booking)? => Coverage::Credit,
        Some(Benefit::Birthday) if membership::use_birthday(tx, entitlements, day, booking)? => {
            Coverage::Birthday(catalogue::current(tx)?.setting(BIRTHDAY))
        }
        // A guest pass pays the share of a companion, so it needs at least two people (M2).
        Some(Benefit::Pass) if party > 1 && membership::use_pass(tx, entitlements, day, booking)? => {
            Coverage::Pass(party)
        }
        _ => Coverage::None,
    };
    Ok(PriceBasis { coverage, ..basis })
}

/// Returns the booking with the price of a price basis and its add-ons, and the lines of the price.
///
/// # Errors
/// Returns `Error::Invalid` if an add-on does not belong to the service.
pub(crate) fn priced(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    booking: Booking,
    basis: PriceBasis,
    addons: &[AddonRequest],
) -> Result<(Booking, Vec<Line>)> {
    let service = catalogue.service(booking.service).ok_or(Error::NotFound)?;
    let quote = quote(&basis, &sold_addons(catalogue, service, addons)?);
    let tax = money::tax_on(tx, catalogue.club.id, &quote.lines)?;
    Ok((Booking { price: BookedPrice::of(&quote, tax, basis), ..booking }, quote.lines))
}

/// Returns the bill for a booking.
pub(crate) fn bill(club: Id, booking: &Booking, lines: Vec<Line>) -> Bill {
    let subject = Subject { kind: SUBJECT, id: booking.id };
    Bill { subject, club, person: booking.person, lines }
}

/// Returns requested add-ons as they are sold.
///
/// # Errors
/// Returns `Error::Invalid` if an add-on does not belong to the service.
pub(crate) fn sold_addons(
    catalogue: &Catalogue,
    service: &Service,
    addons: &[AddonRequest],
) -> Result<Vec<SoldAddon>> {
    let sold = |request: &AddonRequest| {
        let addon = catalogue.addons_of(service).find(|addon| addon.id == request.id);
        let addon =
            addon.ok_or_else(|| Fields::one("addons", "That add-on isn’t available with this service."))?;
        Ok((addon.name.clone(), addon.cents, request.quantity))
    };
    addons.iter().map(sold).collect()
}

/// Inserts add-ons of a booking, in addition to those it already has.
pub(crate) fn write_addons(
    tx: &mut Tx<'_>,
    booking: Id,
    catalogue: &Catalogue,
    addons: &[AddonRequest],
) -> Result<()> {
    for request in addons {
        let unit = catalogue.addon(request.id).map(|addon| addon.cents).unwrap_or_default();
        store::insert_addon(tx, booking, request, unit)?;
    }
    Ok(())
}

/// Replaces the charge of a booking by the fee that stays due, and records a lapse.
pub(crate) fn charge_for_leaving(
    tx: &mut Tx<'_>,
    booking: &Booking,
    leaving: CancellationTerms,
    reason: FeeReason,
) -> Result<()> {
    let lines = if leaving.fee == Cents::ZERO {
        Vec::new()
    } else {
        vec![Line::new(LineKind::Fee, reason.as_str(), reason.label(), leaving.fee)]
    };
    let club = catalogue::current(tx)?.club.id;
    money::replace(tx, &bill(club, booking, lines))?;
    store::set_fee(tx, booking.id, Some(leaving.fee))?;
    if let Some(person) = booking.person.filter(|_| leaving.lapse) {
        store::note_lapse(tx, booking.id, person, reason)?;
    }
    Ok(())
}
