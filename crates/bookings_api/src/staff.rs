//! The JSON endpoints for the front desk: the visits of a business day, and undoing a step.

use axum::Json as Answered;
use booking_rules::Status;
use bookings::{DayFilter, DayVisit, DayVisits, Undoing, day_visits, undo_step};
use kit::web::{Input, Json, List, Paging, Path, Problem, Query, RawInput};
use kit::{AppState, Cents, Id, Result, input};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::common::to_response;
use crate::wire::BookingOut;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(staff_bookings)).routes(routes!(undo_visit_step))
}

/// A visit on a business day.
#[derive(Serialize, ToSchema)]
struct VisitOut {
    #[serde(flatten)]
    booking: BookingOut,
    /// The person who owns the booking, with contact details.
    guest: GuestOut,
    /// The guest is late and not checked in.
    is_late: bool,
    /// The amount due now, including tax.
    due: Cents,
    /// The available steps: `checked_in`, `in_progress`, `completed`, `no_show`.
    steps: Vec<&'static str>,
    /// Whether you can undo the latest step: `no`, `yes`, or `with_reason`.
    undo: &'static str,
}

/// A guest as the front desk sees them.
#[derive(Serialize, ToSchema)]
struct GuestOut {
    /// The guest’s account, or null.
    person_id: Option<Id>,
    name: String,
    phone: Option<String>,
}

/// The filter of the visits and the requested page.
struct StaffBookingsQuery {
    filter: DayFilter,
    paging: Paging,
}

impl Input for StaffBookingsQuery {
    fn parse(input: &mut RawInput) -> StaffBookingsQuery {
        StaffBookingsQuery { filter: DayFilter::parse(input), paging: Paging::parse(input) }
    }
}

/// Staff: list the visits that start on a business day (04:00 to 04:00, today’s unless a date is given), in order of
/// time.
#[utoipa::path(get, path = "/api/staff/bookings/", tag = "staff",
    params(("date" = Option<String>, Query), ("status" = Option<String>, Query), ("q" = Option<String>, Query),
        ("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<VisitOut>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn staff_bookings(
    caller: Caller,
    uri: axum::http::Uri,
    Query(StaffBookingsQuery { filter, paging }): Query<StaffBookingsQuery>,
) -> Result<List<VisitOut>> {
    let found = caller.view(move |tx, by| {
        let (DayVisits { visits, total, .. }, _) = day_visits(tx, by, &filter, paging)?;
        let (catalogue, now) = (catalogue::current(tx)?, tx.now());
        let out = |visit: &DayVisit| VisitOut {
            booking: BookingOut::of(&catalogue, &visit.detail, now),
            guest: GuestOut {
                person_id: visit.guest.person,
                name: visit.guest.name.clone(),
                phone: visit.guest.phone.clone(),
            },
            is_late: visit.is_late,
            due: visit.due,
            steps: visit.steps.iter().map(|step| step.as_str()).collect(),
            undo: match visit.undo {
                Undoing::No => "no",
                Undoing::Free => "yes",
                Undoing::WithReason => "with_reason",
            },
        };
        Ok((visits.iter().map(out).collect::<Vec<_>>(), total))
    });
    let (items, total) = found.await?;
    Ok(List { items, total, paging, path: kit::web::unpaged(&uri) })
}

input! {
    /// The step to undo.
    struct UndoStepBody {
        /// The visit’s current status, which is undone: `checked_in`, `in_progress`, `completed`, or `no_show`.
        #[schema(value_type = String)]
        status: Status = read(parse_status),
        /// Required from a manager after the front desk’s undo window, and for a completion.
        #[schema(max_length = 500)]
        reason: Option<String> = opt_text_within(500),
    }
}

fn parse_status(input: &mut RawInput, field: &str) -> Status {
    let status = Status::read(input.text(field, 20));
    let status = status.filter(|status| {
        use Status::{CheckedIn, Completed, InProgress, NoShow};
        matches!(status, CheckedIn | InProgress | Completed | NoShow)
    });
    if status.is_none() {
        input.add_error(field, "Send checked_in, in_progress, completed, or no_show.");
    }
    status.unwrap_or(Status::CheckedIn)
}

/// Staff: undo a check-in, a start, or a no-show within 30 minutes. Managers, with a reason, can also undo them later,
/// or undo a completion, until the business day is closed.
#[utoipa::path(post, path = "/api/bookings/{id}/undo/", tag = "bookings", params(("id" = i64, Path)),
    request_body = UndoStepBody,
    responses((status = 200, body = BookingOut), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn undo_visit_step(
    caller: Caller,
    Path(id): Path<Id>,
    Json(UndoStepBody { status, reason }): Json<UndoStepBody>,
) -> Result<Answered<BookingOut>> {
    caller
        .tx(move |tx, by| {
            undo_step(tx, by, id, status, reason.as_deref())?;
            to_response(tx, id).map(Answered)
        })
        .await
}
