//! Plans, and what a person's plan allows: how far ahead they book, at what discount, with how many
//! credits and passes; and what becomes of a membership. Cards come later: dues are taken at the desk.

mod api;
mod life;
mod life_api;
mod model;
mod perks;
mod standing;
mod store;

pub use api::routes;
pub use life::{
    CARD_NEEDED, Changed, FROZEN_ENOUGH, NO_PLAN, NUMBERS, Turn, WRONG_STATE, change_down, freeze, leave,
    set_auto_credit, stay, take_dues, turn,
};
pub use model::{Membership, NewMembership, Plan, Status, Tier};
pub use perks::{return_perks, use_birthday, use_credit, use_pass};
pub use standing::{ACCOUNT_DAYS, Standing};
pub use store::{ALREADY_MEMBER, SLUG_TAKEN, add_plan, enrol, export, plans, standing};
