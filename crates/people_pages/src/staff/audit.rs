//! The audit log for managers and owners: search, paging, and download as a table.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::Catalogue;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kit::web::{Input, Page, Paging, RawInput};
use kit::{AppState, Error, Fault, Fields, Id, Result, Tx};
use people::{Action, Actor, ActorKind, AuditEvent, AuditFilter, AuditRow, Caller, Role};
use serde_json::json;
use ui::{
    Choice, FieldErrors, FormInput, Frame, QueryForm, RawForm, csv_file, escape_formula, format, from_pairs,
    lenient_number, or_sign_in,
};

use crate::staff::audit_text;
use crate::staff::people_list::role_label;

const HERE: &str = "/staff/audit/";
/// The number of rows on a page.
const SIZE: usize = 50;
/// The most rows in a download.
const MOST: usize = 10_000;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/staff/audit/", get(show)).route("/staff/audit/audit.csv", get(csv))
}

/// The search of a request.
#[derive(Debug, Clone, Default)]
struct AuditQuery {
    what: Option<String>,
    /// The person: an id, or a part of a name, an email address, or a phone number.
    person: Option<String>,
    /// The kind of subject: `booking`, `plan`, …
    thing: Option<String>,
    /// The id of the subject, or the number of a booking.
    number: Option<String>,
    network: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    page: usize,
}

impl Input for AuditQuery {
    fn parse(input: &mut RawInput) -> AuditQuery {
        let what = input.opt_text_within("what", 60);
        let page = lenient_number(input, "page").filter(|page| (1..=100_000).contains(page));
        AuditQuery {
            what,
            person: input.opt_text_within("person", 100),
            thing: input.opt_text_within("thing", 40),
            number: input.opt_text_within("number", 40),
            network: input.opt_text_within("network", 60),
            from: input.opt_date("from"),
            to: input.opt_date("to"),
            page: page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1),
        }
    }
}

impl AuditQuery {
    /// Converts the search into the filter of the `people` crate. Days are in the club's time zone.
    fn filter(&self, tx: &mut Tx<'_>, by: &Actor, catalogue: &Catalogue) -> Result<AuditFilter> {
        let begins = |day: Date| day.to_zoned(catalogue.club.zone.clone()).map(|zoned| zoned.timestamp());
        let from = self.from.map(begins).transpose().map_err(Fault::because)?;
        let to =
            self.to.map(|day| begins(day.saturating_add(1.days()))).transpose().map_err(Fault::because)?;
        Ok(AuditFilter {
            person: self.person_id(),
            what: self.what.clone(),
            subject: self.thing.clone(),
            subject_id: self.number.as_deref().map(|number| thing_id(tx, by, number)).transpose()?,
            network: self.network.clone(),
            from,
            to,
        })
    }

    fn person_id(&self) -> Option<Id> {
        self.person.as_deref().and_then(|person| person.parse().ok()).map(Id)
    }

    /// Returns whether the search names a person, who may have to be searched for.
    fn names_person(&self) -> bool {
        self.person.is_some()
    }

    /// Returns the search with the id of the one person whom it names.
    ///
    /// # Errors
    /// Returns `Error::Invalid` if nobody or more than one person matches.
    fn resolved(&self, tx: &mut Tx<'_>, by: &Actor) -> Result<AuditQuery> {
        let Some(text) = &self.person else { return Ok(self.clone()) };
        if let Some(id) = self.person_id()
            && people::person(tx, id).is_ok()
        {
            return Ok(self.clone());
        }
        let found = people::find(tx, by, text)?;
        match found.as_slice() {
            [one] => Ok(AuditQuery { person: Some(one.id.to_string()), ..self.clone() }),
            [] if !people::is_search(text) => Err(Fields::one("person", people::SEARCH_TOO_SHORT)),
            [] => Err(Fields::one("person", "No one found.")),
            several => {
                let names: Vec<String> = several.iter().take(5).map(people::Person::full_name).collect();
                let sentence =
                    format!("Several people match: {}. Enter a full name or email.", names.join(", "));
                Err(Fields::one("person", sentence))
            }
        }
    }

    fn query(&self) -> String {
        let mut query = String::new();
        let date = |day: Option<Date>| day.map(|day| day.to_string());
        for (name, value) in [
            ("what", self.what.clone()),
            ("person", self.person.clone()),
            ("thing", self.thing.clone()),
            ("number", self.number.clone()),
            ("network", self.network.clone()),
            ("from", date(self.from)),
            ("to", date(self.to)),
        ] {
            if let Some(value) = value {
                query.push_str(&format!("{name}={}&", format::encoded(&value)));
            }
        }
        query
    }
}

/// A row of the audit log, formatted for the table.
struct AuditLine {
    at: String,
    who: String,
    what: String,
    subject: String,
    network: String,
    details: String,
}

#[derive(Template)]
#[template(path = "staff/audit.html")]
struct AuditPage {
    frame: Frame,
    raw_form: RawForm,
    errors: FieldErrors,
    kinds: Vec<Choice>,
    things: Vec<Choice>,
    summary: String,
    all: Vec<AuditLine>,
    csv: String,
    newer: Option<String>,
    older: Option<String>,
}

