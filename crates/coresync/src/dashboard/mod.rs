//! A person's dashboard as far as it shows what several crates hold of them: the overview, and their data.

mod overview;
mod privacy;

use axum::Router;
use kit::House;

pub(crate) fn routes() -> Router<House> {
    Router::new().merge(overview::routes()).merge(privacy::routes())
}
