//! The pages of blocks, which make a room, a technician, or a piece of equipment unavailable from one moment to
//! another.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use bookings::{Block, BlockInput, BlockKind, InsideBlock, moments};
use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{
    Choice, FormInput, FormOutcome, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, RawForm,
    StaffPage, Table, cell, csv, format, handle_form, link, or_sign_in, rendered, to_response,
};

use crate::staff::day::state_word;

const HERE: &str = "/staff/blocks/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(list).post(save))
        .route("/staff/blocks/{id}/", get(show).post(change))
        .route("/staff/blocks/{id}/remove/", get(show_remove).post(remove))
}

/// A block as the form sends it: civil times, which become moments in the time zone of the club.
#[derive(Debug, Clone)]
struct BlockForm {
    what: Option<(BlockKind, Id)>,
    from: Option<(Date, Time)>,
    to: Option<(Date, Time)>,
    reason: String,
    /// The bookings that the preview showed inside the block; `None` if the block was not previewed.
    seen: Option<Vec<Id>>,
    seen_at: Option<Timestamp>,
}

impl Input for BlockForm {
    fn parse(input: &mut RawInput) -> BlockForm {
        let what = input.opt_text_within("what", 40).and_then(|what| {
            let (kind, id) = what.split_once(':')?;
            Some((BlockKind::read(kind.to_owned())?, Id(id.parse().ok()?)))
        });
        if what.is_none() {
            input.add_error("what", "Choose what to block.");
        }
        let from = civil(input, "from_day", "from_time");
        let to = civil(input, "to_day", "to_time");
        let reason = input.opt_text_within("reason", 200).unwrap_or_default();
        if reason.is_empty() {
            input.add_error("reason", "Enter a reason, like repairs or lunch.");
        }
        let seen = input
            .opt_text_within("seen", 20_000)
            .map(|seen| seen.split(',').filter_map(|id| id.trim().parse().ok()).map(Id).collect::<Vec<Id>>());
        BlockForm { what, from, to, reason, seen, seen_at: input.opt_moment("seen_at") }
    }
}

fn civil(input: &mut RawInput, day_field: &'static str, time_field: &'static str) -> Option<(Date, Time)> {
    let (day, time) = (input.opt_date(day_field), input.opt_time(time_field));
    for (field, is_there) in [(day_field, day.is_some()), (time_field, time.is_some())] {
        if !is_there {
            input.add_error(field, "This field is required.");
        }
    }
    day.zip(time)
}

impl BlockForm {
    /// Returns the block. If the clock shows a time twice, a block begins at the first and ends at the second moment.
    fn input(&self, catalogue: &Catalogue) -> Result<BlockInput> {
        let moment = |at: Option<(Date, Time)>, field: &str, is_end: bool| {
            let found = at.map(|(day, time)| moments(&catalogue.club.zone, day.to_datetime(time)));
            let found = found.unwrap_or_default();
            let one = if is_end { found.last() } else { found.first() };
            one.copied().ok_or_else(|| {
                Fields::one(field, "That time doesn’t exist that night (clocks spring forward).")
            })
        };
        let (kind, resource) = self.what.ok_or_else(|| Fields::one("what", "Choose what to block."))?;
        Ok(BlockInput {
            kind,
            resource,
            from: moment(self.from, "from_time", false)?,
            to: moment(self.to, "to_time", true)?,
            reason: self.reason.clone(),
            seen: self.seen.clone().unwrap_or_default(),
            seen_at: self.seen_at,
        })
    }
}

/// Assigns the errors of a block to the fields of the form.
fn at_fields(error: Error) -> Error {
    let Error::Invalid(Fields(mut fields)) = error else { return error };
    let places =
        [("starts_at", "from_time"), ("ends_at", "to_time"), ("room_id", "what"), ("technician_id", "what")];
    for (from, to) in places.into_iter().chain([("equipment_id", "what")]) {
        if let Some(sentence) = fields.remove(from) {
            fields.insert(to.to_owned(), sentence);
        }
    }
    Error::Invalid(Fields(fields))
}

async fn list(caller: Caller, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let query = form.parsed.unwrap_or(PageQuery { done: false, csv: false });
    if query.csv {
        let table = caller.view(table).await;
        return or_sign_in(table.map(|table| csv("blocks", &table)), HERE);
    }
    let raw_form = form.raw_form;
    let done = match raw_form.get("done") {
        "removed" => "Block removed. Its times can be booked again.",
        "changed" => "Block saved.",
        _ => "Time blocked.",
    };
    let page = caller.view(move |tx, by| draw(tx, by, &raw_form, None)).await;
    rendered(page.map(|page| page.done(query.done, done)), HERE)
}

