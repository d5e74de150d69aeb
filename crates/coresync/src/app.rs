//! All routes of the program, and the middleware around them.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::web::{
    CachedPages, Deadlines, PageCache, Problem, deadline, guard, not_allowed, not_found, speak, tag,
    tag_encoding,
};
use kit::{AppState, Error, Id, Result, Tx, args, sql};
use metrics_exporter_prometheus::PrometheusHandle;
use people::{Action, Actor, Caller, RateLimits, limit};
use serde_json::Value;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;

use crate::{access, dashboard, docs, document, reactions, site};

/// The longest time until a response is ready, and the longest time for a whole request body to arrive. How long a body
/// may pause is configured (`stall_seconds`).
const ANSWER: Duration = Duration::from_secs(60);
const BODY: Duration = Duration::from_secs(300);

/// Paths without a rate limit: health checks, metrics, static files, pictures, and the payment webhook, whose signature
/// is verified.
const UNCOUNTED: [&str; 6] =
    ["/health/", "/ready/", "/metrics", "/assets/", "/pictures/", "/api/payments/stripe/webhook/"];

#[derive(OpenApi)]
#[openapi(info(
    title = "CoreSync",
    description = "The API of a private wellness club. Paths end in a slash, \
    lists are bare arrays, amounts are decimal strings, times are ISO 8601 with an offset, and errors are RFC 9457 \
    problems with a stable `code`."
))]
struct ProgramApi;

/// Returns the routes of every crate that appear in the OpenAPI description, and that description.
fn product_routes() -> (Router<AppState>, Document) {
    OpenApiRouter::with_openapi(ProgramApi::openapi())
        .merge(people::routes())
        .merge(catalogue::routes())
        .merge(membership::routes())
        .merge(bookings_api::routes())
        .merge(money_api::routes())
        .merge(site::api_routes())
        .split_for_parts()
}

/// Returns the OpenAPI description of the API, generated from the code.
///
/// # Errors
/// Returns a fault if the description can't be serialized or has no paths.
pub fn description() -> Result<Value> {
    document::whole(&product_routes().1)
}

/// Builds the service for the whole program. `figures` renders the Prometheus metrics; without it, `/metrics` answers
/// 404.
pub fn app(app: AppState, figures: Option<PrometheusHandle>) -> PageCache {
    site::navigation().install();
    let (api, described) = product_routes();
    let document = document::whole(&described).expect("the description is made from the code alone");
    let reference = docs::routes(&document);
    let described = move || async move { Json(document) };
    let metrics = move |caller, peer, headers| tell_figures(figures.clone(), caller, peer, headers);
    let inner = api
        .route("/api/openapi.json", get(described))
        .route("/health/", get(alive))
        .route("/ready/", get(ready))
        .route("/metrics", get(metrics))
        .merge(site::routes())
        .merge(dashboard::routes())
        .merge(people_pages::routes())
        .merge(catalogue_pages::routes())
        .merge(membership::pages::routes(reactions::BOOKING_TERMS))
        .merge(bookings_pages::routes())
        .merge(money_pages::routes())
        .merge(pictures::pages::routes())
        .merge(reference)
        .merge(ui::assets::routes())
        .merge(pictures::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .with_state(app.clone());
    let inner = inner
        .layer(from_fn_with_state(app.clone(), access::authenticate_first))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(deadlines(&app), deadline))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(RateLimits::new(app.clone(), &UNCOUNTED), limit))
        .layer(from_fn_with_state(app.clone(), speak_to))
        .layer(from_fn(tag))
        .layer(CompressionLayer::new())
        .layer(from_fn(tag_encoding))
        .layer(from_fn(guard));
    // The page cache is the outermost layer: a cached page is sent exactly as it was the first time.
    PageCache::new(inner, CachedPages::new(app.db))
}

/// Gives every error a body. Errors in the back office are shown in its frame to people who work for the club.
async fn speak_to(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let has_session = people::has_session(request.headers());
    let is_back_office = has_session && request.uri().path().starts_with("/staff/");
    let (mut parts, body) = request.into_parts();
    let caller = if is_back_office { Caller::from_request_parts(&mut parts, &app).await.ok() } else { None };
    let page_of = async move |problem: Problem| {
        // Without an actor (the session has ended, or the database does not answer), it is the page for everyone.
        let by = match caller {
            Some(caller) => caller.view(|_, by| Ok(by.clone())).await.ok(),
            None => None,
        };
        match by.filter(Actor::is_staff) {
            Some(by) => ui::back_office_error_page(&problem, &by),
            None => ui::error_page(&problem, has_session),
        }
    };
    speak(page_of, Request::from_parts(parts, body), next).await
}

/// Check that the process is alive.
async fn alive() -> &'static str {
    "ok\n"
}

/// Check that the process can serve: the database responds and takes writes, and a club is set up.
async fn ready(State(app): State<AppState>) -> Response {
    let found = app.db.view(|tx| tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM clubs"), args![])).await;
    match found {
        Ok(Some((count,))) if count > 0 => {}
        Ok(_) => return (StatusCode::SERVICE_UNAVAILABLE, "no club is set up yet\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response();
        }
    }
    match app.db.check_writable().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes; the log says why\n")
                .into_response()
        }
    }
}

fn deadlines(app: &AppState) -> Deadlines {
    Deadlines { answer: ANSWER, pause: Duration::from_secs(app.config.stall_seconds), body: BODY }
}

/// Metrics for Prometheus, from this machine or for people who may see them.
async fn tell_figures(
    figures: Option<PrometheusHandle>,
    caller: Caller,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Result<Response> {
    let is_local =
        peer.is_some_and(|peer| peer.0.0.ip().is_loopback()) && !headers.contains_key("x-forwarded-for");
    let club = match is_local {
        true => None,
        false => {
            let seen = |tx: &mut Tx<'_>, by: &Actor| by.need(Action::SeeMetrics).and_then(|()| tx.club_ids());
            Some(caller.view(seen).await?)
        }
    };
    let figures = figures.ok_or(Error::NotFound)?.render();
    let figures = match club {
        Some((own, also)) => without_other_clubs(&figures, own, also),
        None => figures,
    };
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], figures).into_response())
}

/// Removes the metrics of other clubs: every line with a `club` label other than `own` and `also`.
fn without_other_clubs(figures: &str, own: Id, also: Id) -> String {
    let own = [format!("club=\"{own}\""), format!("club=\"{also}\"")];
    let is_shown = |line: &&str| !line.contains("club=\"") || own.iter().any(|one| line.contains(one));
    figures.split_inclusive('\n').filter(is_shown).collect()
}
