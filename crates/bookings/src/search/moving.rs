//! What a booking keeps when it is rescheduled: its room and technicians (C6), its add-ons (P4), and the benefit that
//! pays for it. The search and the rescheduling itself use the same prices, so that both show the same amount.

use booking_rules::{Benefit, Booking, Coverage, PriceBasis, SoldAddon, Window, settings::BIRTHDAY};
use catalogue::Catalogue;
use jiff::civil::Date;
use kit::{Cents, Id, Result, Tx};
use membership::Entitlements;
use money::TaxRates;
use people::{Action, Actor};
use scheduling::PreferredResources;

use crate::booking::charge::sold_addons;
use crate::search::lookup::window_with;
use crate::store;

/// A booking that is to be rescheduled.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    /// The id of the booking.
    pub(crate) booking: Id,
    /// The owner of the booking. Times are offered and priced by the owner's plan, regardless of who reschedules it.
    pub(crate) owner: Option<Id>,
    /// The room and technicians that it keeps if they are free.
    pub(crate) preferred: PreferredResources,
    /// The add-ons of the booking at current prices.
    pub(crate) addons: Vec<SoldAddon>,
    /// The benefit that pays for it.
    pub(crate) benefit: Option<Benefit>,
    /// The number of people.
    party: i64,
    /// The value of a birthday gift, in cents.
    birthday: i64,
    rates: TaxRates,
}

impl Moving {
    /// Reads what is needed to reschedule a booking with these technicians.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub(crate) fn of(
        tx: &mut Tx<'_>,
        catalogue: &Catalogue,
        booking: &Booking,
        technicians: Vec<Id>,
    ) -> Result<Moving> {
        let booked = store::addons_of(tx, booking.id)?;
        let service = catalogue.service(booking.service);
        // If an add-on is no longer sold with the service, the rescheduling itself refuses it.
        let addons = service.and_then(|service| sold_addons(catalogue, service, &booked).ok());
        Ok(Moving {
            booking: booking.id,
            owner: booking.person,
            preferred: PreferredResources { room: Some(booking.room), technicians },
            addons: addons.unwrap_or_default(),
            benefit: benefit(booking.price.coverage()),
            party: booking.party.people,
            birthday: catalogue.setting(BIRTHDAY),
            rates: money::tax_rates(tx, catalogue.club.id)?,
        })
    }

    /// Returns the booking for which a search finds another time. Returns `None` if the actor may not reschedule it,
    /// so that naming a booking reveals nothing about it.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub(crate) fn load(
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

    /// Returns the owner's entitlements as if the booking had returned the benefit it uses.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub(crate) fn entitlements(&self, tx: &mut Tx<'_>, catalogue: &Catalogue) -> Result<Entitlements> {
        let Some(owner) = self.owner else { return Ok(Entitlements::default()) };
        let entitlements = membership::entitlements(tx, catalogue.club.id, owner)?;
        membership::without_uses_of(tx, entitlements, self.booking)
    }

    /// Returns the price basis on a day with the benefit that will pay for it: the one that paid before, if the owner
    /// has one then, or a credit if the owner lets credits be used without asking (P3). This must match what
    /// [`crate::booking::charge::pay_with`] does when the booking is rescheduled.
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

    /// Returns the tax on the lines of a price.
    pub(crate) fn tax_on(&self, lines: &[money::Line]) -> Cents {
        self.rates.on(lines)
    }
}

/// Returns the benefit that paid for a booking, so that it is requested again.
fn benefit(coverage: Coverage) -> Option<Benefit> {
    match coverage {
        Coverage::Credit => Some(Benefit::Credit),
        Coverage::Pass(_) => Some(Benefit::Pass),
        Coverage::Birthday(_) => Some(Benefit::Birthday),
        Coverage::None | Coverage::Unlimited => None,
    }
}

/// Returns the window in which a booking is rescheduled: that of its owner, as if the booking had returned the
/// benefit it uses.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn window_of_move(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: &Actor,
    moving: &Moving,
) -> Result<Window> {
    let entitlements = moving.entitlements(tx, catalogue)?;
    Ok(window_with(tx, catalogue, by, entitlements))
}
