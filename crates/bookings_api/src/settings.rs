//! The settings of the rules as JSON.

use axum::Json as Answered;
use axum::http::StatusCode;
use booking_rules::settings::{all, named};
use catalogue::{Setting, SettingUnit};
use jiff::Timestamp;
use kit::web::{Json, List, Paging, Path, Problem, Query};
use kit::{AppState, Id, Result, input};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(numbers)).routes(routes!(set_number, reset_number))
}

/// A number in the booking rules that a manager can change.
#[derive(Serialize, ToSchema)]
struct SettingOut {
    name: &'static str,
    /// What it sets, and in which unit.
    what: String,
    value: i64,
    default: i64,
    least: i64,
    most: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    changed_at: Option<Timestamp>,
    changed_by: Option<Id>,
}

/// Returns the meaning of a setting with the unit of its value.
fn described(setting: Setting) -> String {
    let unit = match setting.unit {
        SettingUnit::Count => "",
        SettingUnit::Cents => " (cents)",
        SettingUnit::Hour => " (hour, 0 to 24)",
    };
    format!("{}{unit}", setting.what)
}

/// Managers: list all settings.
#[utoipa::path(get, path = "/api/staff/numbers/", tag = "staff",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<SettingOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn numbers(caller: Caller, Query(paging): Query<Paging>) -> Result<List<SettingOut>> {
    let found = caller.view(|tx, by| {
        let catalogue = catalogue::current(tx)?;
        let changes = catalogue::setting_changes(tx, by, catalogue.club.id)?;
        let setting_out = |setting: Setting| {
            let last = changes.iter().find(|change| change.name == setting.name);
            SettingOut {
                name: setting.name,
                what: described(setting),
                value: catalogue.setting(setting),
                default: setting.default,
                least: setting.least,
                most: setting.most,
                changed_at: last.map(|change| change.at),
                changed_by: last.and_then(|change| change.by),
            }
        };
        Ok(all().map(setting_out).collect())
    });
    Ok(List::of(found.await?, paging, "/api/staff/numbers/"))
}

input! {
    /// The value of a setting.
    struct NumberValue {
        value: i64 = number(0, 10_000_000),
    }
}

/// Managers: change a setting from now on.
#[utoipa::path(put, path = "/api/staff/numbers/{name}/", tag = "staff", params(("name" = String, Path)),
    request_body = NumberValue,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn set_number(
    caller: Caller,
    Path(name): Path<String>,
    Json(NumberValue { value }): Json<NumberValue>,
) -> Result<StatusCode> {
    let setting = named(&name)?;
    let done = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        catalogue::set_setting(tx, by, club, setting, value)
    });
    done.await.map(|()| StatusCode::NO_CONTENT)
}

/// The default, which applies again.
#[derive(Serialize, ToSchema)]
struct Default {
    value: i64,
}

/// Managers: reset a setting to its default.
#[utoipa::path(delete, path = "/api/staff/numbers/{name}/", tag = "staff", params(("name" = String, Path)),
    responses((status = 200, body = Default), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn reset_number(caller: Caller, Path(name): Path<String>) -> Result<Answered<Default>> {
    let setting = named(&name)?;
    let done = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        catalogue::reset_setting(tx, by, club, setting)
    });
    done.await.map(|()| Answered(Default { value: setting.default }))
}
