//! The JSON API of payments: response types, handlers, and their documentation. The operations are in `money`.

mod desk;
mod input;
mod own;
mod wire;

use kit::AppState;
use utoipa_axum::router::OpenApiRouter;

/// Returns the routes of this crate.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(own::routes()).merge(desk::routes())
}
