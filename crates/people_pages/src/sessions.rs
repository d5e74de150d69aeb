//! The page that lists and ends the sign-ins of a person.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::web::{Form, Input, Page, RawInput, see_other};
use kit::{AppState, Error, Id, Result, Tx};
use people::{Actor, Caller};
use ui::{Done, Frame, QueryForm, format, or_sign_in};

const HERE: &str = "/dashboard/sessions/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/dashboard/sessions/", get(show).post(end))
}

/// An active sign-in in the list.
struct SignInRow {
    id: Id,
    device: String,
    network: String,
    seen: Option<String>,
    opened: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    all: Vec<SignInRow>,
    done: Option<&'static str>,
}

async fn show(caller: Caller, QueryForm(form): QueryForm<Done>) -> Result<Response> {
    let is_done = form.parsed.is_ok_and(|Done(done)| done.is_some());
    let drawn = caller.view(move |tx, by| draw(tx, by, is_done)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, is_done: bool) -> Result<SessionsPage> {
    let (all, this) = people::my_sign_ins(tx, by)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let zone = &catalogue.club.zone;
    let line = |one: people::SignedInHere| SignInRow {
        is_this: Some(one.id) == this,
        id: one.id,
        device: one.device.unwrap_or_else(|| "Unknown device".to_owned()),
        network: one.network.unwrap_or_default(),
        seen: one.seen_at.map(|at| format::moment(zone, at, now)),
        opened: format::moment(zone, one.opened_at, now),
    };
    Ok(SessionsPage {
        frame: Frame::new(by, "sessions", "Devices · CoreSync"),
        all: all.into_iter().map(line).collect(),
        done: is_done.then_some("Signed out."),
    })
}

/// The sign-ins to end.
#[derive(Debug, Clone, Copy)]
enum SignInsToEnd {
    Others,
    One(Id),
}

impl Input for SignInsToEnd {
    fn parse(input: &mut RawInput) -> SignInsToEnd {
        match input.raw("id").and_then(|value| value.as_str()) {
            Some("others") => SignInsToEnd::Others,
            _ => SignInsToEnd::One(input.id("id")),
        }
    }
}

async fn end(caller: Caller, Form(which): Form<SignInsToEnd>) -> Result<Response> {
    let ended = caller
        .tx(move |tx, by| match which {
            SignInsToEnd::Others => people::end_other_sign_ins(tx, by).map(drop),
            SignInsToEnd::One(id) => match people::end_sign_in(tx, by, id) {
                // The sign-in has already ended, which is the desired result.
                Err(Error::NotFound) => Ok(()),
                ended => ended,
            },
        })
        .await;
    let answer = ended.map(|()| see_other("/dashboard/sessions/?done=1"));
    or_sign_in(answer.map(IntoResponse::into_response), HERE)
}
