//! Booking: from a wish to a claimed time. One transaction; nobody else can have the same room, technician,
//! equipment or guest, because the key of `claims` says so.

use catalogue::{Catalogue, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::jobs::Job;
use kit::{Cents, Error, Fault, Fields, Id, Result, Tx, numbers};
use money::{Bill, Subject};
use people::{Action, Actor};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::busy::{Candidates, field};
use crate::cells::{Cell, begin, cell_at, cell_from, cells};
use crate::days::{Days, moments};
use crate::free::{Busy, Demand, Factors, Field, LONGEST, Offer, Offers};
use crate::model::{
    AddonWish, Booking, CAPACITY, MAINTENANCE, ROOM_CLOSED, SAME_PERSON, SKILL, Status, TAKEN,
    TECHNICIAN_OFF, TOO_LATE, When, Wish,
};
use crate::policy::Policy;
use crate::price::price_for;
use crate::release::gate;
use crate::rules::{Rules, rules};
use crate::search::{Answer, admit_to_service, nearest, service, terms_at, window};
use crate::store::{self, Kind};
use crate::window::Window;
use crate::wire;

/// Somebody is to be told that a booking stands.
#[derive(Debug, Serialize, Deserialize)]
pub struct Booked {
    /// Which.
    pub booking: Id,
}

impl Job for Booked {
    const KIND: &'static str = "bookings.booked";
}

/// How many other times a refusal names.
const ALTERNATIVES: usize = 6;

/// Books. A wish without room or technician tries the next candidate before it is refused (H5).
///
/// # Errors
/// `outside_window`, `too_late`, `plan_required`, `taken` and its kin with alternatives, `same_person`;
/// `Error::Invalid` for what makes no sense; `Error::Unauthorized` for visitors.
pub fn book(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<Booking> {
    let guest = guest(by, wish)?;
    let catalogue = catalogue::current(tx)?;
    let service = service(&catalogue, wish.service)?;
    let window = window(tx, &catalogue, by, guest)?;
    let (start, day) = resolve(
        &catalogue,
        &Candidates::of(&catalogue, service, 1, wish.room, None, None),
        service,
        wish.when,
    )?;
    window.admit(day)?;
    admit_to_service(tx, &catalogue, service, &window)?;
    let party = party(service, wish)?;
    let candidates = candidates(&catalogue, service, wish, party)?;
    if begin(start) < window.earliest() {
        return Err(Error::refused(&TOO_LATE));
    }
    let around = (start - LONGEST, start + LONGEST);
    let rules = rules(tx, catalogue.club.id, around)?;
    let request =
        Request { catalogue: &catalogue, service, candidates, window: &window, rules, start, day, party };
    let found = request.look(tx)?;
    let sold = sold_addons(&catalogue, service, &wish.addons)?;
    let id = tx.new_id()?;
    let Some(taken) = take(tx, &request, wish, found, id, guest)? else {
        return Err(request.refusal(tx, &TAKEN)?);
    };
    write(tx, by, wish, &request, &taken, &sold, Draft { id, person: guest })
}

/// Whose account a booking is made for: one's own, or, by staff, another's or nobody's.
fn guest(by: &Actor, wish: &Wish) -> Result<Option<Id>> {
    let own = by.person()?.id;
    let for_others = by.may(Action::BookForOthers);
    match wish.person {
        Some(person) if for_others || person == own => Ok(Some(person)),
        Some(_) => Err(Error::Forbidden),
        None if for_others && wish.guest_name.is_some() => Ok(None),
        None => Ok(Some(own)),
    }
}

fn party(service: &Service, wish: &Wish) -> Result<i64> {
    let party = wish.party.unwrap_or(service.party);
    if party > service.max_capacity {
        return Err(Error::refused(&CAPACITY).with("alternatives", json!([])));
    }
    Ok(party)
}

fn candidates<'c>(
    catalogue: &'c Catalogue,
    service: &Service,
    wish: &Wish,
    party: i64,
) -> Result<Candidates<'c>> {
    if let Some(room) = wish.room
        && !service.rooms.contains(&room)
    {
        return Err(Fields::one("room_id", "This room does not serve this."));
    }
    if let Some(technician) = wish.technician {
        let named = catalogue.technician(technician).filter(|technician| technician.active);
        let named = named.ok_or_else(|| Fields::one("technician_id", "There is no such technician."))?;
        if !named.skills.contains(&service.skill) {
            return Err(Error::refused(&SKILL).with("alternatives", json!([])));
        }
    }
    let candidates = Candidates::of(catalogue, service, party, wish.room, wish.technician, None);
    if candidates.rooms.is_empty() {
        return Err(Error::refused(&CAPACITY).with("alternatives", json!([])));
    }
    Ok(candidates)
}

