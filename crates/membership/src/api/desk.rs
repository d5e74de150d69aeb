//! Operations of the front desk on another person's membership, as JSON.

use axum::Json as Answered;
use axum::http::StatusCode;
use jiff::civil::Date;
use kit::replies::Reply;
use kit::web::{Json, Once, OnceHeader, Path, Problem};
use kit::{AppState, Id, Result, input};
use people::Caller;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lifecycle::{Done, InvoiceOut, Months, done};
use crate::desk::{self, Sold};
use crate::lifecycle;
use crate::model::Paid;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(enrol))
        .routes(routes!(dues))
        .routes(routes!(upgrade_other))
        .routes(routes!(freeze_other))
        .routes(routes!(leave_other))
        .routes(routes!(stay_other))
}

/// Staff: enroll a member from today, with the first month paid at the front desk.
#[utoipa::path(post, path = "/api/memberships/{person}/enrol/", tag = "memberships",
    params(("person" = i64, Path), OnceHeader), request_body = Sold,
    responses((status = 201, body = Done), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn enrol(
    caller: Caller,
    Path(person): Path<Id>,
    Once(Json(sold), idempotency_key): Once<Json<Sold>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let until = desk::join(tx, by, person, &sold)?;
            Reply::json(StatusCode::CREATED, &done("The membership starts today.", Some(until)).0)
        })
        .await
}

input! {
    /// How a month is paid, and the last paid day before it.
    struct Dues {
        /// How it was paid: `cash` or `terminal`.
        #[schema(value_type = String)]
        paid: Paid = read(desk::paid),
        /// The last paid day as you saw it (`end_date`). Of several requests for the same month, one takes effect.
        #[schema(value_type = String, format = Date)]
        seen: Date = date(),
    }
}

/// Staff: record a month’s dues paid at the front desk, on or after the last paid day.
#[utoipa::path(post, path = "/api/memberships/{person}/dues/", tag = "memberships",
    params(("person" = i64, Path), OnceHeader), request_body = Dues,
    responses((status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn dues(
    caller: Caller,
    Path(person): Path<Id>,
    Once(Json(dues), idempotency_key): Once<Json<Dues>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let until = desk::take_dues(tx, by, person, dues.paid, dues.seen)?;
            Reply::json(StatusCode::OK, &done("Payment recorded.", Some(until)).0)
        })
        .await
}

/// Staff: upgrade a member right away. The cost was paid at the front desk.
#[utoipa::path(post, path = "/api/memberships/{person}/upgrade/", tag = "memberships",
    params(("person" = i64, Path), OnceHeader), request_body = Sold,
    responses((status = 200, body = InvoiceOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn upgrade_other(
    caller: Caller,
    Path(person): Path<Id>,
    Once(Json(sold), idempotency_key): Once<Json<Sold>>,
) -> Result<Reply> {
    caller
        .once(idempotency_key, move |tx, by| {
            let invoice = desk::upgrade(tx, by, person, &sold)?;
            Reply::json(StatusCode::OK, &InvoiceOut::from(invoice))
        })
        .await
}

/// Staff: pause a membership for whole billing months.
#[utoipa::path(post, path = "/api/memberships/{person}/freeze/", tag = "memberships", params(("person" = i64, Path)),
    request_body = Months,
    responses((status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn freeze_other(
    caller: Caller,
    Path(person): Path<Id>,
    Json(request): Json<Months>,
) -> Result<Answered<Done>> {
    let (_, until) = caller
        .tx(move |tx, by| {
            lifecycle::as_staff(by, person)?;
            lifecycle::freeze(tx, by, person, request.months)
        })
        .await?;
    Ok(done("The membership is paused starting next billing month.", Some(until)))
}

/// Staff: end a membership at the end of the paid period.
#[utoipa::path(post, path = "/api/memberships/{person}/leave/", tag = "memberships", params(("person" = i64, Path)),
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn leave_other(caller: Caller, Path(person): Path<Id>) -> Result<Answered<Done>> {
    caller
        .tx(move |tx, by| {
            lifecycle::as_staff(by, person)?;
            lifecycle::leave(tx, by, person)
        })
        .await?;
    Ok(done("The membership ends with the paid period.", None))
}

/// Staff: keep a membership that was set to end.
#[utoipa::path(post, path = "/api/memberships/{person}/stay/", tag = "memberships", params(("person" = i64, Path)),
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn stay_other(caller: Caller, Path(person): Path<Id>) -> Result<Answered<Done>> {
    caller
        .tx(move |tx, by| {
            lifecycle::as_staff(by, person)?;
            lifecycle::stay(tx, by, person)
        })
        .await?;
    Ok(done("The membership continues.", None))
}
