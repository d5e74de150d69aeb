//! Free times: for a person, a service, and a range of days, the number of starts on each day and the starts.

use std::sync::Arc;

use booking_rules::{
    AddonRequest, Closed, Coverage, PriceBasis, Quote, Rules, SoldAddon, Terms, Window, quote, release_mask,
    rules,
};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use kit::web::{Input, RawInput};
use kit::{Cents, Fields, Id, Result, Tx};
use membership::Entitlements;
use money::Line;
use people::{Action, Actor};
use scheduling::{
    Candidates, Cell, DayCount, Days, Demand, Factors, Field, Offer, Offers, cell_from, field_without,
};

use crate::booking::charge::sold_addons;
use crate::search::lookup::{needs_plan, service, sold_minutes, terms_at, window};
use crate::search::moving::{Moving, window_of_move};

/// The largest number of days in one search (F8).
pub const MOST_DAYS: i64 = 90;

/// The input of a search for free times.
#[derive(Debug, Clone)]
pub struct Search {
    /// The id of the service.
    pub service: Id,
    /// The length in minutes, for services sold by time (F9).
    pub minutes: Option<i64>,
    /// The first day. Defaults to today.
    pub from: Option<Date>,
    /// The last day. Defaults to the first day.
    pub to: Option<Date>,
    /// The number of people. Defaults to the service's own party size.
    pub party: Option<i64>,
    /// The requested room, if any.
    pub room: Option<Id>,
    /// The requested kind of room, if any.
    pub room_type: Option<String>,
    /// The requested technician, if any.
    pub technician: Option<Id>,
    /// The booking that is to be rescheduled. Its time counts as free.
    pub ignoring: Option<Id>,
    /// The add-ons that the prices include. Used to find another time for an expired hold.
    pub addons: Vec<AddonRequest>,
    /// Whether a single day is searched. Its times are then returned.
    pub one_day: bool,
    /// Whether the times of several days are returned too.
    pub slots: bool,
}

impl Input for Search {
    fn parse(input: &mut RawInput) -> Search {
        let date = input.opt_date("date");
        let (from, to) = (input.opt_date("from"), input.opt_date("to"));
        if let (Some(from), Some(to)) = (from, to)
            && !(0..MOST_DAYS).contains(&i64::from((to - from).get_days()))
        {
            input.add_error("to", "Request 1 to 90 days, start date first.");
        }
        if from.is_some() != to.is_some() {
            input.add_error("to", "Send both from and to, or a single date.");
        }
        Search {
            service: input.id("service_id"),
            from: date.or(from),
            to: date.or(to),
            minutes: input.opt_number("duration", 5, 1_440),
            party: input.opt_number("party", 1, 50),
            room: input.opt_id("room_id"),
            room_type: input.opt_text_within("room_type", 50),
            technician: input.opt_id("technician_id"),
            ignoring: input.opt_id("moving"),
            addons: Vec::new(),
            one_day: date.is_some() || from.is_none(),
            slots: input.yes("slots"),
        }
    }
}

/// The result of a search for free times.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The catalogue with the service, rooms, and technicians.
    pub catalogue: Arc<Catalogue>,
    /// The id of the service.
    pub service: Id,
    /// The length of the service in minutes.
    pub minutes: i64,
    /// The booking window and entitlements of the person.
    pub window: Window,
    /// The release rules and overrides.
    pub rules: Rules,
    /// The first and the last day.
    pub span: (Date, Date),
    /// Whether the service is only for members and the person has no plan on any of the days. Then nothing is
    /// offered.
    pub needs_plan: bool,
    /// The days, each with its number of starts and lowest price, or why it is not open.
    pub days: Vec<FreeDay>,
    /// The offers, if times were requested.
    pub offers: Vec<Offer>,
    /// The booking that is to be rescheduled.
    pub(crate) moving: Option<Moving>,
    /// The add-ons that the prices include.
    pub(crate) addons: Vec<SoldAddon>,
}