/// Returns the name of the blocked resource.
fn name_of(catalogue: &Catalogue, kind: BlockKind, id: Id) -> String {
    let found = match kind {
        BlockKind::Room => catalogue.room(id).map(|one| &one.name),
        BlockKind::Technician => catalogue.technician(id).map(|one| &one.name),
        BlockKind::Equipment => catalogue.equipment.iter().find(|one| one.id == id).map(|one| &one.name),
    };
    found.cloned().unwrap_or_default()
}

fn table(tx: &mut Tx<'_>, by: &Actor) -> Result<Table> {
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let found = bookings::blocks(tx, by, (now, Timestamp::MAX))?;
    let names = people::names(tx, found.iter().filter_map(|block| block.created_by))?;
    let zone = &catalogue.club.zone;
    let row = |block: &Block| {
        vec![
            cell(name_of(&catalogue, block.kind, block.resource)),
            cell(format::moment(zone, block.from, now)),
            cell(format::moment(zone, block.to, now)),
            cell(&block.reason),
            cell(block.created_by.and_then(|by| names.get(&by).cloned()).unwrap_or_default()),
            link("Change block", format!("{HERE}{}/", block.id)),
            link("Remove block", format!("{HERE}{}/remove/", block.id)),
        ]
    };
    Ok(Table {
        caption: "Current and upcoming blocks",
        head: vec!["What", "From", "To", "Reason", "By", "Change", "Remove"],
        rows: found.iter().map(row).collect(),
        csv: Some(format!("{HERE}?format=csv")),
    })
}

/// Adds the fields of a block to a form, with the typed values or those of the block.
fn fields(catalogue: &Catalogue, form: FormPart, raw_form: &RawForm, block: Option<&Block>) -> FormPart {
    let zone = &catalogue.club.zone;
    let civil = |at: Timestamp| at.to_zoned(zone.clone()).datetime();
    let (from, to) = (block.map(|block| civil(block.from)), block.map(|block| civil(block.to)));
    let shown = |name: &str, stored: Option<String>| match raw_form.get(name) {
        "" => stored.unwrap_or_default(),
        text => text.to_owned(),
    };
    let what = shown("what", block.map(|block| format!("{}:{}", block.kind.as_str(), block.resource)));
    let day = |at: &Option<jiff::civil::DateTime>| at.map(|at| at.date().to_string());
    let time = |at: &Option<jiff::civil::DateTime>| at.map(|at| at.strftime("%H:%M").to_string());
    form.group("What to block")
        .field(InputField::select("what", "What", resources(catalogue, &what)))
        .field(
            InputField::line(
                "reason",
                "Reason",
                "text",
                shown("reason", block.map(|block| block.reason.clone())),
            )
            .hint("Only staff can see this."),
        )
        .group("Dates and times")
        .field(InputField::line("from_day", "Start date", "date", shown("from_day", day(&from))).half_width())
        .field(
            InputField::line("from_time", "Start time", "time", shown("from_time", time(&from))).half_width(),
        )
        .field(InputField::line("to_day", "End date", "date", shown("to_day", day(&to))).half_width())
        .field(InputField::line("to_time", "End time", "time", shown("to_time", time(&to))).half_width())
}

/// Returns the resources that can be blocked as options.
fn resources(catalogue: &Catalogue, chosen: &str) -> Vec<Choice> {
    let choice = |kind: BlockKind, id: Id, name: &str| {
        let value = format!("{}:{id}", kind.as_str());
        let word = match kind {
            BlockKind::Room => "Room",
            BlockKind::Technician => "Technician",
            BlockKind::Equipment => "Equipment",
        };
        Choice::new(&value, format!("{word}: {name}"), value == chosen)
    };
    let mut all = vec![Choice::new("", "Choose", chosen.is_empty())];
    let rooms = catalogue.rooms.iter().filter(|one| one.active);
    all.extend(rooms.map(|one| choice(BlockKind::Room, one.id, &one.name)));
    let technicians = catalogue.technicians.iter().filter(|one| one.active);
    all.extend(technicians.map(|one| choice(BlockKind::Technician, one.id, &one.name)));
    let pieces = catalogue.equipment.iter().filter(|one| one.active);
    all.extend(pieces.map(|one| choice(BlockKind::Equipment, one.id, &one.name)));
    all
}

