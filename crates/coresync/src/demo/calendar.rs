//! The bookings of the demonstration club: six weeks in the past and three weeks ahead. Each is placed at a time that
//! the free-time engine offers, so that the bookings are realistic. Every upcoming day keeps free times in each part of
//! the day.

use std::collections::HashMap;

use bookings::{Candidates, Cell, Days, Demand, Field, ImportedBooking, Offer, Offers, Status, begin, cells};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use kit::{Fault, Id, Result, Tx};
use membership::Entitlements;

use super::club::Cast;
use super::rng::Rng;
use super::script::Script;

const WEEKS_BEHIND: i64 = 6;
const WEEKS_AHEAD: i64 = 3;
/// The seed of the demonstration club. Its value is arbitrary.
const SEED: u64 = 20_251_008;

/// Fills the calendar, and returns the number of bookings.
pub(super) fn fill(tx: &mut Tx<'_>, script: &Script, cast: &Cast) -> Result<usize> {
    let catalogue = catalogue::current(tx)?;
    let mut entitlements_of = HashMap::new();
    for guest in cast.guests.iter().chain(cast.accounts.values()) {
        entitlements_of.insert(*guest, membership::entitlements(tx, catalogue.club.id, *guest)?);
    }
    let today = tx.now().to_zoned(catalogue.club.zone.clone()).date();
    let mut filler = CalendarFiller {
        catalogue: &catalogue,
        script,
        cast,
        entitlements_of,
        rng: Rng::new(SEED),
        count: 0,
    };
    for ahead in -7 * WEEKS_BEHIND..=7 * WEEKS_AHEAD {
        let day = today.checked_add(ahead.days()).map_err(Fault::because)?;
        filler.fill_day(tx, day, ahead)?;
    }
    Ok(filler.count)
}

/// The state while the calendar is filled.
struct CalendarFiller<'h> {
    catalogue: &'h Catalogue,
    script: &'h Script,
    cast: &'h Cast,
    entitlements_of: HashMap<Id, Entitlements>,
    rng: Rng,
    count: usize,
}

/// The claims of the day that is being filled, by resource.
#[derive(Default)]
struct Page {
    spans: HashMap<Id, Vec<(Cell, Cell)>>,
}

impl Page {
    fn is_free(&self, id: Id, from: Cell, to: Cell) -> bool {
        self.spans.get(&id).is_none_or(|spans| spans.iter().all(|(a, b)| *b <= from || to <= *a))
    }

    fn claim(&mut self, claims: &[(Id, Cell, Cell)]) {
        for (id, from, to) in claims {
            self.spans.entry(*id).or_default().push((*from, *to));
        }
    }

    /// Removes the claims that were added last.
    fn free(&mut self, claims: &[(Id, Cell, Cell)]) {
        for (id, ..) in claims {
            self.spans.entry(*id).or_default().pop();
        }
    }
}

