//! Pages that need several crates: the home page, the overview of the back office, the style guide, and background
//! jobs. Also the navigation of all pages.

mod back_office;
mod home;
mod jobs;
mod jobs_api;
mod navigation;
mod robots_sitemap;
mod style;

use axum::Router;
use kit::AppState;

pub(crate) use jobs_api::routes as api_routes;
pub(crate) use navigation::navigation;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(home::routes())
        .merge(robots_sitemap::routes())
        .merge(style::routes())
        .merge(back_office::routes())
        .merge(jobs::routes())
}
