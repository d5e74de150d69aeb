//! Pages that explain the effects of leaving, staying, freezing, or changing the plan, and perform the operation after
//! a confirmation.

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use catalogue::{Catalogue, Club};
use jiff::civil::Date;
use kit::web::{Input, Page, Path, RawInput};
use kit::{AppState, Error, Refusal, Result, Tx};
use people::{Actor, Caller};
use ui::{Frame, PostedForm, QueryForm, format, or_sign_in, run_form, to_response};

use crate::pages::booking_terms::{BookingTerms, RepricedBooking};
use crate::pages::membership::HERE;
use crate::{Entitlements, Invoice, MembershipStatus};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/membership/{action}/", get(show).post(apply))
}

/// An operation on the actor's membership.
#[derive(Debug, Clone)]
enum MembershipAction {
    Leave,
    Stay,
    Freeze(i64),
    Change(String),
}

/// The parameters of an operation.
#[derive(Debug, Clone)]
struct ChangeQuery {
    months: Option<i64>,
    plan: Option<String>,
}

impl Input for ChangeQuery {
    fn parse(input: &mut RawInput) -> ChangeQuery {
        ChangeQuery { months: input.opt_number("months", 1, 12), plan: input.opt_text_within("plan", 100) }
    }
}

impl MembershipAction {
    /// Returns the operation of this name. Returns `Error::NotFound` for an unknown name, or if `change` has no plan.
    fn named(name: &str, query: ChangeQuery) -> Result<MembershipAction> {
        match name {
            "leave" => Ok(MembershipAction::Leave),
            "stay" => Ok(MembershipAction::Stay),
            "freeze" => Ok(MembershipAction::Freeze(query.months.unwrap_or(1))),
            "change" => query.plan.map(MembershipAction::Change).ok_or(Error::NotFound),
            _ => Err(Error::NotFound),
        }
    }

    fn path(&self) -> String {
        match self {
            MembershipAction::Leave => format!("{HERE}leave/"),
            MembershipAction::Stay => format!("{HERE}stay/"),
            MembershipAction::Freeze(months) => format!("{HERE}freeze/?months={months}"),
            MembershipAction::Change(plan) => format!("{HERE}change/?plan={}", format::encoded(plan)),
        }
    }

    fn run(&self, tx: &mut Tx<'_>, by: &Actor) -> Result<()> {
        let person = by.person()?.id;
        match self {
            MembershipAction::Leave => crate::leave(tx, by, person),
            MembershipAction::Stay => crate::stay(tx, by, person),
            MembershipAction::Freeze(months) => crate::freeze(tx, by, person, *months).map(drop),
            MembershipAction::Change(plan) => crate::change_down(tx, by, person, plan),
        }
    }
}

/// A visit whose price would change.
struct Affected {
    path: String,
    what: String,
    day: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "membership_change.html")]
struct ChangePage {
    frame: Frame,
    title: String,
    sentences: Vec<String>,
    affected: Vec<Affected>,
    may_cancel: bool,
    refusal: Option<String>,
    /// What a more expensive plan would cost, which is paid at the front desk.
    invoice: Option<InvoiceLines>,
    action: &'static str,
    path: String,
    months: Option<i64>,
    plan: Option<String>,
    club: Club,
}

struct InvoiceLines {
    from: String,
    to: String,
    charge: String,
    credit: String,
    total: String,
}

impl InvoiceLines {
    fn of(invoice: Invoice) -> InvoiceLines {
        InvoiceLines {
            charge: format::money(invoice.charge),
            credit: format::money(-invoice.credit),
            total: format::money(invoice.total),
            from: invoice.from,
            to: invoice.to,
        }
    }
}

async fn show(
    caller: Caller,
    Extension(terms): Extension<BookingTerms>,
    Path(name): Path<String>,
    QueryForm(form): QueryForm<ChangeQuery>,
) -> Result<Response> {
    let operation = MembershipAction::named(&name, form.parsed.map_err(Error::Invalid)?)?;
    let here = operation.path();
    // Run the operation and roll it back, so that the page shows what would really happen.
    let drawn = caller.tx(move |tx, by| preview(tx, by, &operation, &terms)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &here)
}

/// The effects of an operation: the bookings with a new price, and the first and the last day of a freeze.
type Effects = (Vec<RepricedBooking>, Option<(Date, Date)>);