impl CalendarFiller<'_> {
    fn fill_day(&mut self, tx: &mut Tx<'_>, day: Date, ahead: i64) -> Result<()> {
        let mut page = Page::default();
        // Past days were full. The further ahead a day is, the fewer bookings it has yet.
        let attempts = match ahead {
            ..0 => 90,
            0..=7 => 70,
            8..=14 => 40,
            _ => 24,
        };
        self.visit_of_accounts(tx, &mut page, day, ahead)?;
        for _ in 0..attempts {
            let services: Vec<&Service> = self.catalogue.services.iter().collect();
            let Some(service) = self.rng.pick(&services).copied() else { return Ok(()) };
            let guest = self.rng.pick(&self.cast.guests).copied();
            self.place(tx, &mut page, service, guest, day, ahead)?;
        }
        Ok(())
    }

    /// Adds the visits of the demonstration accounts: each was here before, and the members come again.
    fn visit_of_accounts(&mut self, tx: &mut Tx<'_>, page: &mut Page, day: Date, ahead: i64) -> Result<()> {
        let visits = match ahead {
            -33 => &["premium", "unlimited"][..],
            -19 => &["guest", "base", "unlimited"],
            -8 => &["base", "premium", "unlimited"],
            4 => &["premium", "unlimited"],
            8 => &["base"],
            _ => &[],
        };
        for name in visits {
            let slug = if self.rng.percent(50) { "signature-massage" } else { "essential-facial" };
            let service = self.catalogue.service_by_slug(slug).or(self.catalogue.services.first());
            let guest = self.cast.accounts.get(name).copied();
            if let (Some(service), Some(guest)) = (service, guest) {
                self.place(tx, page, service, Some(guest), day, ahead)?;
            }
        }
        Ok(())
    }

    /// Books one visit, if there is a time that leaves enough free times.
    fn place(
        &mut self,
        tx: &mut Tx<'_>,
        page: &mut Page,
        service: &Service,
        guest: Option<Id>,
        day: Date,
        ahead: i64,
    ) -> Result<()> {
        let Some(guest) = guest.filter(|guest| may_have(service, self.entitlements_of.get(guest))) else {
            return Ok(());
        };
        let candidates = Candidates::of(self.catalogue, service, service.party, None, None, None);
        let field = self.field(page, &candidates, day)?;
        let demand = Demand::of(service, service.minutes);
        let offers = Offers::find(demand, &field).all(Cell::MIN);
        let Some(offer) = self.rng.pick(&offers) else { return Ok(()) };
        if !page.is_free(guest, offer.start, offer.start + demand.duration) {
            return Ok(());
        }
        let imported = self.imported(service, guest, offer, ahead);
        let claims = self.claims(service, &imported, guest);
        let before = if ahead >= 0 { self.parts(page, service, day)? } else { Vec::new() };
        page.claim(&claims);
        let after = if ahead >= 0 { self.parts(page, service, day)? } else { Vec::new() };
        if before.iter().zip(&after).any(|(before, after)| *before && !*after) {
            page.free(&claims);
            return Ok(());
        }
        // The turnover of one night's last booking may overlap the next day's first booking.
        match bookings::import_booking(
            tx,
            self.catalogue,
            &ImportedBooking { created_at: self.made_at(tx, offer.start), ..imported },
        ) {
            Ok(_) => self.count += 1,
            Err(error) if error.code() == Some("taken") => page.free(&claims),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Returns the resources that a booking claims, with their cells: the room, the technicians, the equipment, and the
    /// guest.
    fn claims(&self, service: &Service, imported: &ImportedBooking, guest: Id) -> Vec<(Id, Cell, Cell)> {
        let Demand { setup, duration, turnover, .. } = Demand::of(service, service.minutes);
        let (start, end) = (imported.start, imported.start + duration);
        let mut claims = vec![(imported.room, start - setup, end + turnover), (guest, start, end)];
        for id in &imported.technicians {
            let pad = self.catalogue.technician(*id).map_or(0, |technician| technician.pad);
            claims.push((*id, start, end + cells(pad)));
        }
        let piece =
            imported.equipment.and_then(|id| self.catalogue.equipment.iter().find(|piece| piece.id == id));
        claims.extend(piece.map(|piece| (piece.id, start, end + cells(piece.reset))));
        claims
    }

    /// Returns, for each service that shares a resource with this one and for each part of the day, whether a time is
    /// free.
    fn parts(&self, page: &Page, like: &Service, day: Date) -> Result<Vec<bool>> {
        let zone = &self.catalogue.club.zone;
        let mut parts = Vec::new();
        for service in self.catalogue.services.iter().filter(|service| shares(service, like)) {
            let candidates = Candidates::of(self.catalogue, service, service.party, None, None, None);
            let field = self.field(page, &candidates, day)?;
            let mut free = [false; 3];
            for offer in Offers::find(Demand::of(service, service.minutes), &field).all(Cell::MIN) {
                let hour = begin(offer.start).to_zoned(zone.clone()).hour();
                free[usize::from(hour >= 12 || offer.date != day) + usize::from(hour >= 17)] = true;
            }
            parts.extend(free);
        }
        Ok(parts)
    }

    fn imported(&mut self, service: &Service, guest: Id, offer: &Offer, ahead: i64) -> ImportedBooking {
        let needed = usize::try_from(service.technicians).unwrap_or(0);
        let status = match ahead {
            0.. => Status::Confirmed,
            _ if self.rng.percent(3) => Status::NoShow,
            _ => Status::Completed,
        };
        let addons = self.rng.pick(&service.addons).copied().filter(|_| self.rng.percent(30));
        let request = self.rng.pick(&self.script.requests).cloned().filter(|_| self.rng.percent(25));
        let allergies = self.rng.pick(&self.script.allergies).cloned().filter(|_| self.rng.percent(8));
        ImportedBooking {
            person: Some(guest),
            entitlements: self.entitlements_of.get(&guest).cloned().unwrap_or_default(),
            service: service.id,
            room: offer.rooms.first().map_or(Id(0), |(room, _)| *room),
            technicians: offer.technicians.iter().copied().take(needed).collect(),
            equipment: offer.equipment.first().copied().filter(|_| !service.equipment.is_empty()),
            day: offer.date,
            start: offer.start,
            status,
            created_at: begin(offer.start),
            special_requests: request,
            allergies,
            addons: addons.into_iter().collect(),
        }
    }

    /// Returns when the booking was made: a few hours to six days before the visit, and at least 90 minutes ago.
    fn made_at(&mut self, tx: &Tx<'_>, start: Cell) -> jiff::Timestamp {
        let before =
            SignedDuration::from_mins(60 * 3 + i64::try_from(self.rng.below(60 * 24 * 6)).unwrap_or(0));
        let latest = tx.now() - SignedDuration::from_mins(90);
        (begin(start) - before).min(latest)
    }

    fn field(&self, page: &Page, candidates: &Candidates<'_>, day: Date) -> Result<Field> {
        let days = Days::new(&self.catalogue.club.zone, day, day)?;
        Field::of(self.catalogue, candidates, days, &page.spans)
    }
}

/// Returns whether two services compete for a resource.
fn shares(one: &Service, other: &Service) -> bool {
    let common = |a: &[Id], b: &[Id]| a.iter().any(|id| b.contains(id));
    one.technicians > 0 && other.technicians > 0
        || common(&one.rooms, &other.rooms)
        || common(&one.equipment, &other.equipment)
}

/// Returns whether the guest may book the service: a members-only service needs a plan.
fn may_have(service: &Service, entitlements: Option<&Entitlements>) -> bool {
    !service.member_only || entitlements.is_some_and(|entitlements| entitlements.plan().is_some())
}
