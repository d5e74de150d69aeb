//! Pages of memberships: the caller's own membership, and members and plans for staff.

mod booking_terms;
mod change;
mod join;
mod membership;
mod staff;
mod tiles;
mod worth;

use axum::{Extension, Router};
use kit::AppState;

pub use booking_terms::{BookingTerms, RepricedBooking};
pub use staff::BACK_OFFICE;
pub use tiles::{Tile, tiles};
pub use worth::{Comparison, break_even};

/// Returns the routes of the pages.
pub fn routes(terms: BookingTerms) -> Router<AppState> {
    Router::new()
        .merge(membership::routes())
        .merge(change::routes())
        .merge(join::routes())
        .layer(Extension(terms))
        .merge(staff::routes())
}
