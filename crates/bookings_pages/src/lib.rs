//! The pages of bookings: choosing a time, holds, visits and rescheduling, and the waitlist; for staff, the day,
//! blocks, release rules, and settings.

mod booking;
mod calendar;
mod hold;
mod price;
mod staff;
mod visits;

use axum::Router;
use kit::AppState;

pub use calendar::{Invited, event};
pub use hold::cookie::HoldToken;
pub use hold::held::answer_taking_over;
pub use price::Cancelling;
pub use staff::BACK_OFFICE;
pub use staff::settings::{label as setting_label, value as setting_value};
pub use visits::card::VisitCard;
pub use visits::line::{VisitLine, status_word};

/// Returns the routes of the pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(booking::routes())
        .merge(hold::routes())
        .merge(visits::routes())
        .merge(staff::routes())
}