/// One day of a search result.
#[derive(Debug, Clone)]
pub struct FreeDay {
    /// The number of starts, and the first and the cheapest of them.
    pub count: DayCount,
    /// The lowest price of the starts.
    pub from_price: Option<Cents>,
    /// When the day opens, if it is not open to the person yet.
    pub closed: Option<Closed>,
    /// Whether the service is only for members and the person has no plan on that day.
    pub needs_plan: bool,
}

/// The person for whom free times are searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BookingFor {
    /// The caller books for themselves.
    #[default]
    Requester,
    /// Another person. Only staff may choose this.
    Person(Id),
    /// A guest without an account. Only staff may choose this.
    Guest,
}

impl BookingFor {
    /// Returns the person who is searched for, or `None` for a visitor or a guest without an account.
    fn person(self, tx: &mut Tx<'_>, by: &Actor) -> Result<Option<Id>> {
        match self {
            BookingFor::Requester => Ok(by.id()),
            BookingFor::Person(person) if by.id() == Some(person) => Ok(Some(person)),
            BookingFor::Person(person) => {
                by.need(Action::BookForOthers)?;
                if !people::person_exists(tx, person)? {
                    return Err(Fields::one("person_id", "We couldn’t find that person."));
                }
                Ok(Some(person))
            }
            BookingFor::Guest => by.need(Action::BookForOthers).map(|()| None),
        }
    }
}

/// A search with all the data it needs.
pub(crate) struct Prepared {
    catalogue: Arc<Catalogue>,
    service: Id,
    minutes: i64,
    window: Window,
    rules: Rules,
    span: (Date, Date),
    moving: Option<Moving>,
    addons: Vec<SoldAddon>,
    field: Field,
    wants_times: bool,
}

/// The person and catalogue of a search, read once, because a page runs several searches.
#[derive(Debug, Clone)]
pub struct SearchContext {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) window: Window,
    pub(crate) moving: Option<Moving>,
}

impl SearchContext {
    /// Reads the catalogue, the entitlements of the person, and the booking that is to be rescheduled, if there is
    /// one (see [`Search::ignoring`]).
    ///
    /// # Errors
    /// Returns `Error::Forbidden` for another person unless `by` may book for others, and `Error::Invalid` for an
    /// unknown person.
    pub fn read(tx: &mut Tx<'_>, by: &Actor, whom: BookingFor, moved: Option<Id>) -> Result<SearchContext> {
        let person = whom.person(tx, by)?;
        let catalogue = catalogue::current(tx)?;
        let moving = Moving::load(tx, &catalogue, by, moved)?;
        let window = match &moving {
            Some(moving) => window_of_move(tx, &catalogue, by, moving)?,
            None => window(tx, &catalogue, by, person)?,
        };
        Ok(SearchContext { catalogue, window, moving })
    }

    /// Finds free times.
    ///
    /// # Errors
    /// Returns `Error::Invalid` for an unknown service or a length that is not sold, and a fault if the database
    /// fails.
    pub fn search(&self, tx: &mut Tx<'_>, query: &Search) -> Result<Answer> {
        prepare(tx, self, query).map(Prepared::answer)
    }
}

/// Reads all the data that a search needs.
///
/// # Errors
/// Returns `Error::Invalid` for an unknown service or a length that is not sold, and a fault if the database fails.
pub(crate) fn prepare(tx: &mut Tx<'_>, context: &SearchContext, query: &Search) -> Result<Prepared> {
    let SearchContext { catalogue, window, moving } = context.clone();
    let service = service(&catalogue, query.service)?;
    let first = query.from.unwrap_or_else(|| window.today());
    let last = query.to.unwrap_or(first);
    let party = query.party.unwrap_or(service.party);
    let kind = query.room_type.as_deref();
    let candidates = Candidates::of(&catalogue, service, party, query.room, query.technician, kind);
    let days = Days::new(&catalogue.club.zone, first, last)?;
    let rules = rules(tx, catalogue.club.id, days.reach())?;
    let minutes = sold_minutes(service, query.minutes)?;
    let without = moving.as_ref().map(|moving| moving.booking);
    let mut field = field_without(tx, &catalogue, &candidates, days, without)?;
    field.preferred = moving.as_ref().map(|moving| moving.preferred.clone()).unwrap_or_default();
    release_mask(&mut field, &catalogue, &rules, service.id, window.requester());
    // The add-ons may be those of an expired hold. If one of them is no longer sold, the prices include none.
    let addons = match &moving {
        Some(moving) => moving.addons.clone(),
        None => sold_addons(&catalogue, service, &query.addons).unwrap_or_default(),
    };
    let (service, span, wants_times) = (service.id, (first, last), query.one_day || query.slots);
    Ok(Prepared { catalogue, service, minutes, window, rules, span, moving, addons, field, wants_times })
}

