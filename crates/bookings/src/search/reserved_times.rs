//! Times of a day that are free but that release rules reserve for others, each with the time at which it opens to
//! the person (W3). Pages show them together with the times that can be booked now.

use booking_rules::{release_mask, rules};
use jiff::Timestamp;
use kit::{Refusal, Result, Tx};
use scheduling::{Candidates, Days, Demand, Offers, begin, cell_from, cells, field_without};

use crate::search::free_times::{Search, SearchContext};
use crate::search::lookup::sold_minutes;
use crate::search::lookup::{service, terms_at};

/// A free time that is reserved for others for now.
#[derive(Debug, Clone, Copy)]
pub struct ReservedTime {
    /// When the guest's time would begin.
    pub starts_at: Timestamp,
    /// When the guest's time would end.
    pub ends_at: Timestamp,
    /// The refusal until it opens: `vip_only` or `members_only`.
    pub refusal: &'static Refusal,
    /// When it opens to the person.
    pub opens_at: Timestamp,
}

/// Returns the times of the first requested day that are free but reserved for others. Returns none for staff, and
/// none on a day that is outside the booking window, because the day itself then says when it opens.
///
/// # Errors
/// Returns `Error::Invalid` for an unknown service or a length that is not sold, and a fault if the database fails.
pub fn reserved_times(tx: &mut Tx<'_>, context: &SearchContext, query: &Search) -> Result<Vec<ReservedTime>> {
    let SearchContext { catalogue, window, moving } = context;
    let service = service(catalogue, query.service)?;
    let day = query.from.unwrap_or_else(|| window.today());
    let days = Days::new(&catalogue.club.zone, day, day)?;
    let rules = rules(tx, catalogue.club.id, days.reach())?;
    let keeps_nothing = rules.weekly.is_empty() && rules.overrides.is_empty();
    if keeps_nothing || window.is_unbounded() || window.closed(day).is_some() {
        return Ok(Vec::new());
    }
    let minutes = sold_minutes(service, query.minutes)?;
    let party = query.party.unwrap_or(service.party);
    let candidates = Candidates::of(catalogue, service, party, query.room, query.technician, None);
    let without = moving.as_ref().map(|moving| moving.booking);
    let field = field_without(tx, catalogue, &candidates, days, without)?;
    let mut gated = field.clone();
    release_mask(&mut gated, catalogue, &rules, service.id, window.requester());
    let demand = Demand::of(service, minutes);
    let (all, open) = (Offers::find(demand, &field), Offers::find(demand, &gated));
    let requester = window.requester();
    let mut found = Vec::new();
    for offer in all.all(cell_from(window.earliest())) {
        if offer.date != day || open.at(offer.start).is_some() {
            continue;
        }
        let terms = offer
            .rooms
            .iter()
            .map(|(room, _)| terms_at(catalogue, window, &rules, service.id, *room, day, offer.start));
        let reasons = terms
            .filter(|terms| !terms.blocked)
            .map(|terms| terms.refused(requester.entitlements.tier_on(day), requester.now));
        // A room that is not reserved is missing from the open offers only because something else that is needed is
        // not free.
        let Some(reasons) = reasons.collect::<Option<Vec<_>>>() else { continue };
        let Some((refusal, opens_at)) = reasons.into_iter().min_by_key(|(_, opens_at)| *opens_at) else {
            continue;
        };
        let (starts_at, ends_at) = (begin(offer.start), begin(offer.start + cells(minutes)));
        found.push(ReservedTime { starts_at, ends_at, refusal, opens_at });
    }
    Ok(found)
}