async fn show(
    caller: Caller,
    QueryForm(FormInput { raw_form, parsed }): QueryForm<AuditQuery>,
) -> Result<Response> {
    const LABELS: [(&str, &str); 8] = [
        ("what", "What"),
        ("person", "Person"),
        ("thing", "Type of record"),
        ("number", "Record ID"),
        ("network", "IP address"),
        ("from", "From"),
        ("to", "To"),
        ("body", "Form"),
    ];
    let whole = || AuditQuery { page: 1, ..AuditQuery::default() };
    let (search, wrong) = match parsed {
        Ok(search) => (search, None),
        Err(fields) => (whole(), Some(fields)),
    };
    let is_tx = search.names_person();
    let show = move |tx: &mut Tx<'_>, by: &Actor| {
        by.need(Action::SeeAudit)?;
        match search.resolved(tx, by) {
            Ok(search) => Ok((draw(tx, by, &search)?, None)),
            Err(Error::Invalid(fields)) => Ok((draw(tx, by, &whole())?, Some(fields))),
            Err(error) => Err(error),
        }
    };
    // A search for people is itself recorded in the log.
    let drawn = if is_tx { caller.tx(show).await } else { caller.view(show).await };
    let page = drawn.and_then(|(page, unfound)| {
        let wrong = wrong.or(unfound);
        let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        let errors = wrong.map(|fields| FieldErrors::of(&fields, &LABELS)).unwrap_or_default();
        let kinds = kinds(raw_form.get("what"));
        let things =
            from_pairs([("", "Anything")].into_iter().chain(audit_text::THINGS), raw_form.get("thing"));
        Ok((status, Page::of(&AuditPage { raw_form, errors, kinds, things, ..page })?).into_response())
    });
    or_sign_in(page, HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, search: &AuditQuery) -> Result<AuditPage> {
    let catalogue = catalogue::current(tx)?;
    by.need(Action::SeeAudit)?;
    let filter = search.filter(tx, by, &catalogue)?;
    let (rows, total) = people::audit(tx, by, &filter, Paging { page: search.page, size: SIZE })?;
    let all = lines(tx, &catalogue, rows)?;
    let about = match filter.person {
        Some(id) => format!(" By or about {}.", name(tx, &mut HashMap::new(), id)?),
        None => String::new(),
    };
    let path = |page: usize| format!("{HERE}?{}page={page}", search.query());
    let has_more = usize::try_from(total).is_ok_and(|total| search.page * SIZE < total);
    Ok(AuditPage {
        frame: Frame::new(by, "/staff/audit/", "Audit log · CoreSync"),
        raw_form: RawForm::default(),
        errors: FieldErrors::default(),
        kinds: Vec::new(),
        things: Vec::new(),
        summary: if total == 1 { format!("1 entry.{about}") } else { format!("{total} entries.{about}") },
        all,
        csv: format!("{HERE}audit.csv?{}", search.query()),
        newer: (search.page > 1).then(|| path(search.page - 1)),
        older: has_more.then(|| path(search.page + 1)),
    })
}

/// Returns the id of a subject from its id or from the number of a booking. Other text yields an id that matches
/// nothing.
fn thing_id(tx: &mut Tx<'_>, by: &Actor, number: &str) -> Result<Id> {
    if let Ok(id) = number.parse() {
        return Ok(Id(id));
    }
    Ok(bookings::id_by_reference(tx, by, number)?.unwrap_or(Id(0)))
}

/// Returns the choices of events for the filter.
fn kinds(chosen: &str) -> Vec<Choice> {
    let pairs = AuditEvent::ALL.iter().map(|event| (event.name(), audit_text::label(*event)));
    from_pairs([("", "Everything")].into_iter().chain(pairs), chosen)
}

fn lines(tx: &mut Tx<'_>, catalogue: &Catalogue, rows: Vec<AuditRow>) -> Result<Vec<AuditLine>> {
    let (mut names, now) = (HashMap::new(), tx.now());
    let mut out = Vec::new();
    for row in rows {
        let who = match row.who {
            Some(id) => format!("{} ({})", name(tx, &mut names, id)?, role_word(&row.role)),
            None if row.role == ActorKind::System.name() => "The system".to_owned(),
            None => "A visitor".to_owned(),
        };
        for id in audit_text::people_in(&row.details) {
            name(tx, &mut names, id)?;
        }
        let subject = match (row.subject.as_str(), row.subject_id) {
            ("person", Some(id)) => name(tx, &mut names, id)?,
            _ => audit_text::subject(catalogue, &row, now),
        };
        let known = audit_text::ValueContext { catalogue, names: &names, now };
        out.push(AuditLine {
            at: format::second(&catalogue.club.zone, row.at, now),
            who,
            what: audit_text::kind(&row.what),
            subject,
            details: known.details(&row.details),
            network: row.network,
        });
    }
    Ok(out)
}

/// Returns the label of a role. An unknown role is shown as stored.
fn role_word(role: &str) -> &str {
    Role::named(role).map_or(role, |known| role_label(known))
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

/// Returns the matching rows as a table, the newest first. The download is recorded in the audit log.
async fn csv(caller: Caller, QueryForm(FormInput { parsed, .. }): QueryForm<AuditQuery>) -> Result<Response> {
    let search = parsed.map_err(kit::Error::Invalid)?;
    let made = caller.tx(move |tx, by| {
        by.need(Action::SeeAudit)?;
        let catalogue = catalogue::current(tx)?;
        let filter = search.resolved(tx, by)?.filter(tx, by, &catalogue)?;
        let (rows, _) = people::audit(tx, by, &filter, Paging { page: 1, size: MOST })?;
        people::note(tx, by, AuditEvent::AuditRead, None, json!({"rows": rows.len()}))?;
        Ok(table(&rows))
    });
    or_sign_in(made.await.map(|text| csv_file("audit", text)), HERE)
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

/// Quotes a cell so that spreadsheets read it as text: a cell that begins like a formula is prefixed with a quote.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", escape_formula(cell).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_cell_cannot_be_a_formula_or_end_another_cell() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a\",\"b"), "\"a\"\",\"\"b\"");
        assert_eq!(quoted("2001:db8::/64"), "\"2001:db8::/64\"");
    }
}
