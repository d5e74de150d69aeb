//! A booking request resolved to its service, its cells, and the resources that could serve.

use booking_rules::{BookingRequest, Rules, When, Window, release_mask, rules};
use catalogue::{Catalogue, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Fault, Fields, Id, Result, Tx};
use scheduling::{
    BlockKind, Candidates, Cell, Days, Demand, Field, LONGEST, Offers, Requirement, begin, cell_at, cells,
    field_with_blocks_of, field_without, has_blocks, is_within, moments,
};

use crate::search::lookup::{service, sold_minutes};
use crate::search::moving::Moving;

/// The part of a booking request that concerns the calendars.
#[derive(Debug, Clone)]
pub(crate) struct SlotRequest {
    pub(crate) service: Id,
    pub(crate) minutes: Option<i64>,
    pub(crate) when: When,
    pub(crate) room: Option<Id>,
    pub(crate) technician: Option<Id>,
    pub(crate) party: Option<i64>,
    /// The person who will own the booking.
    pub(crate) owner: Option<Id>,
    /// The people who would be present and cannot be elsewhere at that time (F6).
    pub(crate) people: Vec<Id>,
    /// The booking that is rescheduled. Its claims do not count, and its room and technicians are kept if possible.
    pub(crate) moving: Option<Moving>,
}

impl SlotRequest {
    /// Returns the slot request of the first service of a booking request.
    pub(crate) fn of(booking_request: &BookingRequest, owner: Option<Id>) -> SlotRequest {
        let guest = owner.filter(|_| booking_request.extras.guest_name.is_none());
        let mut people: Vec<Id> = guest.into_iter().chain(booking_request.companion).collect();
        people.dedup();
        SlotRequest {
            service: booking_request.service,
            minutes: booking_request.minutes,
            when: booking_request.when,
            room: booking_request.room,
            technician: booking_request.technician,
            party: booking_request.party,
            owner,
            people,
            moving: None,
        }
    }
}

impl SlotRequest {
    /// Returns the companion, if the club knows the person.
    pub(crate) fn companion(&self) -> Option<Id> {
        self.people.iter().copied().find(|person| Some(*person) != self.owner)
    }
}

/// A slot request with everything it refers to looked up and checked.
pub(crate) struct ResolvedRequest<'r> {
    pub(crate) catalogue: &'r Catalogue,
    pub(crate) service: &'r Service,
    /// The length of the guest's time in minutes.
    pub(crate) minutes: i64,
    /// The resources that could serve one person, regardless of the requested technician.
    pub(crate) unfiltered: Candidates<'r>,
    pub(crate) candidates: Candidates<'r>,
    pub(crate) window: &'r Window,
    pub(crate) rules: Rules,
    pub(crate) start: Cell,
    pub(crate) day: Date,
    pub(crate) party: i64,
    pub(crate) slot_request: SlotRequest,
}

impl<'r> ResolvedRequest<'r> {
    /// Resolves a slot request.
    ///
    /// # Errors
    /// Returns `Error::Invalid` for an unknown service or technician, a room that does not serve the service, a time
    /// that the clock skips or repeats, a start that is not at a multiple of five minutes, or a length that is not
    /// sold.
    pub(crate) fn understand(
        tx: &mut Tx<'_>,
        catalogue: &'r Catalogue,
        window: &'r Window,
        slot_request: SlotRequest,
    ) -> Result<ResolvedRequest<'r>> {
        let service = service(catalogue, slot_request.service)?;
        let minutes = sold_minutes(service, slot_request.minutes)?;
        check_named(catalogue, service, &slot_request)?;
        let party = slot_request.party.unwrap_or(service.party);
        let (room, technician) = (slot_request.room, slot_request.technician);
        let unfiltered = Candidates::of(catalogue, service, 1, room, None, None);
        let (start, days) = resolve(catalogue, &unfiltered, minutes, slot_request.when)?;
        let day = *days.first().ok_or_else(|| Fault::because("a start has a day"))?;
        let candidates = Candidates::of(catalogue, service, party, room, technician, None);
        let rules = rules(tx, catalogue.club.id, (start - LONGEST, start + LONGEST))?;
        let mut request = ResolvedRequest {
            catalogue,
            service,
            minutes,
            unfiltered,
            candidates,
            window,
            rules,
            start,
            day,
            party,
            slot_request,
        };
        // If rooms have different hours, a start may be in the night of one room and in the morning of another.
        if days.len() > 1 {
            for one in days {
                request.day = one;
                let field = request.field(tx)?;
                if Offers::find(request.demand(), &field).at(start).is_some() {
                    return Ok(request);
                }
            }
            request.day = day;
        }
        Ok(request)
    }

    /// Returns the requested day.
    pub(crate) fn days(&self) -> Result<Days> {
        Days::new(&self.catalogue.club.zone, self.day, self.day)
    }

    /// Returns what the request needs from the calendars.
    pub(crate) fn demand(&self) -> Demand {
        Demand::of(self.service, self.minutes)
    }

    /// Returns what must be claimed for the request.
    pub(crate) fn requirement(&self) -> Requirement<'_> {
        let SlotRequest { technician: named, people, .. } = &self.slot_request;
        Requirement { demand: self.demand(), start: self.start, named: *named, people }
    }

    /// Returns the calendars and release masks that the request needs.
    pub(crate) fn field(&self, tx: &mut Tx<'_>) -> Result<Field> {
        let days = self.days()?;
        let moving = self.slot_request.moving.as_ref();
        let without = moving.map(|moving| moving.booking);
        let mut field = field_without(tx, self.catalogue, &self.candidates, days, without)?;
        field.preferred = moving.map(|moving| moving.preferred.clone()).unwrap_or_default();
        release_mask(&mut field, self.catalogue, &self.rules, self.service.id, self.window.requester());
        Ok(field)
    }

    /// Returns the kinds of blocks that prevent a start that would otherwise be free: each kind that prevents it
    /// alone or, if none does, each kind without which it would be free.
    pub(crate) fn blocking(&self, tx: &mut Tx<'_>) -> Result<Vec<BlockKind>> {
        let days = self.days()?;
        if !has_blocks(tx, days.reach())? {
            return Ok(Vec::new());
        }
        let mut fits = |kinds: &[BlockKind]| -> Result<bool> {
            let without = self.slot_request.moving.as_ref().map(|moving| moving.booking);
            let mut field =
                field_with_blocks_of(tx, self.catalogue, &self.candidates, days.clone(), without, kinds)?;
            release_mask(&mut field, self.catalogue, &self.rules, self.service.id, self.window.requester());
            Ok(Offers::find(self.demand(), &field).at(self.start).is_some())
        };
        if !fits(&[])? {
            return Ok(Vec::new());
        }
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        for kind in BlockKind::ALL {
            if !fits(&[kind])? {
                alone.push(kind);
            }
            let others: Vec<BlockKind> = BlockKind::ALL.into_iter().filter(|one| *one != kind).collect();
            if fits(&others)? {
                together.push(kind);
            }
        }
        let all = fits(&BlockKind::ALL)?;
        Ok(match (all, alone.is_empty(), together.is_empty()) {
            (true, ..) => Vec::new(),
            (_, false, _) => alone,
            (_, _, false) => together,
            _ => vec![BlockKind::Room],
        })
    }

    /// Returns the earliest permitted start.
    pub(crate) fn earliest(&self) -> Timestamp {
        if self.slot_request.moving.is_some() { self.window.earliest_move() } else { self.window.earliest() }
    }

    /// Returns when the guest's time begins.
    pub(crate) fn starts_at(&self) -> Timestamp {
        begin(self.start)
    }

    /// Returns the cell after the guest's time.
    pub(crate) fn end(&self) -> Cell {
        self.start + cells(self.minutes)
    }
}

