//! The page of one person's membership at the front desk: enroll, take dues, upgrade, freeze, and end it; and all its
//! events.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Cents, Error, Fields, Id, Result, Tx};
use people::{Action, Actor, Caller, EmergencyContact, Person};
use ui::{
    Choice, FormOutcome, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, StaffPage, Table,
    cell, csv, format, handle_form, or_sign_in, rendered, to_response,
};

use crate::pages::staff::members::{HERE, email, phone, state};
use crate::{Entitlements, Membership, MembershipEvent, MembershipEventKind, Paid, Plan, Sold};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/staff/members/{id}/", get(show).post(apply))
        .route("/staff/members/{id}/emergency/", get(emergency))
        .route("/staff/members/{id}/birthday/", post(correct))
}

fn here(id: Id) -> String {
    format!("{HERE}{id}/")
}

async fn show(caller: Caller, Path(id): Path<Id>, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let query = form.parsed.unwrap_or(PageQuery { done: false, csv: false });
    if query.csv {
        let table = caller.view(move |tx, by| history(tx, by, id)).await;
        return or_sign_in(table.map(|table| csv("membership-history", &table)), &here(id));
    }
    let page = caller.tx(move |tx, by| {
        let page = draw(tx, by, id, None)?;
        people::note_view(tx, by, id)?;
        Ok(page)
    });
    let page = page.await;
    rendered(page.map(|page| page.done(query.done, "Saved.")), &here(id))
}

/// Shows a person's emergency contact. It has its own page, so that staff do not see it unless they open it.
async fn emergency(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let page = caller.tx(move |tx, by| {
        let contact = people::contact_of(tx, by, id)?;
        let person = people::person(tx, id)?;
        let page = StaffPage::new(by, HERE, format!("Emergency contact: {}", person.full_name()));
        let page = match contact {
            Some(EmergencyContact { name, phone, relation }) => {
                let phone = people::format_phone(&phone);
                page.with(Part::Facts(vec![("Name", name), ("Phone", phone), ("Relationship", relation)]))
            }
            None => page.text("No emergency contact on file."),
        };
        let page = page.text("This lookup has been logged.");
        Ok(page.with(Part::Links(vec![("Back to the member", here(id))])))
    });
    rendered(page.await, &here(id))
}

/// An operation of the front desk.
#[derive(Debug, Clone)]
enum MemberAction {
    Enrol(Sold),
    Dues(Paid, Date),
    Upgrade(Sold),
    Freeze(i64),
    Leave,
    Stay,
}

impl Input for MemberAction {
    fn parse(input: &mut RawInput) -> MemberAction {
        match input.opt_text_within("action", 20).as_deref() {
            Some("enrol") => MemberAction::Enrol(Sold::parse(input)),
            Some("upgrade") => MemberAction::Upgrade(Sold::parse(input)),
            Some("dues") => MemberAction::Dues(Paid::parse(input), input.date("seen")),
            Some("freeze") => MemberAction::Freeze(input.number("months", 1, 12)),
            Some("leave") => MemberAction::Leave,
            Some("stay") => MemberAction::Stay,
            _ => {
                input.add_error("action", "Choose an action.");
                MemberAction::Stay
            }
        }
    }
}

async fn apply(
    caller: Caller,
    Path(id): Path<Id>,
    PostedForm(form): PostedForm<MemberAction>,
) -> Result<Response> {
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        if let Ok(MemberAction::Freeze(months)) = &parsed
            && raw_form.get("confirm").is_empty()
            && let Some(page) = confirm_freeze(tx, by, id, *months)?
        {
            return Ok(FormOutcome::Rendered(StatusCode::OK, Box::new(page)));
        }
        let operation = |tx: &mut Tx<'_>| {
            // The operations allow everyone to change their own membership. This page is for staff and for the
            // memberships of others only.
            crate::as_staff(by, id)?;
            match parsed.clone().map_err(Error::Invalid)? {
                MemberAction::Enrol(sold) => crate::join(tx, by, id, &sold).map(drop)?,
                MemberAction::Dues(paid, seen) => crate::take_dues(tx, by, id, paid, seen).map(drop)?,
                MemberAction::Upgrade(sold) => crate::upgrade(tx, by, id, &sold).map(drop)?,
                MemberAction::Freeze(months) => crate::freeze(tx, by, id, months).map(drop)?,
                MemberAction::Leave => crate::leave(tx, by, id)?,
                MemberAction::Stay => crate::stay(tx, by, id)?,
            }
            Ok(format!("{}?done=1", here(id)))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, id, wrong))
    });
    to_response(done.await, &here(id))
}

