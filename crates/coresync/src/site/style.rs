//! The style guide for developers: every component of the pages in every state. No menu links to it.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::Page;
use kit::{AppState, Result};
use people::Caller;
use pictures::artwork::Artwork;
use ui::{Frame, assets, or_sign_in};

const HERE: &str = "/staff/style/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

#[derive(Template)]
#[template(path = "style.html")]
struct StylePage {
    frame: Frame,
    colours: [(&'static str, &'static str); 10],
    artworks: Vec<Artwork>,
}

const COLOURS: [(&str, &str); 10] = [
    ("ground", "what everything lies on"),
    ("raised", "what lies on it"),
    ("high", "what is under the finger"),
    ("words", "text"),
    ("strong", "titles"),
    ("faint", "what is said quietly"),
    ("accent", "light"),
    ("good", "done"),
    ("bad", "wrong"),
    ("told", "worth knowing"),
];

async fn show(caller: Caller) -> Result<Response> {
    let frame = caller.view(|_, by| {
        by.person()?;
        if by.is_staff() {
            Ok(Frame::new(by, HERE, "Style · CoreSync"))
        } else {
            Err(by.forbidden("staff only"))
        }
    });
    let drawn = frame.await.and_then(|frame| {
        let whole = |study: &assets::Study| !study.name.ends_with("-tall");
        let artworks = assets::studies().iter().filter(|study| whole(study));
        Page::of(&StylePage {
            frame,
            colours: COLOURS,
            artworks: artworks.map(|study| Artwork::named(study.name)).collect(),
        })
    });
    or_sign_in(drawn, HERE)
}
