//! The page of one release rule: changing it, previewing the change, and ending it.

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use bookings::{ReleaseRule, RuleInput, StoredRule, WeekDay};
use catalogue::Catalogue;
use kit::web::{Input, Page, Path, RawInput};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{
    FormOutcome, FormPart, PageQuery, Part, PostedForm, QueryForm, RawForm, StaffPage, format, handle_form,
    or_sign_in, rendered, to_response,
};

use crate::staff::rules::{HERE, fields, sentence, week_table};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/staff/rules/{id}/", get(show).post(edit)).route("/staff/rules/{id}/end/", post(end))
}

async fn show(caller: Caller, Path(id): Path<Id>, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let done = form.parsed.is_ok_and(|query| query.done);
    let page = caller.view(move |tx, by| draw(tx, by, id, None, None, None));
    rendered(page.await.map(|page| page.done(done, "Saved. It takes effect now.")), &here(id))
}

fn here(id: Id) -> String {
    format!("{HERE}{id}/")
}

/// The terms of a rule, and whether to preview them only.
struct ToEdit {
    rule: RuleInput,
    preview: bool,
}

impl Input for ToEdit {
    fn parse(input: &mut RawInput) -> ToEdit {
        ToEdit { preview: input.yes("preview"), rule: RuleInput::parse(input) }
    }
}

async fn edit(caller: Caller, Path(id): Path<Id>, PostedForm(form): PostedForm<ToEdit>) -> Result<Response> {
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let is_preview = parsed.as_ref().is_ok_and(|request| request.preview);
    if let (true, Ok(request)) = (is_preview, &parsed) {
        let rule = request.rule.clone().rule();
        let page = caller.tx(move |tx, by| {
            let week = foresee(tx, by, id, &rule)?;
            draw(tx, by, id, Some(&raw_form), None, Some(&week))
        });
        return or_sign_in(
            page.await.and_then(|page| Page::of(&page)).map(|page| page.into_response()),
            &here(id),
        );
    }
    let parsed = parsed.map(|request| request.rule);
    let done = caller.tx(move |tx, by| {
        let operation = |tx: &mut Tx<'_>| {
            let rule = parsed.clone().map_err(Error::Invalid)?.rule();
            let club = catalogue::current(tx)?.club.id;
            bookings::edit_rule(tx, by, club, id, &rule)?;
            Ok(format!("{}?done=1", here(id)))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, id, Some(&raw_form), wrong, None))
    });
    to_response(done.await, &here(id))
}

/// Returns the next week with the change: the edit is performed, read, and rolled back.
fn foresee(tx: &mut Tx<'_>, by: &Actor, id: Id, rule: &ReleaseRule) -> Result<Vec<WeekDay>> {
    let mut seen = Vec::new();
    tx.attempt::<()>(|tx| {
        let catalogue = catalogue::current(tx)?;
        bookings::edit_rule(tx, by, catalogue.club.id, id, rule)?;
        seen = week_of(tx, by, &catalogue, &rule.room_kinds, &rule.services)?;
        Ok(None)
    })?;
    Ok(seen)
}

/// Returns the next seven days for the first room and the first service that a rule applies to.
fn week_of(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    kinds: &[String],
    services: &[Id],
) -> Result<Vec<WeekDay>> {
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let rooms =
        catalogue.rooms.iter().filter(|room| room.active && (kinds.is_empty() || kinds.contains(&room.kind)));
    for room in rooms {
        let service = catalogue.services.iter().find(|one| {
            one.active && one.rooms.contains(&room.id) && (services.is_empty() || services.contains(&one.id))
        });
        if let Some(service) = service {
            return bookings::week(tx, by, room.id, service.id, today);
        }
    }
    Ok(Vec::new())
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    raw_form: Option<&RawForm>,
    wrong: Option<&Fields>,
    foreseen: Option<&[WeekDay]>,
) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let found = bookings::all_rules(tx, by, catalogue.club.id)?.into_iter().find(|row| row.id == id);
    let StoredRule { rule, ended_at, changed, .. } = found.ok_or(Error::NotFound)?;
    let (now, zone) = (tx.now(), &catalogue.club.zone);
    let today = format::date_at(zone, now);
    let names = people::names(tx, changed.and_then(|(_, by)| by))?;
    let mut facts = vec![("Status", if ended_at.is_some() { "Ended" } else { "Active" }.to_owned())];
    if let Some((at, by)) = changed {
        let name = by.and_then(|by| names.get(&by).cloned()).unwrap_or_default();
        facts.push(("Changed", format!("{} by {name}", format::moment(zone, at, now))));
    }
    let page =
        StaffPage::new(by, HERE, "Release rule").text(sentence(&catalogue, &rule)).with(Part::Facts(facts));
    let (title, week) = match foreseen {
        Some(week) => ("Next week, if you save this", week.to_vec()),
        None => ("Next week", week_of(tx, by, &catalogue, &rule.room_kinds, &rule.services)?),
    };
    let page =
        page.heading("week", title).table(week_table(&week, today), "No rooms are open for this rule.");
    if ended_at.is_some() {
        return Ok(page.text("This rule has ended. To use it again, add it as a new rule."));
    }
    let form = FormPart::post(here(id), "Save changes").or("preview", "Preview week");
    let end = FormPart::post(format!("{}end/", here(id)), "End rule").quiet();
    Ok(page
        .heading("edit", "Edit rule")
        .form(fields(form, &catalogue, &rule, raw_form).wrong(wrong))
        .heading("end", "End rule")
        .text("The rule stops applying now. Existing bookings keep their price.")
        .with(Part::Form(end)))
}

async fn end(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let done = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        bookings::end_rule(tx, by, club, id)
            .map(|()| FormOutcome::<StaffPage>::Redirect(format!("{HERE}?state=all")))
    });
    to_response(done.await, &here(id))
}
