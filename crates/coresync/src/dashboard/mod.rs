//! The pages of a person's dashboard that need data from several crates: the overview, and privacy.

mod overview;
mod privacy;

use axum::Router;
use kit::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(overview::routes()).merge(privacy::routes())
}
