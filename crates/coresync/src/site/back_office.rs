//! The start page of the back office: links to the pages that the caller may use.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::{Page, see_other};
use kit::{AppState, Result};
use people::{Caller, Role};
use ui::{Frame, or_sign_in};

const HERE: &str = "/staff/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

#[derive(Template)]
#[template(path = "staff/home.html")]
struct FrontPage {
    frame: Frame,
}

/// Shows the overview. The front desk is redirected to the day sheet, where its work begins.
async fn show(caller: Caller) -> Result<Response> {
    let frame = caller.view(|_, by| {
        by.person()?;
        match by.role() {
            Some(Role::FrontDesk) => Ok(None),
            _ if by.is_staff() => Ok(Some(Frame::new(by, HERE, "Back office · CoreSync"))),
            _ => Err(by.forbidden("staff only")),
        }
    });
    match frame.await {
        Ok(None) => Ok(see_other("/staff/day/")),
        Ok(Some(frame)) => or_sign_in(Page::of(&FrontPage { frame }), HERE),
        Err(error) => or_sign_in(Err::<Page, _>(error), HERE),
    }
}
