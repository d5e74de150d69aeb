//! The pages about the offer of the club: its services, its two brands, and the club itself.

mod about;
mod brands;
mod services;

use axum::Router;
use kit::AppState;

pub use services::ServiceRow;

/// Returns the routes of the pages.
pub fn routes() -> Router<AppState> {
    Router::new().merge(brands::routes()).merge(about::routes()).merge(services::routes())
}