/// The cell that is meant, and its operating day. `00:15` on Friday is Saturday's first quarter, if a room is
/// open that long.
fn resolve(
    catalogue: &Catalogue,
    candidates: &Candidates<'_>,
    service: &Service,
    when: When,
) -> Result<(Cell, Date)> {
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
        return Err(Fields::one(field, "Times begin every five minutes."));
    }
    let days = match when {
        When::Moment(_) => Days::new(zone, first.yesterday().map_err(Fault::because)?, first)?,
        When::Civil(..) => Days::new(zone, first, first)?,
    };
    let hosted = |moment: &Timestamp| {
        let start = cell_at(*moment);
        let room = |room: &&catalogue::Room| {
            let inside =
                |open: &crate::days::Open| open.from <= start && start + cells(service.minutes) <= open.to;
            days.open(&room.hours).into_iter().find(inside)
        };
        let open = candidates.rooms.iter().find_map(room)?;
        Some((start, days.iter().nth(open.day)?.date))
    };
    let open: Vec<(Cell, Date)> = meant.iter().filter_map(hosted).collect();
    match (open.as_slice(), meant.first()) {
        ([one], _) => Ok(*one),
        ([_, _, ..], _) => {
            Err(Fields::one(field, "The clock shows this time twice that night: send starts_at."))
        }
        ([], Some(moment)) if !is_skipped => Ok((cell_at(*moment), first)),
        ([], _) => Err(Fields::one(field, "The clock skips this time that night: send starts_at.")),
    }
}

/// A wish that has been understood.
struct Request<'r> {
    catalogue: &'r Catalogue,
    service: &'r Service,
    candidates: Candidates<'r>,
    window: &'r Window,
    rules: Rules,
    start: Cell,
    day: Date,
    party: i64,
}

impl Request<'_> {
    fn demand(&self) -> Demand {
        Demand::of(self.service)
    }

    fn field(&self, tx: &mut Tx<'_>) -> Result<Field> {
        let days = Days::new(&self.catalogue.club.zone, self.day, self.day)?;
        let mut field = field(tx, self.catalogue, &self.candidates, days)?;
        let (catalogue, service) = (self.catalogue, self.service.id);
        gate(&mut field, catalogue, &self.rules, service, self.window.asker());
        Ok(field)
    }

    /// Why rules or hands refuse the start, if nothing else does, and when it opens.
    fn kept(&self, field: &Field) -> Option<Error> {
        let mut open = field.clone();
        open.rooms.iter_mut().for_each(|room| room.gate.closed = None);
        let offer = Offers::find(self.demand(), &open).at(self.start)?;
        let refused = |(room, _): &(Id, Factors)| {
            let Request { catalogue, service, window, day, start, .. } = *self;
            let terms = terms_at(catalogue, window, &self.rules, service.id, *room, day, start);
            let asker = window.asker();
            (terms.refused(asker.tier, asker.now), terms.blocked)
        };
        // Of several rooms, the one that opens first.
        let reasons: Vec<_> = offer.rooms.iter().map(refused).collect();
        let first = reasons
            .iter()
            .filter(|(_, blocked)| !blocked)
            .filter_map(|(kept, _)| *kept)
            .min_by_key(|(_, at)| *at);
        Some(match first {
            Some((refusal, opens_at)) => {
                Error::refused(refusal).with("opens_at", self.window.shown(opens_at))
            }
            None => Error::refused(&MAINTENANCE).with("alternatives", json!([])),
        })
    }

    /// The offer at the wished start.
    fn look(&self, tx: &mut Tx<'_>) -> Result<Offer> {
        let field = self.field(tx)?;
        match Offers::find(self.demand(), &field).at(self.start) {
            Some(offer) => Ok(offer),
            None => Err(match self.kept(&field) {
                Some(kept) => kept,
                None => self.refused(tx, &field, self.reason(&field))?,
            }),
        }
    }

    /// The first reason why nothing fits (the table of refusals, in its order).
    fn reason(&self, field: &Field) -> &'static kit::Refusal {
        let mut empty = field.clone();
        empty.rooms.iter_mut().for_each(|room| room.gate.closed = None);
        let tracks = empty.rooms.iter_mut().chain(&mut empty.technicians).chain(&mut empty.equipment);
        tracks.for_each(|track| track.busy = Busy::new(track.busy.units, Vec::new(), field.reach));
        if Offers::find(self.demand(), &empty).at(self.start).is_some() {
            return &TAKEN;
        }
        empty.named = None;
        let without = Demand { technicians: 0, ..self.demand() };
        if Offers::find(without, &empty).at(self.start).is_some() { &TECHNICIAN_OFF } else { &ROOM_CLOSED }
    }

    /// A refusal with the nearest other times of the day, as things stand now.
    fn refusal(&self, tx: &mut Tx<'_>, refusal: &'static kit::Refusal) -> Result<Error> {
        let field = self.field(tx)?;
        self.refused(tx, &field, refusal)
    }

    fn refused(&self, tx: &mut Tx<'_>, field: &Field, refusal: &'static kit::Refusal) -> Result<Error> {
        let earliest = cell_from(self.window.earliest());
        let offers = Offers::find(self.demand(), field).all(earliest);
        let answer = Answer {
            catalogue: catalogue::current(tx)?,
            service: self.service.id,
            window: self.window.clone(),
            rules: self.rules.clone(),
            needs_plan: false,
            span: (self.day, self.day),
            days: Vec::new(),
            offers: nearest(offers, self.start, ALTERNATIVES),
        };
        let alternatives = serde_json::to_value(wire::slots(&answer)).map_err(Fault::because)?;
        Ok(Error::refused(refusal).with("alternatives", alternatives))
    }
}

