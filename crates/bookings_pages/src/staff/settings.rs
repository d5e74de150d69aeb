//! The pages of the settings: their meaning, their values, and their changes.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use bookings::{all_settings, setting_named};
use catalogue::{Setting, SettingChange, SettingUnit};
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Cents, Error, Fields, Result, Tx};
use people::{Actor, Caller};
use ui::{
    Choice, FormOutcome, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, StaffPage, Table,
    cell, csv, format, handle_form, link, or_sign_in, rendered, to_response,
};

const HERE: &str = "/staff/numbers/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(list))
        .route("/staff/numbers/{name}/", get(show).post(set))
        .route("/staff/numbers/{name}/reset/", post(reset))
}

/// Returns the meaning of a setting; `None` if there is no such setting any more.
pub fn label(name: &str) -> Option<String> {
    setting_named(name).ok().map(title)
}

/// Returns a value of a setting for people; `None` if there is no such setting any more.
pub fn value(name: &str, value: i64) -> Option<String> {
    setting_named(name).ok().map(|setting| shown(setting, value))
}

/// Returns the meaning of a setting with its unit.
fn title(setting: Setting) -> String {
    let unit = if setting.unit == SettingUnit::Cents { " ($)" } else { "" };
    format!("{}{unit}", setting.what)
}

/// Formats a value of a setting: `1,440`, `$50`, or `10:00 PM`.
fn shown(setting: Setting, value: i64) -> String {
    match setting.unit {
        // A number has the commas of an amount.
        SettingUnit::Count => format::money(Cents(value * 100)).replace('$', ""),
        SettingUnit::Cents => format::money(Cents(value)),
        SettingUnit::Hour => {
            let next_day = if value >= 24 { " (next day)" } else { "" };
            format!("{}{next_day}", format::minute(value * 60))
        }
    }
}

fn range(setting: Setting) -> String {
    format!("{} to {}", shown(setting, setting.least), shown(setting, setting.most))
}

/// Describes which values a setting takes.
fn bounds(setting: Setting) -> String {
    let what = match setting.unit {
        SettingUnit::Count => "Enter a number",
        SettingUnit::Cents => "Enter an amount",
        SettingUnit::Hour => "Choose a time",
    };
    format!("{what} from {}.", range(setting))
}

/// Parses a value of a setting as it was typed. An amount is parsed in dollars, never through a float (T2).
fn parsed(setting: Setting, text: &str) -> Result<i64> {
    match setting.unit {
        SettingUnit::Cents => text.parse::<Cents>().map(|amount| amount.0).map_err(|wrong| wrong.to_string()),
        SettingUnit::Count | SettingUnit::Hour => text.parse().map_err(|_| bounds(setting)),
    }
    .map_err(|sentence| Fields::one("value", sentence))
}

async fn list(caller: Caller, QueryForm(form): QueryForm<PageQuery>) -> Result<Response> {
    let is_csv = form.parsed.is_ok_and(|query| query.csv);
    if is_csv {
        return or_sign_in(caller.view(table).await.map(|table| csv("numbers", &table)), HERE);
    }
    let page = caller.view(|tx, by| {
        let table = table(tx, by)?;
        Ok(StaffPage::new(by, HERE, "Booking settings")
            .text("New values apply to new bookings, holds, and booking changes. Existing bookings keep their terms.")
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
            link(title(setting), here(setting)),
            cell(shown(setting, catalogue.setting(setting))),
            cell(shown(setting, setting.default)),
            cell(range(setting)),
            cell(last.map(|change| format::moment(&catalogue.club.zone, change.at, now)).unwrap_or_default()),
            cell(last.and_then(|change| names.get(&change.by?).cloned()).unwrap_or_default()),
        ]
    };
    Ok(Table {
        caption: "Booking settings",
        head: vec!["Setting", "Now", "Default", "Range", "Changed", "By"],
        rows: all_settings().map(row).collect(),
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
    let setting = setting_named(&name)?;
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
    let value_text =
        |value: Option<i64>| value.map_or("the default".to_owned(), |value| shown(setting, value));
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
        ("Now", shown(setting, value)),
        ("Default", shown(setting, setting.default)),
        ("Range", range(setting)),
    ];
    let form =
        FormPart::post(here(setting), "Save setting").field(field(setting, value, entered)).wrong(wrong);
    let reset = FormPart::post(format!("{}reset/", here(setting)), "Reset to default").quiet();
    Ok(StaffPage::new(by, HERE, title(setting))
        .with(Part::Facts(facts))
        .form(form)
        .with(Part::Form(reset))
        .heading("history", "Change history")
        .table(history, "No changes yet."))
}

/// Creates the field for a new value. `entered` is the typed value of a form that was not accepted.
fn field(setting: Setting, value: i64, entered: Option<&str>) -> InputField {
    let entered = |value: String| entered.map_or(value, str::to_owned);
    match setting.unit {
        SettingUnit::Count => InputField::line("value", "New value", "number", entered(value.to_string())),
        SettingUnit::Cents => {
            InputField::line("value", "New value ($)", "text", entered(Cents(value).to_string()))
        }
        SettingUnit::Hour => {
            let chosen = entered(value.to_string());
            let hour = |hour: i64| Choice::new(hour, shown(setting, hour), chosen == hour.to_string());
            InputField::select("value", "New value", (setting.least..=setting.most).map(hour).collect())
        }
    }
}

/// The value in the form, as it was typed.
struct Value(String);

impl Input for Value {
    fn parse(input: &mut RawInput) -> Value {
        Value(input.text("value", 40))
    }
}

async fn set(
    caller: Caller,
    Path(name): Path<String>,
    PostedForm(form): PostedForm<Value>,
) -> Result<Response> {
    let setting = setting_named(&name)?;
    let (raw_form, entered) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        let operation = |tx: &mut Tx<'_>| {
            let value = match &entered {
                Ok(Value(text)) => parsed(setting, text)?,
                Err(fields) => return Err(Error::Invalid(fields.clone())),
            };
            let club = catalogue::current(tx)?.club.id;
            catalogue::set_setting(tx, by, club, setting, value).map_err(|error| at_value(error, setting))?;
            Ok(format!("{}?done=1", here(setting)))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, setting, Some(raw_form.get("value")), wrong))
    });
    to_response(done.await, &here(setting))
}

/// Assigns the error of a setting, a value out of bounds, to the field of the form.
fn at_value(error: Error, setting: Setting) -> Error {
    match error {
        Error::Invalid(Fields(mut fields)) => match fields.remove(setting.name) {
            Some(_) => Fields::one("value", bounds(setting)),
            None => Error::Invalid(Fields(fields)),
        },
        other => other,
    }
}

async fn reset(caller: Caller, Path(name): Path<String>) -> Result<Response> {
    let setting = setting_named(&name)?;
    let done = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        catalogue::reset_setting(tx, by, club, setting)?;
        Ok(FormOutcome::<StaffPage>::Redirect(format!("{}?done=1", here(setting))))
    });
    to_response(done.await, &here(setting))
}
