//! Pages (stub until they are drawn).
use axum::Router;
use kit::House;
use kit::web::{Page, Problem};
/// The addresses.
pub fn routes() -> Router<House> {
    Router::new()
}
/// The page of a problem.
pub fn said(problem: &Problem) -> Page {
    Page(problem.detail.clone())
}
