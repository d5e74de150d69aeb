//! Assets (stub until they are drawn).
use axum::Router;
use kit::House;
/// The addresses.
pub fn routes() -> Router<House> {
    Router::new()
}
