//! The audit log, for the club's manager and owner: searched, page by page, and as a table to take along.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::Catalogue;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kit::web::{Input, Page, Paging, Words};
use kit::{Fault, House, Id, Result, Tx};
use people::{Actor, AuditFilter, AuditRow, Caller, Role, What};
use serde_json::{Value, json};

use super::choices::{self, Choice};
use super::frame::{Frame, or_sign_in};
use super::sheet::{Asked, Complaints, Sheet, Typed, narrowing};
use super::staff::csv::{file, no_formula};
use super::words;

const HERE: &str = "/staff/audit/";
/// How many rows stand on a page.
const SIZE: usize = 50;
/// How many rows a table holds that is taken along.
const MOST: usize = 10_000;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/staff/audit/", get(show)).route("/staff/audit/audit.csv", get(csv))
}

/// What of the log is wanted.
#[derive(Debug, Clone, Default)]
struct Search {
    what: Option<String>,
    person: Option<Id>,
    network: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    page: usize,
}

impl Input for Search {
    fn parse(words: &mut Words) -> Search {
        let what = words.opt_text_within("what", 60);
        let page = narrowing(words, "page").filter(|page| (1..=100_000).contains(page));
        Search {
            what,
            person: words.opt_id("person"),
            network: words.opt_text_within("network", 60),
            from: words.opt_date("from"),
            to: words.opt_date("to"),
            page: page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1),
        }
    }
}

impl Search {
    /// As the house of people understands it: days are the club's.
    fn filter(&self, catalogue: &Catalogue) -> Result<AuditFilter> {
        let begins = |day: Date| day.to_zoned(catalogue.club.zone.clone()).map(|zoned| zoned.timestamp());
        let from = self.from.map(begins).transpose().map_err(Fault::because)?;
        let to =
            self.to.map(|day| begins(day.saturating_add(1.days()))).transpose().map_err(Fault::because)?;
        Ok(AuditFilter {
            person: self.person,
            what: self.what.clone(),
            network: self.network.clone(),
            from,
            to,
        })
    }

    fn query(&self) -> String {
        let mut query = String::new();
        let date = |day: Option<Date>| day.map(|day| day.to_string());
        for (name, value) in [
            ("what", self.what.clone()),
            ("person", self.person.map(|id| id.to_string())),
            ("network", self.network.clone()),
            ("from", date(self.from)),
            ("to", date(self.to)),
        ] {
            if let Some(value) = value {
                query.push_str(&format!("{name}={}&", words::encoded(&value)));
            }
        }
        query
    }
}

struct Line {
    at: String,
    who: String,
    what: String,
    subject: String,
    network: String,
    details: String,
}

#[derive(Template)]
#[template(path = "staff_audit.html")]
struct AuditPage {
    frame: Frame,
    typed: Typed,
    errors: Complaints,
    kinds: Vec<Choice>,
    summary: String,
    all: Vec<Line>,
    csv: String,
    newer: Option<String>,
    older: Option<String>,
}