/// Returns the page that explains a freeze and asks for a confirmation. The freeze is performed and rolled back to find
/// its days. Returns `None` if it would be refused.
fn confirm_freeze(tx: &mut Tx<'_>, by: &Actor, id: Id, months: i64) -> Result<Option<StaffPage>> {
    crate::as_staff(by, id)?;
    let mut span = None;
    tx.attempt::<()>(|tx| match crate::freeze(tx, by, id, months) {
        Ok(frozen) => {
            span = Some(frozen);
            Ok(None)
        }
        Err(Error::Refused(..) | Error::Invalid(_)) => Ok(None),
        Err(error) => Err(error),
    })?;
    let Some((from, until)) = span else { return Ok(None) };
    let today = format::date_at(&catalogue::current(tx)?.club.zone, tx.now());
    let name = people::person(tx, id)?.full_name();
    let form = FormPart::post(here(id), "Pause membership")
        .hidden("action", "freeze")
        .hidden("months", months)
        .hidden("confirm", "on");
    let sentence = format!(
        "{name}’s membership would be paused for {}, from {}, through {}: no dues, no benefits. This can’t be undone.",
        format::months(months),
        format::day(from, today),
        format::day(until, today)
    );
    let page = StaffPage::new(by, HERE, "Pause this membership?").text(sentence).with(Part::Form(form));
    Ok(Some(page.with(Part::Links(vec![("Back to the member", here(id))]))))
}

/// Creates the field for the payment method.
fn paid() -> InputField {
    let ways = vec![
        Choice::new("", "Choose", true),
        Choice::new("terminal", "Card terminal", false),
        Choice::new("cash", "Cash", false),
    ];
    InputField::select("paid", "Payment", ways)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, id: Id, wrong: Option<&Fields>) -> Result<StaffPage> {
    by.need(Action::RunMemberships)?;
    let person = people::person(tx, id)?;
    let catalogue = catalogue::current(tx)?;
    let club = catalogue.club.id;
    let entitlements = crate::entitlements(tx, club, id)?;
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let saved = money::saved(tx, id)?;
    let plans = crate::plans(tx, club)?;
    let history = history(tx, by, id)?;
    let page = StaffPage::new(by, HERE, person.full_name());
    let contact = vec![("Email", email(&person)), ("Phone", phone(&person))];
    let emergency = vec![("Emergency contact", format!("{}emergency/", here(id)))];
    let page = page.with(Part::Facts(contact)).with(Part::Links(emergency));
    let page = page.heading("membership", "Membership");
    let page = match &entitlements.held {
        None => enrolling(page, id, &plans, wrong),
        Some((_, plan)) => {
            let dearer: Vec<Plan> = plans.into_iter().filter(|one| one.price > plan.price).collect();
            let mut offers = Vec::new();
            for one in dearer {
                match crate::preview_upgrade(tx, by, id, &one.slug) {
                    Ok(invoice) => offers.push((one, invoice.total)),
                    Err(Error::Refused(..)) => {}
                    Err(error) => return Err(error),
                }
            }
            let ways = Ways { upgrades: offers, freezable: crate::freezable(tx, &entitlements)? };
            held(page, id, &entitlements, today, saved, &ways, wrong)
        }
    };
    let page = if by.may(Action::CorrectPeople) { birthday_form(page, &person) } else { page };
    Ok(page.heading("history", "History").table(history, "Nothing yet."))
}

/// Adds the form to correct a birthday, which people cannot change themselves after its gift was used (M3).
fn birthday_form(page: StaffPage, person: &Person) -> StaffPage {
    let birthday = person.birthday.map(|day| day.to_string()).unwrap_or_default();
    let form = FormPart::post(format!("{}birthday/", here(person.id)), "Correct birthday")
        .quiet()
        .field(InputField::line("birthday", "Birthday", "date", birthday));
    page.heading("correct-birthday", "Birthday").with(Part::Form(form))
}