/// Runs an operation and rolls it back. Returns its effects, or the refusal.
fn attempt(
    tx: &mut Tx<'_>,
    by: &Actor,
    operation: &MembershipAction,
    terms: &BookingTerms,
) -> Result<Result<Effects, &'static Refusal>> {
    let person = by.person()?.id;
    let club = catalogue::current(tx)?.club.id;
    let mut seen = Ok((Vec::new(), None));
    tx.attempt::<()>(|tx| {
        match operation.run(tx, by) {
            Err(Error::Refused(refusal, _)) => seen = Err(refusal),
            Err(error) => return Err(error),
            Ok(()) => {
                let held = crate::entitlements(tx, club, person)?.held;
                seen = Ok(((terms.reprice)(tx, person)?, held.and_then(|(held, _)| held.frozen)));
            }
        }
        Ok(None)
    })?;
    Ok(seen)
}

fn preview(
    tx: &mut Tx<'_>,
    by: &Actor,
    operation: &MembershipAction,
    terms: &BookingTerms,
) -> Result<ChangePage> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let entitlements = crate::entitlements(tx, catalogue.club.id, person)?;
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let seen = attempt(tx, by, operation, terms)?;
    let mut page = ChangePage {
        frame: Frame::new(by, "membership", "Change membership · CoreSync"),
        title: String::new(),
        sentences: Vec::new(),
        affected: Vec::new(),
        may_cancel: false,
        refusal: None,
        invoice: None,
        action: "",
        path: operation.path(),
        months: if let MembershipAction::Freeze(months) = operation { Some(*months) } else { None },
        plan: if let MembershipAction::Change(plan) = operation { Some(plan.clone()) } else { None },
        club: catalogue.club.clone(),
    };
    (page.title, page.action) = match operation {
        MembershipAction::Leave => ("Cancel your membership?".to_owned(), "Cancel membership"),
        MembershipAction::Stay => ("Keep your membership?".to_owned(), "Keep my membership"),
        MembershipAction::Freeze(_) => ("Pause your membership?".to_owned(), "Pause membership"),
        MembershipAction::Change(slug) if is_own(&entitlements, slug) => {
            ("Keep your plan?".to_owned(), "Keep my plan")
        }
        MembershipAction::Change(_) => ("Switch plans?".to_owned(), "Switch plans"),
    };
    match seen {
        Ok((repriced, rests)) => {
            page.sentences = sentences(tx, &catalogue, &entitlements, operation, (rests, today), terms)?;
            page.affected = repriced.iter().map(|one| affected(&catalogue, one, today)).collect();
            page.may_cancel = repriced.iter().any(|one| one.is_free_to_cancel);
        }
        Err(refusal) if *refusal == crate::CARD_NEEDED => {
            let plan = page.plan.clone().unwrap_or_default();
            let found = crate::preview_upgrade(tx, by, person, &plan);
            match found {
                Ok(invoice) => {
                    let invoice = InvoiceLines::of(invoice);
                    page.title = format!("Upgrade to {}", invoice.to);
                    page.invoice = Some(invoice);
                }
                Err(Error::Refused(refusal, _)) => {
                    page.refusal = Some(reason(refusal, &entitlements, operation, today))
                }
                Err(error) => return Err(error),
            }
        }
        Err(refusal) => page.refusal = Some(reason(refusal, &entitlements, operation, today)),
    }
    Ok(page)
}

/// Returns why the state of the membership does not allow an operation, and what to do.
fn reason(
    refusal: &Refusal,
    entitlements: &Entitlements,
    operation: &MembershipAction,
    today: Date,
) -> String {
    let held = entitlements.held.as_ref().filter(|_| *refusal == crate::WRONG_STATE);
    let Some((held, _)) = held else { return refusal.sentence.to_owned() };
    let day = |date: Date| format::day(date, today);
    match (held.frozen, operation) {
        (_, MembershipAction::Change(slug)) if entitlements.has_new_terms() && is_own(entitlements, slug) => {
            let start = format::next_day(held.paid_until, today);
            format!(
                "Your plan’s new terms start {start}, so you can’t keep the current ones. Until then, you can switch \
                 plans or cancel your membership."
            )
        }
        (Some((from, last)), MembershipAction::Change(_) | MembershipAction::Freeze(_)) => {
            let then =
                if matches!(operation, MembershipAction::Freeze(_)) { "pause it again" } else { "change it" };
            format!(
                "Your membership is paused from {}, through {}. After that, you can {then}.",
                day(from),
                day(last)
            )
        }
        (_, MembershipAction::Leave) => {
            format!("Your membership is already set to end on {}.", day(held.paid_until))
        }
        (_, MembershipAction::Stay) => "Your membership isn’t set to end.".to_owned(),
        _ if held.status != MembershipStatus::Active => {
            "Your payment is past due. Please pay at the front desk first.".to_owned()
        }
        (None, MembershipAction::Freeze(_)) if !held.renews => {
            "Your membership is set to end, so it can’t be paused. Keep your membership first.".to_owned()
        }
        _ => refusal.sentence.to_owned(),
    }
}

