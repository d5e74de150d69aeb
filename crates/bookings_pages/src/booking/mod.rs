//! Pages for choosing a time: free times, why a time is not free, and the waitlist.

pub(crate) mod book;
pub(crate) mod guest;
pub(crate) mod narrowing;
pub(crate) mod notice;
pub(crate) mod services;
pub(crate) mod spacing;
pub(crate) mod times;
pub(crate) mod waitlist;
pub(crate) mod why;

use axum::Router;
use kit::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(book::routes()).merge(waitlist::routes())
}