fn check_named(catalogue: &Catalogue, service: &Service, slot_request: &SlotRequest) -> Result<()> {
    if slot_request.room.is_some_and(|room| !service.rooms.contains(&room)) {
        return Err(Fields::one("room_id", "This service isn’t offered in that room."));
    }
    let named = slot_request.technician.map(|id| catalogue.technician(id).filter(|one| one.active));
    if matches!(named, Some(None)) {
        return Err(Fields::one("technician_id", "We couldn’t find that person."));
    }
    Ok(())
}

/// Returns the requested cell and its operating days. If rooms have different hours, there may be several days, the
/// earlier first. `00:15` on Friday is the first quarter of an hour of Saturday if a room is open that long.
fn resolve(
    catalogue: &Catalogue,
    candidates: &Candidates<'_>,
    minutes: i64,
    when: When,
) -> Result<(Cell, Vec<Date>)> {
    let zone = &catalogue.club.zone;
    let (first, meant, is_skipped) = match when {
        When::Moment(moment) => (moment.to_zoned(zone.clone()).date(), vec![moment], false),
        When::Civil(date, time) => {
            let next = date.tomorrow().map_err(Fault::because)?;
            let (mut meant, after) =
                (moments(zone, date.to_datetime(time)), moments(zone, next.to_datetime(time)));
            let is_skipped = meant.is_empty() || after.is_empty();
            meant.extend(after);
            (date, meant, is_skipped)
        }
    };
    let field = if matches!(when, When::Civil(..)) { "start_time" } else { "starts_at" };
    if meant.iter().any(|moment| begin(cell_at(*moment)) != *moment) {
        return Err(Fields::one(field, "Start times must be on a five-minute mark."));
    }
    let days = match when {
        When::Moment(_) => Days::new(zone, first.yesterday().map_err(Fault::because)?, first)?,
        When::Civil(..) => Days::new(zone, first, first)?,
    };
    let wider = days.wider()?;
    let hosted = |moment: &Timestamp| {
        let start = cell_at(*moment);
        let mut hosts: Vec<Date> = Vec::new();
        for room in &candidates.rooms {
            if is_within(&wider.pieces(&room.hours), (start, start + cells(minutes))) {
                let open = days.open(&room.hours);
                let hosting = open.iter().filter(|open| open.has(start));
                hosts.extend(hosting.filter_map(|open| days.get(open.day)).map(|day| day.date));
            }
        }
        hosts.sort_unstable();
        hosts.dedup();
        (!hosts.is_empty()).then_some((start, hosts))
    };
    let mut open: Vec<(Cell, Vec<Date>)> = meant.iter().filter_map(hosted).collect();
    match (open.len(), meant.first()) {
        (1, _) => Ok(open.remove(0)),
        (0, Some(moment)) if !is_skipped => Ok((cell_at(*moment), vec![first])),
        (0, _) => Err(Fields::one(
            field,
            "That time doesn’t exist that night (clocks spring forward). Send starts_at.",
        )),
        _ => {
            Err(Fields::one(field, "That time happens twice that night (clocks fall back). Send starts_at."))
        }
    }
}