/// The form to correct a birthday.
#[derive(Clone)]
struct Birthday(Date);

impl Input for Birthday {
    fn parse(input: &mut RawInput) -> Birthday {
        let birthday = people::opt_birthday(input);
        if birthday.is_none() {
            input.add_error("birthday", "This field is required.");
        }
        Birthday(birthday.unwrap_or(Date::ZERO))
    }
}

async fn correct(
    caller: Caller,
    Path(id): Path<Id>,
    PostedForm(form): PostedForm<Birthday>,
) -> Result<Response> {
    let parsed = form.parsed;
    let done = caller.tx(move |tx, by| {
        let correction = |tx: &mut Tx<'_>| {
            by.need(Action::CorrectPeople)?;
            let Birthday(birthday) = parsed.clone().map_err(Error::Invalid)?;
            people::correct_birthday(tx, by, id, birthday)?;
            Ok(format!("{}?done=1", here(id)))
        };
        handle_form(tx, correction, |tx, wrong| draw(tx, by, id, wrong))
    });
    to_response(done.await, &here(id))
}

fn enrolling(page: StaffPage, id: Id, plans: &[Plan], wrong: Option<&Fields>) -> StaffPage {
    let plans = plans.iter().map(|plan| {
        Choice::new(&plan.slug, format!("{}, {} a month", plan.name, format::money(plan.price)), false)
    });
    let form = FormPart::post(here(id), "Enroll member")
        .hidden("action", "enrol")
        .field(InputField::select("plan", "Plan", plans.collect()))
        .field(paid())
        .wrong(wrong);
    page.text("Not a member. Collect the first month’s dues, then enroll. The plan starts today.").form(form)
}

/// What can be done with a membership.
struct Ways {
    /// The more expensive plans, each with the cost of changing to it now in cents.
    upgrades: Vec<(Plan, Cents)>,
    /// The maximum number of months for which it can be frozen.
    freezable: i64,
}

/// Returns the facts about the membership of a person, or none.
fn facts(entitlements: &Entitlements, today: Date, saved: Cents) -> Vec<(&'static str, String)> {
    let Some((membership, plan)) = &entitlements.held else { return Vec::new() };
    let day = |date: Date| format::day(date, today);
    let mut facts = vec![
        ("Plan", plan.name.clone()),
        ("Status", state(membership, entitlements.is_frozen(today)).to_owned()),
        ("Price", format!("{} a month", format::money(plan.price))),
        ("Since", day(membership.started_on)),
        ("Paid through", day(membership.paid_until)),
        (
            "Credits left",
            entitlements.credits_left(today).map_or("Unlimited".to_owned(), |left| left.to_string()),
        ),
        ("Passes left", entitlements.passes_left(today).to_string()),
        ("Saved", format::money(saved)),
    ];
    if let Some((from, last)) = membership.frozen {
        facts.push(("Paused", format!("{}, through {}", day(from), day(last))));
    }
    if let Some(next) = &entitlements.next_plan {
        facts.push(("Then", format!("{} at {} a month", next.name, format::money(next.price))));
    }
    facts
}

