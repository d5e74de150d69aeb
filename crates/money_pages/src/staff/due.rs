//! What is due, what is due at upcoming visits, and what has to be refunded.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::{Input, Paging, RawInput};
use kit::{AppState, Result, Tx};
use money::OpenCharges;
use people::{Actor, Caller};
use ui::{
    FormPart, InputField, PageQuery, Part, QueryForm, StaffPage, Table, cell, csv, format, from_pairs,
    lenient_number, link, or_sign_in, rendered,
};

use crate::subjects::{charge_path, describe, payer};

pub(crate) const HERE: &str = "/staff/money/due/";
/// The number of amounts on a page.
const SIZE: usize = 50;
/// The most amounts of a CSV file.
const MOST: usize = 10_000;

/// The lists, with their labels.
const STATES: [(&str, &str); 3] =
    [("due", "Due now"), ("ahead", "Due at upcoming visits"), ("to_refund", "Refunds owed")];

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

#[derive(Debug, Clone)]
struct DueQuery {
    state: &'static str,
    page: usize,
    csv: bool,
}

impl Input for DueQuery {
    fn parse(input: &mut RawInput) -> DueQuery {
        let state = input.opt_text_within("state", 20);
        let state =
            STATES.iter().find(|(name, _)| Some(*name) == state.as_deref()).map_or("due", |(name, _)| name);
        let page = lenient_number(input, "page").and_then(|page| usize::try_from(page).ok());
        let page = page.filter(|page| (1..=10_000).contains(page)).unwrap_or(1);
        DueQuery { state, page, csv: PageQuery::parse(input).csv }
    }
}

impl DueQuery {
    fn which(&self) -> OpenCharges {
        match self.state {
            "ahead" => OpenCharges::Ahead,
            "to_refund" => OpenCharges::ToRefund,
            _ => OpenCharges::Due,
        }
    }

    fn path(&self) -> String {
        format!("{HERE}?state={}", self.state)
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<DueQuery>) -> Result<Response> {
    let query = form.parsed.unwrap_or(DueQuery { state: "due", page: 1, csv: false });
    if query.csv {
        let table = caller.view(move |tx, by| table(tx, by, &query, Paging { page: 1, size: MOST })).await;
        return or_sign_in(table.map(|(table, _)| csv("amounts-due", &table)), HERE);
    }
    let page = caller.view(move |tx, by| {
        let (table, total) = table(tx, by, &query, Paging { page: query.page, size: SIZE })?;
        let filter = FormPart::get(HERE, "Show list").field(InputField::select(
            "state",
            "List",
            from_pairs(STATES, query.state),
        ));
        let empty = match query.which() {
            OpenCharges::Due => "Nothing is due. Every visit that took place is paid.",
            OpenCharges::Ahead => "Nothing is due at upcoming visits.",
            OpenCharges::ToRefund => "No refunds are owed.",
        };
        let mut page = StaffPage::new(by, HERE, "Amounts due").with(Part::Form(filter)).table(table, empty);
        let turn = |page: usize| format!("{}&page={page}", query.path());
        let mut pages = Vec::new();
        if query.page > 1 {
            pages.push(("Previous page", turn(query.page - 1)));
        }
        if query.page * SIZE < total {
            pages.push(("Next page", turn(query.page + 1)));
        }
        if !pages.is_empty() {
            page = page.with(Part::Links(pages));
        }
        Ok(page)
    });
    rendered(page.await, HERE)
}

/// Returns one page of a list, and how many amounts the list has.
fn table(tx: &mut Tx<'_>, by: &Actor, query: &DueQuery, paging: Paging) -> Result<(Table, usize)> {
    let catalogue = catalogue::current(tx)?;
    let (open, total) = money::open_charges(tx, by, query.which(), paging)?;
    let (zone, now) = (&catalogue.club.zone, tx.now());
    let mut rows = Vec::new();
    for one in open {
        let described = describe(tx, by, &catalogue, one.subject())?;
        let guest = payer(tx, by, one.subject(), one.person)?;
        rows.push(vec![
            link(guest.name, charge_path(one.subject())),
            cell(guest.phone.as_deref().map(people::format_phone).unwrap_or_default()),
            cell(described.what),
            cell(described.short_when.unwrap_or_default()),
            cell(described.reference.unwrap_or_default()),
            cell(format::exact_money(one.amount)),
            cell(format::day_of(zone, one.since, now)),
        ]);
    }
    let table = Table {
        caption: "Amounts",
        head: vec!["Guest", "Phone", "For", "Start", "Confirmation", "Amount", "Since"],
        rows,
        csv: Some(format!("{}&format=csv", query.path())),
    };
    Ok((table, total))
}
