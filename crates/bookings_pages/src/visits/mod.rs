//! Pages of a person's visits: the list, one visit, and rescheduling, repeating, and canceling it.

pub(crate) mod cancel;
pub(crate) mod card;
pub(crate) mod guest_visit;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod repeat;
pub(crate) mod reschedule;
pub(crate) mod visit;

use axum::Router;
use kit::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(list::routes())
        .merge(visit::routes())
        .merge(reschedule::routes())
        .merge(repeat::routes())
        .merge(cancel::routes())
        .merge(guest_visit::routes())
}
