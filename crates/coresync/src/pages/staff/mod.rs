//! The back office: rules, numbers, plans, members, why not. Every page asks verbs that ask for permission; here is
//! only what is read and drawn.

mod blocks;
mod book_for;
mod day;
mod day_form;
mod front;
mod member;
mod members;
mod numbers;
mod numbers_api;
mod plans;
mod rule;
mod rules;
mod times;
mod why_not;

use axum::Router;
use kit::House;

pub(crate) use numbers_api::routes as api_routes;

/// What a setting is, in words; nothing for one that there is no more.
pub(super) fn setting_words(name: &str) -> Option<&'static str> {
    numbers::all().find(|number| number.name == name).map(|number| number.what)
}

pub(super) fn routes() -> Router<House> {
    Router::new()
        .merge(front::routes())
        .merge(day::routes())
        .merge(book_for::routes())
        .merge(blocks::routes())
        .merge(rules::routes())
        .merge(rule::routes())
        .merge(times::routes())
        .merge(numbers::routes())
        .merge(plans::routes())
        .merge(members::routes())
        .merge(member::routes())
        .merge(why_not::routes())
}
