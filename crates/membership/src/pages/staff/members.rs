//! The page on which staff search for people and see their memberships.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::{Input, RawInput};
use kit::{AppState, Result, Tx};
use people::{Actor, Caller, Person};
use ui::{
    FormPart, InputField, PageQuery, Part, QueryForm, StaffPage, Table, Tone, cell, csv, format, link,
    or_sign_in, rendered,
};

pub(crate) const HERE: &str = "/staff/members/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(list))
}

/// The query of the search for people.
struct MembersQuery {
    page: PageQuery,
    search_text: String,
}

impl Input for MembersQuery {
    fn parse(input: &mut RawInput) -> MembersQuery {
        let search_text = input.opt_text_within("q", 100).unwrap_or_default();
        MembersQuery { page: PageQuery::parse(input), search_text }
    }
}

async fn list(caller: Caller, QueryForm(form): QueryForm<MembersQuery>) -> Result<Response> {
    let query = form.parsed.map_err(kit::Error::Invalid)?;
    if query.page.csv {
        let table = caller.tx(move |tx, by| table(tx, by, &query.search_text)).await;
        return or_sign_in(table.map(|table| csv("members", &table)), HERE);
    }
    let page = caller.tx(move |tx, by| {
        let table = table(tx, by, &query.search_text)?;
        let form = FormPart::get(HERE, "Find members").field(InputField::line(
            "q",
            "Name, email, or phone",
            "search",
            &query.search_text,
        ));
        let empty = if query.search_text.is_empty() {
            "Search by the start of a name or email, or four digits of a phone number."
        } else if !people::is_search(&query.search_text) {
            people::SEARCH_TOO_SHORT
        } else {
            "No matches. Try fewer letters."
        };
        Ok(StaffPage::new(by, HERE, "Members").with(Part::Form(form)).table(table, empty))
    });
    rendered(page.await, HERE)
}

/// Returns a person's email address for staff. An address that is not verified may belong to someone else (D12), so it
/// is marked.
pub(crate) fn email(person: &Person) -> String {
    match &person.email {
        Some(email) if person.verified_at.is_none() => format!("{email} (not confirmed)"),
        Some(email) => email.clone(),
        None => String::new(),
    }
}

/// Returns a person's phone number in its readable form, or an empty text.
pub(crate) fn phone(person: &Person) -> String {
    person.phone.as_deref().map(people::format_phone).unwrap_or_default()
}

fn table(tx: &mut Tx<'_>, by: &Actor, search_text: &str) -> Result<Table> {
    let catalogue = catalogue::current(tx)?;
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let mut rows = Vec::new();
    for person in people::find(tx, by, search_text)? {
        let entitlements = crate::entitlements(tx, catalogue.club.id, person.id)?;
        let held = entitlements.held.as_ref();
        rows.push(vec![
            link(person.full_name(), format!("{HERE}{}/", person.id)),
            cell(email(&person)),
            cell(phone(&person)),
            cell(held.map_or("None", |(_, plan)| plan.name.as_str())),
            held.map_or_else(
                || cell(""),
                |(membership, _)| {
                    let is_frozen = entitlements.is_frozen(today);
                    cell(state(membership, is_frozen)).tone(tone(membership, is_frozen))
                },
            ),
            cell(held.map(|(membership, _)| format::day(membership.paid_until, today)).unwrap_or_default()),
        ]);
    }
    Ok(Table {
        caption: "Results",
        head: vec!["Name", "Email", "Phone", "Plan", "Status", "Paid through"],
        rows,
        csv: Some(format!("{HERE}?format=csv&q={}", format::encoded(search_text))),
    })
}

/// Returns the tone of a membership's status.
fn tone(membership: &crate::Membership, is_frozen: bool) -> Tone {
    use crate::MembershipStatus::{Active, Ended, Grace, Suspended};
    match membership.status {
        _ if is_frozen => Tone::Info,
        Active if !membership.renews => Tone::Info,
        Active => Tone::Good,
        Grace | Suspended => Tone::Bad,
        Ended => Tone::Quiet,
    }
}

/// Describes the status of a membership for staff.
pub(crate) fn state(membership: &crate::Membership, is_frozen: bool) -> &'static str {
    use crate::MembershipStatus::{Active, Ended, Grace, Suspended};
    match membership.status {
        _ if is_frozen => "Paused",
        Active if !membership.renews => "Active, set to end",
        Active => "Active",
        Grace => "Payment past due, benefits continue",
        Suspended => "Suspended",
        Ended => "Ended",
    }
}
