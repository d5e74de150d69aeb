//! The pages of payments: for staff, the payments of a day, what is due, and what something costs, with its payments and
//! refunds; for guests, their payments and receipts. The operations are in `money`.

mod own;
mod receipt;
mod staff;
mod subjects;

use axum::Router;
use kit::AppState;

pub use staff::BACK_OFFICE;

/// Returns the routes of the pages.
pub fn routes() -> Router<AppState> {
    Router::new().merge(own::routes()).merge(receipt::routes()).merge(staff::routes())
}
