//! Plans, and what a person's plan allows: how many days ahead they can book, with which discount, and with how many
//! credits and guest passes; and the lifecycle of memberships. Changes that need a payment are
//! made at the front desk; there are no card payments.

mod api;
mod audit;
mod benefits;
mod desk;
mod emails;
mod entitlements;
mod event_kinds;
mod events;
mod lifecycle;
mod model;
pub mod pages;
mod plan_store;
mod plans;
mod settings;
mod store;

pub use api::{NO_MEMBERSHIP, routes};
pub use benefits::{return_benefits, use_birthday, use_credit, use_pass, without_uses_of};
pub use desk::{
    Invoice, NO_UPGRADE, NOTHING_DUE, PAID_MEANWHILE, PRICE_CHANGED, SUBJECT, Sold, join, preview_upgrade,
    take_dues, upgrade,
};
pub use emails::compose_email;
pub use entitlements::{ACCOUNT_DAYS, Entitlements};
pub use event_kinds::{ChangedFrom, MembershipEventDetail, MembershipEventKind};
pub use events::{MembershipEvent, event, events};
pub use lifecycle::{
    CARD_NEEDED, FROZEN_ENOUGH, MembershipChanged, MembershipNews, NO_PLAN, RunBillingDay, WRONG_STATE,
    as_staff, change_down, freezable, freeze, leave, notify, paid_through, run_billing_day, set_auto_credit,
    stay,
};
pub use model::{Membership, MembershipStatus, NewMembership, Paid, Plan, Tier};
pub use plan_store::{Version, newest, plan_versions, plans};
pub use plans::{EDITED_MEANWHILE, PlanTerms, SLUG_TAKEN, add_plan, edit_plan, movable_members, move_over};
pub use settings::{FROZEN_MONTHS, SETTINGS};
pub use store::{ALREADY_MEMBER, enrol, entitlements, export, export_gifts};
