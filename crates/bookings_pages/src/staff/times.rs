//! The page of overrides for single times: blocking, opening, repricing, or reserving a time, and reverting that.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use bookings::{DecidedTime, Decision};
use jiff::Timestamp;
use kit::web::{Input, RawInput};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{
    Choice, FormOutcome, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, RawForm, StaffPage,
    Table, Tone, cell, csv, format, handle_form, link, or_sign_in, rendered, to_response,
};

use crate::staff::override_form::{HERE, OverrideForm, decide_all, decided};
use crate::staff::override_preview;
use crate::staff::rules::tiers;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(list).post(decide)).route("/staff/times/undo/", get(show_undo).post(undo))
}

async fn list(caller: Caller, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let query = form.parsed.unwrap_or(PageQuery { done: false, csv: false });
    if query.csv {
        let table = caller.view(table).await;
        return or_sign_in(table.map(|table| csv("single-times", &table)), HERE);
    }
    let raw_form = form.raw_form;
    let page = caller.view(move |tx, by| draw(tx, by, &raw_form, None)).await;
    rendered(page.map(|page| page.done(query.done, "Saved. It takes effect now.")), HERE)
}

async fn decide(caller: Caller, PostedForm(form): PostedForm<OverrideForm>) -> Result<Response> {
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        if let Ok(input) = &parsed
            && raw_form.get("confirm").is_empty()
            && let Some(page) = override_preview::page(tx, by, input, &raw_form)?
        {
            return Ok(FormOutcome::Rendered(StatusCode::OK, Box::new(page)));
        }
        let operation = |tx: &mut Tx<'_>| {
            let input = parsed.as_ref().map_err(|fields| Error::Invalid(fields.clone()))?;
            decide_all(tx, by, input)?;
            Ok(format!("{HERE}?done=1"))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, &raw_form, wrong))
    });
    to_response(done.await, HERE)
}

/// Returns the tone of a decision in the list.
fn tone(decision: Decision) -> Tone {
    match decision {
        Decision::Block => Tone::Bad,
        Decision::Open => Tone::Good,
        Decision::Reprice(_) => Tone::Gold,
        Decision::Keep(..) => Tone::Info,
    }
}

fn table(tx: &mut Tx<'_>, by: &Actor) -> Result<Table> {
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let found = bookings::decided_times(tx, by, (now, Timestamp::MAX))?;
    let names = people::names(tx, found.iter().filter_map(|time| time.by))?;
    let zone = &catalogue.club.zone;
    let row = |time: &DecidedTime| {
        let at = time.decided.starts_at;
        let room = catalogue.room(time.decided.room).map(|room| room.name.clone()).unwrap_or_default();
        vec![
            cell(format::moment(zone, at, now)),
            cell(room),
            cell(decided(time.decided.decision)).tone(tone(time.decided.decision)),
            cell(time.by.and_then(|by| names.get(&by).cloned()).unwrap_or_default()),
            cell(format::moment(zone, time.at, now)),
            link("Undo", format!("{HERE}undo/?room_id={}&starts_at={at}", time.decided.room)),
        ]
    };
    Ok(Table {
        caption: "Overrides",
        head: vec!["Start", "Room", "Override", "By", "Added", "Undo"],
        rows: found.iter().map(row).collect(),
        csv: Some(format!("{HERE}?format=csv")),
    })
}

fn draw(tx: &mut Tx<'_>, by: &Actor, raw_form: &RawForm, wrong: Option<&Fields>) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let table = table(tx, by)?;
    let rooms = catalogue.rooms.iter().filter(|room| room.active);
    let rooms =
        rooms.map(|room| Choice::new(room.id, &room.name, raw_form.get("room_id") == room.id.to_string()));
    let shown = |name: &str, default: &str| match raw_form.get(name) {
        "" => default.to_owned(),
        text => text.to_owned(),
    };
    let decision = shown("decision", "block");
    let decisions = [
        ("block", "Block online booking"),
        ("open", "Open to everyone at the standard price"),
        ("reprice", "Change the price"),
        ("keep", "Reserve for members until a set time"),
    ];
    let decisions = decisions.map(|(value, label)| Choice::new(value, label, decision == value)).into();
    let form = FormPart::post(HERE, "Preview override")
        .group("Room and time")
        .field(InputField::select("room_id", "Room", rooms.collect()))
        .field(InputField::line("day", "Calendar date", "date", shown("day", "")).half_width())
        .field(InputField::line("time", "Start", "time", shown("time", "")).half_width())
        .group("Override details")
        .field(InputField::select("decision", "Override", decisions))
        .field(
            InputField::line("factor", "Percent of the standard price", "text", shown("factor", "100%"))
                .hint("Only if you change the price.")
                .only_with("decision", "reprice"),
        )
        .field(
            InputField::select("tier", "Reserved for", tiers(&shown("tier", "base"), "Choose"))
                .hint("Only if you reserve the time.")
                .only_with("decision", "keep"),
        )
        .field(
            InputField::line(
                "hours",
                "Opens to everyone, hours before start",
                "number",
                shown("hours", "48"),
            )
            .hint("Only if you reserve the time.")
            .only_with("decision", "keep"),
        )
        .wrong(wrong);
    Ok(StaffPage::new(by, HERE, "Overrides")
        .text("An override for one start time in one room takes priority over every rule.")
        .table(table, "No upcoming overrides.")
        .heading("decide", "Add an override")
        .form(form))
}

/// The room and the start of an override.
#[derive(Clone, Copy)]
struct OverrideStart(Id, Timestamp);

impl Input for OverrideStart {
    fn parse(input: &mut RawInput) -> OverrideStart {
        OverrideStart(input.id("room_id"), input.moment("starts_at"))
    }
}

async fn show_undo(caller: Caller, QueryForm(form): QueryForm<OverrideStart>) -> Result<Response> {
    let OverrideStart(room, at) = form.parsed.map_err(Error::Invalid)?;
    let page = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let found = bookings::decided_times(tx, by, (at, at + jiff::SignedDuration::from_secs(1)))?;
        let found = found.into_iter().find(|time| time.decided.room == room).ok_or(Error::NotFound)?;
        let name = catalogue.room(room).map(|room| room.name.clone()).unwrap_or_default();
        let what = format!(
            "{name}, {}: {}.",
            format::moment(&catalogue.club.zone, at, tx.now()),
            decided(found.decided.decision)
        );
        let form = FormPart::post(format!("{HERE}undo/"), "Undo override")
            .hidden("room_id", room)
            .hidden("starts_at", at);
        Ok(StaffPage::new(by, HERE, "Undo this override?")
            .text(what)
            .text("The previous override applies again, or the rules if there was none.")
            .with(Part::Form(form))
            .with(Part::Links(vec![("Go back", HERE.to_owned())])))
    });
    rendered(page.await, HERE)
}

async fn undo(caller: Caller, PostedForm(form): PostedForm<OverrideStart>) -> Result<Response> {
    let OverrideStart(room, at) = form.parsed.map_err(Error::Invalid)?;
    let done = caller.tx(move |tx, by| {
        let operation = |tx: &mut Tx<'_>| {
            bookings::undo(tx, by, room, at)?;
            Ok(format!("{HERE}?done=1"))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, &RawForm::default(), wrong))
    });
    to_response(done.await, HERE)
}
