//! The start page of a person's dashboard: the next visit, open tasks, later visits, and the benefits of the plan.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bookings::{Booking, Detail};
use bookings_pages::{HoldToken, VisitCard, VisitLine, answer_taking_over};
use jiff::civil::Date;
use kit::web::{Page, Paging};
use kit::{AppState, Result, Tx};
use membership::Entitlements;
use membership::pages::{Tile, tiles};
use money::PaymentStatus;
use people::{Action, Actor, Caller, Subject};
use ui::{Frame, format, or_sign_in};

/// How many past visits are checked for unpaid amounts.
const LATELY: usize = 50;
/// How many visits are listed after the next one.
const SHOWN: usize = 3;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/", get(dashboard))
}

/// The membership of a person, as it is displayed.
struct PlanSummary {
    name: String,
    state: String,
    /// How far ahead the member can book: `30 days`.
    days: String,
}

impl PlanSummary {
    fn of(entitlements: &Entitlements, today: Date, account_days: i64) -> Option<PlanSummary> {
        let (membership, plan) = entitlements.held.as_ref()?;
        let until = format::day(membership.paid_until, today);
        let state = match membership.status {
            membership::MembershipStatus::Active if membership.renews => {
                format!("Active. Next payment due {}.", format::next_day(membership.paid_until, today))
            }
            membership::MembershipStatus::Active => format!("Active until {until}."),
            membership::MembershipStatus::Grace => {
                "Your payment is past due. Your benefits continue for now.".to_owned()
            }
            membership::MembershipStatus::Suspended => "Suspended until your payment is made.".to_owned(),
            membership::MembershipStatus::Ended => "Ended.".to_owned(),
        };
        Some(PlanSummary {
            name: plan.name.clone(),
            state,
            days: format::number_of(entitlements.days_ahead_for(today, account_days), "day"),
        })
    }
}

/// Something that the person has to do about a booking.
struct ToDo {
    line: VisitLine,
    path: String,
    /// When a hold expires: the time of day, and the exact timestamp.
    until: Option<(String, String)>,
    /// Whether the hold was offered from the waitlist.
    is_offer: bool,
    /// The amount to pay, if the task is a payment.
    due: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    frame: Frame,
    greeting: String,
    next: Option<VisitCard>,
    to_do: Vec<ToDo>,
    now_iso: String,
    upcoming: Vec<VisitLine>,
    plan: Option<PlanSummary>,
    tiles: Vec<Tile>,
    account_days: String,
    is_verified: bool,
    /// Whether the person may see people and the audit log.
    sees_people: bool,
}

async fn dashboard(caller: Caller, HoldToken(token): HoldToken) -> Result<Response> {
    let render = |tx: &mut Tx<'_>, by: &Actor, _: Option<&str>| draw(tx, by);
    let answer = answer_taking_over(&caller, token, render, |page| Ok(Page::of(&page)?.into_response()));
    or_sign_in(answer.await, "/dashboard/")
}

fn draw(tx: &mut Tx<'_>, by: &Actor) -> Result<DashboardPage> {
    let person = by.person()?;
    let catalogue = catalogue::current(tx)?;
    let own_bookings = bookings::my_bookings(tx, by, Paging { page: 1, size: LATELY })?;
    let places = bookings::places(tx, by)?;
    let entitlements = membership::entitlements(tx, catalogue.club.id, person.id)?;
    let saved = money::saved(tx, person.id)?;
    let account_days = catalogue.setting(bookings::ACCOUNT_DAYS);
    let now = tx.now();
    let local = now.to_zoned(catalogue.club.zone.clone());
    let line = |detail: &Detail| VisitLine::of(&catalogue, detail, now);
    let held = |detail: &Detail| {
        let Booking { id, hold, .. } = detail.booking;
        ToDo {
            line: line(detail),
            path: format!("/book/held/{id}/"),
            until: hold
                .expires_at
                .map(|until| (format::clock(&catalogue.club.zone, until), until.to_string())),
            is_offer: places.iter().any(|place| place.offer == Some(id)),
            due: None,
        }
    };
    // The first service of a visit with several services links to all of them.
    let is_first =
        |detail: &&Detail| detail.booking.group.visit.is_none_or(|first| first == detail.booking.id);
    let mut to_do: Vec<ToDo> = own_bookings.held.iter().filter(is_first).map(held).collect();
    for detail in own_bookings.past.iter().filter(|detail| detail.payment_status == PaymentStatus::Unpaid) {
        let subject = Subject { kind: bookings::SUBJECT, id: detail.booking.id };
        let due = Some(format::money(money::due(tx, subject)?));
        let line = line(detail);
        let path = line.path.clone();
        to_do.push(ToDo { line, path, until: None, is_offer: false, due });
    }
    let shown = pictures::shown(tx, catalogue.club.id)?;
    let next = own_bookings.upcoming.first();
    Ok(DashboardPage {
        frame: Frame::new(by, "visits", "My visits · CoreSync"),
        greeting: greeting(local.hour(), &person.first_name),
        to_do,
        now_iso: now.to_string(),
        next: next.map(|detail| VisitCard::of(&catalogue, &shown, detail, now)),
        upcoming: own_bookings.upcoming.iter().skip(1).take(SHOWN).map(line).collect(),
        plan: PlanSummary::of(&entitlements, local.date(), account_days),
        tiles: tiles(&entitlements, local.date(), saved),
        account_days: format::number_of(account_days, "day"),
        is_verified: person.is_verified(),
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
