//! The pages of the `people` crate: sign-in and sign-up, links in emails, profile, preferences, and sessions; for
//! staff, the list of people and the audit log. Also the emails about accounts.

mod email_links;
mod emails;
mod preferences;
mod profile;
mod sessions;
mod sign_in;
mod staff;

use axum::Router;
use kit::AppState;

pub use emails::compose_email;
pub use staff::BACK_OFFICE;

/// Returns the routes of the pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(sign_in::routes())
        .merge(email_links::routes())
        .merge(profile::routes())
        .merge(sessions::routes())
        .merge(preferences::routes())
        .merge(staff::routes())
}
