//! Free times: who asks, for what, when; answered as days or as times.

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

/// The most days that one question may span (F8).
pub const MOST_DAYS: i64 = 90;

/// A question for free times.
#[derive(Debug, Clone)]
pub struct Search {
    /// What.
    pub service: Id,
    /// For how many minutes, of what is sold by time (F9).
    pub minutes: Option<i64>,
    /// The first day; today if not said.
    pub from: Option<Date>,
    /// The last day; the first if not said.
    pub to: Option<Date>,
    /// For how many; the service's own party if not said.
    pub party: Option<i64>,
    /// Where, if that matters.
    pub room: Option<Id>,
    /// In which kind of room, if that matters.
    pub room_type: Option<String>,
    /// By whom, if that matters.
    pub technician: Option<Id>,
    /// The booking that is to be moved: what it has counts as free.
    pub ignoring: Option<Id>,
    /// The add-ons that the prices include: those of a hold that another time is looked for.
    pub addons: Vec<AddonRequest>,
    /// Whether one day was asked for, whose times are answered.
    pub one_day: bool,
    /// Whether the times of many days are answered too.
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

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What is offered, and by whom.
    pub catalogue: Arc<Catalogue>,
    /// For what.
    pub service: Id,
    /// How long it is.
    pub minutes: i64,
    /// Who asked, as far as windows and prices go.
    pub window: Window,
    /// Which times are kept, and for whom.
    pub rules: Rules,
    /// The first day and the last.
    pub span: (Date, Date),
    /// Whether this is for members, and who asks is none on any of the days: then nothing is offered.
    pub needs_plan: bool,
    /// Each day with how many starts, from which price, and why not.
    pub days: Vec<FreeDay>,
    /// The times, if they were asked for.
    pub offers: Vec<Offer>,
    /// The booking that is to be moved there.
    pub(crate) moving: Option<Moving>,
    /// The add-ons that the prices include.
    pub(crate) addons: Vec<SoldAddon>,
}

/// One day of an answer.
#[derive(Debug, Clone)]
pub struct FreeDay {
    /// How many starts there are.
    pub count: DayCount,
    /// The least price among them.
    pub from_price: Option<Cents>,
    /// Why it is not open to who asked.
    pub closed: Option<Closed>,
    /// Whether this is for members, and who asks is none on that day.
    pub needs_plan: bool,
}

/// Whom free times are searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BookingFor {
    /// Whoever asks.
    #[default]
    Asker,
    /// Another account: staff alone may say so.
    Person(Id),
    /// A guest without an account: staff alone may say so.
    Guest,
}

impl BookingFor {
    /// The account that is searched for; `None` for a visitor and for a guest without an account.
    fn person(self, tx: &mut Tx<'_>, by: &Actor) -> Result<Option<Id>> {
        match self {
            BookingFor::Asker => Ok(by.id()),
            BookingFor::Person(person) if by.id() == Some(person) => Ok(Some(person)),
            BookingFor::Person(person) => {
                by.need(Action::BookForOthers)?;
                if !people::is_here(tx, person)? {
                    return Err(Fields::one("person_id", "We couldn’t find that person."));
                }
                Ok(Some(person))
            }
            BookingFor::Guest => by.need(Action::BookForOthers).map(|()| None),
        }
    }
}

/// A question for free times with everything that bears on it.
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

/// Who asks for free times, read once: a page asks several questions of it.
#[derive(Debug, Clone)]
pub struct SearchContext {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) window: Window,
    pub(crate) moving: Option<Moving>,
}

impl SearchContext {
    /// Reads the catalogue, the plan of the person who is booked for, and the booking that is to be moved, if one is (see
    /// [`Search::ignoring`]).
    ///
    /// # Errors
    /// `Error::Forbidden` for someone else, unless `by` books for others; `Error::Invalid` for an unknown person.
    pub fn read(tx: &mut Tx<'_>, by: &Actor, whom: BookingFor, moved: Option<Id>) -> Result<SearchContext> {
        let person = whom.person(tx, by)?;
        let catalogue = catalogue::current(tx)?;
        let moving = Moving::asked_for(tx, &catalogue, by, moved)?;
        let window = match &moving {
            Some(moving) => window_of_move(tx, &catalogue, by, moving)?,
            None => window(tx, &catalogue, by, person)?,
        };
        Ok(SearchContext { catalogue, window, moving })
    }

    /// Finds free times.
    ///
    /// # Errors
    /// As [`search`].
    pub fn search(&self, tx: &mut Tx<'_>, query: &Search) -> Result<Answer> {
        prepare(tx, self, query).map(Prepared::answer)
    }
}

