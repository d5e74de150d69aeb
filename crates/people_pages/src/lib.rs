//! The pages of people: signing in and up, links of emails, profile, preferences, sessions; for staff the people and the
//! audit log.

mod email_links;
mod preferences;
mod profile;
mod sessions;
mod sign_in;
mod staff;

use axum::Router;
use kit::AppState;

pub use staff::BACK_OFFICE;

/// The addresses of the pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(sign_in::routes())
        .merge(email_links::routes())
        .merge(profile::routes())
        .merge(sessions::routes())
        .merge(preferences::routes())
        .merge(staff::routes())
}
