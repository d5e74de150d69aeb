//! Visits of several services (F10): back to back, in one transaction, with small gaps where the rooms need them.

use booking_rules::{Booking, BookingRequest, Extras, FurtherService, When, settings::GAP};
use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, Result, Tx};
use scheduling::MINUTES;

use crate::booking::place::{Placement, Placer};
use crate::search::lookup::window;
use crate::search::resolved::{ResolvedRequest, SlotRequest};
use crate::search::slot::ALTERNATIVES;
use crate::store;
use people::Actor;

/// Places a booking request with its following services, all or none.
///
/// # Errors
/// Returns the refusal of the first service that fits nowhere, with other starts at which the whole visit fits.
pub(crate) fn whole(
    tx: &mut Tx<'_>,
    place: &Placer<'_>,
    resolved: &BookingRequest,
    owner: Option<Id>,
) -> Result<Booking> {
    let mut refusal = None;
    if let Some(first) = attempt(tx, place, resolved, owner, &mut refusal)? {
        return Ok(first);
    }
    let Some(Error::Refused(refusal, mut details)) = refusal else { return Err(Error::NotFound) };
    if details.get(ALTERNATIVES).is_some() {
        let request =
            ResolvedRequest::understand(tx, place.catalogue, place.window, SlotRequest::of(resolved, owner))?;
        let near = match request.lost(tx, refusal)? {
            Error::Refused(_, near) => near.get(ALTERNATIVES).cloned(),
            _ => None,
        };
        let mut starts = Vec::new();
        for slot in near.into_iter().flatten() {
            if fits(tx, place, resolved, owner, slot.start)? {
                starts.push(slot);
            }
        }
        details.insert(ALTERNATIVES, starts);
    }
    Err(Error::Refused(refusal, details))
}

/// Returns whether the whole visit fits at another start. Everything is rolled back.
fn fits(
    tx: &mut Tx<'_>,
    place: &Placer<'_>,
    resolved: &BookingRequest,
    owner: Option<Id>,
    start: Timestamp,
) -> Result<bool> {
    let resolved = BookingRequest { when: When::Moment(start), ..resolved.clone() };
    let mut is_placed = false;
    tx.attempt(|tx| {
        is_placed = attempt(tx, place, &resolved, owner, &mut None)?.is_some();
        Ok(None::<()>)
    })?;
    Ok(is_placed)
}

/// Places the visit. If it is refused, stores the refusal in `why` and rolls everything back.
fn attempt(
    tx: &mut Tx<'_>,
    place: &Placer<'_>,
    resolved: &BookingRequest,
    owner: Option<Id>,
    why: &mut Option<Error>,
) -> Result<Option<Booking>> {
    let all = |tx: &mut Tx<'_>| {
        let first = place.one(tx, SlotRequest::of(resolved, owner), &resolved.extras, None)?;
        follow(tx, place, resolved, &first)?;
        Ok(first)
    };
    tx.attempt(|tx| match all(tx) {
        Ok(first) => Ok(Some(first)),
        Err(error @ Error::Refused(..)) => {
            *why = Some(error);
            Ok(None)
        }
        Err(error) => Err(error),
    })
}

/// Places the services that follow a booking. If a later service does not fit, earlier ones are tried with longer
/// gaps.
///
/// # Errors
/// Returns the refusal of the first service that fits nowhere.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    place: &Placer<'_>,
    resolved: &BookingRequest,
    first: &Booking,
) -> Result<()> {
    let visit = first.group.visit.unwrap_or(first.id);
    store::set_visit(tx, first.id, Some(visit))?;
    let course = Course { place, resolved, visit, owner: first.person };
    let mut refusal = None;
    let placed = tx.attempt(|tx| course.from(tx, &resolved.then, first, &mut refusal))?;
    match (placed, refusal) {
        (Some(()), _) => Ok(()),
        (None, Some(refusal)) => Err(refusal),
        (None, None) => Err(Error::NotFound),
    }
}

struct Course<'c> {
    place: &'c Placer<'c>,
    resolved: &'c BookingRequest,
    visit: Id,
    owner: Option<Id>,
}

impl Course<'_> {
    /// Places the first service of `rest` after `before`, and then the others. Returns `None` if there is no way.
    fn from(
        &self,
        tx: &mut Tx<'_>,
        rest: &[FurtherService],
        before: &Booking,
        refusal: &mut Option<Error>,
    ) -> Result<Option<()>> {
        let Some((next, others)) = rest.split_first() else { return Ok(Some(())) };
        for gap in 0..=self.place.catalogue.setting(GAP) / MINUTES {
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

    fn one(&self, tx: &mut Tx<'_>, next: &FurtherService, when: When) -> Result<Booking> {
        let extras = Extras { addons: next.addons.clone(), benefit: None, ..self.resolved.extras.clone() };
        let slot_request = SlotRequest {
            service: next.service,
            minutes: next.minutes,
            when,
            room: next.room,
            technician: next.technician,
            party: None,
            ..SlotRequest::of(self.resolved, self.owner)
        };
        self.place.one(tx, slot_request, &extras, Some(self.visit))
    }
}

/// Places a booking request with its following services.
pub(crate) fn place_visit(
    tx: &mut Tx<'_>,
    by: &Actor,
    resolved: &BookingRequest,
    owner: Option<Id>,
    placement: &Placement,
) -> Result<Booking> {
    // Upcoming bookings are counted (F7), so two bookings of the same person must wait for each other.
    owner.map_or(Ok(()), |owner| tx.lock_person(owner))?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, by, owner)?;
    let place = Placer { by, catalogue: &catalogue, window: &window, placement };
    if resolved.then.is_empty() {
        return place.one(tx, SlotRequest::of(resolved, owner), &resolved.extras, None);
    }
    whole(tx, &place, resolved, owner)
}
