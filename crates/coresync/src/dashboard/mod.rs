//! A person's dashboard as far as it shows what several crates hold of them: the overview, and their data.

mod overview;
mod privacy;

use axum::Router;
use kit::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(overview::routes()).merge(privacy::routes())
}
