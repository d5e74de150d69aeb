//! The pages: plain HTML that asks for no script. A handler reads what was asked, asks the houses in one
//! transaction, and draws the answer.

mod account;
mod audit_words;
mod book;
mod book_guest;
mod cancel;
mod dashboard;
pub(crate) mod docs;
mod found;
mod guest_visit;
mod halves;
mod hang;
mod held;
mod held_page;
mod hold_cookie;
mod home;
mod links;
mod membership;
mod moving;
mod navigation;
mod preferences;
mod price;
mod privacy;
mod profile;
mod repeat;
mod said;
mod services;
mod sessions;
mod sights;
mod spots;
pub(crate) mod staff;
mod staff_audit;
mod staff_people;
mod story;
mod style;
mod times;
mod visit;
mod visits;
mod wait;
mod why;

use axum::Router;
use kit::House;

pub(crate) use navigation::navigation;
pub(crate) use price::Cancelling;

/// The addresses of the pages.
pub fn routes() -> Router<House> {
    Router::new()
        .merge(home::routes())
        .merge(halves::routes())
        .merge(story::routes())
        .merge(found::routes())
        .merge(style::routes())
        .merge(services::routes())
        .merge(account::routes())
        .merge(links::routes())
        .merge(profile::routes())
        .merge(sessions::routes())
        .merge(preferences::routes())
        .merge(privacy::routes())
        .merge(staff_people::routes())
        .merge(staff_audit::routes())
        .merge(book::routes())
        .merge(wait::routes())
        .merge(held::routes())
        .merge(dashboard::routes())
        .merge(membership::routes())
        .merge(visits::routes())
        .merge(visit::routes())
        .merge(moving::routes())
        .merge(repeat::routes())
        .merge(cancel::routes())
        .merge(guest_visit::routes())
        .merge(staff::routes())
        .merge(hang::routes())
}