/// Finds free times for the actor.
///
/// # Errors
/// Returns `Error::Invalid` for an unknown service or a length that is not sold, and a fault if the database fails.
pub fn search(tx: &mut Tx<'_>, by: &Actor, query: &Search) -> Result<Answer> {
    search_for(tx, by, query, BookingFor::Requester)
}

/// Finds free times for another person, with that person's prices and plan. Staff can book them regardless of that
/// person's booking window.
///
/// # Errors
/// Returns `Error::Forbidden` for another person unless `by` may book for others, and `Error::Invalid` for an unknown
/// service or person.
pub fn search_for(tx: &mut Tx<'_>, by: &Actor, query: &Search, whom: BookingFor) -> Result<Answer> {
    SearchContext::read(tx, by, whom, query.ignoring)?.search(tx, query)
}

impl Prepared {
    fn service(&self) -> &Service {
        self.catalogue.service(self.service).expect("it was found in the same catalogue")
    }

    /// Returns those of `starts` that would still be possible if these cells were claimed too.
    pub(crate) fn possible_beside(&self, claimed: &[(Id, Cell, Cell)], starts: &[Cell]) -> Vec<Cell> {
        let field = self.field.with_claimed(claimed);
        let found = Offers::find(Demand::of(self.service(), self.minutes), &field);
        starts.iter().copied().filter(|start| found.at(*start).is_some()).collect()
    }

    /// Returns the result of the search.
    pub(crate) fn answer(self) -> Answer {
        let service = self.service();
        let Prepared { minutes, window, moving, addons, field, .. } = &self;
        let found = Offers::find(Demand::of(service, *minutes), field);
        let earliest = if moving.is_some() { window.earliest_move() } else { window.earliest() };
        let earliest = cell_from(earliest);
        // Consecutive days usually have the same price basis, so the last price is kept.
        let mut known: Option<(PriceBasis, Cents)> = None;
        let mut price = |factors, day| {
            let basis = shown(service, *minutes, window.entitlements(), moving.as_ref(), day, factors);
            if let Some((same, total)) = &known
                && *same == basis
            {
                return *total;
            }
            let (quote, tax) = quoted(&basis, addons, moving.as_ref());
            let total = quote.total() + tax;
            known = Some((basis, total));
            total
        };
        let day = |count: DayCount| {
            let needs_plan = needs_plan(service, window, count.date);
            free_day(count, window, needs_plan, &mut price)
        };
        let days: Vec<FreeDay> = found.counts(earliest).into_iter().map(day).collect();
        let needs_plan_always = days.iter().all(|day| day.needs_plan);
        let wants_times = !needs_plan_always && self.wants_times;
        let mut offers = if wants_times { found.all(earliest) } else { Vec::new() };
        let is_open = |day: Date| window.closed(day).is_none() && !needs_plan(service, window, day);
        offers.retain(|offer| is_open(offer.date));
        let Prepared { catalogue, service, minutes, window, rules, span, moving, addons, .. } = self;
        let needs_plan = needs_plan_always;
        Answer { needs_plan, catalogue, service, minutes, window, rules, span, days, offers, moving, addons }
    }
}

