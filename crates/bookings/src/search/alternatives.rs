//! Finds the offer at a requested start, or the first refusal that applies, with alternative times on the same day.

use booking_rules::refusals::{SAME_PERSON, TOO_LATE, TOO_MANY_OPEN};
use kit::{Error, Fault, Result, Tx};
use scheduling::{Field, Offer, Offers, cell_from};

use crate::search::free_times::Answer;
use crate::search::objections::objections;
use crate::search::resolved::ResolvedRequest;
use crate::search::slot::{ALTERNATIVES, ranked, slots};

/// The largest number of alternatives in a refusal.
const MOST_ALTERNATIVES: usize = 6;

impl ResolvedRequest<'_> {
    /// Returns the offer at the requested start.
    ///
    /// # Errors
    /// Returns the first refusal of the table that applies, with alternatives.
    pub(crate) fn find_offer(&self, tx: &mut Tx<'_>) -> Result<Offer> {
        let field = self.field(tx)?;
        let offer = Offers::find(self.demand(), &field).at(self.start);
        match (objections(tx, self, &field, offer.is_some())?.into_iter().next(), offer) {
            (None, Some(offer)) => Ok(offer),
            (Some(objection), _) => Err(self.with_alternatives(tx, &field, objection)?),
            (None, None) => Err(Fault::because("nothing is free and nothing speaks against it")),
        }
    }

    /// Returns a refusal with current alternatives, after a claim was lost to someone else.
    pub(crate) fn lost(&self, tx: &mut Tx<'_>, refusal: &'static kit::Refusal) -> Result<Error> {
        let field = self.field(tx)?;
        self.with_alternatives(tx, &field, Error::refused(refusal))
    }

    /// Adds the nearest other times of the day to a refusal, if it is one that names alternatives.
    pub(crate) fn with_alternatives(
        &self,
        tx: &mut Tx<'_>,
        field: &Field,
        objection: Error,
    ) -> Result<Error> {
        let names_others = matches!(&objection, Error::Refused(refusal, _) if refusal.status == 409
            && !refusal.is_any(&[&SAME_PERSON, &TOO_MANY_OPEN, &TOO_LATE]));
        if !names_others {
            return Ok(objection);
        }
        let earliest = cell_from(self.earliest());
        let mut offers = ranked(Offers::find(self.demand(), field).all(earliest));
        offers.sort_by_key(|(rank, offer)| ((offer.start - self.start).abs(), offer.start, *rank));
        // If the hours of two days overlap, both offer the same start. Only the better offer is kept.
        offers.dedup_by_key(|(_, offer)| offer.start);
        offers.truncate(MOST_ALTERNATIVES);
        offers.sort_by_key(|(_, offer)| offer.start);
        let answer = Answer {
            catalogue: catalogue::current(tx)?,
            service: self.service.id,
            minutes: self.minutes,
            window: self.window.clone(),
            rules: self.rules.clone(),
            needs_plan: false,
            span: (self.day, self.day),
            days: Vec::new(),
            offers: Vec::new(),
            moving: self.slot_request.moving.clone(),
            addons: self.slot_request.moving.as_ref().map(|one| one.addons.clone()).unwrap_or_default(),
        };
        let is_closed = self.window.refusal(self.day).is_some();
        let alternatives = if is_closed { Vec::new() } else { slots(&answer, &offers) };
        Ok(objection.with(ALTERNATIVES, alternatives))
    }
}