/// What a booking has got.
struct Taken {
    room: Id,
    factors: Factors,
    /// Every resource with its kind and its cells.
    allocations: Vec<(Id, Kind, Cell, Cell)>,
}

/// Claims the best candidates; where one has just gone, the next. `None` when nothing is left.
fn take(
    tx: &mut Tx<'_>,
    request: &Request<'_>,
    wish: &Wish,
    found: Offer,
    booking: Id,
    person: Option<Id>,
) -> Result<Option<Taken>> {
    let demand = request.demand();
    let (start, end) = (request.start, request.start + demand.duration);
    let Offer { mut rooms, mut technicians, mut equipment, .. } = found;
    loop {
        let Some(&(room, factors)) = rooms.first() else { return Ok(None) };
        if technicians.len() < demand.technicians || (demand.equipment && equipment.is_empty()) {
            return Ok(None);
        }
        let mut wanted = vec![(room, Kind::Room, start - demand.setup, end + demand.turnover)];
        for id in technicians.iter().take(demand.technicians) {
            let pad = request.catalogue.technician(*id).map_or(0, |technician| technician.pad);
            wanted.push((*id, Kind::Technician, start, end + cells(pad)));
        }
        if let Some(id) = equipment.first().filter(|_| demand.equipment) {
            let piece = request.candidates.equipment.iter().find(|piece| piece.id == *id);
            wanted.push((*id, Kind::Equipment, start, end + cells(piece.map_or(0, |piece| piece.reset))));
        }
        if let Some(person) = person.filter(|_| wish.guest_name.is_none()) {
            wanted.push((person, Kind::Person, start, end));
        }
        wanted.sort_unstable_by_key(|(id, ..)| *id);
        match claim_all(tx, request.catalogue, booking, &wanted)? {
            None => return Ok(Some(Taken { room, factors, allocations: wanted })),
            Some((_, Kind::Person)) => return Err(Error::refused(&SAME_PERSON)),
            Some((lost, Kind::Room)) => rooms.retain(|(id, _)| *id != lost),
            Some((lost, Kind::Technician)) if wish.technician == Some(lost) => return Ok(None),
            Some((lost, Kind::Technician)) => technicians.retain(|id| *id != lost),
            Some((lost, Kind::Equipment)) => equipment.retain(|id| *id != lost),
        }
    }
}

/// Claims all, in the order of the resources, so that two bookings never wait for each other in a ring; or
/// nothing, and says which was gone.
pub(crate) fn claim_all(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    booking: Id,
    wanted: &[(Id, Kind, Cell, Cell)],
) -> Result<Option<(Id, Kind)>> {
    let mut lost = None;
    tx.attempt(|tx| {
        for (id, kind, from, to) in wanted {
            let units = catalogue.room(*id).map_or(1, |room| room.units);
            if !claim_one(tx, booking, *id, units, *from, *to)? {
                lost = Some((*id, *kind));
                return Ok(None);
            }
        }
        Ok(Some(()))
    })?;
    Ok(lost)
}

