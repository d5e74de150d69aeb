//! One's own membership: the plan and what is left of it, and what leaving, freezing or changing means before it is done.
//! Without one, the plans.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bookings::Repricing;
use catalogue::{Catalogue, Club};
use jiff::civil::Date;
use kit::web::{Input, Page, Path, Words, see_other};
use kit::{Cents, Error, House, Refusal, Result, Tx};
use membership::{Invoice, Plan, Standing, Status};
use people::{Actor, Caller};
use ui::{Frame, PostedForm, QueryForm, format, or_sign_in};

const HERE: &str = "/dashboard/membership/";

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route(HERE, get(show))
        .route("/dashboard/membership/credits/", post(credits))
        .route("/dashboard/membership/{deed}/", get(ask).post(act))
}

#[derive(Template)]
#[template(path = "membership.html")]
struct MembershipPage {
    frame: Frame,
    held: Option<Held>,
    plans: Vec<PlanCard>,
    club: Club,
    account_days: i64,
}

/// A plan as it stands.
struct Held {
    name: String,
    state: String,
    /// What has to be known at once: dues that are open, what comes next.
    notices: Vec<String>,
    facts: Vec<(&'static str, String)>,
    benefits: Vec<String>,
    auto_credit: bool,
    has_credits: bool,
    leaving: bool,
    /// For how many months it can be frozen: each with its word.
    freezes: Vec<(i64, String)>,
    has_next: bool,
    slug: String,
}

/// A plan that can be had.
struct PlanCard {
    name: String,
    price: String,
    sentence: String,
    benefits: Vec<String>,
    /// What to do to have it, and where that is; nothing for the plan that one has.
    way: Option<(&'static str, String)>,
}

/// Numbers of the rules that the page says.
#[derive(Clone, Copy)]
struct Numbers {
    account_days: i64,
    gift: Cents,
    freezable: i64,
}

impl Held {
    fn of(standing: &Standing, today: Date, numbers: Numbers, saved: Cents) -> Option<Held> {
        let (membership, plan) = standing.held.as_ref()?;
        let day = |date: Date| format::day(date, today);
        let until = day(membership.paid_until);
        let frozen = membership.frozen.filter(|(_, last)| *last >= today);
        let is_frozen = standing.is_frozen(today);
        let state = match membership.status {
            _ if is_frozen => "Frozen".to_owned(),
            Status::Active if membership.renews => "Active".to_owned(),
            Status::Active => format!("Active until {until}"),
            Status::Grace => "Dues are open".to_owned(),
            Status::Suspended => "Resting until the dues are paid".to_owned(),
            Status::Ended => "Over".to_owned(),
        };
        let mut notices = Vec::new();
        match membership.status {
            Status::Grace => notices.push(format!(
                "It was paid until {until}. Everything it gives stays for some days. Please pay at the desk."
            )),
            Status::Suspended => {
                notices.push(format!(
                    "It was paid until {until}. Pay at the desk, and everything is as before."
                ));
            }
            _ => {}
        }
        if let Some((from, last)) = frozen {
            notices.push(format!("From {} to {} there are no dues and no benefits.", day(from), day(last)));
            notices.push(
                "Until that is over it can’t be frozen anew, nor changed to a plan that costs more."
                    .to_owned(),
            );
        }
        if !membership.renews {
            notices.push(format!("It ends with {until}. Until then you can stay."));
        }
        if let Some(next) = standing.next_plan.as_ref().filter(|_| membership.renews) {
            let price = format::money(next.price);
            notices.push(format!("From the day after {until} you have {} at {price} a month.", next.name));
        }
        let left = (membership.paid_until - today).get_days().max(0);
        let mut facts = vec![
            ("State", state.clone()),
            ("Price", format!("{} a month", format::money(plan.price))),
            ("Paid until", until.clone()),
            ("Days left", left.to_string()),
            ("You book", format!("{} days ahead", standing.days_ahead_for(today, numbers.account_days))),
        ];
        let used = standing.credits_used_in(today);
        match (plan.monthly_credits, standing.credits_left(today)) {
            (None, _) => facts.push(("Services this month", format!("{used}, every one is included"))),
            (Some(given), Some(left)) if given > 0 => {
                facts.push(("Service credits this month", format!("{used} used, {left} left")));
            }
            _ => {}
        }
        if plan.guest_passes > 0 {
            let (used, left) = (standing.passes_used_in(today), standing.passes_left(today));
            facts.push(("Guest passes this month", format!("{used} used, {left} left")));
        }
        if plan.monthly_credits.is_some() && standing.has_birthday(today) {
            facts.push((
                "Your birthday month",
                format!("One service up to {} is our gift", format::money(numbers.gift)),
            ));
        }
        facts.push(("Saved so far", format::money(saved)));
        Some(Held {
            name: plan.name.clone(),
            state,
            notices,
            facts,
            benefits: plan.benefits.clone(),
            auto_credit: membership.auto_credit,
            has_credits: plan.monthly_credits.is_some_and(|credits| credits > 0),
            leaving: !membership.renews,
            freezes: (1..=numbers.freezable).map(|months| (months, format::months(months))).collect(),
            has_next: standing.next_plan.is_some(),
            slug: plan.slug.clone(),
        })
    }
}

impl PlanCard {
    /// `rests` while a freeze runs or lies ahead: until it is over nobody changes to what costs more.
    fn of(plan: Plan, held: Option<&Plan>, rests: bool) -> PlanCard {
        let costs_more = |held: &Plan| plan.price > held.price;
        let open = held.filter(|held| held.id != plan.id && !(rests && costs_more(held)));
        let way = open.map(|held| {
            let word = if costs_more(held) { "What it would cost now" } else { "Change to it" };
            (word, format!("{HERE}change/?plan={}", plan.slug))
        });
        PlanCard {
            price: format::money(plan.price),
            name: plan.name,
            sentence: plan.short_description,
            benefits: plan.benefits,
            way,
        }
    }
}

async fn show(caller: Caller) -> Result<Response> {
    let drawn = caller.view(draw).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor) -> Result<MembershipPage> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let standing = membership::standing(tx, catalogue.club.id, person)?;
    let saved = money::saved(tx, person)?;
    let account_days = catalogue.number(bookings::ACCOUNT_DAYS);
    let gift = Cents(catalogue.number(bookings::BIRTHDAY));
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let plan = standing.held.as_ref().map(|(_, plan)| plan.clone());
    let rests = standing.held.as_ref().is_some_and(|(held, _)| held.frozen.is_some());
    let plans = membership::plans(tx, catalogue.club.id)?;
    let numbers = Numbers { account_days, gift, freezable: membership::freezable(tx, &standing)? };
    Ok(MembershipPage {
        frame: Frame::new(by, "membership", "Membership · CoreSync"),
        held: Held::of(&standing, today, numbers, saved),
        plans: plans.into_iter().map(|one| PlanCard::of(one, plan.as_ref(), rests)).collect(),
        club: catalogue.club.clone(),
        account_days,
    })
}

/// Whether credits are used without asking.
struct Auto(bool);

impl Input for Auto {
    fn parse(words: &mut Words) -> Auto {
        Auto(words.yes("auto"))
    }
}

async fn credits(caller: Caller, PostedForm(form): PostedForm<Auto>) -> Result<Response> {
    let Auto(auto) = form.parsed.map_err(Error::Invalid)?;
    let done = caller.tx(move |tx, by| membership::set_auto_credit(tx, by, auto)).await;
    or_sign_in(done.map(|()| see_other(HERE)), HERE)
}

/// What is to be done with a membership.
#[derive(Debug, Clone)]
enum Deed {
    Leave,
    Stay,
    Freeze(i64),
    Change(String),
}

/// The words of a deed.
#[derive(Debug, Clone)]
struct Wanted {
    months: Option<i64>,
    plan: Option<String>,
}

impl Input for Wanted {
    fn parse(words: &mut Words) -> Wanted {
        Wanted { months: words.opt_number("months", 1, 12), plan: words.opt_text_within("plan", 100) }
    }
}

impl Deed {
    /// The deed of that name.
    fn named(name: &str, wanted: Wanted) -> Result<Deed> {
        match name {
            "leave" => Ok(Deed::Leave),
            "stay" => Ok(Deed::Stay),
            "freeze" => Ok(Deed::Freeze(wanted.months.unwrap_or(1))),
            "change" => wanted.plan.map(Deed::Change).ok_or(Error::NotFound),
            _ => Err(Error::NotFound),
        }
    }

