//! The pages: plain HTML that asks for no script. A handler reads what was asked, asks the houses in one
//! transaction, and draws the answer.

mod account;
mod book;
mod cancel;
mod dashboard;
pub(crate) mod docs;
mod errors;
mod found;
mod frame;
mod halves;
mod hang;
mod held;
mod home;
mod price;
mod review;
mod services;
mod sheet;
mod sights;
mod story;
mod style;
mod ticket;
mod times;
mod visit;
mod words;

use axum::Router;
use kit::House;

pub use errors::said;
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
        .merge(book::routes())
        .merge(review::routes())
        .merge(held::routes())
        .merge(dashboard::routes())
        .merge(visit::routes())
        .merge(cancel::routes())
        .merge(hang::routes())
}
