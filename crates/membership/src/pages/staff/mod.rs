//! Members and plans for staff. The operations check permissions; these pages only read and render.

mod member;
mod members;
mod plan_form;
mod plans;
mod publish;
mod versions;

use axum::Router;
use kit::AppState;
use people::Action;
use ui::{BackOfficeEntry, BackOfficeGroup};

/// The pages of memberships, as the navigation of the back office shows them.
pub const BACK_OFFICE: [BackOfficeEntry; 2] = [
    BackOfficeEntry {
        group: BackOfficeGroup::Guests,
        position: 40,
        path: members::HERE,
        label: "Members",
        sentence: "Enroll, collect dues, and change, pause, or cancel memberships.",
        needs: Some(Action::RunMemberships),
    },
    BackOfficeEntry {
        group: BackOfficeGroup::PlansAndRules,
        position: 55,
        path: versions::HERE,
        label: "Plans",
        sentence: "Plans on offer, their prices, and their terms.",
        needs: Some(Action::ManageCatalogue),
    },
];

pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(plans::routes()).merge(members::routes()).merge(member::routes())
}
