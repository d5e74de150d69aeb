//! The page on which the front desk chooses the person for a booking: a guest with an account, a new guest, or
//! themselves.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::{Input, RawInput};
use kit::{AppState, Id, Result, Tx};
use people::{Action, Actor, Caller};
use ui::{FormPart, InputField, Part, QueryForm, StaffPage, Table, Tone, cell, format, link, rendered};

use crate::staff::day::all_days_path;

const HERE: &str = "/staff/book/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

/// The search for a guest, and the search for a time that continues afterwards.
#[derive(Debug, Clone, Default)]
struct GuestSearch {
    q: String,
    service: Option<String>,
    date: Option<String>,
}

impl Input for GuestSearch {
    fn parse(input: &mut RawInput) -> GuestSearch {
        GuestSearch {
            q: input.opt_text_within("q", 100).unwrap_or_default(),
            service: input.opt_text_within("service", 100),
            date: input.opt_date("date").map(|date| date.to_string()),
        }
    }
}

impl GuestSearch {
    /// Returns the path of the free times for a guest: an account, or `0` for a new guest. `None` means the actor.
    fn times(&self, guest: Option<Id>) -> String {
        let guest = guest.map(|guest| guest.to_string());
        let all = [("for", &guest), ("service", &self.service), ("date", &self.date)];
        let pairs = all.iter().filter_map(|(name, value)| {
            value.as_ref().map(|value| format!("{name}={}", format::encoded(value)))
        });
        format!("/book/?{}", pairs.collect::<Vec<_>>().join("&"))
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<GuestSearch>) -> Result<Response> {
    let search = form.parsed.unwrap_or_default();
    let page = caller.tx(move |tx, by| draw(tx, by, &search)).await;
    rendered(page, HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, search: &GuestSearch) -> Result<StaffPage> {
    by.need(Action::BookForOthers)?;
    let found = if search.q.is_empty() { Vec::new() } else { people::find(tx, by, &search.q)? };
    let club = catalogue::current(tx)?.club.id;
    let mut rows = Vec::new();
    for person in found {
        let entitlements = membership::entitlements(tx, club, person.id)?;
        let plan = entitlements.plan().map_or("None", |plan| plan.name.as_str()).to_owned();
        rows.push(vec![
            link(person.full_name(), search.times(Some(person.id))),
            cell(person.phone.as_deref().map(people::format_phone).unwrap_or_default()),
            cell(person.email.clone().unwrap_or_default()),
            match &person.email {
                None => cell("No email"),
                Some(_) if person.is_verified() => cell("Confirmed").tone(Tone::Good),
                Some(_) => cell("Not confirmed").tone(Tone::Info),
            },
            cell(plan),
        ]);
    }
    let table = Table {
        caption: "Results",
        head: vec!["Name", "Phone", "Email", "Email confirmed", "Plan"],
        rows,
        csv: None,
    };
    let mut form = FormPart::get(HERE, "Find guest").field(InputField::line(
        "q",
        "Name, email, or phone",
        "search",
        &search.q,
    ));
    for (name, value) in [("service", &search.service), ("date", &search.date)] {
        if let Some(value) = value {
            form = form.hidden(name, value);
        }
    }
    let empty = if search.q.is_empty() {
        "Find the guest first. You’ll then see their prices and times."
    } else if !people::is_search(&search.q) {
        people::SEARCH_TOO_SHORT
    } else {
        "No matches. Try fewer letters, search visits on all days, or book for a new guest."
    };
    let mut links =
        vec![("Book for a new guest", search.times(Some(Id(0)))), ("Book for yourself", search.times(None))];
    if table.rows.is_empty() && !search.q.is_empty() {
        links.push(("Search all days", all_days_path(&search.q)));
    }
    Ok(StaffPage::new(by, HERE, "New booking")
        .with(Part::Form(form))
        .table(table, empty)
        .with(Part::Links(links)))
}