fn held(
    page: StaffPage,
    id: Id,
    entitlements: &Entitlements,
    today: Date,
    saved: Cents,
    ways: &Ways,
    wrong: Option<&Fields>,
) -> StaffPage {
    let Some((membership, plan)) = &entitlements.held else { return page };
    let day = |date: Date| format::day(date, today);
    let due = format::money(entitlements.next_plan.as_ref().unwrap_or(plan).price);
    let dues = FormPart::post(here(id), "Record payment")
        .hidden("action", "dues")
        .hidden("seen", membership.paid_until)
        .field(paid())
        .wrong(wrong);
    let facts = facts(entitlements, today, saved);
    let page = page.with(Part::Facts(facts)).heading("dues", "Dues");
    // Dues are collected from the last paid day on (M7).
    let first = format::next_day(membership.paid_until, today);
    let sentence = format!("Dues for the month starting {first}: {due}.");
    let mut page = if today < membership.paid_until {
        page.text(format!("{sentence} You can collect them starting {}.", day(membership.paid_until)))
    } else {
        page.text(sentence).form(dues)
    };
    if !ways.upgrades.is_empty() {
        let choices = ways.upgrades.iter().map(|(plan, total)| {
            Choice::new(&plan.slug, format!("{}: {} now", plan.name, format::money(*total)), false)
        });
        let form = FormPart::post(here(id), "Upgrade plan")
            .hidden("action", "upgrade")
            .field(InputField::select("plan", "To", choices.collect()))
            .field(paid());
        page = page
            .heading("upgrade", "Upgrade plan")
            .text("Prorated for the rest of the paid period. Starts now; booked visits keep their price.")
            .with(Part::Form(form));
    }
    if ways.freezable > 0 {
        let months = (1..=ways.freezable).map(|n| Choice::new(n, format::months(n), n == 1));
        let form = FormPart::post(here(id), "Pause membership")
            .quiet()
            .hidden("action", "freeze")
            .field(InputField::select("months", "Pause for", months.collect()));
        page = page
            .heading("freeze", "Pause membership")
            .text(format!(
                "Starting {}: no dues and no benefits.",
                format::next_day(membership.paid_until, today)
            ))
            .with(Part::Form(form));
    }
    ending(page, id, membership, today)
}

/// Adds the form to cancel a membership, or to undo that.
fn ending(page: StaffPage, id: Id, membership: &Membership, today: Date) -> StaffPage {
    let form =
        |operation, word| Part::Form(FormPart::post(here(id), word).quiet().hidden("action", operation));
    if membership.renews {
        return page
            .heading("end", "Cancel membership")
            .text("The membership ends when the paid period does.")
            .with(form("leave", "Cancel membership"));
    }
    page.heading("end", "Cancellation scheduled")
        .text(format!("The membership ends on {}.", format::day(membership.paid_until, today)))
        .with(form("stay", "Undo cancellation"))
}

/// Returns the table of all events of a person's memberships.
fn history(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Table> {
    by.need(Action::RunMemberships)?;
    let events = crate::events(tx, by, id)?;
    let names = people::names(tx, events.iter().filter_map(|event| event.by))?;
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let row = |event: &MembershipEvent| {
        let who = event.by.and_then(|by| names.get(&by).cloned());
        vec![
            cell(format::moment(&catalogue.club.zone, event.at, now)),
            cell(who.unwrap_or_else(|| "Automatic".to_owned())),
            cell(event_text(event, format::date_at(&catalogue.club.zone, now))),
        ]
    };
    Ok(Table {
        caption: "Membership history",
        head: vec!["When", "By", "What"],
        rows: events.iter().map(row).collect(),
        csv: Some(format!("{}?format=csv", here(id))),
    })
}

/// Describes an event in a sentence for staff.
fn event_text(event: &MembershipEvent, today: Date) -> String {
    use MembershipEventKind::*;
    let detail = &event.detail;
    let day = |date: Option<Date>| date.map(|date| format::day(date, today)).unwrap_or_default();
    let paid = match detail.paid {
        Some(Paid::Cash) => "in cash",
        Some(Paid::Terminal) => "by card",
        None => "by ",
    };
    let (plan, from, until) = (detail.plan(), detail.previous_plan(), day(detail.until));
    let amount = format::money(detail.amount());
    match event.kind {
        Joined => format!("Joined {plan}: {amount} {paid}, paid through {until}"),
        DuesTaken => format!("{plan} dues: {amount} {paid}, paid through {until}"),
        Upgraded => format!("Upgraded from {from} to {plan}: {amount} {paid}"),
        ChangesDown => format!("Changes from {from} to {plan} after {until}"),
        KeepsPlan => format!("Keeps {plan}"),
        MovesOver => format!("Moves to the latest terms of {plan}, {amount} a month"),
        Leaves => format!("Set to end on {until}"),
        Stays => "Membership kept".to_owned(),
        Grace => "Payment past due, benefits continue".to_owned(),
        Suspended => "Suspended".to_owned(),
        Ended => "Ended".to_owned(),
        Frozen { .. } => format!("Paused from {}, through {until}", day(detail.first_day())),
    }
}
