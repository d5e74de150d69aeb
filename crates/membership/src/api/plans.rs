//! Plans and their versions as JSON, for managers.

use axum::Json as Answered;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::web::{Json, Path, Problem};
use kit::{AppState, Id, Result};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::plan_card::PlanCard;
use crate::plan_store::{Version, plan_versions};
use crate::plans::{PlanTerms, edit_plan, move_over};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(versions)).routes(routes!(edit)).routes(routes!(move_members))
}

/// A version of a plan.
#[derive(Serialize, ToSchema)]
struct VersionOut {
    id: Id,
    /// Starts at 1. New members join the largest whose `effective_on` has come.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    made_by: Option<Id>,
    /// The first day on which people can join with it.
    #[schema(value_type = String, format = Date)]
    effective_on: Date,
    /// How many members are on it.
    members: i64,
    plan: PlanCard,
}

impl From<&Version> for VersionOut {
    fn from(version: &Version) -> VersionOut {
        VersionOut {
            id: version.id,
            version: version.n,
            made_at: version.made_at,
            made_by: version.made_by,
            effective_on: version.effective_on,
            members: version.members,
            plan: PlanCard::from(&version.plan),
        }
    }
}

/// Managers: list every version of a plan, newest first.
#[utoipa::path(get, path = "/api/memberships/plans/{slug}/versions/", tag = "memberships", params(("slug" = String, Path)),
    responses((status = 200, body = Vec<VersionOut>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn versions(caller: Caller, Path(slug): Path<String>) -> Result<Answered<Vec<VersionOut>>> {
    let found = caller.view(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        plan_versions(tx, by, club, &slug)
    });
    Ok(Answered(found.await?.iter().map(VersionOut::from).collect()))
}

/// The version of a plan that was published.
#[derive(Serialize, ToSchema)]
struct Edited {
    /// The number of the new version.
    version: i64,
}

/// Managers: publish a new version of a plan. New members get it from its effective day on; existing members keep theirs.
#[utoipa::path(put, path = "/api/memberships/plans/{slug}/", tag = "memberships", params(("slug" = String, Path)),
    request_body = PlanTerms,
    responses((status = 200, body = Edited), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn edit(
    caller: Caller,
    Path(slug): Path<String>,
    Json(terms): Json<PlanTerms>,
) -> Result<Answered<Edited>> {
    let edited = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        edit_plan(tx, by, club, &slug, &terms)
    });
    Ok(Answered(Edited { version: edited.await? }))
}

/// The number of members who move to the latest version of a plan.
#[derive(Serialize, ToSchema)]
struct MovedOver {
    members: u64,
}

/// Managers: move members on older versions to the latest one from their next billing month. Each is notified by email.
#[utoipa::path(post, path = "/api/memberships/plans/{slug}/move_over/", tag = "memberships",
    params(("slug" = String, Path)),
    responses((status = 200, body = MovedOver), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn move_members(caller: Caller, Path(slug): Path<String>) -> Result<Answered<MovedOver>> {
    let moved = caller.tx(move |tx, by| {
        let club = catalogue::current(tx)?.club.id;
        move_over(tx, by, club, &slug)
    });
    Ok(Answered(MovedOver { members: moved.await? }))
}
