//! The pages of what the club offers: its services, its two brands, and the pages about the club.

mod about;
mod brands;
mod services;

use axum::Router;
use kit::AppState;

pub use services::ServiceRow;

/// The addresses of the pages.
pub fn routes() -> Router<AppState> {
    Router::new().merge(brands::routes()).merge(about::routes()).merge(services::routes())
}
