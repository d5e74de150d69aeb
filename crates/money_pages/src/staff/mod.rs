//! The pages of payments for staff. The operations check permissions; these pages only read and render.

mod adjust;
mod charge;
mod charge_page;
mod day;
mod due;

use axum::Router;
use kit::AppState;
use people::Action;
use ui::{BackOfficeEntry, BackOfficeGroup};

/// The pages of payments, as the navigation of the back office shows them.
pub const BACK_OFFICE: [BackOfficeEntry; 2] = [
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 32,
        path: day::HERE,
        label: "Payments",
        sentence: "One day’s payments and refunds, with their receipts.",
        needs: Some(Action::TakePayments),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Today,
        position: 34,
        path: due::HERE,
        label: "Amounts due",
        sentence: "What guests owe, what is due at upcoming visits, and refunds to hand back.",
        needs: Some(Action::TakePayments),
    },
];

pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(day::routes()).merge(due::routes()).merge(charge::routes()).merge(adjust::routes())
}
