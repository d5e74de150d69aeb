//! Free times: who asks, for what, when; answered as days or as times.

use std::sync::Arc;

use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use kit::web::{Input, Words};
use kit::{Cents, Fields, Id, Result, Tx};
use membership::Standing;
use money::Line;
use people::{Action, Actor};

use crate::busy::{Candidates, field_without};
use crate::cells::{Cell, begin, cell_from};
use crate::days::{Days, minute};
use crate::free::{DayCount, Demand, Factors, Offer, Offers};
use crate::price::{Cover, Quote, Sale, quote};
use crate::refusals::PLAN_REQUIRED;
use crate::release::{Start, Terms, gate, terms};
use crate::request::sold_minutes;
use crate::rules::{Rules, rules};
use crate::window::{Closed, Window};

/// The most days that one question may span (F8).
pub const MOST_DAYS: i64 = 90;

/// A question for free times.
#[derive(Debug, Clone)]
pub struct Ask {
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
    /// Whether one day was asked for, whose times are answered.
    pub one_day: bool,
    /// Whether the times of many days are answered too.
    pub slots: bool,
}

impl Input for Ask {
    fn parse(words: &mut Words) -> Ask {
        let date = words.opt_date("date");
        let (from, to) = (words.opt_date("from"), words.opt_date("to"));
        if let (Some(from), Some(to)) = (from, to)
            && !(0..MOST_DAYS).contains(&i64::from((to - from).get_days()))
        {
            words.complain("to", "Ask for 1 to 90 days, the first one first.");
        }
        if from.is_some() != to.is_some() {
            words.complain("to", "Say both from and to, or one date.");
        }
        Ask {
            service: words.id("service_id"),
            from: date.or(from),
            to: date.or(to),
            minutes: words.opt_number("duration", 5, 1_440),
            party: words.opt_number("party", 1, 50),
            room: words.opt_id("room_id"),
            room_type: words.opt_text_within("room_type", 50),
            technician: words.opt_id("technician_id"),
            ignoring: words.opt_id("moving"),
            one_day: date.is_some() || from.is_none(),
            slots: words.yes("slots"),
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

/// Who asks: the person that a booking would be for, and what their plan allows.
///
/// # Errors
/// A fault of the database.
pub(crate) fn window(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: &Actor,
    person: Option<Id>,
) -> Result<Window> {
    let standing = match person {
        Some(person) => membership::standing(tx, catalogue.club.id, person)?,
        None => Standing::default(),
    };
    let window = Window::new(tx.now(), &catalogue.club.zone, standing, by.may(Action::BookAnyTime));
    Ok(window.in_club(catalogue))
}

/// The offered service, or a complaint about the field.
pub(crate) fn service(catalogue: &Catalogue, id: Id) -> Result<&Service> {
    let found = catalogue.service(id).filter(|service| service.active);
    found.ok_or_else(|| Fields::one("service_id", "There is no such service."))
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

/// Finds free times for whoever asks.
///
/// # Errors
/// `Error::Invalid` for an unknown service; a fault of the database.
pub fn search(tx: &mut Tx<'_>, by: &Actor, ask: &Ask) -> Result<Answer> {
    search_for(tx, by, ask, BookingFor::Asker)
}

/// Finds free times at the price and by the plan of someone else; staff book them whatever the window of that person says.
///
/// # Errors
/// `Error::Forbidden` for someone else, unless `by` books for others; `Error::Invalid` for an unknown service or person.
pub fn search_for(tx: &mut Tx<'_>, by: &Actor, ask: &Ask, whom: BookingFor) -> Result<Answer> {
    let person = match whom {
        BookingFor::Asker => by.id(),
        BookingFor::Person(person) if by.id() == Some(person) => Some(person),
        BookingFor::Person(person) => {
            by.need(Action::BookForOthers)?;
            if !people::is_here(tx, person)? {
                return Err(Fields::one("person_id", "There is nobody of this number."));
            }
            Some(person)
        }
        BookingFor::Guest => by.need(Action::BookForOthers).map(|()| None)?,
    };
    let catalogue = catalogue::current(tx)?;
    let service = service(&catalogue, ask.service)?;
    let window = window(tx, &catalogue, by, person)?;
    let first = ask.from.unwrap_or_else(|| window.today());
    let last = ask.to.unwrap_or(first);
    let party = ask.party.unwrap_or(service.party);
    let kind = ask.room_type.as_deref();
    let candidates = Candidates::of(&catalogue, service, party, ask.room, ask.technician, kind);
    let days = Days::new(&catalogue.club.zone, first, last)?;
    let rules = rules(tx, catalogue.club.id, days.reach())?;
    let minutes = sold_minutes(service, ask.minutes)?;
    let ignoring = ignoring(tx, by, ask)?;
    let mut field = field_without(tx, &catalogue, &candidates, days, ignoring)?;
    gate(&mut field, &catalogue, &rules, service.id, window.asker());
    let found = Offers::find(Demand::of(service, minutes), &field);
    let earliest = if ignoring.is_some() { window.earliest_move() } else { window.earliest() };
    let earliest = cell_from(earliest);
    // Most days cost what the day before them does.
    let mut known: Option<(Sale, Cents)> = None;
    let mut price = |factors, day| {
        let sale = shown(service, minutes, window.standing(), day, factors);
        if let Some((same, total)) = &known
            && *same == sale
        {
            return *total;
        }
        let total = quote(&sale, &[]).total();
        known = Some((sale, total));
        total
    };
    let day = |count: DayCount| {
        let needs_plan = needs_plan(service, &window, count.date);
        free_day(count, &window, needs_plan, &mut price)
    };
    let days: Vec<FreeDay> = found.counts(earliest).into_iter().map(day).collect();
    let is_shut = days.iter().all(|day| day.needs_plan);
    let wants_times = !is_shut && (ask.one_day || ask.slots);
    let mut offers = if wants_times { found.all(earliest) } else { Vec::new() };
    let is_open = |day: Date| window.closed(day).is_none() && !needs_plan(service, &window, day);
    offers.retain(|offer| is_open(offer.date));
    let needs_plan = is_shut;
    let service = service.id;
    Ok(Answer { needs_plan, catalogue, service, minutes, window, rules, span: (first, last), days, offers })
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

/// Whether a service is for members, and this person is none on a day.
fn needs_plan(service: &Service, window: &Window, day: Date) -> bool {
    service.member_only && window.lacks_plan(day)
}

/// The sale as it is shown: paid with a credit for who lets credits be used without asking (P3).
fn shown(service: &Service, minutes: i64, standing: &Standing, day: Date, factors: Factors) -> Sale {
    let sale = Sale::of(service, minutes, standing, day, factors);
    let uses_credit =
        standing.uses_credits_unasked() && standing.credits_left(day).is_some_and(|left| left > 0);
    if uses_credit { sale.covered(Cover::Credit) } else { sale }
}

impl Answer {
    /// The service that was asked for.
    pub fn service(&self) -> &Service {
        self.catalogue.service(self.service).expect("it was found in the same catalogue")
    }

    /// What a start on a day costs whoever asked, in a room and at a time of these factors, without add-ons; with a credit
    /// for who lets credits be used without asking.
    pub fn quote(&self, day: Date, factors: Factors) -> Quote {
        quote(&shown(self.service(), self.minutes, self.window.standing(), day, factors), &[])
    }

    /// What multiplies the price of a start in a room.
    pub fn factors(&self, room: Id, day: Date, start: Cell) -> Factors {
        let premium = self.catalogue.room(room).map_or(10_000, |room| room.premium_bp);
        Factors { room: premium, time: self.terms(room, day, start).factor_bp }
    }

    /// What rules and hands say of a start in a room.
    pub fn terms(&self, room: Id, day: Date, cell: Cell) -> Terms {
        terms_at(&self.catalogue, &self.window, &self.rules, self.service, room, day, cell)
    }
}

/// The refusal of a service for members to who has no plan that counts: `plan_required`, carrying `plans`.
pub(crate) fn plan_refusal(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    service: &Service,
    window: &Window,
    day: Date,
) -> Result<Option<kit::Error>> {
    if !needs_plan(service, window, day) {
        return Ok(None);
    }
    let plans = membership::plans(tx, catalogue.club.id)?;
    let plans: Vec<String> = plans.into_iter().map(|plan| plan.slug).collect();
    Ok(Some(kit::Error::refused(&PLAN_REQUIRED).with("plans", plans)))
}

/// The booking that is left out of a search, for it is to be moved. Whoever does not own one learns nothing from naming it.
pub(crate) fn ignoring(tx: &mut Tx<'_>, by: &Actor, ask: &Ask) -> Result<Option<Id>> {
    let Some(booking) = ask.ignoring else { return Ok(None) };
    let own = by.id();
    let kept = crate::store::find(tx, booking)?;
    let is_own = kept.is_some_and(|kept| own.is_some() && kept.booking.person == own);
    Ok((is_own || by.may(Action::BookForOthers)).then_some(booking))
}

/// What rules and hands say of a start of a service in a room.
pub(crate) fn terms_at(
    catalogue: &Catalogue,
    window: &Window,
    rules: &Rules,
    service: Id,
    room: Id,
    day: Date,
    cell: Cell,
) -> Terms {
    let kind = catalogue.room(room).map_or("", |room| room.kind.as_str());
    let at = begin(cell);
    let minute = minute(window.zone(), day, at);
    terms(&rules.weekly, &rules.overrides, &Start { room, kind, service, day, minute, at })
}

/// The lines of a price as clients read them: `[{code, label, amount}]`.
pub(crate) fn why(lines: &[Line]) -> Vec<Why> {
    lines
        .iter()
        .map(|line| Why { code: line.code.clone(), label: line.label.clone(), amount: line.amount })
        .collect()
}

/// One reason for an amount.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Why {
    /// Stable: `list`, `discount`, `room`, `time`, `credit`, `unlimited`, `addon`, `tax`, `late_cancellation`.
    pub code: String,
    /// What a person reads.
    pub label: String,
    /// May be below zero.
    pub amount: Cents,
}
