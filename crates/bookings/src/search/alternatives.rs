//! The offer at the start that is asked for, or the first refusal that applies, with other times of the day.

use kit::{Error, Fault, Result, Tx};
use scheduling::{Field, Offer, Offers, cell_from};
use serde_json::json;

use crate::search::free_times::Answer;
use crate::search::objections::objections;
use crate::search::resolved::ResolvedRequest;
use crate::search::slot::{ranked, slots};

/// How many other times a refusal names.
const ALTERNATIVES: usize = 6;

impl ResolvedRequest<'_> {
    /// The offer at the wished start.
    ///
    /// # Errors
    /// The first refusal of the table that applies.
    pub(crate) fn find_offer(&self, tx: &mut Tx<'_>) -> Result<Offer> {
        let field = self.field(tx)?;
        let offer = Offers::find(self.demand(), &field).at(self.start);
        match (objections(tx, self, &field, offer.is_some())?.into_iter().next(), offer) {
            (None, Some(offer)) => Ok(offer),
            (Some(objection), _) => Err(self.with_alternatives(tx, &field, objection)?),
            (None, None) => Err(Fault::because("nothing is free and nothing speaks against it")),
        }
    }

    /// The same refusal once a claim was lost: with the nearest other times as things stand now.
    pub(crate) fn lost(&self, tx: &mut Tx<'_>, refusal: &'static kit::Refusal) -> Result<Error> {
        let field = self.field(tx)?;
        self.with_alternatives(tx, &field, Error::refused(refusal))
    }

    /// A refusal with the nearest other times of the day, where it names some.
    pub(crate) fn with_alternatives(
        &self,
        tx: &mut Tx<'_>,
        field: &Field,
        objection: Error,
    ) -> Result<Error> {
        let names_others = matches!(&objection, Error::Refused(refusal, _) if refusal.status == 409
            && !["same_person", "too_many_open", "too_late"].contains(&refusal.code));
        if !names_others {
            return Ok(objection);
        }
        let earliest = cell_from(self.earliest());
        let mut offers = ranked(Offers::find(self.demand(), field).all(earliest));
        offers.sort_by_key(|(_, offer)| ((offer.start - self.start).abs(), offer.start));
        offers.truncate(ALTERNATIVES);
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
        let alternatives = serde_json::to_value(slots(&answer, &offers)).map_err(Fault::because)?;
        let alternatives = if self.window.refusal(self.day).is_some() { json!([]) } else { alternatives };
        Ok(objection.with("alternatives", alternatives))
    }
}
