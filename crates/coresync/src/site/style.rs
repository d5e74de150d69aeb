//! The style guide for developers: every component of the pages in every state, those that only guests see on a page of
//! their own with the stylesheet of guest pages. No menu links to it.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::Page;
use kit::{AppState, Result};
use membership::pages::{Comparison, Tile};
use people::Caller;
use pictures::artwork::Artwork;
use ui::{Frame, assets, or_sign_in};

const HERE: &str = "/staff/style/";
const GUEST: &str = "/staff/style/guest/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show)).route(GUEST, get(show_guest))
}

#[derive(Template)]
#[template(path = "style.html")]
struct StylePage {
    frame: Frame,
    colors: [(&'static str, &'static str); 10],
    artworks: Vec<Artwork>,
}

const COLORS: [(&str, &str); 10] = [
    ("ground", "the background of a page"),
    ("raised", "panels and cards"),
    ("high", "controls, hovered or pressed"),
    ("words", "text"),
    ("strong", "titles"),
    ("faint", "secondary text"),
    ("accent", "links, buttons, and what is chosen"),
    ("good", "success"),
    ("bad", "errors"),
    ("info", "information"),
];

#[derive(Template)]
#[template(path = "style_guest.html")]
struct GuestStylePage {
    frame: Frame,
    artwork: Artwork,
    tiles: [Tile; 4],
    comparison: Comparison,
}

async fn show(caller: Caller) -> Result<Response> {
    let drawn = frame(&caller, HERE, "Style · CoreSync").await.and_then(|frame| {
        let whole = |study: &assets::Study| !study.name.ends_with("-tall");
        let artworks = assets::studies().iter().filter(|study| whole(study));
        Page::of(&StylePage {
            frame,
            colors: COLORS,
            artworks: artworks.map(|study| Artwork::named(study.name)).collect(),
        })
    });
    or_sign_in(drawn, HERE)
}

async fn show_guest(caller: Caller) -> Result<Response> {
    let drawn = frame(&caller, GUEST, "Style of guest pages · CoreSync").await.and_then(|frame| {
        let tile = |label, dots: &[bool], value: &str| Tile { label, dots: dots.into(), value: value.into() };
        Page::of(&GuestStylePage {
            frame,
            artwork: Artwork::named("massage"),
            tiles: [
                tile("Some left", &[true, true, false], "1 used, 2 left"),
                tile("None left", &[false, false], "2 used, 0 left"),
                tile("Saved so far", &[], "$340"),
                tile("In words", &[], "5 used, all included"),
            ],
            comparison: Comparison {
                names: vec!["Base".into(), "Premium".into(), "Unlimited".into()],
                rows: vec![
                    ("Book ahead", vec!["7 days".into(), "14 days".into(), "21 days".into()]),
                    ("Service credits", vec!["None".into(), "1 a month".into(), "All services".into()]),
                ],
            },
        })
    });
    or_sign_in(drawn, GUEST)
}

/// Returns the frame of a page that only staff see.
async fn frame(caller: &Caller, path: &'static str, title: &'static str) -> Result<Frame> {
    let frame = caller.view(move |_, by| {
        by.person()?;
        if by.is_staff() { Ok(Frame::new(by, path, title)) } else { Err(by.forbidden("staff only")) }
    });
    frame.await
}
