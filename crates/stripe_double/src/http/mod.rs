//! The server: the API under `/v1`, the hosted pages, and the calls that direct the double under `/_double`.

mod admin;
mod api;
mod html;
mod pages;
mod reply;
mod routes;

use std::io;

use axum::Router;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;

use crate::double::Double;

impl Double {
    /// Returns the routes. Mounted below a path, the public address of the configuration ends with that path.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/{*path}", any(api::handle))
            .route("/c/pay/{session}", get(pages::checkout).post(pages::pay))
            .route("/bank/{token}", get(pages::bank).post(pages::authenticate))
            .route("/double.css", get(pages::style))
            .route("/_double/clock", get(admin::clock).post(admin::advance))
            .route("/_double/faults", get(admin::faults).post(admin::inject).delete(admin::heal))
            .route("/_double/deliver", post(admin::deliver))
            .route("/_double/events/{id}/send", post(admin::redeliver))
            .route("/_double/disputes", post(admin::dispute))
            .route("/_double/disputes/{id}", post(admin::decide))
            .route("/_double/refunds/{id}/fail", post(admin::fail_refund))
            .route("/_double/payouts/{id}/fail", post(admin::fail_payout))
            .with_state(self.clone())
    }
}

/// Serves a double and delivers its events, until the future is dropped.
///
/// # Errors
/// Returns the error of the listener.
pub async fn serve(double: Double, listener: TcpListener) -> io::Result<()> {
    let router = double.router();
    tokio::select! {
        result = axum::serve(listener, router) => result,
        () = double.run() => Ok(()),
    }
}
