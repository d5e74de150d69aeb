//! The page of the actor's own membership: the plan and what is left of it, and the plans that can be joined.

use askama::Template;
use axum::Extension;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use catalogue::{Catalogue, Club};
use jiff::civil::Date;
use kit::web::{Input, Page, RawInput, see_other};
use kit::{AppState, Cents, Error, Result, Tx};
use people::{Actor, Caller};
use ui::{Frame, PostedForm, format, or_sign_in};

use crate::pages::booking_terms::BookingTerms;
use crate::pages::join;
use crate::pages::tiles::{Tile, tiles};
use crate::pages::worth::{Comparison, break_even};
use crate::{Entitlements, MembershipStatus, Plan};

pub(crate) const HERE: &str = "/dashboard/membership/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show)).route("/dashboard/membership/credits/", post(credits))
}

#[derive(Template)]
#[template(path = "membership.html")]
struct MembershipPage {
    frame: Frame,
    held: Option<Held>,
    plans: Vec<PlanOption>,
    comparison: Option<Comparison>,
    club: Club,
    account_days: String,
}

/// The actor's membership as the page shows it.
struct Held {
    name: String,
    state: String,
    /// Sentences at the top of the page: unpaid dues, a freeze, and scheduled changes.
    notices: Vec<String>,
    facts: Vec<(&'static str, String)>,
    tiles: Vec<Tile>,
    benefits: Vec<String>,
    auto_credit: bool,
    has_credits: bool,
    leaving: bool,
    /// The numbers of months for which it can be frozen, each with its text.
    freezes: Vec<(i64, String)>,
    /// Whether a change to another plan is scheduled, which can be canceled.
    can_keep: bool,
    slug: String,
}

/// A plan that can be joined.
struct PlanOption {
    name: String,
    price: String,
    sentence: String,
    /// After how many visits a month the price has come back, if they are few.
    worth: Option<String>,
    is_current: bool,
    /// The text and the path of the link to join this plan or to change to it; `None` for the current plan, and for more
    /// expensive plans during a freeze.
    way: Option<(&'static str, String)>,
}

/// Settings that the page mentions.
#[derive(Clone, Copy)]
struct Numbers {
    account_days: i64,
    gift: Cents,
    freezable: i64,
}

impl Held {
    fn of(entitlements: &Entitlements, today: Date, numbers: Numbers, saved: Cents) -> Option<Held> {
        let (membership, plan) = entitlements.held.as_ref()?;
        let day = |date: Date| format::day(date, today);
        let until = day(membership.paid_until);
        let frozen = membership.frozen.filter(|(_, last)| *last >= today);
        let is_frozen = entitlements.is_frozen(today);
        let state = match membership.status {
            _ if is_frozen => "Paused".to_owned(),
            MembershipStatus::Active if membership.renews => "Active".to_owned(),
            MembershipStatus::Active => format!("Active until {until}"),
            MembershipStatus::Grace => "Payment past due".to_owned(),
            MembershipStatus::Suspended => "Suspended until your payment is made".to_owned(),
            MembershipStatus::Ended => "Ended".to_owned(),
        };
        let mut notices = Vec::new();
        match membership.status {
            MembershipStatus::Grace => notices.push(format!(
                "It was paid through {until}. Your benefits continue for a few more days. Please pay at the front desk."
            )),
            MembershipStatus::Suspended => {
                notices.push(format!(
                    "It was paid through {until}. Pay at the front desk to restore your benefits."
                ));
            }
            _ => {}
        }
        if let Some((from, last)) = frozen {
            notices.push(format!(
                "From {}, through {}, you have no dues and no benefits.",
                day(from),
                day(last)
            ));
            notices.push("Until the pause ends, you can’t pause again or upgrade.".to_owned());
        }
        if !membership.renews {
            notices.push(format!("It ends on {until}. You can keep it anytime before then."));
        }
        if let Some(next) = entitlements.next_plan.as_ref().filter(|_| membership.renews) {
            let price = format::money(next.price);
            notices.push(format!(
                "Starting {}, you’ll be on {} at {price} a month.",
                format::next_day(membership.paid_until, today),
                next.name
            ));
            if entitlements.has_new_terms() {
                notices.push("Until then, you can switch plans or cancel.".to_owned());
            }
        }
        let left = (membership.paid_until - today).get_days().max(0);
        let mut facts = vec![
            ("Price", format!("{} a month", format::money(plan.price))),
            ("Paid through", until.clone()),
            ("Days left", left.to_string()),
            (
                "Booking window",
                format!(
                    "{} ahead",
                    format::number_of(entitlements.days_ahead_for(today, numbers.account_days), "day")
                ),
            ),
        ];
        if plan.monthly_credits.is_some() && entitlements.has_birthday(today) {
            facts.push((
                "Your birthday month",
                format!("One service up to {}, our gift", format::money(numbers.gift)),
            ));
        }
        Some(Held {
            name: plan.name.clone(),
            state,
            notices,
            facts,
            tiles: tiles(entitlements, today, saved),
            benefits: plan.benefits.clone(),
            auto_credit: membership.auto_credit,
            has_credits: plan.monthly_credits.is_some_and(|credits| credits > 0),
            leaving: !membership.renews,
            freezes: (1..=numbers.freezable).map(|months| (months, format::months(months))).collect(),
            can_keep: entitlements.next_plan.is_some() && !entitlements.has_new_terms(),
            slug: plan.slug.clone(),
        })
    }
}

impl PlanOption {
    /// Creates a plan card. `rests` is whether a freeze is running or scheduled: until it is over, a member cannot
    /// change to a more expensive plan.
    fn of(plan: Plan, catalogue: &Catalogue, held: Option<&Plan>, rests: bool) -> PlanOption {
        let costs_more = |held: &Plan| plan.price > held.price;
        let open = held.filter(|held| held.id != plan.id && !(rests && costs_more(held)));
        let change = open.map(|held| {
            let word = if costs_more(held) { "Upgrade" } else { "Switch plans" };
            (word, format!("{HERE}change/?plan={}", plan.slug))
        });
        let way = if held.is_none() { Some(("Join", join::path(&plan))) } else { change };
        PlanOption {
            price: format::money(plan.price),
            worth: break_even(&plan, catalogue),
            is_current: held.is_some_and(|held| held.id == plan.id),
            name: plan.name,
            sentence: plan.short_description,
            way,
        }
    }
}

async fn show(caller: Caller, Extension(terms): Extension<BookingTerms>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| draw(tx, by, &terms)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, terms: &BookingTerms) -> Result<MembershipPage> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let entitlements = crate::entitlements(tx, catalogue.club.id, person)?;
    let saved = money::saved(tx, person)?;
    let account_days = catalogue.setting(terms.account_days);
    let gift = Cents(catalogue.setting(terms.birthday_gift));
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let plan = entitlements.held.as_ref().map(|(_, plan)| plan.clone());
    let rests = entitlements.held.as_ref().is_some_and(|(held, _)| held.frozen.is_some());
    let plans = crate::plans(tx, catalogue.club.id)?;
    let numbers = Numbers { account_days, gift, freezable: crate::freezable(tx, &entitlements)? };
    Ok(MembershipPage {
        frame: Frame::new(by, "membership", "Membership · CoreSync"),
        held: Held::of(&entitlements, today, numbers, saved),
        comparison: Comparison::of(&plans),
        plans: plans.into_iter().map(|one| PlanOption::of(one, &catalogue, plan.as_ref(), rests)).collect(),
        club: catalogue.club.clone(),
        account_days: format::number_of(account_days, "day"),
    })
}

/// Whether bookings use credits automatically.
struct AutoCreditForm(bool);

impl Input for AutoCreditForm {
    fn parse(input: &mut RawInput) -> AutoCreditForm {
        AutoCreditForm(input.yes("auto"))
    }
}

async fn credits(caller: Caller, PostedForm(form): PostedForm<AutoCreditForm>) -> Result<Response> {
    let AutoCreditForm(auto) = form.parsed.map_err(Error::Invalid)?;
    let done = caller.tx(move |tx, by| crate::set_auto_credit(tx, by, auto)).await;
    or_sign_in(done.map(|()| see_other(HERE)), HERE)
}
