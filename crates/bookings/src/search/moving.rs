//! What a booking brings along when it moves: its room and technicians (C6), its add-ons (P4) and what pays for it. The grid
//! of times and the move itself price by the same, so that both show the same price.

use booking_rules::{Benefit, Booking, Coverage, PriceBasis, SoldAddon, Window, settings::BIRTHDAY};
use catalogue::Catalogue;
use jiff::civil::Date;
use kit::{Cents, Id, Result, Tx};
use membership::Entitlements;
use money::TaxRates;
use people::{Action, Actor};
use scheduling::Keeping;

use crate::booking::charge::sold_addons;
use crate::search::lookup::window_with;
use crate::store;

/// A booking that is to be moved.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    /// Its id.
    pub(crate) booking: Id,
    /// The person it belongs to: by their plan the time is offered and priced, whoever moves it.
    pub(crate) owner: Option<Id>,
    /// What it keeps where that is free then.
    pub(crate) keeping: Keeping,
    /// Its add-ons at today's prices.
    pub(crate) addons: Vec<SoldAddon>,
    /// What of a plan pays for it.
    pub(crate) benefit: Option<Benefit>,
    /// For how many it is.
    party: i64,
    /// The value of a birthday gift, in cents.
    birthday: i64,
    rates: TaxRates,
}

impl Moving {
    /// A booking with the technicians that serve it.
    ///
    /// # Errors
    /// A fault of the database.
    pub(crate) fn of(
        tx: &mut Tx<'_>,
        catalogue: &Catalogue,
        booking: &Booking,
        technicians: Vec<Id>,
    ) -> Result<Moving> {
        let booked = store::addons_of(tx, booking.id)?;
        let service = catalogue.service(booking.service);
        // One that is not sold with the service any more is refused by the move itself.
        let addons = service.and_then(|service| sold_addons(catalogue, service, &booked).ok());
        Ok(Moving {
            booking: booking.id,
            owner: booking.person,
            keeping: Keeping { room: Some(booking.room), technicians },
            addons: addons.unwrap_or_default(),
            benefit: booking.basis.as_ref().and_then(|basis| benefit(basis.coverage)),
            party: booking.party,
            birthday: catalogue.setting(BIRTHDAY),
            rates: money::tax_rates(tx, catalogue.club.id)?,
        })
    }

    /// The booking that a search is to find another time for; whoever does not own it learns nothing from naming it.
    ///
    /// # Errors
    /// A fault of the database.
    pub(crate) fn asked_for(
        tx: &mut Tx<'_>,
        catalogue: &Catalogue,
        by: &Actor,
        booking: Option<Id>,
    ) -> Result<Option<Moving>> {
        let Some(id) = booking else { return Ok(None) };
        let Some(row) = store::find(tx, id)? else { return Ok(None) };
        let is_own = by.id().is_some() && row.booking.person == by.id();
        if !is_own && !by.may(Action::BookForOthers) {
            return Ok(None);
        }
        let technicians = scheduling::technicians_of(tx, id)?;
        Moving::of(tx, catalogue, &row.booking, technicians).map(Some)
    }

    /// The standing of its owner once it has given back what it used of the plan.
    ///
    /// # Errors
    /// A fault of the database.
    pub(crate) fn entitlements(&self, tx: &mut Tx<'_>, catalogue: &Catalogue) -> Result<Entitlements> {
        let Some(owner) = self.owner else { return Ok(Entitlements::default()) };
        let entitlements = membership::entitlements(tx, catalogue.club.id, owner)?;
        membership::without_uses_of(tx, entitlements, self.booking)
    }

    /// The sale on a day with what will pay for it there: what paid before, if there is one then; a credit for who lets
    /// credits be used without asking (P3). The same as [`crate::booking::charge::pay_with`] does when it moves.
    pub(crate) fn covered(&self, basis: PriceBasis, entitlements: &Entitlements, day: Date) -> PriceBasis {
        let has_credit = || entitlements.credits_left(day).is_some_and(|left| left > 0);
        let unasked = entitlements.uses_credits_unasked().then_some(Benefit::Credit);
        let coverage = match self.benefit.or(unasked) {
            Some(Benefit::Credit) if has_credit() => Coverage::Credit,
            Some(Benefit::Birthday) if entitlements.has_birthday(day) => Coverage::Birthday(self.birthday),
            Some(Benefit::Pass) if self.party > 1 && entitlements.passes_left(day) > 0 => {
                Coverage::Pass(self.party)
            }
            _ => Coverage::None,
        };
        basis.covered(coverage)
    }

    /// The tax on the lines of its price.
    pub(crate) fn tax_on(&self, lines: &[money::Line]) -> Cents {
        self.rates.on(lines)
    }
}

/// What of a plan paid for a sale, to be asked for again.
fn benefit(coverage: Coverage) -> Option<Benefit> {
    match coverage {
        Coverage::Credit => Some(Benefit::Credit),
        Coverage::Pass(_) => Some(Benefit::Pass),
        Coverage::Birthday(_) => Some(Benefit::Birthday),
        Coverage::None | Coverage::Unlimited => None,
    }
}

/// The window in which a booking is moved: that of its owner, once it has given back what it used of the plan.
///
/// # Errors
/// A fault of the database.
pub(crate) fn window_of_move(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: &Actor,
    moving: &Moving,
) -> Result<Window> {
    let entitlements = moving.entitlements(tx, catalogue)?;
    Ok(window_with(tx, catalogue, by, entitlements))
}