/// Returns a day of the result. A day that is not open to the person has no starts.
fn free_day(
    count: DayCount,
    window: &Window,
    needs_plan: bool,
    price: impl FnOnce(Factors, Date) -> Cents,
) -> FreeDay {
    let closed = window.closed(count.date);
    if closed.is_some() || needs_plan {
        let count = DayCount { count: 0, first: None, least: None, ..count };
        return FreeDay { count, from_price: None, closed, needs_plan };
    }
    FreeDay { from_price: count.least.map(|factors| price(factors, count.date)), closed, needs_plan, count }
}

/// Returns the displayed price of a price basis, and the tax on it. For a booking that is rescheduled, tax is
/// included (C6); for a new booking it is zero, because tax is shown when the booking is reviewed.
fn quoted(basis: &PriceBasis, addons: &[SoldAddon], moving: Option<&Moving>) -> (Quote, Cents) {
    let quote = quote(basis, addons);
    let tax = moving.map_or(Cents::ZERO, |moving| moving.tax_on(&quote.lines));
    (quote, tax)
}

/// Returns the price basis that is displayed. A new booking is paid with a credit if the person lets credits be used
/// without asking (P3); a rescheduled booking is paid with the benefit that will pay for it then.
fn shown(
    service: &Service,
    minutes: i64,
    entitlements: &Entitlements,
    moving: Option<&Moving>,
    day: Date,
    factors: Factors,
) -> PriceBasis {
    let basis = PriceBasis::of(service, minutes, entitlements, day, factors);
    if let Some(moving) = moving {
        return moving.covered(basis, entitlements, day);
    }
    let uses_credit =
        entitlements.uses_credits_unasked() && entitlements.credits_left(day).is_some_and(|left| left > 0);
    if uses_credit { basis.covered(Coverage::Credit) } else { basis }
}

impl Answer {
    /// Returns the service that was searched for.
    pub fn service(&self) -> &Service {
        self.catalogue.service(self.service).expect("it was found in the same catalogue")
    }

    /// Returns the price of a start for the person, with the factors of the room and the time, before tax. It uses a
    /// credit if the person lets credits be used without asking. The price of a new booking includes the add-ons of
    /// the search, and that of a rescheduled booking its own add-ons (C6).
    pub fn quote(&self, day: Date, factors: Factors) -> Quote {
        self.quoted(day, factors).0
    }

    /// Returns the same price as one amount. For a rescheduled booking it includes tax, so that it is the amount that
    /// the rescheduling will show.
    pub fn total(&self, day: Date, factors: Factors) -> Cents {
        let (quote, tax) = self.quoted(day, factors);
        quote.total() + tax
    }

    pub(crate) fn quoted(&self, day: Date, factors: Factors) -> (Quote, Cents) {
        let (entitlements, moving) = (self.window.entitlements(), self.moving.as_ref());
        let basis = shown(self.service(), self.minutes, entitlements, moving, day, factors);
        quoted(&basis, &self.addons, moving)
    }

    /// Returns the factors that multiply the price of a start in a room.
    pub fn factors(&self, room: Id, day: Date, start: Cell) -> Factors {
        let premium = self.catalogue.room(room).map_or(10_000, |room| room.premium_bp);
        Factors { room: premium, time: self.terms(room, day, start).factor_bp }
    }

    /// Returns what release rules and overrides decide about a start in a room.
    pub fn terms(&self, room: Id, day: Date, cell: Cell) -> Terms {
        terms_at(&self.catalogue, &self.window, &self.rules, self.service, room, day, cell)
    }
}

/// Converts the lines of a price to the form that clients read.
pub fn why(lines: &[Line]) -> Vec<Why> {
    lines
        .iter()
        .map(|line| Why { code: line.code.clone(), label: line.label.clone(), amount: line.amount })
        .collect()
}

/// One line of a price.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Why {
    /// A stable code such as `list`, `discount`, `room`, `time`, `credit`, `unlimited`, `birthday`, `pass`, `addon`,
    /// or `tax`.
    pub code: String,
    /// The label for people.
    pub label: String,
    /// The amount in cents. A discount is negative.
    pub amount: Cents,
}