fn draw(tx: &mut Tx<'_>, by: &Actor, raw_form: &RawForm, wrong: Option<&Fields>) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let table = table(tx, by)?;
    let form = fields(&catalogue, FormPart::post(HERE, "Preview block"), raw_form, None).wrong(wrong);
    Ok(StaffPage::new(by, HERE, "Blocks")
        .text("No one can book blocked time. Existing bookings stay as they are.")
        .table(table, "Nothing is blocked.")
        .heading("add", "Block time")
        .form(form))
}

/// Saves a block, previews the bookings inside it, or shows the errors of the form.
async fn save(caller: Caller, PostedForm(form): PostedForm<BlockForm>) -> Result<Response> {
    submit(caller, None, form).await
}

async fn change(
    caller: Caller,
    Path(id): Path<Id>,
    PostedForm(form): PostedForm<BlockForm>,
) -> Result<Response> {
    submit(caller, Some(id), form).await
}

async fn submit(caller: Caller, id: Option<Id>, form: FormInput<BlockForm>) -> Result<Response> {
    let FormInput { raw_form, parsed } = form;
    let done = caller.tx(move |tx, by| {
        by.need(people::Action::BookAnyTime)?;
        attempt(tx, by, id, (&raw_form, &parsed))
    });
    to_response(done.await, HERE)
}

/// Saves or previews a block. It differs from [`ui::run_form`]: without the list of seen bookings nothing is saved, and
/// the page is the preview.
fn attempt(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Option<Id>,
    (raw_form, parsed): (&RawForm, &Result<BlockForm, Fields>),
) -> Result<FormOutcome<StaffPage>> {
    let catalogue = catalogue::current(tx)?;
    let mut failed = None;
    let saved = tx.attempt(|tx| match run(tx, by, &catalogue, id, parsed) {
        Ok(None) => Ok(None),
        Ok(Some(what)) => Ok(Some(what)),
        Err(error @ (Error::Refused(..) | Error::Invalid(_))) => {
            failed = Some(at_fields(error));
            Ok(None)
        }
        Err(error) => Err(error),
    })?;
    if let Some(what) = saved {
        return Ok(FormOutcome::Redirect(format!("{HERE}?done={what}")));
    }
    let again = |tx: &mut Tx<'_>, wrong: Option<&Fields>| match id {
        Some(id) => one(tx, by, id, raw_form, wrong),
        None => draw(tx, by, raw_form, wrong),
    };
    match failed {
        Some(Error::Invalid(fields)) => {
            let page = again(tx, Some(&fields))?;
            Ok(FormOutcome::Rendered(StatusCode::BAD_REQUEST, Box::new(page)))
        }
        Some(Error::Refused(refusal, _)) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::CONFLICT);
            let is_unseen = *refusal == bookings::BOOKINGS_INSIDE;
            let mut page = match parsed.as_ref().ok().filter(|_| is_unseen) {
                Some(form) => preview(tx, by, &catalogue, id, form)?,
                None => again(tx, None)?,
            };
            page.refusal = Some(refusal.sentence.to_owned());
            Ok(FormOutcome::Rendered(status, Box::new(page)))
        }
        Some(error) => Err(error),
        None => {
            let form = parsed.as_ref().map_err(|fields| Error::Invalid(fields.clone()))?;
            Ok(FormOutcome::Rendered(StatusCode::OK, Box::new(preview(tx, by, &catalogue, id, form)?)))
        }
    }
}

/// Saves a block that was previewed. Returns `None` if it was not, so that the preview is shown.
fn run(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    id: Option<Id>,
    parsed: &Result<BlockForm, Fields>,
) -> Result<Option<&'static str>> {
    let form = parsed.as_ref().map_err(|fields| Error::Invalid(fields.clone()))?;
    let input = form.input(catalogue)?;
    if form.seen.is_none() {
        bookings::bookings_inside(tx, by, id, &input)?;
        return Ok(None);
    }
    match id {
        Some(id) => bookings::edit_block(tx, by, id, &input).map(|_| Some("changed")),
        None => bookings::block(tx, by, &input).map(|_| Some("blocked")),
    }
}

