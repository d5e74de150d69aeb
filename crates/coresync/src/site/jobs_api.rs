//! The JSON API of background jobs. The payload of a job is not shown, because it may contain secrets.

use axum::http::StatusCode;
use jiff::Timestamp;
use kit::jobs::{JobFilter, QueuedJob};
use kit::web::{Input, List, Paging, Path, Problem, Query, RawInput, in_address};
use kit::{AppState, Id, Result};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{discard_job, filter, queue, retry_job, shortened};

const HERE: &str = "/api/staff/jobs/";

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry)).routes(routes!(discard))
}

/// A background job: its kind, its state, and when it runs.
#[derive(Serialize, ToSchema)]
struct JobOut {
    id: Id,
    kind: String,
    /// The state: `waiting`, `running`, `failing`, or `set_aside`.
    state: &'static str,
    attempts: i64,
    /// When it runs next. For a stopped job, when it would have run.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// The latest error, shortened.
    last_error: Option<String>,
}

impl From<QueuedJob> for JobOut {
    fn from(job: QueuedJob) -> JobOut {
        JobOut {
            id: job.id,
            kind: job.kind,
            state: job.state.as_str(),
            attempts: job.attempts,
            run_at: job.run_at,
            last_error: job.last_error.as_deref().map(shortened),
        }
    }
}

/// The filter of the job list, and the page.
struct JobListInput(JobFilter, Paging);

impl Input for JobListInput {
    fn parse(input: &mut RawInput) -> JobListInput {
        JobListInput(filter(input), Paging::parse(input))
    }
}

/// Managers: list background jobs, stopped ones first.
#[utoipa::path(get, path = "/api/staff/jobs/", tag = "staff",
    params(("kind" = Option<String>, Query), ("state" = Option<String>, Query), ("page" = Option<u32>, Query),
        ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<JobOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list(
    caller: Caller,
    Query(JobListInput(filter, paging)): Query<JobListInput>,
) -> Result<List<JobOut>> {
    let kind = filter.kind.as_deref().map(|kind| format!("kind={}", in_address(kind, "")));
    let state = filter.state.map(|state| format!("state={}", state.as_str()));
    let pairs: Vec<String> = kind.into_iter().chain(state).collect();
    let path = if pairs.is_empty() { HERE.to_owned() } else { format!("{HERE}?{}", pairs.join("&")) };
    let (found, total) = caller.view(move |tx, by| queue(tx, by, &filter, paging)).await?;
    Ok(List { items: found.into_iter().map(JobOut::from).collect(), total, paging, path })
}

/// Managers: retry a job right away with a full set of attempts.
#[utoipa::path(post, path = "/api/staff/jobs/{id}/retry/", tag = "staff", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn retry(caller: Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.tx(move |tx, by| retry_job(tx, by, id)).await.map(|()| StatusCode::NO_CONTENT)
}

/// Managers: discard a job.
#[utoipa::path(delete, path = "/api/staff/jobs/{id}/", tag = "staff", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn discard(caller: Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.tx(move |tx, by| discard_job(tx, by, id)).await.map(|()| StatusCode::NO_CONTENT)
}
