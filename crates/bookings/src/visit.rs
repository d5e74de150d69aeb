//! Several services in one visit (F10): back to back, in one transaction, with small gaps where the rooms need them.

use jiff::SignedDuration;
use kit::{Error, Id, Result, Tx};

use crate::book::Place;
use crate::cells::MINUTES;
use crate::model::Booking;
use crate::numbers::GAP;
use crate::request::Question;
use crate::store;
use crate::wish::{Extras, Then, When, Wish};

/// Places what follows a booking. Where a later service does not fit, earlier ones are tried with longer gaps.
///
/// # Errors
/// The refusal of the first that fits nowhere.
pub(crate) fn follow(tx: &mut Tx<'_>, place: &Place<'_>, wish: &Wish, first: &Booking) -> Result<()> {
    let visit = first.visit.unwrap_or(first.id);
    store::set_visit(tx, first.id, Some(visit))?;
    let course = Course { place, wish, visit, owner: first.person };
    let mut refusal = None;
    let placed = tx.attempt(|tx| course.from(tx, &wish.then, first, &mut refusal))?;
    match (placed, refusal) {
        (Some(()), _) => Ok(()),
        (None, Some(refusal)) => Err(refusal),
        (None, None) => Err(Error::NotFound),
    }
}

struct Course<'c> {
    place: &'c Place<'c>,
    wish: &'c Wish,
    visit: Id,
    owner: Option<Id>,
}

impl Course<'_> {
    /// Places the first of `rest` after `before`, and then the others; `None` if there is no way.
    fn from(
        &self,
        tx: &mut Tx<'_>,
        rest: &[Then],
        before: &Booking,
        refusal: &mut Option<Error>,
    ) -> Result<Option<()>> {
        let Some((next, others)) = rest.split_first() else { return Ok(Some(())) };
        for gap in 0..=self.place.catalogue.number(GAP) / MINUTES {
            let starts_at = before.ends_at + SignedDuration::from_mins(gap * MINUTES);
            let placed = tx.attempt(|tx| match self.one(tx, next, When::Moment(starts_at)) {
                Ok(booking) => self.from(tx, others, &booking, refusal),
                Err(error @ Error::Refused(..)) => {
                    refusal.get_or_insert(error);
                    Ok(None)
                }
                Err(error) => Err(error),
            })?;
            if placed.is_some() {
                return Ok(placed);
            }
        }
        Ok(None)
    }

    fn one(&self, tx: &mut Tx<'_>, next: &Then, when: When) -> Result<Booking> {
        let extras = Extras { addons: next.addons.clone(), perk: None, ..self.wish.extras.clone() };
        let question = Question {
            service: next.service,
            minutes: next.minutes,
            when,
            room: next.room,
            technician: next.technician,
            party: None,
            ..Question::of(self.wish, self.owner)
        };
        self.place.one(tx, question, &extras, Some(self.visit))
    }
}
