//! The pages of payments for staff. The operations check permissions; these pages only read and render.

mod adjust;
mod charge;
mod charge_page;
mod day;
mod due;
mod ledger_pages;

use axum::Router;
use kit::AppState;
use people::Action;
use ui::{BackOfficeEntry, BackOfficeGroup};

/// The pages of payments, as the navigation of the back office shows them.
pub const BACK_OFFICE: [BackOfficeEntry; 3] = [
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
        sentence: "What guests owe, what is due at upcoming visits, and refunds owed.",
        needs: Some(Action::TakePayments),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Settings,
        position: 115,
        path: ledger_pages::HERE,
        label: "Ledger",
        sentence: "The balance of every account on a day, and the entries behind it.",
        needs: Some(Action::CloseDays),
    },
];

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(day::routes())
        .merge(due::routes())
        .merge(charge::routes())
        .merge(adjust::routes())
        .merge(ledger_pages::routes())
}
