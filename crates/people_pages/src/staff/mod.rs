//! The pages for managers and owners: people and the audit log.

mod audit;
mod audit_text;
mod people_list;

use axum::Router;
use kit::AppState;
use people::Action;
use ui::{BackOfficeEntry, BackOfficeGroup};

/// The entries of these pages in the back-office navigation.
pub const BACK_OFFICE: [BackOfficeEntry; 2] = [
    BackOfficeEntry {
        group: BackOfficeGroup::Guests,
        position: 110,
        path: "/staff/people/",
        label: "People",
        sentence: "Accounts, staff, and roles.",
        needs: Some(Action::SeePeople),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::Settings,
        position: 120,
        path: "/staff/audit/",
        label: "Audit log",
        sentence: "Who did what, to whom, and from where.",
        needs: Some(Action::SeeAudit),
    },
];

pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(people_list::routes()).merge(audit::routes())
}