async fn show(caller: Caller, Asked(Sheet { typed, read }): Asked<Search>) -> Result<Response> {
    const LABELS: [(&str, &str); 6] = [
        ("what", "What"),
        ("person", "Person’s number"),
        ("network", "Network"),
        ("from", "From"),
        ("to", "To"),
        ("body", "Form"),
    ];
    let (status, errors, search) = match read {
        Ok(search) => (StatusCode::OK, Complaints::default(), search),
        Err(fields) => (
            StatusCode::BAD_REQUEST,
            Complaints::of(&fields, &LABELS),
            Search { page: 1, ..Search::default() },
        ),
    };
    let drawn = caller.view(move |tx, by| draw(tx, by, &search)).await;
    let page = drawn.and_then(|page| {
        let kinds = kinds(typed.get("what"));
        Ok((status, Page::of(&AuditPage { typed, errors, kinds, ..page })?).into_response())
    });
    or_sign_in(page, HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, search: &Search) -> Result<AuditPage> {
    let catalogue = catalogue::current(tx)?;
    let filter = search.filter(&catalogue)?;
    let (rows, total) = people::audit(tx, by, &filter, Paging { page: search.page, size: SIZE })?;
    let all = lines(tx, &catalogue, rows)?;
    let path = |page: usize| format!("{HERE}?{}page={page}", search.query());
    let has_more = usize::try_from(total).is_ok_and(|total| search.page * SIZE < total);
    Ok(AuditPage {
        frame: Frame::new(by, "/staff/audit/", "Audit log · CoreSync"),
        typed: Typed::default(),
        errors: Complaints::default(),
        kinds: Vec::new(),
        summary: if total == 1 { "1 row.".to_owned() } else { format!("{total} rows.") },
        all,
        csv: format!("{HERE}audit.csv?{}", search.query()),
        newer: (search.page > 1).then(|| path(search.page - 1)),
        older: has_more.then(|| path(search.page + 1)),
    })
}

/// What can be looked for.
fn kinds(chosen: &str) -> Vec<Choice> {
    let all = What::ALL.map(|what| (what.name(), spoken(what.name())));
    choices::of_pairs([("", "Everything")].into_iter().chain(all), chosen)
}

/// A deed in words; what other houses write down is shown under its name.
fn spoken(what: &str) -> &str {
    match what {
        "signed_up" => "Signed up",
        "signed_in" => "Signed in",
        "sign_in_failed" => "Was refused at the door",
        "session_ended" => "Ended a sign-in",
        "sessions_ended" => "Ended every other sign-in",
        "token_reused" => "A token came twice: its sign-in ended",
        "address_confirmed" => "Confirmed an address",
        "address_changed" => "Changed the address",
        "password_changed" => "Changed the password",
        "password_reset" => "Set another password by mail",
        "role_changed" => "Changed a role",
        "profile_read" => "Looked at somebody",
        "contact_read" => "Read whom to call",
        "people_searched" => "Looked for people",
        "audit_read" => "Took the log along",
        "consent_given" => "Agreed to something",
        "consent_withdrawn" => "Took an agreement back",
        "exported" => "Took their data along",
        "erased" => "Erased an account",
        other => other,
    }
}

fn lines(tx: &mut Tx<'_>, catalogue: &Catalogue, rows: Vec<AuditRow>) -> Result<Vec<Line>> {
    let (zone, mut names, now) = (&catalogue.club.zone, HashMap::new(), tx.now());
    let mut out = Vec::new();
    for row in rows {
        let who = match row.who {
            Some(id) => format!("{} ({})", name(tx, &mut names, id)?, role_word(&row.role)),
            None => "A visitor".to_owned(),
        };
        let subject = match (row.subject.as_str(), row.subject_id) {
            ("person", Some(id)) => name(tx, &mut names, id)?,
            ("", _) | (_, None) => String::new(),
            (kind, Some(id)) => format!("{kind} {id}"),
        };
        out.push(Line {
            at: words::second(zone, row.at, now),
            who,
            what: spoken(&row.what).to_owned(),
            subject,
            network: row.network,
            details: besides(&row.details),
        });
    }
    Ok(out)
}

/// What else was written down, as `name: value; name: value`.
fn besides(details: &Value) -> String {
    let Some(details) = details.as_object() else { return details.to_string() };
    let one = |(name, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}: {value}", name.replace('_', " "))
    };
    details.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A role in words; what is none is shown as it was written down.
fn role_word(role: &str) -> &str {
    Role::named(role).map_or(role, |known| super::staff_people::word(known))
}

fn name(tx: &mut Tx<'_>, names: &mut HashMap<Id, String>, id: Id) -> Result<String> {
    if let Some(known) = names.get(&id) {
        return Ok(known.clone());
    }
    let name = match people::person(tx, id) {
        Ok(person) => person.full_name(),
        Err(kit::Error::NotFound) => id.to_string(),
        Err(error) => return Err(error),
    };
    let name = if name.is_empty() { id.to_string() } else { name };
    names.insert(id, name.clone());
    Ok(name)
}

/// The rows of a filter as a table, the newest first; that it was taken along is written down, too.
async fn csv(caller: Caller, Asked(Sheet { read, .. }): Asked<Search>) -> Result<Response> {
    let search = read.map_err(kit::Error::Invalid)?;
    let made = caller.tx(move |tx, by| {
        let filter = search.filter(&*catalogue::current(tx)?)?;
        let (rows, _) = people::audit(tx, by, &filter, Paging { page: 1, size: MOST })?;
        people::note(tx, by, What::AuditRead, None, json!({"rows": rows.len()}))?;
        Ok(table(&rows))
    });
    or_sign_in(made.await.map(|text| file("audit", text)), HERE)
}

fn table(rows: &[AuditRow]) -> String {
    let mut text = "id,at,who,role,what,subject,subject_id,network,details\r\n".to_owned();
    for row in rows {
        let id = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
        let cells = [
            row.id.to_string(),
            row.at.to_string(),
            id(row.who),
            row.role.clone(),
            row.what.clone(),
            row.subject.clone(),
            id(row.subject_id),
            row.network.clone(),
            row.details.to_string(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell that a table reads as text: one that begins as a formula does gets a quote before it.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", no_formula(cell).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_ends_another() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a\",\"b"), "\"a\"\",\"\"b\"");
        assert_eq!(quoted("2001:db8::/64"), "\"2001:db8::/64\"");
    }

    #[test]
    fn every_deed_is_said_in_words() {
        for what in What::ALL {
            assert_ne!(spoken(what.name()), what.name());
        }
    }
}