/// Reads everything that bears on a question.
///
/// # Errors
/// `Error::Invalid` for an unknown service; a fault of the database.
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
    field.keeping = moving.as_ref().map(|moving| moving.keeping.clone()).unwrap_or_default();
    release_mask(&mut field, &catalogue, &rules, service.id, window.asker());
    // Of a hold that has run out: what is not sold any more is left out.
    let addons = match &moving {
        Some(moving) => moving.addons.clone(),
        None => sold_addons(&catalogue, service, &query.addons).unwrap_or_default(),
    };
    let (service, span, wants_times) = (service.id, (first, last), query.one_day || query.slots);
    Ok(Prepared { catalogue, service, minutes, window, rules, span, moving, addons, field, wants_times })
}

/// Finds free times for whoever asks.
///
/// # Errors
/// `Error::Invalid` for an unknown service; a fault of the database.
pub fn search(tx: &mut Tx<'_>, by: &Actor, query: &Search) -> Result<Answer> {
    search_for(tx, by, query, BookingFor::Asker)
}

/// Finds free times at the price and by the plan of someone else; staff book them whatever the window of that person says.
///
/// # Errors
/// `Error::Forbidden` for someone else, unless `by` books for others; `Error::Invalid` for an unknown service or person.
pub fn search_for(tx: &mut Tx<'_>, by: &Actor, query: &Search, whom: BookingFor) -> Result<Answer> {
    SearchContext::read(tx, by, whom, query.ignoring)?.search(tx, query)
}

impl Prepared {
    fn service(&self) -> &Service {
        self.catalogue.service(self.service).expect("it was found in the same catalogue")
    }

    /// Of these starts, those that would be possible also if more were claimed.
    pub(crate) fn possible_beside(&self, claimed: &[(Id, Cell, Cell)], starts: &[Cell]) -> Vec<Cell> {
        let field = self.field.with_claimed(claimed);
        let found = Offers::find(Demand::of(self.service(), self.minutes), &field);
        starts.iter().copied().filter(|start| found.at(*start).is_some()).collect()
    }

    /// The answer as things stand.
    pub(crate) fn answer(self) -> Answer {
        let service = self.service();
        let Prepared { minutes, window, moving, addons, field, .. } = &self;
        let found = Offers::find(Demand::of(service, *minutes), field);
        let earliest = if moving.is_some() { window.earliest_move() } else { window.earliest() };
        let earliest = cell_from(earliest);
        // Most days cost what the day before them does.
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

/// A day for whoever asks: one that is not open to them has no starts.
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

/// The price of a sale as it is shown, and the tax on it: of a booking that is moved (C6). The tax on a new one is shown
/// when it is reviewed.
fn quoted(basis: &PriceBasis, addons: &[SoldAddon], moving: Option<&Moving>) -> (Quote, Cents) {
    let quote = quote(basis, addons);
    let tax = moving.map_or(Cents::ZERO, |moving| moving.tax_on(&quote.lines));
    (quote, tax)
}

/// The sale as it is shown: paid with a credit for who lets credits be used without asking (P3); of a booking that is
/// moved, with what pays for it there.
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
    /// The service that was asked for.
    pub fn service(&self) -> &Service {
        self.catalogue.service(self.service).expect("it was found in the same catalogue")
    }

    /// What a start on a day costs whoever asked, in a room and at a time of these factors, before tax, with a credit for
    /// who lets credits be used without asking. A new booking has no add-ons yet; one that is moved has its own (C6).
    pub fn quote(&self, day: Date, factors: Factors) -> Quote {
        self.quoted(day, factors).0
    }

    /// The same in one sum; of a booking that is moved, with tax: what the move will say it costs.
    pub fn total(&self, day: Date, factors: Factors) -> Cents {
        let (quote, tax) = self.quoted(day, factors);
        quote.total() + tax
    }

    pub(crate) fn quoted(&self, day: Date, factors: Factors) -> (Quote, Cents) {
        let (entitlements, moving) = (self.window.entitlements(), self.moving.as_ref());
        let basis = shown(self.service(), self.minutes, entitlements, moving, day, factors);
        quoted(&basis, &self.addons, moving)
    }

    /// What multiplies the price of a start in a room.
    pub fn factors(&self, room: Id, day: Date, start: Cell) -> Factors {
        let premium = self.catalogue.room(room).map_or(10_000, |room| room.premium_bp);
        Factors { room: premium, time: self.terms(room, day, start).factor_bp }
    }

    /// What rules and overrides say of a start in a room.
    pub fn terms(&self, room: Id, day: Date, cell: Cell) -> Terms {
        terms_at(&self.catalogue, &self.window, &self.rules, self.service, room, day, cell)
    }
}

/// The lines of a price as clients read them: `[{code, label, amount}]`.
pub fn why(lines: &[Line]) -> Vec<Why> {
    lines
        .iter()
        .map(|line| Why { code: line.code.clone(), label: line.label.clone(), amount: line.amount })
        .collect()
}

/// One line of a price.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Why {
    /// Stable: `list`, `discount`, `room`, `time`, `credit`, `unlimited`, `addon`, `tax`, `late_cancellation`.
    pub code: String,
    /// The label for people.
    pub label: String,
    /// Can be negative.
    pub amount: Cents,
}