    fn path(&self) -> String {
        match self {
            Deed::Leave => format!("{HERE}leave/"),
            Deed::Stay => format!("{HERE}stay/"),
            Deed::Freeze(months) => format!("{HERE}freeze/?months={months}"),
            Deed::Change(plan) => format!("{HERE}change/?plan={}", format::encoded(plan)),
        }
    }

    fn run(&self, tx: &mut Tx<'_>, by: &Actor) -> Result<()> {
        let person = by.person()?.id;
        match self {
            Deed::Leave => membership::leave(tx, by, person),
            Deed::Stay => membership::stay(tx, by, person),
            Deed::Freeze(months) => membership::freeze(tx, by, person, *months).map(drop),
            Deed::Change(plan) => membership::change_down(tx, by, person, plan),
        }
    }
}

/// A visit that would cost something else.
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
    /// What changing up costs, which is paid at the desk.
    invoice: Option<InvoiceLines>,
    action: &'static str,
    path: String,
    months: Option<i64>,
    plan: Option<String>,
    phone: String,
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

async fn ask(
    caller: Caller,
    Path(name): Path<String>,
    QueryForm(form): QueryForm<Wanted>,
) -> Result<Response> {
    let deed = Deed::named(&name, form.parsed.map_err(Error::Invalid)?)?;
    let here = deed.path();
    // It is done and undone again: so what is said is what would happen.
    let drawn = caller.tx(move |tx, by| foresee(tx, by, &deed)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &here)
}

/// What a deed would do: what would be priced anew, and the days on which the membership would rest.
type Seen = (Vec<Repricing>, Option<(Date, Date)>);

/// Does a deed and undoes it: what it would do, or why it can't be done.
fn attempt(tx: &mut Tx<'_>, by: &Actor, deed: &Deed) -> Result<Result<Seen, &'static Refusal>> {
    let person = by.person()?.id;
    let club = catalogue::current(tx)?.club.id;
    let mut seen = Ok((Vec::new(), None));
    tx.attempt::<()>(|tx| {
        match deed.run(tx, by) {
            Err(Error::Refused(refusal, _)) => seen = Err(refusal),
            Err(error) => return Err(error),
            Ok(()) => {
                let held = membership::standing(tx, club, person)?.held;
                seen = Ok((bookings::reprice_for(tx, person)?, held.and_then(|(held, _)| held.frozen)));
            }
        }
        Ok(None)
    })?;
    Ok(seen)
}

fn foresee(tx: &mut Tx<'_>, by: &Actor, deed: &Deed) -> Result<ChangePage> {
    let person = by.person()?.id;
    let catalogue = catalogue::current(tx)?;
    let standing = membership::standing(tx, catalogue.club.id, person)?;
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let seen = attempt(tx, by, deed)?;
    let mut page = ChangePage {
        frame: Frame::new(by, "membership", "Change the membership · CoreSync"),
        title: String::new(),
        sentences: Vec::new(),
        affected: Vec::new(),
        may_cancel: false,
        refusal: None,
        invoice: None,
        action: "",
        path: deed.path(),
        months: if let Deed::Freeze(months) = deed { Some(*months) } else { None },
        plan: if let Deed::Change(plan) = deed { Some(plan.clone()) } else { None },
        phone: catalogue.club.phone.clone(),
    };
    (page.title, page.action) = match deed {
        Deed::Leave => ("Leave the membership?".to_owned(), "Leave with the end of what is paid"),
        Deed::Stay => ("Stay a member?".to_owned(), "Stay"),
        Deed::Freeze(_) => ("Freeze the membership?".to_owned(), "Freeze it"),
        Deed::Change(_) => ("Change the plan?".to_owned(), "Change the plan"),
    };
    match seen {
        Ok((repriced, rests)) => {
            page.sentences = sentences(tx, &catalogue, &standing, deed, rests, today)?;
            page.affected = repriced.iter().map(|one| affected(&catalogue, one, today)).collect();
            page.may_cancel = repriced.iter().any(|one| one.booking.free_to_cancel);
        }
        Err(refusal) if *refusal == membership::CARD_NEEDED => {
            let plan = page.plan.clone().unwrap_or_default();
            let found = membership::preview_upgrade(tx, by, person, &plan);
            match found {
                Ok(invoice) => page.invoice = Some(InvoiceLines::of(invoice)),
                Err(Error::Refused(refusal, _)) => {
                    page.refusal = Some(reason(refusal, &standing, deed, today))
                }
                Err(error) => return Err(error),
            }
        }
        Err(refusal) => page.refusal = Some(reason(refusal, &standing, deed, today)),
    }
    Ok(page)
}

/// Why a deed can't be done as the membership stands, and what to do.
fn reason(refusal: &Refusal, standing: &Standing, deed: &Deed, today: Date) -> String {
    let held = standing.held.as_ref().filter(|_| *refusal == membership::WRONG_STATE);
    let Some((held, _)) = held else { return refusal.sentence.to_owned() };
    let day = |date: Date| format::day(date, today);
    match (held.frozen, deed) {
        (Some((from, last)), Deed::Change(_) | Deed::Freeze(_)) => {
            let then = if matches!(deed, Deed::Freeze(_)) { "freeze it again" } else { "change it" };
            format!(
                "Your membership rests from {} until {}; after that you can {then}.",
                day(from),
                day(last)
            )
        }
        (_, Deed::Leave) => format!("You are leaving already: it ends with {}.", day(held.paid_until)),
        (_, Deed::Stay) => "Nobody is leaving: it goes on by itself.".to_owned(),
        _ if held.status != Status::Active => {
            "Dues are open. Pay them at the desk, then this can be done.".to_owned()
        }
        (None, Deed::Freeze(_)) if !held.renews => {
            "You are leaving, and what ends can’t rest. Take leaving back first.".to_owned()
        }
        _ => refusal.sentence.to_owned(),
    }
}

/// What a deed means, in sentences.
fn sentences(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    standing: &Standing,
    deed: &Deed,
    rests: Option<(Date, Date)>,
    today: Date,
) -> Result<Vec<String>> {
    let Some((held, plan)) = &standing.held else { return Ok(Vec::new()) };
    let until = format::day(held.paid_until, today);
    let name = &plan.name;
    Ok(match deed {
        Deed::Leave => vec![
            format!("You keep everything {name} gives until {until}. Nothing is due after that."),
            "Credits and passes that are left end with it. Until then you can take leaving back here."
                .to_owned(),
            format!(
                "From the day after you book {} days ahead, at list price.",
                catalogue.number(bookings::ACCOUNT_DAYS)
            ),
        ],
        Deed::Stay => {
            vec![format!("{name} goes on after {until}, at {} a month.", format::money(plan.price))]
        }
        Deed::Freeze(months) => {
            let months = usize::try_from(*months).unwrap_or(0);
            let months = if months == 1 {
                "one month".to_owned()
            } else {
                format!("{} months", format::number(months))
            };
            let days = rests.map(|(from, last)| (format::day(from, today), format::day(last, today)));
            let days = days.map_or_else(
                || format!("From the day after {until}"),
                |(from, last)| format!("From {from} until {last}"),
            );
            vec![
                format!("{days} your membership rests for {months}: no dues, no benefits."),
                "Then it goes on by itself. A freeze can’t be taken back here; the desk can help.".to_owned(),
                format!(
                    "In a calendar year you can freeze {} months.",
                    catalogue.number(membership::FROZEN_MONTHS)
                ),
            ]
        }
        Deed::Change(slug) => {
            let plans = membership::plans(tx, catalogue.club.id)?;
            let next = plans.into_iter().find(|one| one.slug == *slug).ok_or(Error::NotFound)?;
            if next.id == plan.id {
                return Ok(vec![format!("You keep {name}, on the terms you have.")]);
            }
            let credits = match next.monthly_credits {
                None => "Every service is included.".to_owned(),
                Some(0) => "It has no service credits.".to_owned(),
                Some(credits) => format!("It has {credits} service credits a month."),
            };
            vec![
                format!(
                    "You keep {name} until {until}. {} begins the day after, at {} a month.",
                    next.name,
                    format::money(next.price)
                ),
                format!("With {} you book {} days ahead. {credits}", next.name, next.max_advance_days),
            ]
        }
    })
}

fn affected(catalogue: &Catalogue, one: &Repricing, today: Date) -> Affected {
    let booking = &one.booking;
    Affected {
        path: format!("/dashboard/bookings/{}/", booking.id),
        what: catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default(),
        day: format::day(booking.day, today),
        from: format::money(one.from),
        to: format::money(booking.total()),
    }
}

async fn act(
    caller: Caller,
    Path(name): Path<String>,
    PostedForm(form): PostedForm<Wanted>,
) -> Result<Response> {
    let deed = Deed::named(&name, form.parsed.map_err(Error::Invalid)?)?;
    let here = deed.path();
    let done = caller.tx(move |tx, by| {
        let mut refused = None;
        let done = tx.attempt(|tx| match deed.run(tx, by) {
            Err(Error::Refused(refusal, _)) => {
                refused = Some(refusal);
                Ok(None)
            }
            other => other.map(Some),
        })?;
        if done.is_some() {
            return Ok(None);
        }
        let mut page = foresee(tx, by, &deed)?;
        if page.refusal.is_none() && page.invoice.is_none() {
            page.refusal = refused.map(|refusal| refusal.sentence.to_owned());
        }
        let status = refused.and_then(|refusal| StatusCode::from_u16(refusal.status).ok());
        Ok(Some((status.unwrap_or(StatusCode::CONFLICT), page)))
    });
    let answered = done.await.and_then(|refused| match refused {
        None => Ok(see_other(HERE)),
        Some((status, page)) => Ok((status, Page::of(&page)?).into_response()),
    });
    or_sign_in(answered, &here)
}