/// Creates the preview with the bookings inside a block, before it is saved.
fn preview(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    id: Option<Id>,
    form: &BlockForm,
) -> Result<StaffPage> {
    let input = form.input(catalogue)?;
    let inside = bookings::bookings_inside(tx, by, id, &input)?;
    let (zone, now) = (&catalogue.club.zone, tx.now());
    let name = name_of(catalogue, input.kind, input.resource);
    let what = format!(
        "{name}, from {} to {}. Reason: {}.",
        format::moment(zone, input.from, now),
        format::moment(zone, input.to, now),
        input.reason
    );
    let seen: Vec<String> = inside.iter().map(|one| one.detail.booking.id.to_string()).collect();
    // An empty value would count as missing. A single comma says that the preview showed no bookings.
    let seen = if seen.is_empty() { ",".to_owned() } else { seen.join(",") };
    let action = id.map_or_else(|| HERE.to_owned(), |id| format!("{HERE}{id}/"));
    let mut save = FormPart::post(action, "Save block").hidden("seen", seen);
    if let Some(seen_at) = input.seen_at {
        save = save.hidden("seen_at", seen_at);
    }
    save = save.hidden("what", format!("{}:{}", input.kind.as_str(), input.resource));
    for (day, time, at) in [("from_day", "from_time", form.from), ("to_day", "to_time", form.to)] {
        if let Some((date, clock)) = at {
            save = save.hidden(day, date).hidden(time, clock.strftime("%H:%M"));
        }
    }
    save = save.hidden("reason", &input.reason);
    let row = |one: &InsideBlock| {
        let booking = &one.detail.booking;
        vec![
            cell(format::moment(zone, booking.starts_at, now)),
            cell(&one.guest.name),
            cell(catalogue.service(booking.service).map(|one| one.name.clone()).unwrap_or_default()),
            cell(state_word(booking.status)),
            link(
                booking.reference.clone().unwrap_or_else(|| "Held".to_owned()),
                format!("/dashboard/bookings/{}/", booking.id),
            ),
        ]
    };
    let table = Table {
        caption: "Bookings in this time",
        head: vec!["Start", "Guest", "Service", "Status", "Booking"],
        rows: inside.iter().map(row).collect(),
        csv: None,
    };
    let note = if inside.is_empty() {
        "No bookings in this time."
    } else {
        "These bookings won’t change. You’ll need to reschedule or cancel them."
    };
    Ok(StaffPage::new(by, HERE, "Block this time?")
        .text(what)
        .text(note)
        .table(table, "")
        .form(save)
        .with(Part::Links(vec![("Go back", HERE.to_owned())])))
}

fn one(tx: &mut Tx<'_>, by: &Actor, id: Id, raw_form: &RawForm, wrong: Option<&Fields>) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let block = bookings::one_block(tx, by, id)?;
    let form = FormPart::post(format!("{HERE}{id}/"), "Preview block").hidden("seen_at", block.changed_at);
    let form = fields(&catalogue, form, raw_form, Some(&block)).wrong(wrong);
    let title = format!("Block: {}", name_of(&catalogue, block.kind, block.resource));
    Ok(StaffPage::new(by, HERE, title).form(form).with(Part::Links(vec![
        ("Remove block", format!("{HERE}{id}/remove/")),
        ("All blocks", HERE.to_owned()),
    ])))
}

async fn show(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let page = caller.view(move |tx, by| one(tx, by, id, &RawForm::default(), None)).await;
    rendered(page, HERE)
}

async fn show_remove(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let page = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let block = bookings::one_block(tx, by, id)?;
        let (zone, now) = (&catalogue.club.zone, tx.now());
        let what = format!(
            "{}, from {} to {}. Reason: {}.",
            name_of(&catalogue, block.kind, block.resource),
            format::moment(zone, block.from, now),
            format::moment(zone, block.to, now),
            block.reason
        );
        Ok(StaffPage::new(by, HERE, "Remove this block?")
            .text(what)
            .text("Its times can be booked again right away.")
            .form(FormPart::post(format!("{HERE}{id}/remove/"), "Remove block"))
            .with(Part::Links(vec![("Keep block", HERE.to_owned())])))
    });
    rendered(page.await, HERE)
}

async fn remove(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let done = caller.tx(move |tx, by| {
        let run = |tx: &mut Tx<'_>| {
            bookings::remove_block(tx, by, id)?;
            Ok(format!("{HERE}?done=removed"))
        };
        handle_form(tx, run, |tx, wrong| draw(tx, by, &RawForm::default(), wrong))
    });
    to_response(done.await, HERE)
}
