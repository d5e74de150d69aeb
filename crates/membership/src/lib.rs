//! Plans, and what a person's plan allows: how far ahead they book, at what discount, with how many
//! credits and passes; and what becomes of a membership. Cards come later: what needs a payment is done at the desk.

mod api;
mod audit;
mod desk;
mod events;
mod life;
mod model;
pub mod pages;
mod perks;
mod plan_store;
mod plans;
mod settings;
mod standing;
mod store;

pub use api::{NO_MEMBERSHIP, routes};
pub use desk::{
    Invoice, NO_UPGRADE, NOTHING_DUE, PAID_MEANWHILE, PRICE_CHANGED, Paid, SUBJECT, Sold, join,
    preview_upgrade, take_dues, upgrade,
};
pub use events::{Event, event, events, still_so};
pub use life::{
    CARD_NEEDED, Changed, FROZEN_ENOUGH, NO_PLAN, Told, Turn, WRONG_STATE, as_staff, change_down, freezable,
    freeze, leave, notify, paid_through, set_auto_credit, stay, turn,
};
pub use model::{Membership, NewMembership, Plan, Status, Tier};
pub use perks::{return_perks, use_birthday, use_credit, use_pass, without_uses_of};
pub use plan_store::{Version, newest, plan_versions, plans};
pub use plans::{EDITED_MEANWHILE, PlanTerms, SLUG_TAKEN, add_plan, edit_plan, movable_members, move_over};
pub use settings::{FROZEN_MONTHS, NUMBERS};
pub use standing::{ACCOUNT_DAYS, Standing};
pub use store::{ALREADY_MEMBER, enrol, export, export_gifts, standing};
