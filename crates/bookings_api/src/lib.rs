//! The JSON API of bookings: response types, handlers, and their documentation. The operations are in `bookings`.

mod blocks;
mod booking;
mod common;
mod history;
mod lifecycle;
mod rules;
mod settings;
mod staff;
mod waitlist;
mod wire;

use kit::AppState;
use utoipa_axum::router::OpenApiRouter;

/// Returns the routes of this crate.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(booking::routes())
        .merge(lifecycle::routes())
        .merge(waitlist::routes())
        .merge(history::routes())
        .merge(rules::routes())
        .merge(settings::routes())
        .merge(staff::routes())
        .merge(blocks::routes())
}