/// Claims one resource. Where it has units, another booking may have taken the lowest meanwhile: then the next.
fn claim_one(tx: &mut Tx<'_>, booking: Id, resource: Id, units: i64, from: Cell, to: Cell) -> Result<bool> {
    let all = u64::try_from(to - from).map_err(Fault::because)?;
    if units == 1 {
        return Ok(store::claim(tx, booking, resource, from, to)? == all);
    }
    for _ in 0..units {
        let got = tx.attempt(|tx| {
            let got = store::claim_unit(tx, booking, resource, units, from, to)?;
            Ok((got == all).then_some(()))
        })?;
        if got.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The add-ons as they are sold: id, name, price of one, how many, notes.
struct SoldAddon<'w> {
    wish: &'w AddonWish,
    name: String,
    unit: Cents,
}

fn sold_addons<'w>(
    catalogue: &Catalogue,
    service: &Service,
    wishes: &'w [AddonWish],
) -> Result<Vec<SoldAddon<'w>>> {
    let sold = |wish: &'w AddonWish| {
        let addon = catalogue.addons_of(service).find(|addon| addon.id == wish.id);
        let addon =
            addon.ok_or_else(|| Fields::one("addons", "This add-on does not go with this service."))?;
        Ok(SoldAddon { wish, name: addon.name.clone(), unit: addon.cents })
    };
    wishes.iter().map(sold).collect()
}

struct Draft {
    id: Id,
    person: Option<Id>,
}

fn write(
    tx: &mut Tx<'_>,
    by: &Actor,
    wish: &Wish,
    request: &Request<'_>,
    taken: &Taken,
    sold: &[SoldAddon<'_>],
    draft: Draft,
) -> Result<Booking> {
    let Request { catalogue, service, window, day, .. } = *request;
    let club = catalogue.club.id;
    let addons: Vec<_> = sold.iter().map(|sold| (sold.name.clone(), sold.unit, sold.wish.quantity)).collect();
    let standing = window.standing();
    let credit = wish.use_credit && membership::use_credit(tx, standing, day, draft.id)?;
    let quote = price_for(service, standing, day, taken.factors, &addons, credit);
    let subject = Subject { kind: SUBJECT, id: draft.id };
    let tax = money::tax_on(tx, club, &quote.lines)?;
    let booking = Booking {
        id: draft.id,
        reference: None,
        person: draft.person,
        service: service.id,
        room: taken.room,
        party: request.party,
        day,
        starts_at: begin(request.start),
        ends_at: begin(request.start + cells(service.minutes)),
        status: Status::Confirmed,
        base: quote.base(),
        addons_total: quote.addons(),
        discount: quote.discount(),
        tax,
        policy: Policy::of(standing),
        guest_name: wish.guest_name.clone(),
        guest_email: wish.guest_email.clone(),
        special_requests: wish.special_requests.clone(),
        created_at: tx.now(),
    };
    let booked_by = by.person.as_ref().map(|person| person.id);
    store::insert(tx, club, booked_by, &booking, &quote.lines, wish)?;
    for (resource, kind, from, to) in &taken.allocations {
        store::insert_allocation(tx, booking.id, *resource, *kind, *from, *to)?;
    }
    for sold in sold {
        store::insert_addon(tx, booking.id, sold.wish.id, sold.wish.quantity, &sold.wish.notes, sold.unit)?;
    }
    money::charge(tx, &Bill { subject, club, person: draft.person, lines: quote.lines })?;
    store::note(tx, booking.id, booked_by, "booked", &json!({"total": booking.total()}))?;
    tx.enqueue(&Booked { booking: booking.id }, tx.now())?;
    store::bump_versions(tx, booking.id)?;
    // Last, for the counter is locked until the commit.
    let year = booking.created_at.to_zoned(catalogue.club.zone.clone()).year();
    let reference = numbers::next(tx, "CS", club, year)?;
    store::set_reference(tx, booking.id, &reference)?;
    Ok(Booking { reference: Some(reference), ..booking })
}

/// How money knows a booking.
pub const SUBJECT: &str = "booking";
