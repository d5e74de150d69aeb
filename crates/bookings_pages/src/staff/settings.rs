//! The pages of the settings: their meaning, their values, and their changes.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use catalogue::{Setting, SettingChange};
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Error, Fields, Result, Tx};
use people::{Actor, Caller};
use ui::{
    FormOutcome, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, StaffPage, Table, cell, csv,
    format, handle_form, link, or_sign_in, rendered, to_response,
};

const HERE: &str = "/staff/numbers/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(list))
        .route("/staff/numbers/{name}/", get(show).post(set))
        .route("/staff/numbers/{name}/reset/", post(reset))
}

/// Returns the meaning of a setting; `None` if there is no such setting any more.
pub fn label(name: &str) -> Option<&'static str> {
    all().find(|setting| setting.name == name).map(|setting| setting.what)
}

/// Returns all settings of all crates.
pub(crate) fn all() -> impl Iterator<Item = Setting> {
    bookings::SETTINGS.into_iter().chain(membership::SETTINGS)
}

/// Returns the setting of this name. Returns `Error::NotFound` if there is none.
pub(crate) fn named(name: &str) -> Result<Setting> {
    all().find(|setting| setting.name == name).ok_or(Error::NotFound)
}

async fn list(caller: Caller, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let is_csv = form.parsed.is_ok_and(|query| query.csv);
    if is_csv {
        return or_sign_in(caller.view(table).await.map(|table| csv("numbers", &table)), HERE);
    }
    let page = caller.view(|tx, by| {
        let table = table(tx, by)?;
        Ok(StaffPage::new(by, HERE, "Booking settings")
            .text("Changes apply to new bookings, holds, and changes. Existing bookings keep their terms.")
            .table(table, "No settings."))
    });
    rendered(page.await, HERE)
}

fn table(tx: &mut Tx<'_>, by: &Actor) -> Result<Table> {
    let catalogue = catalogue::current(tx)?;
    let changes = catalogue::setting_changes(tx, by, catalogue.club.id)?;
    let names = people::names(tx, changes.iter().filter_map(|change| change.by))?;
    let now = tx.now();
    let row = |setting: Setting| {
        let last = changes.iter().find(|change| change.name == setting.name);
        vec![
            link(setting.what, format!("{HERE}{}/", setting.name)),
            cell(catalogue.setting(setting).to_string()),
            cell(setting.default.to_string()),
            cell(format!("{} to {}", setting.least, setting.most)),
            cell(last.map(|change| format::moment(&catalogue.club.zone, change.at, now)).unwrap_or_default()),
            cell(last.and_then(|change| names.get(&change.by?).cloned()).unwrap_or_default()),
        ]
    };
    Ok(Table {
        caption: "Booking settings",
        head: vec!["Setting", "Now", "Default", "Range", "Changed", "By"],
        rows: all().map(row).collect(),
        csv: Some(format!("{HERE}?format=csv")),
    })
}

fn here(setting: Setting) -> String {
    format!("{HERE}{}/", setting.name)
}

async fn show(
    caller: Caller,
    Path(name): Path<String>,
    QueryForm(form): QueryForm<PageQuery>,
) -> Result<Response> {
    let setting = named(&name)?;
    let done = form.parsed.is_ok_and(|query| query.done);
    let page = caller.view(move |tx, by| draw(tx, by, setting, None, None)).await;
    rendered(page.map(|page| page.done(done, "Saved. It takes effect now.")), &here(setting))
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    setting: Setting,
    entered: Option<&str>,
    wrong: Option<&Fields>,
) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let changes = catalogue::setting_changes(tx, by, catalogue.club.id)?;
    let names = people::names(tx, changes.iter().filter_map(|change| change.by))?;
    let value = catalogue.setting(setting);
    let now = tx.now();
    let value_text = |value: Option<i64>| value.map_or("the default".to_owned(), |value| value.to_string());
    let row = |change: &SettingChange| {
        vec![
            cell(format::moment(&catalogue.club.zone, change.at, now)),
            cell(change.by.and_then(|by| names.get(&by).cloned()).unwrap_or_default()),
            cell(value_text(change.from)),
            cell(value_text(change.to)),
        ]
    };
    let history = Table {
        caption: "Changes to this setting",
        head: vec!["When", "By", "From", "To"],
        rows: changes.iter().filter(|change| change.name == setting.name).map(row).collect(),
        csv: None,
    };
    let facts = vec![
        ("Now", value.to_string()),
        ("Default", setting.default.to_string()),
        ("Range", format!("{} to {}", setting.least, setting.most)),
    ];
    let value = entered.map_or(value.to_string(), str::to_owned);
    let form = FormPart::post(here(setting), "Save setting")
        .field(InputField::line("value", "New value", "number", value))
        .wrong(wrong);
    let reset = FormPart::post(format!("{}reset/", here(setting)), "Reset to default").quiet();
    Ok(StaffPage::new(by, HERE, setting.what)
        .with(Part::Facts(facts))
        .form(form)
        .with(Part::Form(reset))
        .heading("history", "Change history")
        .table(history, "No changes yet."))
}

/// The value in the form.
struct Value(i64);

impl Input for Value {
    fn parse(input: &mut RawInput) -> Value {
        Value(input.number("value", i64::MIN, i64::MAX))
    }
}

async fn set(
    caller: Caller,
    Path(name): Path<String>,
    PostedForm(form): PostedForm<Value>,
) -> Result<Response> {
    let setting = named(&name)?;
    let (raw_form, parsed) = (form.raw_form, form.parsed.map(|Value(value)| value));
    let done = caller.tx(move |tx, by| {
        let operation = |tx: &mut Tx<'_>| {
            let value = parsed.clone().map_err(Error::Invalid)?;
            let club = catalogue::current(tx)?.club.id;
            catalogue::set_setting(tx, by, club, setting, value).map_err(|error| at_value(error, setting))?;
            Ok(format!("{}?done=1", here(setting)))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, setting, Some(raw_form.get("value")), wrong))
    });
    to_response(done.await, &here(setting))
}

/// Assigns the error of a setting to the field of the form.
fn at_value(error: Error, setting: Setting) -> Error {
    match error {
        Error::Invalid(Fields(mut fields)) => match fields.remove(setting.name) {
            Some(sentence) => Fields::one("value", sentence),
            None => Error::Invalid(Fields(fields)),
        },
        other => other,
    }
}

async fn reset(caller: Caller, Path(name): Path<String>) -> Result<Response> {
    let setting = named(&name)?;
    let done = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        catalogue::reset_setting(tx, by, club, setting)?;
        Ok(FormOutcome::<StaffPage>::Redirect(format!("{}?done=1", here(setting))))
    });
    to_response(done.await, &here(setting))
}
