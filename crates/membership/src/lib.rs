//! Plans, and what a person's plan allows: how far ahead they book, at what discount, with how many
//! credits. Dues and cards come later; here a membership is a row that staff or the demo club makes.

mod api;
mod model;
mod standing;
mod store;

pub use api::routes;
pub use model::{Membership, NewMembership, Plan, Status, Tier};
pub use standing::{ACCOUNT_DAYS, Standing};
pub use store::{ALREADY_MEMBER, SLUG_TAKEN, add_plan, enrol, plans, return_credits, standing, use_credit};
