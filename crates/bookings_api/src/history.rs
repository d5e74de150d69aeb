//! The JSON endpoint for the services that a person had.

use booking_rules::iso;
use bookings::{PastService, past_services};
use catalogue::ServiceCard;
use jiff::civil::Date;
use kit::web::{List, Paging, Problem, Query};
use kit::{AppState, Id, Result, Tx};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(had_before))
}

/// A service you have had, and the last time you had it.
#[derive(Serialize, ToSchema)]
struct PastServiceOut {
    service: ServiceCard,
    /// Whether the service is still offered.
    is_offered: bool,
    times: i64,
    /// The business day of the last visit.
    #[schema(value_type = String, format = Date)]
    last_date: Date,
    #[schema(format = DateTime)]
    last_starts_at: String,
    last_booking_id: Id,
    /// The technicians of that visit.
    technicians: Vec<Server>,
}

/// A technician who served the visit.
#[derive(Serialize, ToSchema)]
struct Server {
    id: Id,
    name: String,
}

/// List the services you have had, latest first, each with how often and the last visit.
#[utoipa::path(get, path = "/api/services/history/", tag = "services",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<PastServiceOut>), (status = 400, body = Problem), (status = 401, body = Problem)))]
async fn had_before(caller: Caller, Query(paging): Query<Paging>) -> Result<List<PastServiceOut>> {
    caller
        .view(move |tx, by| {
            let all = past_services(tx, by, by.person()?.id)?;
            let (total, had) = (all.len(), paging.cut(all));
            let items = had.iter().map(|had| to_response(tx, had)).collect::<Result<Vec<_>>>()?;
            let items = items.into_iter().flatten().collect();
            Ok(List { items, total, paging, path: "/api/services/history/".to_owned() })
        })
        .await
}

fn to_response(tx: &mut Tx<'_>, had: &PastService) -> Result<Option<PastServiceOut>> {
    let catalogue = catalogue::current(tx)?;
    let Some(service) = catalogue.service(had.service) else { return Ok(None) };
    let served = scheduling::technicians_of(tx, had.booking)?;
    let served = served.iter().filter_map(|id| catalogue.technician(*id));
    Ok(Some(PastServiceOut {
        service: ServiceCard::of(&catalogue, service),
        is_offered: service.active,
        times: had.times,
        last_date: had.day,
        last_starts_at: iso(&catalogue.club.zone, had.starts_at),
        last_booking_id: had.booking,
        technicians: served.map(|one| Server { id: one.id, name: one.name.clone() }).collect(),
    }))
}
