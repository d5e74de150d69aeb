//! A person's own page: the next visit, all that are planned, those that were, and what their plan gives.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::{Detail, Status};
use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::web::{Input, Page, Paging, Words};
use kit::{House, Result, Tx};
use membership::Standing;
use people::{Action, Actor, Caller};

use super::frame::{Frame, or_sign_in};
use super::sheet::{Asked, narrowing};
use super::words;

/// How many past visits stand on a page.
const PAST: usize = 10;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/dashboard/", get(dashboard))
}

/// Which page of the past.
#[derive(Debug, Clone, Copy)]
struct Leaf(usize);

impl Input for Leaf {
    fn parse(words: &mut Words) -> Leaf {
        let page = narrowing(words, "page").filter(|page| (1..=100_000).contains(page));
        Leaf(page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1))
    }
}

/// A visit on one line.
pub(super) struct VisitLine {
    pub(super) path: String,
    pub(super) day: String,
    pub(super) span: String,
    pub(super) service: String,
    pub(super) room: String,
    pub(super) reference: String,
    pub(super) status: Option<&'static str>,
    /// What was to be paid, if it was not cancelled.
    pub(super) price: Option<String>,
}

impl VisitLine {
    pub(super) fn of(catalogue: &Catalogue, detail: &Detail, now: Timestamp) -> VisitLine {
        let booking = &detail.booking;
        let zone = &catalogue.club.zone;
        VisitLine {
            path: format!("/dashboard/bookings/{}/", booking.id),
            day: words::day(booking.day, words::date_at(zone, now)),
            span: words::span(zone, booking.starts_at, booking.ends_at),
            service: catalogue
                .service(booking.service)
                .map(|service| service.name.clone())
                .unwrap_or_default(),
            room: catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default(),
            reference: booking.reference.clone().unwrap_or_default(),
            status: Some(status_word(booking.status)).filter(|_| booking.status != Status::Confirmed),
            price: (booking.status != Status::Cancelled).then(|| words::money(booking.total())),
        }
    }
}

/// A status as a guest reads it.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Held => "Held for you",
        Status::Pending => "Waiting for payment",
        Status::Confirmed => "Confirmed",
        Status::CheckedIn => "You are here",
        Status::InProgress => "In progress",
        Status::Completed => "Completed",
        Status::Cancelled => "Cancelled",
        Status::NoShow => "Missed",
        Status::Expired => "Not confirmed in time",
    }
}

/// What a person's plan gives.
struct PlanSummary {
    name: String,
    state: String,
    days: i64,
    credits: Option<String>,
    saved: Option<String>,
}

impl PlanSummary {
    fn of(standing: &Standing, today: Date, account_days: i64, saved: kit::Cents) -> Option<PlanSummary> {
        let (membership, plan) = standing.held.as_ref()?;
        let until = words::day(membership.paid_until, today);
        let state = match membership.status {
            membership::Status::Active if membership.renews => format!("Active. Renews after {until}."),
            membership::Status::Active => format!("Active until {until}."),
            membership::Status::Grace => "The last payment is open. Your benefits stay for now.".to_owned(),
            membership::Status::Suspended => {
                "Suspended: its benefits rest until the payment is made.".to_owned()
            }
            membership::Status::Ended => "Over.".to_owned(),
        };
        let credits = match (plan.monthly_credits, standing.credits_left(today)) {
            (None, _) => Some("Every service is included.".to_owned()),
            (Some(0), _) | (_, None) => None,
            (Some(given), Some(left)) => Some(format!("{left} of {given} service credits left this month.")),
        };
        Some(PlanSummary {
            name: plan.name.clone(),
            state,
            days: standing.days_ahead_for(today, account_days),
            credits,
            saved: (saved > kit::Cents::ZERO).then(|| words::money(saved)),
        })
    }
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    frame: Frame,
    greeting: String,
    next: Option<VisitLine>,
    /// What is held, each with its page and until when.
    held: Vec<(VisitLine, String, String)>,
    upcoming: Vec<VisitLine>,
    past: Vec<VisitLine>,
    newer: Option<usize>,
    older: Option<usize>,
    plan: Option<PlanSummary>,
    account_days: i64,
    is_verified: bool,
    /// Whether people and the audit log are open to them.
    sees_people: bool,
}

async fn dashboard(caller: Caller, Asked(sheet): Asked<Leaf>) -> Result<Response> {
    let leaf = sheet.read.unwrap_or(Leaf(1));
    let drawn = caller.view(move |tx, by| draw(tx, by, leaf)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), "/dashboard/")
}

fn draw(tx: &mut Tx<'_>, by: &Actor, Leaf(leaf): Leaf) -> Result<DashboardPage> {
    let person = by.person()?;
    let catalogue = catalogue::current(tx)?;
    let mine = bookings::mine(tx, by, Paging { page: leaf, size: PAST })?;
    let standing = membership::standing(tx, catalogue.club.id, person.id)?;
    let saved = money::saved(tx, person.id)?;
    let account_days = catalogue.number(bookings::ACCOUNT_DAYS);
    let now = tx.now();
    let local = now.to_zoned(catalogue.club.zone.clone());
    let line = |detail: &Detail| VisitLine::of(&catalogue, detail, now);
    let held = |detail: &Detail| {
        let until = detail.booking.expires_at.map(|until| words::clock(&catalogue.club.zone, until));
        (line(detail), format!("/book/held/{}/", detail.booking.id), until.unwrap_or_default())
    };
    let has_older = usize::try_from(mine.total_past).is_ok_and(|total| leaf * PAST < total);
    Ok(DashboardPage {
        frame: Frame::new(by, "visits", "My visits · CoreSync"),
        greeting: greeting(local.hour(), &person.first_name),
        held: mine.held.iter().map(held).collect(),
        next: mine.upcoming.first().map(line),
        upcoming: mine.upcoming.iter().map(line).collect(),
        past: mine.past.iter().map(line).collect(),
        newer: (leaf > 1).then(|| leaf - 1),
        older: has_older.then_some(leaf + 1),
        plan: PlanSummary::of(&standing, local.date(), account_days, saved),
        account_days,
        is_verified: person.verified_at.is_some(),
        sees_people: by.may(Action::SeePeople) && by.may(Action::SeeAudit),
    })
}

fn greeting(hour: i8, name: &str) -> String {
    let greeting = match hour {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    if name.is_empty() { format!("{greeting}.") } else { format!("{greeting}, {name}.") }
}
