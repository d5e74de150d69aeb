//! Changes of the caller's own membership, as JSON.

use axum::Json as Answered;
use jiff::civil::Date;
use kit::web::{Json, Path, Problem};
use kit::{AppState, Cents, Result, input};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{desk, lifecycle};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(leave))
        .routes(routes!(stay))
        .routes(routes!(change))
        .routes(routes!(freeze))
        .routes(routes!(auto_credit))
        .routes(routes!(upgrade))
}

/// The outcome of a change of membership: a sentence for the member, and a date.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    message: &'static str,
    /// The last day that is paid, or paused.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
}

pub(crate) fn done(message: &'static str, until: Option<Date>) -> Answered<Done> {
    Answered(Done { message, until })
}

/// Cancel the membership at the end of the paid period.
#[utoipa::path(post, path = "/api/memberships/leave/", tag = "memberships",
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 409, body = Problem)))]
async fn leave(caller: Caller) -> Result<Answered<Done>> {
    caller.tx(|tx, by| lifecycle::leave(tx, by, by.person()?.id)).await?;
    Ok(done("The membership ends with the paid period.", None))
}

/// Keep a membership that was set to end.
#[utoipa::path(post, path = "/api/memberships/stay/", tag = "memberships",
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 409, body = Problem)))]
async fn stay(caller: Caller) -> Result<Answered<Done>> {
    caller.tx(|tx, by| lifecycle::stay(tx, by, by.person()?.id)).await?;
    Ok(done("The membership continues.", None))
}

input! {
    /// The plan to change to.
    struct PlanInput {
        /// The slug of the plan.
        plan: String = text(100),
    }
}

/// Switch to a plan that costs less, starting the day after the paid period.
#[utoipa::path(post, path = "/api/memberships/change/", tag = "memberships", request_body = PlanInput,
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn change(caller: Caller, Json(request): Json<PlanInput>) -> Result<Answered<Done>> {
    caller.tx(move |tx, by| lifecycle::change_down(tx, by, by.person()?.id, &request.plan)).await?;
    Ok(done("The plan changes starting next billing month.", None))
}

input! {
    /// The length of a pause.
    pub(crate) struct Months {
        /// 1 to 12. The club sets how many months can be paused per calendar year (M6).
        pub(crate) months: i64 = number(1, 12),
    }
}

/// Pause for whole billing months, starting with the next one: no dues, no benefits.
#[utoipa::path(post, path = "/api/memberships/freeze/", tag = "memberships", request_body = Months,
    responses((status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem)))]
async fn freeze(caller: Caller, Json(request): Json<Months>) -> Result<Answered<Done>> {
    let (_, until) =
        caller.tx(move |tx, by| lifecycle::freeze(tx, by, by.person()?.id, request.months)).await?;
    Ok(done("The membership is paused starting next billing month.", Some(until)))
}

input! {
    /// Whether bookings use credits automatically.
    struct AutoCreditInput {
        auto: bool = needed_yes(),
    }
}

/// Choose whether credits apply automatically.
#[utoipa::path(post, path = "/api/memberships/auto_credit/", tag = "memberships", request_body = AutoCreditInput,
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 409, body = Problem)))]
async fn auto_credit(caller: Caller, Json(request): Json<AutoCreditInput>) -> Result<Answered<Done>> {
    caller.tx(move |tx, by| lifecycle::set_auto_credit(tx, by, request.auto)).await?;
    Ok(done("Noted.", None))
}

/// The cost of upgrading.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvoiceOut {
    from: String,
    to: String,
    /// The end of the paid period, to which both are prorated.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// The cost of the new plan for the rest of the paid period.
    charge: Cents,
    /// The credit for the rest of the old plan.
    credit: Cents,
    total: Cents,
}

impl From<desk::Invoice> for InvoiceOut {
    fn from(invoice: desk::Invoice) -> InvoiceOut {
        let desk::Invoice { from, to, until, charge, credit, total } = invoice;
        InvoiceOut { from, to, until, charge, credit, total }
    }
}

/// Preview the cost of upgrading now. It is paid at the front desk.
#[utoipa::path(get, path = "/api/memberships/upgrade/{plan}/", tag = "memberships", params(("plan" = String, Path)),
    responses((status = 200, body = InvoiceOut), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn upgrade(caller: Caller, Path(plan): Path<String>) -> Result<Answered<InvoiceOut>> {
    let invoice = caller.view(move |tx, by| desk::preview_upgrade(tx, by, by.person()?.id, &plan)).await?;
    Ok(Answered(invoice.into()))
}