/// Returns whether a plan is the one that the person has.
fn is_own(entitlements: &Entitlements, slug: &str) -> bool {
    entitlements.held.as_ref().is_some_and(|(_, plan)| plan.slug == slug)
}

/// Describes the effects of an operation in sentences.
fn sentences(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    entitlements: &Entitlements,
    operation: &MembershipAction,
    (rests, today): (Option<(Date, Date)>, Date),
    terms: &BookingTerms,
) -> Result<Vec<String>> {
    let Some((held, plan)) = &entitlements.held else { return Ok(Vec::new()) };
    let until = format::day(held.paid_until, today);
    let name = &plan.name;
    Ok(match operation {
        MembershipAction::Leave => vec![
            format!("You keep your {name} benefits through {until}. Nothing is due after that."),
            "Unused credits and passes expire then. You can change your mind here until that date."
                .to_owned(),
            format!(
                "After that, you can book {} ahead at guest prices.",
                format::number_of(catalogue.setting(terms.account_days), "day")
            ),
        ],
        MembershipAction::Stay => {
            vec![format!("{name} continues after {until}, at {} a month.", format::money(plan.price))]
        }
        MembershipAction::Freeze(months) => {
            let months = format::months(*months);
            let days = rests.map(|(from, last)| (format::day(from, today), format::day(last, today)));
            let days = days.map_or_else(
                || format!("Starting {}", format::next_day(held.paid_until, today)),
                |(from, last)| format!("From {from}, through {last}"),
            );
            vec![
                format!("{days}, your membership will be paused for {months}: no dues and no benefits."),
                "After that, your membership resumes. A pause can’t be undone.".to_owned(),
                format!(
                    "You can pause for up to {} each calendar year.",
                    format::months(catalogue.setting(crate::FROZEN_MONTHS))
                ),
            ]
        }
        MembershipAction::Change(slug) => {
            let plans = crate::plans(tx, catalogue.club.id)?;
            let next = plans.into_iter().find(|one| one.slug == *slug).ok_or(Error::NotFound)?;
            if next.id == plan.id {
                let start = format::next_day(held.paid_until, today);
                let given_up = entitlements.next_plan.as_ref().map(|next| {
                    format!("Your switch to {}, planned for {start}, will be canceled.", next.name)
                });
                let keep_sentence = format!("You keep {name} on your current terms.");
                return Ok([Some(keep_sentence), given_up].into_iter().flatten().collect());
            }
            let credits = match next.monthly_credits {
                None => "Every service is included.".to_owned(),
                Some(0) => "It has no service credits.".to_owned(),
                Some(1) => "It has 1 service credit a month.".to_owned(),
                Some(credits) => format!("It has {credits} service credits a month."),
            };
            let ahead = format::number_of(next.max_advance_days, "day");
            vec![
                format!(
                    "You keep {name} through {until}. {} starts the next day at {} a month.",
                    next.name,
                    format::money(next.price)
                ),
                format!("With {}, you can book {ahead} ahead. {credits}", next.name),
            ]
        }
    })
}

fn affected(catalogue: &Catalogue, one: &RepricedBooking, today: Date) -> Affected {
    Affected {
        path: one.path.clone(),
        what: catalogue.service(one.service).map(|service| service.name.clone()).unwrap_or_default(),
        day: format::day(one.day, today),
        from: format::money(one.from),
        to: format::money(one.to),
    }
}

async fn apply(
    caller: Caller,
    Extension(terms): Extension<BookingTerms>,
    Path(name): Path<String>,
    PostedForm(form): PostedForm<ChangeQuery>,
) -> Result<Response> {
    let operation = MembershipAction::named(&name, form.parsed.map_err(Error::Invalid)?)?;
    let here = operation.path();
    let done = caller.tx(move |tx, by| {
        let run = |tx: &mut Tx<'_>| operation.run(tx, by).map(|()| HERE.to_owned());
        run_form(tx, run, |tx, failure| {
            let mut page = preview(tx, by, &operation, &terms)?;
            if page.refusal.is_none() && page.invoice.is_none() {
                page.refusal = Some(failure.sentence().to_owned());
            }
            Ok(page)
        })
    });
    to_response(done.await, &here)
}
