//! The front of the back office: the rooms into which whoever asks may go.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::Page;
use kit::{Error, House, Result};
use people::Caller;

use crate::pages::frame::{Frame, or_sign_in};

const HERE: &str = "/staff/";

pub(super) fn routes() -> Router<House> {
    Router::new().route(HERE, get(show))
}

#[derive(Template)]
#[template(path = "staff/front.html")]
struct FrontPage {
    frame: Frame,
}

async fn show(caller: Caller) -> Result<Response> {
    let asked = caller.view(|_, by| {
        by.person()?;
        if by.is_staff() {
            Ok(Frame::new(by, HERE, "Back office · CoreSync"))
        } else {
            Err(Error::Forbidden)
        }
    });
    or_sign_in(asked.await.and_then(|frame| Page::of(&FrontPage { frame })), HERE)
}
