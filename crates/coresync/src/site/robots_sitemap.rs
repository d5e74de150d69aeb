//! `robots.txt` and `sitemap.xml`: which pages search engines are to index, and which not.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::{AppState, Result};
use people::Caller;
use ui::SAME_FOR_VISITORS;

/// The pages that search engines are to index, besides the services.
const FOUND: [&str; 7] =
    ["/", "/menssuite/", "/private/", "/services/", "/about/", "/technologies/", "/contacts/"];

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/robots.txt", get(robots)).route("/sitemap.xml", get(sitemap))
}

async fn robots(caller: Caller) -> Result<impl IntoResponse> {
    let site = catalogue::for_own_website(caller.app()).await?.config.public_url.clone();
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    // A path that ends in a question mark matches the page with any parameters: days, times, and an endless number of
    // searches.
    let away = [
        "/api/",
        "/book/?",
        "/book/held/",
        "/book/hold/",
        "/book/review/",
        "/book/wait/",
        "/dashboard/",
        "/login/?",
        "/logout/",
        "/password-reset/new/",
        "/services/?",
        "/signup/?",
        "/signup/check/",
        "/staff/",
        "/technician/",
        "/unsubscribe/",
        "/verify/",
    ];
    let away = away.map(|path| format!("Disallow: {path}\n")).concat();
    Ok((kind, format!("User-agent: *\n{away}Sitemap: {site}/sitemap.xml\n")))
}

/// Returns the sitemap with every page that search engines are to index.
async fn sitemap(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let catalogue = caller.view(|tx, _| catalogue::current(tx)).await?;
    let services = catalogue.services.iter().filter(|service| service.active);
    let paths = FOUND.iter().map(|path| (*path).to_owned());
    let paths = paths.chain(services.map(|service| format!("/services/{}/", service.slug)));
    let site = catalogue.club.website(&app.config);
    let places: String = paths.map(|path| format!("<url><loc>{site}{path}</loc></url>\n")).collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
         {places}</urlset>\n"
    );
    let kind = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    Ok((SAME_FOR_VISITORS, kind, text).into_response())
}
